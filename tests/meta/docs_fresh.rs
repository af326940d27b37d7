//! The reference under `server/docs` is made from the pages of rules, profiles and commands.

use std::path::Path;

use lockstep::cli::{COMMANDS, markdown};
use lockstep_analysis::change::events::EventKind;
use lockstep_analysis::profile::builtin;
use lockstep_analysis::rules::RULES;

use crate::support::expectation::compare;

pub const NOTE: &str =
    "<!-- Generated from the pages beside the sources: `UPDATE_EXPECT=1 cargo test`. -->";

#[test]
fn the_reference_of_rules_is_fresh() {
    let mut text = format!("{NOTE}\n\n# Rules\n\n| rule | severity | finds |\n|---|---|---|\n");
    for rule in RULES {
        let (id, severity) = (rule.id, rule.severity.name());
        text.push_str(&format!("| [`{id}`](#{id}) | {severity} | {} |\n", cell(rule.summary)));
    }
    for rule in RULES {
        text.push_str(&format!("\n{}", below(&markdown::examples(rule.doc))));
    }
    check("rules.md", &text);
}

#[test]
fn the_reference_of_built_in_profiles_is_fresh() {
    let intro = "A profile says how one kind of repository keeps its tasks. These are found by the \
                 files that are there, several of them in one repository, each at its folder; \
                 another one is written in [the language of profiles](profiles.md).";
    let mut text = format!("{NOTE}\n\n# Built-in profiles\n\n{intro}\n\n");
    text.push_str("| profile | files |\n|---|---|\n");
    for source in builtin::SOURCES {
        let summary = builtin::profile(source.id).map(|profile| cell(&profile.summary));
        let id = source.id;
        text.push_str(&format!("| [`{id}`](#{id}) | {} |\n", summary.unwrap_or_default()));
    }
    for source in builtin::SOURCES {
        text.push_str(&format!("\n{}", below(&markdown::examples(source.page))));
    }
    check("built-in-profiles.md", &text);
}

#[test]
fn the_reference_of_commands_is_fresh() {
    let mut text = format!("{NOTE}\n\n# Commands\n\n| command | does |\n|---|---|\n");
    for command in COMMANDS {
        let (name, summary) = (command.name, cell(command.summary()));
        text.push_str(&format!("| [`lockstep {name}`](#lockstep-{name}) | {summary} |\n"));
    }
    for command in COMMANDS {
        text.push_str(&format!("\n{}", below(command.page)));
    }
    check("commands.md", &text);
}

#[test]
fn the_reference_of_events_is_fresh() {
    let intro = "Whatever happens to tasks is told to every editor (`lockstep/event`) and to \
                 [`lockstep watch`](commands.md#lockstep-watch), once and in order, whoever did it \
                 and with what. What one change brings with it, such as the tasks that wait for it, \
                 is told as events of their own, of the same transaction. There are no other kinds \
                 than these:";
    let mut text = format!("{NOTE}\n\n# Events\n\n{intro}\n\n| kind | when |\n|---|---|\n");
    for kind in EventKind::ALL {
        text.push_str(&format!("| `{kind}` | {} |\n", cell(kind.summary())));
    }
    check("events.md", &text);
}

pub fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A page as a part of a longer one: its titles are one level deeper.
fn below(page: &str) -> String {
    let mut out = String::new();
    let mut fence = false;
    for line in page.lines() {
        fence ^= line.starts_with("```");
        if line.starts_with('#') && !fence {
            out.push('#');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

pub fn check(name: &str, expected: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    std::fs::create_dir_all(&folder).expect("the folder");
    compare(&folder.join(name), expected);
}
