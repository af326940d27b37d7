//! `task`: one task, with all that somebody needs who is to go on with it.

use std::collections::BTreeMap;

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Task;
use lockstep_analysis::operation::{self, Meant};
use lockstep_analysis::task_view;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Called, JsonShape, Tool, arguments, word};
use crate::mcp::folder::CallFolder;
use crate::report::next::{self, BlockerReport};
use crate::report::transitions::{TransitionReport, transitions};
use crate::report::{self, TaskReport};
use crate::workspace::commit::Claims;

pub(super) const TOOL: Tool = Tool {
    name: "task",
    description: "One task: its places, phases, dependencies, findings, and the statuses that may \
                  follow.",
    reads_only: true,
    parameters: &[("id", JsonShape::Text, true, "")],
    gives: &[
        ("status", JsonShape::Text),
        ("rev", JsonShape::Text),
        ("next", JsonShape::Items(&["status"])),
        ("places", JsonShape::Items(&["at", "text"])),
    ],
    call: |folder, given| {
        let Given { id } = arguments(given)?;
        show(folder, &id)
    },
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(deserialize_with = "word")]
    id: String,
}

/// A task, phase or check box.
pub(in crate::mcp) fn show(folder: &CallFolder, id: &str) -> Called<Value> {
    let workspace = folder.read()?;
    let analysis = workspace.analysis();
    let (view, task) = match operation::meant(analysis, id)? {
        Meant::Task(task) => (task_view::view(analysis, task), Some(task)),
        Meant::Part(place) => {
            (task_view::part(analysis, place, analysis.index.part_name(place)), None)
        }
    };
    let mut report = report::task_report(analysis, &view);
    report.parts = task.map(|task| report::parts(analysis, task)).unwrap_or_default();
    Claims::at(&folder.root).tell_holders(analysis, std::slice::from_mut(&mut report));
    let mut told = of_report(&report);
    let allowed = transitions(analysis, id, None)?;
    let allowed = allowed.iter().filter(|it| it.allowed && !it.current);
    told.insert("next".into(), allowed.map(way).collect());
    if let Some(task) = task {
        workspace.judge();
        told.extend(around(analysis, task));
    }
    Ok(Value::Object(told))
}

/// The name of a task, or of that around a part, by any spelling of its id.
pub(in crate::mcp) fn named(folder: &CallFolder, id: &str) -> Called<String> {
    let workspace = folder.read()?;
    let analysis = workspace.analysis();
    Ok(match operation::meant(analysis, id)? {
        Meant::Task(task) => analysis.name_of(&task.id),
        Meant::Part(place) => match analysis.index.task_at(place) {
            Some(task) => analysis.name_of(&task.id),
            None => analysis.index.part_name(place),
        },
    })
}

/// What a report says, in few words.
fn of_report(report: &TaskReport) -> Map<String, Value> {
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
    tell("id", json!(report.id));
    tell("title", json!(report.title));
    if let Some(status) = &report.status {
        tell("status", json!(status));
    }
    tell("rev", json!(report.rev));
    if let Some(holder) = &report.holder {
        tell("holder", json!(holder));
    }
    if !report.agreed {
        tell("agreed", json!(false));
    }
    let places = report
        .occurrences
        .iter()
        .map(|place| json!({ "at": format!("{}:{}", place.path, place.line), "text": place.text }));
    tell("places", places.collect());
    if !report.phases.is_empty() {
        let phases = report.phases.iter().map(
            |phase| json!({ "phase": phase.number, "title": phase.title, "status": phase.status }),
        );
        tell("phases", phases.collect());
    }
    if !report.parts.is_empty() {
        let parts = report
            .parts
            .iter()
            .map(|part| json!({ "id": part.id, "title": part.title, "status": part.status }));
        tell("parts", parts.collect());
    }
    if !report.depends.is_empty() {
        tell("depends", json!(report.depends));
    }
    told
}

/// A status that may follow, and what it needs.
fn way(way: &TransitionReport) -> Value {
    match way.needs.is_empty() {
        true => json!({ "status": way.status }),
        false => json!({ "status": way.status, "needs": way.needs.join(", ") }),
    }
}

/// What it waits for, and what is found about it.
fn around(analysis: &Analysis, task: &Task) -> BTreeMap<String, Value> {
    let mut told = BTreeMap::new();
    let waits: Vec<Value> = match analysis.index.may_be_next(task) {
        true => next::blockers(analysis, task).iter().map(waits_for).collect(),
        false => Vec::new(),
    };
    if !waits.is_empty() {
        told.insert("waits_for".to_owned(), json!(waits));
    }
    let own = analysis.diagnostics().iter().filter(|it| it.task.as_ref() == Some(&task.id));
    let findings = own.map(|found| {
        let found = report::finding(analysis, found);
        json!({ "rule": found.rule, "at": format!("{}:{}", found.path, found.at.line),
                "message": found.message })
    });
    let findings: Vec<Value> = findings.collect();
    if !findings.is_empty() {
        told.insert("findings".to_owned(), json!(findings));
    }
    told
}

/// What it waits for: what it is, and of a task its status.
fn waits_for(why: &BlockerReport) -> Value {
    let mut told = json!({ "kind": why.kind });
    let rest = [("task", &why.task), ("status", &why.status), ("text", &why.text)];
    for (name, value) in rest.into_iter().filter_map(|(name, it)| Some((name, it.as_ref()?))) {
        told[name] = json!(value);
    }
    told
}
