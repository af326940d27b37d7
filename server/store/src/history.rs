//! The history: one line of JSON for each operation, with what undo needs. Recovery does not need
//! it. A last line that was cut short is passed over.

use serde::{Deserialize, Serialize};

use crate::stamp::Stamp;
use crate::store::{Doing, Store, StoreError};
use crate::transaction::{Committed, LockedRoot};
use crate::vfs;

/// Who did what when, as the caller tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who: a person, an agent, a program.
    pub who: String,
    /// When: RFC 3339.
    pub when: String,
    /// What, in the caller's own terms.
    pub what: serde_json::Value,
}

/// An operation, as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The name of its transaction.
    pub id: String,
    /// Who did what when.
    #[serde(flatten)]
    pub note: Note,
    /// The files it changed.
    pub files: Vec<FileRecord>,
}

/// What an operation did to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The file, relative to the root.
    pub path: String,
    /// The digest before, in hexadecimal digits; `None` where there was no file.
    pub pre: Option<String>,
    /// The digest after, in hexadecimal digits; `None` where there is no file.
    pub post: Option<String>,
    /// The content before; `None` where there was no file.
    pub before: Option<Bytes>,
}

/// Some bytes: text where they are UTF-8, numbers where they are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bytes {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Raw(Vec<u8>),
}

impl Bytes {
    fn of(bytes: &[u8]) -> Bytes {
        match std::str::from_utf8(bytes) {
            Ok(text) => Bytes::Text(text.to_string()),
            Err(_) => Bytes::Raw(bytes.to_vec()),
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Bytes::Text(text) => text.as_bytes(),
            Bytes::Raw(bytes) => bytes,
        }
    }
}

impl LockedRoot<'_> {
    /// Adds a transaction to the history. The transaction stands whether this succeeds or not.
    pub fn record(&self, committed: &Committed, note: Note) -> Result<Operation, StoreError> {
        let files = committed.files.iter().map(|file| FileRecord {
            path: file.path.to_string(),
            pre: file.before.as_deref().map(|bytes| Stamp::of(bytes).hex()),
            post: file.after.as_deref().map(|bytes| Stamp::of(bytes).hex()),
            before: file.before.as_deref().map(Bytes::of),
        });
        let operation = Operation { id: committed.id.to_string(), note, files: files.collect() };
        append(self.store(), &operation)?;
        Ok(operation)
    }
}

fn append(store: &Store, operation: &Operation) -> Result<(), StoreError> {
    let (vfs, path) = (&*store.vfs, store.layout.log());
    let mut line = serde_json::to_vec(operation)
        .map_err(std::io::Error::from)
        .doing("describe an operation for", &path)?;
    line.push(b'\n');
    let bytes = vfs::read(vfs, &path).doing("read", &path)?;
    let file = match &bytes {
        Some(_) => vfs.open(&path),
        None => vfs.create(&path),
    };
    let file = file.doing("open", &path)?;
    let bytes = bytes.unwrap_or_default();
    // A line that was cut short is ended, so that it spoils no other.
    if bytes.last().is_some_and(|last| *last != b'\n') {
        line.insert(0, b'\n');
    }
    vfs::write_all(vfs, &file, bytes.len() as u64, &line).doing("write", &path)?;
    if store.durable() { vfs.sync(&file).doing("flush", &path) } else { Ok(()) }
}

/// The operations of a workspace, oldest first. Lines that are none are passed over and logged.
pub fn read(store: &Store) -> Result<Vec<Operation>, StoreError> {
    let path = store.layout.log();
    let bytes = vfs::read(&*store.vfs, &path).doing("read", &path)?.unwrap_or_default();
    let mut operations = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(operation) => operations.push(operation),
            Err(error) => tracing::debug!(%error, "a line of the history is none"),
        }
    }
    Ok(operations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::{Rebase, Transaction, TxId};
    use std::time::Duration;

    #[test]
    fn operations_are_read_back_around_a_line_that_was_cut_short() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path(), crate::store::Options::default()).expect("a store");
        let locked = Transaction::begin(&store, Duration::ZERO, &mut |_, _, _| Rebase::Unchanged)
            .expect("the lock");
        assert_eq!(read(&store).expect("a history"), []);
        let note = |who: &str| Note {
            who: who.to_string(),
            when: "2026-11-20T12:00:00Z".to_string(),
            what: serde_json::json!({ "task": 7 }),
        };
        let path = crate::path::RelPath::new("a.md").expect("a path");
        let committed = |before: Option<&[u8]>| Committed {
            id: TxId::parse("0011223344556677").expect("an id"),
            files: vec![crate::transaction::FileChange {
                path: path.clone(),
                before: before.map(<[u8]>::to_vec),
                after: Some(b"new".to_vec()),
                rebased: false,
            }],
            conflicts: Vec::new(),
        };
        let first = locked.record(&committed(Some(b"old")), note("ann")).expect("a record");
        let log = store.layout.log();
        let mut text = std::fs::read(&log).expect("the log");
        text.extend_from_slice(br#"{"id":"99"#);
        std::fs::write(&log, text).expect("the log is damaged");
        let second = locked.record(&committed(Some(b"\xff")), note("bob")).expect("a record");
        let third = locked.record(&committed(None), note("cy")).expect("a record");
        let before = second.files[0].before.as_ref().expect("the content before");
        assert_eq!(before.as_bytes(), b"\xff");
        assert_eq!(read(&store).expect("a history"), [first, second, third]);
    }
}
