//! What a session of an agent has edited in a workspace and was told of it: lines in a file of the user's
//! private folder, which are only added, so that hooks which run at once do not take each other's away.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lockstep_store::stamp::ContentStamp;

use crate::daemon::address::Address;
use crate::report::ReportedFinding;

/// How long a session is remembered that says nothing.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Before a file that was edited.
const TOUCHED: &str = "touched ";
/// Before a finding that was told.
const TELLS: &str = "told ";

/// The memory of a session in a workspace; of nothing where there is no private folder.
#[derive(Debug)]
pub(super) struct SessionMemory {
    file: Option<PathBuf>,
    lines: Vec<String>,
}

impl SessionMemory {
    /// What is remembered of a session in the workspace with this root. Paths are remembered relative to it.
    pub(super) fn of(session: &str, root: &Path) -> SessionMemory {
        let folder = Address::of_user().private("hooks");
        let folder = folder.inspect_err(|error| tracing::warn!(%error, "nothing is remembered"));
        let file = folder.ok().map(|folder| {
            forget_old(&folder);
            folder.join(short(&format!("{session}\n{}", root.display())))
        });
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let lines = text.unwrap_or_default().lines().map(str::to_owned).collect();
        SessionMemory { file, lines }
    }

    /// The files that were edited, relative to their workspace.
    pub(super) fn touched(&self) -> BTreeSet<String> {
        self.all(TOUCHED)
    }

    /// The names of the findings that were told.
    pub(super) fn told(&self) -> BTreeSet<String> {
        self.all(TELLS)
    }

    fn all(&self, mark: &str) -> BTreeSet<String> {
        self.lines.iter().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
    }

    /// Remembers files that were edited.
    pub(super) fn touch(&self, files: &BTreeSet<String>) {
        let known = self.touched();
        let new = files.iter().filter(|file| !known.contains(*file) && !file.contains('\n'));
        self.add(new.map(|file| format!("{TOUCHED}{file}\n")).collect());
    }

    /// Remembers findings that are told now.
    pub(super) fn tell(&self, names: impl Iterator<Item = String>) {
        self.add(names.map(|name| format!("{TELLS}{name}\n")).collect());
    }

    fn add(&self, lines: String) {
        let Some(file) = self.file.as_ref().filter(|_| !lines.is_empty()) else { return };
        let added = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)
            .and_then(|mut file| file.write_all(lines.as_bytes()));
        if let Err(error) = added {
            tracing::warn!(%error, "what was told is not remembered");
        }
    }
}

/// What a finding is called, wherever in its file it stands by now.
pub(super) fn name(finding: &ReportedFinding) -> String {
    let task = finding.task.as_deref().unwrap_or_default();
    short(&format!("{}\n{}\n{task}\n{}", finding.rule, finding.path, finding.message))
}

fn short(text: &str) -> String {
    let mut name = ContentStamp::of(text.as_bytes()).hex();
    name.truncate(32);
    name
}

fn forget_old(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let changed =
            entry.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        if changed.elapsed().is_ok_and(|age| age > KEPT) {
            // Another hook may have done so.
            let _ = fs::remove_file(entry.path());
        }
    }
}
