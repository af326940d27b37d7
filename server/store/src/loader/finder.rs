//! Finds the files below a folder time and again. After the first time a folder is read again only
//! where its state tells of a change, and everything is looked for again only where something has
//! come or gone, or other files may count than before.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::loader::walk::{self, Step};
use crate::loader::{self, Entry, SKIPPED, Unread};
use crate::seen::{LastSeen, Looked};

/// Files that say which others count.
const RULES: [&str; 3] = [".gitignore", ".ignore", ".git/info/exclude"];

/// What there is below a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What counts and is no folder, relative to the folder.
    pub files: Vec<(String, Entry)>,
    /// What is there and could not be read.
    pub unread: Vec<Unread>,
}

impl Found {
    /// Looks for what is below `root`, by the rules of [`loader::visit`].
    pub fn below(root: &Path) -> Found {
        Found::with(root, |_, _| {})
    }

    /// The same; `folder` is told of each folder, and then of all that is in it.
    fn with(root: &Path, mut folder: impl FnMut(&Path, Option<&[(OsString, FileType)]>)) -> Found {
        let mut files = Vec::new();
        let walked = walk::walk(
            root,
            |_| true,
            |path, step| match step {
                Step::Entry(Entry::Folder) => folder(path, None),
                Step::Names(names) => folder(path, Some(names)),
                Step::Entry(entry) => {
                    files.extend(loader::relative(root, path).map(|path| (path, entry)));
                }
            },
        );
        if walked.gave_up {
            files.clear();
        }
        Found { files, unread: walked.unread }
    }
}

/// Finds what is below one folder.
#[derive(Debug)]
pub struct Finder {
    root: PathBuf,
    known: Option<Known>,
}

/// What was found, and what has to be as it was for that to hold.
#[derive(Debug)]
struct Known {
    found: Arc<Found>,
    folders: Vec<Folder>,
    others: Others,
}

/// A folder whose files count.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// What it was before the names were read.
    seen: LastSeen,
    /// A digest of what is in it.
    names: u64,
}

/// What decides which files count, besides the names in folders.
#[derive(Debug, Default)]
struct Others {
    /// Files of rules, and what makes folders other worktrees.
    rules: Looked,
    /// Links, and whether they lead to folders.
    links: Vec<(PathBuf, bool)>,
}

impl Finder {
    /// One that has not looked yet.
    pub fn new(root: &Path) -> Finder {
        Finder { root: root.to_owned(), known: None }
    }

    /// What is below the folder now, as [`Found::below`] says it.
    pub fn look(&mut self) -> Arc<Found> {
        if let Some(known) = &mut self.known
            && known.holds()
        {
            return known.found.clone();
        }
        let (found, known) = find(&self.root);
        self.known = known;
        found
    }

    /// The folders in which something may have come or gone just before the last look.
    pub fn young(&self) -> impl Iterator<Item = &Path> {
        let folders = self.known.iter().flat_map(|known| &known.folders);
        folders.filter(|folder| folder.seen == LastSeen::Young).map(|folder| folder.path.as_path())
    }
}

/// What is below a folder; and what that hangs on, unless that cannot be told.
fn find(root: &Path) -> (Arc<Found>, Option<Known>) {
    let (mut folders, mut others, mut inner) = (Vec::new(), Others::default(), Vec::new());
    others.rules = Looked::at(ignore::gitignore::gitconfig_excludes_path());
    let (mut is_read, mut seen) = (true, VecDeque::new());
    let found = Arc::new(Found::with(root, |path, names| {
        let Some(names) = names else {
            // Its content is read after this: what comes in between shows in the state.
            let state = LastSeen::at(path);
            is_read &= state != LastSeen::Absent;
            seen.push_back((path.to_owned(), state));
            return;
        };
        // Folders are listed in the order in which they were told, but for those that cannot be.
        let is_it = |(folder, state): (PathBuf, LastSeen)| (folder == path).then_some(state);
        let seen = std::iter::from_fn(|| seen.pop_front()).find_map(is_it);
        let seen = seen.unwrap_or(LastSeen::Young);
        others.note(path, names);
        let is_inner = |(name, kind): &&(OsString, FileType)| {
            kind.is_dir() && !SKIPPED.iter().any(|skipped| name == skipped)
        };
        inner.extend(names.iter().filter(is_inner).map(|(name, _)| path.join(name)));
        folders.push(Folder::new(path, seen, names));
    }));
    let entered: HashSet<&OsStr> = folders.iter().map(|folder| folder.path.as_os_str()).collect();
    // A folder that is not entered may be another worktree now, and none later.
    let left = inner.iter().filter(|folder| !entered.contains(folder.as_os_str()));
    others.rules.extend(Looked::at(left.map(|folder| folder.join(".git"))));
    let is_known = is_read && found.unread.is_empty();
    let known = is_known.then(|| Known { found: found.clone(), folders, others });
    (found, known)
}

impl Known {
    /// Whether a look at everything would find the same.
    fn holds(&mut self) -> bool {
        self.others.holds() && self.folders.iter_mut().all(Folder::holds)
    }
}

impl Folder {
    fn new(path: &Path, seen: LastSeen, names: &[(OsString, FileType)]) -> Folder {
        let mut names: Vec<&(OsString, FileType)> = names.iter().collect();
        names.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut digest = DefaultHasher::new();
        names.hash(&mut digest);
        Folder { path: path.to_owned(), seen, names: digest.finish() }
    }

