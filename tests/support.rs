//! What the tests share.

pub mod repository;
