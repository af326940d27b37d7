//! `rename`: another title, id or slug for a task, in every place that holds it, as one transaction.

use std::path::Path;

use crate::cli::carry_out::carry_out;
use crate::cli::{Context, Exit, OutputFormat, UserError, place};
use crate::workspace::clock::now;
use crate::workspace::commit::{CommitAction, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The task
    task: String,
    /// Its new title
    #[arg(long)]
    title: Option<String>,
    /// Its new id
    #[arg(long)]
    id: Option<String>,
    /// The new words behind the id in the name of its folder
    #[arg(long)]
    slug: Option<String>,
    /// Rename what the claim with this token holds
    #[arg(long, value_name = "TOKEN")]
    claim: Option<String>,
    /// Rename that one of several tasks with the id whose name stands here
    #[arg(long, value_name = "FILE:LINE")]
    at: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let Args { task, title, id, slug, claim, at, dry_run, format } = args;
    cx.claim = claim;
    if title.is_none() && id.is_none() && slug.is_none() {
        let error = UserError::usage("a new name is missing".to_owned());
        return Err(error.hint("give `--title`, `--id` or `--slug`"));
    }
    let at = at.map(|at| pointed_at(cx, at)).transpose()?;
    let action = CommitAction::Rename { task, title, id, slug, at_place: at };
    carry_out(cx, &CommitRequest { at: now(), action }, dry_run, format)
}

/// `FILE:LINE` with the file as the workspace names it.
fn pointed_at(cx: &Context, at: String) -> Result<String, UserError> {
    match at.rsplit_once(':') {
        Some((file, line)) => {
            let file = place::in_workspace(cx, file.to_owned(), Path::is_file)?;
            Ok(format!("{file}:{line}"))
        }
        None => Ok(at),
    }
}
