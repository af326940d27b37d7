//! `profiles`: the ways of keeping tasks that are built in.

use lockstep_analysis::profile::builtin;

use crate::cli::output::{GREEN, columns, one_line, pad, paint};
use crate::cli::{Context, Exit, UserError, profile_source};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile to print, as TOML
    name: Option<String>,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    if let Some(name) = &args.name {
        cx.out.text(profile_source(name)?)?;
        return Ok(Exit::Done);
    }
    let here = cx.read_once()?.analysis().profile.id.clone();
    let profiles: Vec<_> = builtin::profiles().collect();
    let width = profiles.iter().map(|profile| columns(&profile.id)).max().unwrap_or(0);
    for profile in &profiles {
        let mark = if profile.id == here { paint(GREEN, "* ") } else { "  ".into() };
        cx.out.line(&format!("{mark}{}  {}", pad(&profile.id, width), profile.summary))?;
    }
    if !profiles.iter().any(|profile| profile.id == here) {
        let here = one_line(&here);
        cx.out.line(&format!("{}{here}  (of lockstep.toml)", paint(GREEN, "* ")))?;
    }
    Ok(Exit::Done)
}
