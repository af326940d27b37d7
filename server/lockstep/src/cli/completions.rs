//! `completions`: what a shell needs to complete arguments.

use clap_complete::Shell;

use crate::cli::{Context, Exit, UserError, command_line};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command_line(), "lockstep", &mut script);
    cx.out.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
