//! `note`: a dated line where a task keeps notes.

use crate::cli::carry_out::{carry_out, instant};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::{CommitAction, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The task
    task: String,
    /// What the note says, on one line
    text: String,
    /// Write it only if the claim with this token holds the task, and renew that
    #[arg(long, value_name = "TOKEN")]
    claim: Option<String>,
    /// The time of the note, as RFC 3339 or a date [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let Args { task, text, claim, at, dry_run, format } = args;
    cx.claim = claim;
    let action = CommitAction::Note { task, text };
    carry_out(cx, &CommitRequest { at: instant(at.as_deref())?, action }, dry_run, format)
}
