//! The history: one line of JSON for each operation, with what undo needs. The line is flushed before
//! the journal is removed, and acknowledges the transaction: from then on a journal that comes back
//! after a power cut does nothing. A last line that was cut short is passed over.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::own;
use crate::patch::{Bytes, Patch};
use crate::path::RelPath;
use crate::stamp::Stamp;
use crate::store::{Doing, Store, StoreError};
use crate::transaction::TxId;
use crate::vfs::{self, Kind};

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
    let found = own::entry(vfs, &path, Kind::File)?;
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
    let entries = read_on(store, &mut Mark::default())?.entries;
    let operations = entries.into_iter().filter_map(|entry| match entry {
        Entry::Operation(operation) => Some(operation),
        Entry::Observed(_) => None,
    });
    Ok(operations.collect())
}

/// How much of what was read last is remembered, in bytes: more than a usual line, with the name of
/// its transaction.
const REMEMBERED: usize = 4096;

/// How far a history was read: nothing of it by default.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// In bytes.
    end: usize,
    /// What stands before that. If something else does, it is another history.
    last: Vec<u8>,
}

/// What is new in a history.
#[derive(Debug, Default)]
pub struct News {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// Whether these are all that the history has, for it has taken the place of another one.
    pub anew: bool,
}

/// The lines of the history behind `mark`, which is moved behind the last of them; without one that is
/// being written. Lines that are none are passed over and logged.
pub fn read_on(store: &Store, mark: &mut Mark) -> Result<News, StoreError> {
    let path = store.layout.log();
    let found = match own::is_kept(store)? {
        true => own::entry(&*store.vfs, &path, Kind::File)?,
        false => None,
    };
    let tail = mark.end - mark.last.len();
    // A long history is not read to find out that there is nothing new.
    let new = read_new(store, &path, tail as u64, found.map_or(0, |found| found.len))?;
    if let Some(new) = new.as_deref().and_then(|new| new.strip_prefix(&*mark.last)) {
        return Ok(News { entries: parse(new, mark), anew: false });
    }
    let all = found.map(|_| vfs::read(&*store.vfs, &path).doing("read", &path)).transpose()?;
    let all = all.flatten().unwrap_or_default();
    let new = all.get(tail..).and_then(|rest| rest.strip_prefix(&*mark.last));
    let anew = new.is_none();
    if anew {
        *mark = Mark::default();
    }
    Ok(News { entries: parse(new.unwrap_or(&all), mark), anew })
}

/// The entries in `bytes`, which stand behind the mark.
fn parse(bytes: &[u8], mark: &mut Mark) -> Vec<Entry> {
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
    mark.end += end;
    if end > 0 {
        mark.last = bytes[end.saturating_sub(REMEMBERED)..end].to_vec();
    }
    entries
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
        own::create(&store).expect("the folders");
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
        own::create(&store).expect("a folder");
        let mut mark = Mark::default();
        let mut read = || {
            let news = read_on(&store, &mut mark).expect("it can be read");
            (news.entries, news.anew)
        };
        assert_eq!(read(), (Vec::new(), false));
        let first = operation("1", None, Some(b"x"));
        let when = "2026-01-01T00:00:00Z".to_string();
        let second = Observed { when, observed: serde_json::json!({"task": 7}) };
        append(&store, &first).expect("it is kept");
        assert_eq!(read(), (vec![Entry::Operation(first)], false));
        observe(&store, &second).expect("it is kept");
        let whole = std::fs::read(store.layout.log()).expect("a history");
        std::fs::write(store.layout.log(), &whole[..whole.len() - 5]).expect("half a line");
        assert_eq!(read(), (Vec::new(), false));
        std::fs::write(store.layout.log(), &whole).expect("the rest");
        assert_eq!(read(), (vec![Entry::Observed(second)], false));
        assert_eq!(read(), (Vec::new(), false));
        assert_eq!(super::read(&store).expect("it can be read").len(), 1);
    }

    #[test]
    fn a_history_in_the_place_of_another_is_read_from_its_begin_however_long_it_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), Options::default()).expect("a store");
        own::create(&store).expect("a folder");
        let long = vec![b'x'; 2 * REMEMBERED];
        for others in [&["2"][..], &["2", "3"], &["2", "3", "4", "5"], &[]] {
            for texts in [&b"x"[..], &long] {
                let mut mark = Mark::default();
                let begin = |ids: &[&str]| {
                    std::fs::write(store.layout.log(), "").expect("it is cleared");
                    let each = ids.iter().map(|id| operation(id, None, Some(texts)));
                    let each: Vec<Operation> = each.collect();
                    each.iter().for_each(|it| append(&store, it).expect("it is kept"));
                    each.into_iter().map(Entry::Operation).collect::<Vec<_>>()
                };
                let first = begin(&["1", "9"]);
                let news = read_on(&store, &mut mark).expect("it can be read");
                assert_eq!((news.entries, news.anew), (first, false));
                let second = begin(others);
                let news = read_on(&store, &mut mark).expect("it can be read");
                assert_eq!((news.entries, news.anew), (second, true), "{others:?}");
                let news = read_on(&store, &mut mark).expect("it can be read");
                assert_eq!((news.entries, news.anew), (Vec::new(), false));
            }
        }
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
