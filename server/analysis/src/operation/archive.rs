//! Finished tasks put away.

use super::{Draft, Outcome, Refused, Verdict, task_meant};
use crate::change::archive::{self, ArchiveWish, Fate, Folders};
use crate::task_view;

/// What `to` says of a task that is put away.
const ARCHIVED: &str = "archived";

impl Draft<'_> {
    pub(super) fn archive(
        &mut self,
        ids: &[String],
        before: Option<&str>,
        folders: &Folders,
    ) -> Result<(), Refused> {
        let (mut wanted, mut names) = (Vec::new(), Vec::new());
        for id in ids {
            match task_meant(self.analysis, id) {
                Ok(task) if wanted.contains(&task.id) => {}
                Ok(task) => {
                    wanted.push(task.id.clone());
                    names.push(id.clone());
                }
                Err(why) => self.results.push(Outcome::refused(id, None, ARCHIVED, why)),
            }
        }
        if ids.is_empty() {
            wanted = archive::finished(&self.state);
            names = wanted.iter().map(|id| self.analysis.name_of(id)).collect();
        }
        let archived =
            archive::plan(&self.state, &ArchiveWish { tasks: &wanted, before, folders })?;
        (self.progress)(wanted.len(), wanted.len());
        for (name, (id, fate)) in names.iter().zip(archived.fates) {
            let task = self.analysis.index.tasks.get(&id);
            let from = task.and_then(|task| task_view::status(self.analysis, task));
            let from = from.map(|def| def.id.clone());
            self.results.push(outcome(name, from, fate));
        }
        (self.moves, self.folders) = (archived.moves, archived.folders);
        if !archived.texts.is_empty() {
            self.state = self.state.with_texts(&archived.texts);
        }
        self.texts = archived.texts;
        Ok(())
    }
}

fn outcome(name: &str, from: Option<String>, fate: Fate) -> Outcome {
    let (verdict, reason, files) = match fate {
        Fate::Refused(refusal) => return Outcome::refused(name, from, ARCHIVED, refusal.into()),
        Fate::Moved { files, notes } => {
            let reason = Some(notes.join("; ")).filter(|notes| !notes.is_empty());
            (Verdict::Applied, reason, files.iter().map(ToString::to_string).collect())
        }
        Fate::Unchanged(why) => (Verdict::Unchanged, Some(why), Vec::new()),
    };
    let (task, to) = (name.to_owned(), ARCHIVED.to_owned());
    let changes = Vec::new();
    Outcome { task, from, to, verdict, code: None, reason, remedy: None, files, changes }
}
