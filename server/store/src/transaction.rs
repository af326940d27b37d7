//! Floor 9: the change of several files as one: all of them or none, whatever happens in between.
//!
//! The stages are types. [`Locked`] proves the locks, [`Planned`] that every file is as the
//! caller read it, [`Staged`] that the new content is on disk beside the old. [`Staged::commit`]
//! ends either way in an [`CommitOutcome`]. Each file is installed by exchanging it with its *slot*, so
//! that what stood there is in hand afterwards and can be looked at: if somebody saved in between,
//! the intent is applied anew to what they saved. See `server/docs/transactions.md`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::StoreError;
use crate::history::{self, Note, Observed, RecordedOperation};
use crate::id::TxId;
use crate::layout::{self, Layout};
use crate::lock::HeldWorkspaceLock;
use crate::path::RelPath;
use crate::recovery::{self, Recovered};
use crate::register;
use crate::retained::{self, LateWrite};
use crate::store::Store;

mod commit;
mod plan;
mod stage;
#[cfg(test)]
mod tests;

pub use plan::Planned;
pub use stage::Staged;

pub use crate::roll_forward::{Conflict, Rebase, RebaseFn, RecoverFn};

/// What a file must be for a change to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// There is no such file.
    Absent,
    /// The file has this content.
    Content(Arc<[u8]>),
}

impl Expect {
    /// What is expected of a file that was read as `bytes`; `None` where there was none.
    pub fn read_as(bytes: Option<&[u8]>) -> Expect {
        bytes.map_or(Expect::Absent, |bytes| Expect::Content(bytes.into()))
    }

    /// Whether this is what is expected; `None` is no file.
    pub fn is(&self, bytes: Option<&[u8]>) -> bool {
        match self {
            Expect::Absent => bytes.is_none(),
            Expect::Content(content) => bytes == Some(&**content),
        }
    }
}

/// What is to become of one file.
#[derive(Clone, Debug)]
pub struct Target {
    /// Which file. Links are followed: what changes is the file, and the link stays.
    pub path: RelPath,
    /// What it must be.
    pub pre: Expect,
    /// What it shall be; `None` for no file. A target that shall be what it is only has to be so
    /// at the commit.
    pub post: Option<Arc<[u8]>>,
    /// The file that one which is created was before it was moved here: it is given the owner,
    /// permissions and attributes of that one. Any other file keeps its own.
    pub moved_from: Option<RelPath>,
}

/// How a transaction ended.
#[derive(Debug)]
#[must_use = "a transaction may have been withdrawn"]
pub enum CommitOutcome {
    /// Every file of every root has its new state: what became of each part, in their order.
    Committed(Vec<Committed>),
    /// Every file has its old state, or what somebody else saved meanwhile.
    Aborted(Aborted),
}

/// What a transaction that took place did in one root.
#[derive(Debug)]
pub struct Committed {
    /// Its name.
    pub id: TxId,
    /// The files that it changed, in the order of the targets.
    pub files: Vec<FileChange>,
    /// What the history says of it; `None` where nothing had to be changed.
    pub operation: Option<RecordedOperation>,
    /// What could not be brought together.
    pub conflicts: Vec<Conflict>,
}

/// A transaction that was withdrawn after somebody else changed one of its files.
#[derive(Debug)]
pub struct Aborted {
    /// Its name.
    pub id: TxId,
    /// Why, as a clause.
    pub reason: String,
    /// What could not be brought together.
    pub conflicts: Vec<Conflict>,
}

/// What a transaction did to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file as the caller named it.
    pub path: RelPath,
    /// Its content before; `None` where there was no file.
    pub before: Option<Arc<[u8]>>,
    /// Its content after; `None` where there is no file.
    pub after: Option<Arc<[u8]>>,
    /// Whether somebody saved it meanwhile, so that it is not what was planned.
    pub rebased: bool,
}

/// What is to become of one root.
#[derive(Clone, Debug)]
pub struct TransactionPart {
    /// Which, by its place among [`Locked::roots`].
    pub root: usize,
    /// For its journal and its history.
    pub note: Note,
    /// Its files.
    pub targets: Vec<Target>,
}

/// Where transactions begin.
#[derive(Clone, Copy, Debug)]
pub struct Transaction;

impl Transaction {
    /// Locks `stores`, which all differ, waiting for at most `deadline` for each, and finishes what an
    /// earlier process left there; `rebase` is asked where somebody changed a file of that meanwhile.
    /// One transaction can change files in all of them. The locks are taken in the order of the paths,
    /// so that two that wait for each other cannot be.
    ///
    /// [`StoreError::Busy`] where a lock is not to be had, [`StoreError::Corrupt`] and
    /// [`StoreError::Unfinished`] where there is no clean state to begin from.
    pub fn begin<'s>(
        stores: &[&'s Store],
        deadline: Duration,
        rebase: &mut RecoverFn<'_>,
    ) -> Result<Locked<'s>, StoreError> {
        let (held, recovered) = recovery::lock(stores, deadline, rebase)?;
        let roots = stores.iter().zip(held).map(|(store, held)| {
            let late = retained::sweep(store);
            LockedRoot { store, held, late }
        });
        Ok(Locked { roots: roots.collect(), recovered })
    }
}

/// Whether a transaction in the workspace at `root` is committed and not done yet, or was left so: its files
/// may be exchanged in part. A look at the folder alone, for whoever reads files and can wait a moment.
pub fn is_under_way(root: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(Layout::new(root).tx()) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_str().is_some_and(layout::is_journal))
}

/// Workspaces that this process has locked, and in which nothing is unfinished.
#[derive(Debug)]
#[must_use = "the locks are given up when this is dropped"]
pub struct Locked<'s> {
    roots: Vec<LockedRoot<'s>>,
    recovered: Vec<Recovered>,
}

impl<'s> Locked<'s> {
    /// The roots, in the order in which they were given.
    pub fn roots(&self) -> &[LockedRoot<'s>] {
        &self.roots
    }

    /// What was finished before this began.
    pub fn recovered(&self) -> &[Recovered] {
        &self.recovered
    }

    /// Adds to the history of every root what came about without a transaction.
    pub fn observe(&self, observed: &Observed) -> Result<(), StoreError> {
        self.roots.iter().try_for_each(|root| history::observe(root.store, observed))
    }
}

/// One of the workspaces that this process has locked.
#[derive(Debug)]
pub struct LockedRoot<'s> {
    store: &'s Store,
    held: HeldWorkspaceLock,
    late: Vec<LateWrite>,
}

impl LockedRoot<'_> {
    /// Files that somebody wrote to after a transaction had taken them out.
    pub fn late_writes(&self) -> &[LateWrite] {
        &self.late
    }

    /// The content of a file; `None` where there is none. Waits a while for a program that is
    /// writing it; [`StoreError::Refused`] where that does not end.
    pub fn read(&self, path: &RelPath) -> Result<Option<Vec<u8>>, StoreError> {
        plan::stable_read(self.store, path).map(|read| read.content)
    }

    /// Adds to the history what came about without a transaction.
    pub fn observe(&self, observed: &Observed) -> Result<(), StoreError> {
        history::observe(self.store, observed)
    }

    /// What callers keep in the register; `None` where there is nothing.
    pub fn kept(&self) -> Result<Option<Vec<u8>>, StoreError> {
        register::read(self.store)
    }

    /// Keeps this in the register, in the place of what is there.
    pub fn keep(&self, bytes: &[u8]) -> Result<(), StoreError> {
        register::replace(self.store, bytes)
    }

    /// The store that is locked.
    pub fn store(&self) -> &Store {
        self.store
    }
}
