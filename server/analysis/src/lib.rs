//! Texts in; facts, diagnostics and planned edits out. Pure: no IO, no clock, no threads, no
//! protocol types.
//!
//! Reading order, each floor seeing only those before it: [`text`], [`syntax`], [`profile`],
//! [`model`], [`index`], [`change`], [`analysis`], then [`rules`], [`actions`] and [`features`].

pub mod actions;
pub mod analysis;
pub mod change;
pub mod features;
pub mod index;
pub mod model;
pub mod operation;
pub mod profile;
pub mod rules;
pub mod syntax;
#[cfg(test)]
mod testing;
pub mod text;

pub use analysis::{Analysis, AnalysisHost, Change, Existence};
