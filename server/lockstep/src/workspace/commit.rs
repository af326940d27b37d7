//! Intents committed to disk: the only place where a plan meets the store. A request is planned on
//! what the files say under the lock, and planned anew on whatever somebody else saved meanwhile.

mod request;
mod undo;

pub use request::{Action, Planned, Request, plan};

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lockstep_analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::config;
use lockstep_store::doctor;
use lockstep_store::history::{self, Note, Operation};
use lockstep_store::loader;
use lockstep_store::path::RelPath;
use lockstep_store::store::{Durability, Options, Store, StoreError};
use lockstep_store::transaction::{
    Committed, Expect, LockedRoot, Outcome, Rebase, Target, Transaction,
};

use crate::report::{SCHEMA, SetReport};
use crate::workspace::local::{CONFIG, LocalWorkspace};

/// How long a command waits for somebody else's transaction.
const DEADLINE: Duration = Duration::from_secs(10);

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
        let message = match &error {
            StoreError::Io { source, .. } => format!("{error}: {source}; nothing was changed"),
            StoreError::Unfinished { source, .. } => {
                format!("{error}; what came in the way: {source}")
            }
            _ => error.to_string(),
        };
        match error {
            StoreError::Busy { .. } | StoreError::Stale { .. } => CommitError::Conflict(message),
            StoreError::Refused { .. } | StoreError::Path(_) => CommitError::Refused(message),
            StoreError::Corrupt { .. } | StoreError::Unfinished { .. } | StoreError::Io { .. } => {
                CommitError::Internal(message)
            }
        }
    }
}

/// The store of a workspace. Nothing on disk changes by opening it.
pub fn open_store(root: &Path) -> Result<Store, CommitError> {
    // Nothing else ever stands in a plan, so nothing else may stand in a journal.
    let accept = |path: &RelPath| [".md", ".json"].iter().any(|end| path.as_str().ends_with(end));
    Store::open(root, Options { durability: durability(root), ..Options::default() })
        .map(|store| store.accepting(accept))
        .map_err(|error| CommitError::Internal(format!("{}: {error}", root.display())))
}

/// What `lockstep.toml` says a success survives.
fn durability(root: &Path) -> Durability {
    let text = std::fs::read_to_string(root.join(CONFIG)).unwrap_or_default();
    match config::parse(&text, &[]).unflushed {
        true => Durability::Process,
        false => Durability::Full,
    }
}

/// Carries a request out: every file of it, or none. What is already as it should be is left alone.
pub fn commit(
    workspace: &mut LocalWorkspace,
    request: &Request,
    who: &str,
) -> Result<SetReport, CommitError> {
    all_read(workspace)?;
    // A request that changes nothing leaves no trace, not even a lock.
    let first = plan(request, workspace.analysis())?;
    if first.texts.is_empty() {
        return Ok(report(None, first));
    }
    let store = open_store(workspace.folder())?;
    let folder = workspace.folder().to_owned();
    let locked = begin(&store, &folder)?;
    workspace.rescan();
    all_read(workspace)?;
    let planned = plan(request, workspace.analysis())?;
    if planned.texts.is_empty() {
        return Ok(report(None, planned));
    }
    let targets = targets(&folder, workspace.analysis(), &planned.texts)?;
    let analysis = workspace.analysis().clone();
    let committed =
        run(&locked, request, targets, &mut |path, bytes| replan(request, &analysis, path, bytes))?;
    // First: it took place, whatever was saved since.
    record(&locked, &committed, request, who);
    verify(&folder, &committed)?;
    drop(locked);
    workspace.rescan();
    Ok(report(Some(committed.id.to_string()), planned))
}

/// Refuses a change of a workspace that is not known in full: it might leave files out.
fn all_read(workspace: &LocalWorkspace) -> Result<(), CommitError> {
    let Some(unread) = workspace.unread() else { return Ok(()) };
    Err(CommitError::Refused(format!(
        "{unread}; the task may stand there too, so nothing was changed"
    )))
}

