//! `lockstep/tasks {}`: every live task of every workspace, as `lockstep list --format json` has them,
//! each with the `root` that its paths are relative to.

use serde_json::{Value, json};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::ServerCapabilities;

use crate::lsp::client::ClientFeatures;
use crate::lsp::error::refusal;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::report::{self, SCHEMA, TaskFilter};

/// The request.
pub(crate) struct TasksRequest;

impl Request for TasksRequest {
    const METHOD: &'static str = "lockstep/tasks";
    type Params = Value;
    type Answer = Value;

    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, _: Value) -> Result<Value> {
        let mut tasks = Vec::new();
        for folder in &context.snapshot.folders {
            let list = report::list(&folder.analysis, &TaskFilter::default());
            for task in list.map_err(|why| refusal(&why))?.tasks {
                let mut task = serde_json::to_value(task).map_err(|_| Error::internal_error())?;
                task["root"] = json!(folder.root.to_string_lossy());
                tasks.push(task);
            }
        }
        Ok(json!({"schema": SCHEMA, "tasks": tasks}))
    }
}
