//! Writes the new content beside the old, with the owner, permissions and attributes that the file
//! has, and flushes it. Nothing that anybody else looks at changes.

use std::io;
use std::path::{Path, PathBuf};

use super::LockedRoot;
use super::plan::{Basis, LARGE, Planned, PlannedFile, PlannedPart};
use crate::error::{Doing, StoreError};
use crate::history::Note;
use crate::id::TxId;
use crate::parallel;
use crate::path::RelPath;
use crate::roll_forward::slots::{self, kept_path, slot_path};
use crate::stamp::ContentStamp;
use crate::store::Store;
use crate::vfs::{self, FileKind};

/// A change whose new content is on disk, and which waits to be committed.
#[derive(Debug)]
#[must_use = "nothing is changed until it is committed"]
pub struct Staged<'l> {
    pub(super) id: TxId,
    pub(super) parts: Vec<StagedPart<'l>>,
    pub(super) basis: Basis<'l>,
}

/// What is staged in one root.
#[derive(Debug)]
pub(super) struct StagedPart<'l> {
    pub(super) locked: &'l LockedRoot<'l>,
    pub(super) id: TxId,
    pub(super) note: Note,
    pub(super) files: Vec<PlannedFile>,
    pub(super) guards: Vec<(RelPath, Option<ContentStamp>)>,
    /// Folders that had to be created for new files, outermost first.
    folders: Vec<PathBuf>,
}

impl<'l> Planned<'l> {
    /// Writes the new content beside the old. [`StoreError::Io`] where it cannot be written or
    /// cannot be made like the old; then nothing of it is left.
    pub fn stage(self) -> Result<Staged<'l>, StoreError> {
        let (id, folders) = (TxId::random(), Vec::new());
        let mut staged = Staged { id: id.clone(), parts: Vec::new(), basis: self.basis };
        for PlannedPart { locked, note, files, guards } in self.parts {
            let (id, folders) = (id.clone(), folders.clone());
            let mut part = StagedPart { locked, id, note, files, guards, folders };
            let written = part.write();
            staged.parts.push(part);
            if let Err(error) = written {
                staged.discard();
                return Err(error);
            }
        }
        Ok(staged)
    }
}

impl Staged<'_> {
    /// Removes what was staged; the files stay as they are.
    pub(super) fn discard(&self) {
        self.parts.iter().for_each(StagedPart::discard);
    }
}

impl StagedPart<'_> {
    fn write(&mut self) -> Result<(), StoreError> {
        let store = self.locked.store;
        let is_new = |file: &&PlannedFile| file.before.is_none() && file.after.is_some();
        for file in self.files.iter().filter(is_new) {
            let target = file.entry.path.below(store.root());
            create_above(store, &target, &mut self.folders)
                .doing("create the folder of", &target)?;
        }
        let files: Vec<(usize, &PlannedFile)> = self.files.iter().enumerate().collect();
        let sizes = self.files.iter().filter_map(|file| file.after.as_ref());
        let is_large = sizes.map(|after| after.len()).sum::<usize>() > LARGE;
        // The device takes the next content while it is told to keep the one before.
        let at_once = if is_large { 1 } else { files.len().max(1) };
        let written =
            parallel::each(&files, at_once, |(index, file)| self.write_slot(*index, file));
        written.into_iter().collect()
    }

    fn write_slot(&self, index: usize, file: &PlannedFile) -> Result<(), StoreError> {
        let store = self.locked.store;
        let Some(after) = &file.after else { return Ok(()) };
        let target = file.entry.path.below(store.root());
        let slot = slot_path(store, &self.id, index);
        if let Some(before) = file.before.as_ref().filter(|_| file.entry.in_place) {
            slots::write(store, &kept_path(&slot), before, None).doing("keep", &target)?;
            return slots::write(store, &slot, after, None).doing("stage", &target);
        }
        let like = file.like.as_ref().map(|like| like.below(store.root()));
        match slots::write(store, &slot, after, like.as_deref()) {
            // Whoever saves by renaming has moved it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound && file.like.is_some() => {
                Err(StoreError::Stale { path: file.entry.named.clone() })
            }
            written => written.doing("stage", &target),
        }
    }

    /// Removes what was staged. What cannot be removed is cleared away by the next transaction.
    fn discard(&self) {
        let store = self.locked.store;
        for name in vfs::list(&*store.vfs, &store.layout.tx()).unwrap_or_default() {
            if name.starts_with(self.id.as_str())
                && let Err(error) = store.vfs.remove(&store.layout.tx().join(&name))
            {
                tracing::debug!(%error, name, "a staged file stays");
            }
        }
        for folder in self.folders.iter().rev() {
            if let Err(error) = store.vfs.remove_dir(folder) {
                tracing::debug!(%error, folder = %folder.display(), "a new folder stays");
            }
        }
    }
}

/// Creates the folders above a new file, and flushes the names of those that were missing.
fn create_above(store: &Store, target: &Path, created: &mut Vec<PathBuf>) -> io::Result<()> {
    let vfs = &*store.vfs;
    let mut missing = Vec::new();
    let mut above = target.to_path_buf();
    while above.pop() {
        match vfs::metadata(vfs, &above)? {
            Some(found) if found.kind == FileKind::Folder => break,
            Some(_) => return Err(io::ErrorKind::NotADirectory.into()),
            None => missing.push(above.clone()),
        }
    }
    while let Some(folder) = missing.pop() {
        vfs.create_dir(&folder)?;
        created.push(folder.clone());
        if let Some(parent) = folder.parent().filter(|_| store.durable()) {
            vfs.sync_dir(parent)?;
        }
    }
    Ok(())
}
