//! The language server, through the protocol: that it is wired, and speaks to each client in its
//! own way. What it says is tested where it is made.

mod applied;
mod base;
mod changes;
mod clients;
mod code_action;
mod commands;
mod commit;
mod diagnostics;
mod disk;
mod folders;
mod hover;
mod intent;
mod lifecycle;
mod missed;
mod moves;
mod other_client;
mod pages;
#[cfg(target_os = "linux")]
mod parent;
mod pull;
mod questions;
mod reading;
mod rename;
mod rows;
mod sessions;
mod stdio;
mod sync;
mod tasks;
mod unreadable;
