//! `lsp`: serves an editor.

use std::process::ExitCode;

use clap::{ArgMatches, Args as _};

use crate::cli::{Command, Context, Exit, UserError, arguments};
use crate::lsp::{forwarder, server};

/// The command.
pub const COMMAND: Command = Command {
    name: "lsp",
    summary: "Run the language server over standard input and output",
    page: include_str!("lsp.md"),
    arguments: Args::augment_args,
    run,
};

#[derive(Debug, clap::Args)]
struct Args {
    /// Serve in this process, without the daemon, sharing nothing with other editors
    #[arg(long)]
    in_process: bool,
}

fn run(cx: &mut Context, matches: &ArgMatches) -> Result<Exit, UserError> {
    let Args { in_process } = arguments(matches)?;
    let left =
        if in_process || cx.goes_alone() { server::run_stdio() } else { forwarder::run_stdio() };
    // The protocol asks for 1 where the editor did not take leave.
    Ok(if left == ExitCode::SUCCESS { Exit::Done } else { Exit::Findings })
}
