//! Goes through the folders below a root.

use std::ffi::OsString;
use std::fmt;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::loader::ignoring::{Holding, Ignoring, Room};
use crate::loader::{Entry, SKIPPED, SOUGHT, relative};
use crate::seen::LastSeen;
use crate::{parallel, worktrees};

/// More files and folders than this are not looked at: no repository has as many, but a whole disk.
const MOST_ENTRIES: usize = 500_000;

/// As many folders are listed together.
const WAVE: usize = 1024;

/// As many a thread takes at once.
const FEW: usize = 32;

/// What is there and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadPath {
    /// Where, relative to the root, with `/` between its parts; empty for the root itself.
    pub path: String,
    /// Why, and what to do: a clause.
    pub reason: String,
}

impl fmt::Display for UnreadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

/// What a walk comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Walked {
    /// What could not be read.
    pub unread: Vec<UnreadPath>,
    /// Whether it ended early, because there is more than is looked at: what was found says nothing.
    pub gave_up: bool,
}

/// What a walk comes upon.
pub(super) enum WalkStep<'a> {
    /// What counts; a folder before what is in it, and even where that is another worktree.
    Entry(Entry),
    /// All that is in the folder, whether it counts or not, and what the folder was before that was
    /// read. Only where all of it could be read, and where states are asked for.
    Names(&'a [(OsString, FileType)], LastSeen),
    /// Whether something is held by git that git ignores. Only where states are asked for.
    Holding(Holding<'a>),
}

/// Whether the states of folders are asked for, which takes one more call of the system for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum States {
    Asked,
    Unasked,
}

