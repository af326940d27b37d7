//! The command line, as it is typed.

mod add;
mod agents;
mod archive;
mod base;
mod batch;
mod check;
mod claims;
mod completions;
mod explain;
mod fix;
mod foreign;
mod help;
mod hook_inputs;
mod hostile;
mod init;
mod instances;
mod list;
mod mirror;
mod moving;
mod next;
mod pages;
mod profiles;
mod programs;
mod rename;
mod set;
mod show;
mod streams;
pub mod support;
mod try_out;
#[cfg(unix)]
mod unreadable;
mod validation;
mod watch;
mod worktrees;
