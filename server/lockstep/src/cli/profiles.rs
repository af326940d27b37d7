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
    let workspace = cx.read_once()?;
    let here: Vec<_> = workspace.analysis().instances.iter().collect();
    let profiles: Vec<_> = builtin::profiles().collect();
    let width = profiles.iter().map(|profile| columns(&profile.id)).max().unwrap_or(0);
    for profile in &profiles {
        let own = here.iter().filter(|own| own.id == profile.id);
        let roots: Vec<&str> = own.map(|own| own.root.as_str()).collect();
        let mark = if roots.is_empty() { "  ".into() } else { paint(GREEN, "* ") };
        let folders: Vec<&str> = roots.into_iter().filter(|root| !root.is_empty()).collect();
        let at =
            if folders.is_empty() { String::new() } else { format!(" (at {})", several(&folders)) };
        cx.out.line(&format!("{mark}{}  {}{at}", pad(&profile.id, width), profile.summary))?;
    }
    for own in here.iter().filter(|own| !profiles.iter().any(|profile| profile.id == own.id)) {
        let name = one_line(&own.id);
        cx.out.line(&format!("{}{name}  (of lockstep.toml)", paint(GREEN, "* ")))?;
    }
    Ok(Exit::Done)
}

fn several(folders: &[&str]) -> String {
    let shown: Vec<String> = folders.iter().take(3).map(|folder| one_line(folder)).collect();
    let more = folders.len() - shown.len();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}
