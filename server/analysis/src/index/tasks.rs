//! The tasks of an index by their ids. An index made from another shares those that are as they were.

use std::sync::Arc;

use crate::index::Task;
use crate::index::shared_vec::SharedVec;
use crate::profile::id::TaskId;

/// Tasks by id, in order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    ids: Arc<Vec<TaskId>>,
    /// The task of each id.
    all: SharedVec<Arc<Task>>,
}

impl Tasks {
    /// These tasks, which stand in order of their ids.
    pub(super) fn new(tasks: Vec<Arc<Task>>) -> Tasks {
        let ids = tasks.iter().map(|task| task.id.clone()).collect();
        Tasks { ids: Arc::new(ids), all: tasks.into_iter().collect() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The task with this id.
    pub fn get(&self, id: &TaskId) -> Option<&Arc<Task>> {
        self.ids.binary_search(id).ok().and_then(|at| self.all.get(at))
    }

    /// Whether there is a task with this id.
    pub fn contains_key(&self, id: &TaskId) -> bool {
        self.ids.binary_search(id).is_ok()
    }

    /// Which of them, in order, is the one with this id.
    pub(crate) fn position(&self, id: &TaskId) -> Option<usize> {
        self.ids.binary_search(id).ok()
    }

    /// Whether these have the same ids, because one was made from the other.
    pub(crate) fn are_called_as(&self, other: &Tasks) -> bool {
        Arc::ptr_eq(&self.ids, &other.ids)
    }

    /// The ids in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &TaskId> {
        self.ids.iter()
    }

    /// The tasks in order of their ids.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Arc<Task>> {
        self.all.iter()
    }

    /// Puts a task in the place of the one with its id, if there is one.
    pub(super) fn replace(&mut self, task: Task) {
        if let Ok(at) = self.ids.binary_search(&task.id) {
            self.all.replace(at, Arc::new(task));
        }
    }
}
