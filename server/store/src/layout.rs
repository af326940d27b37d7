//! Where the store keeps its own files: `.lockstep` at the root of a workspace.
//!
//! ```text
//! .lockstep/.gitignore   "*", so that nothing of it is committed
//! .lockstep/lock         what is locked; never written, never removed
//! .lockstep/lock.info    who holds the lock
//! .lockstep/probe        what the file system allows, as found
//! .lockstep/tx/          transactions under way, flat: <id>.journal, <id>.s0, <id>.s0.1-<digest>
//! .lockstep/graveyard/   what transactions took out, for ten minutes
//! .lockstep/conflicts/   copies of what could not be brought together, kept for their owner
//! .lockstep/log.jsonl    the history
//! ```
//!
//! `tx` is flat so that one flush of one folder covers the journal and every slot: a folder for each
//! transaction would need a flush of its own before the commit.

use std::io;
use std::path::{Path, PathBuf};

use crate::path::STORE_FOLDER;
use crate::vfs::{self, Kind, Vfs};

/// The paths of the store's own files.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
    folder: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Layout {
        Layout { root: root.to_path_buf(), folder: root.join(STORE_FOLDER) }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
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

    pub(crate) fn graveyard(&self) -> PathBuf {
        self.folder.join("graveyard")
    }

    pub(crate) fn conflicts(&self) -> PathBuf {
        self.folder.join("conflicts")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log.jsonl")
    }

    /// Creates what is missing. The `.gitignore` comes last, after the others are flushed where
    /// `durable`: while it stands, their names survive a power cut.
    pub(crate) fn create(&self, vfs: &dyn Vfs, durable: bool) -> io::Result<()> {
        let ignore = self.folder.join(".gitignore");
        let folders = [self.folder.clone(), self.tx(), self.graveyard(), self.conflicts()];
        let log = self.log();
        let mut complete = vfs::metadata(vfs, &ignore)?.is_some();
        complete &= vfs::metadata(vfs, &log)?.is_some();
        for folder in &folders {
            complete &= is_dir(vfs, folder)?;
        }
        if complete {
            return Ok(());
        }
        tolerate(vfs.remove(&ignore), io::ErrorKind::NotFound)?;
        for folder in &folders {
            if !is_dir(vfs, folder)? {
                tolerate(vfs.create_dir(folder), io::ErrorKind::AlreadyExists)?;
            }
        }
        tolerate(vfs.create(&log).map(drop), io::ErrorKind::AlreadyExists)?;
        if durable {
            vfs.sync_dir(&self.folder)?;
            vfs.sync_dir(&self.root)?;
        }
        match vfs.create(&ignore) {
            Ok(file) => vfs::write_all(vfs, &file, 0, b"*\n"),
            Err(error) => tolerate(Err(error), io::ErrorKind::AlreadyExists),
        }
    }
}

/// Whether there is a folder at `path`; an error where there is something else.
fn is_dir(vfs: &dyn Vfs, path: &Path) -> io::Result<bool> {
    match vfs::metadata(vfs, path)? {
        Some(found) if found.kind == Kind::Folder => Ok(true),
        Some(_) => Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder")),
        None => Ok(false),
    }
}

fn tolerate(answer: io::Result<()>, kind: io::ErrorKind) -> io::Result<()> {
    match answer {
        Err(error) if error.kind() == kind => Ok(()),
        answer => answer,
    }
}