/// Locks the store. What an earlier process left unfinished is carried to its end first.
pub fn begin<'s>(store: &'s Store, folder: &Path) -> Result<LockedRoot<'s>, CommitError> {
    let mut workspace: Option<Analysis> = None;
    let locked = Transaction::begin(store, DEADLINE, &mut |intent, path, bytes| {
        let Ok(request) = serde_json::from_slice::<Request>(intent) else {
            return Rebase::Invalid("its intent cannot be read".to_owned());
        };
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

fn run(
    locked: &LockedRoot<'_>,
    request: &Request,
    targets: Vec<Target>,
    rebase: &mut dyn FnMut(&RelPath, &[u8]) -> Rebase,
) -> Result<Committed, CommitError> {
    let intent = serde_json::to_vec(request)
        .map_err(|error| CommitError::Internal(format!("the request cannot be kept: {error}")))?;
    match locked.plan(intent, targets)?.stage()?.commit(rebase)? {
        Outcome::Committed(committed) => Ok(committed),
        Outcome::Aborted(aborted) => {
            let kept: Vec<String> =
                aborted.conflicts.iter().map(|c| c.copy.display().to_string()).collect();
            let kept = match kept.is_empty() {
                true => String::new(),
                false => format!("; what was saved meanwhile is kept in {}", kept.join(", ")),
            };
            let message =
                format!("the change was withdrawn from every file: {}{kept}", aborted.reason);
            Err(CommitError::Conflict(message))
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
    match planned.texts.get(&file) {
        Some(Some(after)) => Rebase::Bytes(after.as_bytes().to_vec()),
        _ => Rebase::Unchanged,
    }
}

/// Reads every file back and compares it with what was meant.
fn verify(folder: &Path, committed: &Committed) -> Result<(), CommitError> {
    for file in &committed.files {
        let found = std::fs::read(file.path.below(folder)).ok();
        if found != file.after {
            return Err(CommitError::Conflict(format!(
                "{} was saved by somebody else right after the change; look at it",
                file.path
            )));
        }
    }
    Ok(())
}

/// Adds the transaction to the history. It stands whether this succeeds or not.
fn record(locked: &LockedRoot<'_>, committed: &Committed, request: &Request, who: &str) {
    let what = serde_json::to_value(request).unwrap_or_default();
    let note = Note { who: who.to_owned(), when: request.at.clone(), what };
    if let Err(error) = locked.record(committed, note) {
        tracing::warn!(%error, "the change is done but could not be added to the history");
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
) -> Result<undo::Undone, CommitError> {
    let store = open_store(workspace.folder())?;
    let folder: PathBuf = workspace.folder().to_owned();
    let operations = history::read(&store)?;
    let found = undo::choose(&operations, transaction)?.clone();
    let locked = begin(&store, &folder)?;
    let operations = history::read(&store)?;
    let targets = undo::targets(&folder, &operations, &found)?;
    let request =
        Request { at: at.to_owned(), action: Action::Undo { transaction: found.id.clone() } };
    let committed = run(&locked, &request, targets, &mut |path, _| {
        Rebase::Invalid(format!("{path} was saved by somebody else meanwhile"))
    })?;
    record(&locked, &committed, &request, who);
    verify(&folder, &committed)?;
    drop(locked);
    workspace.rescan();
    let files = committed.files.iter().map(|file| file.path.to_string()).collect();
    Ok(undo::Undone { transaction: committed.id.to_string(), reversed: found.id, files })
}

pub use undo::Undone;

/// Whether nothing is unfinished, without taking the lock.
pub fn is_clean(root: &Path) -> Result<bool, CommitError> {
    Ok(examine(root)?.pending.is_empty())
}

/// As [`is_clean`], and whether nothing is left either of what ended before its commit.
pub fn is_swept(root: &Path) -> Result<bool, CommitError> {
    let report = examine(root)?;
    Ok(report.pending.is_empty() && !report.leftovers)
}

fn examine(root: &Path) -> Result<doctor::Report, CommitError> {
    doctor::examine(&open_store(root)?)
        .map_err(|error| CommitError::Internal(format!("{}: {error}", root.display())))
}
