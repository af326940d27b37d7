//! Texts in; facts, diagnostics and planned edits out. Pure: no IO, no clock, no threads, no
//! protocol types.
//!
//! Reading order, each floor seeing only those before it: [`text`], [`syntax`], [`profile`],
//! [`model`], [`index`], [`snapshot`], [`change`], [`rules`], [`analysis`], [`task_view`],
//! [`mentions`], [`features`], [`operation`], [`actions`], [`completion`].

pub mod actions;
pub mod analysis;
pub mod change;
pub mod completion;
pub mod features;
pub mod index;
pub mod mentions;
pub mod model;
pub mod operation;
pub mod profile;
pub mod rules;
pub mod snapshot;
pub mod syntax;
pub mod task_view;
#[cfg(test)]
mod testing;
pub mod text;

pub use analysis::{Analysis, AnalysisHost, Change};
pub use snapshot::Existence;
