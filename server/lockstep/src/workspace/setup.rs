//! Profile and configuration of a root.

use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::profile::config::{self, Config};
use lockstep_analysis::profile::{Profile, detect};
use lockstep_analysis::rules;
use lockstep_store::loader;
use lockstep_store::loader::finder::Found;

use crate::workspace::local::CONFIG;

/// What a root is read by.
pub(super) struct Setup {
    pub(super) profile: Arc<Profile>,
    pub(super) config: Config,
    /// What is there and could not be read, as clauses: with it the profile might be another.
    pub(super) unread: Vec<String>,
    /// What there is, where the files had to be looked for.
    pub(super) found: Option<Found>,
}

/// What `lockstep.toml` says, or `overlay` in its stead, else what the files look like.
pub(super) fn find(root: &Path, overlay: Option<&str>) -> Setup {
    let mut unread = Vec::new();
    let config = match config_text(root, overlay) {
        Ok(Some(text)) => config::parse(&text, &rules::ids()),
        Ok(None) => Config::default(),
        Err(error) => {
            unread.push(error);
            Config::default()
        }
    };
    if let Some(profile) = config.profile.clone() {
        return Setup { profile, config, unread, found: None };
    }
    let found = Found::below(root);
    unread.extend(found.unread.iter().cloned());
    let profile = detected(root, &found, &mut unread);
    Setup { profile, config, unread, found: Some(found) }
}

fn detected(root: &Path, found: &Found, unread: &mut Vec<String>) -> Arc<Profile> {
    let paths = found.files.iter().map(|(path, _)| path.as_str());
    let mut paths: Vec<&str> = paths.filter(|path| may_hold_tasks(path)).collect();
    paths.sort_unstable();
    let faults = std::cell::RefCell::new(unread);
    let read = |path: &str| match loader::read(&root.join(path)) {
        Ok(file) => Some(file.text.to_string()),
        Err(error) => {
            faults.borrow_mut().extend(loader::may_hold_text(&error).then(|| error.to_string()));
            None
        }
    };
    detect::detect(&paths, &read)
}

/// Whether the name is one of files in which tasks are kept.
pub(super) fn may_hold_tasks(path: &str) -> bool {
    path.ends_with(".md") || path.ends_with(".json")
}

/// The text of `lockstep.toml`, or `overlay` in its stead; `None` where there is none. The error is
/// a clause.
pub(super) fn config_text(root: &Path, overlay: Option<&str>) -> Result<Option<String>, String> {
    if let Some(text) = overlay {
        return Ok(Some(text.to_owned()));
    }
    match loader::read(&root.join(CONFIG)) {
        Ok(file) => Ok(Some(file.text.to_string())),
        Err(error) if loader::may_hold_text(&error) => Err(error.to_string()),
        Err(_) => Ok(None),
    }
}
