//! `fix`: brings what disagrees into agreement, as one transaction.

use std::io::{BufRead, IsTerminal};

use clap::{ArgMatches, Args as _};

use crate::cli::set::{carry_out, instant};
use crate::cli::{Command, Context, Exit, Format, UserError, arguments};
use crate::workspace::commit::{Action, Request};

/// The command.
pub const COMMAND: Command = Command {
    name: "fix",
    summary: "Mend drift and other findings that have one certain fix",
    page: include_str!("fix.md"),
    arguments: Args::augment_args,
    run,
};

#[derive(Debug, clap::Args)]
struct Args {
    /// The tasks [default: all]
    ids: Vec<String>,
    /// Only findings of this rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// The file that is right, or the status, where places disagree
    #[arg(long, value_name = "PATH|STATUS")]
    prefer: Option<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask first on a terminal
    #[arg(long, short)]
    yes: bool,
    /// How to answer
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

fn run(cx: &mut Context, matches: &ArgMatches) -> Result<Exit, UserError> {
    let args: Args = arguments(matches)?;
    let action = Action::Fix { tasks: args.ids, rule: args.rule, prefer: args.prefer };
    let request = Request { at: instant(None)?, action };
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if terminal && !args.yes && !args.dry_run && matches!(args.format, Format::Text) {
        let exit = carry_out(cx, &request, true, args.format)?;
        cx.out.line("Write this? [y/N]")?;
        cx.out.flush()?;
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if read.is_err() || !matches!(answer.trim(), "y" | "Y" | "yes") {
            return Ok(exit);
        }
    }
    carry_out(cx, &request, args.dry_run, args.format)
}
