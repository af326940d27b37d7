//! `lockstep.toml`: text in; settings, a profile of the user's own, and problems out.

use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::profile::modes::{CommitTo, WorktreeMode};

use crate::profile::decode::{Decoder, Table};
use crate::profile::instances::Instances;
use crate::profile::{Profile, SeveritySetting, builtin, detect, keys, node};
use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// What `lockstep.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The profile it names, extends or defines; `None` leaves it to detection.
    pub profile: Option<Arc<Profile>>,
    /// The profiles that `[[use]]` puts at folders.
    pub uses: Vec<Arc<Profile>>,
    /// Severities that differ from the profile's and the rules' own.
    pub rules: BTreeMap<String, SeveritySetting>,
    /// Findings that are not to be reported.
    pub allow: Vec<ConfiguredAllow>,
    /// Where commands from an editor make their changes, where the file says so.
    pub commit: Option<CommitTo>,
    /// Whether a change need only survive the end of the program, and not a power cut, by
    /// `durability`.
    pub unflushed: bool,
    /// Files that are written in place where they cannot be exchanged, by `in-place`.
    pub in_place: globset::GlobSet,
    /// What becomes of the other worktrees of the repository, by `[worktrees]`.
    pub worktrees: WorktreeSettings,
    /// How many tasks of a profile may be active at one time, by `wip-limit`.
    pub wip_limit: Option<usize>,
    /// What is wrong in the file itself.
    pub problems: Vec<SyntaxError>,
    /// The file's text; empty where there is none.
    pub text: Arc<str>,
}

impl Config {
    /// A configuration that is there and cannot be read, for a reason that is a clause.
    pub fn unread(reason: String) -> Config {
        let problems = vec![SyntaxError { range: TextRange::default(), message: reason }];
        Config { problems, ..Config::default() }
    }

    /// The profiles that the file names; `None` leaves them, or at which folders they are, to
    /// [`Config::detected`].
    pub fn instances(&self) -> Option<Instances> {
        if self.profile.as_ref().is_some_and(|profile| profile.is_at_folders()) {
            return None;
        }
        let own = self.profile.iter().cloned();
        let chosen: Vec<Arc<Profile>> = own.chain(self.uses.iter().cloned()).collect();
        if chosen.is_empty() {
            return None;
        }
        let takes_all = chosen.iter().any(|profile| profile.root.is_empty());
        let fallback = if takes_all { None } else { builtin::fallback() };
        Some(Instances::new(chosen, fallback))
    }

    /// The profiles by the files: the one that the file names, at each folder where it recognises them,
    /// else all that do. `read` gives a file's text.
    pub fn detected(&self, paths: &[&str], read: &dyn Fn(&str) -> Option<Arc<str>>) -> Instances {
        let Some(own) = &self.profile else { return detect::detect(paths, read) };
        let mut chosen = detect::placed(own, paths, read);
        if chosen.is_empty() {
            chosen.push(own.clone());
        }
        chosen.extend(self.uses.iter().cloned());
        let takes_all = chosen.iter().any(|profile| profile.root.is_empty());
        let fallback = if takes_all { None } else { builtin::fallback() };
        Instances::new(chosen, fallback)
    }

    /// Whether the file is there and cannot be read.
    pub fn is_unread(&self) -> bool {
        self.text.is_empty() && !self.problems.is_empty()
    }
}

/// What `[worktrees]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorktreeSettings {
    /// What becomes of the others.
    pub mode: WorktreeMode,
    /// The roots of clones that belong to them, relative to this one or absolute.
    pub also: Vec<String>,
}

/// Findings that are not to be reported, by `[[allow]]`.
#[derive(Clone, Debug)]
pub struct ConfiguredAllow {
    /// The rule.
    pub rule: String,
    /// Only in files that match, where given.
    pub path: Option<globset::GlobMatcher>,
    /// Only of this task, where given.
    pub task: Option<String>,
}

/// A longer file is no configuration, in bytes.
const MOST_TEXT: usize = 256 * 1024;

/// Reads a configuration. Whatever is wrong in it is reported with its place, and the rest holds.
/// `rules` are the ids that may stand under `[rules]`.
pub fn parse(text: &str, rules: &[&str]) -> Config {
    let mut decoder = Decoder::default();
    let mut config = Config { text: Arc::from(text), ..Config::default() };
    if text.len() > MOST_TEXT {
        let message = format!("the file has more than {MOST_TEXT} bytes; shorten it");
        return Config { text: Arc::from(text), ..Config::unread(message) };
    }
    match node::parse(text, true) {
        Ok(own) => decode(&mut decoder, own, rules, &mut config),
        Err((range, message)) => decoder.problems.push(SyntaxError { range, message }),
    }
    config.problems = decoder.problems;
    config
}

