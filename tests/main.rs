//! The integration tests: one binary, run with the real `lockstep`.

#![allow(unreachable_pub, reason = "every module here is private to one test binary")]
#![allow(clippy::print_stderr, reason = "a test says what it skips")]
#![allow(clippy::print_stdout, reason = "an experiment says what it found")]

mod cli;
mod corpora;
#[cfg(target_os = "linux")]
mod crash;
#[cfg(target_os = "linux")]
mod daemon;
mod editors;
mod lsp;
mod mcp;
mod meta;
mod sessions;
mod support;
mod walk;
