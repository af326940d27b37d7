//! What slots and files prove of a transaction that an earlier process left.

use std::io;

use super::participant::Participant;
use super::slots::{self, Slot, SlotContent};

impl Participant<'_> {
    /// Whether the names of some slots did not outlive a power cut that the name of the journal
    /// did. They are flushed together, and nothing is installed before; so nothing was.
    pub(super) fn never_began(&self) -> io::Result<bool> {
        let mut lost = false;
        for (index, entry) in self.journal.entries.iter().enumerate() {
            let slots = self.scan(index, entry)?;
            let at_path = slots::content(self.store, &self.target(entry))?;
            if entry.in_place && !at_path.is(entry.pre) {
                return Ok(false);
            }
            if slots.iter().any(is_exchanged) || slots.len() > 1 {
                return Ok(false);
            }
            let missing = slots.first().is_some_and(|slot| slot.content == SlotContent::Missing);
            if entry.post.is_some() && missing {
                if at_path.is(entry.post) {
                    return Ok(false);
                }
                lost = true;
            }
        }
        Ok(lost)
    }

    /// Whether some file was installed, which proves that the transaction was committed.
    pub(super) fn began(&self) -> io::Result<bool> {
        for (index, entry) in self.journal.entries.iter().enumerate() {
            let began = match entry.in_place {
                true => self.is_begun(index, entry)?,
                false => {
                    self.mend(index, entry)?;
                    let slots = self.scan(index, entry)?;
                    let gone =
                        slots.first().is_some_and(|slot| slot.content == SlotContent::Missing);
                    let at_path = slots::content(self.store, &self.target(entry))?;
                    let moved_in = gone && entry.post.is_some() && at_path.is(entry.post);
                    moved_in || slots.len() > 1 || slots.iter().any(is_exchanged)
                }
            };
            if began {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a slot holds what it did not start with.
fn is_exchanged(slot: &Slot) -> bool {
    slot.content != SlotContent::Missing && !slot.content.is(slot.staged)
}
