//! What the other worktrees of the repository say. Whoever can read them hands this in; without
//! that there is nothing.

use std::collections::BTreeMap;

use crate::index::Task;
use crate::profile::id::TaskId;
use crate::snapshot::Snapshot;

/// Another worktree, and how tasks stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worktree {
    /// What a user calls it.
    pub name: String,
    /// The id of each task's status; `None` where it has none.
    pub statuses: BTreeMap<TaskId, Option<String>>,
}

impl Worktree {
    /// The worktree that `analysis` is of.
    pub fn new(name: String, analysis: &Snapshot) -> Worktree {
        let status = |task: &Task| Some(status(analysis, task)?.to_owned());
        let tasks = analysis.index.tasks.values();
        Worktree { name, statuses: tasks.map(|task| (task.id.clone(), status(task))).collect() }
    }
}

impl Snapshot {
    /// How the task stands in each of the other worktrees: its status, or `None` where it has none or
    /// is not known.
    pub fn status_in_each<'a>(
        &'a self,
        task: &'a Task,
    ) -> impl Iterator<Item = (&'a Worktree, Option<&'a str>)> {
        let there = |worktree: &'a Worktree| worktree.statuses.get(&task.id)?.as_deref();
        self.worktrees.iter().map(move |worktree| (worktree, there(worktree)))
    }

    /// The other worktrees in which the task has a status that it does not have here, with that
    /// status. One that does not know the task says nothing.
    pub fn status_elsewhere<'a>(
        &'a self,
        task: &'a Task,
    ) -> impl Iterator<Item = (&'a Worktree, &'a str)> {
        let here = status(self, task);
        let each = self.status_in_each(task);
        each.filter_map(move |(worktree, there)| Some((worktree, there?)))
            .filter(move |(_, there)| Some(*there) != here)
    }
}

fn status<'a>(analysis: &'a Snapshot, task: &Task) -> Option<&'a str> {
    let status = analysis.index.status(task)?;
    Some(&analysis.index.vocabulary_of(task).get(status).id)
}
