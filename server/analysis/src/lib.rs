//! Texts in; facts, diagnostics and planned edits out. Pure: no IO, no clock, no threads, no
//! protocol types.

pub mod profile;
pub mod syntax;
pub mod text;
