//! The integration tests: the real binary, in a folder of its own.

mod cli;
mod meta;
