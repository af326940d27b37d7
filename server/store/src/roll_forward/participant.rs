//! What a committed transaction is in one of its roots, and the ends that are the same forward and
//! back. When which of them is due, [`super::Participants`] says.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Conflict;
use super::slots::{self, Slot};
use crate::history::{self, FileRecord};
use crate::id::TxId;
use crate::journal::{self, Journal, JournalEntry, JournalState};
use crate::own;
use crate::path::RelPath;
use crate::retained;
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs::{self, Handle, Lease, Vfs};

/// A transaction between its commit point and its end, in one root.
#[derive(Debug)]
#[must_use = "the transaction is under way"]
pub(crate) struct Participant<'a> {
    pub(super) store: &'a Store,
    pub(crate) journal: Journal,
    /// Where the journal is.
    path: PathBuf,
    pub(crate) conflicts: Vec<Conflict>,
    /// By file: what stood there when it was planned, as far as that is known.
    pub(super) was: Vec<Option<Arc<[u8]>>>,
    /// By file: what somebody saved meanwhile, and what was made of it.
    pub(crate) rebased: Vec<Option<(Vec<u8>, Vec<u8>)>>,
    /// Whether an earlier process committed it.
    pub(super) resumed: bool,
    /// Whether it is in the history: every file is as it should be, and what comes later stays.
    recorded: bool,
    /// Whether it could not be told for some file that nobody had it open for writing.
    pub(super) unproven: bool,
    /// The files of which a slot was damaged.
    pub(super) damaged: BTreeSet<usize>,
    /// What slots hold in which everything was as expected, by name.
    pub(super) found: HashMap<String, ContentStamp>,
}

/// Why going forward ended.
#[derive(Debug)]
pub(super) enum Stop {
    /// The transaction has to be rolled back, for this reason.
    Withdraw(String),
    /// A file operation failed.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

impl<'a> Participant<'a> {
    /// A transaction whose journal is at `path`, by file of what stood there.
    pub(crate) fn new(
        store: &'a Store,
        journal: Journal,
        path: PathBuf,
        was: Vec<Option<Arc<[u8]>>>,
    ) -> Participant<'a> {
        let rebased = journal.entries.iter().map(|_| None).collect();
        Participant {
            store,
            journal,
            path,
            conflicts: Vec::new(),
            was,
            rebased,
            resumed: false,
            recorded: false,
            unproven: false,
            damaged: BTreeSet::new(),
            found: HashMap::new(),
        }
    }

    /// A transaction that an earlier process committed.
    pub(crate) fn resume(store: &'a Store, journal: Journal, path: PathBuf) -> Participant<'a> {
        Participant { resumed: true, ..Participant::new(store, journal, path, Vec::new()) }
    }

    pub(crate) fn store(&self) -> &'a Store {
        self.store
    }

