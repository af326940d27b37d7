//! Intents committed to disk: the only place where a plan meets the store. A request is planned on
//! what the files say under the lock, and planned anew on whatever somebody else saved meanwhile.

mod folders;
mod recorded;
mod request;
mod undo;
mod withdrawn;

pub use folders::movable;
pub use recorded::{Recorded, StatusChange};
pub use request::{Action, Planned, Request, plan};
pub use undo::Undone;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lockstep_analysis::Analysis;
use lockstep_analysis::change;
use lockstep_analysis::model::FilePath;
use lockstep_store::history::{self, Note, Operation};
use lockstep_store::loader;
use lockstep_store::path::RelPath;
use lockstep_store::store::{Options, Store, StoreError};
use lockstep_store::transaction::{
    Aborted, Committed, Expect, LockedRoot, Outcome, Rebase, Target, Transaction,
};

use crate::report::{SCHEMA, SetReport};
use crate::workspace::local::LocalWorkspace;

/// How long a command waits for somebody else's transaction.
const DEADLINE: Duration = Duration::from_secs(10);

/// How often a request is planned anew because somebody saved meanwhile.
const ROUNDS: u32 = 5;

/// Why nothing was committed.
#[derive(Debug)]
pub enum CommitError {
    /// The request itself is wrong.
    Usage(String),
    /// What it asks for is not to be had; the reason, and what can be done.
    Refused(String),
    /// Somebody else changed or holds what it needs.
    Conflict(String),
    /// A fault of the machine or of this program.
    Internal(String),
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommitError::Usage(message)
            | CommitError::Refused(message)
            | CommitError::Conflict(message)
            | CommitError::Internal(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for CommitError {}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> CommitError {
        let message = error.to_string();
        match error {
            StoreError::Busy { .. } | StoreError::Stale { .. } => CommitError::Conflict(message),
            StoreError::Refused { .. } | StoreError::Path(_) => CommitError::Refused(message),
            StoreError::Corrupt { .. } | StoreError::Unfinished { .. } | StoreError::Io { .. } => {
                CommitError::Internal(message)
            }
        }
    }
}

/// Whether tasks may be kept in a file. Nothing else ever stands in a plan, so nothing else may stand
/// in a journal or in a history.
fn is_task_file(path: &RelPath) -> bool {
    [".md", ".json"].iter().any(|end| path.as_str().ends_with(end))
}

/// The store of a workspace. Nothing on disk changes by opening it.
pub fn open_store(root: &Path) -> Result<Store, CommitError> {
    Store::open(root, Options::default())
        .map(|store| store.accepting(is_task_file))
        .map_err(|error| CommitError::Internal(format!("{}: {error}", root.display())))
}

/// Carries a request out: every file of it, or none. What is already as it should be is left alone.
pub fn commit(
    workspace: &mut LocalWorkspace,
    request: &Request,
    who: &str,
) -> Result<SetReport, CommitError> {
    // A request that changes nothing leaves no trace, not even a lock.
    let first = plan(request, workspace.analysis())?;
    if first.texts.is_empty() {
        return Ok(report(None, first));
    }
    let store = open_store(workspace.folder())?;
    let folder = workspace.folder().to_owned();
    let locked = begin(&store, &folder)?;
    let mut round = 0;
    loop {
        workspace.rescan();
        let planned = plan(request, workspace.analysis())?;
        if planned.texts.is_empty() {
            return Ok(report(None, planned));
        }
        let analysis = workspace.analysis().clone();
        let mut targets = targets(&folder, &analysis, &planned.texts)?;
        targets.extend(folders::targets(&locked, &analysis, &planned.moves)?);
        let recorded = Recorded::new(request, &analysis, &planned.after);
        let rebase = &mut |path: &RelPath, bytes: &[u8]| replan(request, &analysis, path, bytes);
        let committed = match run(&locked, recorded.note(who)?, targets, rebase) {
            // Somebody saved between the look and the commit: their text is looked at instead.
            Err(Failure::Store(StoreError::Stale { .. })) if round < ROUNDS => {
                round += 1;
                continue;
            }
            answer => answer?,
        };
        verify(&folder, &committed, &recorded, &planned.after)?;
        drop(locked);
        workspace.rescan();
        return Ok(report(Some(committed.id.to_string()), planned));
    }
}

/// Locks the store. What an earlier process left unfinished is carried to its end first.
pub fn begin<'s>(store: &'s Store, folder: &Path) -> Result<LockedRoot<'s>, CommitError> {
    let mut workspace: Option<Analysis> = None;
    let locked = Transaction::begin(store, DEADLINE, &mut |note, path, bytes| {
        let Some(Recorded { request, .. }) = Recorded::in_note(note) else {
            return Rebase::Invalid("its intent cannot be read".to_owned());
        };
        if let Action::Undo { transaction } = &request.action {
            let operations = history::read(store).unwrap_or_default();
            return match operations.iter().find(|operation| operation.id == *transaction) {
                Some(operation) => undo::rebase(operation, path, bytes),
                None => Rebase::Invalid(format!("transaction {transaction} is not in the history")),
            };
        }
        if workspace.is_none() {
            workspace = LocalWorkspace::open(folder).ok().map(|w| w.analysis().clone());
        }
        match &workspace {
            Some(analysis) => replan(&request, analysis, path, bytes),
            None => Rebase::Invalid("the workspace cannot be read".to_owned()),
        }
    });
    Ok(locked?)
}

fn report(transaction: Option<String>, planned: Planned) -> SetReport {
    SetReport { schema: SCHEMA, transaction, results: planned.results }
}

