//! `archive`: finished tasks put away where the profile keeps them, as one transaction.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lockstep_analysis::change::archive;

use crate::cli::carry_out::{carry_out_elsewhere, carry_out_in};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::clock::now;
use crate::workspace::commit::{self, CommitAction, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tasks to archive [default: all finished tasks]
    ids: Vec<String>,
    /// Archive only tasks that were finished before this day
    #[arg(long, value_name = "DATE")]
    done_before: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let done_before = args.done_before.as_deref().map(day).transpose()?;
    let workspace = cx.workspace()?;
    commit::all_read(&workspace)?;
    let folders = commit::movable(workspace.folder(), workspace.analysis(), &args.ids);
    let analysis = workspace.analysis();
    let nothing = || {
        analysis.instances.iter().any(|it| it.archive.is_some())
            && archive::finished(analysis).is_empty()
    };
    if args.ids.is_empty() && args.format == OutputFormat::Text && nothing() {
        cx.out.line("no finished tasks to archive")?;
        return Ok(Exit::Done);
    }
    let action = CommitAction::Archive { tasks: args.ids, done_before, folders };
    let request = CommitRequest { at: now(), action };
    match carry_out_elsewhere(cx, &request, args.dry_run, args.format)? {
        Some(exit) => Ok(exit),
        None => carry_out_in(cx, workspace, &request, args.dry_run, args.format),
    }
}

/// The day that is meant: a task that was finished on it is not before it, whatever the hour.
fn day(text: &str) -> Result<String, UserError> {
    let in_utc = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    let day = text.parse::<Date>().or_else(|_| text.parse().map(in_utc)).ok();
    let day = day.filter(|day| (0..=9999).contains(&day.year())).ok_or_else(|| {
        UserError::usage(format!("`{text}` is not a day")).hint("write it as 2026-01-31")
    })?;
    Ok(day.to_string())
}
