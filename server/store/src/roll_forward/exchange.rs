//! A file and a slot trade places: in one step where the system can, and otherwise in several, each
//! of which tells from the names alone how to go on after whatever end.
//!
//! What is moved away from where somebody else may save is moved by a rename, which takes out what
//! is there in that moment and nothing else. What is moved there takes no other file's place.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::participant::Participant;
use super::slots::{self, Slot};
use crate::journal::JournalEntry;
use crate::own;
use crate::vfs;

/// What names a file has after it was given another.
#[derive(Clone, Copy, Debug)]
#[must_use = "the first may have to go"]
enum SlotNames {
    /// The new one.
    One,
    /// The new one and the one before.
    Both,
}

impl Participant<'_> {
    /// Exchanges the file with a slot.
    pub(super) fn put(&self, entry: &JournalEntry, slot: &Slot) -> io::Result<()> {
        let target = self.target(entry);
        if slot.staged.is_none() {
            return match self.vfs().rename(&target, &slot.path) {
                // Somebody else removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                answer => answer,
            };
        }
        if entry.pre.is_none() && slot.round == 0 {
            match self.place(&slot.path, &target) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                answer => return answer,
            }
        }
        self.exchange(&target, &slot.path)
    }

    /// Renames a slot to a path where nothing is; [`io::ErrorKind::AlreadyExists`] where something
    /// is. An end in between leaves both names, which [`Participant::mend`] mends.
    pub(super) fn place(&self, slot: &Path, target: &Path) -> io::Result<()> {
        match self.appear(slot, target)? {
            SlotNames::One => Ok(()),
            SlotNames::Both => self.leave(slot, target),
        }
    }

    /// Gives a slot the name of a path where nothing is, as [`Participant::place`] does.
    fn appear(&self, slot: &Path, target: &Path) -> io::Result<SlotNames> {
        match self.vfs().rename_new(slot, target) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            answer => return answer.map(|()| SlotNames::One),
        }
        match self.vfs().link(slot, target) {
            // Over a network the answer of a link that took place may be lost, and the next try is
            // told that there is something (link(2), BUGS).
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.is_same(slot, target)?.then_some(SlotNames::Both).ok_or(error)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
            Err(error) => Err(refused(&error)),
            Ok(()) => Ok(SlotNames::Both),
        }
    }

    /// Takes a slot away that has the name of the file too.
    fn leave(&self, slot: &Path, target: &Path) -> io::Result<()> {
        // Otherwise a power cut might leave neither name.
        self.flush_parent(target)?;
        self.vfs().remove(slot)
    }

    /// Exchanges two files. Programs that save by renaming twice leave no file for a moment.
    pub(super) fn exchange(&self, target: &Path, slot: &Path) -> io::Result<()> {
        let mut tries = 0;
        loop {
            let answer = match self.vfs().exchange(target, slot) {
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    self.exchange_slowly(target, slot)
                }
                answer => answer,
            };
            match answer {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 3 => {
                    tries += 1;
                    self.vfs().wait(Duration::from_millis(10));
                }
                answer => return answer,
            }
        }
    }

    /// Exchanges two files where the system cannot do it in one step. The file is missing for a
    /// moment, and [`Participant::mend`] mends what an end in between leaves.
    fn exchange_slowly(&self, target: &Path, slot: &Path) -> io::Result<()> {
        self.try_placing()?;
        self.vfs().rename(target, &aside(slot))?;
        self.complete_exchange(target, slot)
    }

    /// Fails where no file can be placed, before one is put aside for it.
    fn try_placing(&self) -> io::Result<()> {
        let [from, to] =
            ["from", "to"].map(|end| self.store.layout.tx().join(format!("{}.{end}", self.id())));
        for left in [&from, &to] {
            match self.vfs().remove(left) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        drop(self.vfs().create(&from)?);
        match self.appear(&from, &to)? {
            SlotNames::One => self.vfs().remove(&to),
            SlotNames::Both => self.vfs().remove(&from).and(self.vfs().remove(&to)),
        }
    }

    /// Completes what [`Participant::place`] and [`Participant::exchange_slowly`] began. Where somebody created the
    /// file anew meanwhile, theirs stays, as if the exchange had not begun; what was put aside goes
    /// where conflicts are kept.
    fn complete_exchange(&self, target: &Path, slot: &Path) -> io::Result<()> {
        let aside = aside(slot);
        let began = vfs::metadata(self.vfs(), &aside)?.is_some();
        match (began, self.is_same(slot, target)?) {
            (false, false) => return Ok(()),
            (false, true) => return self.leave(slot, target),
            (true, true) => {}
            (true, false) if vfs::metadata(self.vfs(), slot)?.is_none() => {}
            (true, false) => match self.appear(slot, target) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let name = aside.file_name().unwrap_or_default().to_string_lossy();
                    let kept = own::free_conflict(self.store, &name)?;
                    return self.vfs().rename(&aside, &kept);
                }
                answer => drop(answer?),
            },
        }
        // Otherwise a power cut might leave the slot as if it had been exchanged, and the file as
        // if not.
        self.flush_parent(target)?;
        // Where the slot still has a name, this takes it.
        self.vfs().rename(&aside, slot)
    }

    /// Completes what was begun in more steps than one for the file of `entry`, by an earlier process
    /// or by this one until something failed.
    pub(super) fn mend(&self, index: usize, entry: &JournalEntry) -> io::Result<()> {
        let target = self.target(entry);
        let names = slots::names(self.store)?;
        for slot in slots::named(self.store, &names, self.id(), index, entry.post) {
            self.complete_exchange(&target, &slot.path)?;
        }
        Ok(())
    }

    /// Makes the names beside a file survive a power cut.
    pub(super) fn flush_parent(&self, target: &Path) -> io::Result<()> {
        match target.parent().filter(|_| self.store.durable()) {
            Some(folder) => self.vfs().sync_dir(folder),
            None => Ok(()),
        }
    }

    /// Whether two paths name one file.
    fn is_same(&self, a: &Path, b: &Path) -> io::Result<bool> {
        let (a, b) = (vfs::metadata(self.vfs(), a)?, vfs::metadata(self.vfs(), b)?);
        Ok(a.zip(b).is_some_and(|(a, b)| a.identity == b.identity))
    }
}

/// What to tell where a file cannot be placed.
fn refused(error: &io::Error) -> io::Error {
    let reason = "this file system can neither rename a file without replacing another nor create a hard link, so no file can be replaced safely";
    io::Error::new(error.kind(), format!("{reason} ({error})"))
}

/// Where the file is put while it is exchanged with a slot in more than one step.
fn aside(slot: &Path) -> PathBuf {
    let mut name = slot.as_os_str().to_os_string();
    name.push(".aside");
    PathBuf::from(name)
}
