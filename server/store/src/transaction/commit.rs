//! The commit: a journal that is flushed under another name gets its own. Before that nothing
//! happened; after it everything will.

use std::path::{Path, PathBuf};

use super::plan::{PlannedFile, stable_is, stable_read};
use super::stage::{Staged, StagedPart};
use super::{Aborted, CommitOutcome, Committed, FileChange, RebaseFn};
use crate::error::{Doing, StoreError};
use crate::history::{FileRecord, RecordedOperation};
use crate::id::TxId;
use crate::journal::{self, Journal, JournalState};
use crate::roll_forward::{Participant, Participants};
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs;

impl<'l> Staged<'l> {
    /// Commits the change and brings it to its end. `rebase` is asked for every file that somebody
    /// saved meanwhile; it derives the new content from the intent and from what they saved.
    ///
    /// [`StoreError::Stale`] where a file changed since it was planned, [`StoreError::Refused`] and
    /// [`StoreError::Io`] where it cannot be committed: nothing was changed.
    /// [`StoreError::Unfinished`] where it was committed and did not come to its end.
    pub fn commit(self, rebase: &mut RebaseFn<'_>) -> Result<CommitOutcome, StoreError> {
        let mut participants = self.reach_commit()?;
        let withdrawn = match participants.all.is_empty() {
            true => None,
            false => participants.complete(&self.id, rebase)?,
        };
        let mut all = participants.all.into_iter();
        if let Some(reason) = withdrawn {
            let conflicts = all.flat_map(|one| one.conflicts).collect();
            return Ok(CommitOutcome::Aborted(Aborted { id: self.id, reason, conflicts }));
        }
        let committed = self.parts.into_iter().map(|part| {
            let participant = if part.files.is_empty() { None } else { all.next() };
            part.committed(participant)
        });
        Ok(CommitOutcome::Committed(committed.collect()))
    }

    /// Writes the journals and gives that of the first root its name, which commits the change. The
    /// answer is the roots in which files change.
    fn reach_commit(&self) -> Result<Participants<'l>, StoreError> {
        let changed: Vec<&StagedPart<'l>> =
            self.parts.iter().filter(|part| !part.files.is_empty()).collect();
        let Some(first) = changed.first() else {
            self.check()?;
            return Ok(Participants { all: Vec::new(), acknowledged_elsewhere: false });
        };
        let journals = self.write_journals(&changed).map_err(|error| {
            let store = first.locked.store;
            // Where it cannot be told whether the journal got its name, the next command looks.
            match vfs::metadata(&*store.vfs, &store.layout.journal(&self.id)) {
                Ok(None) => {
                    self.discard();
                    error
                }
                Ok(Some(_)) | Err(_) => unfinished(self.id.clone(), error),
            }
        })?;
        let all = changed.iter().zip(journals).enumerate().map(|(position, (part, journal))| {
            let store = part.locked.store;
            let was = part.files.iter().map(|file| file.before.clone()).collect();
            Participant::new(store, journal, store.layout.journal_at(&self.id, position), was)
        });
        Ok(Participants { all: all.collect(), acknowledged_elsewhere: false })
    }

    fn write_journals(&self, changed: &[&StagedPart<'_>]) -> Result<Vec<Journal>, StoreError> {
        let is_one = changed.len() == 1;
        let roots = changed.iter().filter(|_| !is_one).map(|part| root_name(part.locked.store));
        let roots: Vec<String> = roots.collect();
        let journals: Result<Vec<_>, _> = changed.iter().map(|part| part.journal(&roots)).collect();
        let journals = journals?;
        // The others have theirs before the first decides.
        for (position, (part, journal)) in changed.iter().zip(&journals).enumerate().rev() {
            let store = part.locked.store;
            let name = store.layout.journal_at(&self.id, position);
            let temporary = write(store, &name, journal)?;
            if position == 0 {
                self.check()?;
            }
            store.vfs.rename(&temporary, &name).doing("commit", &name)?;
            if store.durable() {
                store.vfs.sync_dir(&store.layout.tx()).doing("flush", &name)?;
            }
        }
        Ok(journals)
    }

    /// The last look before the commit.
    fn check(&self) -> Result<(), StoreError> {
        self.basis.check()?;
        self.parts.iter().try_for_each(StagedPart::check_files)?;
        // Last, for somebody else may begin as soon as a lock is not ours.
        self.parts.iter().try_for_each(StagedPart::check_lock)
    }
}

