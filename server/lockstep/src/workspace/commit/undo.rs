//! The reverse of a recorded operation. What came later stays, unless it stands in the same place.

use std::collections::BTreeSet;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::status_changes;
use lockstep_store::history::{self, FileRecord, RecordedOperation};
use lockstep_store::path::RelPath;
use lockstep_store::stamp::ContentStamp;
use lockstep_store::store::Store;
use lockstep_store::transaction::{Expect, LockedRoot, Rebase, Target};
use serde::{Deserialize, Serialize};

use super::recorded::Recorded;
use super::{CommitError, run};
use crate::report::SCHEMA;

/// What was undone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Undone {
    /// The transaction that did it.
    pub transaction: String,
    /// The transaction that it reversed.
    pub reversed: String,
    /// What that was, for people.
    #[serde(default)]
    pub what: String,
    /// The files that it changed.
    pub files: Vec<String>,
    /// The other roots in which it was undone too.
    #[serde(default)]
    pub worktrees: Vec<String>,
}

impl Undone {
    /// As other programs read it.
    pub fn report(&self) -> serde_json::Value {
        serde_json::json!({
            "schema": SCHEMA,
            "transaction": self.transaction,
            "reversed": self.reversed,
            "files": self.files,
            "worktrees": self.worktrees,
        })
    }
}

/// The operation that is meant: the named one, else the newest that is neither undone nor an undo.
pub(super) fn choose(
    store: &Store,
    transaction: Option<&str>,
) -> Result<RecordedOperation, CommitError> {
    let Some(id) = transaction else {
        let mut standing = UndoStanding::default();
        for operation in history::newest_first(store)? {
            let operation = operation?;
            if standing.is_deed(&operation) {
                return Ok(operation);
            }
        }
        return Err(CommitError::Refused("nothing to undo".to_owned()));
    };
    let mut found: Option<RecordedOperation> = None;
    for operation in history::newest_first(store)?.naming(id).filter(|_| !id.is_empty()) {
        let operation = operation?;
        if operation.id == id {
            found = Some(operation);
            break;
        }
        if operation.id.starts_with(id) && found.replace(operation).is_some() {
            let message = format!("several transactions begin with {id}; give more characters");
            return Err(CommitError::Usage(message));
        }
    }
    let found = found.ok_or_else(|| {
        CommitError::Refused(format!("no transaction {id}; `lockstep log` shows all"))
    })?;
    if is_undone(store, &found.id)? {
        let message = format!("transaction {} is undone already", found.id);
        return Err(CommitError::Refused(message));
    }
    Ok(found)
}

/// The transaction that an operation reversed, where it is an undo.
pub(super) fn reverses(operation: &RecordedOperation) -> Option<&str> {
    operation.note.what.get("transaction")?.as_str()
}

