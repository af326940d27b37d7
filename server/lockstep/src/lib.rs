//! Lockstep: language server and command line over `lockstep-analysis`.

pub mod lsp;
