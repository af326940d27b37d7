//! What decides which files count, besides the names in folders.

use std::ffi::OsString;
use std::fs::FileType;
use std::path::{Path, PathBuf};

use crate::loader::finder::indexes::Indexes;
use crate::seen::Looked;

/// Files that say which others count.
const RULES: [&str; 3] = [".gitignore", ".ignore", ".git/info/exclude"];

/// What decides which files count, besides the names in folders.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Files of rules, and what makes folders other worktrees.
    pub(super) rules: Looked,
    /// What git holds though it ignores it.
    pub(super) indexes: Indexes,
    /// Links, and whether they lead to folders.
    links: Vec<(PathBuf, bool)>,
}

impl Others {
    /// Takes note of what decides besides the names in a folder.
    pub(super) fn note(&mut self, folder: &Path, names: &[(OsString, FileType)]) {
        for (name, _) in names.iter().filter(|(_, kind)| kind.is_symlink()) {
            let link = folder.join(name);
            let is_folder = link.is_dir();
            self.links.push((link, is_folder));
        }
        let is_there = |rules: &&&str| {
            let first = rules.split('/').next().unwrap_or_default();
            names.iter().any(|(name, _)| name == first)
        };
        let rules = RULES.iter().filter(is_there).map(|rules| folder.join(rules));
        self.rules.extend(Looked::at(rules));
    }

    pub(super) fn holds(&mut self) -> bool {
        let is_led = |(link, is_folder): &(PathBuf, bool)| link.is_dir() == *is_folder;
        self.rules.holds() && self.links.iter().all(is_led) && self.indexes.hold()
    }
}
