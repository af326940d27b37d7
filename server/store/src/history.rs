//! The history: one line of JSON for each operation, with what undo needs. The line is flushed before
//! the journal is removed, and acknowledges the transaction: from then on a journal that comes back
//! after a power cut does nothing. A last line that was cut short is passed over.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::patch::{Bytes, Patch};
use crate::path::RelPath;
use crate::stamp::Stamp;
use crate::store::{Doing, Store, StoreError};
use crate::transaction::TxId;
use crate::vfs;

/// Who did what when, as the caller tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who: a person, an agent, a program.
    pub who: String,
    /// When: RFC 3339.
    pub when: String,
    /// What, in the caller's own terms. It is the intent: recovery hands it back.
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
    /// The other roots that the same transaction changed, by canonical path. The history of each
    /// has an operation of the same name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<String>,
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
    /// The content before, of a file that was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Bytes>,
    /// What takes the change back, of a file that was there before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patch: Option<Patch>,
}

impl FileRecord {
    pub(crate) fn new(path: &RelPath, before: Option<&[u8]>, after: Option<&[u8]>) -> FileRecord {
        let digest = |bytes: Option<&[u8]>| bytes.map(|bytes| Stamp::of(bytes).hex());
        FileRecord {
            path: path.to_string(),
            pre: digest(before),
            post: digest(after),
            before: if after.is_none() { before.map(Bytes::of) } else { None },
            patch: before.zip(after).map(|(before, after)| Patch::reversing(before, after)),
        }
    }

    /// What the file becomes when the operation is taken back and everything that came later stays;
    /// the inner `None` is no file. `None` where something later stands in its place.
    pub fn reversed(&self, now: Option<&[u8]>) -> Option<Option<Vec<u8>>> {
        match (&self.patch, now) {
            (Some(patch), Some(now)) => {
                let text = patch.apply(now)?;
                let untouched = Some(Stamp::of(now).hex()) == self.post;
                let right = !untouched || Some(Stamp::of(&text).hex()) == self.pre;
                right.then_some(Some(text))
            }
            (None, now) if now.map(|now| Stamp::of(now).hex()) == self.post => {
                Some(self.before.as_ref().map(|before| before.as_bytes().to_vec()))
            }
            _ => None,
        }
    }
}

/// Something that came about without an operation, as the caller tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// When it was noticed: RFC 3339.
    pub when: String,
    /// What, in the caller's own terms.
    pub observed: serde_json::Value,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// An operation.
    Operation(Operation),
    /// Something else.
    Observed(Observed),
}

/// Adds an operation to the history.
pub(crate) fn append(store: &Store, operation: &Operation) -> Result<(), StoreError> {
    append_line(store, operation, store.durable())
}

/// Adds what was observed to the history. It is not flushed: what a power cut takes away can be
/// observed again.
pub(crate) fn observe(store: &Store, observed: &Observed) -> Result<(), StoreError> {
    append_line(store, observed, false)
}

fn append_line(store: &Store, entry: &impl Serialize, flush: bool) -> Result<(), StoreError> {
    let (vfs, path) = (&*store.vfs, store.layout.log());
    let mut line = serde_json::to_vec(entry)
        .map_err(std::io::Error::from)
        .doing("describe an operation for", &path)?;
    line.push(b'\n');
    let found = vfs::metadata(vfs, &path).doing("look at", &path)?;
    let (file, end) = match found {
        Some(found) => {
            // A line that was cut short is ended, so that it spoils no other.
            if vfs.read_end(&path, 1).doing("read", &path)?.first().is_some_and(|it| *it != b'\n') {
                line.insert(0, b'\n');
            }
            (vfs.open(&path), found.len)
        }
        None => (vfs.create(&path), 0),
    };
    let file = file.doing("open", &path)?;
    vfs::write_all(vfs, &file, end, &line).doing("write", &path)?;
    if flush {
        vfs.sync(&file).doing("flush", &path)?;
        if found.is_none() {
            vfs.sync_dir(store.layout.folder()).doing("flush", &path)?;
        }
    }
    Ok(())
}

/// Whether the operation of a transaction is in the history, for good: whoever wrote it may have
/// been cut short before their flush.
pub(crate) fn settled(store: &Store, id: &TxId) -> Result<bool, StoreError> {
    let found = read(store)?.iter().any(|operation| operation.id == id.as_str());
    if found && store.durable() {
        let (vfs, path) = (&*store.vfs, store.layout.log());
        let file = vfs.open(&path).doing("open", &path)?;
        vfs.sync(&file).doing("flush", &path)?;
        vfs.sync_dir(store.layout.folder()).doing("flush", &path)?;
    }
    Ok(found)
}

/// The operations of a workspace, oldest first.
pub fn read(store: &Store) -> Result<Vec<Operation>, StoreError> {
    let entries = read_from(store, 0)?.0.into_iter();
    let operations = entries.filter_map(|entry| match entry {
        Entry::Operation(operation) => Some(operation),
        Entry::Observed(_) => None,
    });
    Ok(operations.collect())
}

