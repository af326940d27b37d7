//! A history read from its end, piece by piece.

use std::path::PathBuf;
use std::sync::Arc;

use super::RecordedOperation;
use crate::error::{Doing, StoreError};
use crate::own;
use crate::store::Store;
use crate::vfs::{self, FileKind, Handle, Vfs};

/// How much is read at once, in bytes, unless a line is longer.
const PIECE: usize = 64 * 1024;

/// How a line begins that tells what was observed.
const OBSERVED: &[u8] = br#"{"when":"#;

/// The operations of a history, the newest first.
#[derive(Debug)]
pub struct Newest {
    vfs: Arc<dyn Vfs>,
    path: PathBuf,
    file: Option<Handle>,
    /// Where in the file `read` begins.
    start: u64,
    /// What was read and not told yet.
    read: Vec<u8>,
    /// Lines that do not hold this are passed over unread.
    name: Option<String>,
    /// Where in the file nothing more is read.
    least: u64,
}

/// The operations of a history, the newest first. What is added meanwhile is not among them.
pub fn newest_first(store: &Store) -> Result<Newest, StoreError> {
    let (vfs, path) = (store.vfs.clone(), store.layout.log());
    let found = match store.is_kept()? {
        true => own::entry(&*vfs, &path, FileKind::File)?,
        false => None,
    };
    let file = found.map(|_| vfs::look(&*vfs, &path).doing("open", &path)).transpose()?.flatten();
    let start = found.map_or(0, |found| found.len);
    Ok(Newest { vfs, path, file, start, read: Vec::new(), name: None, least: 0 })
}

/// The operation of this name.
pub fn find(store: &Store, id: &str) -> Result<Option<RecordedOperation>, StoreError> {
    for operation in newest_first(store)?.naming(id) {
        let operation = operation?;
        if operation.id == id {
            return Ok(Some(operation));
        }
    }
    Ok(None)
}

impl Newest {
    /// Only operations in whose line this text stands.
    #[must_use]
    pub fn naming(self, name: &str) -> Newest {
        Newest { name: Some(name.to_string()), ..self }
    }

    /// Only operations that stand in the last `bytes` of the history.
    #[must_use]
    pub fn within(self, bytes: u64) -> Newest {
        Newest { least: self.start.saturating_sub(bytes), ..self }
    }

    /// The line before those that were told; `None` where there is none.
    fn line(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        // The line break that ends it is none that it begins after.
        let mut known = self.read.len().saturating_sub(1);
        loop {
            let before = self.read.get(..known).unwrap_or_default();
            if let Some(end) = before.iter().rposition(|byte| *byte == b'\n') {
                return Ok(Some(self.read.split_off(end + 1)));
            }
            if self.least > 0 && self.start <= self.least {
                return Ok(None);
            }
            let Some(file) = self.file.as_ref().filter(|_| self.start > 0) else {
                return Ok(Some(std::mem::take(&mut self.read)).filter(|line| !line.is_empty()));
            };
            let piece = PIECE.max(self.read.len());
            let piece = usize::try_from(self.start).map_or(piece, |start| start.min(piece));
            self.start -= piece as u64;
            let mut bytes = self.vfs.read_at(file, self.start, piece).doing("read", &self.path)?;
            known = if self.read.is_empty() { bytes.len().saturating_sub(1) } else { bytes.len() };
            bytes.append(&mut self.read);
            self.read = bytes;
        }
    }

    fn names(&self, line: &str) -> bool {
        self.name.as_ref().is_none_or(|name| line.contains(name.as_str()))
    }
}

impl Iterator for Newest {
    type Item = Result<RecordedOperation, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.line().transpose()? {
                Ok(line) => line,
                Err(error) => {
                    // Nothing more can be told.
                    (self.file, self.read) = (None, Vec::new());
                    return Some(Err(error));
                }
            };
            // Others are what was observed, which may be long, or were cut short. A line that is no text is
            // no operation, wherever in it that shows: whoever reads from the start takes it for none.
            if !line.starts_with(OBSERVED)
                && let Ok(line) = std::str::from_utf8(&line)
                && self.names(line)
                && let Ok(operation) = serde_json::from_str(line)
            {
                return Some(Ok(operation));
            }
        }
    }
}
