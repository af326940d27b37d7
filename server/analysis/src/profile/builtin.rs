//! The profiles that are part of the program. Adding one is a file and a line here.

use std::sync::{Arc, OnceLock};

use crate::profile::decode::Decoder;
use crate::profile::{Detect, Profile, node};

/// Name and TOML text of every built-in profile, in the order in which they are tried.
pub const SOURCES: &[(&str, &str)] = &[
    ("opencode", include_str!("../../../profiles/opencode.toml")),
    ("checklist", include_str!("../../../profiles/checklist.toml")),
];

/// The TOML text of a built-in profile.
pub fn source(id: &str) -> Option<&'static str> {
    SOURCES.iter().find(|(name, _)| *name == id).map(|(_, text)| *text)
}

/// All built-in profiles. Each is read when it is first asked for.
pub fn profiles() -> impl Iterator<Item = Arc<Profile>> {
    (0..SOURCES.len()).filter_map(nth)
}

/// A built-in profile by its id.
pub fn profile(id: &str) -> Option<Arc<Profile>> {
    nth(SOURCES.iter().position(|(name, _)| *name == id)?)
}

/// How a built-in profile is recognised. Only that is read of it.
pub(super) fn detection(at: usize) -> &'static [Detect] {
    static RULES: [OnceLock<Vec<Detect>>; SOURCES.len()] =
        [const { OnceLock::new() }; SOURCES.len()];
    let (Some((_, text)), Some(rules)) = (SOURCES.get(at), RULES.get(at)) else { return &[] };
    let read = || node::parse(text, true).map(|node| Decoder::default().detection(&node));
    rules.get_or_init(|| read().unwrap_or_default())
}

/// A built-in profile by its place in [`SOURCES`].
pub(super) fn nth(at: usize) -> Option<Arc<Profile>> {
    static PROFILES: [OnceLock<Arc<Profile>>; SOURCES.len()] =
        [const { OnceLock::new() }; SOURCES.len()];
    let (_, text) = SOURCES.get(at)?;
    Some(PROFILES.get(at)?.get_or_init(|| Arc::new(read(text))).clone())
}

/// A built-in profile's TOML as a profile; its faults are found by a test, not at run time.
pub(crate) fn read(text: &str) -> Profile {
    let mut decoder = Decoder::default();
    let profile = node::parse(text, true).ok().and_then(|node| decoder.profile(&node));
    debug_assert!(decoder.problems.is_empty(), "{:?}", decoder.problems);
    profile.unwrap_or_else(Profile::empty)
}
