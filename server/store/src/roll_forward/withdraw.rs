//! Back: gives every file the newest content that is not ours. What somebody saved after that stays
//! where it is.

use std::io;
use std::path::Path;

use super::decide::is_ours;
use super::participant::{Participant, Stop};
use super::slots::{self, Slot, SlotContent};
use crate::journal::JournalEntry;
use crate::vfs;

/// Steps for one file, at most: somebody who saves in between each time ends it.
const STEPS: usize = 16;

impl Participant<'_> {
    /// Takes every file back.
    pub(super) fn withdraw(&mut self) -> io::Result<()> {
        // What is in the slots will be something else.
        self.found.clear();
        for (index, entry) in self.journal.entries.clone().iter().enumerate() {
            if !entry.in_place {
                self.mend(index, entry)?;
            }
            let mut settled = false;
            for _ in 0..STEPS {
                settled = match entry.post {
                    Some(_) if entry.in_place => self.write_back(index, entry)?,
                    None => self.give_back(index, entry)?,
                    Some(_) => self.step_back(index, entry)?,
                };
                if settled {
                    break;
                }
            }
            if !settled {
                let message = format!("{}: the file keeps changing", entry.named);
                return Err(io::Error::other(message));
            }
        }
        Ok(())
    }

    /// Gives a file that was removed its place again; whether nothing is left to do.
    fn give_back(&mut self, index: usize, entry: &JournalEntry) -> io::Result<bool> {
        let slots = self.scan(index, entry)?;
        let target = self.target(entry);
        let Some(slot) = slots.first().filter(|slot| slot.content != SlotContent::Missing) else {
            return Ok(true);
        };
        let at_path = slots::content(self.store, &target)?;
        if at_path != SlotContent::Missing {
            self.keep_others(index, entry, &slots, at_path)?;
            return Ok(true);
        }
        match self.place(&slot.path, &target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            answer => answer.map(|()| true),
        }
    }

    /// Waits until nobody writes what came out. A writer that does not end leaves the transaction
    /// unfinished.
    fn settle(&mut self, entry: &JournalEntry, slot: &Path) -> io::Result<()> {
        let file = self.vfs().look(slot)?;
        self.wait_for_writer(entry, &file).map_err(|stop| match stop {
            Stop::Io(error) => error,
            Stop::Withdraw(reason) => io::Error::new(io::ErrorKind::ResourceBusy, reason),
        })
    }

    /// One step on the way back; whether nothing is left to do.
    fn step_back(&mut self, index: usize, entry: &JournalEntry) -> io::Result<bool> {
        let slots = self.scan(index, entry)?;
        let target = self.target(entry);
        let at_path = slots::content(self.store, &target)?;
        let ours = |content| is_ours(entry, &slots, content);
        let theirs = slots
            .iter()
            .rev()
            .find(|slot| slot.content != SlotContent::Missing && !ours(slot.content));
        let Some(theirs) = theirs else {
            let lost = slots.first().is_some_and(|slot| slot.content == SlotContent::Missing);
            // A later process leaves such a file as it is, for it will never be otherwise.
            if lost && entry.pre.is_some() && ours(at_path) && !self.resumed {
                let message = format!("{}: what stood there before was removed", entry.named);
                return Err(io::Error::new(io::ErrorKind::NotFound, message));
            }
            return self.take_away(entry, &slots, at_path);
        };
        // What somebody saved goes before what was there at first.
        let known = |content: SlotContent| {
            ours(content) || (content.is(entry.pre) && !theirs.content.is(entry.pre))
        };
        if !known(at_path) {
            self.keep_others(index, entry, &slots, at_path)?;
            return Ok(true);
        }
        self.exchange(&target, &theirs.path)?;
        self.settle(entry, &theirs.path)?;
        let came_out = slots::content(self.store, &theirs.path)?;
        if !known(came_out) {
            // Saved between the look and the exchange: the newer stays.
            self.exchange(&target, &theirs.path)?;
        }
        Ok(false)
    }

    /// Takes a file away that there was not before; whether nothing is left to do.
    fn take_away(
        &mut self,
        entry: &JournalEntry,
        slots: &[Slot],
        at_path: SlotContent,
    ) -> io::Result<bool> {
        let Some(slot) = slots.first() else { return Ok(true) };
        let created = entry.pre.is_none() && slot.content == SlotContent::Missing;
        if !created || !is_ours(entry, slots, at_path) {
            return Ok(true);
        }
        let target = self.target(entry);
        self.vfs().rename(&target, &slot.path)?;
        self.settle(entry, &slot.path)?;
        let came_out = slots::content(self.store, &slot.path)?;
        if !is_ours(entry, slots, came_out) {
            self.place(&slot.path, &target)?;
        }
        Ok(true)
    }

    /// Keeps a copy of everything that somebody saved and that stands in no file.
    fn keep_others(
        &mut self,
        index: usize,
        entry: &JournalEntry,
        slots: &[Slot],
        at_path: SlotContent,
    ) -> io::Result<()> {
        for slot in slots {
            let known = slot.content == at_path || slot.content.is(entry.pre);
            if !known
                && !is_ours(entry, slots, slot.content)
                && matches!(slot.content, SlotContent::Bytes(_))
                && let Some(bytes) = vfs::read(self.vfs(), &slot.path)?
            {
                self.keep_copy(index, &entry.named, &bytes)?;
            }
        }
        Ok(())
    }
}
