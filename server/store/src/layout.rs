//! Floor 2: where the store keeps its own files: `.lockstep` at the root of a workspace.
//!
//! ```text
//! .lockstep/.gitignore   "*", so that nothing of it is committed
//! .lockstep/owner        the mark: which folder this is, so that a copy is told from it
//! .lockstep/lock         what is locked; never written, never removed
//! .lockstep/lock.info    who holds the lock
//! .lockstep/probe        what the file system allows, as found
//! .lockstep/tx/          transactions under way, flat: <id>.journal, <id>.s0, <id>.s0.1-<digest>
//! .lockstep/graveyard/   what transactions took out, for ten minutes
//! .lockstep/conflicts/   copies of what could not be brought together, kept for their owner
//! .lockstep/log.jsonl    the history
//! .lockstep/register     what callers keep beside it, a whole at a time
//! ```
//!
//! `tx` is flat so that one flush of one folder covers the journal and every slot: a folder for each
//! transaction would need a flush of its own before the commit.

use std::path::{Path, PathBuf};

use crate::id::TxId;
use crate::path::STORE_FOLDER;
use crate::vfs::FileKind;

/// How the name of a journal ends in the root that decides.
pub(crate) const JOURNAL: &str = ".journal";
/// How the name of a journal ends where another root decides.
pub(crate) const REFERENCE: &str = ".ref";

/// Whether a file of this name in the folder of transactions says that one is under way.
pub(crate) fn is_journal(name: &str) -> bool {
    name.ends_with(JOURNAL) || name.ends_with(REFERENCE)
}

/// The paths of the store's own files.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    folder: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Layout {
        Layout { folder: root.join(STORE_FOLDER) }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn ignore(&self) -> PathBuf {
        self.folder.join(".gitignore")
    }

    pub(crate) fn mark(&self) -> PathBuf {
        self.folder.join("owner")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }

    pub(crate) fn lock_info(&self) -> PathBuf {
        self.folder.join("lock.info")
    }

    pub(crate) fn probe(&self) -> PathBuf {
        self.folder.join("probe")
    }

    pub(crate) fn tx(&self) -> PathBuf {
        self.folder.join("tx")
    }

    /// The journal of a transaction in the root that decides.
    pub(crate) fn journal(&self, id: &TxId) -> PathBuf {
        self.tx().join(format!("{id}{JOURNAL}"))
    }

    /// The journal of a transaction in the root at this position among several: the first decides.
    pub(crate) fn journal_at(&self, id: &TxId, position: usize) -> PathBuf {
        match position {
            0 => self.journal(id),
            _ => self.reference(id),
        }
    }

    /// The journal of a transaction in a root where another decides.
    pub(crate) fn reference(&self, id: &TxId) -> PathBuf {
        self.tx().join(format!("{id}{REFERENCE}"))
    }

    pub(crate) fn retained(&self) -> PathBuf {
        self.folder.join("graveyard")
    }

    pub(crate) fn conflicts(&self) -> PathBuf {
        self.folder.join("conflicts")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log.jsonl")
    }

    pub(crate) fn register(&self) -> PathBuf {
        self.folder.join("register")
    }

    /// The next register, as long as it is written.
    pub(crate) fn new_register(&self) -> PathBuf {
        self.folder.join("register.new")
    }

    /// What has a name in the folder; `None` where nothing of the store's has it.
    pub(crate) fn kind_of(&self, name: &str) -> Option<FileKind> {
        match name {
            "tx" | "graveyard" | "conflicts" => Some(FileKind::Folder),
            ".gitignore" | "owner" | "lock" | "lock.info" | "probe" | "probe.new" | "log.jsonl"
            | "register" | "register.new" => Some(FileKind::File),
            _ => None,
        }
    }
}
