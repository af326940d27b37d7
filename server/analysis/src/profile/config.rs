//! `lockstep.toml`: text in; settings, a profile of the user's own, and problems out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::profile::decode::{Decoder, Table};
use crate::profile::{Profile, SeveritySetting, builtin, node};
use crate::syntax::SyntaxError;

/// What `lockstep.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The profile it names, extends or defines; `None` leaves it to detection.
    pub profile: Option<Arc<Profile>>,
    /// Severities that differ from the profile's and the rules' own.
    pub rules: BTreeMap<String, SeveritySetting>,
    /// Findings that are not to be reported.
    pub allow: Vec<Allow>,
    /// What is wrong in the file itself.
    pub problems: Vec<SyntaxError>,
    /// The file's text; empty where there is none.
    pub text: Arc<str>,
}

/// Findings that are not to be reported, by `[[allow]]`.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The rule.
    pub rule: String,
    /// Only in files that match, where given.
    pub path: Option<globset::GlobMatcher>,
    /// Only of this task, where given.
    pub task: Option<String>,
}

/// Reads a configuration. Whatever is wrong in it is reported with its place, and the rest holds.
/// `rules` are the ids that may stand under `[rules]`.
pub fn parse(text: &str, rules: &[&str]) -> Config {
    let mut decoder = Decoder::default();
    let mut config = Config { text: Arc::from(text), ..Config::default() };
    match node::parse(text, true) {
        Ok(own) => decode(&mut decoder, own, rules, &mut config),
        Err((range, message)) => decoder.problems.push(SyntaxError { range, message }),
    }
    config.problems = decoder.problems;
    config
}

fn decode(decoder: &mut Decoder, own: node::Node, rules: &[&str], config: &mut Config) {
    let Some(mut top) = decoder.table(&own, "lockstep.toml") else { return };
    let extends = top.string(decoder, "extends");
    let named = top.string(decoder, "profile");
    decode_settings(decoder, &mut top, rules, config);
    let defines = ["role", "vocabulary", "markers", "fields", "ids", "agreement", "history"]
        .iter()
        .any(|key| top.has(key));
    let base = extends.as_ref().or(named.as_ref());
    let source = base.and_then(|(id, range)| {
        let source = builtin::source(id);
        if source.is_none() {
            let known: Vec<&str> = builtin::SOURCES.iter().map(|(name, _)| *name).collect();
            decoder.unknown("profile", id, *range, &known);
        }
        source
    });
    if defines {
        let merged = match source.map(|text| node::parse(text, false)) {
            Some(Ok(base)) => node::merge(base, own),
            _ => own,
        };
        config.profile = decoder.profile(&merged).map(Arc::new);
    } else if let Some((id, _)) = base {
        config.profile = builtin::profile(id);
        top.finish(decoder);
    } else {
        top.finish(decoder);
    }
}

fn decode_settings(
    decoder: &mut Decoder,
    top: &mut Table<'_>,
    rules: &[&str],
    config: &mut Config,
) {
    for (name, range, setting) in top.severities(decoder) {
        if rules.contains(&name.as_str()) {
            config.rules.insert(name, setting);
        } else {
            decoder.unknown("rule", &name, range, rules);
        }
    }
    for mut entry in top.tables(decoder, "allow") {
        let rule = entry.string(decoder, "rule");
        let path = entry.glob(decoder, "path");
        let task = entry.string(decoder, "task").map(|(id, _)| id);
        match rule {
            Some((rule, range)) if !rules.contains(&rule.as_str()) => {
                decoder.unknown("rule", &rule, range, rules);
            }
            Some((rule, _)) => config.allow.push(Allow { rule, path, task }),
            None => entry.missing(decoder, "rule"),
        }
        entry.finish(decoder);
    }
}

/// A built-in profile's TOML as a profile; its faults are found by a test, not at run time.
pub(crate) fn builtin(text: &str) -> Profile {
    let mut decoder = Decoder::default();
    let profile = node::parse(text, true).ok().and_then(|node| decoder.profile(&node));
    debug_assert!(decoder.problems.is_empty(), "{:?}", decoder.problems);
    profile.unwrap_or_else(Profile::empty)
}
