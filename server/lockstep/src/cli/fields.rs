//! Tasks as JSON with some of their members, for programs that pay for every word.

use serde_json::{Map, Value};

use crate::cli::{Context, UserError, unknown};
use crate::report::{SCHEMA, TaskReport};

/// Every member of a task.
const MEMBERS: &[&str] = &[
    "id",
    "title",
    "status",
    "category",
    "agreed",
    "archived",
    "depends",
    "occurrences",
    "phases",
    "rev",
    "holder",
    "next",
    "parts",
    "elsewhere",
];

/// Which members of a task somebody wants.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Fields {
    /// Print these members of each task, as JSON on one line
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    fields: Vec<String>,
}

impl Fields {
    /// Whether any are named.
    pub(super) fn are_named(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Tells an error where one that is named does not exist.
    pub(super) fn check(&self) -> Result<(), UserError> {
        match self.fields.iter().find(|name| !MEMBERS.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let all = format!("known: {}", MEMBERS.join(", "));
                Err(unknown(format!("no field `{name}`"), name, MEMBERS.iter().copied(), &all))
            }
        }
    }

    /// Prints tasks with the members that are named; those that a task does not have are left out.
    pub(super) fn print(&self, cx: &mut Context, tasks: &[TaskReport]) -> Result<(), UserError> {
        let tasks: Vec<Value> = tasks.iter().map(|task| self.of(task)).collect();
        cx.out.json_line(&serde_json::json!({ "schema": SCHEMA, "tasks": tasks }))
    }

    /// What is wanted of one task.
    pub(super) fn of(&self, task: &TaskReport) -> Value {
        let mut all = serde_json::to_value(task).unwrap_or_default();
        let mut picked = Map::new();
        for name in &self.fields {
            if let Some(value) = all.get_mut(name) {
                picked.insert(name.clone(), value.take());
            }
        }
        Value::Object(picked)
    }
}
