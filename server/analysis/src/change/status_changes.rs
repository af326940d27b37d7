//! What became of statuses between two states of a workspace.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::Index;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::Snapshot;

/// What became of one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The task.
    pub task: TaskId,
    /// The phase of it, by its number; `None` for the task itself.
    pub phase: Option<String>,
    /// What it was; `None` where there was none.
    pub from: Option<StatusIdx>,
    /// What it is; `None` where there is none.
    pub to: Option<StatusIdx>,
}

/// The statuses in which two states of a workspace with the same profile differ, in order of task
/// and phase.
pub fn status_changes(before: &Snapshot, after: &Snapshot) -> Vec<StatusChange> {
    let (old, new) = (&before.index, &after.index);
    let ids = new.tasks_other_than(old);
    let mut changes = Vec::new();
    for id in &ids {
        let (was, is) = (statuses(old, id), statuses(new, id));
        let phases: BTreeSet<&Option<String>> = was.keys().chain(is.keys()).collect();
        for phase in phases {
            let from = was.get(phase).copied().flatten();
            let to = is.get(phase).copied().flatten();
            if from != to {
                changes.push(StatusChange { task: id.clone(), phase: phase.clone(), from, to });
            }
        }
    }
    changes
}

/// The status of a task under `None`, and of its phases under their numbers.
fn statuses(index: &Index, id: &TaskId) -> BTreeMap<Option<String>, Option<StatusIdx>> {
    let Some(task) = index.tasks.get(id) else { return BTreeMap::new() };
    let mut statuses = BTreeMap::from([(None, index.status(task))]);
    for place in index.phases(task) {
        if let Some(number) = &index.entity(place).number {
            statuses.entry(Some(number.to_string())).or_insert_with(|| index.status_at(place));
        }
    }
    statuses
}
