//! Whether what was read can be relied on: nobody is in the middle of saving, as far as that shows, and
//! the disk says what it said.
//!
//! Some editors empty a file and then write it, some move it away and write another. In between the
//! file does not hold what its user takes it to hold, and what a task says in it is not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lockstep_analysis::Analysis;
use lockstep_analysis::profile::id::TaskId;
use lockstep_store::loader::finder::Found;
use lockstep_store::loader::{self, Entry};
use lockstep_store::parallel::each;
use lockstep_store::seen::{self, LastSeen};

use super::{CONFIG, FEW, LocalWorkspace, is_below, setup};

/// For how long a folder must have been as it is before what is missing in it counts as missing.
const QUIET: Duration = Duration::from_millis(50);

/// For how long nobody must have written to a file that is not well formed before it counts as meant
/// so: nobody has it open, and what is saved in several parts is saved sooner.
const STILL: Duration = Duration::from_secs(1);

/// A file of which more may be told soon than is read in it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Which, relative to the root.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// What makes somebody look as if in the middle of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A program has the file open for writing.
    Open,
    /// It was emptied just before.
    Empty,
    /// It was written just before, and is not well formed.
    Broken,
    /// It is not there, and a file just came whose name is made of its name.
    Beside,
    /// It was there a moment ago, or something went in its folder a moment ago.
    Gone,
}

impl Doubt {
    /// Whether the file is what it seems to be if it stays so for a while.
    pub fn passes(&self) -> bool {
        self.why == Why::Gone
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Why::Open => "a program has it open for writing",
            Why::Empty => "it was just emptied",
            Why::Broken => "it was just written and is not well formed",
            Why::Beside => "it does not exist, but was just written under another name",
            Why::Gone => "it was just removed",
        };
        write!(f, "{}: {why}", self.path)
    }
}

impl LocalWorkspace {
    /// What was read and cannot be relied on yet, of files that may say something of these `tasks`; of
    /// all where none are named. `before` is what was read earlier.
    pub fn doubts(&self, before: &Analysis, tasks: &[&str]) -> Vec<Doubt> {
        let mut doubts = self.all_doubts(before);
        doubts.retain(|doubt| {
            tasks.is_empty() || tasks.iter().any(|task| self.may_hold(&doubt.path, task))
        });
        doubts
    }

    /// Whether a file may say something of a task: its path names no other.
    pub fn may_hold(&self, path: &str, task: &str) -> bool {
        let Some(own) = self.subject_of(path) else { return true };
        self.number(task).is_none_or(|number| number == own)
    }

    /// The task that the path of a file names.
    fn subject_of(&self, path: &str) -> Option<TaskId> {
        let profile = self.analysis.instances.of(path)?;
        let role = profile.role_of(path)?;
        self.number(profile.role(role).captures(path).id.as_deref()?)
    }

    /// In the tree of another root the same number is another task. What is named by its file may
    /// belong to any.
    fn number(&self, task: &str) -> Option<TaskId> {
        let own = task.rsplit([':', '/']).next().filter(|_| !task.contains('#'))?;
        self.analysis.profile.ids.parse(own)
    }

