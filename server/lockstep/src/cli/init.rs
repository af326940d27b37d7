//! `init`: tells what is found here, and writes a `lockstep.toml` to begin with.

mod agents;

use std::collections::BTreeMap;
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Place;
use lockstep_analysis::profile::{Profile, Severity, builtin};
use lockstep_analysis::rules::{self, RULES};
use lockstep_store::init::write_new;

use crate::cli::output::{DIM, count, one_line, pad, paint};
use crate::cli::{Context, Exit, UserError, profile_source};
use crate::workspace::local::CONFIG;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The profile to write into it [default: the detected ones]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Write lockstep.toml; without this only tell what is found
    #[arg(long)]
    write: bool,
    /// Set up the agents whose clients are used here, instead of lockstep.toml
    #[arg(long, conflicts_with = "profile")]
    agents: bool,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    if args.agents {
        return agents::run(cx, args.write);
    }
    if let Some(name) = &args.profile {
        profile_source(name)?;
    }
    let workspace = cx.read_once()?;
    let analysis = workspace.analysis();
    let path = workspace.folder().join(CONFIG);
    cx.out.text(&found(analysis))?;
    cx.tell_no_files(analysis)?;
    if !args.write {
        let told = match path.exists() {
            true => "nothing written; lockstep.toml exists already",
            false => "nothing written; `lockstep init --write` writes lockstep.toml",
        };
        cx.out.line(&paint(DIM, told))?;
        return Ok(Exit::Done);
    }
    let named = args.profile.as_deref().and_then(builtin::profile);
    let of_rules = named.unwrap_or_else(|| analysis.profile.clone());
    let profiles = match args.profile {
        Some(name) => format!("profile = \"{name}\"\n"),
        None => profiles(analysis),
    };
    write_new(&path, &text(&profiles, &of_rules)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            UserError::usage(format!("{} exists already", path.display()))
                .hint("edit it, or move it away")
        }
        _ => UserError::io(format!("{} cannot be written", path.display()), &error),
    })?;
    cx.out.line(&format!("wrote {}", path.display()))?;
    Ok(Exit::Done)
}

/// The profile, or each with its folder. Several stay as they are detected until somebody wants
/// them otherwise.
fn profiles(analysis: &Analysis) -> String {
    if !analysis.instances.are_several() {
        return format!("profile = \"{}\"\n", analysis.profile.id);
    }
    let one = |own: &Arc<Profile>| {
        let root = if own.root.is_empty() { "." } else { own.root.as_str() };
        format!("# [[use]]\n# profile = \"{}\"\n# root = \"{root}\"\n", own.id)
    };
    let all: String = analysis.instances.iter().map(one).collect();
    format!("# These are detected. Uncomment them to name them yourself.\n{all}")
}

/// What is there: each profile with its files, and statuses that none knows.
fn found(analysis: &Analysis) -> String {
    let mut out = String::new();
    let index = &analysis.index;
    for own in analysis.instances.iter() {
        let is_own = |it: &Profile| it.id == own.id && it.root == own.root;
        let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
        for document in index.docs.iter().filter(|it| is_own(&it.profile)) {
            *roles.entry(document.role().id.as_str()).or_default() += 1;
        }
        let documents: usize = roles.values().sum();
        let tasks = index.tasks.values().filter(|task| is_own(index.profile_of(task))).count();
        let (documents, tasks) = (count(documents, "document"), count(tasks, "task"));
        let root = if own.root.is_empty() { "." } else { &own.root };
        out.push_str(&format!("profile {} in {root}: {documents}, {tasks}\n", own.id));
        for (role, n) in roles {
            out.push_str(&format!("  {}  {}\n", pad(role, 16), count(n, "file")));
        }
    }
    let unknown = unknown_words(analysis);
    if !unknown.is_empty() {
        out.push_str("statuses that the profile does not know:\n");
    }
    for (word, (n, place, near)) in unknown {
        let near = near.map(|id| format!("; did you mean {id}?")).unwrap_or_default();
        let times = count(n, "time");
        out.push_str(&format!("  {}  {times}, first in {place}{near}\n", one_line(&word)));
    }
    out
}

/// Each word that stands where a status may and is none: how often, where first, and what is nearest.
fn unknown_words(analysis: &Analysis) -> BTreeMap<String, (usize, String, Option<String>)> {
    let mut found: BTreeMap<String, (usize, String, Option<String>)> = BTreeMap::new();
    for (at, document) in analysis.index.docs.iter().enumerate() {
        let unknown = document.facts.occurrences.iter().filter(|it| it.reading.status.is_none());
        for occurrence in unknown.filter(|_| !document.facts.history) {
            let word = occurrence.reading.word.of(&document.text).trim_matches('"').to_owned();
            let place = Place { doc: at, entity: occurrence.entity };
            let (n, ..) = found.entry(word.clone()).or_insert_with(|| {
                let line = document.lines.line_col(occurrence.reading.range.start as usize).line;
                let near = analysis.index.vocabulary_at(place).nearest(&word);
                (0, format!("{}:{}", document.path, line + 1), near.map(|def| def.id))
            });
            *n += 1;
        }
    }
    found
}

fn text(profiles: &str, of_rules: &Profile) -> String {
    let mut text = format!(
        "# How Lockstep reads this repository.\n\
         \n\
         # The profile says how tasks are kept. `lockstep profiles` lists the built-in profiles.\n\
         # Write `extends` instead of `profile` to change a profile below.\n\
         {profiles}\
         \n\
         # Where commands of an editor make a change: \"edit\" changes the text in the editor and\n\
         # leaves it unsaved; \"disk\" changes the files on disk in one transaction.\n\
         # commit = \"edit\"\n\
         \n\
         # The severity of each rule: \"error\", \"warning\", \"info\" or \"off\". `lockstep explain RULE`\n\
         # explains a rule.\n\
         [rules]\n"
    );
    for rule in RULES {
        let severity = rules::usual_severity(of_rules, rule).map_or("off", Severity::name);
        text.push_str(&format!("# {} = \"{severity}\"\n", rule.id));
    }
    text.push_str(
        "\n# Findings to ignore: those of a rule, or only those in some files or of one task.\n\
         # [[allow]]\n# rule = \"drift\"\n# path = \"specs/archive/**\"\n# task = \"58\"\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use lockstep_analysis::profile::config;

    use super::*;

    #[test]
    fn what_is_written_is_a_configuration_without_faults_also_when_uncommented() {
        let checklist = builtin::profile("checklist").expect("a profile");
        let commented = text("profile = \"checklist\"\n", &checklist);
        let uncommented: String = commented
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
                _ => line,
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        for text in [commented, uncommented] {
            let config = config::parse(&text, &rules::ids());
            assert_eq!(config.problems, [], "{text}");
            assert_eq!(config.profile.expect("a profile").id, "checklist");
        }
    }
}
