//! The integration tests: one binary, run with the real `lockstep`.

#![allow(unreachable_pub, reason = "every module here is private to one test binary")]
#![allow(clippy::print_stderr, reason = "a test says what it skips")]

mod cli;
mod corpora;
mod editors;
mod lsp;
mod meta;
mod support;
