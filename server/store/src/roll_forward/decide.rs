//! What to do next about one file, told from what its slots and its path hold and from nothing else.
//! So a commit and a recovery go the same way, from wherever they start.

use std::io;

use super::slots::{Slot, SlotContent};
use crate::journal::JournalEntry;
use crate::stamp::ContentStamp;

/// How often a file is rebased on what somebody saved meanwhile, at most.
const ROUNDS: u32 = 5;

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ForwardStep {
    /// Nothing is left to do.
    Finish,
    /// Exchange the file with the slot at this place.
    Put(usize),
    /// Apply the intent to what the slot at this place holds, for a new slot of this round.
    Rebase { from: usize, round: u32 },
    /// Apply the intent to what is at the path, for a new slot of this round: the slot of the plan
    /// is lost.
    RebasePath { round: u32 },
    /// Take the transaction back, for this reason.
    Withdraw(&'static str),
}

/// The contents that are not somebody else's: what was planned, and what it was rebased to, unless
/// that is what they had saved.
pub(super) fn is_ours(entry: &JournalEntry, slots: &[Slot], content: SlotContent) -> bool {
    content.is(entry.post) || slots.iter().any(|slot| !slot.theirs && content.is(slot.staged))
}

/// Whether the slot was exchanged with the file.
fn installed(entry: &JournalEntry, slot: &Slot) -> bool {
    match (slot.content, entry.pre, slot.staged) {
        // A new file leaves its slot, unless there was a file in its way.
        (SlotContent::Missing, None, _) => true,
        // A lost slot, or a file that is to be removed and is not yet.
        (SlotContent::Missing, Some(_), _) => false,
        (content, _, staged) => !content.is(staged),
    }
}

/// What to do next about the file of `entry`, whose slots are `slots`, by round and from round 0 on.
/// `at_path` looks at the file; the error is its own. A file that was exchanged is not looked at.
pub(super) fn decide(
    entry: &JournalEntry,
    slots: &[Slot],
    at_path: impl FnOnce() -> io::Result<SlotContent>,
) -> io::Result<ForwardStep> {
    let next_round = slots.last().map_or(0, |slot| slot.round) + 1;
    let last = slots.iter().rposition(|slot| installed(entry, slot));
    // A slot that waits was made of what the last exchange took out.
    let waiting = slots
        .iter()
        .rposition(|slot| slot.content != SlotContent::Missing && slot.content.is(slot.staged));
    if let Some(waiting) = waiting.filter(|waiting| last.is_none_or(|last| *waiting > last)) {
        let staged = slots.get(waiting).and_then(|slot| slot.staged);
        let at_path = at_path()?;
        return Ok(match at_path {
            _ if at_path.is(staged) => ForwardStep::Finish,
            SlotContent::Missing if entry.pre.is_some() || waiting > 0 => {
                ForwardStep::Withdraw("the file was removed")
            }
            SlotContent::Odd => ForwardStep::Withdraw("the file is no longer a regular file"),
            _ => ForwardStep::Put(waiting),
        });
    }
    let Some((last, slot)) = last.and_then(|last| Some((last, slots.get(last)?))) else {
        return Ok(start(entry, at_path()?, next_round));
    };
    let expected = expected(entry, slots, last);
    if slot.content.is(expected) || is_ours(entry, slots, slot.content) {
        return Ok(ForwardStep::Finish);
    }
    Ok(match slot.content {
        _ if entry.post.is_none() => ForwardStep::Withdraw("a file to be removed was changed"),
        SlotContent::Odd => ForwardStep::Withdraw("the file is no longer a regular file"),
        _ if next_round > ROUNDS => ForwardStep::Withdraw("the file keeps changing"),
        _ => ForwardStep::Rebase { from: last, round: next_round },
    })
}

/// What the exchange of the slot at `index` takes out if nobody saved meanwhile.
pub(super) fn expected(entry: &JournalEntry, slots: &[Slot], index: usize) -> Option<ContentStamp> {
    let before = slots.iter().take(index).rev().find(|slot| installed(entry, slot));
    before.map_or(entry.pre, |slot| slot.staged)
}

/// What to do about a file of which no slot was exchanged and none waits.
fn start(entry: &JournalEntry, at_path: SlotContent, round: u32) -> ForwardStep {
    match (entry.post, at_path) {
        (post, _) if at_path.is(post) => ForwardStep::Finish,
        (None, _) => ForwardStep::Put(0),
        (Some(_), SlotContent::Missing) => ForwardStep::Withdraw("the file was removed"),
        (Some(_), SlotContent::Odd) => {
            ForwardStep::Withdraw("the file is no longer a regular file")
        }
        (Some(_), SlotContent::Bytes(_)) => ForwardStep::RebasePath { round },
    }
}
