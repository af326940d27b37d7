//! Work that a fix would take back.

use crate::index::Task;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::snapshot::Snapshot;

/// Whether to set a task to a status would take work back that a place says is begun, done or given
/// up, where the profile leaves that to a person.
pub(super) fn takes_back(analysis: &Snapshot, task: &Task, to: StatusIdx) -> bool {
    let index = &analysis.index;
    if !index.profile_of(task).keeps_progress {
        return false;
    }
    let vocabulary = index.vocabulary_of(task);
    // What waits was begun, or would be but for a reason that somebody has written down.
    let reached = |status| match vocabulary.get(status).category {
        Category::Done | Category::Dropped | Category::Failed => 3,
        Category::Waiting => 2,
        Category::Active => 1,
        Category::Open => 0,
    };
    let category = |status| vocabulary.get(status).category;
    let is_given_up = matches!(category(to), Category::Dropped | Category::Failed);
    // Whether something was finished or given up, nobody else knows.
    let is_end = |said| category(said).is_closed() && category(to).is_closed();
    let mut said = index.statuses(task).filter_map(|spot| spot.status());
    said.any(|said| {
        (is_end(said) && category(said) != category(to))
            || (!is_given_up && reached(said) > reached(to))
    })
}
