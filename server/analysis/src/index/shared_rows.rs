//! Rows that say one status of several tasks: which of these contradict it.

use crate::index::{DocIdx, Index, Task};
use crate::model::SharedRow;
use crate::profile::vocabulary::{Category, StatusIdx};

impl Index {
    /// The rows of several tasks in documents that are no history.
    pub fn shared_rows(&self) -> impl Iterator<Item = (DocIdx, &SharedRow)> {
        self.counting()
            .flat_map(|(doc, document)| document.facts.shared.iter().map(move |row| (doc, row)))
    }

    /// The tasks of a row, if the first and the last that it names are there.
    pub fn tasks_of_row(&self, doc: DocIdx, row: &SharedRow) -> Vec<&Task> {
        let find = |id| {
            let task = self.tasks.get(&self.id_in(doc, id)).map(|task| &**task);
            task.filter(|task| task.task_type == row.task_type && !task.places.is_empty())
        };
        let [Some(first), Some(last)] = [row.ids.first(), row.ids.last()] else {
            return Vec::new();
        };
        match [first, last].into_iter().all(|id| find(id).is_some()) {
            true => row.ids.iter().filter_map(find).collect(),
            false => Vec::new(),
        }
    }

    /// The tasks because of which a row cannot say what it says, if each has the `status`: those that are
    /// not finished where it says that they are, and all where it says that they are not.
    pub fn against_row(
        &self,
        doc: DocIdx,
        row: &SharedRow,
        status: &dyn Fn(&Task) -> Option<StatusIdx>,
    ) -> Vec<&Task> {
        let mut tasks = self.tasks_of_row(doc, row);
        let category = |task: &Task| Some(self.vocabulary_of(task).get(status(task)?).category);
        let Some(first) = tasks.first() else { return tasks };
        let said = self.vocabulary_of(first).get(row.status).category;
        match said {
            Category::Done => tasks.retain(|task| category(task).is_some_and(|it| !it.is_closed())),
            Category::Open | Category::Active | Category::Waiting
                if tasks.iter().all(|task| category(task) == Some(Category::Done)) => {}
            _ => tasks.clear(),
        }
        tasks
    }
}
