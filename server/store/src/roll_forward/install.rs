//! Forward: puts the new content in place, looks at what came out, and where that is not what was
//! there before, applies the intent to it and tries again.

use std::io;
use std::path::Path;

use super::decide::{ForwardStep, decide, is_ours};
use super::participant::{Participant, Stop};
use super::slots::{self, Slot, SlotContent};
use super::{Rebase, RebaseFn};
use crate::journal::JournalEntry;
use crate::stamp::ContentStamp;
use crate::vfs::{self, FileKind};

/// Steps for one file, at most. Each round takes two.
const STEPS: usize = 16;

impl Participant<'_> {
    /// Exchanges every file of which nothing is exchanged yet: back to back, so that others see a mix
    /// for as short a time as can be. What came out is looked at by [`Participant::settle_all`].
    pub(super) fn exchange_all(&self) -> Result<(), Stop> {
        let entries = self.journal.entries.iter().enumerate();
        for (index, entry) in entries.filter(|(_, entry)| !entry.in_place) {
            if self.resumed {
                self.mend(index, entry)?;
                self.advance_once(index, entry)?;
            } else {
                self.put_first(index, entry)?;
            }
        }
        Ok(())
    }

    /// Looks at what came out of every file, and goes on from there.
    pub(super) fn settle_all(&mut self, rebase: &mut RebaseFn<'_>) -> Result<(), Stop> {
        let entries = self.journal.entries.clone();
        let names = slots::names(self.store)?;
        for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.in_place) {
            let slots = self.settled(index, entry, &names)?;
            if self.decide(entry, &slots)? == ForwardStep::Finish {
                self.take_note(&slots);
            } else {
                self.advance(index, entry, rebase)?;
            }
        }
        for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.in_place) {
            self.overwrite(index, entry)?;
        }
        Ok(())
    }

    /// Exchanges a file that was looked at right before the commit. What has become of it since shows
    /// in what comes out.
    fn put_first(&self, index: usize, entry: &JournalEntry) -> Result<(), Stop> {
        let slots = slots::named(self.store, &[], self.id(), index, entry.post);
        let Some(slot) = slots.first() else { return Ok(()) };
        match self.put(entry, slot) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match vfs::metadata(self.vfs(), &self.target(entry))? {
                    None => Err(Stop::Withdraw(format!("{}: the file was removed", entry.named))),
                    Some(_) => Err(error.into()),
                }
            }
            answer => Ok(answer?),
        }
    }

    /// Exchanges a file of which nothing is exchanged yet.
    fn advance_once(&self, index: usize, entry: &JournalEntry) -> Result<(), Stop> {
        let slots = self.scan(index, entry)?;
        match (self.decide(entry, &slots)?, slots.first()) {
            (ForwardStep::Put(0), Some(slot)) => Ok(self.put(entry, slot)?),
            _ => Ok(()),
        }
    }

    fn decide(&self, entry: &JournalEntry, slots: &[Slot]) -> io::Result<ForwardStep> {
        decide(entry, slots, || slots::content(self.store, &self.target(entry)))
    }

    /// Remembers what was found in slots that nobody writes to.
    fn take_note(&mut self, slots: &[Slot]) {
        for slot in slots {
            if let (SlotContent::Bytes(stamp), Some(name)) = (slot.content, slot.path.file_name()) {
                self.found.insert(name.to_string_lossy().into_owned(), stamp);
            }
        }
    }

    fn advance(
        &mut self,
        index: usize,
        entry: &JournalEntry,
        rebase: &mut RebaseFn<'_>,
    ) -> Result<(), Stop> {
        let target = self.target(entry);
        for _ in 0..STEPS {
            let slots = self.settled(index, entry, &slots::names(self.store)?)?;
            match self.decide(entry, &slots)? {
                ForwardStep::Finish => {
                    self.take_note(&slots);
                    return Ok(());
                }
                #[cfg(test)]
                ForwardStep::Rebase { .. }
                    if self.store.sabotaged(crate::store::Sabotage::SlotsUnread) =>
                {
                    return Ok(());
                }
                ForwardStep::Put(slot) => {
                    if let Some(slot) = slots.get(slot) {
                        self.put(entry, slot)?;
                    }
                }
                ForwardStep::Withdraw(reason) => {
                    return Err(Stop::Withdraw(format!("{}: {reason}", entry.named)));
                }
                ForwardStep::Rebase { from, round } => {
                    self.keep_older(index, entry, &slots, from)?;
                    let Some(slot) = slots.get(from) else { continue };
                    let put = slot.staged;
                    if self.rebase(index, entry, &slot.path, (round, put), rebase)? {
                        return Ok(());
                    }
                }
                ForwardStep::RebasePath { round } => {
                    if self.rebase(index, entry, &target, (round, None), rebase)? {
                        return Ok(());
                    }
                }
            }
        }
        Err(Stop::Withdraw(format!("{}: the file keeps changing", entry.named)))
    }

    /// Applies the intent to what is at `from`, and makes a slot of the answer. `true` where that
    /// has been installed already.
    fn rebase(
        &mut self,
        index: usize,
        entry: &JournalEntry,
        from: &Path,
        (round, put): (u32, Option<ContentStamp>),
        rebase: &mut RebaseFn<'_>,
    ) -> Result<bool, Stop> {
        let Some(foreign) = vfs::read(self.vfs(), from)? else { return Ok(false) };
        let bytes = match rebase(self.root(), &entry.named, &foreign) {
            Rebase::Bytes(bytes) => bytes,
            Rebase::Unchanged => foreign.clone(),
            Rebase::Invalid(reason) => {
                return Err(Stop::Withdraw(format!("{}: {reason}", entry.named)));
            }
        };
        let stamp = ContentStamp::of(&bytes);
        let there = slots::content(self.store, &self.target(entry))?;
        let done = there.is(Some(stamp)) || put == Some(stamp);
        if !done {
            // Two exchanges of one file do not go to disk in their order; and if only the second
            // did, nothing would hold what the first took out.
            self.flush_parent(&self.target(entry))?;
            let new = slots::new_path(self.store, self.id(), index, round);
            match self.vfs().remove(&new) {
                // What is left of a round that did not get its name, and so was not exchanged.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
            slots::write(self.store, &new, &bytes, Some(from))?;
            let slot =
                slots::round_path(self.store, self.id(), index, round, (stamp, bytes == foreign));
            self.vfs().rename(&new, &slot)?;
        }
        if let Some(rebased) = self.rebased.get_mut(index) {
            *rebased = Some((foreign, bytes));
        }
        Ok(done)
    }

    /// Keeps a copy of what earlier exchanges took out and somebody saved over since.
    fn keep_older(
        &mut self,
        index: usize,
        entry: &JournalEntry,
        slots: &[Slot],
        newest: usize,
    ) -> Result<(), Stop> {
        let newest_content = slots.get(newest).map(|slot| slot.content);
        for slot in slots.iter().take(newest) {
            let foreign = !slot.content.is(entry.pre) && !is_ours(entry, slots, slot.content);
            if foreign
                && Some(slot.content) != newest_content
                && let SlotContent::Bytes(_) = slot.content
                && let Some(bytes) = vfs::read(self.vfs(), &slot.path)?
            {
                self.keep_copy(index, &entry.named, &bytes)?;
            }
        }
        Ok(())
    }

    /// The slots of a file once nobody has what came out of it open for writing: they opened it
    /// while it was the file, and nobody can open it by that path any more.
    fn settled(
        &mut self,
        index: usize,
        entry: &JournalEntry,
        names: &[String],
    ) -> Result<Vec<Slot>, Stop> {
        let mut slots = slots::named(self.store, names, self.id(), index, entry.post);
        for slot in &mut slots {
            slot.content = self.settled_content(index, entry, &slot.path)?;
        }
        Ok(slots)
    }

    fn settled_content(
        &mut self,
        index: usize,
        entry: &JournalEntry,
        slot: &Path,
    ) -> Result<SlotContent, Stop> {
        let file = match vfs::look(self.vfs(), slot) {
            Ok(Some(file)) => file,
            answer => return Ok(slots::told(answer.map(|_| None))?),
        };
        if self.vfs().metadata_of(&file)?.kind != FileKind::File {
            return Ok(SlotContent::Odd);
        }
        self.wait_for_writer(entry, &file)?;
        // Mostly it is what was expected, and to compare costs less than to digest.
        if let (Some(Some(was)), Some(pre)) = (self.was.get(index), entry.pre)
            && vfs::holds(self.vfs(), &file, was)?
        {
            return Ok(SlotContent::Bytes(pre));
        }
        Ok(slots::told(self.vfs().read_all(&file).map(Some))?)
    }
}
