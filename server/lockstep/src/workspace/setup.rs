//! Profile and configuration of a root.

use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::profile::config::{self, Config};
use lockstep_analysis::profile::{Profile, detect};
use lockstep_analysis::rules;
use lockstep_store::loader::{self, Entry};

use crate::workspace::local::CONFIG;

/// What a root is read by.
pub(super) struct Setup {
    pub(super) profile: Arc<Profile>,
    pub(super) config: Config,
    /// What is there and could not be read, as clauses: with it the profile might be another.
    pub(super) unread: Vec<String>,
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
    let profile = config.profile.clone().unwrap_or_else(|| detected(root, &mut unread));
    Setup { profile, config, unread }
}

fn detected(root: &Path, unread: &mut Vec<String>) -> Arc<Profile> {
    let mut paths = Vec::new();
    let each = |path: &Path, entry: Entry| {
        let path = loader::relative(root, path).filter(|path| may_hold_tasks(path));
        paths.extend(path.filter(|_| entry != Entry::Folder));
    };
    unread.extend(loader::visit(root, |_| true, each));
    paths.sort();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
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
