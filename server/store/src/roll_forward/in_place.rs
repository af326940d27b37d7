//! Files that cannot be exchanged, because they have several names or are mounts of their own: they
//! are written where they stand. What was there is kept beside the new content until the end, so that
//! a file that is half written can be told and written again, or back.

use std::io;
use std::path::Path;

use super::participant::{Participant, Stop};
use super::slots::{kept_path, slot_path};
use crate::journal::JournalEntry;
use crate::stamp::ContentStamp;
use crate::vfs;

/// What a file that is written in place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SlotStanding {
    Old,
    New,
    /// Some of the new, and the rest of the old.
    Torn,
    /// What somebody else saved.
    Foreign,
}

/// Tells what a file holds. A power cut may leave any of its blocks old and any of them new.
fn standing(now: &[u8], old: &[u8], new: &[u8]) -> SlotStanding {
    if now == new {
        return SlotStanding::New;
    }
    if now == old {
        return SlotStanding::Old;
    }
    let ours = now
        .iter()
        .enumerate()
        .all(|(at, byte)| old.get(at) == Some(byte) || new.get(at) == Some(byte));
    match ours && now.len() >= old.len().min(new.len()) {
        true => SlotStanding::Torn,
        false => SlotStanding::Foreign,
    }
}

impl Participant<'_> {
    /// Writes the new content to the file. Where somebody else saved it, the transaction is to be
    /// withdrawn.
    pub(super) fn overwrite(&mut self, index: usize, entry: &JournalEntry) -> Result<(), Stop> {
        let target = self.target(entry);
        let Some(file) = vfs::look(self.vfs(), &target)? else {
            return Err(Stop::Withdraw(format!("{}: the file was removed", entry.named)));
        };
        self.wait_for_writer(entry, &file)?;
        let saved = || Stop::Withdraw(format!("{}: another program saved it", entry.named));
        let now = vfs::read(self.vfs(), &target)?.ok_or_else(saved)?;
        let (old, new) = self.contents(index)?;
        if entry.post != Some(ContentStamp::of(&new)) || entry.pre != Some(ContentStamp::of(&old)) {
            let reason = "what was to be written is damaged";
            return Err(Stop::Withdraw(format!("{}: {reason}", entry.named)));
        }
        if standing(&now, &old, &new) == SlotStanding::Foreign {
            return Err(saved());
        }
        self.write(&target, now.len(), &new)?;
        match vfs::read(self.vfs(), &target)? {
            Some(now) if now == new => Ok(()),
            _ => Err(saved()),
        }
    }

    /// Writes what was there to the file again, unless somebody else saved it; whether nothing is
    /// left to do.
    pub(super) fn write_back(&mut self, index: usize, entry: &JournalEntry) -> io::Result<bool> {
        let target = self.target(entry);
        let Some(now) = vfs::read(self.vfs(), &target)? else { return Ok(true) };
        if entry.pre == Some(ContentStamp::of(&now)) {
            return Ok(true);
        }
        let (old, new) = self.contents(index)?;
        if entry.pre != Some(ContentStamp::of(&old)) {
            let message = format!("{}: what stood there before is damaged", entry.named);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        if entry.post != Some(ContentStamp::of(&new)) {
            // How much of it is ours cannot be told.
            self.keep_copy(index, &entry.named, &now)?;
            self.write(&target, now.len(), &old)?;
        } else if standing(&now, &old, &new) != SlotStanding::Foreign {
            self.write(&target, now.len(), &old)?;
        }
        Ok(true)
    }

    /// Whether some of the new content is in the file.
    pub(super) fn is_begun(&self, index: usize, entry: &JournalEntry) -> io::Result<bool> {
        let Some(now) = vfs::read(self.vfs(), &self.target(entry))? else { return Ok(false) };
        let (old, new) = self.contents(index)?;
        Ok(matches!(standing(&now, &old, &new), SlotStanding::New | SlotStanding::Torn))
    }

    /// What was in the file, and what shall be.
    fn contents(&self, index: usize) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let slot = slot_path(self.store, self.id(), index);
        Ok((self.vfs().read(&kept_path(&slot))?, self.vfs().read(&slot)?))
    }

    /// Makes a file of `len` bytes hold `bytes`.
    fn write(&self, target: &Path, len: usize, bytes: &[u8]) -> io::Result<()> {
        let file = self.vfs().open(target)?;
        vfs::write_all(self.vfs(), &file, 0, bytes)?;
        if bytes.len() < len {
            self.vfs().truncate(&file, bytes.len() as u64)?;
        }
        if self.store.durable() { self.vfs().sync(&file) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_written_files_are_told_from_what_others_save() {
        let cases: [(&[u8], &[u8]); 4] = [
            (b"status: planned\n", b"status: done\n"),
            (b"status: done\n", b"status: implementing\n"),
            (b"- [ ] a\n", b"- [x] a\n"),
            (b"", b"new"),
        ];
        for (old, new) in cases {
            for written in 1..=new.len() {
                let now = [&new[..written], old.get(written..).unwrap_or_default()].concat();
                assert_ne!(standing(&now, old, new), SlotStanding::Foreign, "{written} of {new:?}");
            }
            assert_eq!(standing(old, old, new), SlotStanding::Old);
            assert_eq!(standing(new, old, new), SlotStanding::New);
            let theirs = [new, b"\nand a line of mine\n"].concat();
            assert_eq!(standing(&theirs, old, new), SlotStanding::Foreign);
        }
        assert_eq!(standing(b"", b"status: old", b"status: new"), SlotStanding::Foreign);
        assert_eq!(standing(b"Status: old", b"status: old", b"status: new"), SlotStanding::Foreign);
    }
}
