//! What the daemon tells of itself, as `lockstep daemon status --format json` prints it.

use serde::{Deserialize, Serialize};

use crate::daemon::build::Build;
use crate::metrics::Latency;
use crate::report::WorkspaceStatus;

/// How the daemon is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Status {
    /// The process.
    pub pid: u32,
    /// The executable.
    pub build: Option<Build>,
    /// The file with what the daemon tells.
    pub log: String,
    /// For how long it has been running.
    pub uptime_seconds: u64,
    /// Who is connected.
    pub sessions: Vec<SessionStatus>,
    /// What it holds.
    pub workspaces: Vec<WorkspaceStatus>,
    /// How long requests take, by method.
    pub latencies: Vec<Latency>,
    /// For how long it has been at one thing, where that is longer than any may take: then it stands
    /// still, though it answers this.
    #[serde(default)]
    pub still_seconds: Option<u64>,
    /// How many events went to sessions, and to whoever watches, as they happened.
    pub events_sent: u64,
    /// How many sessions were dropped because their clients did not read.
    pub sessions_dropped: u64,
}

/// One session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// Its number.
    pub id: u64,
    /// The program it speaks for, mostly an editor.
    pub client: Option<String>,
    /// The process that is connected.
    pub pid: u32,
    /// The folders the client works in, as it spells them.
    pub folders: Vec<String>,
    /// For how long it has been connected.
    pub seconds: u64,
    /// How many documents are open in it.
    pub open_documents: usize,
}
