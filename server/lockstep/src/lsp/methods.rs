//! Methods of our own beside the requests: what is told to editors unasked, and what the daemon and
//! whoever hands the messages of an editor on to it tell each other.

/// Notification to the client: something has happened to a task. Its params are an `EventReport`.
pub(crate) const EVENT: &str = "lockstep/event";

/// Notification to a client that declares `experimental.lockstep.rows`: rows of its lists of tasks are
/// other than before, by what the client has, unsaved texts included. Its params are `TasksChanged`. The
/// first for each folder says `all`: whoever has not asked for its tasks does so then. That lines above
/// a task have come or gone is not told: whoever goes to a task asks `lockstep/tasks` with `ids` for
/// where it is.
pub(crate) const TASKS_CHANGED: &str = "lockstep/tasksChanged";

/// Notification to a client that declares `experimental.lockstep.applied`: a change that the client was
/// asked to make is in its texts, or was given up. Its params are `Applied`. Such a client tells its
/// user itself; others get a message.
pub(crate) const APPLIED: &str = "lockstep/applied";

/// Notification from the client, `{uri, text}`: the text of an open document that the editor has read
/// or saved last. Without it, that is the text on disk when the document is opened.
pub(crate) const WAS_READ: &str = "lockstep/wasRead";

/// Notification from the client, `{workspaces}`: the number of the last event that the editor was told,
/// by workspace. The server tells what the editor has missed once it has read everything, and before
/// it answers any later request.
pub(crate) const LATEST: &str = "lockstep/latest";

/// Notification to the client, `{latest, events}`: the events that the editor has missed, and the
/// number of the latest event of each workspace. It follows `lockstep/latest`.
pub(crate) const MISSED: &str = "lockstep/missed";

/// Request: answered as long as the server works.
pub(crate) const PING: &str = "lockstep/ping";

/// Request: answered once everything is read, and the client has been told the findings for all that
/// it has sent before. Findings from before that were not told again do not exist any more.
pub(crate) const TOLD: &str = "lockstep/told";

/// Notification to the client, `{replaced}`: the daemon is about to stop. `replaced` says whether
/// another daemon takes its place.
pub(crate) const RETIRING: &str = "lockstep/retiring";
