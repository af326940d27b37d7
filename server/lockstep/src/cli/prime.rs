//! `prime`: what an agent must know.

use std::path::PathBuf;

use crate::cli::guidance;
use crate::cli::output::one_line;
use crate::cli::priming::{STATIC, guidance_in, live};
use crate::cli::{Context, Exit, UserError};
use crate::workspace::commit::user;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write the text into FILE, between markers
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "AGENTS.md")]
    write: Option<PathBuf>,
    /// Print how things are now instead
    #[arg(long, conflicts_with = "write")]
    live: bool,
    /// Whose claims are shown [default: the user's]
    #[arg(long, value_name = "NAME", requires = "live")]
    holder: Option<String>,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    if args.live {
        let workspace = cx.read_once()?;
        let holder = args.holder.unwrap_or_else(user);
        cx.out.text(&live(&workspace, &holder))?;
        return Ok(Exit::Done);
    }
    let Some(file) = args.write else {
        cx.out.text(STATIC)?;
        return Ok(Exit::Done);
    };
    let mut workspace = cx.workspace()?;
    let guidance = guidance_in(&workspace, &file)?;
    let path = one_line(&guidance.path);
    match guidance::write(&mut workspace, &[guidance], "write guidance for agents")? {
        true => {
            cx.made(Exit::Done);
            cx.out.line(&format!("wrote {path}"))?;
        }
        false => cx.out.line(&format!("{path} is up to date"))?,
    }
    Ok(Exit::Done)
}
