//! The profiles that are part of the program. Adding one is a file and a line here.

use std::sync::{Arc, OnceLock};

use crate::profile::{Profile, config};

/// Name and TOML text of every built-in profile, in the order in which they are tried.
pub const SOURCES: &[(&str, &str)] = &[
    ("opencode", include_str!("../../../profiles/opencode.toml")),
    ("checklist", include_str!("../../../profiles/checklist.toml")),
];

/// The TOML text of a built-in profile.
pub fn source(id: &str) -> Option<&'static str> {
    SOURCES.iter().find(|(name, _)| *name == id).map(|(_, text)| *text)
}

/// All built-in profiles.
pub fn profiles() -> &'static [Arc<Profile>] {
    static PROFILES: OnceLock<Vec<Arc<Profile>>> = OnceLock::new();
    PROFILES
        .get_or_init(|| SOURCES.iter().map(|(_, text)| Arc::new(config::builtin(text))).collect())
}

/// A built-in profile by its id.
pub fn profile(id: &str) -> Option<Arc<Profile>> {
    profiles().iter().find(|profile| profile.id == id).cloned()
}
