//! `fix`: brings what disagrees into agreement, as one transaction.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use crate::cli::carry_out::{carry_out, preview};
use crate::cli::{Context, Exit, OutputFormat, UserError, place};
use crate::workspace::clock::now;
use crate::workspace::commit::{CommitAction, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tasks to fix [default: all]
    ids: Vec<String>,
    /// Fix only findings of this rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Trust this file or status where places disagree
    #[arg(long, value_name = "PATH|STATUS")]
    prefer: Option<String>,
    /// Change also what the claim with this token holds
    #[arg(long, value_name = "TOKEN")]
    claim: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write without asking; required to write where there is no terminal
    #[arg(long, short)]
    yes: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    cx.claim = args.claim;
    let prefer =
        args.prefer.map(|word| place::in_workspace(cx, word, Path::is_file)).transpose()?;
    let action = CommitAction::Fix { tasks: args.ids, rule: args.rule, prefer };
    let request = CommitRequest { at: now(), action };
    if args.yes && !args.dry_run {
        return carry_out(cx, &request, false, args.format);
    }
    let workspace = cx.workspace()?;
    let (exit, changes) = preview(cx, &workspace, &request, args.format)?;
    if args.dry_run || !changes {
        return Ok(exit);
    }
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if args.format == OutputFormat::Json {
        return Ok(Exit::Findings);
    }
    if !is_terminal {
        cx.out.line("run again with `--yes` to write")?;
        return Ok(Exit::Findings);
    }
    cx.out.line("Write these changes? [y/N]")?;
    cx.out.flush()?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_err() || !matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(Exit::Findings);
    }
    carry_out(cx, &request, false, args.format)
}
