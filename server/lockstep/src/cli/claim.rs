//! `claim`: a task for one agent alone.

use crate::cli::hold::{carry_out, minutes, tell};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::{CLAIM_MINUTES, ClaimDeed, user};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The task, as it is written anywhere
    #[arg(required_unless_present = "next", conflicts_with = "next")]
    id: Option<String>,
    /// Claim the next task that can begin
    #[arg(long)]
    next: bool,
    /// Who claims it, as others are told [default: the user]
    #[arg(long, value_name = "NAME")]
    holder: Option<String>,
    /// For how many minutes the claim holds
    #[arg(long, value_name = "N", default_value_t = CLAIM_MINUTES, value_parser = minutes())]
    minutes: u32,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let Args { id, holder, minutes, format, .. } = args;
    let holder = holder.unwrap_or_else(user);
    let claimed = carry_out(cx, ClaimDeed::Take { task: id, holder, minutes })?;
    tell(cx, &claimed, format)
}
