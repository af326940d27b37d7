//! `lockstep/tasks {limit?, cursor?, ids?, brief?, archived?}`: every live task of every workspace, as
//! `lockstep list --format json` has them, each a `TaskReport` with the members of a `TaskRow`. `brief`
//! leaves only the rows. With `limit` there are no more than so many, and `next_cursor` where more
//! follow: it means *after this task*, whatever comes or goes meanwhile. `ids` asks for these only, and
//! `archived` for archived ones too.

use lockstep_analysis::index::Task;
use lockstep_analysis::operation::{self, Meant};
use lockstep_analysis::task_view;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::ServerCapabilities;

use crate::hub::snapshot::Folder;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::error::{invalid_params, refusal};
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::report::rows::{TaskRow, in_order, order};
use crate::report::{self, SCHEMA};
use crate::workspace::commit::Claims;

/// The request.
pub(crate) struct TasksRequest;

impl Request for TasksRequest {
    const METHOD: &'static str = "lockstep/tasks";
    type Params = Value;
    type Answer = Value;

    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, params: Value) -> Result<Value> {
        let wanted = TasksWanted::read(params)?;
        let folders = &context.snapshot.folders;
        let first = wanted.first(folders)?;
        let mut tasks: Vec<Value> = Vec::new();
        let mut last = None;
        for folder in &folders[first..] {
            operation::is_held(&folder.analysis).map_err(|why| refusal(&why))?;
            let claims = Claims::at(&folder.root);
            for task in wanted.tasks_of(folder) {
                if wanted.limit.is_some_and(|limit| tasks.len() == limit) {
                    return Ok(json!({"schema": SCHEMA, "tasks": tasks, "next_cursor": last}));
                }
                tasks.push(shown(folder, &claims, task, wanted.brief)?);
                last = wanted.limit.map(|_| PageCursor::after(folder, task).spelled());
            }
        }
        Ok(json!({"schema": SCHEMA, "tasks": tasks}))
    }
}

/// What is asked for.
#[derive(Debug, Default)]
struct TasksWanted {
    limit: Option<usize>,
    cursor: Option<PageCursor>,
    ids: Option<Vec<String>>,
    brief: bool,
    archived: bool,
}

impl TasksWanted {
    /// Anything but an object asks for nothing in particular.
    fn read(params: Value) -> Result<TasksWanted> {
        let Ok(mut arguments) = Arguments::new(params) else { return Ok(TasksWanted::default()) };
        let limit = arguments.number("limit")?;
        if limit == Some(0) {
            return Err(invalid_params("`limit` must be at least 1"));
        }
        let cursor = arguments.text("cursor")?;
        let cursor =
            cursor.map(|it| PageCursor::read(&it).ok_or_else(unknown_cursor)).transpose()?;
        let (brief, archived) = (arguments.flag("brief")?, arguments.flag("archived")?);
        Ok(TasksWanted { limit, cursor, ids: arguments.texts("ids")?, brief, archived })
    }

    /// Whether the order is that of pages, rather than that of ids alone.
    fn is_paged(&self) -> bool {
        self.limit.is_some() || self.cursor.is_some() || self.brief
    }

    /// The first folder that is looked into.
    fn first(&self, folders: &[Folder]) -> Result<usize> {
        let Some(cursor) = &self.cursor else { return Ok(0) };
        let at = folders.iter().position(|folder| *folder.root.to_string_lossy() == cursor.root);
        at.ok_or_else(unknown_cursor)
    }

    /// The tasks of a folder that are asked for, in order.
    fn tasks_of<'a>(&self, folder: &'a Folder) -> Vec<&'a Task> {
        let analysis = &folder.analysis;
        let mut tasks = match (&self.ids, self.is_paged()) {
            (Some(ids), _) => {
                let meant = ids.iter().filter_map(|id| operation::meant(analysis, id).ok());
                let tasks = meant.filter_map(|meant| match meant {
                    Meant::Task(task) => Some(task),
                    Meant::Part(_) => None,
                });
                return tasks.collect();
            }
            (None, true) => in_order(analysis),
            (None, false) => analysis.index.tasks.values().map(|task| &**task).collect(),
        };
        if let Some(cursor) = self.cursor.as_ref().filter(|it| it.is_in(folder)) {
            let done = tasks.partition_point(|task| order(analysis, task) <= cursor.order);
            tasks.drain(..done);
        }
        tasks.retain(|task| self.archived || !task_view::is_archived(task));
        tasks
    }
}

/// A task after which a page begins.
#[derive(Debug)]
struct PageCursor {
    root: String,
    order: String,
}

impl PageCursor {
    fn after(folder: &Folder, task: &Task) -> PageCursor {
        let root = folder.root.to_string_lossy().into_owned();
        PageCursor { root, order: order(&folder.analysis, task) }
    }

    fn read(text: &str) -> Option<PageCursor> {
        let (root, order) = serde_json::from_str(text).ok()?;
        Some(PageCursor { root, order })
    }

    fn spelled(&self) -> String {
        json!([self.root, self.order]).to_string()
    }

    fn is_in(&self, folder: &Folder) -> bool {
        *folder.root.to_string_lossy() == self.root
    }
}

fn unknown_cursor() -> Error {
    invalid_params("`cursor` is of no folder that is open; begin again without it")
}

fn shown(folder: &Folder, claims: &Claims, task: &Task, brief: bool) -> Result<Value> {
    let analysis = &folder.analysis;
    let row = claims.told(task, TaskRow::of(analysis, &folder.root.to_string_lossy(), task));
    let row = serde_json::to_value(row).map_err(|_| Error::internal_error())?;
    if brief {
        return Ok(row);
    }
    let report = report::task_report(analysis, &task_view::view(analysis, task));
    let mut report = serde_json::to_value(report).map_err(|_| Error::internal_error())?;
    if let (Some(report), Value::Object(row)) = (report.as_object_mut(), row) {
        report.extend(row);
    }
    Ok(report)
}
