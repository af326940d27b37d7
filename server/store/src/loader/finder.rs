//! Finds the files below a folder time and again. After the first time a folder is read again only
//! where its state tells of a change, and everything is looked for again only where something has
//! come or gone, or other files may count than before.

mod indexes;
mod others;
mod vouching;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::loader::finder::others::Others;
use crate::loader::finder::vouching::Vouching;
use crate::loader::walk::{self, States, WalkStep};
use crate::loader::{self, Entry, SKIPPED, UnreadPath};
use crate::seen::{LastSeen, Looked};

/// What there is below a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What counts and is no folder, relative to the folder.
    pub files: Vec<(String, Entry)>,
    /// What is there and could not be read.
    pub unread: Vec<UnreadPath>,
}

impl Found {
    /// Looks for what is below `root`, by the rules of [`loader::visit`]. `other` is told of each folder,
    /// and of what is no file.
    fn below(root: &Path, states: States, mut other: impl FnMut(&Path, WalkStep<'_>)) -> Found {
        let mut files = Vec::new();
        let walked = walk::walk(
            root,
            states,
            |_| true,
            |path, step| match step {
                WalkStep::Entry(entry) if entry != Entry::Folder => {
                    files.extend(loader::relative(root, path).map(|path| (path, entry)));
                }
                step => other(path, step),
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
    /// Whether to take note of what a further look needs.
    looks_again: bool,
    /// Whether to have the system vouch for what nobody has touched, where it does.
    has_witness: bool,
    now: LookMoment,
}

/// Between which looks something was, of one [`Finder`]; the later, the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookMoment(u64);

/// What was found, and what has to be as it was for that to hold.
#[derive(Debug)]
struct Known {
    found: Arc<Found>,
    folders: Vec<SeenFolder>,
    others: Others,
    vouching: Option<Vouching>,
}

/// A folder whose files count.
#[derive(Debug)]
struct SeenFolder {
    path: PathBuf,
    /// What it was before the names were read.
    seen: LastSeen,
    /// What is in it, by digests of the names, in order.
    names: Box<[(u64, FileType)]>,
}

impl Finder {
    /// One that has not looked yet.
    pub fn new(root: &Path) -> Finder {
        Finder {
            root: root.to_owned(),
            known: None,
            looks_again: true,
            has_witness: false,
            now: LookMoment::default(),
        }
    }

    /// One that looks once: a further look costs as much as the first.
    pub fn once(root: &Path) -> Finder {
        Finder { looks_again: false, ..Finder::new(root) }
    }

    /// One that asks nothing of what the system vouches for. Worth while for whoever looks often.
    pub fn with_witness(root: &Path) -> Finder {
        Finder { has_witness: true, ..Finder::new(root) }
    }

    /// What is below the folder now, by the rules of [`loader::visit`].
    pub fn look(&mut self) -> Arc<Found> {
        match self.known.as_ref().map(|known| known.found.clone()) {
            Some(found) if self.holds() => found,
            _ => self.find(true),
        }
    }

    /// Whether a look at everything would find what is known.
    fn holds(&mut self) -> bool {
        self.now.0 += 1;
        let Some(known) = &mut self.known else { return false };
        // What comes or goes after this is told below.
        let young = known.vouching.iter().flat_map(|_| known.young());
        let aged = young.map(|(folder, path)| (folder, LastSeen::at(path))).collect();
        known.vouching.take_if(|vouching| !vouching.hear(&self.root, self.now));
        if self.has_witness && known.vouching.is_none() {
            known.summon(&self.root, self.now);
            // It costs much to find out.
            self.has_witness = known.vouching.is_some();
        }
        known.holds(self.now, aged)
    }

    /// As [`Finder::look`], and believes nothing that was seen before.
    pub fn look_again(&mut self) -> Arc<Found> {
        self.find(false)
    }

    /// Looks at everything. Whoever vouches for what was known may go on.
    fn find(&mut self, goes_on: bool) -> Arc<Found> {
        self.now.0 += 1;
        let (before, vouching) = self.known.take().map(|it| (it.found, it.vouching)).unzip();
        let vouching = match vouching.flatten().filter(|_| goes_on) {
            Some(vouching) => Some(Vouching { doubted: BTreeMap::new(), ..vouching }),
            None if self.has_witness => Vouching::new(&self.root, self.now),
            None => None,
        };
        if !self.looks_again {
            return Arc::new(Found::below(&self.root, States::Unasked, |_, _| {}));
        }
        let (mut found, known) = find(&self.root, vouching);
        self.known = known;
        if let Some(before) = before.filter(|before| *before == found) {
            found = before;
            self.known.iter_mut().for_each(|known| known.found = found.clone());
        }
        found
    }

    /// The moment of the last look. Whoever reads a file after it reads what [`Finder::touched`] tells
    /// of.
    pub fn now(&self) -> LookMoment {
        self.now
    }

    /// Takes in what is told, without a look: whoever reads a file after it reads what was told before.
    pub fn hear(&mut self) {
        self.now.0 += 1;
        let now = self.now;
        if let Some(known) = &mut self.known {
            known.vouching.take_if(|vouching| !vouching.hear(&self.root, now));
        }
    }

    /// Whether somebody vouches that the file has not become another since the moment `since`, before
    /// which it was read, as far as was heard. What is done to it by another of its names is not told.
    pub fn vouches_for(&self, path: &str, since: LookMoment) -> bool {
        let vouching = self.known.as_ref().and_then(|known| known.vouching.as_ref());
        vouching.filter(|it| it.since <= since).is_some_and(|vouching| {
            vouching.touched.get(path).is_none_or(|touched| *touched <= since)
        })
    }

    /// The files that may have become others between two looks: after that at `since`, before the last.
    /// `None` where nobody vouches for all others. What is done to a file by another of its names is
    /// not told.
    pub fn touched(&self, since: LookMoment) -> Option<impl Iterator<Item = &str>> {
        let vouching = self.known.as_ref()?.vouching.as_ref().filter(|it| it.since <= since)?;
        let touched = vouching.touched.iter().filter(move |(_, at)| **at > since);
        Some(touched.map(|(path, _)| path.as_str()))
    }

    /// The folders in which something may have come or gone just before the last look.
    pub fn young(&self) -> impl Iterator<Item = &Path> {
        self.known.iter().flat_map(Known::young).map(|(_, path)| path)
    }
}

/// What is below a folder; and what that hangs on, unless that cannot be told.
fn find(root: &Path, mut vouching: Option<Vouching>) -> (Arc<Found>, Option<Known>) {
    let (mut folders, mut others, mut inner) = (Vec::new(), Others::default(), Vec::new());
    others.rules = Looked::at(ignore::gitignore::gitconfig_excludes_path());
    let mut is_read = true;
    let found = Arc::new(Found::below(root, States::Asked, |path, step| {
        let (names, seen) = match step {
            WalkStep::Names(names, seen) => (names, seen),
            WalkStep::Holding(holding) => return others.indexes.note(holding),
            WalkStep::Entry(_) => {
                // Its content is read after this: what comes in between is told, or shows in the state.
                vouching.take_if(|vouching| !vouching.witness.add(path));
                return;
            }
        };
        is_read &= seen != LastSeen::Absent;
        others.note(path, names);
        let is_inner = |(name, kind): &&(OsString, FileType)| {
            kind.is_dir() && !SKIPPED.iter().any(|skipped| name == skipped)
        };
        inner.extend(names.iter().filter(is_inner).map(|(name, _)| path.join(name)));
        folders.push(SeenFolder::new(path, seen, names));
    }));
    let entered: HashSet<&OsStr> = folders.iter().map(|folder| folder.path.as_os_str()).collect();
    // A folder that is not entered may be another worktree now, and none later.
    let left = inner.iter().filter(|folder| !entered.contains(folder.as_os_str()));
    others.rules.extend(Looked::at(left.map(|folder| folder.join(".git"))));
    let is_known = is_read && found.unread.is_empty();
    let known = is_known.then(|| Known { found: found.clone(), folders, others, vouching });
    (found, known)
}

impl Known {
    /// Has the system vouch from `now` on, where it does.
    fn summon(&mut self, root: &Path, now: LookMoment) {
        self.vouching = Vouching::new(root, now);
        for folder in &self.folders {
            self.vouching.take_if(|vouching| !vouching.witness.add(&folder.path));
        }
    }

    /// Whether a look at everything would find the same. `aged` is what young folders were before the
    /// witness was heard.
    fn holds(&mut self, now: LookMoment, aged: Vec<(usize, LastSeen)>) -> bool {
        if !self.others.holds() {
            return false;
        }
        let Some(vouching) = self.vouching.as_mut().filter(|vouching| vouching.since < now) else {
            return self.folders.iter_mut().all(SeenFolder::holds);
        };
        for (folder, seen) in aged {
            self.folders[folder].seen = seen;
        }
        vouching.doubted.retain(|path, names| {
            let mut folders = self.folders.iter_mut();
            let folder = folders.find(|folder| folder.path.as_os_str() == path.as_os_str());
            folder.is_some_and(|folder| match names {
                Some(names) => !names.iter().all(|name| folder.has_still(name)),
                None => !folder.holds(),
            })
        });
        vouching.doubted.is_empty()
    }

    fn young(&self) -> impl Iterator<Item = (usize, &Path)> {
        let folders = self.folders.iter().enumerate();
        let young = folders.filter(|(_, folder)| folder.seen.is_young());
        young.map(|(at, folder)| (at, folder.path.as_path()))
    }
}

impl SeenFolder {
    fn new(path: &Path, seen: LastSeen, names: &[(OsString, FileType)]) -> SeenFolder {
        let mut names: Box<[_]> = names.iter().map(|(name, kind)| (digest(name), *kind)).collect();
        names.sort_by_key(|(name, _)| *name);
        SeenFolder { path: path.to_owned(), seen, names }
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
        let now = SeenFolder::new(&self.path, seen, &names);
        self.seen = now.seen;
        self.names == now.names
    }

    /// Whether what has this name is of the kind that it was; what was not there is not.
    fn has_still(&self, name: &OsStr) -> bool {
        let known = self.names.binary_search_by_key(&digest(name), |(name, _)| *name);
        let now = fs::symlink_metadata(self.path.join(name)).map(|meta| meta.file_type());
        known.ok().map(|at| self.names[at].1) == now.ok()
    }
}

fn digest(name: &OsStr) -> u64 {
    let mut digest = DefaultHasher::new();
    name.hash(&mut digest);
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Case {
        folder: tempfile::TempDir,
        finder: Finder,
    }

    impl Case {
        /// One whose folders and files tell by their states what they are, and one for which the
        /// system vouches.
        fn both(files: &[&str]) -> [Case; 2] {
            let folder = || tempfile::tempdir().expect("a folder");
            [Finder::new, Finder::with_witness].map(|finder| Case::with(files, folder(), finder))
        }

        /// One in memory, for which the system vouches wherever the tests run.
        #[cfg(target_os = "linux")]
        fn vouched(files: &[&str]) -> Case {
            let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
            Case::with(files, folder, Finder::with_witness)
        }

        fn with(files: &[&str], folder: tempfile::TempDir, finder: fn(&Path) -> Finder) -> Case {
            let finder = finder(folder.path());
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
            assert_eq!(*found, Found::below(self.folder.path(), States::Unasked, |_, _| {}));
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

        /// Looks, and tells whether nothing had to be looked for again.
        fn holds(&mut self) -> bool {
            let holds = self.finder.holds();
            if !holds {
                self.finder.find(true);
            }
            holds
        }
    }

    #[test]
    fn what_is_as_it_was_is_not_looked_for_again() {
        for mut case in Case::both(&["a/TODO.md", "b/TODO.md"]) {
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
    }

    #[test]
    fn what_comes_and_goes_is_found() {
        let cases = || Case::both(&["a/TODO.md", "b/c/TODO.md"]).into_iter();
        for (is_old, mut case) in cases()
            .zip([false; 2])
            .chain(cases().zip([true; 2]))
            .map(|(case, is_old)| (is_old, case))
        {
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
        for mut case in Case::both(&["a/TODO.md", "b/TODO.md", ".git/info/exclude", ".ignore"]) {
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
    }

    #[test]
    fn a_folder_becomes_another_worktree_and_none_again() {
        for mut case in Case::both(&["a/TODO.md", "b/TODO.md"]) {
            case.age();
            case.write("b/.git", "gitdir: /elsewhere/.git/worktrees/b\n");
            assert_eq!(case.look(), ["a/TODO.md"]);
            case.age();
            fs::remove_file(case.folder.path().join("b/.git")).expect("removed");
            assert_eq!(case.look(), ["a/TODO.md", "b/TODO.md"]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_counts_unless_it_leads_to_a_folder() {
        for mut case in Case::both(&["a/TODO.md"]) {
            let elsewhere = tempfile::tempdir().expect("a folder");
            let target = elsewhere.path().join("TODO.md");
            std::os::unix::fs::symlink(&target, case.folder.path().join("link.md"))
                .expect("a link");
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

    /// Whether somebody vouches in this place, and what is said to be touched since a moment.
    #[cfg(target_os = "linux")]
    fn touched(case: &Case, since: LookMoment) -> Option<Vec<&str>> {
        case.finder.touched(since).map(|touched| touched.collect())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn every_file_that_somebody_touches_is_told() {
        let mut case = Case::vouched(&["a/b/TODO.md", "TODO.md"]);
        let at = |case: &Case, path: &str| case.folder.path().join(path);
        let first = case.finder.now();
        case.age();
        let mut since = first;
        let mut tells = |what: &dyn Fn(&Case), told: &[&str]| {
            what(&case);
            assert!(case.holds(), "the names are the same");
            assert_eq!(touched(&case, since).as_deref(), Some(told));
            since = case.finder.now();
        };
        tells(&|_| {}, &[]);
        tells(&|case| case.write("a/b/TODO.md", "1"), &["a/b/TODO.md"]);
        tells(&|_| {}, &[]);
        let open = |case: &Case, path| {
            fs::File::options().write(true).open(at(case, path)).expect("opened")
        };
        tells(&|case| open(case, "TODO.md").set_len(1).expect("it is longer"), &["TODO.md"]);
        let time = std::time::SystemTime::UNIX_EPOCH;
        tells(&|case| open(case, "TODO.md").set_modified(time).expect("a time"), &["TODO.md"]);
        let swap = |case: &Case| {
            case.write("a/new", "2");
            fs::rename(at(case, "a/new"), at(case, "TODO.md")).expect("renamed");
        };
        tells(&swap, &["TODO.md", "a/new"]);
        let all = touched(&case, first).expect("it is vouched for");
        assert_eq!(all, ["TODO.md", "a/b/TODO.md", "a/new"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_comes_beside_a_file_casts_no_doubt_on_it() {
        let mut case = Case::vouched(&["a/TODO.md"]);
        let since = case.finder.now();
        fs::create_dir(case.folder.path().join(".lockstep")).expect("a folder");
        case.write("b.md", "");
        assert!(!case.holds());
        assert_eq!(case.look(), ["a/TODO.md", "b.md"]);
        assert_eq!(touched(&case, since), Some(vec!["b.md"]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nobody_vouches_for_what_was_in_a_folder_that_is_another_now() {
        let mut case = Case::vouched(&["a/b/TODO.md"]);
        case.age();
        let since = case.finder.now();
        let at = |path: &str| case.folder.path().join(path);
        fs::create_dir(at("c")).expect("a folder");
        fs::write(at("c/TODO.md"), "other").expect("written");
        fs::rename(at("a/b"), at("d")).expect("renamed");
        fs::rename(at("c"), at("a/b")).expect("renamed");
        fs::remove_dir_all(at("d")).expect("removed");
        assert_eq!(case.look(), ["a/b/TODO.md"]);
        assert_eq!(touched(&case, since), None);
        let since = case.finder.now();
        assert!(case.holds());
        assert_eq!(touched(&case, since), Some(Vec::new()), "from then on it is vouched for");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nobody_vouches_where_more_has_happened_than_is_kept() {
        let mut case = Case::vouched(&["a/TODO.md", "TODO.md"]);
        let since = case.finder.now();
        let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").expect("a limit");
        let limit: usize = limit.trim().parse().expect("a number");
        let files = ["a/TODO.md", "TODO.md"].map(|path| case.folder.path().join(path));
        let files = files.map(|path| fs::File::options().write(true).open(path).expect("opened"));
        // The same twice is kept as one.
        for n in 0..=limit {
            files[n % 2].set_len(n as u64 % 7).expect("written");
        }
        assert!(case.holds());
        assert_eq!(touched(&case, since), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nobody_vouches_for_another_root_of_the_name() {
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder");
        let [above, away] = ["above", "away"].map(|name| folder.path().join(name));
        let root = above.join("root");
        fs::create_dir_all(&root).expect("folders");
        let mut finder = Finder::with_witness(&root);
        finder.look();
        let since = finder.now();
        finder.look();
        assert!(finder.touched(since).is_some());
        fs::rename(&above, away).expect("renamed");
        fs::create_dir_all(&root).expect("folders");
        finder.look();
        assert!(finder.touched(since).is_none(), "what holds the root tells nothing");
    }
}