    fn holds(&mut self) -> bool {
        if self.seen.holds(&self.path) {
            return true;
        }
        let seen = LastSeen::at(&self.path);
        let mut names = Vec::new();
        if walk::list(&self.path, usize::MAX, &mut names).is_err() {
            return false;
        }
        let now = Folder::new(&self.path, seen, &names);
        self.seen = now.seen;
        self.names == now.names
    }
}

impl Others {
    /// Takes note of what decides besides the names in a folder.
    fn note(&mut self, folder: &Path, names: &[(OsString, FileType)]) {
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

    fn holds(&self) -> bool {
        self.rules.holds() && self.links.iter().all(|(link, is_folder)| link.is_dir() == *is_folder)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Case {
        folder: tempfile::TempDir,
        finder: Finder,
    }

    impl Case {
        fn new(files: &[&str]) -> Case {
            let folder = tempfile::tempdir().expect("a folder");
            let finder = Finder::new(folder.path());
            let mut case = Case { folder, finder };
            files.iter().for_each(|path| case.write(path, ""));
            case.look();
            case
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            fs::write(path, text).expect("written");
        }

        /// Looks, and compares with a look at everything.
        fn look(&mut self) -> Vec<String> {
            let found = self.finder.look();
            assert_eq!(*found, Found::below(self.folder.path()));
            let mut paths: Vec<String> = found.files.iter().map(|(path, _)| path.clone()).collect();
            paths.sort();
            paths
        }

        /// Lets all that is known be of a time long ago, as it is where nobody has written lately.
        fn age(&mut self) {
            let known = self.finder.known.as_mut().expect("it has looked");
            for folder in &mut known.folders {
                folder.seen = LastSeen::aged(&folder.path);
            }
            known.others.rules.age();
        }

        /// Whether nothing has to be looked for again.
        fn holds(&mut self) -> bool {
            self.finder.known.as_mut().is_some_and(Known::holds)
        }
    }

    #[test]
    fn what_is_as_it_was_is_not_looked_for_again() {
        let mut case = Case::new(&["a/TODO.md", "b/TODO.md"]);
        assert!(case.holds(), "by the names");
        case.age();
        assert!(case.holds(), "by the states");
        case.write("a/TODO.md", "- [ ] written\n");
        assert!(case.holds(), "the same names");
        let [one, two] = ["a/TODO.md", "a/.TODO.md.new"].map(|it| case.folder.path().join(it));
        fs::write(&two, "").expect("written");
        fs::rename(two, one).expect("renamed");
        assert!(case.holds(), "another file of the same name");
        assert_eq!(case.look(), case.look());
    }

    #[test]
    fn what_comes_and_goes_is_found() {
        for is_old in [false, true] {
            let mut case = Case::new(&["a/TODO.md", "b/c/TODO.md"]);
            let mut next = |what: &dyn Fn(&Case)| {
                if is_old {
                    case.age();
                }
                what(&case);
                let is_known = case.holds();
                (is_known, case.look().len())
            };
            assert_eq!(next(&|case| case.write("b/c/state.json", "")), (false, 3));
            assert_eq!(next(&|case| case.write("d/TODO.md", "")), (false, 4));
            let remove = |case: &Case, path: &str| fs::remove_file(case.folder.path().join(path));
            assert_eq!(next(&|case| remove(case, "a/TODO.md").expect("removed")), (false, 3));
            let gone = |case: &Case| fs::remove_dir_all(case.folder.path().join("b"));
            assert_eq!(next(&|case| gone(case).expect("removed")), (false, 1));
            let folder = |case: &Case| {
                remove(case, "d/TODO.md")
                    .and_then(|()| fs::create_dir(case.folder.path().join("d/TODO.md")))
            };
            assert_eq!(next(&|case| folder(case).expect("a folder")), (false, 0));
        }
    }

    #[test]
    fn rules_of_what_counts_are_read_again() {
        let mut case = Case::new(&["a/TODO.md", "b/TODO.md", ".git/info/exclude", ".ignore"]);
        case.age();
        assert_eq!(case.look(), [".ignore", "a/TODO.md", "b/TODO.md"]);
        for rules in [".ignore", ".git/info/exclude"] {
            case.write(rules, "/b\n");
            assert!(!case.holds(), "{rules}");
            assert_eq!(case.look(), [".ignore", "a/TODO.md"]);
            case.age();
            case.write(rules, "\n");
            assert_eq!(case.look(), [".ignore", "a/TODO.md", "b/TODO.md"]);
            case.age();
        }
    }

    #[test]
    fn a_folder_becomes_another_worktree_and_none_again() {
        let mut case = Case::new(&["a/TODO.md", "b/TODO.md"]);
        case.age();
        case.write("b/.git", "gitdir: /elsewhere/.git/worktrees/b\n");
        assert_eq!(case.look(), ["a/TODO.md"]);
        case.age();
        fs::remove_file(case.folder.path().join("b/.git")).expect("removed");
        assert_eq!(case.look(), ["a/TODO.md", "b/TODO.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_counts_unless_it_leads_to_a_folder() {
        let mut case = Case::new(&["a/TODO.md"]);
        let elsewhere = tempfile::tempdir().expect("a folder");
        let target = elsewhere.path().join("TODO.md");
        std::os::unix::fs::symlink(&target, case.folder.path().join("link.md")).expect("a link");
        assert_eq!(case.look(), ["a/TODO.md", "link.md"], "that it leads nowhere is told");
        case.age();
        fs::create_dir(&target).expect("a folder");
        assert_eq!(case.look(), ["a/TODO.md"]);
        case.age();
        fs::remove_dir(&target).expect("removed");
        fs::write(&target, "").expect("written");
        assert_eq!(case.look(), ["a/TODO.md", "link.md"]);
    }
}
