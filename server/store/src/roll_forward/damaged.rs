//! Slots that wait to be installed and do not hold what the journal says they were given: a disk or
//! a program has changed them while nobody was at work. They are put aside, and count as lost.

use std::io;

use super::Conflict;
use super::decide::{expected, is_ours};
use super::participant::{Participant, Stop};
use super::slots::{self, SlotContent};
use crate::own;

impl Participant<'_> {
    /// Puts damaged slots aside.
    pub(super) fn put_damaged_aside(&mut self) -> io::Result<()> {
        for (index, entry) in self.journal.entries.clone().iter().enumerate() {
            if entry.in_place || entry.post.is_none() {
                continue;
            }
            self.mend(index, entry)?;
            let at_path = slots::content(self.store, &self.target(entry))?;
            loop {
                let slots = self.scan(index, entry)?;
                let newest = slots.iter().rposition(|slot| slot.content != SlotContent::Missing);
                let Some((place, slot)) = newest.and_then(|it| Some((it, slots.get(it)?))) else {
                    break;
                };
                // One that was exchanged holds what stood at the path, which is ours by now.
                let waits = at_path.is(expected(entry, &slots, place));
                if !waits
                    || slot.content.is(slot.staged)
                    || slot.content.is(entry.pre)
                    || is_ours(entry, &slots, slot.content)
                {
                    break;
                }
                let name = slot.path.file_name().unwrap_or_default().to_string_lossy();
                let copy = own::free_conflict(self.store, &name)?;
                self.vfs().rename(&slot.path, &copy)?;
                tracing::warn!(path = %entry.named, "what was to be written is damaged");
                self.conflicts.push(Conflict { path: entry.named.clone(), copy });
                self.damaged.insert(index);
            }
        }
        Ok(())
    }

    /// Has the transaction withdrawn where a file cannot be created any more: that its slot is gone
    /// would say that it is.
    pub(super) fn check_damaged(&self) -> Result<(), Stop> {
        let entries = self.damaged.iter().filter_map(|index| self.journal.entries.get(*index));
        match entries.into_iter().find(|entry| entry.pre.is_none()) {
            Some(entry) => {
                Err(Stop::Withdraw(format!("{}: what was to be written is damaged", entry.named)))
            }
            None => Ok(()),
        }
    }
}
