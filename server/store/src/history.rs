//! Floor 5: the history: one line of JSON for each operation, with what undo needs. The line is
//! flushed before the journal is removed, and acknowledges the transaction: from then on a journal
//! that comes back after a power cut does nothing. A last line that was cut short is passed over.
//!
//! A history may be long, and is never held as a whole: [`newest_first`] reads it from its end,
//! [`read_on`] from where it was read last, both piece by piece.

mod newest;

pub use newest::{Newest, find, newest_first};

use serde::{Deserialize, Serialize};

use crate::error::{Doing, StoreError};
use crate::id::TxId;
use crate::own;
use crate::patch::{Bytes, Patch};
use crate::path::RelPath;
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs::{self, FileKind};

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
pub struct RecordedOperation {
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
        let stamps = [before, after].map(|bytes| bytes.map(ContentStamp::of));
        FileRecord::with_stamps(path, [before, after], stamps)
    }

    /// As [`FileRecord::new`], where it is known what identifies both contents.
    pub(crate) fn with_stamps(
        path: &RelPath,
        [before, after]: [Option<&[u8]>; 2],
        stamps: [Option<ContentStamp>; 2],
    ) -> FileRecord {
        let [pre, post] = stamps.map(|stamp| stamp.map(|stamp| stamp.hex()));
        FileRecord {
            path: path.to_string(),
            pre,
            post,
            before: if after.is_none() { before.map(Bytes::of) } else { None },
            patch: before.zip(after).map(|(before, after)| Patch::reversing(before, after)),
        }
    }

    /// The lines that the operation put in place of others, one for one: what stood above each, what it was
    /// and what it became.
    pub fn replaced_lines(&self) -> Vec<[String; 3]> {
        self.patch.as_ref().map(Patch::replaced_lines).unwrap_or_default()
    }

    /// What the operation changed, where lines went or came: of each place what stood before it, what was
    /// put there, what had been there, and what stood after it. Nothing where its bytes are no text.
    pub fn rearranged(&self) -> Option<Vec<[String; 4]>> {
        self.patch.as_ref().and_then(Patch::rearranged)
    }

    /// What the file becomes when the operation is taken back and everything that came later stays;
    /// the inner `None` is no file. `None` where something later stands in its place.
    pub fn reversed(&self, now: Option<&[u8]>) -> Option<Option<Vec<u8>>> {
        match (&self.patch, now) {
            (Some(patch), Some(now)) => {
                let text = patch.apply(now)?;
                let untouched = Some(ContentStamp::of(now).hex()) == self.post;
                let right = !untouched || Some(ContentStamp::of(&text).hex()) == self.pre;
                right.then_some(Some(text))
            }
            (None, now) if now.map(|now| ContentStamp::of(now).hex()) == self.post => {
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
pub enum HistoryEntry {
    /// An operation.
    RecordedOperation(RecordedOperation),
    /// Something else.
    Observed(Observed),
}

/// Adds an operation to the history.
pub(crate) fn append(store: &Store, operation: &RecordedOperation) -> Result<(), StoreError> {
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
    let found = own::entry(vfs, &path, FileKind::File)?;
    let (file, end) = match found {
        Some(found) => {
            // A line that was cut short is ended, so that it spoils no other.
            let last =
                vfs.look(&path).and_then(|file| vfs.read_at(&file, found.len.saturating_sub(1), 1));
            if last.doing("read", &path)?.first().is_some_and(|it| *it != b'\n') {
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
    let found = find(store, id.as_str())?.is_some();
    if found && store.durable() {
        let (vfs, path) = (&*store.vfs, store.layout.log());
        let file = vfs.open(&path).doing("open", &path)?;
        vfs.sync(&file).doing("flush", &path)?;
        vfs.sync_dir(store.layout.folder()).doing("flush", &path)?;
    }
    Ok(found)
}

/// How much of what was read last is remembered, in bytes: more than a usual line, with the name of
/// its transaction.
const REMEMBERED: usize = 4096;

/// How much of a history is read at once, in bytes, unless a line is longer.
const PIECE: usize = 1024 * 1024;

/// How far a history was read: nothing of it by default.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// In bytes.
    end: u64,
    /// What stands before that. If something else does, it is another history.
    last: Vec<u8>,
}

/// What is new in a history.
#[derive(Debug, PartialEq)]
pub enum News {
    /// It has taken the place of another one; all that it has follows.
    Anew,
    /// What came next.
    HistoryEntry(HistoryEntry),
}

/// Tells `each` of what is in the history behind `mark`, the oldest first, and moves the mark behind
/// the last line; without one that is being written. Lines that are none are passed over and logged.
pub fn read_on(
    store: &Store,
    mark: &mut Mark,
    each: &mut dyn FnMut(News),
) -> Result<(), StoreError> {
    let (vfs, path) = (&*store.vfs, store.layout.log());
    let file = match store.is_kept()? && own::entry(vfs, &path, FileKind::File)?.is_some() {
        true => vfs::look(vfs, &path).doing("open", &path)?,
        false => None,
    };
    let read = |offset, len| match &file {
        Some(file) => vfs.read_at(file, offset, len).doing("read", &path),
        None => Ok(Vec::new()),
    };
    let before = mark.end - mark.last.len() as u64;
    if read(before, mark.last.len())? != mark.last {
        *mark = Mark::default();
        each(News::Anew);
    }
    let mut piece = PIECE;
    loop {
        let bytes = read(mark.end, piece)?;
        let is_all = bytes.len() < piece;
        let end = parse(&bytes, is_all, each);
        if end > 0 {
            mark.end += end as u64;
            mark.last.extend_from_slice(&bytes[..end]);
            mark.last.drain(..mark.last.len().saturating_sub(REMEMBERED));
        }
        if is_all {
            return Ok(());
        }
        piece = if end == 0 { piece * 2 } else { PIECE };
    }
}

/// Tells `each` of the entries in `bytes`; how many bytes they are. The last one may be under way, and
/// counts where there `is_all` and it is an entry.
fn parse(bytes: &[u8], is_all: bool, each: &mut dyn FnMut(News)) -> usize {
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_whole = line.ends_with(b"\n");
        if !is_whole && !is_all {
            break;
        }
        match serde_json::from_slice(line) {
            Ok(entry) => each(News::HistoryEntry(entry)),
            Err(_) if !is_whole => break,
            Err(_) if line == b"\n" => {}
            Err(error) => tracing::debug!(%error, "a line of the history is none"),
        }
        end += line.len();
    }
    end
}

/// The operations of a workspace, the oldest first.
#[cfg(test)]
pub(crate) fn read(store: &Store) -> Result<Vec<RecordedOperation>, StoreError> {
    let mut operations: Vec<RecordedOperation> = newest_first(store)?.collect::<Result<_, _>>()?;
    operations.reverse();
    Ok(operations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Options;

    fn operation(id: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> RecordedOperation {
        let path = RelPath::new("a.md").expect("a path");
        RecordedOperation {
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

    /// What is new, and whether the history is another one.
    fn news_of(store: &Store, mark: &mut Mark) -> (Vec<HistoryEntry>, bool) {
        let (mut entries, mut anew) = (Vec::new(), false);
        let each = &mut |news| match news {
            News::Anew => anew = true,
            News::HistoryEntry(entry) => entries.push(entry),
        };
        read_on(store, mark, each).expect("it can be read");
        (entries, anew)
    }

    #[test]
    fn a_long_history_is_read_in_pieces_from_either_end() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), Options::default()).expect("a store");
        own::create(&store).expect("a folder");
        // Lines shorter and longer than a piece, and one of somebody else.
        let sizes = [10, 70_000, 10, 2 * PIECE + 1, 10, 10, 300_000, 10];
        let mut log = Vec::new();
        let mut entries = Vec::new();
        for (number, size) in sizes.into_iter().enumerate() {
            let operation = operation(&format!("{number:016x}"), Some(&vec![b'x'; size]), None);
            serde_json::to_writer(&mut log, &operation).expect("it is told");
            log.extend_from_slice(b"\n\nno line\n");
            entries.push(operation);
        }
        std::fs::write(store.layout.log(), &log).expect("a history");
        assert_eq!(read(&store).expect("it can be read"), entries);
        let all = entries.iter().cloned().map(HistoryEntry::RecordedOperation).collect();
        let mut mark = Mark::default();
        assert_eq!(news_of(&store, &mut mark), (all, false));
        assert_eq!((mark.end, mark.last.len()), (log.len() as u64, REMEMBERED));
        let found = |id: &str| find(&store, id).expect("it can be read").map(|it| it.id);
        assert_eq!(found(&entries[3].id).as_ref(), Some(&entries[3].id));
        assert_eq!(found("00000000000000ff"), None);
    }

    #[test]
    fn a_line_that_is_no_text_is_no_operation_from_either_end() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), Options::default()).expect("a store");
        own::create(&store).expect("a folder");
        let operation = operation("0123456789abcdef", Some(b"a"), None);
        let mut log = serde_json::to_vec(&operation).expect("it is told");
        // In a member that nobody reads.
        log.truncate(log.len() - 1);
        log.extend_from_slice(b",\"more\":\"\xf4\"}\n");
        std::fs::write(store.layout.log(), &log).expect("a history");
        assert_eq!(news_of(&store, &mut Mark::default()), (Vec::new(), false));
        assert_eq!(read(&store).expect("it can be read"), []);
        assert!(find(&store, "0123456789abcdef").expect("it can be read").is_none());
    }

    #[test]
    fn the_newest_operation_of_a_long_history_is_found_without_reading_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(folder.path(), Options::default()).expect("a store");
        own::create(&store).expect("a folder");
        let log = std::fs::File::create(store.layout.log()).expect("a history");
        // A hole of 1 TiB, which nobody reads to its begin.
        log.set_len(1 << 40).expect("a long file");
        let last = operation("0011223344556677", None, Some(b"new"));
        append(&store, &last).expect("appended");
        let newest = newest_first(&store).expect("it can be read").next();
        assert_eq!(newest.expect("one").expect("it can be read"), last);
        // Nor is the hole read by whoever asks for little.
        let within = |bytes| newest_first(&store).expect("it can be read").within(bytes).count();
        assert_eq!((within(4 * 1024), within(1)), (1, 1));
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
        let mut read = || news_of(&store, &mut mark);
        assert_eq!(read(), (Vec::new(), false));
        let first = operation("1", None, Some(b"x"));
        let when = "2026-01-01T00:00:00Z".to_string();
        let second = Observed { when, observed: serde_json::json!({"task": 7}) };
        append(&store, &first).expect("it is kept");
        assert_eq!(read(), (vec![HistoryEntry::RecordedOperation(first)], false));
        observe(&store, &second).expect("it is kept");
        let whole = std::fs::read(store.layout.log()).expect("a history");
        std::fs::write(store.layout.log(), &whole[..whole.len() - 5]).expect("half a line");
        assert_eq!(read(), (Vec::new(), false));
        std::fs::write(store.layout.log(), &whole).expect("the rest");
        assert_eq!(read(), (vec![HistoryEntry::Observed(second)], false));
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
                    let each: Vec<RecordedOperation> = each.collect();
                    each.iter().for_each(|it| append(&store, it).expect("it is kept"));
                    each.into_iter().map(HistoryEntry::RecordedOperation).collect::<Vec<_>>()
                };
                let first = begin(&["1", "9"]);
                assert_eq!(news_of(&store, &mut mark), (first, false));
                let second = begin(others);
                assert_eq!(news_of(&store, &mut mark), (second, true), "{others:?}");
                assert_eq!(news_of(&store, &mut mark), (Vec::new(), false));
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
        let forged = FileRecord { pre: Some(ContentStamp::of(b"two").hex()), ..record };
        assert_eq!(forged.reversed(Some(b"1")), None);
    }
}
