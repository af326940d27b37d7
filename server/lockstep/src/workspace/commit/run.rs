//! One transaction, from its targets to what is on disk afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::change;
use lockstep_analysis::model::FilePath;
use lockstep_store::error::StoreError;
use lockstep_store::history::Note;
use lockstep_store::path::RelPath;
use lockstep_store::transaction::{Aborted, Committed, LockedRoot, Outcome, Rebase, Target};

use crate::workspace::commit::{CommitError, Recorded, withdrawn};

/// Why a transaction did not take place.
#[derive(Debug)]
pub(super) enum Failure {
    Store(StoreError),
    /// It was withdrawn; and what is to be said of files that could not be put back.
    Withdrawn(Aborted, String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> CommitError {
        let (aborted, left) = match failure {
            Failure::Store(error) => return error.into(),
            Failure::Withdrawn(aborted, left) => (aborted, left),
        };
        let kept: Vec<String> =
            aborted.conflicts.iter().map(|c| c.copy.display().to_string()).collect();
        let kept = match kept.is_empty() {
            true => String::new(),
            false => format!("; what was saved meanwhile is kept in {}", kept.join(", ")),
        };
        let reason = aborted.reason;
        let message = format!("the change was withdrawn from every file: {reason}{kept}{left}");
        CommitError::Conflict(message)
    }
}

/// Carries a transaction out, unless `changed` names a file that it hangs on too. `rebase` is asked for
/// every file that somebody saved meanwhile.
pub(super) fn run(
    locked: &LockedRoot<'_>,
    note: Note,
    targets: Vec<Target>,
    changed: &dyn Fn() -> Option<RelPath>,
    rebase: &mut dyn FnMut(&RelPath, &[u8]) -> Rebase,
) -> Result<Committed, Failure> {
    let planned = targets.clone();
    match locked.plan(note, targets)?.based_on(changed).stage()?.commit(rebase)? {
        Outcome::Committed(committed) => Ok(committed),
        Outcome::Aborted(aborted) => {
            let left = withdrawn::left_over(locked.store().root(), &planned);
            Err(Failure::Withdrawn(aborted, left))
        }
    }
}

/// What the workspace is after these targets.
pub(super) fn after(analysis: &Analysis, targets: &[Target]) -> Analysis {
    let text = |bytes: &[u8]| -> Arc<str> { String::from_utf8_lossy(bytes).into() };
    let texts: BTreeMap<FilePath, Option<Arc<str>>> = targets
        .iter()
        .map(|target| (FilePath::new(target.path.as_str()), target.post.as_deref().map(text)))
        .collect();
    analysis.with_texts(&texts)
}

/// Reads every file back. Somebody may have saved one since; the statuses that were changed must
/// stand all the same.
pub(super) fn verify(
    folder: &Path,
    committed: &Committed,
    recorded: &Recorded,
    after: &Analysis,
) -> Result<(), CommitError> {
    let mut saved = BTreeMap::new();
    for file in &committed.files {
        let found = std::fs::read(file.path.below(folder)).ok();
        if found != file.after {
            let text = found.map(|bytes| String::from_utf8_lossy(&bytes).into());
            saved.insert(FilePath::new(file.path.as_str()), text);
        }
    }
    if saved.is_empty() {
        return Ok(());
    }
    let tasks = recorded.tasks();
    let lost = change::status_changes(after, &after.with_texts(&saved));
    match lost.iter().find(|change| tasks.contains(change.task.as_str())) {
        None => Ok(()),
        Some(change) => Err(CommitError::Conflict(format!(
            "transaction {} took place, but somebody saved over it right after, and task {} is not \
             as it should be; look at it, and repeat the command",
            committed.id, change.task
        ))),
    }
}
