//! Floor 2: why the store did not do what it was asked, and whom and what it names.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::holder::Holder;
use crate::id::TxId;
use crate::path::{PathError, RelPath};

/// Something that stands where only the store's own files do. It is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    /// Where.
    pub path: PathBuf,
    /// What is wrong with it, as a clause without its subject.
    pub reason: &'static str,
    /// Whether it is the store's folder itself.
    pub is_whole: bool,
}

impl fmt::Display for Strange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = match self.is_whole {
            true => {
                "move it away to start again; or, if it is your own, run `lockstep recover --adopt` to keep its history"
            }
            false => "check it, and move it away",
        };
        write!(f, "{} {}; nothing in it is used; {remedy}", self.path.display(), self.reason)
    }
}

/// Why the store did not do what it was asked.
#[derive(Debug)]
pub enum StoreError {
    /// Somebody else holds the lock, and the deadline passed.
    Busy {
        /// Who, where that is known.
        holder: Option<Holder>,
        /// How long was waited.
        waited: Duration,
    },
    /// Git writes the files of the repository, and did not end. Nothing was changed.
    Git {
        /// The file that says so.
        lock: PathBuf,
    },
    /// A file is not as the caller planned for. Nothing was changed.
    Stale {
        /// Which.
        path: RelPath,
    },
    /// A file cannot be changed safely. Nothing was changed.
    Refused {
        /// Which.
        path: RelPath,
        /// Why, as a clause.
        reason: String,
    },
    /// A path is none.
    Path(PathError),
    /// Something is in the store's folder that the store did not make. Nothing was changed.
    Strange(Strange),
    /// A journal does not verify. It was moved aside, and nothing else was changed: whether its
    /// transaction was under way cannot be told.
    Corrupt {
        /// Where the journal is now.
        journal: PathBuf,
        /// What is wrong with it, as a clause.
        reason: String,
    },
    /// A transaction was committed or is being withdrawn, and could not be carried to its end. The
    /// next command that opens the workspace does so.
    Unfinished {
        /// Which.
        id: TxId,
        /// What came in the way.
        source: io::Error,
    },
    /// A file operation failed. Nothing was changed.
    Io {
        /// What was being done, as a clause with the path.
        action: String,
        /// The system's own error.
        source: io::Error,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Busy { holder: Some(holder), waited } => {
                write!(f, "the workspace is locked by {holder}; waited {} ms", waited.as_millis())
            }
            StoreError::Busy { holder: None, waited } => {
                write!(f, "the workspace is locked; waited {} ms", waited.as_millis())
            }
            StoreError::Git { lock } => write!(
                f,
                "git is writing files: {} exists; try again when git has ended, or remove that file if no git is running",
                lock.display()
            ),
            StoreError::Stale { path } => write!(f, "{path} changed since it was read"),
            StoreError::Refused { path, reason } => write!(f, "{path}: {reason}"),
            StoreError::Path(error) => error.fmt(f),
            StoreError::Strange(strange) => strange.fmt(f),
            StoreError::Corrupt { journal, reason } => {
                write!(f, "a journal is damaged ({reason}); it is kept at {}", journal.display())
            }
            StoreError::Unfinished { id, .. } => {
                write!(f, "transaction {id} is not finished; the next command recovers it")
            }
            StoreError::Io { action, .. } => write!(f, "cannot {action}"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StoreError::Unfinished { source, .. } | StoreError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<PathError> for StoreError {
    fn from(error: PathError) -> StoreError {
        StoreError::Path(error)
    }
}

/// Names what was being done when a file operation failed.
pub(crate) trait Doing<T> {
    fn doing(self, action: &str, path: &Path) -> Result<T, StoreError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, action: &str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Io {
            action: format!("{action} {}", path.display()),
            source,
        })
    }
}
