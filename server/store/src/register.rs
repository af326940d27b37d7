//! Floor 5: one small file beside the history that callers keep: replaced as a whole by whoever holds the
//! lock, so that to read it, to decide and to write it is one step. What is in it, only they know.
//!
//! It is not flushed. What a power cut takes with it ended with the processes that it was about, and
//! one that a power cut left damaged is for the caller to tell by its content.

use crate::error::{Doing, StoreError};
use crate::own;
use crate::store::Store;
use crate::vfs::{self, FileKind};

/// A longer one is none, in bytes.
const LIMIT: u64 = 4 * 1024 * 1024;

/// What the register holds; `None` where there is none. One that came with a repository is none.
pub fn read(store: &Store) -> Result<Option<Vec<u8>>, StoreError> {
    let (vfs, path) = (&*store.vfs, store.layout.register());
    if !store.is_kept()? {
        return Ok(None);
    }
    match own::entry(vfs, &path, FileKind::File)? {
        Some(found) if found.len <= LIMIT => vfs::read(vfs, &path).doing("read", &path),
        _ => Ok(None),
    }
}

/// Puts this in the place of what the register holds. For whoever holds the lock.
pub(crate) fn replace(store: &Store, bytes: &[u8]) -> Result<(), StoreError> {
    let (vfs, path) = (&*store.vfs, store.layout.register());
    let new = store.layout.new_register();
    own::entry(vfs, &path, FileKind::File)?;
    if own::entry(vfs, &new, FileKind::File)?.is_some() {
        vfs.remove(&new).doing("remove", &new)?;
    }
    let write = || {
        let file = vfs.create(&new)?;
        vfs::write_all(vfs, &file, 0, bytes)?;
        vfs.rename(&new, &path)
    };
    write().doing("write", &path)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::store::Options;
    use crate::transaction::{Rebase, Transaction};

    fn workspace() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path(), Options::default()).expect("a store");
        (dir, store)
    }

    fn keep(store: &Store, bytes: &[u8]) -> Result<(), StoreError> {
        let rebase = &mut |_: &std::path::Path, _: &_, _: &_, _: &[u8]| Rebase::Unchanged;
        let locked = Transaction::begin(&[store], Duration::ZERO, rebase)?;
        locked.roots()[0].keep(bytes)
    }

    #[test]
    fn what_is_kept_is_read_until_something_else_is() {
        let (_dir, store) = workspace();
        assert_eq!(read(&store).expect("read"), None);
        assert!(!store.layout.folder().exists(), "reading writes nothing");
        for text in [&b"first"[..], b"second and longer", b"3"] {
            keep(&store, text).expect("kept");
            assert_eq!(read(&store).expect("read").as_deref(), Some(text));
        }
    }

    #[test]
    fn one_that_came_with_a_repository_is_not_believed() {
        let (dir, store) = workspace();
        fs::create_dir(store.layout.folder()).expect("a folder");
        fs::write(store.layout.register(), "claims").expect("a file");
        assert!(matches!(read(&store), Err(StoreError::Strange(_))));
        assert!(matches!(keep(&store, b"x"), Err(StoreError::Strange(_))));
        drop(dir);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_its_place_is_neither_read_nor_written_through() {
        let (dir, store) = workspace();
        keep(&store, b"mine").expect("kept");
        let target = dir.path().join("target");
        fs::write(&target, "theirs").expect("a file");
        for path in [store.layout.register(), store.layout.new_register()] {
            let _ = fs::remove_file(&path);
            std::os::unix::fs::symlink(&target, &path).expect("a link");
            assert!(matches!(keep(&store, b"x"), Err(StoreError::Strange(_))), "{path:?}");
            assert_eq!(fs::read(&target).expect("it is there"), b"theirs");
            fs::remove_file(&path).expect("removed");
        }
    }
}