/// As [`visit`](crate::loader::visit).
pub(super) fn walk(
    root: &Path,
    states: States,
    enters: impl Fn(&Path) -> bool,
    each: impl FnMut(&Path, WalkStep<'_>),
) -> Walked {
    walk_up_to(MOST_ENTRIES, (root, states), enters, each)
}

fn walk_up_to(
    most: usize,
    (root, states): (&Path, States),
    enters: impl Fn(&Path) -> bool,
    mut each: impl FnMut(&Path, WalkStep<'_>),
) -> Walked {
    let mut walked = Walked::default();
    let mut room = Room::new();
    let above = match Ignoring::everywhere(root, &mut room) {
        Ok(above) => above,
        Err(reason) => return walked.give_up(reason),
    };
    let mut left = most;
    let mut pending: Vec<(PathBuf, Arc<Ignoring>)> = vec![(root.to_owned(), above)];
    while !pending.is_empty() {
        let wave = pending.split_off(pending.len().saturating_sub(WAVE));
        for listed in list_all((root, states), wave, left, &mut walked, &mut each) {
            let Listed { folder, above, names } = listed;
            if names.len() > left {
                let reason = format!(
                    "more than {most} files and folders are below this folder, too many for one workspace; choose a folder below it"
                );
                return walked.give_up(reason);
            }
            left -= names.len();
            let has = |name: &str| names.iter().any(|(it, _)| it == name);
            let ignoring = match Ignoring::of(&folder, &above, has, &mut room) {
                Ok(ignoring) => ignoring,
                Err(reason) => return walked.give_up(reason),
            };
            for (name, kind) in names {
                let path = folder.join(&name);
                let is_one = |names: &[&str]| kind.is_dir() && names.iter().any(|it| name == *it);
                let is_ignored = ignoring.ignores(&path, kind.is_dir());
                let is_sought = is_one(&SOUGHT) && ignoring.leaves_out_by_git(&path, is_ignored);
                if is_one(&SKIPPED) || !enters(&path) {
                    continue;
                }
                let is_left_out = is_ignored && !is_sought;
                if is_left_out && !holds(&ignoring, (&path, kind), states, &mut each) {
                    continue;
                }
                match kind.is_dir() {
                    true if is_sought => {
                        pending.push((path.clone(), Ignoring::in_sought(&path, &ignoring)));
                    }
                    true if is_left_out => {
                        pending.push((path.clone(), Ignoring::in_held(&path, &ignoring)));
                    }
                    true => pending.push((path, ignoring.clone())),
                    false => each_file(&path, kind, &mut each),
                }
            }
        }
    }
    walked
}

/// Whether git holds what it ignores, and that is told.
fn holds(
    ignoring: &Ignoring,
    (path, kind): (&Path, FileType),
    states: States,
    each: &mut impl FnMut(&Path, WalkStep<'_>),
) -> bool {
    let Some(holding) = ignoring.holding(path, kind.is_dir()) else { return false };
    let holds = holding.holds;
    if states == States::Asked {
        each(path, WalkStep::Holding(holding));
    }
    holds
}

/// A folder with the names in it.
struct Listed {
    folder: PathBuf,
    above: Arc<Ignoring>,
    names: Vec<(OsString, FileType)>,
}

/// Lists those of some folders that are no other worktrees: on several threads, since most of a walk is
/// waiting for the system. Where all have more than `most` names together, not all are listed in full.
fn list_all(
    (root, states): (&Path, States),
    folders: Vec<(PathBuf, Arc<Ignoring>)>,
    most: usize,
    walked: &mut Walked,
    each: &mut impl FnMut(&Path, WalkStep<'_>),
) -> Vec<Listed> {
    folders.iter().for_each(|(folder, _)| each(folder, WalkStep::Entry(Entry::Folder)));
    let n_names = AtomicUsize::new(0);
    let read = parallel::each(&folders, FEW, |(folder, _)| {
        let seen = (states == States::Asked).then(|| LastSeen::at(folder));
        let left = most.saturating_sub(n_names.load(Ordering::Relaxed));
        let mut names = Vec::new();
        let read = list(folder, left, &mut names);
        n_names.fetch_add(names.len(), Ordering::Relaxed);
        let may_be_linked = folder != root && names.iter().any(|(name, _)| name == ".git");
        match may_be_linked && worktrees::is_linked(folder)? {
            true => Ok(None),
            false => Ok(Some((seen, names, read))),
        }
    });
    let mut listed = Vec::with_capacity(folders.len());
    for ((folder, above), found) in folders.into_iter().zip(read) {
        match found {
            Ok(None) => {}
            Ok(Some((seen, names, read))) => {
                match (read, seen) {
                    (Ok(()), Some(seen)) => each(&folder, WalkStep::Names(&names, seen)),
                    (Ok(()), None) => {}
                    (Err(error), _) => walked.note(root, &folder, &error),
                }
                listed.push(Listed { folder, above, names });
            }
            // Whose files they are is not known.
            Err(error) => walked.note(root, &folder, &error),
        }
    }
    listed
}

impl Walked {
    fn note(&mut self, root: &Path, folder: &Path, error: &io::Error) {
        // What was removed meanwhile is not there.
        if error.kind() == io::ErrorKind::NotFound {
            return;
        }
        let path = relative(root, folder).unwrap_or_default();
        let reason = format!("cannot read the folder: {error}; make it readable, or ignore it");
        self.unread.push(UnreadPath { path, reason });
    }

    fn give_up(mut self, reason: String) -> Walked {
        self.unread.push(UnreadPath { path: String::new(), reason });
        self.gave_up = true;
        self
    }
}

fn each_file(path: &Path, kind: FileType, each: &mut impl FnMut(&Path, WalkStep<'_>)) {
    let entry = if kind.is_file() {
        Entry::File
    } else if !kind.is_symlink() {
        Entry::Special
    } else if path.is_dir() {
        return;
    } else {
        Entry::Link
    };
    each(path, WalkStep::Entry(entry));
}

/// The names in a folder, with what they are; at most one more than `most`.
pub(super) fn list(
    folder: &Path,
    most: usize,
    names: &mut Vec<(OsString, FileType)>,
) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)?.take(most.saturating_add(1)) {
        let entry = entry?;
        match entry.file_type() {
            Ok(kind) => names.push((entry.file_name(), kind)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends_where_there_is_more_than_in_any_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in ["a/b/c.md", "a/d.md", "e.md"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, "").expect("written");
        }
        let root = (folder.path(), States::Unasked);
        let walk = |most| walk_up_to(most, root, |_| true, |_, _| {});
        assert_eq!(walk(5), Walked::default());
        let walked = walk(4);
        assert!(walked.gave_up);
        let told = walked.unread[0].to_string();
        assert!(told.starts_with("more than 4 files and folders are below this folder"), "{told}");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_told_for_what_it_is_and_nothing_is_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, at(name)).expect("a link");
        std::fs::create_dir(at("folder")).expect("a folder");
        std::fs::write(at("folder/file"), "").expect("written");
        ["/", "folder", "."].iter().enumerate().for_each(|(n, to)| link(to, &format!("to{n}")));
        link("nowhere", "dangling");
        link("round", "round");
        link("folder/file", "link");
        let mode = rustix::fs::Mode::RUSR;
        rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, mode, 0)
            .expect("a pipe");
        let mut found = Vec::new();
        let walked = walk(
            folder.path(),
            States::Asked,
            |_| true,
            |path, step| {
                if let WalkStep::Entry(entry) = step {
                    found.extend(relative(folder.path(), path).map(|path| (path, entry)));
                }
            },
        );
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [
            ("dangling", Entry::Link),
            ("folder", Entry::Folder),
            ("folder/file", Entry::File),
            ("link", Entry::Link),
            ("pipe", Entry::Special),
            ("round", Entry::Link),
        ];
        assert_eq!(found, expected.map(|(path, entry)| (path.to_owned(), entry)));
        assert_eq!(walked, Walked::default());
    }
}
