//! What the tests share.

pub mod client;
pub mod edit;
pub mod repository;
pub mod workspaces;
