//! Refuses what is called by an id that something else has as well: which of them is meant is not
//! certain.

use crate::change::planner::PlanDraft;
use crate::change::{Mode, Refusal, RefusalKind, refuse, validate};
use crate::index::Task;

impl PlanDraft<'_> {
    /// Refuses where nobody knows which of several things the id of a task means.
    pub(super) fn is_one(&self, task: &Task) -> Result<(), Refusal> {
        self.only_file(task)?;
        self.only_entry(task)?;
        self.only_title(task)?;
        self.only_listed(task)
    }

    /// Refuses where two files are called by the id, for which of them is meant is not certain.
    fn only_file(&self, task: &Task) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let twins = index.twin_files(task);
        if twins.is_empty() {
            return Ok(());
        }
        let paths: Vec<&str> = twins.iter().map(|it| index.docs[it.doc].path.as_str()).collect();
        let name = self.analysis.name_of(&task.id);
        let message = format!("{} files are task {name}: {}", paths.len(), paths.join(", "));
        Err(refuse(RefusalKind::Ambiguous, message, "give each of them an id of its own"))
    }

    /// Refuses where one file has two entries that are called by the id, and no title that says that
    /// they are one task.
    fn only_entry(&self, task: &Task) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        let Some(twins) = index.twin_entries(task).into_iter().find(|it| it.differ) else {
            return Ok(());
        };
        let document = &index.docs[twins.places[0].doc];
        let line = |at: usize| (document.lines.line_col(at).line + 1).to_string();
        let lines = twins.places.iter().map(|place| index.entity(*place).name.start as usize);
        let lines: Vec<String> = lines.map(line).collect();
        let (n, name, path) = (lines.len(), self.analysis.name_of(&task.id), &document.path);
        let message = format!("{n} entries of {path} are task {name}: lines {}", lines.join(", "));
        let remedy = match twins.places.iter().any(|place| index.is_listed(*place)) {
            true => "leave the one that counts, or give each of them an id of its own",
            false => "give each of them an id of its own",
        };
        Err(refuse(RefusalKind::Ambiguous, message, remedy))
    }

    /// Refuses where a list calls the task something that has nothing to do with it, and says another status.
    fn only_title(&self, task: &Task) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        if index.agreed(task) || self.intent.mode == Mode::Force {
            return Ok(());
        }
        let Some(other) = index.otherwise_called(task).first().copied() else { return Ok(()) };
        let (document, entity) = (&*index.docs[other.doc], index.entity(other));
        let at = validate::location(document, entity.name);
        let name = self.analysis.name_of(&task.id);
        let (said, own) = (&entity.title, index.title(task));
        let message = format!("{at} gives the id {name} to `{said}`, and the task is `{own}`");
        let remedy = "give one of the two another id, or both one title";
        Err(refuse(RefusalKind::Ambiguous, message, remedy))
    }
}
