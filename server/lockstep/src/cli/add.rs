//! `add`: a new task in every file that its convention keeps it in, as one transaction.

use std::path::Path;

use crate::cli::carry_out::{carry_out, instant};
use crate::cli::{Context, Exit, OutputFormat, UserError, place};
use crate::workspace::commit::{CommitAction, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the task is called
    title: String,
    /// The id of the task [default: the next one]
    #[arg(long)]
    id: Option<String>,
    /// Put it behind this task [default: behind those that are open]
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// The file it stands in, or the folder of that
    #[arg(long = "in", value_name = "PATH")]
    file: Option<String>,
    /// The time of the change, as RFC 3339 or a date [default: now]
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
    let Args { title, id, after, file, at, dry_run, format } = args;
    let file = file.map(|file| place::in_workspace(cx, file, Path::exists)).transpose()?;
    let action = CommitAction::Add { title, id, after, file };
    carry_out(cx, &CommitRequest { at: instant(at.as_deref())?, action }, dry_run, format)
}
