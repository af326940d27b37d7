//! Looks for changes without events: compares what the file system says of each file with what it
//! said before.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::loader::{self, Entry};

/// The part of the time that may go into looking is one over this.
const SHARE: u32 = 20;

/// A file that has changed so lately may change again without a trace: clocks of file systems can
/// be this coarse.
const COARSE: Duration = Duration::from_secs(2);

/// What the files were.
#[derive(Debug)]
pub(super) struct Poll {
    files: BTreeMap<PathBuf, Polled>,
    interval: Duration,
    next: Instant,
}

/// What is told of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Polled {
    modified: Option<SystemTime>,
    len: u64,
    inode: (u64, i64, i64),
    /// Whether the stamp may stay the same though the file changes.
    doubtful: bool,
}

impl Poll {
    /// Takes in what there is. `interval` is the least time between two looks.
    pub(super) fn new(root: &Path, interval: Duration) -> Poll {
        let began = Instant::now();
        let mut poll = Poll { files: polled(root), interval, next: began };
        poll.put_off(began);
        poll
    }

    /// How long until the next look.
    pub(super) fn wait(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Paths that have come, gone or changed since the last look.
    pub(super) fn look(&mut self, root: &Path) -> Vec<PathBuf> {
        let began = Instant::now();
        let now = polled(root);
        let is_old = |path: &PathBuf, stamp: &Polled| {
            self.files.get(path).is_some_and(|old| !old.doubtful && old == stamp)
        };
        let changed = now.iter().filter(|(path, stamp)| !is_old(path, stamp));
        let gone = self.files.keys().filter(|path| !now.contains_key(*path));
        let found = changed.map(|(path, _)| path).chain(gone).cloned().collect();
        self.files = now;
        self.put_off(began);
        found
    }

    fn put_off(&mut self, began: Instant) {
        let now = Instant::now();
        self.next = now + self.interval.max((now - began) * SHARE);
    }
}

fn polled(root: &Path) -> BTreeMap<PathBuf, Polled> {
    let mut found = BTreeMap::new();
    let now = SystemTime::now();
    loader::visit(
        root,
        |_| true,
        |path, entry| {
            if entry != Entry::Folder
                && let Ok(meta) = path.metadata()
            {
                found.insert(path.to_owned(), Polled::new(&meta, now));
            }
        },
    );
    found
}

impl Polled {
    fn new(meta: &Metadata, now: SystemTime) -> Polled {
        let modified = meta.modified().ok();
        let is_late = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > COARSE);
        let doubtful = !modified.is_some_and(is_late);
        Polled { modified, len: meta.len(), inode: inode(meta), doubtful }
    }
}

#[cfg(unix)]
fn inode(meta: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (meta.ino(), meta.ctime(), meta.ctime_nsec())
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_comes_goes_or_changes_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let write = |name: &str, text: &str| fs::write(root.join(name), text).expect("written");
        let age = |name: &str| {
            let file = fs::File::options().write(true).open(root.join(name)).expect("a file");
            file.set_modified(SystemTime::now() - COARSE * 2).expect("it can be aged");
        };
        for name in ["a", "b", "c"] {
            write(name, "text");
            age(name);
        }
        let mut poll = Poll::new(root, Duration::ZERO);
        assert_eq!(poll.look(root), [""; 0].map(PathBuf::from));
        write("a", "TEXT");
        fs::remove_file(root.join("b")).expect("it is there");
        write("d", "text");
        assert_eq!(poll.look(root), ["a", "d", "b"].map(|name| root.join(name)));
        assert_eq!(poll.look(root), ["a", "d"].map(|name| root.join(name)), "they are young");
        age("a");
        age("d");
        poll.look(root);
        assert_eq!(poll.look(root), [""; 0].map(PathBuf::from));
    }
}
