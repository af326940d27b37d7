//! A workspace as the store sees it: a root, a file system, and how careful to be. Opening one
//! changes nothing on disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::layout::Layout;
use crate::loader::State;
use crate::lock::Holder;
use crate::own::{self, Strange};
use crate::path::{PathError, RelPath};
use crate::transaction::TxId;
use crate::vfs::Vfs;
use crate::vfs::real::RealVfs;

/// What a success survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A power cut: everything is flushed before it is relied upon.
    #[default]
    Full,
    /// The end of this process at any instant, but not a power cut: nothing is flushed.
    Process,
}

/// How a store behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// What a success survives.
    pub durability: Durability,
    /// Whether files that their owner may not write are changed all the same.
    pub force_read_only: bool,
    /// How long to wait, before the commit, for a program that has a file open for writing.
    pub writer_before: Duration,
    /// How long to wait, after the commit, for a program that has a file open for writing; then the
    /// transaction is withdrawn.
    pub writer_after: Duration,
    #[cfg(test)]
    pub(crate) sabotage: Sabotage,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            durability: Durability::Full,
            force_read_only: false,
            writer_before: Duration::from_millis(500),
            writer_after: Duration::from_secs(2),
            #[cfg(test)]
            sabotage: Sabotage::None,
        }
    }
}

/// A part of the protocol that a test leaves out, to see that tests notice.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sabotage {
    None,
    /// What an exchange took out is not looked at.
    SlotsUnread,
    /// A lock is not compared with the file that bears its name.
    LockUnchecked,
    /// A journal's checksum is not compared.
    ChecksumUnchecked,
    /// Nobody is asked whether a file is open for writing.
    LeaseUnasked,
}

/// A workspace.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) root: PathBuf,
    pub(crate) layout: Layout,
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) options: Options,
    pub(crate) accept: Accept,
    /// Which files are written in place where they cannot be exchanged.
    pub(crate) in_place: Accept,
}

/// How far a workspace has come by transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment([Option<State>; 2]);

/// Which files something holds for.
#[derive(Clone)]
pub(crate) struct Accept(Arc<dyn Fn(&RelPath) -> bool + Send + Sync>);

impl fmt::Debug for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accept")
    }
}

impl Store {
    /// The workspace at `root`, on the file system of the machine. The error is the system's own,
    /// where `root` is not a folder that can be reached.
    pub fn open(root: &Path, options: Options) -> io::Result<Store> {
        let root = root.canonicalize()?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Store::with_vfs(root, options, Arc::new(RealVfs)))
    }

    /// The workspace at `root`, an absolute path without links, on the file system `vfs`.
    pub fn with_vfs(root: PathBuf, options: Options, vfs: Arc<dyn Vfs>) -> Store {
        let accept = Accept(Arc::new(|_| true));
        let in_place = Accept(Arc::new(|_| false));
        Store { layout: Layout::new(&root), root, vfs, options, accept, in_place }
    }

    /// Has a journal refused that names a file for which `accept` does not hold. A journal may have
    /// come with somebody's repository.
    #[must_use]
    pub fn accepting(mut self, accept: impl Fn(&RelPath) -> bool + Send + Sync + 'static) -> Store {
        self.accept = Accept(Arc::new(accept));
        self
    }

    /// Has files for which `allow` holds written in place where they cannot be exchanged: those with
    /// several names, and those that are mounts of their own. Others may see such a file half
    /// written, and what somebody saves at the same moment may be lost.
    #[must_use]
    pub fn writing_in_place(
        mut self,
        allow: impl Fn(&RelPath) -> bool + Send + Sync + 'static,
    ) -> Store {
        self.in_place = Accept(Arc::new(allow));
        self
    }

    pub(crate) fn writes_in_place(&self, path: &RelPath) -> bool {
        (self.in_place.0)(path)
    }

    pub(crate) fn accepts(&self, path: &RelPath) -> bool {
        (self.accept.0)(path)
    }

    /// The canonical root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the store has a folder of its own. [`StoreError::Strange`] where there is one that it
    /// did not make, which is not used.
    pub fn is_kept(&self) -> Result<bool, StoreError> {
        own::is_kept(self)
    }

    /// What has been committed so far, as far as that shows without the lock: whatever is begun or
    /// ended later makes this another.
    pub fn moment(&self) -> Moment {
        Moment([self.layout.tx(), self.layout.log()].map(|path| State::of(&path)))
    }

    /// Takes the store's folder for its own although it was copied or restored from elsewhere.
    pub fn adopt(&self) -> Result<(), StoreError> {
        own::adopt(self)
    }

    /// The workspace at another root, treated as this one is.
    pub(crate) fn at(&self, root: PathBuf) -> Store {
        Store { layout: Layout::new(&root), root, ..self.clone() }
    }

    pub(crate) fn durable(&self) -> bool {
        self.options.durability == Durability::Full
    }

    #[cfg(test)]
    pub(crate) fn sabotaged(&self, part: Sabotage) -> bool {
        self.options.sabotage == part
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
                "git is writing files: {} is there; try again when it has ended, or remove that \
                 file if no git runs",
                lock.display()
            ),
            StoreError::Stale { path } => write!(f, "{path} changed since it was read"),
            StoreError::Refused { path, reason } => write!(f, "{path}: {reason}"),
            StoreError::Path(error) => error.fmt(f),
            StoreError::Strange(strange) => strange.fmt(f),
            StoreError::Corrupt { journal, reason } => {
                write!(
                    f,
                    "a journal does not verify ({reason}); it is kept at {}",
                    journal.display()
                )
            }
            StoreError::Unfinished { id, .. } => {
                write!(f, "transaction {id} is not finished; the next command finishes it")
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
