//! Rows of tables that tell something of tasks and are a place of none.

use crate::profile::TypeIdx;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusIdx;
use crate::text::TextRange;

/// A row that says one status of several tasks.
#[derive(Clone, Debug)]
pub struct SharedRow {
    /// The tasks, from the first to the last that it names.
    pub ids: Vec<TaskId>,
    /// Their type.
    pub task_type: TypeIdx,
    /// Where they are named.
    pub name: TextRange,
    /// What it says of them.
    pub status: StatusIdx,
    /// Where it says so.
    pub range: TextRange,
}

/// A row about one task that says something else in the column for the status than one that is known.
#[derive(Clone, Debug)]
pub struct UnreadRow {
    /// The task.
    pub id: TaskId,
    /// What it says.
    pub range: TextRange,
    /// The status that it begins with, if any.
    pub status: Option<StatusIdx>,
}
