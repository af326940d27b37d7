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
    let reached = |status| match vocabulary.get(status).category {
        Category::Done | Category::Dropped => 2,
        Category::Active => 1,
        _ => 0,
    };
    let is_given_up = matches!(vocabulary.get(to).category, Category::Dropped | Category::Failed);
    let mut said = index.statuses(task).filter_map(|spot| spot.status());
    !is_given_up && said.any(|said| reached(said) > reached(to))
}
