//! Files that go along when a status changes.

use std::collections::BTreeSet;

use super::Draft;
use crate::change::relocation::{Relocation, left_behind, relocate};
use crate::change::{Refusal, SourceChange, Subject, status_changes};
use crate::model::FilePath;
use crate::profile::id::TaskId;

impl Draft<'_> {
    /// What becomes of the files of all tasks of which a change changes the status, and of the one that
    /// it is about.
    pub(super) fn relocations(
        &self,
        change: &SourceChange,
        subject: &Subject,
    ) -> Result<Vec<Relocation>, Refusal> {
        let docs = &self.state.index.docs;
        if !docs.iter().any(|document| document.facts.captures.status.is_some())
            && self.state.instances.iter().all(|profile| profile.folders.is_none())
        {
            return Ok(Vec::new());
        }
        let mut state = match change.is_empty() {
            true => self.state.clone(),
            false => self.state.with_texts(&change.after()),
        };
        let changes = status_changes(&self.state, &state).into_iter();
        let mut tasks: BTreeSet<TaskId> =
            changes.filter(|it| it.phase.is_none()).map(|it| it.task).collect();
        if let Subject::Task(id) = subject {
            tasks.insert(id.clone());
        }
        let mut all = Vec::new();
        for id in tasks {
            if let Some(refusal) = left_behind(&self.state, &state, &id) {
                return Err(refusal);
            }
            if let Some(one) = relocate(&state, &id, self.at, self.movable)? {
                state = state.with_texts(&one.texts);
                all.push(one);
            }
        }
        Ok(all)
    }

    /// Goes on from where files have gone.
    pub(super) fn take_moved(&mut self, relocation: Relocation) {
        self.settle();
        self.state = self.state.with_texts(&relocation.texts);
        for (path, text) in relocation.texts {
            let is_new = self.analysis.index.document(path.as_str()).is_none();
            match text.is_none() && is_new {
                // What was moved here by the same operation has never been here.
                true => drop(self.texts.remove(&path)),
                false => drop(self.texts.insert(path, text)),
            }
        }
        for (from, to) in relocation.moves {
            let first = self.moves.iter().find(|(_, there)| **there == from);
            let first = first.map_or_else(|| from.clone(), |(first, _)| first.clone());
            self.moves.insert(first, to);
        }
        self.folders.extend(relocation.ways);
        self.only = None;
    }
}

/// The files that relocations touch.
pub(super) fn touched(relocations: &[Relocation]) -> BTreeSet<FilePath> {
    let texts = relocations.iter().flat_map(|it| it.texts.keys());
    let moves = relocations.iter().flat_map(|it| it.moves.iter()).flat_map(|(a, b)| [a, b]);
    texts.chain(moves).cloned().collect()
}
