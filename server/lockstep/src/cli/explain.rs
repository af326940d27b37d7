//! `explain`: the page of a rule, of a built-in profile, or of another topic.

use lockstep_analysis::profile::builtin::{self, SOURCES};
use lockstep_analysis::rules::{self, RULES};

use crate::cli::output::{RED, YELLOW, columns, pad, paint};
use crate::cli::{Context, Exit, UserError, markdown, unknown};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule, profile or topic [default: list all of them]
    #[arg(value_name = "RULE|PROFILE|TOPIC")]
    about: Option<String>,
}

/// What can be explained beside rules: name, what it is about, text. The pages are the references
/// under `server/docs`.
const TOPICS: [(&str, &str, &str); 9] = [
    ("config", "every key of lockstep.toml", include_str!("../../../docs/configuration.md")),
    (
        "schema",
        "the JSON schema of lockstep.toml",
        include_str!("../../../docs/lockstep.schema.json"),
    ),
    ("profile", "the language of profiles", include_str!("../../../docs/profiles.md")),
    (
        "strategies",
        "how a task follows from its parts",
        include_str!("../../../docs/strategies.md"),
    ),
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
    if let Some(source) = SOURCES.iter().find(|source| source.id == about) {
        return Ok(markdown::examples(source.page));
    }
    match TOPICS.iter().find(|(name, ..)| *name == about) {
        Some((_, _, page)) => Ok(markdown::standing_alone(page)),
        None => {
            let profiles = SOURCES.iter().map(|source| source.id);
            let topics = TOPICS.iter().map(|(name, ..)| *name);
            let known = rules::ids().into_iter().chain(profiles).chain(topics);
            let what = format!("no rule, profile or topic `{about}`");
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
    cx.out.line("\nProfiles:")?;
    for source in SOURCES {
        let summary = builtin::profile(source.id).map(|profile| profile.summary.clone());
        cx.out.line(&format!("{}  {}", pad(source.id, width), summary.unwrap_or_default()))?;
    }
    cx.out.line("\nOther topics:")?;
    for (name, what, _) in TOPICS {
        cx.out.line(&format!("{}  {what}", pad(name, width)))?;
    }
    Ok(())
}
