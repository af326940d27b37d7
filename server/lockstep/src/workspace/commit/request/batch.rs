//! A status of its own for each of several tasks.

use lockstep_analysis::profile::EntityKind;

use super::{Change, Draft, Wanted};
use crate::report::{SetResult, Verdict};
use crate::workspace::commit::CommitError;

impl Draft<'_> {
    /// Each change is planned on what those before it make. One that is wrong in itself is refused
    /// as one that does not fit is.
    pub(super) fn batch(&mut self, changes: &[Change], atomic: bool) {
        for (done, change) in changes.iter().enumerate() {
            (self.progress)(done, changes.len());
            if let Err(error) = self.change(change) {
                let (task, to) = (&change.task, &change.status);
                let message = error.to_string();
                let refused = SetResult::refused(task, None, to, Verdict::Refused, message);
                self.results.push(refused);
            }
        }
        (self.progress)(changes.len(), changes.len());
        if atomic {
            self.all_or_none();
        }
    }

    fn change(&mut self, change: &Change) -> Result<(), CommitError> {
        let Change { task, phase, reason, force, .. } = change;
        if *force && reason.is_none() {
            let message = "to force a status needs a reason, which is recorded";
            return Err(CommitError::Usage(message.to_owned()));
        }
        let kind = if phase.is_some() { EntityKind::Phase } else { EntityKind::Task };
        let to = self.status(kind, &change.status)?;
        let from = change.from.as_deref().map(|from| self.status(kind, from)).transpose()?;
        let (phase, reason, force) = (phase.as_deref(), reason.as_deref(), *force);
        self.want(&Wanted { id: task, kind, phase, to, from, reason, force });
        Ok(())
    }
}
