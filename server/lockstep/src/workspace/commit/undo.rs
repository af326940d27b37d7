//! The reverse of a recorded operation.

use std::collections::BTreeSet;
use std::path::Path;

use lockstep_store::history::Operation;
use lockstep_store::path::RelPath;
use lockstep_store::stamp::Stamp;
use lockstep_store::transaction::{Expect, Target};

use crate::report::SCHEMA;
use crate::workspace::commit::CommitError;

/// What was undone.
#[derive(Clone, Debug)]
pub struct Undone {
    /// The transaction that did it.
    pub transaction: String,
    /// The transaction that it reversed.
    pub reversed: String,
    /// The files that are as they were before it.
    pub files: Vec<String>,
}

impl Undone {
    /// As other programs read it.
    pub fn report(&self) -> serde_json::Value {
        serde_json::json!({
            "schema": SCHEMA,
            "transaction": self.transaction,
            "reversed": self.reversed,
            "files": self.files,
        })
    }
}

/// The operation that is meant: the named one, else the newest that is neither undone nor an undo.
pub(super) fn choose<'a>(
    operations: &'a [Operation],
    transaction: Option<&str>,
) -> Result<&'a Operation, CommitError> {
    let undone: BTreeSet<&str> = operations.iter().filter_map(reverses).collect();
    match transaction {
        Some(id) => {
            let mut matching =
                operations.iter().filter(|op| op.id.starts_with(id) && !id.is_empty());
            let found = matching.next().ok_or_else(|| {
                CommitError::Refused(format!(
                    "there is no transaction {id}; `lockstep log` shows those there are"
                ))
            })?;
            if matching.next().is_some() {
                return Err(CommitError::Usage(format!(
                    "{id} begins several transactions; give more of it"
                )));
            }
            if undone.contains(found.id.as_str()) {
                return Err(CommitError::Refused(format!(
                    "transaction {} is undone already",
                    found.id
                )));
            }
            Ok(found)
        }
        None => operations
            .iter()
            .rev()
            .find(|op| reverses(op).is_none() && !undone.contains(op.id.as_str()))
            .ok_or_else(|| CommitError::Refused("there is nothing to undo".to_owned())),
    }
}

/// The transaction that an operation reversed, where it is an undo.
pub(super) fn reverses(operation: &Operation) -> Option<&str> {
    operation.note.what.get("transaction")?.as_str()
}

/// The files as they were before the operation, provided that they are as it left them.
pub(super) fn targets(
    folder: &Path,
    operations: &[Operation],
    operation: &Operation,
) -> Result<Vec<Target>, CommitError> {
    let at = operations.iter().position(|op| op.id == operation.id).unwrap_or(operations.len());
    let mut targets = Vec::new();
    for file in &operation.files {
        let path =
            RelPath::new(&file.path).map_err(|error| CommitError::Refused(error.to_string()))?;
        let bytes = std::fs::read(path.below(folder)).ok();
        if bytes.as_deref().map(|bytes| Stamp::of(bytes).hex()) != file.post {
            let later = operations.iter().skip(at + 1).rev();
            let by = later.into_iter().find(|op| op.files.iter().any(|f| f.path == file.path));
            let why = match by {
                Some(op) => format!(
                    "transaction {} by {} stands on it; undo that first",
                    op.id, op.note.who
                ),
                None => "it was edited since; mend it by hand".to_owned(),
            };
            return Err(CommitError::Conflict(format!("{} has changed since: {why}", file.path)));
        }
        let post = file.before.as_ref().map(|before| before.as_bytes().to_vec());
        targets.push(Target { path, pre: Expect::read_as(bytes.as_deref()), post });
    }
    Ok(targets)
}
