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
                .inspect_err(|error| tracing::warn!(%error, "cannot watch single paths"))
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
mod tests;
