//! The commit: a journal that is flushed under another name gets its own. Before that nothing
//! happened; after it everything will.

use super::carry::{Run, journal_path};
use super::plan::stable_read;
use super::stage::Staged;
use super::{Aborted, Committed, FileChange, Outcome, RebaseFn};
use crate::history::{FileRecord, Operation};
use crate::journal::{self, Journal, State};
use crate::stamp::Stamp;
use crate::store::{Doing, StoreError};
use crate::vfs;

impl Staged<'_> {
    /// Commits the change and carries it out. `rebase` is asked for every file that somebody saved
    /// meanwhile; it derives the new content from the intent and from what they saved.
    ///
    /// [`StoreError::Stale`] where a file changed since it was planned, [`StoreError::Refused`] and
    /// [`StoreError::Io`] where it cannot be committed: nothing was changed.
    /// [`StoreError::Unfinished`] where it was committed and could not be carried out.
    pub fn commit(self, rebase: &mut RebaseFn<'_>) -> Result<Outcome, StoreError> {
        let (store, id) = (self.locked.store, self.id.clone());
        if self.files.is_empty() {
            let checked = self.check();
            checked?;
            return Ok(Outcome::Committed(Committed {
                id,
                files: Vec::new(),
                operation: None,
                conflicts: Vec::new(),
            }));
        }
        let journal = match self.reach_commit() {
            Ok(journal) => journal,
            Err(error) => {
                let path = journal_path(store, &id);
                // Where it cannot be told whether the journal got its name, the next command looks.
                return match vfs::metadata(&*store.vfs, &path) {
                    Ok(None) => {
                        self.discard();
                        Err(error)
                    }
                    Ok(Some(_)) | Err(_) => Err(unfinished(id, error)),
                };
            }
        };
        let mut run = Run::new(store, journal);
        let withdrawn = run.carry_out(rebase)?;
        let Run { conflicts, rebased, journal, .. } = run;
        Ok(match withdrawn {
            Some(reason) => Outcome::Aborted(Aborted { id, reason, conflicts }),
            None => {
                let files = self.files.into_iter().zip(rebased);
                let files = files.map(|(file, rebased)| change(file, rebased)).collect();
                let operation = Some(journal.operation);
                Outcome::Committed(Committed { id, files, operation, conflicts })
            }
        })
    }

    /// Writes the journal and gives it its name, which commits the change.
    fn reach_commit(&self) -> Result<Journal, StoreError> {
        let store = self.locked.store;
        let vfs = &*store.vfs;
        let root = vfs.metadata(store.root()).doing("look at", store.root())?;
        let journal = Journal {
            state: State::Committed,
            id: self.id.clone(),
            operation: self.operation(),
            root: store.root().to_string_lossy().into_owned(),
            root_ino: root.identity.ino,
            entries: self.files.iter().map(|file| file.entry.clone()).collect(),
        };
        let bytes = journal
            .to_bytes()
            .map_err(std::io::Error::from)
            .doing("describe the operation for", &store.layout.log())?;
        if bytes.len() as u64 > journal::SIZE_LIMIT {
            let source = std::io::ErrorKind::FileTooLarge.into();
            return Err(StoreError::Io { action: "write the journal".to_string(), source });
        }
        let name = journal_path(store, &self.id);
        let temporary = name.with_extension("journal.tmp");
        let file = vfs.create(&temporary).doing("create", &temporary)?;
        vfs::write_all(vfs, &file, 0, &bytes).doing("write", &temporary)?;
        if store.durable() {
            vfs.sync(&file).doing("flush", &temporary)?;
        }
        self.check()?;
        vfs.rename(&temporary, &name).doing("commit", &name)?;
        if store.durable() {
            vfs.sync_dir(&store.layout.tx()).doing("flush", &name)?;
        }
        Ok(journal)
    }

    /// What the history will say, unless somebody saves in between.
    fn operation(&self) -> Operation {
        let record = |file: &super::plan::PlannedFile| {
            FileRecord::new(&file.entry.named, file.before.as_deref(), file.after.as_deref())
        };
        Operation {
            id: self.id.to_string(),
            note: self.note.clone(),
            files: self.files.iter().map(record).collect(),
        }
    }

    /// The last look before the commit: every file is as planned, and the lock is still ours.
    fn check(&self) -> Result<(), StoreError> {
        let store = self.locked.store;
        let planned = self.files.iter().map(|file| (&file.entry.named, file.entry.pre));
        let guards = self.guards.iter().map(|(path, stamp)| (path, *stamp));
        for (path, stamp) in planned.chain(guards) {
            if stable_read(store, path)?.bytes.as_deref().map(Stamp::of) != stamp {
                return Err(StoreError::Stale { path: path.clone() });
            }
        }
        // Last, for somebody else may begin as soon as the lock is not ours.
        if !self.locked.held.is_current(store).doing("look at", &store.layout.lock())? {
            let source = std::io::Error::other("the lock was removed while it was held");
            return Err(StoreError::Io { action: "keep the lock".to_string(), source });
        }
        Ok(())
    }
}

fn unfinished(id: super::TxId, error: StoreError) -> StoreError {
    let source = match error {
        StoreError::Io { source, .. } => source,
        other => std::io::Error::other(other),
    };
    StoreError::Unfinished { id, source }
}

fn change(file: super::plan::PlannedFile, rebased: Option<(Vec<u8>, Vec<u8>)>) -> FileChange {
    let path = file.entry.named;
    match rebased {
        Some((before, after)) => {
            FileChange { path, before: Some(before), after: Some(after), rebased: true }
        }
        None => FileChange { path, before: file.before, after: file.after, rebased: false },
    }
}
