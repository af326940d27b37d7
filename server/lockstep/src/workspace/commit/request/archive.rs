//! Finished tasks put away, as results that are told.

use lockstep_analysis::change::archive::{self, Fate, Folders, Wish};
use lockstep_analysis::features::tasks;

use super::Draft;
use crate::report::{SetResult, Verdict};
use crate::workspace::commit::CommitError;

/// What `to` says of a task that is put away.
const ARCHIVED: &str = "archived";

impl Draft<'_> {
    pub(super) fn archive(
        &mut self,
        ids: &[String],
        done_before: Option<&str>,
        folders: &Folders,
    ) -> Result<(), CommitError> {
        let (mut wanted, mut names) = (Vec::new(), Vec::new());
        for id in ids {
            match self.state.task(id) {
                Some(task) if wanted.contains(&task.id) => {}
                Some(task) => {
                    wanted.push(task.id.clone());
                    names.push(id.clone());
                }
                None => {
                    let message =
                        format!("there is no task {id}; `lockstep list` shows the tasks there are");
                    let refused = SetResult::refused(id, None, ARCHIVED, Verdict::Refused, message);
                    self.results.push(refused);
                }
            }
        }
        if ids.is_empty() {
            wanted = archive::finished(&self.state);
            names = wanted.iter().map(ToString::to_string).collect();
        }
        let wish = Wish { tasks: &wanted, before: done_before, folders };
        let archived = archive::plan(&self.state, &wish)
            .map_err(|refusal| CommitError::Refused(refusal.to_string()))?;
        (self.progress)(wanted.len(), wanted.len());
        for (name, (id, fate)) in names.iter().zip(archived.fates) {
            let task = self.analysis.index.tasks.get(&id);
            let from = task.and_then(|task| tasks::status(self.analysis, task));
            let from = from.map(|def| def.id.clone());
            let (outcome, reason, files) = match fate {
                Fate::Moved { files, notes } => {
                    let reason = (!notes.is_empty()).then(|| notes.join("; "));
                    (Verdict::Applied, reason, files.iter().map(ToString::to_string).collect())
                }
                Fate::Unchanged(why) => (Verdict::Unchanged, Some(why), Vec::new()),
                Fate::Refused(refusal) => (Verdict::Refused, Some(refusal.to_string()), Vec::new()),
            };
            let (task, to) = (name.clone(), ARCHIVED.to_owned());
            self.results.push(SetResult { task, from, to, outcome, reason, files });
        }
        (self.moves, self.folders) = (archived.moves, archived.folders);
        if !archived.texts.is_empty() {
            self.state = self.state.with_texts(&archived.texts);
        }
        self.texts = archived.texts;
        Ok(())
    }
}
