//! The language server: the only place that knows protocol types.

pub mod connection;
pub mod overlay;
pub mod uri;
pub mod server;
