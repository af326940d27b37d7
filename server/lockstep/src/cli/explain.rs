//! `explain`: a rule's page.

use clap::{ArgMatches, Args as _};
use lockstep_analysis::rules::RULES;

use crate::cli::check::known_rule;
use crate::cli::output::{RED, YELLOW, columns, pad, paint};
use crate::cli::{Command, Context, Exit, UserError, arguments, markdown};

/// The command.
pub const COMMAND: Command = Command {
    name: "explain",
    summary: "Explain a rule: what it finds, why, and how it is mended",
    page: include_str!("explain.md"),
    arguments: Args::augment_args,
    run,
};

#[derive(Debug, clap::Args)]
struct Args {
    /// The rule; without it all rules are listed
    rule: Option<String>,
}

fn run(cx: &mut Context, matches: &ArgMatches) -> Result<Exit, UserError> {
    let args: Args = arguments(matches)?;
    match &args.rule {
        Some(id) => {
            let page = known_rule(id)?.doc;
            let page = if cx.out.is_styled() { markdown::styled(page) } else { page.to_owned() };
            cx.out.text(&page)?;
        }
        None => {
            let width = RULES.iter().map(|rule| columns(rule.id)).max().unwrap_or(0);
            for rule in RULES {
                let name = rule.severity.name();
                let severity = match name {
                    "error" => paint(RED, &pad(name, 7)),
                    "warning" => paint(YELLOW, &pad(name, 7)),
                    _ => pad(name, 7),
                };
                cx.out.line(&format!("{}  {severity}  {}", pad(rule.id, width), rule.summary))?;
            }
        }
    }
    Ok(Exit::Done)
}
