//! Journals that are found: read, and believed only if everything about them is right.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Doing, StoreError};
use crate::journal::{self, Journal};
use crate::layout::{JOURNAL, REFERENCE};
use crate::own;
use crate::path;
use crate::store::Store;
use crate::vfs;

/// Reads the journal of this name.
pub(super) fn load(store: &Store, name: &str) -> Result<Journal, StoreError> {
    let (vfs, path) = (&*store.vfs, &store.layout.tx().join(name));
    let found = vfs.metadata(path).doing("look at", path)?;
    let fault = if found.kind != vfs::FileKind::File {
        Some("it is not a regular file")
    } else if !own::belongs(vfs, found) {
        Some("it belongs to another user")
    } else if found.len > journal::SIZE_LIMIT {
        Some("it is too long")
    } else {
        None
    };
    if let Some(fault) = fault {
        return Err(quarantine(store, path, name, fault));
    }
    let bytes = vfs.read(path).doing("read", path)?;
    let parsed = Journal::from_bytes(&bytes);
    #[cfg(test)]
    let parsed = if store.sabotaged(crate::store::Sabotage::ChecksumUnchecked) {
        Journal::from_bytes_unchecked(&bytes)
    } else {
        parsed
    };
    let journal = match parsed {
        Ok(journal) => journal,
        Err(fault) => return Err(quarantine(store, path, name, fault)),
    };
    let root = vfs.metadata(store.root()).doing("look at", store.root())?;
    let end = if journal.position() == 0 { JOURNAL } else { REFERENCE };
    if name.strip_suffix(end) != Some(journal.id.as_str()) {
        return Err(quarantine(store, path, name, "its name is not its own"));
    }
    if !journal.belongs_to(store.root(), root.identity.ino) {
        return Err(quarantine(store, path, name, "it belongs to another workspace"));
    }
    if !journal.entries.iter().all(|entry| store.accepts(&entry.path)) {
        return Err(quarantine(store, path, name, "it names a file that is not for this program"));
    }
    for entry in &journal.entries {
        // Links are resolved before a path gets into a journal.
        let resolved = path::resolve(vfs, store.root(), &entry.path);
        let same = resolved.as_ref().is_ok_and(|resolved| *resolved == entry.path);
        if !same {
            return Err(StoreError::Refused {
                path: entry.path.clone(),
                reason: "there is a link where an unfinished transaction knows none".to_string(),
            });
        }
    }
    Ok(journal)
}

/// Moves a journal that is not believed to where conflicts are kept, with everything that goes by
/// its name: if it was damaged, that is all there is to mend it from.
pub(super) fn quarantine(store: &Store, path: &Path, name: &str, reason: &str) -> StoreError {
    let (vfs, tx) = (&*store.vfs, store.layout.tx());
    let prefix = name.find('.').and_then(|dot| name.get(..=dot)).unwrap_or(name);
    for slot in vfs::list(vfs, &tx).unwrap_or_default() {
        if slot != name
            && slot.starts_with(prefix)
            && let Err(error) = put_aside(store, &tx.join(&slot), &slot)
        {
            tracing::warn!(%error, slot, "cannot move a slot of a damaged journal");
        }
    }
    // Where it cannot be moved it stays, and is refused again.
    let journal = put_aside(store, path, name).unwrap_or_else(|_| path.to_path_buf());
    StoreError::Corrupt { journal, reason: reason.to_string() }
}

/// Moves a file to where conflicts are kept, under a name that is free; where it is now.
fn put_aside(store: &Store, path: &Path, name: &str) -> io::Result<PathBuf> {
    let aside = own::free_conflict(store, name)?;
    store.vfs.rename(path, &aside).map(|()| aside)
}