/// The lines of the history that begin at byte `start` or later, oldest first, and where the last
/// of them ends; without one that is being written. Lines that are none are passed over and logged. A history that is shorter than
/// `start` is another one, and is read as a whole.
pub fn read_from(store: &Store, start: u64) -> Result<(Vec<Entry>, u64), StoreError> {
    let path = store.layout.log();
    // Mostly there is nothing new, and a long history is not read to find that out.
    let found = vfs::metadata(&*store.vfs, &path).doing("look at", &path)?;
    if found.is_some_and(|found| found.len == start) {
        return Ok((Vec::new(), start));
    }
    let len = found.map_or(0, |found| found.len);
    let (bytes, start) = match read_new(store, &path, start, len)? {
        Some(new) => (new, start),
        None => {
            let bytes = vfs::read(&*store.vfs, &path).doing("read", &path)?.unwrap_or_default();
            let known = usize::try_from(start).ok().filter(|start| *start <= bytes.len());
            (bytes[known.unwrap_or(0)..].to_vec(), if known.is_some() { start } else { 0 })
        }
    };
    let mut end = 0;
    let mut entries = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(entry) => entries.push(entry),
            // It may be under way.
            Err(_) if !line.ends_with(b"\n") => break,
            Err(_) if line == b"\n" => {}
            Err(error) => tracing::debug!(%error, "a line of the history is none"),
        }
        end += line.len();
    }
    Ok((entries, start + end as u64))
}

/// What stands behind byte `start` of a history that had `len` bytes just now; `None` where it has
/// another length by now, so that the end of it begins elsewhere.
fn read_new(
    store: &Store,
    path: &Path,
    start: u64,
    len: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let new = len.checked_sub(start).and_then(|new| usize::try_from(new).ok());
    let Some(new) = new.filter(|_| len > 0) else { return Ok(None) };
    let bytes = match store.vfs.read_end(path, new) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.doing("read", path)?,
    };
    let now = vfs::metadata(&*store.vfs, path).doing("look at", path)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() == new && now.is_some_and(|now| now.len == len)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Options;

    fn operation(id: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Operation {
        let path = RelPath::new("a.md").expect("a path");
        Operation {
            id: id.to_string(),
            note: Note {
                who: "ann".to_string(),
                when: "2026-11-20T12:00:00Z".to_string(),
                what: serde_json::json!({ "task": 7 }),
            },
            files: vec![FileRecord::new(&path, before, after)],
            roots: Vec::new(),
        }
    }

    #[test]
    fn operations_are_read_back_around_a_line_that_was_cut_short() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(dir.path(), Options::default()).expect("a store");
        store.layout.create(&*store.vfs, false).expect("the folders");
        assert_eq!(read(&store).expect("a history"), []);
        let operations = [
            operation("0011223344556677", Some(b"old"), Some(b"new")),
            operation("0011223344556678", Some(b"\xff"), None),
            operation("0011223344556679", None, Some(b"new")),
        ];
        append(&store, &operations[0]).expect("appended");
        let log = store.layout.log();
        let mut text = std::fs::read(&log).expect("the log");
        text.extend_from_slice(br#"{"id":"99"#);
        std::fs::write(&log, text).expect("the log is damaged");
        append(&store, &operations[1]).expect("appended");
        append(&store, &operations[2]).expect("appended");
        assert_eq!(read(&store).expect("a history"), operations);
        let there = |id| settled(&store, &TxId::parse(id).expect("an id")).expect("a history");
        assert!(there("0011223344556678") && !there("0011223344556670"));
    }

    #[test]
    fn what_is_new_is_read_once_and_never_half() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), Options::default()).expect("a store");
        store.layout.create(&*store.vfs, false).expect("a folder");
        let read = |start| read_from(&store, start).expect("it can be read");
        assert_eq!(read(0), (Vec::new(), 0));
        let first = operation("1", None, Some(b"x"));
        let when = "2026-01-01T00:00:00Z".to_string();
        let second = Observed { when, observed: serde_json::json!({"task": 7}) };
        append(&store, &first).expect("it is kept");
        let (found, end) = read(0);
        assert_eq!(found, [Entry::Operation(first)]);
        observe(&store, &second).expect("it is kept");
        let whole = std::fs::read(store.layout.log()).expect("a history");
        std::fs::write(store.layout.log(), &whole[..whole.len() - 5]).expect("half a line");
        assert_eq!(read(end), (Vec::new(), end));
        std::fs::write(store.layout.log(), &whole).expect("the rest");
        assert_eq!(read(end), (vec![Entry::Observed(second)], whole.len() as u64));
        assert_eq!(read(whole.len() as u64).0, []);
        assert_eq!(super::read(&store).expect("it can be read").len(), 1);
    }

    #[test]
    fn a_file_is_given_back_what_it_was() {
        for (before, after) in [
            (Some(&b"one\ntwo\n"[..]), Some(&b"one\n2\n"[..])),
            (Some(b"\xff"), None),
            (None, Some(b"new")),
        ] {
            let record = operation("0011223344556677", before, after).files.remove(0);
            assert_eq!(record.reversed(after), Some(before.map(<[u8]>::to_vec)));
            assert_eq!(record.reversed(Some(b"something else")), None);
        }
        let record = operation("0011223344556677", Some(b"one"), Some(b"1")).files.remove(0);
        assert_eq!(record.reversed(None), None);
        assert!(record.reversed(Some(b"1")).is_some());
        // One that does not make of it what it says.
        let forged = FileRecord { pre: Some(Stamp::of(b"two").hex()), ..record };
        assert_eq!(forged.reversed(Some(b"1")), None);
    }
}
