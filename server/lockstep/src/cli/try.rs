//! `try`: a sample workspace in an editor, or a demonstration where there is none.

mod client;
mod code;
mod demonstration;
mod editors;
pub mod sample;

use std::io::{IsTerminal, stdin, stdout};

use crate::cli::{Context, Exit, UserError};
use editors::KnownEditor;

/// What is said at the end.
const NEXT: &str = "
What to do next, in a repository of yours:
  lockstep check          show what disagrees
  lockstep fix            show the fixes, and write them if you agree
  lockstep help set       how to change a status in every file
  lockstep explain        rules, configuration and protocol";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The editor to open; without it the first that is there
    #[arg(long, value_enum, value_name = "NAME")]
    editor: Option<KnownEditor>,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let interactive = stdin().is_terminal() && stdout().is_terminal();
    let server = std::env::current_exe()
        .map_err(|error| UserError::io("cannot find the path of this program", &error))?;
    let editor = match args.editor {
        Some(editor) => Some(editors::find(editor, &server)?),
        None if interactive => editors::first(&server),
        None => None,
    };
    let sample =
        sample::write().map_err(|error| UserError::io("cannot write the sample", &error))?;
    cx.out.line(&format!("sample: {}", sample.root.display()))?;
    match editor {
        Some(found) => {
            cx.out.line(&format!("opening {}", found.program.display()))?;
            cx.out.flush()?;
            editors::open(&found, &sample, &server)?;
        }
        None => demonstration::run(cx, &sample, &server)?,
    }
    cx.out.line(NEXT)?;
    Ok(Exit::Done)
}
