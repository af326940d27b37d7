//! Git, which writes files under a lock of its own and takes no notice of ours. A rebase that stands
//! still writes nothing and is in nobody's way.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::store::{Store, StoreError};
use crate::vfs::{self, Kind, Vfs};

/// How long to wait for git.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until git writes no files of the repository that the workspace lies in, if it lies in one.
pub(crate) fn wait(store: &Store) -> Result<(), StoreError> {
    let vfs = &*store.vfs;
    // Where that cannot be told, nobody is waited for.
    let Ok(Some(lock)) = index_lock(vfs, store.root()) else { return Ok(()) };
    let mut waited = Duration::ZERO;
    while matches!(vfs::metadata(vfs, &lock), Ok(Some(_))) {
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
fn index_lock(vfs: &dyn Vfs, root: &Path) -> io::Result<Option<PathBuf>> {
    for folder in root.ancestors() {
        let git = folder.join(".git");
        match vfs::metadata(vfs, &git)?.map(|found| found.kind) {
            Some(Kind::Folder) => return Ok(Some(git.join("index.lock"))),
            Some(Kind::File) => {
                let bytes = vfs.read(&git)?;
                let text = String::from_utf8_lossy(&bytes);
                let path = text.trim_end().strip_prefix("gitdir: ");
                return Ok(path.map(|path| folder.join(path).join("index.lock")));
            }
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::Options;
    use crate::vfs::faulty::{FaultyVfs, When};
    use crate::vfs::simulated::SimulatedVfs;

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
    fn git_is_waited_for_while_it_writes() {
        let lock = Path::new("/w/.git/index.lock");
        let disk = SimulatedVfs::disk("/w", &[(".git/index.lock", "")]);
        let inner = Arc::new(SimulatedVfs::new(disk));
        let ends = FaultyVfs::new(inner.clone()).hook(When::BeforeNth("wait", 3), move |_| {
            inner.remove(lock).expect("removed");
        });
        let store = Store::with_vfs(PathBuf::from("/w"), Options::default(), Arc::new(ends));
        assert!(wait(&store).is_ok());
    }
}
