//! What the commands about claims share: who does something with one, and how it is told.

use crate::cli::output::{DIM, one_line, paint};
use crate::cli::{Context, Exit, OutputFormat, UserError, remote};
use crate::workspace::commit::{CLAIM_LIMIT, ClaimDeed, ClaimReport, Interim, Terms, user};
use crate::workspace::order::{Deed, Done, Order};

/// For how long a claim may hold.
pub(super) fn minutes() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(CLAIM_LIMIT))
}

/// Has something done with a claim, by the daemon where one runs.
pub(super) fn carry_out(cx: &mut Context, deed: ClaimDeed) -> Result<ClaimReport, UserError> {
    let order = Order::new(&cx.root()?, user(), Deed::Claim(deed));
    let done = match remote::carry_out(cx, &order, &Interim::log)? {
        Some(done) => done,
        None => {
            let mut workspace = cx.workspace()?;
            let spare = Terms::of(user()).spare;
            order.carry_out(&mut workspace, spare, &Interim::log)?
        }
    };
    match done {
        Done::Claimed(claimed) => {
            cx.made(Exit::Done);
            Ok(claimed)
        }
        done => Err(UserError::internal(format!("an answer of another kind: {done:?}"))),
    }
}

/// Tells of a claim.
pub(super) fn tell(
    cx: &mut Context,
    claimed: &ClaimReport,
    format: OutputFormat,
) -> Result<Exit, UserError> {
    if format == OutputFormat::Json {
        cx.out.json(claimed)?;
        return Ok(Exit::Done);
    }
    let status = claimed.status.as_deref().unwrap_or("no status");
    let what = one_line(&format!("{}  {status}  {}", claimed.task, claimed.title));
    cx.out.line(&what)?;
    let told = match (&claimed.token, &claimed.until) {
        (Some(token), Some(until)) => {
            format!("held by {} until {until}; token {token}", claimed.holder)
        }
        _ => format!("released by {}", claimed.holder),
    };
    cx.out.line(&paint(DIM, &one_line(&told)))?;
    Ok(Exit::Done)
}
