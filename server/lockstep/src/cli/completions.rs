//! `completions`: what a shell needs to complete arguments.

use clap::{ArgMatches, Args as _};
use clap_complete::Shell;

use crate::cli::{Command, Context, Exit, UserError, arguments, command_line};

/// The command.
pub const COMMAND: Command = Command {
    name: "completions",
    summary: "Print shell completions",
    page: include_str!("completions.md"),
    arguments: Args::augment_args,
    run,
};

#[derive(Debug, clap::Args)]
struct Args {
    /// The shell
    shell: Shell,
}

fn run(cx: &mut Context, matches: &ArgMatches) -> Result<Exit, UserError> {
    let args: Args = arguments(matches)?;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command_line(), "lockstep", &mut script);
    cx.out.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
