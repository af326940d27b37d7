//! Tasks as lines of a list, in the order and by the pages that clients show them in.

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Task;
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::task_view::row;
use serde::{Deserialize, Serialize};

use super::range;

/// What a list shows of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The id of its status.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<String>,
    /// The status as it stands at the most trusted place: `[IMPLEMENTING]`.
    pub marker: Option<String>,
    /// Whether every place says the same.
    pub agreed: bool,
    /// Whether it stands in archives only.
    pub archived: bool,
    /// The workspace's folder.
    pub root: String,
    /// The name of its profile.
    pub profile: String,
    /// The file of the most trusted place, relative to the root.
    pub path: Option<String>,
    /// Where it stands there.
    pub line: Option<u32>,
    /// Where it stands in the line.
    pub column: Option<u32>,
    /// How far its phases are, else its parts, else its boxes; null where it has none.
    pub progress: Option<PartsDone>,
    /// How many errors and warnings are about it, but for those about what editors hold.
    pub findings: usize,
    /// Whether it is open and may begin.
    pub ready: bool,
    /// The id of the task that it is a part of.
    pub parent: Option<String>,
    /// Who holds the task; left out where nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Sorts the tasks of a root as pages do, character by character.
    pub order: String,
}

/// How much of something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartsDone {
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

impl TaskRow {
    /// One task of the workspace at `root`.
    pub fn of(analysis: &Analysis, root: &str, task: &Task) -> TaskRow {
        TaskRow::new(analysis, root, task, row::row(analysis, task))
    }

    /// As [`TaskRow::of`], of a row that is made already.
    pub(crate) fn new(analysis: &Analysis, root: &str, task: &Task, row: row::RowView) -> TaskRow {
        let at = row.place.as_ref().map(|(path, place)| range(analysis, path, *place));
        TaskRow {
            id: row.id,
            title: row.title,
            status: row.status,
            category: row.category.map(|category| category.name().to_owned()),
            marker: row.marker,
            agreed: row.agreed,
            archived: row.archived,
            root: root.to_owned(),
            profile: row.profile,
            path: row.place.map(|(path, _)| path.to_string()),
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            progress: row
                .progress
                .map(|row::RowProgress { done, total }| PartsDone { done, total }),
            findings: row.n_findings,
            ready: row.ready,
            parent: row.parent,
            holder: None,
            order: order(analysis, task),
        }
    }
}

/// The tasks by profile and then by id.
pub fn in_order(analysis: &Analysis) -> Vec<&Task> {
    let mut tasks: Vec<&Task> = analysis.index.tasks.values().map(|task| &**task).collect();
    if analysis.instances.are_several() {
        // Those of one profile stay in order of their ids.
        tasks.sort_by_cached_key(|task| rank(analysis, task));
    }
    tasks
}

/// What sorts tasks as [`in_order`] does.
pub fn order(analysis: &Analysis, task: &Task) -> String {
    let rank = rank(analysis, task);
    format!("{rank:04}/{}", sortable(&task.id))
}

/// Which of the profiles the task is read by.
fn rank(analysis: &Analysis, task: &Task) -> usize {
    if !analysis.instances.are_several() {
        return 0;
    }
    let own = analysis.index.profile_of(task);
    let mut all = analysis.instances.iter();
    all.position(|it| it.id == own.id && it.root == own.root).unwrap_or_default()
}

/// A text that sorts as the id does: numbers by size, and before all others.
fn sortable(id: &TaskId) -> String {
    match id.number() {
        Some(number) => format!("0{number:020}{id}"),
        None => format!("1{id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_as_texts_sort_as_they_do() {
        let mut ids: Vec<TaskId> =
            ["b/7", "10", "9", "T07", "07", "18446744073709551615", "a"].map(TaskId::new).to_vec();
        ids.sort();
        let texts: Vec<String> = ids.iter().map(sortable).collect();
        assert!(texts.is_sorted(), "{texts:?}");
    }
}
