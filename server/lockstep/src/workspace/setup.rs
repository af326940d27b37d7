//! Profile and configuration of a root.

use std::io;
use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::profile::config::{self, Config};
use lockstep_analysis::profile::instances::Instances;
use lockstep_analysis::rules;
use lockstep_store::loader::finder::Found;
use lockstep_store::loader::{self, FileText, UnreadPath};

use lockstep_analysis::snapshot::CONFIG;

/// What a root is read by.
pub(super) struct Setup {
    pub(super) instances: Instances,
    pub(super) config: Config,
    /// What is there and could not be read: with it the profile might be another.
    pub(super) unread: Vec<UnreadPath>,
    /// What there is, where the files had to be looked for.
    pub(super) found: Option<Arc<Found>>,
}

/// What `lockstep.toml` says, or `overlay` in its stead, and what the files look like that `look` finds and
/// `read` reads, where that is not all.
pub(super) fn find(
    root: &Path,
    overlay: Option<&str>,
    look: impl Fn() -> Arc<Found>,
    read: impl Fn(&str) -> io::Result<FileText>,
) -> Setup {
    let config = config(root, overlay);
    let mut unread = Vec::new();
    if let Some(instances) = config.instances() {
        return Setup { instances, config, unread, found: None };
    }
    let found = look();
    let instances = detected(&config, &found, read, &mut unread);
    Setup { instances, config, unread, found: Some(found) }
}

fn detected(
    config: &Config,
    found: &Found,
    read: impl Fn(&str) -> io::Result<FileText>,
    unread: &mut Vec<UnreadPath>,
) -> Instances {
    let paths = found.files.iter().map(|(path, _)| path.as_str());
    let mut paths: Vec<&str> = paths.filter(|path| may_hold_tasks(path)).collect();
    paths.sort_unstable();
    // What is in a folder that cannot be read may say how tasks are kept.
    unread.extend(found.unread.iter().cloned());
    let faults = std::cell::RefCell::new(unread);
    let read = |path: &str| match read(path) {
        Ok(file) => Some(file.text),
        Err(error) => {
            use std::io::ErrorKind::{FileTooLarge, InvalidData, InvalidInput, NotFound};
            // What can never be read as text says nothing of how tasks are kept.
            if ![FileTooLarge, InvalidData, InvalidInput, NotFound].contains(&error.kind()) {
                let (path, reason) = (path.to_owned(), error.to_string());
                faults.borrow_mut().push(UnreadPath { path, reason });
            }
            None
        }
    };
    config.detected(&paths, &read)
}

/// Whether the name is one of files in which tasks are kept.
pub(super) fn may_hold_tasks(path: &str) -> bool {
    [".md", ".json", ".yaml", ".yml"].iter().any(|ending| path.ends_with(ending))
}

/// What `lockstep.toml` says, or `overlay` in its stead.
pub(super) fn config(root: &Path, overlay: Option<&str>) -> Config {
    match config_text(root, overlay) {
        Ok(text) => config::parse(&text, &rules::ids()),
        Err(reason) => Config::unread(reason),
    }
}

/// The text of `lockstep.toml`, or `overlay` in its stead; empty where there is none. The error is a
/// clause.
pub(super) fn config_text(root: &Path, overlay: Option<&str>) -> Result<Arc<str>, String> {
    if let Some(text) = overlay {
        return Ok(text.into());
    }
    match loader::read(root, CONFIG) {
        Ok(file) if file.is_exact() => Ok(file.text),
        Ok(_) => Err("the file is not UTF-8; save it as UTF-8".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Arc::default()),
        Err(error) => Err(error.to_string()),
    }
}
