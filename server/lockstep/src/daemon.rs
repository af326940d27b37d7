//! Floor 3: one process per user that serves every editor, so that all of them see the same state.
//!
//! ```text
//! editor ── lockstep lsp ──┐
//! editor ── lockstep lsp ──┼── socket ── lockstep daemon run
//! lockstep daemon status ──┘
//! ```
//!
//! [`dial`] reaches the daemon, and starts it where there is none; [`end`] ends it; [`server`] is the
//! daemon, for whatever a [`Host`] serves. All stand on [`address`], where they meet; `transport`, by which;
//! and [`handshake`], what they tell each other first. Knows no protocol of editors.

pub mod address;
pub mod build;
pub mod dial;
pub mod end;
pub mod handshake;
mod lock;
pub mod log;
pub mod remote;
pub mod server;
mod signals;
pub mod status;
mod transport;

pub use server::{Guest, Host};

use std::fmt;
use std::time::Duration;

/// Why there is no daemon: the fact, the reason and, where there is one, the remedy, as a clause
/// without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// There is one, which has not answered within this time.
    Silent(Duration),
    /// There is none yet, for this reason, which passes.
    NotYet(String),
    /// There is none for this reason.
    Because(String),
}

impl Unavailable {
    /// There is none for this reason.
    pub(crate) fn new(why: impl Into<String>) -> Unavailable {
        Unavailable::Because(why.into())
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::Silent(time) => write!(
                f,
                "the daemon does not answer within {} seconds; run `lockstep daemon restart`",
                time.as_secs()
            ),
            Unavailable::NotYet(why) | Unavailable::Because(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Unavailable {}

/// Why a daemon ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nobody has needed it for a while.
    Idle,
    /// Somebody has stopped it. Its clients go on without one.
    Stopped,
    /// Another one takes its place. Its clients go there.
    Replaced,
}