/// Why a transaction did not take place.
#[derive(Debug)]
enum Failure {
    Store(StoreError),
    Withdrawn(Aborted),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> CommitError {
        let aborted = match failure {
            Failure::Store(error) => return error.into(),
            Failure::Withdrawn(aborted) => aborted,
        };
        let kept: Vec<String> =
            aborted.conflicts.iter().map(|c| c.copy.display().to_string()).collect();
        let kept = match kept.is_empty() {
            true => String::new(),
            false => format!("; what was saved meanwhile is kept in {}", kept.join(", ")),
        };
        let reason = aborted.reason;
        CommitError::Conflict(format!("the change was withdrawn from every file: {reason}{kept}"))
    }
}

fn run(
    locked: &LockedRoot<'_>,
    note: Note,
    targets: Vec<Target>,
    rebase: &mut dyn FnMut(&RelPath, &[u8]) -> Rebase,
) -> Result<Committed, Failure> {
    let planned = targets.clone();
    match locked.plan(note, targets)?.stage()?.commit(rebase)? {
        Outcome::Committed(committed) => Ok(committed),
        Outcome::Aborted(mut aborted) => {
            aborted.reason.push_str(&withdrawn::left_over(locked.store().root(), &planned));
            Err(Failure::Withdrawn(aborted))
        }
    }
}

/// What each file must be and shall become.
fn targets(
    folder: &Path,
    analysis: &Analysis,
    texts: &BTreeMap<FilePath, Option<Arc<str>>>,
) -> Result<Vec<Target>, CommitError> {
    let mut targets = Vec::new();
    for (path, after) in texts {
        let rel =
            RelPath::new(path.as_str()).map_err(|error| CommitError::Refused(error.to_string()))?;
        let pre = match analysis.index.document(path.as_str()) {
            Some((_, document)) => {
                let exact = loader::read(&rel.below(folder)).is_ok_and(|file| file.exact);
                if !exact {
                    return Err(CommitError::Refused(format!(
                        "{path} is not UTF-8; convert it first, so that no byte is lost"
                    )));
                }
                Expect::read_as(Some(document.text.as_bytes()))
            }
            None => Expect::Absent,
        };
        let post = after.as_ref().map(|text| text.as_bytes().to_vec());
        targets.push(Target { path: rel, pre, post });
    }
    Ok(targets)
}

/// The request applied to what somebody else gave to a file.
fn replan(request: &Request, analysis: &Analysis, path: &RelPath, bytes: &[u8]) -> Rebase {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Rebase::Invalid(format!("{path} was saved with bytes that are not UTF-8"));
    };
    let file = FilePath::new(path.as_str());
    let saved = BTreeMap::from([(file.clone(), Some(Arc::from(text)))]);
    let planned = match plan(request, &analysis.with_texts(&saved)) {
        Ok(planned) => planned,
        Err(error) => return Rebase::Invalid(error.to_string()),
    };
    if let Some(refused) = planned.results.iter().find_map(|r| r.refusal()) {
        return Rebase::Invalid(refused.to_owned());
    }
    if planned.moves.values().any(|to| *to == file) || planned.moves.contains_key(&file) {
        return Rebase::Invalid(format!("{path} was saved while its folder was being moved"));
    }
    match planned.texts.get(&file) {
        Some(Some(after)) => Rebase::Bytes(after.as_bytes().to_vec()),
        _ => Rebase::Unchanged,
    }
}

/// Reads every file back. Somebody may have saved one since; the statuses that were changed must
/// stand all the same.
fn verify(
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

/// The operations of a workspace, the oldest first.
pub fn operations(root: &Path) -> Result<Vec<Operation>, CommitError> {
    Ok(history::read(&open_store(root)?)?)
}

/// Reverses an operation, or the newest that can be.
pub fn reverse(
    workspace: &mut LocalWorkspace,
    transaction: Option<&str>,
    at: &str,
    who: &str,
) -> Result<Undone, CommitError> {
    let store = open_store(workspace.folder())?;
    let folder: PathBuf = workspace.folder().to_owned();
    undo::choose(&history::read(&store)?, transaction)?;
    let locked = begin(&store, &folder)?;
    let operations = history::read(&store)?;
    let found = undo::choose(&operations, transaction)?;
    let request =
        Request { at: at.to_owned(), action: Action::Undo { transaction: found.id.clone() } };
    let mut round = 0;
    let (committed, recorded, after) = loop {
        workspace.rescan();
        let targets = undo::targets(&locked, &operations, found)?;
        let after = undo::check(workspace.analysis(), found, &targets)?;
        let recorded = Recorded::new(&request, workspace.analysis(), &after);
        let rebase = &mut |path: &RelPath, bytes: &[u8]| undo::rebase(found, path, bytes);
        match run(&locked, recorded.note(who)?, targets, rebase) {
            Err(Failure::Store(StoreError::Stale { .. })) if round < ROUNDS => round += 1,
            answer => break (answer?, recorded, after),
        }
    };
    verify(&folder, &committed, &recorded, &after)?;
    drop(locked);
    workspace.rescan();
    let files = committed.files.iter().map(|file| file.path.to_string()).collect();
    Ok(Undone { transaction: committed.id.to_string(), reversed: found.id.clone(), files })
}

/// Whether nothing is unfinished, without taking the lock.
pub fn is_clean(root: &Path) -> Result<bool, CommitError> {
    let report = lockstep_store::doctor::examine(&open_store(root)?)
        .map_err(|error| CommitError::Internal(format!("{}: {error}", root.display())))?;
    Ok(report.pending.is_empty())
}
