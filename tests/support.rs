//! What the tests stand on.

pub mod client;
#[cfg(target_os = "linux")]
pub mod daemon;
pub mod edit;
pub mod editor;
pub mod expectation;
pub mod git;
pub mod mcp;
#[cfg(unix)]
pub mod program;
pub mod report;
pub mod repository;
pub mod watch;
pub mod workspaces;
