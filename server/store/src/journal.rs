//! Floor 6: the record of a transaction under way: what recovery needs to carry it forward or back.
//!
//! A journal is flushed before it gets its name, so one that does not verify is no crash artefact
//! but damage or forgery. It is untrusted input: it may have come with somebody's repository.
//!
//! The file is one page that holds the state, then the records, then a checksum over both. The page
//! is written in full beforehand, so that changing the state later needs no space.
//!
//! A transaction over several roots has a journal in the first of them, which decides, and in each of
//! the others a *reference*: the same kind of record, about the files of its own root. All of them
//! name all the roots.

use std::path::{Component, Path, PathBuf};

use crate::history::RecordedOperation;
use crate::id::TxId;
use crate::path::RelPath;
use crate::stamp::ContentStamp;

const MAGIC: &[u8] = b"lockstep journal 1\n";
const STATE_AREA: usize = 4096;
const CHECKSUM: usize = 32;
/// What stands before the roots of a transaction that is about several.
const ROOTS: &[u8] = b"roots";
/// Journals above this size are refused unread, in bytes.
pub(crate) const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// Where a transaction is headed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JournalState {
    /// Forward: every file gets its new state.
    Committed,
    /// Back: every file gets its old state.
    Aborting,
}

impl JournalState {
    /// The word that stands on disk. The words are equally long and differ in two bits at least at
    /// every place, so that neither a flipped bit nor a write that was cut short makes one of the
    /// other by chance.
    fn word(self) -> &'static [u8; 9] {
        match self {
            JournalState::Committed => b"COMMITTED",
            JournalState::Aborting => b"WITHDRAWN",
        }
    }
}

/// One file of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JournalEntry {
    /// The file, links resolved.
    pub(crate) path: RelPath,
    /// The file as the caller named it.
    pub(crate) named: RelPath,
    /// Its content before; `None` where it is created.
    pub(crate) pre: Option<ContentStamp>,
    /// Its content after; `None` where it is removed.
    pub(crate) post: Option<ContentStamp>,
    /// Its permissions before, 0 where it is created.
    pub(crate) mode: u32,
    /// Whether it is written in place, because it cannot be exchanged.
    pub(crate) in_place: bool,
}

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Journal {
    pub(crate) state: JournalState,
    pub(crate) id: TxId,
    /// The canonical path of the workspace and the inode of its root. Either may change lawfully,
    /// both together do not.
    pub(crate) root: String,
    pub(crate) root_ino: u64,
    /// What the history will say.
    pub(crate) operation: RecordedOperation,
    pub(crate) entries: Vec<JournalEntry>,
    /// The canonical paths of the roots that the transaction is about, the deciding one first; empty
    /// where it is this one alone.
    pub(crate) participants: Vec<String>,
}

/// Where the word of the state stands.
pub(crate) const STATE_OFFSET: u64 = MAGIC.len() as u64;

/// What is written at [`STATE_OFFSET`] to change the state.
pub(crate) fn state_word(state: JournalState) -> &'static [u8] {
    state.word()
}

impl Journal {
    /// The bytes of the file.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let operation = serde_json::to_vec(&self.operation)?;
        let mut bytes = state_area(JournalState::Committed);
        let mut out = Writer(&mut bytes);
        out.bytes(&operation);
        out.bytes(self.root.as_bytes());
        out.number(self.root_ino);
        out.number(self.entries.len() as u64);
        for entry in &self.entries {
            out.bytes(entry.path.as_str().as_bytes());
            out.bytes(entry.named.as_str().as_bytes());
            out.stamp(entry.pre);
            out.stamp(entry.post);
            out.number(u64::from(entry.mode));
            out.number(u64::from(entry.in_place));
        }
        if !self.participants.is_empty() {
            out.bytes(ROOTS);
            out.number(self.participants.len() as u64);
            for root in &self.participants {
                out.bytes(root.as_bytes());
            }
        }
        let checksum = *blake3::hash(&bytes).as_bytes();
        bytes.extend_from_slice(&checksum);
        if let Some(area) = bytes.get_mut(..STATE_AREA) {
            area.copy_from_slice(&state_area(self.state));
        }
        Ok(bytes)
    }

    /// Reads a journal strictly: every byte counts, and nothing may be left over. The error says
    /// what is wrong, as a clause.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Journal, &'static str> {
        parse(bytes, true)
    }

    /// As [`Journal::from_bytes`], but taking the content at its word.
    #[cfg(test)]
    pub(crate) fn from_bytes_unchecked(bytes: &[u8]) -> Result<Journal, &'static str> {
        parse(bytes, false)
    }

    /// Whether the journal was written for the workspace at `root`.
    pub(crate) fn belongs_to(&self, root: &Path, root_ino: u64) -> bool {
        root.to_str() == Some(self.root.as_str()) || (root_ino != 0 && root_ino == self.root_ino)
    }

    /// Which of the roots this one is; 0 decides.
    pub(crate) fn position(&self) -> usize {
        self.participants.iter().position(|root| *root == self.root).unwrap_or_default()
    }
}

