//! Carries a committed transaction to its end, in all of its roots: forward, or back where that
//! cannot be. A commit and a recovery are the same from here on, and so are one root and several.
//!
//! The journal of the first root decides. It goes first when all is done, so that a reference that
//! is left says nothing.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::carry::{Run, Stop};
use super::{RebaseRootsFn, TxId};
use crate::history::Note;
use crate::journal::State;
use crate::store::StoreError;

/// A transaction between its commit point and its end. There is a [`Run`] for each root in which
/// files change, the deciding one first.
#[derive(Debug)]
#[must_use = "the transaction is under way"]
pub(crate) struct Party<'a> {
    pub(crate) runs: Vec<Run<'a>>,
}

impl Party<'_> {
    /// Carries the transaction to its end. `Some` is why it was withdrawn, as a clause. The error is
    /// [`StoreError::Unfinished`].
    pub(crate) fn carry_out(
        &mut self,
        id: &TxId,
        rebase: &mut RebaseRootsFn<'_>,
    ) -> Result<Option<String>, StoreError> {
        let unfinished = |source| StoreError::Unfinished { id: id.clone(), source };
        self.try_carry_out(rebase).map_err(unfinished)
    }

    fn try_carry_out(&mut self, rebase: &mut RebaseRootsFn<'_>) -> io::Result<Option<String>> {
        if self.state() == State::Committed {
            let reason = match self.forward(rebase) {
                Ok(()) => None,
                Err(Stop::Withdraw(why)) => Some(why),
                Err(Stop::Io(error)) => Some(error.to_string()),
            };
            let Some(reason) = reason else { return self.end().map(|()| None) };
            return self.take_back().map(|()| Some(reason));
        }
        self.take_back().map(|()| Some("it was being withdrawn".to_string()))
    }

    /// Takes the transaction back in every root.
    pub(crate) fn take_back(&mut self) -> io::Result<()> {
        // The first decides; the others are told, for it may be gone when somebody goes on.
        for run in self.runs.iter_mut().filter(|run| run.journal.state == State::Committed) {
            run.turn_back()?;
        }
        // What cannot be put back in one root is no reason to leave the others.
        let mut answer = Ok(());
        for run in &mut self.runs {
            answer = answer.and(run.withdraw());
        }
        answer?;
        self.flush()?;
        self.close()
    }

    /// Acknowledges that every file has its new state.
    fn end(&mut self) -> io::Result<()> {
        self.flush()?;
        self.runs.iter_mut().for_each(Run::record);
        self.close()
    }

    /// Ends the transaction, with the files as they are.
    pub(crate) fn close(&self) -> io::Result<()> {
        self.runs.iter().try_for_each(Run::close)?;
        self.runs.iter().for_each(Run::clear);
        Ok(())
    }

    /// Looks at what an earlier process left, before anything is decided by it.
    pub(crate) fn look_at_slots(&mut self) -> io::Result<()> {
        self.runs.iter_mut().try_for_each(Run::put_damaged_aside)
    }

    /// Whether nothing proves that it was committed: no file of any root was installed, and no
    /// history has it.
    pub(crate) fn never_decided(&mut self) -> io::Result<bool> {
        let withdrawn = self.state() == State::Aborting;
        Ok(!withdrawn && !self.acknowledged()? && !self.began()?)
    }

    /// What its caller noted, by root.
    pub(crate) fn notes(&self) -> BTreeMap<PathBuf, Note> {
        let note = |run: &Run<'_>| (run.root().to_path_buf(), run.journal.operation.note.clone());
        self.runs.iter().map(note).collect()
    }

    fn began(&self) -> io::Result<bool> {
        for run in &self.runs {
            if run.began()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the history of some root has it. Before the first line is written, every file of
    /// every root has its new state for good.
    pub(crate) fn acknowledged(&mut self) -> io::Result<bool> {
        let mut any = false;
        for run in &mut self.runs {
            any |= run.look_into_history()?;
        }
        Ok(any)
    }

    fn state(&self) -> State {
        let back = self.runs.iter().any(|run| run.journal.state == State::Aborting);
        if back { State::Aborting } else { State::Committed }
    }

    fn forward(&mut self, rebase: &mut RebaseRootsFn<'_>) -> Result<(), Stop> {
        let resumed = self.runs.iter().any(|run| run.resumed);
        if resumed && self.acknowledged()? {
            return Ok(());
        }
        // The slots of the other roots are flushed before the first root decides.
        if let Some(first) = self.runs.first()
            && resumed
            && first.never_began()?
        {
            return Err(Stop::Withdraw("its commit was cut short".to_string()));
        }
        self.runs.iter().try_for_each(Run::check_damaged)?;
        // Once: what is exchanged again is as it was.
        for run in &self.runs {
            run.exchange_all()?;
        }
        self.settle(rebase)?;
        // Where nobody can be asked who has a file open for writing, time has to tell.
        for wait in [50, 450] {
            if let Some(run) = self.runs.iter().find(|run| run.unproven) {
                run.vfs().wait(Duration::from_millis(wait));
                self.settle(rebase)?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, rebase: &mut RebaseRootsFn<'_>) -> Result<(), Stop> {
        for run in &mut self.runs {
            let root = run.root();
            run.settle_all(&mut |path, bytes| rebase(root, path, bytes))?;
        }
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.runs.iter().try_for_each(Run::flush_folders)
    }
}
