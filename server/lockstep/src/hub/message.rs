//! What the owner of the texts is sent.

use std::path::PathBuf;
use std::sync::mpsc::Sender;

use crate::hub::client_event::ClientEvent;
use crate::hub::session_state::SessionState;
use crate::hub::shared_workspaces::WorkspaceEvent;
use crate::hub::subscribers::Subscriber;
use crate::workspace::local::LocalWorkspace;

/// The name of a session within its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(pub(crate) u64);

/// What the owner takes in.
#[derive(Debug)]
pub(crate) enum Message {
    /// A session begins.
    Joined { session: SessionId, state: Box<SessionState> },
    /// A client does something: its events count from 1.
    Client { session: SessionId, number: u64, event: ClientEvent },
    /// A session is over.
    Left { session: SessionId },
    /// Something happens to a workspace.
    Workspace(WorkspaceEvent),
    /// The server has written these files below a root, on behalf of no session.
    Written { root: PathBuf, paths: Vec<String> },
    /// Somebody wants what has been read of a root: nothing is sent where nothing has.
    Lend { root: PathBuf, sender: Sender<Box<LocalWorkspace>> },
    /// Somebody wants to know what happens below a root.
    Subscribe(Subscriber),
    /// There will be no more sessions.
    Stop,
}
