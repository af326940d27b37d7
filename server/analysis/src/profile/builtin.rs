//! The profiles that are part of the program. Adding one is a file and a line here.

use std::sync::{Arc, OnceLock};

use crate::profile::decode::Decoder;
use crate::profile::{Detect, Profile, node};

/// A built-in profile, as it is written.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name.
    pub id: &'static str,
    /// Its TOML text.
    pub toml: &'static str,
    /// Its page, for users.
    pub page: &'static str,
}

/// A file and its page.
macro_rules! source {
    ($id:literal) => {
        BuiltIn {
            id: $id,
            toml: include_str!(concat!("../../../profiles/", $id, ".toml")),
            page: include_str!(concat!("../../../profiles/", $id, ".md")),
        }
    };
}

/// Every built-in profile, in the order in which they are tried. What none of them takes is left to the
/// last.
pub const SOURCES: &[BuiltIn] = &[
    source!("opencode"),
    source!("conductor"),
    source!("gsd"),
    source!("gsd-2"),
    source!("bmad"),
    source!("openspec"),
    source!("kiro"),
    source!("spec-kit"),
    source!("compozy"),
    source!("backlog"),
    source!("roadmap"),
    source!("minsky"),
    source!("taskmaster"),
    source!("ralph"),
    source!("feature-list"),
    source!("memory-bank"),
    source!("tickets"),
    source!("task-index"),
    source!("tasker"),
    source!("checklist"),
];

/// The TOML text of a built-in profile.
pub fn source(id: &str) -> Option<&'static str> {
    SOURCES.iter().find(|source| source.id == id).map(|source| source.toml)
}

/// All built-in profiles. Each is read when it is first asked for.
pub fn profiles() -> impl Iterator<Item = Arc<Profile>> {
    (0..SOURCES.len()).filter_map(nth)
}

/// A built-in profile by its id.
pub fn profile(id: &str) -> Option<Arc<Profile>> {
    nth(SOURCES.iter().position(|source| source.id == id)?)
}

/// How a built-in profile is recognised. Only that is read of it.
pub(super) fn detection(at: usize) -> &'static [Detect] {
    static RULES: [OnceLock<Vec<Detect>>; SOURCES.len()] =
        [const { OnceLock::new() }; SOURCES.len()];
    let (Some(source), Some(rules)) = (SOURCES.get(at), RULES.get(at)) else { return &[] };
    let read = || node::parse(source.toml, true).map(|node| Decoder::default().detection(&node));
    rules.get_or_init(|| read().unwrap_or_default())
}

/// The one that takes what no other does. The others are not read for it.
pub(super) fn fallback() -> Option<Arc<Profile>> {
    nth(SOURCES.len().checked_sub(1)?)
}

/// A built-in profile by its place in [`SOURCES`].
pub(super) fn nth(at: usize) -> Option<Arc<Profile>> {
    static PROFILES: [OnceLock<Arc<Profile>>; SOURCES.len()] =
        [const { OnceLock::new() }; SOURCES.len()];
    let source = SOURCES.get(at)?;
    Some(PROFILES.get(at)?.get_or_init(|| Arc::new(read(source.toml))).clone())
}

/// A built-in profile's TOML as a profile; its faults are found by a test, not at run time.
pub(crate) fn read(text: &str) -> Profile {
    let mut decoder = Decoder::default();
    let profile = node::parse(text, true).ok().and_then(|node| decoder.profile(&node));
    debug_assert!(decoder.problems.is_empty(), "{:?}", decoder.problems);
    profile.unwrap_or_else(Profile::empty)
}

#[cfg(test)]
mod tests {
    use crate::testing::check_profile_doc;

    #[test]
    fn every_page_is_true() {
        super::SOURCES.iter().for_each(check_profile_doc);
    }
}