impl StagedPart<'_> {
    /// What became of the files, where `participant` changed any.
    fn committed(self, participant: Option<Participant<'_>>) -> Committed {
        let Some(Participant { conflicts, rebased, journal, .. }) = participant else {
            let (files, conflicts) = (Vec::new(), Vec::new());
            return Committed { id: self.id, files, operation: None, conflicts };
        };
        let files = self.files.into_iter().zip(rebased);
        let files = files.map(|(file, rebased)| change(file, rebased)).collect();
        Committed { id: self.id, files, operation: Some(journal.operation), conflicts }
    }

    /// The record of the change in this root.
    fn journal(&self, roots: &[String]) -> Result<Journal, StoreError> {
        let store = self.locked.store;
        let found = store.vfs.metadata(store.root()).doing("look at", store.root())?;
        let root = root_name(store);
        let others = roots.iter().filter(|other| **other != root).cloned().collect();
        let operation = RecordedOperation { roots: others, ..self.operation() };
        Ok(Journal {
            state: JournalState::Committed,
            id: self.id.clone(),
            operation,
            root,
            root_ino: found.identity.ino,
            entries: self.files.iter().map(|file| file.entry.clone()).collect(),
            participants: roots.to_vec(),
        })
    }

    /// What the history will say, unless somebody saves in between.
    fn operation(&self) -> RecordedOperation {
        let record = |file: &PlannedFile| {
            let contents = [file.before.as_deref(), file.after.as_deref()];
            let stamps = [file.entry.pre, file.entry.post];
            FileRecord::with_stamps(&file.entry.named, contents, stamps)
        };
        RecordedOperation {
            id: self.id.to_string(),
            note: self.note.clone(),
            files: self.files.iter().map(record).collect(),
            roots: Vec::new(),
        }
    }

    /// The last look before the commit: every file is as planned.
    fn check_files(&self) -> Result<(), StoreError> {
        let store = self.locked.store;
        for file in &self.files {
            if !stable_is(store, &file.entry.named, file.before.as_deref())? {
                return Err(StoreError::Stale { path: file.entry.named.clone() });
            }
        }
        for (path, stamp) in &self.guards {
            if stable_read(store, path)?.content.as_deref().map(ContentStamp::of) != *stamp {
                return Err(StoreError::Stale { path: path.clone() });
            }
        }
        Ok(())
    }

    /// The lock is still ours.
    fn check_lock(&self) -> Result<(), StoreError> {
        let store = self.locked.store;
        if !self.locked.held.is_current(store).doing("look at", &store.layout.lock())? {
            let source = std::io::Error::other("the lock was removed while it was held");
            return Err(StoreError::Io { action: "keep the lock".to_string(), source });
        }
        Ok(())
    }
}

/// Writes a journal under a name that is not its own yet, and flushes it.
fn write(store: &Store, name: &Path, journal: &Journal) -> Result<PathBuf, StoreError> {
    let vfs = &*store.vfs;
    let bytes = journal
        .to_bytes()
        .map_err(std::io::Error::from)
        .doing("describe the operation for", &store.layout.log())?;
    if bytes.len() as u64 > journal::SIZE_LIMIT {
        let source = std::io::ErrorKind::FileTooLarge.into();
        return Err(StoreError::Io { action: "write the journal".to_string(), source });
    }
    let temporary = name.with_extension("tmp");
    let file = vfs.create(&temporary).doing("create", &temporary)?;
    vfs::write_all(vfs, &file, 0, &bytes).doing("write", &temporary)?;
    if store.durable() {
        vfs.sync(&file).doing("flush", &temporary)?;
    }
    Ok(temporary)
}

fn root_name(store: &Store) -> String {
    store.root().to_string_lossy().into_owned()
}

fn unfinished(id: TxId, error: StoreError) -> StoreError {
    let source = match error {
        StoreError::Io { source, .. } => source,
        other => std::io::Error::other(other),
    };
    StoreError::Unfinished { id, source }
}

fn change(file: PlannedFile, rebased: Option<(Vec<u8>, Vec<u8>)>) -> FileChange {
    let path = file.entry.named;
    match rebased {
        Some((before, after)) => {
            let (before, after) = (Some(before.into()), Some(after.into()));
            FileChange { path, before, after, rebased: true }
        }
        None => FileChange { path, before: file.before, after: file.after, rebased: false },
    }
}
