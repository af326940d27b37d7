//! `mcp`: serves an agent.

use crate::cli::{Context, Exit, UserError};
use crate::mcp::{self, McpOptions};

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(cx: &mut Context, _: Args) -> Result<Exit, UserError> {
    let root = cx.root.as_ref().map(|_| cx.root()).transpose()?;
    let options = McpOptions { root, alone: cx.goes_alone() };
    mcp::serve_stdio(options).map_err(|error| UserError::io("cannot serve the client", &error))?;
    Ok(Exit::Done)
}