const NO_ROLES: &str = "this changes a profile, but the file does not say which one; add a line \
    such as `extends = \"opencode\"`, or add [[role]] to say where your tasks are";

fn decode(decoder: &mut Decoder, own: node::Node, rules: &[&str], config: &mut Config) {
    let Some(mut top) = decoder.table(&own, "lockstep.toml", keys::SETTINGS) else {
        return;
    };
    // What a profile could say is known here too, so that a slip is taken for what it is near.
    top = top.beside(keys::PROFILE);
    let extends = top.string(decoder, "extends");
    let named = top.string(decoder, "profile");
    decode_settings(decoder, &mut top, rules, config);
    let first = keys::PROFILE.iter().find(|key| top.has(key.name));
    let first = first.map(|key| top.key_range(key.name));
    let base = extends.as_ref().or(named.as_ref());
    let base_profile = base.and_then(|(id, range)| known_profile(decoder, id, *range));
    let source = base_profile.as_ref().and_then(|profile| builtin::source(&profile.id));
    if base.is_some() && source.is_none() {
        return;
    }
    if let Some(first) = first {
        let merged = match source.map(|text| node::parse(text, false)) {
            Some(Ok(base)) => node::merge(base, own),
            _ => own,
        };
        let before = decoder.problems.len();
        let profile = decoder.profile(&merged);
        if base.is_none() && profile.as_ref().is_none_or(|profile| profile.roles.is_empty()) {
            decoder.problems.truncate(before);
            decoder.report(first, NO_ROLES.to_owned());
        } else {
            config.profile = profile.map(Arc::new);
        }
        return;
    }
    config.profile = base_profile;
    top.finish(decoder);
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
    config.commit = top.choice(decoder, "commit").and_then(CommitTo::parse);
    config.unflushed = top.choice(decoder, "durability") == Some("process");
    config.in_place = top.globs(decoder, "in-place");
    config.wip_limit = top.number(decoder, "wip-limit").map(|n| n as usize);
    config.worktrees = top.sub(decoder, "worktrees", decode_worktrees).unwrap_or_default();
    for entry in top.tables(decoder, "use") {
        config.uses.extend(decode_use(decoder, entry).map(Arc::new));
    }
    for entry in top.tables(decoder, "allow") {
        config.allow.extend(decode_allow(decoder, entry, rules));
    }
}

fn decode_worktrees(decoder: &mut Decoder, table: &mut Table<'_>) -> WorktreeSettings {
    let mode = table.choice(decoder, "mode");
    let mode = WorktreeMode::ALL.into_iter().find(|(_, name)| Some(*name) == mode);
    WorktreeSettings {
        mode: mode.map(|(mode, _)| mode).unwrap_or_default(),
        also: table.strings(decoder, "also"),
    }
}

/// One `[[use]]`: a built-in profile at a folder.
fn decode_use(decoder: &mut Decoder, mut entry: Table<'_>) -> Option<Profile> {
    let named = entry.string(decoder, "profile");
    let root = entry.string(decoder, "root");
    entry.needs(decoder, "profile");
    entry.needs(decoder, "root");
    entry.finish(decoder);
    let ((id, range), (root, place)) = (named?, root?);
    let root = root.trim_start_matches("./").trim_end_matches('/');
    let is_outside = root.split('/').any(|part| matches!(part, ".." | ".")) && root != ".";
    if root.starts_with('/') || is_outside {
        let message = "`root` must be a folder of the workspace, such as \"docs/tasks\"";
        decoder.report(place, message.to_owned());
        return None;
    }
    let found = known_profile(decoder, &id, range)?;
    Some(found.at(if root == "." { "" } else { root }))
}

/// The built-in profile of this name.
fn known_profile(
    decoder: &mut Decoder,
    id: &str,
    range: Option<TextRange>,
) -> Option<Arc<Profile>> {
    let found = builtin::profile(id);
    if found.is_none() {
        let known: Vec<&str> = builtin::SOURCES.iter().map(|source| source.id).collect();
        decoder.unknown("profile", id, range, &known);
    }
    found
}

/// One `[[allow]]`. A faulty one allows nothing: without its path or task it would allow too much.
fn decode_allow(
    decoder: &mut Decoder,
    mut entry: Table<'_>,
    rules: &[&str],
) -> Option<ConfiguredAllow> {
    let before = decoder.problems.len();
    let rule = entry.string(decoder, "rule");
    let path = entry.glob(decoder, "path");
    let task = entry.word(decoder, "task");
    entry.needs(decoder, "rule");
    if let Some((rule, range)) = rule.as_ref().filter(|(rule, _)| !rules.contains(&rule.as_str())) {
        decoder.unknown("rule", rule, *range, rules);
    }
    entry.finish(decoder);
    let (rule, _) = rule.filter(|_| decoder.problems.len() == before)?;
    Some(ConfiguredAllow { rule, path, task })
}

#[cfg(test)]
mod tests;
