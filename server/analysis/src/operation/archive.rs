//! Finished tasks put away.

use std::collections::BTreeMap;

use super::{Draft, Outcome, Refused, Verdict, task_meant};
use crate::change::archive::{self, ArchiveWish, Archived, Fate, Folders};
use crate::profile::id::TaskId;
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
        let mut fates: BTreeMap<TaskId, Fate> = BTreeMap::new();
        let groups = self.by_profile(&wanted);
        let is_one = groups.len() < 2;
        let mut told: Vec<(Option<usize>, Refused)> = Vec::new();
        for tasks in groups {
            match archive::plan(&self.state, &ArchiveWish { tasks: &tasks, before, folders }) {
                Ok(archived) => fates.extend(self.put_away(archived)),
                Err(refusal) if is_one => return Err(refusal.into()),
                // Of all that is finished, what has no place is told once: of the first profile.
                Err(refusal) if ids.is_empty() => {
                    told.push((self.rank_of(&tasks[0]), refusal.into()));
                }
                Err(refusal) => {
                    fates.extend(tasks.into_iter().map(|id| (id, Fate::Refused(refusal.clone()))));
                }
            }
        }
        let first = told.into_iter().min_by_key(|(rank, _)| *rank);
        if let Some((_, refused)) = first.filter(|_| fates.is_empty()) {
            return Err(refused);
        }
        (self.progress)(wanted.len(), wanted.len());
        for (name, id) in names.iter().zip(&wanted) {
            let task = self.analysis.index.tasks.get(id);
            let from = task.and_then(|task| task_view::status(self.analysis, task));
            let from = from.map(|def| def.id.clone());
            let fate = fates.remove(id);
            self.results.extend(fate.map(|fate| outcome(name, from, fate)));
        }
        Ok(())
    }

    /// The tasks of each profile; one group of none where there are none.
    fn by_profile(&self, wanted: &[TaskId]) -> Vec<Vec<TaskId>> {
        let index = &self.analysis.index;
        let of = |id: &TaskId| index.tasks.get(id).map(|task| index.profile_of(task));
        let is_same = |one: &TaskId, two: &TaskId| match (of(one), of(two)) {
            (Some(one), Some(two)) => std::ptr::eq(one, two),
            _ => false,
        };
        let mut groups: Vec<Vec<TaskId>> = Vec::new();
        for id in wanted {
            match groups.iter_mut().find(|group| is_same(&group[0], id)) {
                Some(group) => group.push(id.clone()),
                None => groups.push(vec![id.clone()]),
            }
        }
        if groups.is_empty() { vec![Vec::new()] } else { groups }
    }

    /// Which of the profiles of the workspace a task is of.
    fn rank_of(&self, id: &TaskId) -> Option<usize> {
        let own = self.analysis.index.profile_of(self.analysis.index.tasks.get(id)?);
        self.analysis.instances.iter().position(|it| std::ptr::eq(&**it, own))
    }

    fn put_away(&mut self, archived: Archived) -> Vec<(TaskId, Fate)> {
        self.moves.extend(archived.moves);
        self.folders.extend(archived.folders);
        if !archived.texts.is_empty() {
            self.state = self.state.with_texts(&archived.texts);
        }
        self.texts.extend(archived.texts);
        archived.fates
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
    Outcome { task, from, to, verdict, code: None, reason, remedy: None, files, rev: None, changes }
}
