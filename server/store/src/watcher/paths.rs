//! Tells when one of some paths may have come, gone or changed, wherever they lie. As with a tree,
//! that is a hint: whoever is told looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::BY_FOLDER;

/// Which paths, by who wants to know.
type Wanted = Arc<Mutex<BTreeMap<PathBuf, Vec<PathBuf>>>>;

/// Watches single paths for as long as it lives. Each folder that holds one of them has a watch; of
/// whatever else happens there nothing is told.
#[derive(Debug)]
pub struct PathWatcher {
    inner: Option<RecommendedWatcher>,
    wanted: Wanted,
    /// The folders that are watched, by who wants to know.
    folders: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

impl PathWatcher {
    /// A watcher of nothing. `tell` is called from a thread of the watcher's own, with the owner of
    /// the path.
    pub fn new(tell: impl Fn(&Path) + Send + 'static) -> PathWatcher {
        let wanted = Wanted::default();
        let known = wanted.clone();
        let told = move |event| {
            let concerned: Vec<PathBuf> = {
                let known = known.lock().unwrap_or_else(PoisonError::into_inner);
                let owners = known.iter().filter(|(_, paths)| concerns(&event, paths));
                owners.map(|(owner, _)| owner.clone()).collect()
            };
            concerned.iter().for_each(|owner| tell(owner));
        };
        // Other systems watch a tree as a whole, and the whole tree here may be all of a disk.
        let inner = match BY_FOLDER {
            true => notify::recommended_watcher(told)
                .inspect_err(|error| tracing::warn!(%error, "single paths cannot be watched"))
                .ok(),
            false => None,
        };
        PathWatcher { inner, wanted, folders: BTreeMap::new() }
    }

    /// Watches these for `owner`, in place of those before. From then on it is told that one of them
    /// changes or goes, or comes to a folder that is there by now. Returns whether it will be: else there
    /// is nothing but to look from time to time.
    pub fn watch(&mut self, owner: &Path, paths: impl IntoIterator<Item = PathBuf>) -> bool {
        let paths: Vec<PathBuf> = paths.into_iter().flat_map(with_target).collect();
        let folders: BTreeSet<PathBuf> = paths.iter().filter_map(|path| folder_of(path)).collect();
        // The thread that tells takes this lock, and is waited for where a watch is added.
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(owner.to_owned(), paths);
        let Some(inner) = &mut self.inner else { return folders.is_empty() };
        let before = self.folders.insert(owner.to_owned(), folders.clone()).unwrap_or_default();
        let is_wanted = |folder: &PathBuf| self.folders.values().any(|it| it.contains(folder));
        for folder in before.iter().filter(|folder| !is_wanted(folder)) {
            // The watch may be gone with its folder.
            let _ = inner.unwatch(folder);
        }
        // Also where it is known: another folder may stand there by now.
        let watched = folders.iter().map(|folder| inner.watch(folder, RecursiveMode::NonRecursive));
        let failed: Vec<_> = watched.filter_map(Result::err).collect();
        for error in &failed {
            tracing::debug!(%error, "a folder cannot be watched");
        }
        failed.is_empty()
    }

    /// Watches nothing for `owner` any more.
    pub fn leave(&mut self, owner: &Path) {
        self.watch(owner, []);
        self.folders.remove(owner);
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).remove(owner);
    }
}

/// The path, and what it leads to where that is elsewhere.
fn with_target(path: PathBuf) -> impl Iterator<Item = PathBuf> {
    let target = path.canonicalize().ok().filter(|target| *target != path);
    [Some(path), target].into_iter().flatten()
}

/// The folder in which something happens when the path comes, goes or changes: itself, which tells its
/// own end, or the one that holds it. Those further up may be anything, and as busy: where the path
/// cannot be there, nothing is watched.
fn folder_of(path: &Path) -> Option<PathBuf> {
    let folder = if path.is_dir() { path } else { path.parent()? };
    folder.is_dir().then(|| folder.to_owned())
}

