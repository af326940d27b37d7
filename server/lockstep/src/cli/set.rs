//! `set`: a status for tasks, in every file, as one transaction.

use crate::cli::carry_out::{carry_out, instant};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::{CommitAction, CommitRequest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tasks, then the status, in any spelling
    #[arg(required = true, num_args = 1.., value_name = "ID... STATUS")]
    words: Vec<String>,
    /// Fail with exit code 3 unless the current status is STATUS, or the `rev` of the task this one
    #[arg(long, value_name = "STATUS|REV", visible_alias = "expect")]
    from: Option<String>,
    /// Change only what the claim with this token holds, and renew it
    #[arg(long, value_name = "TOKEN")]
    claim: Option<String>,
    /// Set this phase of the newest plan, not the task
    #[arg(long, value_name = "N")]
    phase: Option<String>,
    /// The reason; some statuses require one
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The time of the change, as RFC 3339 or a date [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Change all tasks or none
    #[arg(long)]
    atomic: bool,
    /// Allow any transition; requires --reason, and is recorded
    #[arg(long, requires = "reason")]
    force: bool,
    /// Tick the check boxes, or untick them, where the status follows from them
    #[arg(long)]
    tick: bool,
    /// Leave the files where they are, though their folder says another status then
    #[arg(long)]
    stay: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    // Options may stand among them, so that clap does not count.
    let Some((status, tasks)) = args.words.split_last().filter(|(_, tasks)| !tasks.is_empty())
    else {
        return Err(UserError::usage("a task and a status are required")
            .hint("for example `lockstep set 7 completed`"));
    };
    cx.claim = args.claim;
    let action = CommitAction::Set {
        tasks: tasks.to_vec(),
        status: status.clone(),
        phase: args.phase,
        from: args.from,
        reason: args.reason,
        to_fill_in: false,
        tick: args.tick,
        stay: args.stay,
        force: args.force,
        atomic: args.atomic,
    };
    let request = CommitRequest { at: instant(args.at.as_deref())?, action };
    carry_out(cx, &request, args.dry_run, args.format)
}
