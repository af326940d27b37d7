//! `prime`: what an agent must know.

use std::path::PathBuf;

use crate::cli::guidance;
use crate::cli::output::one_line;
use crate::cli::place::current;
use crate::cli::priming::{STATIC, guidance_in, live};
use crate::cli::{Context, Exit, UserError};
use crate::workspace::commit::user;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write the text into FILE, between markers [default: AGENTS.md of the workspace]
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    write: Option<Option<PathBuf>>,
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
        cx.out.text(&live(&workspace, Some(&holder)))?;
        return Ok(Exit::Done);
    }
    let Some(file) = args.write else {
        cx.out.text(STATIC)?;
        return Ok(Exit::Done);
    };
    let file = match file {
        Some(file) => named(cx, file)?,
        None => PathBuf::from("AGENTS.md"),
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

/// A file as the shell means it: relative to the current folder, or to the workspace that was named.
fn named(cx: &Context, file: PathBuf) -> Result<PathBuf, UserError> {
    if cx.root.is_some() || file.is_absolute() {
        return Ok(file);
    }
    let file = current()?.join(file);
    // The folder may be reached by a link, and the file need not be there.
    let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
    Ok(match (folder, file.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => file,
    })
}
