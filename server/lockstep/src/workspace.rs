//! Floor 1: one root with its configuration, as every front end sees it: the language server, the
//! command line, and later a daemon's client. Questions and answers are plain data, so that the
//! workspace may live in another process.

pub mod base;
pub mod clock;
pub mod commit;
pub mod events;
pub mod ledger;
pub mod local;
pub mod order;
pub mod question;
pub mod root;
mod setup;
pub mod worktrees;
