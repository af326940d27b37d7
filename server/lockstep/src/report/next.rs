//! What may begin now, and what the others wait for.

use std::collections::BTreeMap;

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Task;
use lockstep_analysis::index::readiness::Blocker;
use lockstep_analysis::operation::{self, Refused};
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::task_view::{self, TaskView};
use serde::{Deserialize, Serialize};

use super::{SCHEMA, TaskReport, rows, task_report};

/// The answer of `next`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NextReport {
    /// The version of the format.
    pub schema: u32,
    /// The tasks that are open and may begin, by profile and then by id.
    pub tasks: Vec<TaskReport>,
    /// The open tasks that may not begin yet, in the same order.
    pub waiting: Vec<WaitingTask>,
    /// What of the tasks that may begin deserves a look: one depends on a task that was dropped.
    pub notes: Vec<String>,
}

/// An open task that may not begin yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaitingTask {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The id of its status.
    pub status: Option<String>,
    /// What it waits for.
    pub why: Vec<BlockerReport>,
}

/// What a task waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BlockerReport {
    /// `unfinished`, `unknown` (no such task), `above` (the task that it is a part of is dropped or
    /// waits), `before` (a part of the same task that comes first), `decided` (the task that it is a
    /// part of needs it no more), `signal` (a name that no task has given yet) or `text` (words that
    /// name no task: read them).
    pub kind: String,
    /// The id of the task that it waits for.
    pub task: Option<String>,
    /// The id of the status of that task.
    pub status: Option<String>,
    /// The name of the signal, or what is said that names no task.
    pub text: Option<String>,
}

/// The tasks that may begin, and what keeps the other open ones from it.
pub fn next(analysis: &Analysis) -> Result<NextReport, Refused> {
    operation::is_held(analysis)?;
    let mut report =
        NextReport { schema: SCHEMA, tasks: Vec::new(), waiting: Vec::new(), notes: Vec::new() };
    for task in open(analysis) {
        let view = task_view::view(analysis, task);
        let blockers = blockers(analysis, task);
        if blockers.is_empty() {
            let dropped = analysis.index.dropped_before(task).into_iter();
            report.notes.extend(dropped.map(|id| {
                format!("{} depends on {}, which was dropped", view.id, analysis.name_of(&id))
            }));
            report.tasks.push(task_report(analysis, &view));
            continue;
        }
        let TaskView { id, title, status, .. } = view;
        report.waiting.push(WaitingTask { id, title, status, why: blockers });
    }
    Ok(report)
}

/// The open tasks that are no history, by profile and then by id.
fn open(analysis: &Analysis) -> Vec<&Task> {
    let is_open = |task: &&Task| !task.places.is_empty() && analysis.index.may_be_next(task);
    let mut open = rows::in_order(analysis);
    open.retain(is_open);
    open
}

/// What keeps a task from beginning.
pub fn blockers(analysis: &Analysis, task: &Task) -> Vec<BlockerReport> {
    analysis.index.blockers(task).iter().map(|it| blocker(analysis, it)).collect()
}

fn blocker(analysis: &Analysis, blocker: &Blocker) -> BlockerReport {
    let about = |kind: &str, id: &TaskId| {
        let task = analysis.index.tasks.get(id);
        let status = task.and_then(|task| task_view::status(analysis, task));
        BlockerReport {
            kind: kind.to_owned(),
            task: Some(analysis.name_of(id)),
            status: status.map(|def| def.id.clone()),
            text: None,
        }
    };
    let said = |kind: &str, text: &str| BlockerReport {
        kind: kind.to_owned(),
        task: None,
        status: None,
        text: Some(text.to_owned()),
    };
    match blocker {
        Blocker::Unfinished(id) => about("unfinished", id),
        Blocker::Unknown(id) => about("unknown", id),
        Blocker::Above(id) => about("above", id),
        Blocker::Before(id) => about("before", id),
        Blocker::Decided(id) => about("decided", id),
        Blocker::Signal(name) => said("signal", name),
        Blocker::Words(text) => said("text", text),
    }
}

/// The tasks that are not finished and those that they depend on, as a graph.
#[derive(Debug, Default)]
pub struct Dependencies {
    /// Each task by its name: its title, and its status.
    pub tasks: BTreeMap<String, (String, Option<String>)>,
    /// What must be done first, and what after it.
    pub edges: Vec<(String, String)>,
}

/// What the tasks that are not finished wait for.
pub fn dependencies(analysis: &Analysis) -> Result<Dependencies, Refused> {
    operation::is_held(analysis)?;
    let index = &analysis.index;
    let mut graph = Dependencies::default();
    let is_left = |task: &Task| {
        let category = index.category(task);
        !task.places.is_empty() && category.is_none_or(|category| !category.is_closed())
    };
    for task in index.tasks.values().filter(|task| is_left(task)) {
        let name = graph.add(analysis, &task.id);
        for before in index.depends(task) {
            if index.tasks.contains_key(&before) {
                let first = graph.add(analysis, &before);
                graph.edges.push((first, name.clone()));
            }
        }
    }
    Ok(graph)
}

impl Dependencies {
    fn add(&mut self, analysis: &Analysis, id: &TaskId) -> String {
        let name = analysis.name_of(id);
        if let Some(task) = analysis.index.tasks.get(id) {
            let said = || {
                let status = task_view::status(analysis, task).map(|def| def.id.clone());
                (task_view::title(analysis, task), status)
            };
            self.tasks.entry(name.clone()).or_insert_with(said);
        }
        name
    }
}
