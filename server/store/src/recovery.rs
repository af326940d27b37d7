//! Carries to its end what an earlier process left unfinished. What was not committed is cleared
//! away; what was committed goes forward, or back where it was on the way back, by the same code
//! that commits.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use crate::graveyard;
use crate::history::Note;
use crate::journal::{self, Journal};
use crate::path;
use crate::store::{Doing, Store, StoreError};
use crate::transaction::{Conflict, LockedRoot, RecoverFn, Run, TxId};
use crate::vfs;

/// A transaction that was carried to its end by a later process.
#[derive(Debug)]
pub struct Recovered {
    /// Its name.
    pub id: TxId,
    /// The note that its caller gave.
    pub note: Note,
    /// Why it was withdrawn, as a clause; `None` where it took place.
    pub withdrawn: Option<String>,
    /// What could not be brought together.
    pub conflicts: Vec<Conflict>,
}

/// Whether a transaction is unfinished.
pub(crate) fn pending(store: &Store) -> Result<bool, StoreError> {
    Ok(under_way(store)?.iter().any(|name| name.ends_with(".journal")))
}

/// The names of everything that belongs to transactions under way.
fn under_way(store: &Store) -> Result<Vec<String>, StoreError> {
    let tx = store.layout.tx();
    vfs::list(&*store.vfs, &tx).doing("list", &tx)
}

/// Carries to its end what is unfinished.
pub(crate) fn run(
    locked: &LockedRoot<'_>,
    rebase: &mut RecoverFn<'_>,
) -> Result<Vec<Recovered>, StoreError> {
    let store = locked.store;
    let mut recovered = Vec::new();
    let names = under_way(store)?;
    if names.is_empty() {
        return Ok(recovered);
    }
    for name in names.into_iter().filter(|name| name.ends_with(".journal")) {
        let path = store.layout.tx().join(&name);
        let journal = load(store, &path, &name)?;
        let note = journal.operation.note.clone();
        let id = journal.id.clone();
        settle(store, &path)?;
        let mut run = Run::resume(store, journal);
        let withdrawn = run.carry_out(&mut |path, bytes| rebase(&note, path, bytes))?;
        tracing::info!(%id, ?withdrawn, "an unfinished transaction was carried to its end");
        recovered.push(Recovered { id, note, withdrawn, conflicts: run.conflicts });
    }
    sweep(store)?;
    Ok(recovered)
}

/// Flushes a journal and its name. Whoever wrote it may have ended before; and nothing may be
/// installed under a journal that a power cut would take away.
fn settle(store: &Store, path: &Path) -> Result<(), StoreError> {
    if !store.durable() {
        return Ok(());
    }
    let file = store.vfs.open(path).doing("open", path)?;
    store.vfs.sync(&file).doing("flush", path)?;
    store.vfs.sync_dir(&store.layout.tx()).doing("flush", path)
}

/// Clears away what belongs to no journal: nothing of it was ever looked at.
fn sweep(store: &Store) -> Result<(), StoreError> {
    let names = under_way(store)?;
    let mut prefixes: BTreeSet<_> =
        names.iter().map(|name| name.split('.').next().unwrap_or_default()).collect();
    // A journal that was not there before is that of somebody whose lock was removed.
    for committed in names.iter().filter_map(|name| name.strip_suffix(".journal")) {
        prefixes.remove(committed);
    }
    for prefix in prefixes {
        graveyard::bury(store, prefix, &HashMap::new());
    }
    Ok(())
}

/// Reads a journal and believes it only if everything about it is right.
fn load(store: &Store, path: &Path, name: &str) -> Result<Journal, StoreError> {
    let vfs = &*store.vfs;
    let found = vfs.metadata(path).doing("look at", path)?;
    let fault = if found.kind != vfs::Kind::File {
        Some("it is not a regular file")
    } else if found.uid != vfs.user() && vfs.user() != 0 {
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
    if name.strip_suffix(".journal") != Some(journal.id.as_str()) {
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
fn quarantine(store: &Store, path: &Path, name: &str, reason: &str) -> StoreError {
    let (vfs, tx) = (&*store.vfs, store.layout.tx());
    let prefix = name.strip_suffix("journal").unwrap_or(name);
    for slot in vfs::list(vfs, &tx).unwrap_or_default() {
        if slot != name
            && slot.starts_with(prefix)
            && let Err(error) = put_aside(store, &tx.join(&slot), &slot)
        {
            tracing::warn!(%error, slot, "a slot of a damaged journal stays");
        }
    }
    // Where it cannot be moved it stays, and is refused again.
    let journal = put_aside(store, path, name).unwrap_or_else(|_| path.to_path_buf());
    StoreError::Corrupt { journal, reason: reason.to_string() }
}

/// Moves a file to where conflicts are kept, under a name that is free; where it is now.
fn put_aside(store: &Store, path: &Path, name: &str) -> io::Result<PathBuf> {
    let mut number = 0_u32;
    loop {
        let aside = store.layout.conflicts().join(format!("{name}.{number}"));
        match store.vfs.rename_new(path, &aside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            answer => return answer.map(|()| aside),
        }
    }
}
