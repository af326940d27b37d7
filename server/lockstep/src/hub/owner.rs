//! The one owner of all texts. It lives on a thread of its own, takes messages in order, and publishes
//! a snapshot to each session for which something is new after each batch of them.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lockstep_analysis::profile::Severity;
use lockstep_analysis::snapshot::editing::OtherEditor;
use lockstep_store::watcher::Hint;
use tokio::sync::watch;

use crate::hub::description::Description;
use crate::hub::message::{Message, SessionId};
use crate::hub::session_state::SessionState;
use crate::hub::shared_workspaces::{Opened, SharedWorkspaces, WorkspaceEvent};
use crate::hub::subscribers::Subscribers;
use crate::hub::uri::DocumentKey;
use crate::metrics::Metrics;
use crate::report::WorkspaceStatus;
use crate::workspace::ledger::Followed;
use crate::workspace::local::Unsaved;

/// How many messages are taken before a snapshot is due, so that a client which never pauses is
/// answered.
const BATCH: usize = 256;

/// The owner.
pub(crate) struct Owner {
    workspaces: SharedWorkspaces,
    sessions: BTreeMap<SessionId, SessionState>,
    subscribers: Subscribers,
    metrics: Arc<Metrics>,
    /// What there is, for whoever does not wait until the owner has time.
    described: watch::Sender<Description>,
    /// Since when it has been at one thing; `None` while it waits.
    at: watch::Sender<Option<Instant>>,
    /// Whether a session has left since the others were told what it holds.
    has_left: bool,
}

impl Owner {
    /// An owner of nothing. `messages` is the other end of what [`Owner::run`] gets.
    pub(crate) fn new(
        messages: Sender<Message>,
        metrics: Arc<Metrics>,
        described: watch::Sender<Description>,
        at: watch::Sender<Option<Instant>>,
    ) -> Owner {
        let tell = move |event| {
            // Nobody may be left to be told.
            let _ = messages.send(Message::Workspace(event));
        };
        Owner {
            described,
            at,
            workspaces: SharedWorkspaces::new(Arc::new(tell)),
            sessions: BTreeMap::new(),
            subscribers: Subscribers::default(),
            metrics,
            has_left: false,
        }
    }