/// Whether an event is about one of these, a folder on the way to it, or what it holds.
fn concerns(event: &notify::Result<Event>, paths: &[PathBuf]) -> bool {
    let event = match event {
        Ok(event) if event.need_rescan() => return true,
        Ok(event) => event,
        // Something was lost, and nobody knows what.
        Err(_) => return true,
    };
    // Whoever is told looks, which must not be told again.
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.paths.iter().any(|found| {
        paths.iter().any(|path| path.starts_with(found) || found.parent() == Some(path))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use super::*;

    /// Far longer than a hint takes.
    const DEADLINE: Duration = Duration::from_secs(20);

    struct Watched {
        folder: tempfile::TempDir,
        told: Receiver<PathBuf>,
        watcher: PathWatcher,
        n_ends: usize,
    }

    impl Watched {
        fn new() -> Watched {
            let folder = tempfile::tempdir().expect("a folder");
            let (sender, told) = channel();
            let tell = move |owner: &Path| drop(sender.send(owner.to_owned()));
            Watched { folder, told, watcher: PathWatcher::new(tell), n_ends: 0 }
        }

        fn at(&self, path: &str) -> PathBuf {
            self.folder.path().canonicalize().expect("it is there").join(path)
        }

        fn watch(&mut self, owner: &str, paths: &[&str]) {
            let paths: Vec<PathBuf> = paths.iter().map(|path| self.at(path)).collect();
            assert!(self.watcher.watch(Path::new(owner), paths), "all of them are watched");
        }

        /// Who is told of what `act` does.
        #[track_caller]
        fn tells(&mut self, owner: &str, act: impl FnOnce(&dyn Fn(&str) -> PathBuf)) {
            act(&|path| self.at(path));
            // What is told of a path that nobody has touched before comes after all of that.
            self.n_ends += 1;
            let end = format!("end {}", self.n_ends);
            self.watch(&end, &[&end]);
            fs::create_dir(self.at(&end)).expect("made");
            let mut owners = BTreeSet::new();
            loop {
                match self.told.recv_timeout(DEADLINE).expect("the end is told") {
                    told if told == Path::new(&end) => break,
                    told => owners.insert(told),
                };
            }
            self.watcher.leave(Path::new(&end));
            let expected = Some(owner).filter(|it| !it.is_empty()).map(PathBuf::from);
            assert_eq!(owners, expected.into_iter().collect());
        }
    }

    #[test]
    fn what_comes_changes_and_goes_is_told_to_its_owner() {
        let mut it = Watched::new();
        fs::create_dir_all(it.at("a/list")).expect("made");
        it.watch("one", &["a/file", "a/list"]);
        it.tells("one", |at| fs::write(at("a/file"), "text").expect("written"));
        it.tells("one", |at| fs::rename(at("a/file"), at("a/moved")).expect("moved"));
        it.tells("one", |at| fs::create_dir(at("a/list/entry")).expect("made"));
        it.tells("one", |at| fs::remove_dir(at("a/list/entry")).expect("removed"));
        fs::create_dir(it.at("b")).expect("made");
        it.watch("two", &["b/file"]);
        it.tells("two", |at| fs::write(at("b/file"), "text").expect("written"));
        it.tells("two", |at| fs::remove_dir_all(at("b")).expect("removed"));
        // The folder is another one now.
        fs::create_dir(it.at("b")).expect("made");
        it.watch("two", &["b/file"]);
        it.tells("two", |at| fs::write(at("b/file"), "text").expect("written"));
        it.watch("one", &["a/list"]);
        it.tells("one", |at| fs::rename(at("a/list"), at("a/moved list")).expect("moved"));
    }

    #[test]
    fn of_what_nobody_wants_to_know_nothing_is_told() {
        let mut it = Watched::new();
        fs::create_dir_all(it.at("a/list")).expect("made");
        it.watch("one", &["a/file", "a/list"]);
        it.tells("", |at| fs::write(at("a/other"), "text").expect("written"));
        it.tells("", |at| fs::create_dir(at("a/folder")).expect("made"));
        it.tells("", |at| assert_eq!(fs::read_dir(at("a/list")).expect("read").count(), 0));
        it.watcher.leave(Path::new("one"));
        it.tells("", |at| fs::write(at("a/file"), "text").expect("written"));
        it.watch("one", &["a/file"]);
        it.tells("one", |at| fs::write(at("a/file"), "text").expect("written"));
    }

    #[test]
    fn a_change_behind_a_link_is_told() {
        let mut it = Watched::new();
        fs::create_dir_all(it.at("a/b")).expect("made");
        fs::write(it.at("a/b/file"), "text").expect("written");
        std::os::unix::fs::symlink(it.at("a/b/file"), it.at("link")).expect("linked");
        it.watch("one", &["link"]);
        it.tells("one", |at| fs::write(at("a/b/file"), "other").expect("written"));
        it.tells("one", |at| fs::remove_file(at("link")).expect("removed"));
    }
}
