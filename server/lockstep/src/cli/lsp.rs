//! `lsp`: serves an editor.

use std::process::ExitCode;

use crate::cli::{Context, Exit, UserError};
use crate::lsp::{forwarder, server};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Serve in this process, without the daemon, sharing nothing with other editors
    #[arg(long)]
    in_process: bool,
}

pub(super) fn run(cx: &mut Context, Args { in_process }: Args) -> Result<Exit, UserError> {
    let left =
        if in_process || cx.goes_alone() { server::run_stdio() } else { forwarder::run_stdio() };
    // The protocol asks for 1 where the editor did not take leave.
    Ok(if left == ExitCode::SUCCESS { Exit::Done } else { Exit::Findings })
}
