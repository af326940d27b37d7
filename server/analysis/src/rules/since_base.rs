//! What rules say of a status that has changed since the commit that is compared with.

use crate::index::Task;
use crate::rules::Finding;
use crate::snapshot::Snapshot;
use crate::snapshot::base::ChangeSinceBase;

/// What a status was, and where that was so.
pub(super) fn was(analysis: &Snapshot, task: &Task, change: &ChangeSinceBase<'_>) -> String {
    let name = analysis.base.as_ref().as_ref().map_or("", |base| base.name.as_str());
    let called = analysis.index.called(task);
    let whose = match &change.phase {
        Some(number) => format!("phase {number} of task {called}"),
        None => format!("task {called}"),
    };
    let old = &change.vocabulary.get(change.from).id;
    format!("{whose} has gone from {old} (at {name})")
}

/// The finding at what says the status.
pub(super) fn found(
    analysis: &Snapshot,
    task: &Task,
    change: &ChangeSinceBase<'_>,
    message: String,
) -> Option<Finding> {
    let spot = analysis.index.spots(change.place).find(|spot| spot.status() == Some(change.to))?;
    Some(Finding::at(&spot, message).task(&task.id))
}