    /// The files that may say something of one of these tasks; all where none are named.
    fn holding<'w>(&'w self, tasks: &BTreeSet<String>) -> Vec<&'w String> {
        let numbers: Option<Vec<TaskId>> = tasks.iter().map(|task| self.number(task)).collect();
        let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else {
            return self.files.iter().collect();
        };
        let subjects = self.subjects.get_or_init(|| {
            let mut subjects = FileSubjects::new();
            for path in &*self.files {
                subjects.entry(self.subject_of(path)).or_default().push(path.clone());
            }
            subjects
        });
        let own = numbers.into_iter().map(Some).collect::<BTreeSet<_>>();
        let own = own.iter().chain([&None]).filter_map(|own| subjects.get(own));
        own.flatten().collect()
    }

    /// The files that may be others than they were read, where `found` is what was found before: those
    /// of which something is told, and for the others somebody vouches; and those that may say something
    /// of one of these tasks, all where none are named. `None` where nobody vouches.
    pub(super) fn in_question(
        &self,
        found: &Arc<Found>,
        tasks: &BTreeSet<String>,
    ) -> Option<BTreeSet<String>> {
        let is_listed = self.listed.as_ref().is_some_and(|listed| Arc::ptr_eq(listed, found));
        if !is_listed || self.has_links || self.overlays.paths().next().is_some() {
            return None;
        }
        let mut paths = self.reading.touched(self.basis?)?;
        paths.extend(self.left_out.iter().cloned());
        paths.retain(|path| self.files.contains(path));
        paths.extend(self.holding(tasks).into_iter().cloned());
        Some(paths)
    }

    /// The files with a role that are on disk, to be changed.
    pub(super) fn files_mut(&mut self) -> &mut BTreeSet<String> {
        self.subjects = Arc::default();
        Arc::make_mut(&mut self.files)
    }

    fn all_doubts(&self, before: &Analysis) -> Vec<Doubt> {
        let index = &self.analysis.index;
        let mut doubts = Vec::new();
        for path in self.reading.young() {
            let Some((_, document)) = index.document(&path) else { continue };
            let file = self.root.join(&path);
            // What a checkout has just written is empty because it holds nothing.
            let why = if document.text.is_blank() && !loader::is_as_git_noted(&file) {
                Why::Empty
            } else if loader::is_being_written(&file) {
                Why::Open
            } else if !document.facts.problems.is_empty() && seen::age(&file) < STILL {
                Why::Broken
            } else {
                continue;
            };
            doubts.push(Doubt { path, why });
        }
        for folder in self.reading.young_folders() {
            doubts.extend(self.doubts_in(&folder));
        }
        if !Arc::ptr_eq(&before.index, index) {
            let gone =
                before.index.docs.iter().filter(|doc| index.document(doc.path.as_str()).is_none());
            let gone = gone.map(|doc| Doubt { path: doc.path.to_string(), why: Why::Gone });
            doubts.extend(gone.filter(|doubt| !is_below(&doubt.path, &self.nested)));
        }
        doubts
    }

    /// What may be missing in a folder for a moment only.
    fn doubts_in(&self, folder: &Path) -> Vec<Doubt> {
        let Ok(changed) = folder.metadata().and_then(|meta| meta.modified()) else {
            return Vec::new();
        };
        let name = loader::relative(&self.root, folder).unwrap_or_default();
        let mut doubts = Vec::new();
        if !is_quiet(changed, self.opened, SystemTime::now()) {
            doubts.push(Doubt { path: name.clone(), why: Why::Gone });
        }
        let is_role = |path: &str| self.analysis.instances.has_role(path);
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let beside = entry.file_name().to_string_lossy().into_owned();
            let path = |file: String| match name.as_str() {
                "" => file,
                name => format!("{name}/{file}"),
            };
            let named = originals(&beside).into_iter().map(path);
            let missing = named.filter(|path| is_role(path) && !self.root.join(path).exists());
            // A file with a role of its own stands for no other.
            let missing = missing.filter(|_| !is_role(&path(beside.clone())));
            // Most names are made of no other.
            for path in missing.filter(|_| LastSeen::at(&entry.path()).is_young()) {
                doubts.push(Doubt { path, why: Why::Beside });
            }
        }
        doubts
    }

    /// A file with a role, or the configuration, that is not as it was read; one that was not there is
    /// such as well. Files that may say something of these tasks are looked at whatever is told of them;
    /// all files where none are named. What is in files that are `compared` is not looked at: somebody
    /// else does.
    pub fn changed(&self, tasks: &BTreeSet<String>, compared: &BTreeSet<&str>) -> Option<String> {
        let is_role =
            |path: &str| self.analysis.instances.has_role(path) && !is_below(path, &self.nested);
        let found = self.reading.find();
        if !Arc::ptr_eq(&found, &self.found) {
            let with_role = |found: &Found| -> BTreeSet<(String, bool)> {
                let files = found.files.iter().filter(|(path, _)| is_role(path));
                files.map(|(path, entry)| (path.clone(), *entry == Entry::Link)).collect()
            };
            let (before, now) = (with_role(&self.found), with_role(&found));
            if let Some((path, _)) = before.symmetric_difference(&now).next() {
                return Some(path.clone());
            }
        }
        let config = setup::config_text(&self.root, None).unwrap_or_default();
        if *config != *self.analysis.config.text {
            return Some(CONFIG.to_owned());
        }
        let in_question = self.in_question(&found, tasks);
        let files = in_question.as_ref().unwrap_or(&self.files).iter();
        let files: Vec<&String> = files.filter(|path| !compared.contains(path.as_str())).collect();
        let is_other = each(&files, FEW, |path| {
            let read = self.analysis.index.document(path).map(|(_, document)| document.content());
            !self.reading.says(path, &self.root, read)
        });
        let other = files.into_iter().zip(is_other).find(|(_, is_other)| *is_other);
        other.map(|(path, _)| path.clone())
    }
}

/// Files by the task that their paths name.
pub(super) type FileSubjects = BTreeMap<Option<TaskId>, Vec<String>>;

/// Whether what is not in a folder is to be believed, which was `changed` then. What goes after
/// somebody has `opened` it is known to have been there.
fn is_quiet(changed: SystemTime, opened: SystemTime, now: SystemTime) -> bool {
    changed >= opened || now.duration_since(changed).is_ok_and(|age| age >= QUIET)
}

/// Of which names a name may be made that stands for a file while that is saved: `TODO.md~`,
/// `.TODO.md.swp`, `#TODO.md#`, `TODO.md.tmp.4711` are made of `TODO.md`.
fn originals(name: &str) -> Vec<String> {
    let bare = name.trim_matches(['.', '#', '~']);
    let mut originals = Vec::new();
    let mut rest = bare;
    loop {
        if rest != name {
            originals.push(rest.to_owned());
        }
        match rest.rsplit_once(['.', '~', '-', '_']) {
            Some((start, _)) if start.contains('.') => rest = start,
            _ => return originals,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_just_before_somebody_looked_may_come_back() {
        let opened = SystemTime::now();
        let (before, later) = (opened - QUIET / 2, opened + QUIET);
        assert!(!is_quiet(before, opened, opened) && is_quiet(before, opened, later));
        assert!(is_quiet(later, opened, later), "it is known what was there");
        assert!(is_quiet(opened - QUIET, opened, opened));
    }

    #[test]
    fn a_name_is_known_that_stands_for_another_while_that_is_saved() {
        for name in [
            "TODO.md~",
            ".TODO.md.swp",
            "#TODO.md#",
            "TODO.md.tmp.4711",
            "TODO.md.bak",
            ".TODO.md-x1",
        ] {
            assert!(originals(name).contains(&"TODO.md".to_owned()), "{name}");
        }
        assert_eq!(originals("TODO.md"), [""; 0]);
        assert_eq!(originals("4913"), [""; 0]);
        assert_eq!(originals("_TODO.md"), [""; 0], "another file");
    }
}
