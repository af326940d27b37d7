//! Floor 7: brings a committed transaction to its end, in all of its roots: forward, or back where
//! that cannot be. A commit and a recovery are the same from here on, and so are one root and
//! several.
//!
//! The journal of the first root decides. It goes first when all is done, so that a reference that
//! is left says nothing.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::StoreError;
use crate::history::Note;
use crate::id::TxId;
use crate::journal::JournalState;
use crate::path::RelPath;

mod damaged;
mod decide;
mod evidence;
mod exchange;
mod in_place;
mod install;
mod participant;
pub(crate) mod slots;
mod withdraw;

pub(crate) use participant::Participant;
use participant::Stop;

/// What becomes of a file that somebody else changed while it was being changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rebase {
    /// This content: the foreign one, with the intent applied to it.
    Bytes(Vec<u8>),
    /// The foreign content as it is: it fulfils the intent already.
    Unchanged,
    /// The intent does not fit any more, for this reason. The transaction is withdrawn.
    Invalid(String),
}

/// Applies the intent to the content that somebody else gave to a file of a root.
pub type RebaseFn<'a> = dyn FnMut(&Path, &RelPath, &[u8]) -> Rebase + 'a;

/// Applies the intent of a note, which stands in a journal, to the content that somebody else gave to
/// a file of a root.
pub type RecoverFn<'a> = dyn FnMut(&Path, &Note, &RelPath, &[u8]) -> Rebase + 'a;

/// Content that somebody saved and that stands in no file of theirs any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The file it was saved to.
    pub path: RelPath,
    /// Where it is kept.
    pub copy: PathBuf,
}

/// A transaction between its commit point and its end, in each root in which files change, the
/// deciding one first.
#[derive(Debug)]
#[must_use = "the transaction is under way"]
pub(crate) struct Participants<'a> {
    pub(crate) all: Vec<Participant<'a>>,
    /// Whether the history of a root that has no journal of it any more has it: the files of these
    /// roots have their new state too, or get it now that their root is back.
    pub(crate) acknowledged_elsewhere: bool,
}

impl Participants<'_> {
    /// Brings the transaction to its end. `Some` is why it was withdrawn, as a clause. The error is
    /// [`StoreError::Unfinished`].
    pub(crate) fn complete(
        &mut self,
        id: &TxId,
        rebase: &mut RebaseFn<'_>,
    ) -> Result<Option<String>, StoreError> {
        let unfinished = |source| StoreError::Unfinished { id: id.clone(), source };
        self.try_complete(rebase).map_err(unfinished)
    }

    fn try_complete(&mut self, rebase: &mut RebaseFn<'_>) -> io::Result<Option<String>> {
        if self.state() == JournalState::Committed {
            // A history that cannot be read is no reason to take back what it may acknowledge.
            if self.all.iter().any(|one| one.resumed) && self.acknowledged()? {
                return self.end().map(|()| None);
            }
            let reason = match self.forward(rebase) {
                Ok(()) => None,
                Err(Stop::Withdraw(why)) => Some(why),
                Err(Stop::Io(error)) if self.acknowledged_elsewhere => return Err(error),
                Err(Stop::Io(error)) => Some(error.to_string()),
            };
            let Some(reason) = reason else { return self.end().map(|()| None) };
            return self.roll_back().map(|()| Some(reason));
        }
        self.roll_back().map(|()| Some("it was being withdrawn".to_string()))
    }

    /// Rolls the transaction back in every root.
    pub(crate) fn roll_back(&mut self) -> io::Result<()> {
        // The first decides; the others are told, for it may be gone when somebody goes on.
        for one in self.all.iter_mut().filter(|one| one.journal.state == JournalState::Committed) {
            one.turn_back()?;
        }
        // What cannot be put back in one root is no reason to leave the others.
        let mut answer = Ok(());
        for one in &mut self.all {
            answer = answer.and(one.withdraw());
        }
        answer?;
        self.flush()?;
        self.close()
    }

    /// Acknowledges that every file has its new state.
    fn end(&mut self) -> io::Result<()> {
        self.flush()?;
        self.all.iter_mut().for_each(Participant::record);
        self.close()
    }

    /// Ends the transaction, with the files as they are.
    pub(crate) fn close(&self) -> io::Result<()> {
        self.all.iter().try_for_each(Participant::close)?;
        self.all.iter().for_each(Participant::clear);
        Ok(())
    }

    /// Looks at what an earlier process left, before anything is decided by it.
    pub(crate) fn look_at_slots(&mut self) -> io::Result<()> {
        self.all.iter_mut().try_for_each(Participant::put_damaged_aside)
    }

    /// Whether nothing proves that it was committed: no file of any root was installed, and no
    /// history has it.
    pub(crate) fn never_decided(&mut self) -> io::Result<bool> {
        let withdrawn = self.state() == JournalState::Aborting;
        Ok(!withdrawn && !self.acknowledged()? && !self.began()?)
    }

    /// What its caller noted, by root.
    pub(crate) fn notes(&self) -> BTreeMap<PathBuf, Note> {
        let note =
            |one: &Participant<'_>| (one.root().to_path_buf(), one.journal.operation.note.clone());
        self.all.iter().map(note).collect()
    }

    fn began(&self) -> io::Result<bool> {
        for one in &self.all {
            if one.began()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the history of some root has it. Before the first line is written, every file of
    /// every root has its new state for good.
    pub(crate) fn acknowledged(&mut self) -> io::Result<bool> {
        let mut any = false;
        for one in &mut self.all {
            any |= one.look_into_history()?;
        }
        Ok(any)
    }

    fn state(&self) -> JournalState {
        let back = self.all.iter().any(|one| one.journal.state == JournalState::Aborting);
        if back { JournalState::Aborting } else { JournalState::Committed }
    }

    fn forward(&mut self, rebase: &mut RebaseFn<'_>) -> Result<(), Stop> {
        let resumed = self.all.iter().any(|one| one.resumed);
        // The slots of the other roots are flushed before the first root decides.
        if let Some(first) = self.all.first()
            && resumed
            && first.never_began()?
        {
            return Err(Stop::Withdraw("its commit was cut short".to_string()));
        }
        self.all.iter().try_for_each(Participant::check_damaged)?;
        // Once: what is exchanged again is as it was.
        for one in &self.all {
            one.exchange_all()?;
        }
        self.settle(rebase)?;
        // Where nobody can be asked who has a file open for writing, time has to tell.
        for wait in [50, 450] {
            if let Some(one) = self.all.iter().find(|one| one.unproven) {
                one.vfs().wait(Duration::from_millis(wait));
                self.settle(rebase)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, rebase: &mut RebaseFn<'_>) -> Result<(), Stop> {
        for one in &mut self.all {
            one.settle_all(rebase)?;
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.all.iter().try_for_each(Participant::flush_folders)
    }
}
