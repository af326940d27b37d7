//! Floor 8: carries to its end what an earlier process left unfinished. What was not committed is
//! cleared away; what was committed goes forward, or back where it was on the way back, by the same
//! code that commits.
//!
//! What is unfinished in several roots is carried to its end in all of them, from whichever of them
//! somebody begins. For that all their locks are taken, in the order of their paths; a lock that is
//! held is given up first, for it may come later in that order.

mod others;
mod record;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Doing, StoreError};
use crate::history::Note;
use crate::id::TxId;
use crate::journal::Journal;
use crate::layout::{self, JOURNAL, REFERENCE};
use crate::lock::HeldWorkspaceLock;
use crate::own;
use crate::retained;
use crate::roll_forward::{Conflict, Participant, Participants, Rebase, RecoverFn};
use crate::store::Store;
use crate::vfs::{self, FileKind};

/// A transaction that was carried to its end by a later process.
#[derive(Debug)]
pub struct Recovered {
    /// Its name.
    pub id: TxId,
    /// The note that its caller gave.
    pub note: Note,
    /// The roots in which that was done.
    pub roots: Vec<PathBuf>,
    /// Why it was withdrawn, as a clause; `None` where it took place.
    pub withdrawn: Option<String>,
    /// What could not be brought together.
    pub conflicts: Vec<Conflict>,
}

/// Whether a transaction is unfinished, told without the lock.
pub fn is_pending(store: &Store) -> Result<bool, StoreError> {
    let look = || {
        let tx = own::entry(&*store.vfs, &store.layout.tx(), FileKind::Folder);
        Ok(store.is_kept()? && tx?.is_some() && !journals(store)?.is_empty())
    };
    match look() {
        Err(StoreError::Strange(_)) => Ok(false),
        answer => answer,
    }
}

/// The names of journals and references.
fn journals(store: &Store) -> Result<Vec<String>, StoreError> {
    let tx = store.layout.tx();
    let mut names = vfs::list(&*store.vfs, &tx).doing("list", &tx)?;
    names.retain(|name| layout::is_journal(name));
    Ok(names)
}

fn journals_of(stores: &[&Store]) -> Result<Vec<Vec<String>>, StoreError> {
    stores.iter().map(|store| journals(store)).collect()
}

/// Locks several roots in the order of their paths. The answer is in the order of `stores`.
fn acquire_all(
    stores: &[&Store],
    deadline: Duration,
) -> Result<Vec<HeldWorkspaceLock>, StoreError> {
    let mut order: Vec<(usize, &Store)> = stores.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.root.cmp(&b.root));
    let mut held = Vec::new();
    for (place, store) in order {
        held.push((place, HeldWorkspaceLock::acquire(store, deadline)?));
    }
    held.sort_by_key(|(place, _)| *place);
    Ok(held.into_iter().map(|(_, held)| held).collect())
}

/// Locks `stores` and finishes what is unfinished there. The locks are in the order of `stores`.
pub(crate) fn lock(
    stores: &[&Store],
    deadline: Duration,
    rebase: &mut RecoverFn<'_>,
) -> Result<(Vec<HeldWorkspaceLock>, Vec<Recovered>), StoreError> {
    let mut recovered = Vec::new();
    loop {
        let held = acquire_all(stores, deadline)?;
        let journals = journals_of(stores)?;
        let needed = others::needed(stores, &journals)?;
        if needed.is_empty() {
            recovered.extend(recover(stores, &journals, rebase)?);
            return Ok((held, recovered));
        }
        drop(held);
        // Others may leave something unfinished before the locks are taken again; each round ends
        // what somebody left.
        recovered.extend(recover_with(stores, needed, deadline, rebase)?);
    }
}

/// Carries to its end what is unfinished in `stores` and in the roots that it needs.
fn recover_with(
    stores: &[&Store],
    mut needed: Vec<PathBuf>,
    deadline: Duration,
    rebase: &mut RecoverFn<'_>,
) -> Result<Vec<Recovered>, StoreError> {
    let Some(like) = stores.first() else { return Ok(Vec::new()) };
    let mut more: Vec<Store> = Vec::new();
    loop {
        more.extend(needed.into_iter().map(|root| like.at(root)));
        let all: Vec<&Store> = stores.iter().copied().chain(&more).collect();
        let held = acquire_all(&all, deadline)?;
        let journals = journals_of(&all)?;
        needed = others::needed(&all, &journals)?;
        if needed.is_empty() {
            return recover(&all, &journals, rebase);
        }
        drop(held);
    }
}

/// Carries to its end what is unfinished in `stores`, which are locked and have these journals.
fn recover(
    stores: &[&Store],
    journals: &[Vec<String>],
    rebase: &mut RecoverFn<'_>,
) -> Result<Vec<Recovered>, StoreError> {
    let found = |end: &'static str| {
        let all = stores.iter().zip(journals);
        let all = all.flat_map(|(store, names)| names.iter().map(move |name| (*store, name)));
        all.filter(move |(_, name)| name.ends_with(end))
    };
    for (store, name) in found(REFERENCE) {
        check_reference(stores, store, name)?;
    }
    let mut recovered = Vec::new();
    for (store, name) in found(JOURNAL) {
        let journal = record::load(store, name)?;
        recovered.extend(complete(stores, store, journal, rebase)?);
    }
    // What is left has nobody who decides.
    for (store, name) in found(REFERENCE) {
        let path = store.layout.tx().join(name);
        if vfs::metadata(&*store.vfs, &path).doing("look at", &path)?.is_some() {
            let journal = record::load(store, name)?;
            recovered.extend(complete(stores, store, journal, rebase)?);
        }
    }
    stores.iter().try_for_each(|store| sweep(store))?;
    Ok(recovered)
}

