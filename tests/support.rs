//! What the tests stand on.

pub mod client;
pub mod edit;
pub mod editor;
pub mod expectation;
pub mod repository;
pub mod workspaces;
