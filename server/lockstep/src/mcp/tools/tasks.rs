//! `tasks`: which there are, a page at a time.

use lockstep_analysis::operation;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Called, JsonShape, Tool, arguments, word_or_none};
use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::CallFolder;
use crate::report::{self, TaskFilter, TaskReport, next, rows};
use crate::workspace::commit::Claims;

pub(super) const TOOL: Tool = Tool {
    name: "tasks",
    description: "List tasks: ready to begin (default), active, drifting, or all.",
    reads_only: true,
    parameters: &[
        ("which", JsonShape::Words(&["ready", "active", "drift", "all"]), false, ""),
        ("limit", JsonShape::Number, false, ""),
        ("after", JsonShape::Text, false, "`next` of the page before"),
    ],
    gives: &[("tasks", JsonShape::Items(&["id", "title", "rev"])), ("next", JsonShape::Text)],
    call: |folder, given| {
        let Given { which, limit, after } = arguments(given)?;
        page(folder, which, limit.unwrap_or(LIMIT), after.as_deref())
    },
};

/// How many tasks are told unless somebody asks for more.
const LIMIT: usize = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    which: Which,
    limit: Option<usize>,
    #[serde(default, deserialize_with = "word_or_none")]
    after: Option<String>,
}

/// Which tasks are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::mcp) enum Which {
    /// Those that can begin.
    #[default]
    Ready,
    /// Those that somebody works on.
    Active,
    /// Those whose places disagree.
    Drift,
    /// All live ones.
    All,
}

/// So many of them after one.
pub(in crate::mcp) fn page(
    folder: &CallFolder,
    which: Which,
    limit: usize,
    after: Option<&str>,
) -> Called<Value> {
    let workspace = folder.read()?;
    let analysis = workspace.analysis();
    let mut tasks = match which {
        Which::Ready => next::next(analysis)?.tasks,
        _ => report::list(analysis, &TaskFilter::default())?.tasks,
    };
    tasks.retain(|task| match which {
        Which::Active => task.category.as_deref() == Some("active"),
        Which::Drift => !task.agreed,
        Which::Ready | Which::All => true,
    });
    if let Some(after) = after {
        let order = |id: &str| {
            let task = analysis.task(id)?;
            Some(rows::order(analysis, task))
        };
        let last = order(after).ok_or_else(|| ToolFailure {
            remedy: Some("begin again without `after`".to_owned()),
            ..operation::unknown_task(analysis, after).into()
        })?;
        tasks.retain(|task| order(&task.id).is_some_and(|own| own > last));
    }
    Claims::at(&folder.root).tell_holders(analysis, &mut tasks);
    let is_more = tasks.len() > limit;
    tasks.truncate(limit);
    let mut told = json!({ "tasks": tasks.iter().map(line).collect::<Vec<_>>() });
    if let Some(last) = tasks.last().filter(|_| is_more) {
        told["next"] = json!(last.id);
    }
    Ok(told)
}

/// What a list tells of a task.
fn line(task: &TaskReport) -> Value {
    let mut told = json!({ "id": task.id, "title": task.title, "rev": task.rev });
    if let Some(status) = &task.status {
        told["status"] = json!(status);
    }
    if let Some(holder) = &task.holder {
        told["holder"] = json!(holder);
    }
    told
}
