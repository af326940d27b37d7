//! One transaction over several roots, as the linked worktrees of a repository. The stages are those
//! of one root, side by side; what unites them is the journal of the first, which decides for all.

use std::collections::HashSet;
use std::path::Path;

use super::commit::{Ended, aborted, commit};
use super::{Aborted, Committed, LockedRoot, Planned, RebaseRootsFn, Staged, Target};
use crate::error::StoreError;
use crate::history::Note;
use crate::id::TxId;
use crate::path::RelPath;

/// Workspaces that this process has locked, and in which nothing is unfinished.
#[derive(Debug)]
#[must_use = "the locks are given up when this is dropped"]
pub struct LockedRoots<'s> {
    pub(super) roots: Vec<LockedRoot<'s>>,
}

/// What is to become of one of the roots.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which, by its place among [`LockedRoots::roots`].
    pub root: usize,
    /// For its journal and its history, as with one root.
    pub note: Note,
    /// Its files.
    pub targets: Vec<Target>,
}

/// A change of several roots whose files are all as the caller expects.
#[derive(Debug)]
#[must_use = "nothing is changed yet"]
pub struct PlannedRoots<'l>(Vec<Planned<'l>>);

/// A change of several roots whose new content is on disk, and which waits to be committed.
#[derive(Debug)]
#[must_use = "nothing is changed until it is committed"]
pub struct StagedRoots<'l> {
    id: TxId,
    parts: Vec<Staged<'l>>,
}

/// How a transaction over several roots ended.
#[derive(Debug)]
#[must_use = "a transaction may have been withdrawn"]
pub enum RootsOutcome {
    /// Every file of every root has its new state: what became of each part, in their order.
    Committed(Vec<Committed>),
    /// Every file has its old state, or what somebody else saved meanwhile.
    Aborted(Aborted),
}

impl<'s> LockedRoots<'s> {
    /// The roots, in the order in which they were given.
    pub fn roots(&self) -> &[LockedRoot<'s>] {
        &self.roots
    }

    /// As [`LockedRoot::plan`], for several roots.
    pub fn plan<'l>(&'l self, parts: Vec<Part>) -> Result<PlannedRoots<'l>, StoreError>
    where
        's: 'l,
    {
        let mut files = HashSet::new();
        let mut planned = Vec::new();
        for Part { root, note, targets } in parts {
            let Some(locked) = self.roots.get(root) else {
                let source = std::io::Error::other("it is not locked");
                return Err(StoreError::Io { action: format!("plan for root {root}"), source });
            };
            let path = locked.store.root();
            if path.to_str().is_none() {
                let source = std::io::Error::other("its path is not UTF-8");
                return Err(StoreError::Io { action: format!("name {}", path.display()), source });
            }
            let part = locked.plan(note, targets).map_err(|error| in_root(path, error))?;
            // A root may lie within another.
            for file in &part.files {
                if !files.insert(file.entry.path.below(locked.store.root())) {
                    let reason = "the same file is changed in two roots".to_string();
                    return Err(StoreError::Refused { path: file.entry.named.clone(), reason });
                }
            }
            planned.push(part);
        }
        Ok(PlannedRoots(planned))
    }
}

/// The error, with the root: the path alone does not tell which file it is about.
fn in_root(root: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Refused { path, reason } => {
            StoreError::Refused { path, reason: format!("{reason} (in {})", root.display()) }
        }
        other => other,
    }
}

impl<'l> PlannedRoots<'l> {
    /// As [`Planned::based_on`], for several roots.
    pub fn based_on(self, changed: &'l dyn Fn() -> Option<RelPath>) -> PlannedRoots<'l> {
        let mut parts = self.0.into_iter();
        let first = parts.next().map(|first| first.based_on(changed));
        PlannedRoots(first.into_iter().chain(parts).collect())
    }

    /// As [`Planned::stage`], for several roots.
    pub fn stage(self) -> Result<StagedRoots<'l>, StoreError> {
        let mut staged = StagedRoots { id: TxId::random(), parts: Vec::new() };
        for planned in self.0 {
            match planned.stage_as(staged.id.clone()) {
                Ok(part) => staged.parts.push(part),
                Err(error) => {
                    staged.abandon();
                    return Err(error);
                }
            }
        }
        Ok(staged)
    }
}

impl StagedRoots<'_> {
    /// The name of the transaction.
    pub fn id(&self) -> &TxId {
        &self.id
    }

    /// Gives the change up; the files stay as they are.
    pub fn abandon(self) {
        self.parts.into_iter().for_each(Staged::abandon);
    }

    /// As [`Staged::commit`], for several roots. `rebase` is told the root as well.
    pub fn commit(self, rebase: &mut RebaseRootsFn<'_>) -> Result<RootsOutcome, StoreError> {
        let Ended { participants, withdrawn } = commit(&self.parts, rebase)?;
        let all = participants.all;
        if let Some(reason) = withdrawn {
            return Ok(RootsOutcome::Aborted(aborted(self.id, reason, all)));
        }
        let mut all = all.into_iter();
        let committed = self.parts.into_iter().map(|part| {
            let participant = if part.files.is_empty() { None } else { all.next() };
            part.committed(participant)
        });
        Ok(RootsOutcome::Committed(committed.collect()))
    }
}

impl LockedRoots<'_> {
    /// The root at this path, by its place.
    pub fn position(&self, root: &Path) -> Option<usize> {
        self.roots.iter().position(|locked| locked.store.root() == root)
    }
}