/// Whether a transaction is undone, and its undo is not.
fn is_undone(store: &Store, id: &str) -> Result<bool, CommitError> {
    for operation in history::newest_first(store)?.naming(id) {
        let operation = operation?;
        if operation.id == id {
            return Ok(false);
        }
        if reverses(&operation) == Some(id) && !is_undone(store, &operation.id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What of a history stands, which is read from the newest to the oldest: whatever undoes an
/// operation comes before it.
#[derive(Default)]
struct UndoStanding {
    undone: BTreeSet<String>,
}

impl UndoStanding {
    /// Whether the next operation stands and is no undo.
    fn is_deed(&mut self, operation: &RecordedOperation) -> bool {
        let is_undone = self.undone.remove(&operation.id);
        match reverses(operation) {
            Some(reversed) if !is_undone => {
                self.undone.insert(reversed.to_owned());
                false
            }
            Some(_) => false,
            None => !is_undone,
        }
    }
}

/// The files without the operation.
pub(super) fn targets(
    locked: &LockedRoot<'_>,
    operation: &RecordedOperation,
) -> Result<Vec<Target>, CommitError> {
    let rel =
        |path: &str| RelPath::new(path).map_err(|error| CommitError::Refused(error.to_string()));
    let moves = Recorded::of(operation).map(|it| it.moves).unwrap_or_default();
    let mut targets = Vec::new();
    for file in &operation.files {
        let path = rel(&file.path)?;
        // A history may have come with somebody's repository.
        if !locked.store().accepts(&path) {
            let message = format!("{path} is not a task file; change it by hand");
            return Err(CommitError::Refused(message));
        }
        let now = locked.read(&path)?;
        let Some(post) = file.reversed(now.as_deref()) else {
            let why = why_not(locked.store(), operation, file)?;
            return Err(CommitError::Conflict(format!("{path} has changed since: {why}")));
        };
        let moved_from = moves.get(&file.path).map(|to| rel(to)).transpose()?;
        targets.push(Target {
            path,
            pre: Expect::read_as(now.as_deref()),
            post: post.map(Into::into),
            moved_from,
        });
    }
    Ok(targets)
}

/// What stands in the place of an operation in a file.
fn why_not(
    store: &Store,
    operation: &RecordedOperation,
    file: &FileRecord,
) -> Result<String, CommitError> {
    let tasks = |op: &RecordedOperation| Recorded::of(op).map(|it| it.tasks()).unwrap_or_default();
    let own = tasks(operation);
    let (mut standing, mut newest) = (UndoStanding::default(), None);
    for later in history::newest_first(store)? {
        let later = later?;
        if later.id == operation.id {
            break;
        }
        if !standing.is_deed(&later) || later.files.iter().all(|it| it.path != file.path) {
            continue;
        }
        if !tasks(&later).is_disjoint(&own) {
            newest = Some(later);
            break;
        }
        newest.get_or_insert(later);
    }
    Ok(match newest {
        Some(op) => {
            let (id, who) = (&op.id, &op.note.who);
            format!("transaction {id} by {who} builds on it; undo that first")
        }
        None => "it was edited since; change it by hand, or set the status again".to_owned(),
    })
}

/// Looks at what the workspace would be without the operation: it must be readable, and no status
/// may differ but those that the operation changed. The text around a change may deceive; this does
/// not. The answer is what would become of statuses.
pub(super) fn check(
    analysis: &Analysis,
    operation: &RecordedOperation,
    targets: &[Target],
) -> Result<Analysis, CommitError> {
    let after = run::after(analysis, targets);
    if restores(operation, targets) {
        return Ok(after);
    }
    for path in targets.iter().map(|target| &target.path) {
        let problems = |analysis: &Analysis| {
            analysis.index.document(path.as_str()).map_or(0, |(_, doc)| doc.facts.problems.len())
        };
        if problems(&after) > problems(analysis) {
            let message = format!("{path} could not be read without it; change it by hand");
            return Err(CommitError::Conflict(message));
        }
    }
    let own = Recorded::of(operation).map(|it| it.tasks()).unwrap_or_default();
    for change in status_changes(analysis, &after) {
        if !own.contains(change.task.as_str()) {
            return Err(CommitError::Conflict(format!(
                "it would change task {}, which transaction {} did not change; set the status again",
                after.name_of(&change.task),
                operation.id
            )));
        }
    }
    Ok(after)
}

/// Whether every file becomes what it was before the operation, to the byte: whatever that was, it is
/// taken back.
fn restores(operation: &RecordedOperation, targets: &[Target]) -> bool {
    let became = |path: &str| {
        let target = targets.iter().find(|target| target.path.as_str() == path)?;
        Some(target.post.as_deref().map(|bytes| ContentStamp::of(bytes).hex()))
    };
    let is_same = |file: &FileRecord| became(&file.path) == Some(file.pre.clone());
    !operation.files.is_empty() && operation.files.iter().all(is_same)
}

/// The reverse of an operation, applied to what somebody else gave to a file.
pub(super) fn rebase(operation: &RecordedOperation, path: &RelPath, bytes: &[u8]) -> Rebase {
    let file = operation.files.iter().find(|file| file.path == path.as_str());
    match file.and_then(|file| file.reversed(Some(bytes))) {
        Some(Some(text)) => Rebase::Bytes(text),
        Some(None) | None => {
            Rebase::Invalid(format!("{path} was saved with a change in the same place"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::local::LocalWorkspace;

    #[test]
    fn what_could_not_be_read_without_the_operation_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = "specs/state.json";
        std::fs::create_dir(folder.path().join("specs")).expect("a folder");
        let files = [(path, "{ \"active_projects\": [] }"), ("specs/TODO.md", "# Tasks\n")];
        for (path, text) in files {
            std::fs::write(folder.path().join(path), text).expect("a file");
        }
        let workspace = LocalWorkspace::open(folder.path()).expect("a workspace");
        let operation = |files| -> RecordedOperation {
            let of =
                serde_json::json!({"id": "1", "who": "", "when": "", "what": {}, "files": files});
            serde_json::from_value(of).expect("an operation")
        };
        let checked_of = |operation: &RecordedOperation, post: &str| {
            let (path, post) = (RelPath::new(path).expect("a path"), Some(post.as_bytes().into()));
            let target = Target { path, pre: Expect::Absent, post, moved_from: None };
            check(workspace.analysis(), operation, &[target]).map(|_| ()).map_err(|e| e.to_string())
        };
        let other = operation(serde_json::json!([]));
        let checked = |post: &str| checked_of(&other, post);
        assert_eq!(checked("{ \"active_projects\": [ ] }"), Ok(()));
        let refused = checked("{ \"active_projects\": [ ").expect_err("it is no JSON");
        assert!(refused.starts_with("specs/state.json could not be read without it"), "{refused}");
        // What stood there before the operation is put back, however it reads.
        let cut = "{ \"active_projects\": [ ";
        let pre = ContentStamp::of(cut.as_bytes()).hex();
        let files = serde_json::json!([{"path": path, "pre": pre, "post": null}]);
        assert_eq!(checked_of(&operation(files), cut), Ok(()));
    }
}
