//! Lockstep: language server and command line over `lockstep-analysis`.
//!
//! Reading order, each floor seeing only those before it: [`report`] and [`metrics`],
//! [`workspace`], [`hub`], [`daemon`], then [`lsp`], [`mcp`] and [`cli`], which do not see each other.

pub mod cli;
pub mod daemon;
pub mod hub;
pub mod lsp;
pub mod mcp;
pub mod metrics;
pub mod report;
pub mod workspace;
