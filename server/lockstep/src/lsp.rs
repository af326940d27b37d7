//! The language server: the only place that knows protocol types.

pub mod connection;
