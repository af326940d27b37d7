//! Floor 4: Git, which writes files under a lock of its own and takes no notice of ours. A rebase
//! that stands still writes nothing and is in nobody's way.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Doing, StoreError};
use crate::store::Store;
use crate::vfs::{self, FileKind, Metadata, Vfs};

/// How long to wait for git.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// A file of git's that is longer than this is none, in bytes.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// Waits until git writes no files of the repository that the workspace lies in, if it lies in one.
/// [`StoreError::Io`] where that cannot be told.
pub(crate) fn wait(store: &Store) -> Result<(), StoreError> {
    let vfs = &*store.vfs;
    let Some(lock) = index_lock(vfs, store.root())? else { return Ok(()) };
    let mut waited = Duration::ZERO;
    while is_there(vfs, &lock)?.is_some() {
        if waited >= PATIENCE {
            return Err(StoreError::Git { lock });
        }
        vfs.wait(PAUSE);
        waited += PAUSE;
    }
    Ok(())
}

/// The file that is there while git writes the files of a work tree: `index.lock` beside its index
/// (gitrepository-layout(5)). That of a linked work tree lies where its `.git` file says.
fn index_lock(vfs: &dyn Vfs, root: &Path) -> Result<Option<PathBuf>, StoreError> {
    for folder in root.ancestors() {
        let git = folder.join(".git");
        match is_there(vfs, &git)? {
            // A link is one to a folder.
            Some(Metadata { kind: FileKind::Folder | FileKind::Link, .. }) => {
                return Ok(Some(git.join("index.lock")));
            }
            Some(Metadata { kind: FileKind::File, len, .. }) => {
                let bytes = match len {
                    0..=SIZE_LIMIT => vfs.read(&git),
                    _ => Err(io::ErrorKind::InvalidData.into()),
                };
                let bytes = bytes.doing("read", &git)?;
                let text = String::from_utf8_lossy(&bytes);
                let path = text.trim_end().strip_prefix("gitdir: ");
                return Ok(path.map(|path| folder.join(path).join("index.lock")));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// What stands at a path; `None` where nothing does, or a file in place of a folder above.
fn is_there(vfs: &dyn Vfs, path: &Path) -> Result<Option<Metadata>, StoreError> {
    match vfs::metadata(vfs, path) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(None),
        found => found.doing("look at", path),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::Options;
    use crate::vfs::testing::faulty::{Fault, FaultWhen, FaultyVfs};
    use crate::vfs::testing::simulated::SimulatedVfs;

    /// A workspace at `root`, and what waiting for git comes to.
    fn waits(root: &str, files: &[(&str, &str)]) -> bool {
        let vfs = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", files)));
        let store = Store::with_vfs(PathBuf::from(root), Options::default(), vfs);
        match wait(&store) {
            Ok(()) => false,
            Err(error) => {
                assert!(error.to_string().contains("index.lock"), "{error}");
                true
            }
        }
    }

    #[test]
    fn git_is_named_where_it_does_not_end() {
        assert!(!waits("/w", &[("a.md", "")]), "no repository");
        assert!(!waits("/w", &[(".git/index", "")]), "nobody writes");
        let lock = (".git/index.lock", "");
        assert!(waits("/w", &[lock]));
        assert!(waits("/w/sub", &[lock, ("sub/a.md", "")]));
        let linked = ("linked/.git", "gitdir: /w/.git/worktrees/linked\n");
        assert!(!waits("/w/linked", &[lock, linked]), "git writes another work tree");
        assert!(waits("/w/linked", &[(".git/worktrees/linked/index.lock", ""), linked]));
    }

    #[test]
    fn where_it_cannot_be_told_whether_git_writes_nothing_is_changed() {
        let files = [("linked/.git", "gitdir: /w/.git/worktrees/linked\n")];
        // At the workspace's own `.git`, at what it says, and at the lock.
        for at in 0..5 {
            let inner = Arc::new(SimulatedVfs::new(SimulatedVfs::disk("/w", &files)));
            let vfs = Arc::new(FaultyVfs::new(inner).failing(at, Fault::Io, false));
            let root = PathBuf::from("/w/linked");
            let answer = wait(&Store::with_vfs(root, Options::default(), vfs.clone()));
            let failed = vfs.log().len() as u64 > at;
            assert_eq!(matches!(answer, Err(StoreError::Io { .. })), failed, "{at}: {answer:?}");
            assert!(failed || at > 1, "{at}");
        }
    }

    #[test]
    fn git_is_waited_for_while_it_writes() {
        let lock = Path::new("/w/.git/index.lock");
        let disk = SimulatedVfs::disk("/w", &[(".git/index.lock", "")]);
        let inner = Arc::new(SimulatedVfs::new(disk));
        let ends = FaultyVfs::new(inner.clone()).hook(FaultWhen::BeforeNth("wait", 3), move |_| {
            inner.remove(lock).expect("removed");
        });
        let store = Store::with_vfs(PathBuf::from("/w"), Options::default(), Arc::new(ends));
        assert!(wait(&store).is_ok());
    }
}
