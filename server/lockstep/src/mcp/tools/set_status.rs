//! `set_status`: another status in every file, if the task is as it was seen.

use lockstep_analysis::operation::{self, Meant};
use lockstep_analysis::task_view;
use lockstep_store::history;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Called, JsonShape, Tool, arguments, word, word_or_none};
use crate::mcp::failure::{TaskNow, ToolFailure};
use crate::mcp::folder::CallFolder;
use crate::report::{ReportedVerdict, SetReport};
use crate::workspace::commit::{self, Claiming, CommitAction, Recorded, Terms};
use crate::workspace::order::{Deed, Done, Order};

pub(super) const TOOL: Tool = Tool {
    name: "set_status",
    description: "Set a task's status in every file, in one transaction. Refused if the task is not \
                  as `expect` says: the status or `rev` that you saw.",
    reads_only: false,
    parameters: &[
        ("id", JsonShape::Text, true, ""),
        ("status", JsonShape::Text, true, ""),
        ("expect", JsonShape::Text, true, ""),
        ("phase", JsonShape::Text, false, ""),
        ("reason", JsonShape::Text, false, ""),
        ("claim", JsonShape::Text, false, "Your claim's token"),
        ("dry_run", JsonShape::Flag, false, ""),
    ],
    gives: &[
        ("transaction", JsonShape::Text),
        ("from", JsonShape::Text),
        ("to", JsonShape::Text),
        ("rev", JsonShape::Text),
        ("files", JsonShape::Texts),
        ("ready", JsonShape::Texts),
    ],
    call: |folder, given| set(folder, arguments(given)?),
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(deserialize_with = "word")]
    id: String,
    status: String,
    #[serde(deserialize_with = "word")]
    expect: String,
    #[serde(default, deserialize_with = "word_or_none")]
    phase: Option<String>,
    reason: Option<String>,
    claim: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

fn set(folder: &CallFolder, given: Given) -> Called<Value> {
    let Given { id, status, expect, phase, reason, claim, dry_run } = given;
    let claiming = claim.map_or(Claiming::Agent, Claiming::Token);
    let action = CommitAction::Set {
        tasks: vec![id.clone()],
        status,
        phase,
        from: Some(expect),
        reason,
        to_fill_in: false,
        tick: false,
        stay: false,
        force: false,
        atomic: true,
    };
    let request = CallFolder::request(action);
    // A folder that holds no tasks is told before anything is looked for in it.
    let workspace = folder.read()?;
    let (diff, report) = if dry_run {
        let terms = Terms { claiming, ..Terms::of(folder.who.clone()) };
        let (diffs, report) = commit::preview(&workspace, &request, &terms)
            .map_err(|why| now(folder, &id, why.into()))?;
        (Some(diffs.into_iter().map(|(_, diff)| diff).collect::<String>()), report)
    } else {
        drop(workspace);
        let order = Order { claiming, ..folder.order(Deed::CarryOut(request)) };
        match folder.carry_out(&order).map_err(|why| now(folder, &id, why))? {
            Done::CarriedOut(report) => (None, report),
            done => {
                return Err(ToolFailure::internal(format!("an answer of another kind: {done:?}")));
            }
        }
    };
    told(folder, &id, diff, report)
}

fn told(folder: &CallFolder, id: &str, diff: Option<String>, report: SetReport) -> Called<Value> {
    let Some(result) = report.results.into_iter().next() else {
        return Err(ToolFailure::internal("there is no result"));
    };
    if result.outcome == ReportedVerdict::Refused {
        return Err(now(folder, id, ToolFailure::of_result(result)));
    }
    let mut told = json!({ "to": result.to, "files": result.files });
    if let Some(from) = result.from {
        told["from"] = json!(from);
    }
    if let Some(rev) = result.rev {
        told["rev"] = json!(rev);
    }
    if let Some(note) = result.reason {
        told["note"] = json!(note);
    }
    if let Some(diff) = diff {
        told["diff"] = json!(diff);
    }
    if let Some(transaction) = report.transaction {
        told["ready"] = json!(ready(folder, &transaction));
        told["transaction"] = json!(transaction);
    }
    Ok(told)
}

/// The tasks that can begin by a transaction.
fn ready(folder: &CallFolder, transaction: &str) -> Vec<String> {
    let Ok(store) = commit::open_store(&folder.root) else { return Vec::new() };
    let Ok(Some(operation)) = history::find(&store, transaction) else { return Vec::new() };
    let events = Recorded::of(&operation).map(|it| it.events).unwrap_or_default();
    let ready = events.into_iter().filter(|event| event.kind == "task.ready");
    ready.filter_map(|event| event.name.or(event.task)).collect()
}

/// A failure with how the task is now.
fn now(folder: &CallFolder, id: &str, failure: ToolFailure) -> ToolFailure {
    let Ok(workspace) = folder.read() else { return failure };
    let analysis = workspace.analysis();
    let view = match operation::meant(analysis, id) {
        Ok(Meant::Task(task)) => task_view::view(analysis, task),
        Ok(Meant::Part(place)) => task_view::part(analysis, place, String::new()),
        Err(_) => return failure,
    };
    let now = TaskNow { status: view.status, rev: view.rev };
    ToolFailure { now: Some(Box::new(now)), ..failure }
}
