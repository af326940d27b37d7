//! `explain`: the page of a rule, or of another topic.

use lockstep_analysis::rules::{self, RULES};

use crate::cli::output::{RED, YELLOW, columns, pad, paint};
use crate::cli::{Context, Exit, UserError, markdown, unknown};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule or topic [default: list all of them]
    #[arg(value_name = "RULE|TOPIC")]
    about: Option<String>,
}

/// What can be explained beside rules: name, what it is about, text. The pages are the references
/// under `server/docs`.
const TOPICS: [(&str, &str, &str); 8] = [
    ("config", "every key of lockstep.toml", include_str!("../../../docs/configuration.md")),
    (
        "schema",
        "the JSON schema of lockstep.toml",
        include_str!("../../../docs/lockstep.schema.json"),
    ),
    ("profile", "the language of profiles", include_str!("../../../docs/profiles.md")),
    ("protocol", "JSON, codes, requests", include_str!("../../../docs/protocol.md")),
    ("events", "what clients and `watch` are told", include_str!("../../../docs/events.md")),
    ("daemon", "the process that serves all editors", include_str!("../../../docs/daemon.md")),
    ("transactions", "what a change promises", include_str!("../../../docs/transactions.md")),
    (
        "worktrees",
        "several copies of one repository",
        include_str!("../../../docs/synchronization.md"),
    ),
];

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    match &args.about {
        Some(about) => {
            let page = page(about)?;
            let styled = cx.out.is_styled() && !page.starts_with('{');
            cx.out.text(&if styled { markdown::styled(&page) } else { page })?;
        }
        None => list(cx)?,
    }
    Ok(Exit::Done)
}

fn page(about: &str) -> Result<String, UserError> {
    if let Some(rule) = rules::rule(about) {
        return Ok(markdown::examples(rule.doc));
    }
    match TOPICS.iter().find(|(name, ..)| *name == about) {
        Some((_, _, page)) => Ok(markdown::standing_alone(page)),
        None => {
            let known = rules::ids().into_iter().chain(TOPICS.iter().map(|(name, ..)| *name));
            let what = format!("no rule or topic `{about}`");
            Err(unknown(what, about, known, "`lockstep explain` lists them"))
        }
    }
}

fn list(cx: &mut Context) -> Result<(), UserError> {
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
    cx.out.line("\nOther topics:")?;
    for (name, what, _) in TOPICS {
        cx.out.line(&format!("{}  {what}", pad(name, width)))?;
    }
    Ok(())
}
