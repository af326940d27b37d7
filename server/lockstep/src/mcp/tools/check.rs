//! `check`: what is found, with whether it can be mended.

use lockstep_analysis::operation;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Called, JsonShape, Tool, arguments, word_or_none};
use crate::mcp::failure::ToolFailure;
use crate::mcp::folder::CallFolder;
use crate::report::{Fixes, ReportedFinding};

pub(super) const TOOL: Tool = Tool {
    name: "check",
    description: "Report where files disagree about a task, and other faults.",
    reads_only: true,
    parameters: &[
        ("path", JsonShape::Text, false, "File or folder"),
        ("task", JsonShape::Text, false, ""),
        ("limit", JsonShape::Number, false, ""),
    ],
    gives: &[
        ("findings", JsonShape::Items(&["rule", "severity", "at", "message"])),
        ("total", JsonShape::Number),
    ],
    call: |folder, given| check(folder, arguments(given)?),
};

/// How many findings are told unless somebody asks for more.
const LIMIT: usize = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    path: Option<String>,
    #[serde(default, deserialize_with = "word_or_none")]
    task: Option<String>,
    limit: Option<usize>,
}

fn check(folder: &CallFolder, Given { path, task, limit }: Given) -> Called<Value> {
    let workspace = folder.read()?;
    let path = path.map(|path| below(folder, &path)).transpose()?;
    let task = match task {
        Some(id) => {
            let found = operation::task_meant(workspace.analysis(), &id)?;
            Some(workspace.analysis().name_of(&found.id))
        }
        None => None,
    };
    let is_wanted = |finding: &ReportedFinding| {
        task.as_ref().is_none_or(|task| finding.task.as_ref() == Some(task))
            && path.as_ref().is_none_or(|path| {
                path.is_empty()
                    || finding.path == *path
                    || finding.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
            })
    };
    let mut found = workspace.check(Fixes::Certain).diagnostics;
    found.retain(is_wanted);
    let total = found.len();
    found.truncate(limit.unwrap_or(LIMIT));
    let findings: Vec<Value> = found.iter().map(line).collect();
    Ok(json!({ "findings": findings, "total": total }))
}

fn line(found: &ReportedFinding) -> Value {
    let mut told = json!({
        "rule": found.rule,
        "severity": found.severity,
        "at": format!("{}:{}:{}", found.path, found.at.line, found.at.column),
        "message": found.message,
        "fixable": found.fixable,
    });
    if let Some(task) = &found.task {
        told["task"] = json!(task);
    }
    told
}

/// A path as findings name it, which must be there.
fn below(folder: &CallFolder, path: &str) -> Called<String> {
    let unknown = || {
        ToolFailure::usage(
            format!("no file or folder `{path}` in {}", folder.root.display()),
            "give a path below the root",
        )
    };
    let found = folder.root.join(path).canonicalize().map_err(|_| unknown())?;
    let below = found.strip_prefix(&folder.root).map_err(|_| unknown())?;
    Ok(below.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/"))
}