    /// Takes messages until there are no more sessions to come.
    pub(crate) fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let now = Instant::now();
            let due = self
                .sessions
                .values()
                .flat_map(|session| [session.next(), session.next_saving(now)])
                .flatten()
                .chain(self.workspaces.next())
                .min();
            let wait = due.map_or(Duration::MAX, |at| at.saturating_duration_since(now));
            self.at.send_replace(None);
            let mut next = match messages.recv_timeout(wait) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            for _ in 0..BATCH {
                let Some(message) = next.take().or_else(|| messages.try_recv().ok()) else { break };
                self.at.send_replace(Some(Instant::now()));
                if self.take(message).is_break() {
                    return;
                }
            }
            self.at.send_replace(Some(Instant::now()));
            self.settle();
        }
    }

    fn take(&mut self, message: Message) -> ControlFlow<()> {
        match message {
            Message::Joined { session, state } => {
                self.sessions.insert(session, *state);
            }
            Message::Client { session, number, event } => {
                let Some(state) = self.sessions.get_mut(&session) else {
                    return ControlFlow::Continue(());
                };
                guarded(|| state.take(event, &mut self.workspaces));
                // Also where it went wrong: whoever waits for it would wait for ever.
                state.did(number);
            }
            Message::Left { session } => {
                self.sessions.remove(&session);
                self.has_left = true;
            }
            Message::Workspace(event) => self.take_workspace_event(event),
            Message::Written { root, paths } => guarded(|| {
                if let Some(shared) = self.workspaces.get_mut(&root) {
                    shared.refresh(paths.iter().map(String::as_str));
                }
            }),
            Message::Lend { root, sender } => {
                if let Some(shared) = self.workspaces.get_mut(&root) {
                    // Nobody may be left to take it.
                    let _ = sender.send(Box::new(shared.local.clone()));
                }
            }
            Message::Subscribe(subscriber) => {
                self.workspaces.open(&subscriber.wants.root);
                self.subscribers.add(subscriber);
            }
            Message::Stop => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn take_workspace_event(&mut self, event: WorkspaceEvent) {
        match event {
            WorkspaceEvent::Opened { root, opened } => guarded(|| self.opened(&root, *opened)),
            WorkspaceEvent::Disk { root, hint: Hint::Limited(reason) } => {
                self.watches_little(&root, &reason);
            }
            WorkspaceEvent::Disk { root, hint } => guarded(|| self.workspaces.hint(&root, hint)),
            WorkspaceEvent::Group { root } => self.workspaces.doubt_group(&root, Instant::now()),
            WorkspaceEvent::Head { root } => self.workspaces.doubt_head(&root, Instant::now()),
            WorkspaceEvent::Based { root, base } => {
                guarded(|| self.workspaces.based(&root, *base));
            }
        }
    }

    fn describe(&self) -> Description {
        let workspaces = self.workspaces.known().map(|(root, shared)| {
            let index = &shared.local.analysis().index;
            let root = root.to_string_lossy().into_owned();
            WorkspaceStatus { root, files: index.docs.len(), tasks: index.tasks.len() }
        });
        let open = self.sessions.values().map(SessionState::n_open);
        let unsaved = self.sessions.values().flat_map(|session| {
            let (name, texts) = session.unsaved();
            let dirty = texts.iter().filter(|(_, it)| it.is_changed());
            dirty.map(move |(key, _)| (key.path().to_owned(), name.to_owned()))
        });
        let bystanders = self.sessions.values().flat_map(|session| {
            let (name, _) = session.unsaved();
            let texts = session.bystanders();
            texts.map(move |(key, text)| (key.path().to_owned(), name.to_owned(), text.clone()))
        });
        let (workspaces, open) = (workspaces.collect(), open.collect());
        let (unsaved, bystanders) = (unsaved.collect(), bystanders.collect());
        Description { workspaces, open, unsaved, bystanders }
    }

    fn opened(&mut self, root: &Path, opened: io::Result<Opened>) {
        let read = self.workspaces.opened(root, opened).map_err(|error| {
            tracing::warn!(%error, "cannot open a folder");
            error.to_string()
        });
        if let Err(error) = &read {
            self.subscribers.refuse(root, error);
        }
        for session in self.sessions.values_mut() {
            session.opened(
                root,
                read.as_ref().copied().map_err(String::as_str),
                &mut self.workspaces,
            );
        }
    }

    /// Tells that some changes by other programs are seen late.
    fn watches_little(&mut self, root: &Path, reason: &str) {
        let message =
            format!("Lockstep cannot watch every folder, and notices some changes late: {reason}");
        // Whoever waits for the folder is told when it is there.
        if self.workspaces.limit(root, message.clone()) {
            for session in self.sessions.values().filter(|session| session.works_in(root)) {
                session.outbox.show(Severity::Warning, message.as_str());
            }
        }
    }

    /// Brings everything up to date and publishes what has come of it.
    fn settle(&mut self) {
        let now = Instant::now();
        for session in self.sessions.values_mut() {
            guarded(|| session.look_at_overdue(&mut self.workspaces, now));
        }
        let mut news = Vec::new();
        guarded(|| news = self.news(now));
        let mut saving = Vec::new();
        for (id, session) in &mut self.sessions {
            guarded(|| {
                let roots = session.saving(&self.workspaces, now);
                saving.extend(roots.into_iter().map(|root| (*id, root)));
            });
        }
        for (id, session) in &mut self.sessions {
            let is_being_saved =
                |root: &Path| saving.iter().any(|(other, known)| other != id && known == root);
            guarded(|| {
                session.adopt_settled(&news, is_being_saved, &mut self.workspaces);
                session.settle(&mut self.workspaces);
                session.await_others(&self.workspaces);
            });
        }
        guarded(|| self.share_unsaved());
        // Whoever has been answered is in it.
        self.described.send_replace(self.describe());
        let mut shared = Vec::new();
        for session in self.sessions.values_mut() {
            guarded(|| {
                // Whoever sees something knows which events are in it, should this process end.
                session.catch_up(&self.workspaces);
                session.publish(now, &mut shared);
            });
        }
        guarded(|| self.tell(&news, now));
        let (sessions, subscribers) = (&self.sessions, &self.subscribers);
        let is_used = |root: &Path| {
            sessions.values().any(|session| session.works_in(root)) || subscribers.hear(root)
        };
        self.workspaces.forget(is_used, now);
    }

    /// Reads what is due, and returns the roots of what is new.
    fn news(&mut self, now: Instant) -> Vec<PathBuf> {
        let (sessions, subscribers) = (&self.sessions, &self.subscribers);
        let is_used = |root: &Path| {
            sessions.values().any(|session| session.works_in(root)) || subscribers.hear(root)
        };
        self.workspaces.regroup(is_used, now);
        self.workspaces.read_heads(is_used, now);
        let mut news = self.workspaces.settle(now);
        if !news.is_empty() {
            self.metrics.record("index", now.elapsed());
        }
        news.extend(self.workspaces.share_worktrees(&news));
        news
    }

    /// Tells whoever it concerns what has happened.
    fn tell(&mut self, news: &[PathBuf], now: Instant) {
        for (root, Followed { events, warnings, .. }) in self.workspaces.follow(news, now) {
            for session in self.sessions.values().filter(|session| session.works_in(&root)) {
                events.iter().for_each(|event| session.outbox.tell(event.clone()));
                self.metrics.add_events(events.len() as u64);
                for warning in &warnings {
                    session.outbox.show(Severity::Warning, warning.as_str());
                }
            }
            self.subscribers.tell(&root, &events);
        }
        self.subscribers.begin(&mut self.workspaces);
    }

    /// Lets each session know what others have that is not saved.
    fn share_unsaved(&mut self) {
        let has_left = std::mem::take(&mut self.has_left);
        if !has_left && !self.sessions.values().any(|session| session.is_fresh) {
            return;
        }
        let unsaved = self.sessions.iter().flat_map(|(id, session)| {
            let (name, texts) = session.unsaved();
            let each = texts.iter().map(|(key, text)| (*id, name.to_owned(), key, text.clone()));
            each.collect::<Vec<_>>()
        });
        let unsaved: Vec<(SessionId, String, DocumentKey, _)> =
            unsaved.map(|(id, name, key, text)| (id, name, key.clone(), text)).collect();
        for (id, session) in &mut self.sessions {
            let mut others: BTreeMap<DocumentKey, Vec<OtherEditor>> = BTreeMap::new();
            for (_, name, key, text) in unsaved.iter().filter(|(other, ..)| other != id) {
                let is_namesake = name == session.unsaved().0;
                let bare = name.strip_prefix("an ").unwrap_or(name);
                let name = if is_namesake { format!("another {bare}") } else { name.clone() };
                let Unsaved { text, read, document } = text.clone();
                let other = OtherEditor { name, text, read, document };
                others.entry(key.clone()).or_default().push(other);
            }
            session.see_others(&others);
        }
    }
}

/// Keeps the owner alive whatever a single step does to it.
fn guarded(step: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(step)).is_err() {
        tracing::error!("cannot process an event; see the panic above");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread::JoinHandle;

    use lockstep_analysis::text::line_index::PositionEncoding;
    use lockstep_fixture::{Fixture, Sandbox};

    use super::*;
    use crate::hub::arrivals::Arrivals;
    use crate::hub::client_event::ClientEvent;
    use crate::hub::outbox::Outbox;
    use crate::hub::overlay::TextChange;
    use crate::hub::snapshot::SessionSnapshot;
    use crate::hub::uri::DocumentUri;

    /// The owner of the texts on its thread, with one session whose events waited for it.
    struct Running {
        messages: Sender<Message>,
        snapshots: watch::Receiver<Arc<SessionSnapshot>>,
        described: watch::Receiver<Description>,
        thread: JoinHandle<()>,
    }

    impl Running {
        /// Starts it in a sandbox.
        fn start(sandbox: &Sandbox, arrivals: Arrivals, events: Vec<ClientEvent>) -> Running {
            let (messages, taken) = mpsc::channel();
            let (published, snapshots) = watch::channel(Arc::default());
            let session = SessionId(1);
            let state = Box::new(SessionState::new(0, published, Outbox::new().0, arrivals));
            messages.send(Message::Joined { session, state }).expect("it is there");
            let (name, roots) = ("Ed".to_owned(), vec![DocumentUri::of_path(sandbox.path())]);
            let begin = ClientEvent::Start { name, encoding: PositionEncoding::Utf16, roots };
            for (number, event) in (1..).zip([begin].into_iter().chain(events)) {
                messages.send(Message::Client { session, number, event }).expect("it is there");
            }
            let (tell, described) = watch::channel(Description::default());
            let at = watch::Sender::new(None);
            let owner = Owner::new(messages.clone(), Arc::default(), tell, at);
            let thread = std::thread::spawn(move || owner.run(&taken));
            Running { messages, snapshots, described, thread }
        }

        /// The first snapshot that it publishes.
        fn first(&mut self) -> Arc<SessionSnapshot> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(self.snapshots.changed()).expect("a snapshot");
            self.snapshots.borrow().clone()
        }

        fn end(self) {
            self.messages.send(Message::Stop).expect("it is there");
            self.thread.join().expect("it ends");
        }
    }

    /// A client that opens a document and changes it to each of these texts.
    fn changed(
        document: &DocumentUri,
        text: &str,
        texts: impl Iterator<Item = String>,
    ) -> Vec<ClientEvent> {
        let (text, language) = (text.to_owned(), "x".to_owned());
        let open = ClientEvent::Open { uri: document.clone(), text, version: 0, language };
        let change = |(version, text)| ClientEvent::Change {
            uri: document.clone(),
            changes: vec![TextChange { range: None, text }],
            version,
        };
        [open].into_iter().chain((1..).zip(texts).map(change)).collect()
    }

    #[test]
    fn what_is_saved_before_its_folder_is_read_counts_as_read_last() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] What another has saved\n"));
        let document = DocumentUri::of_path(&sandbox.join("TODO.md"));
        let text = "- [x] Saved\n";
        let mut events = changed(&document, text, std::iter::empty());
        let read_before = "- [ ] Read before\n".to_owned();
        events.push(ClientEvent::WasRead { uri: document.clone(), text: read_before });
        events.push(ClientEvent::Saved { uri: document });
        let mut owner = Running::start(&sandbox, Arrivals::default(), events);
        let editing = owner.first().folders[0].analysis.editing.clone();
        let read = editing.open.values().next().and_then(|it| it.read.clone());
        assert_eq!(read.as_deref(), Some(text));
        owner.end();
    }

    #[test]
    fn events_that_wait_are_taken_in_together() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
        let document = DocumentUri::of_path(&sandbox.join("TODO.md"));
        let texts = (1..100).map(|version| format!("- [ ] Sweep {version} times\n"));
        let events = changed(&document, "", texts);
        let n_events = events.len() as u64 + 1;
        let mut owner = Running::start(&sandbox, Arrivals::default(), events);
        let first = owner.first();
        assert_eq!(first.applied, n_events, "none was published in between");
        let task = first.folders[0].analysis.index.tasks.values().next().expect("a task");
        assert_eq!(first.folders[0].analysis.index.title(task), "Sweep 99 times");
        let known = owner.described.borrow().clone();
        assert_eq!((known.workspaces[0].tasks, &known.open), (1, &BTreeMap::from([(0, 1)])));
        owner.end();
    }

    #[test]
    fn the_text_of_an_edit_is_seen_to_arrive_though_its_user_types_on() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
        let made = "- [x] Sweep\n";
        for (name, texts, arrives) in [
            ("TODO.md", vec![made, "- [x] Sweep up\n"], true),
            ("TODO.md", vec!["- [x]  Sweep\n"], false),
            ("docs/TODO.md", vec![made], false),
        ] {
            let key = DocumentKey::of_path(&sandbox.join("TODO.md"));
            let arrivals = Arrivals::default();
            arrivals.expect([(key, made.into())]);
            let document = DocumentUri::of_path(&sandbox.join(name));
            let texts = texts.into_iter().map(str::to_owned);
            let events = changed(&document, "- [ ] Sweep\n", texts);
            let mut owner = Running::start(&sandbox, arrivals.clone(), events);
            owner.first();
            assert_eq!(arrivals.is_complete(), arrives, "{name}");
            owner.end();
        }
    }
}
