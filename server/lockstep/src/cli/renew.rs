//! `renew`: more time for a claim.

use crate::cli::hold::{carry_out, minutes, tell};
use crate::cli::{Context, Exit, OutputFormat, UserError};
use crate::workspace::commit::ClaimDeed;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The token of the claim
    token: String,
    /// For how many minutes it holds from now [default: as before]
    #[arg(long, value_name = "N", value_parser = minutes())]
    minutes: Option<u32>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let Args { token, minutes, format } = args;
    let claimed = carry_out(cx, ClaimDeed::Renew { token, minutes })?;
    tell(cx, &claimed, format)
}
