//! `release`: a task that is held no more.

use crate::cli::hold::{carry_out, tell};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::ClaimDeed;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The token of the claim
    token: String,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let claimed = carry_out(cx, ClaimDeed::Release { token: args.token })?;
    tell(cx, &claimed, args.format)
}