/// Carries one transaction to its end, in all of `stores` that it is about. `None` where it was not
/// committed.
fn complete(
    stores: &[&Store],
    store: &Store,
    journal: Journal,
    rebase: &mut RecoverFn<'_>,
) -> Result<Option<Recovered>, StoreError> {
    let id = journal.id.clone();
    let unfinished = |source| StoreError::Unfinished { id: id.clone(), source };
    let note = journal.operation.note.clone();
    let undecided = journal.position() != 0;
    let (mut participants, given_up) = gather(stores, store, journal)?;
    let acknowledged = participants.acknowledged_elsewhere;
    participants.look_at_slots().map_err(unfinished)?;
    if undecided && !acknowledged && participants.never_decided().map_err(unfinished)? {
        participants.close().map_err(unfinished)?;
        return Ok(None);
    }
    settle(&participants)?;
    let withdrawn = if !undecided && given_up && !participants.acknowledged().map_err(unfinished)? {
        participants.roll_back().map_err(unfinished)?;
        Some("another of its roots has given it up".to_string())
    } else {
        let notes = participants.notes();
        participants.complete(&id, &mut |root, path, bytes| match notes.get(root) {
            Some(note) => rebase(root, note, path, bytes),
            None => Rebase::Invalid("its intent is not known".to_string()),
        })?
    };
    tracing::info!(%id, ?withdrawn, "completed an unfinished transaction");
    let roots = participants.all.iter().map(|one| one.root().to_path_buf()).collect();
    let conflicts = participants.all.into_iter().flat_map(|one| one.conflicts).collect();
    Ok(Some(Recovered { id, note, roots, withdrawn, conflicts }))
}

/// The transaction in all of `stores` that have a journal of it, and whether a root that has none has
/// given it up: one that stands, and whose history does not have it, took it for undecided while some
/// other root was away.
fn gather<'s>(
    stores: &[&'s Store],
    store: &'s Store,
    journal: Journal,
) -> Result<(Participants<'s>, bool), StoreError> {
    let mut all = Vec::new();
    let (mut acknowledged_elsewhere, mut given_up) = (false, false);
    for (position, root) in others::others(&journal) {
        let other = stores.iter().find(|other| *other.root == *Path::new(root));
        match other {
            Some(other) if others::knows(store, &journal, position)? => {
                let path = other.layout.journal_at(&journal.id, position);
                let name = name_of(&path);
                let found = record::load(other, name)?;
                if found.participants != journal.participants {
                    let reason = "it is about other roots than its counterpart";
                    return Err(record::quarantine(other, &path, name, reason));
                }
                all.push(Participant::resume(other, found, path));
            }
            _ => match others::standing(store, &journal, position)? {
                Some(other) if others::acknowledged(&other, &journal)? => {
                    acknowledged_elsewhere = true;
                }
                Some(_) => given_up = true,
                None => {}
            },
        }
    }
    let path = store.layout.journal_at(&journal.id, journal.position());
    all.insert(0, Participant::resume(store, journal, path));
    Ok((Participants { all, acknowledged_elsewhere }, given_up))
}

/// Refuses a reference that the root which decides does not know of, though it has a journal of that
/// name.
fn check_reference(stores: &[&Store], store: &Store, name: &str) -> Result<(), StoreError> {
    let reference = record::load(store, name)?;
    let first = reference.participants.first().map(Path::new);
    let first = stores.iter().find(|other| Some(other.root()) == first);
    if let Some(first) = first
        && others::knows(store, &reference, 0)?
    {
        let decides = first.layout.journal(&reference.id);
        if record::load(first, name_of(&decides))?.participants != reference.participants {
            let path = store.layout.reference(&reference.id);
            let reason = "the root that it names does not name it";
            return Err(record::quarantine(store, &path, name, reason));
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// Flushes the journals and their names. Whoever wrote it may have ended before; and nothing may be
/// installed under a journal that a power cut would take away.
fn settle(participants: &Participants<'_>) -> Result<(), StoreError> {
    for one in &participants.all {
        let (store, path) = (one.store(), one.path());
        if store.durable() {
            let file = store.vfs.open(path).doing("open", path)?;
            store.vfs.sync(&file).doing("flush", path)?;
            store.vfs.sync_dir(&store.layout.tx()).doing("flush", path)?;
        }
    }
    Ok(())
}

/// Clears away what belongs to no journal: nothing of it was ever looked at.
fn sweep(store: &Store) -> Result<(), StoreError> {
    let tx = store.layout.tx();
    let names = vfs::list(&*store.vfs, &tx).doing("list", &tx)?;
    let mut prefixes: BTreeSet<_> =
        names.iter().map(|name| name.split('.').next().unwrap_or_default()).collect();
    // A journal that was not there before is that of somebody whose lock was removed.
    for end in [JOURNAL, REFERENCE] {
        for committed in names.iter().filter_map(|name| name.strip_suffix(end)) {
            prefixes.remove(committed);
        }
    }
    for prefix in prefixes.into_iter().filter(|prefix| own::transaction_of(prefix).is_some()) {
        retained::retain(store, prefix, &HashMap::new());
    }
    Ok(())
}