    pub(crate) fn root(&self) -> &'a Path {
        self.store.root()
    }

    /// Where the journal is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn vfs(&self) -> &'a dyn Vfs {
        &*self.store.vfs
    }

    pub(super) fn id(&self) -> &TxId {
        &self.journal.id
    }

    pub(super) fn target(&self, entry: &JournalEntry) -> PathBuf {
        entry.path.below(&self.store.root)
    }

    /// Whether it is in the history already.
    pub(super) fn look_into_history(&mut self) -> io::Result<bool> {
        self.recorded = history::settled(self.store, self.id()).map_err(io::Error::other)?;
        Ok(self.recorded)
    }

    /// Writes to the journal that the transaction is being withdrawn.
    pub(super) fn turn_back(&mut self) -> io::Result<()> {
        let file = self.vfs().open(&self.path)?;
        let word = journal::state_word(JournalState::Aborting);
        vfs::write_all(self.vfs(), &file, journal::STATE_OFFSET, word)?;
        if self.store.durable() {
            self.vfs().sync(&file)?;
        }
        self.journal.state = JournalState::Aborting;
        Ok(())
    }

    pub(super) fn flush_folders(&self) -> io::Result<()> {
        if !self.store.durable() {
            return Ok(());
        }
        let targets = self.journal.entries.iter().map(|entry| self.target(entry));
        let folders: BTreeSet<_> =
            targets.filter_map(|target| target.parent().map(PathBuf::from)).collect();
        for folder in folders {
            match self.vfs().sync_dir(&folder) {
                // Somebody removed the folder with what was in it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                answer => answer?,
            }
        }
        Ok(())
    }

    /// Adds the operation to the history, which acknowledges it. The change stands whether this
    /// succeeds or not: it may need space, and there may be none.
    pub(super) fn record(&mut self) {
        for (file, rebased) in self.journal.operation.files.iter_mut().zip(&self.rebased) {
            if let Some((before, after)) = rebased
                && let Ok(path) = RelPath::new(&file.path)
            {
                *file = FileRecord::new(&path, Some(before), Some(after));
            }
        }
        if self.recorded {
            return;
        }
        match history::append(self.store, &self.journal.operation) {
            Ok(()) => self.recorded = true,
            Err(error) => {
                tracing::warn!(%error, "the change is made, but cannot be added to the history");
            }
        }
    }

    /// Removes the journal.
    pub(super) fn close(&self) -> io::Result<()> {
        let vfs = self.vfs();
        let mut removed = vfs.remove(&self.path);
        // A journal whose operation is in the history does nothing when it comes back.
        if self.store.durable() && !self.recorded && removed.is_ok() {
            removed = vfs.sync_dir(&self.store.layout.tx());
        }
        match removed {
            // Somebody removed it with the whole folder, or carried the same transaction to its end
            // after the lock was removed. Every file is where it belongs.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            answer => answer,
        }
    }

    /// Clears the slots away.
    pub(super) fn clear(&self) {
        retained::retain(self.store, self.id().as_str(), &self.found);
        self.remove_empty_folders();
    }

    /// A folder goes with its last file. Where it cannot, it stays: that breaks no promise.
    fn remove_empty_folders(&self) {
        let there_once = |entry: &&JournalEntry| entry.pre.is_none() || entry.post.is_none();
        for entry in self.journal.entries.iter().filter(there_once) {
            let target = self.target(entry);
            if !matches!(vfs::metadata(self.vfs(), &target), Ok(None)) {
                continue;
            }
            let above = target.ancestors().skip(1).take_while(|above| *above != self.store.root);
            for folder in above {
                if self.vfs().remove_dir(folder).is_err() {
                    break;
                }
            }
        }
    }

    /// The slots of the file at `index`.
    pub(super) fn scan(&self, index: usize, entry: &JournalEntry) -> io::Result<Vec<Slot>> {
        slots::scan(self.store, self.id(), index, entry.post)
    }

    /// Waits until nobody has `file` open for writing.
    pub(super) fn wait_for_writer(
        &mut self,
        entry: &JournalEntry,
        file: &Handle,
    ) -> Result<(), Stop> {
        #[cfg(test)]
        if self.store.sabotaged(crate::store::Sabotage::LeaseUnasked) {
            return Ok(());
        }
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(1);
        loop {
            match self.vfs().lease(file)? {
                Lease::Free => return Ok(()),
                Lease::Unknown => {
                    self.unproven = true;
                    return Ok(());
                }
                Lease::Busy if waited >= self.store.options.writer_after => {
                    let reason = "another program keeps it open for writing";
                    return Err(Stop::Withdraw(format!("{}: {reason}", entry.named)));
                }
                Lease::Busy => {
                    self.vfs().wait(pause);
                    waited += pause;
                    pause = (pause * 2).min(Duration::from_millis(50));
                }
            }
        }
    }

    /// Keeps a copy of what somebody saved to `path`, once.
    pub(super) fn keep_copy(
        &mut self,
        index: usize,
        path: &RelPath,
        bytes: &[u8],
    ) -> io::Result<()> {
        let hex = ContentStamp::of(bytes).hex();
        let digest = hex.get(..8).unwrap_or_default();
        let name = format!("{}-{index}-{digest}-{}", self.id(), short(path.file_name()));
        let mut copy = self.store.layout.conflicts().join(&name);
        if !slots::content(self.store, &copy)?.is(Some(ContentStamp::of(bytes))) {
            copy = own::free_conflict(self.store, &name)?;
            let file = self.vfs().create(&copy)?;
            vfs::write_all(self.vfs(), &file, 0, bytes)?;
            if self.store.durable() {
                self.vfs().sync(&file)?;
                self.vfs().sync_dir(&self.store.layout.conflicts())?;
            }
        }
        let conflict = Conflict { path: path.clone(), copy };
        if !self.conflicts.contains(&conflict) {
            self.conflicts.push(conflict);
        }
        Ok(())
    }
}

/// At most 100 bytes of the end of a name, for names that are put together.
fn short(name: &str) -> &str {
    let mut start = name.len().saturating_sub(100);
    while !name.is_char_boundary(start) {
        start += 1;
    }
    name.get(start..).unwrap_or_default()
}