fn parse(bytes: &[u8], checked: bool) -> Result<Journal, &'static str> {
    let area = bytes.get(..STATE_AREA).ok_or("it is cut short")?;
    let state = state_of(area).ok_or("its state is none")?;
    let end = bytes.len().checked_sub(CHECKSUM).filter(|end| *end >= STATE_AREA);
    let (body, checksum) =
        bytes.split_at_checked(end.ok_or("it is cut short")?).ok_or("it is cut short")?;
    let records = body.get(STATE_AREA..).unwrap_or_default();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&state_area(JournalState::Committed));
    hasher.update(records);
    if checked && hasher.finalize().as_bytes() != checksum {
        return Err("its checksum is wrong");
    }
    let mut input = JournalReader(records);
    let operation: RecordedOperation =
        serde_json::from_slice(input.bytes()?).map_err(|_| "its operation is none")?;
    let journal = Journal {
        state,
        id: TxId::parse(&operation.id).ok_or("its id is none")?,
        operation,
        root: input.text()?.to_string(),
        root_ino: input.number()?,
        entries: entries(&mut input)?,
        participants: participants(&mut input)?,
    };
    if !input.0.is_empty() {
        return Err("something follows its end");
    }
    if !journal.participants.is_empty() && !journal.participants.contains(&journal.root) {
        return Err("it is about other roots");
    }
    let named = journal.entries.iter().map(|entry| entry.named.as_str());
    if !named.eq(journal.operation.files.iter().map(|file| file.path.as_str())) {
        return Err("its operation is about other files");
    }
    Ok(journal)
}

fn entries(input: &mut JournalReader<'_>) -> Result<Vec<JournalEntry>, &'static str> {
    let count = input.number()?;
    // No reservation: the count may be any number.
    let mut entries: Vec<JournalEntry> = Vec::new();
    for _ in 0..count {
        let path = RelPath::new(input.text()?).map_err(|error| error.reason)?;
        let named = RelPath::new(input.text()?).map_err(|error| error.reason)?;
        let (pre, post) = (input.stamp()?, input.stamp()?);
        let mode = u32::try_from(input.number()?).map_err(|_| "a mode is none")?;
        let in_place = match input.number()? {
            0 => false,
            1 if pre.is_some() && post.is_some() => true,
            _ => return Err("how a file is written is not known"),
        };
        if pre == post {
            return Err("an entry changes nothing");
        }
        if entries.iter().any(|entry| entry.path == path) {
            return Err("a file stands twice");
        }
        entries.push(JournalEntry { path, named, pre, post, mode, in_place });
    }
    Ok(entries)
}

fn participants(input: &mut JournalReader<'_>) -> Result<Vec<String>, &'static str> {
    let mut roots: Vec<String> = Vec::new();
    if input.0.is_empty() {
        return Ok(roots);
    }
    if input.bytes() != Ok(ROOTS) {
        return Err("something follows its end");
    }
    let count = input.number()?;
    for _ in 0..count {
        let root = input.text()?.to_string();
        if !is_canonical(Path::new(&root)) {
            return Err("a root is not absolute and normal");
        }
        if roots.contains(&root) {
            return Err("a root stands twice");
        }
        roots.push(root);
    }
    if roots.len() < 2 {
        return Err("it is about too few roots");
    }
    Ok(roots)
}

/// Whether a path has the form of a canonical one.
fn is_canonical(path: &Path) -> bool {
    let mut parts = path.components();
    let plain = parts.all(|part| !matches!(part, Component::CurDir | Component::ParentDir));
    plain
        && path.is_absolute()
        && path.components().collect::<PathBuf>().as_os_str() == path.as_os_str()
}

fn state_area(state: JournalState) -> Vec<u8> {
    let mut area = Vec::with_capacity(STATE_AREA);
    area.extend_from_slice(MAGIC);
    area.extend_from_slice(state.word());
    area.resize(STATE_AREA - 1, b' ');
    area.push(b'\n');
    area
}

/// The state in `area`. A word that begins as [`JournalState::Aborting`] and ends as [`JournalState::Committed`]
/// is one whose writing was cut short: the transaction is being withdrawn.
fn state_of(area: &[u8]) -> Option<JournalState> {
    let (from, to) = (JournalState::Committed.word(), JournalState::Aborting.word());
    for done in 0..=from.len() {
        let mut expected = state_area(JournalState::Committed);
        let word = expected.get_mut(MAGIC.len()..)?.get_mut(..done)?;
        word.copy_from_slice(to.get(..done)?);
        if area == expected {
            return Some(if done == 0 { JournalState::Committed } else { JournalState::Aborting });
        }
    }
    None
}

struct Writer<'a>(&'a mut Vec<u8>);

impl Writer<'_> {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn stamp(&mut self, stamp: Option<ContentStamp>) {
        match stamp {
            None => self.0.push(0),
            Some(stamp) => {
                self.0.push(1);
                self.0.extend_from_slice(&stamp.digest);
                self.number(stamp.len);
            }
        }
    }
}

struct JournalReader<'a>(&'a [u8]);

impl<'a> JournalReader<'a> {
    fn take(&mut self, count: u64) -> Result<&'a [u8], &'static str> {
        let count = usize::try_from(count).map_err(|_| "a length is too great")?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or("a length is too great")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, &'static str> {
        let bytes = self.take(8)?.try_into().map_err(|_| "it is cut short")?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn bytes(&mut self) -> Result<&'a [u8], &'static str> {
        let count = self.number()?;
        self.take(count)
    }

    fn text(&mut self) -> Result<&'a str, &'static str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "a text is not UTF-8")
    }

    fn stamp(&mut self) -> Result<Option<ContentStamp>, &'static str> {
        match self.take(1)? {
            [0] => Ok(None),
            [1] => {
                let digest = self.take(32)?.try_into().map_err(|_| "it is cut short")?;
                Ok(Some(ContentStamp { digest, len: self.number()? }))
            }
            _ => Err("a stamp is none"),
        }
    }
}

#[cfg(test)]
mod tests;
