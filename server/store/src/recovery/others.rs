//! The other roots of an unfinished transaction. A journal names them, and a journal may be forged:
//! a root is touched only if it belongs to the same user and has a journal of the same transaction.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Doing, StoreError};
use crate::history;
use crate::journal::Journal;
use crate::own;
use crate::store::Store;
use crate::vfs::{self, FileKind};

/// The roots, beyond `stores`, whose locks are needed to carry to its end what is unfinished in
/// these, and which know of it too.
pub(super) fn needed(
    stores: &[&Store],
    journals: &[Vec<String>],
) -> Result<Vec<PathBuf>, StoreError> {
    let mut needed = Vec::new();
    for (store, names) in stores.iter().zip(journals) {
        for name in names {
            let path = store.layout.tx().join(name);
            let bytes = match vfs::read(&*store.vfs, &path) {
                // What is no journal is told when it is carried out.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => continue,
                // One that cannot be read may name roots that have to be locked too.
                bytes => bytes.doing("read", &path)?.unwrap_or_default(),
            };
            let Ok(journal) = Journal::from_bytes(&bytes) else { continue };
            for (position, root) in others(&journal) {
                let path = PathBuf::from(root);
                let locked = stores.iter().any(|store| *store.root() == path);
                if !locked && !needed.contains(&path) && knows(store, &journal, position)? {
                    needed.push(path);
                }
            }
        }
    }
    Ok(needed)
}

/// The roots that a journal names beside its own, with their positions.
pub(super) fn others(journal: &Journal) -> impl Iterator<Item = (usize, &String)> {
    let own = journal.position();
    journal.participants.iter().enumerate().filter(move |(position, _)| *position != own)
}

/// Whether the root at this position has a journal of the same transaction.
pub(super) fn knows(store: &Store, journal: &Journal, position: usize) -> Result<bool, StoreError> {
    let Some(other) = standing(store, journal, position)? else { return Ok(false) };
    let path = other.layout.journal_at(&journal.id, position);
    let found = vfs::metadata(&*store.vfs, &path).doing("look at", &path)?;
    Ok(found.is_some_and(|found| found.kind == FileKind::File && own::belongs(&*store.vfs, found)))
}

/// Whether the history of another root has the transaction.
pub(super) fn acknowledged(other: &Store, journal: &Journal) -> Result<bool, StoreError> {
    Ok(history::find(other, journal.id.as_str())?.is_some())
}

/// The root at this position, where it is a folder of this user's with a store in it.
pub(super) fn standing(
    store: &Store,
    journal: &Journal,
    position: usize,
) -> Result<Option<Store>, StoreError> {
    let Some(root) = journal.participants.get(position) else { return Ok(None) };
    let (vfs, path) = (&*store.vfs, Path::new(root));
    let other = store.at(path.to_path_buf());
    for folder in path.ancestors().chain([other.layout.folder(), &other.layout.tx()]) {
        let found = vfs::metadata(vfs, folder);
        // No part of a canonical path is a link.
        if !found.doing("look at", folder)?.is_some_and(|found| found.kind == FileKind::Folder) {
            return Ok(None);
        }
    }
    let found = vfs.metadata(path).doing("look at", path)?;
    match other.is_kept() {
        Ok(kept) => Ok((kept && own::belongs(vfs, found)).then_some(other)),
        Err(StoreError::Strange(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
