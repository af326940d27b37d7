//! What of a document may be told otherwise than before.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::model::EntityIdx;
use crate::profile::id::TaskId;

/// The entities of a document of which something else is told than in another state of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedEntities {
    /// The entities that were read again. Those before stand where they did, and those behind have moved,
    /// all by as much.
    pub read: Range<EntityIdx>,
    /// Other entities of which other documents say something else.
    pub others: BTreeSet<EntityIdx>,
}

/// The entities of a document that were read again since `before`, and those of `tasks`; `None` where
/// that may be any.
pub(crate) fn changed_entities(
    analysis: &Analysis,
    before: &Analysis,
    path: &str,
    tasks: &BTreeSet<TaskId>,
) -> Option<ChangedEntities> {
    let (doc, is) = analysis.index.document(path)?;
    let (_, was) = before.index.document(path)?;
    let is_read_alike = analysis.instances.is_same(&before.instances)
        && Arc::ptr_eq(&analysis.config, &before.config);
    let read = match Arc::ptr_eq(is, was) {
        true => 0..0,
        false => is.lineage.since(&was.lineage).filter(|read| !read.is_empty())?,
    };
    let tasks = tasks.iter().filter_map(|id| analysis.index.tasks.get(id));
    let places = tasks.flat_map(|task| task.places.iter().chain(&task.plans).chain(&task.past));
    let others = places.filter(|place| place.doc == doc).map(|place| place.entity).collect();
    is_read_alike.then_some(ChangedEntities { read, others })
}
