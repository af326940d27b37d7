//! The integration tests: one binary, run with the real `lockstep`.

mod corpora;
mod meta;
mod support;
