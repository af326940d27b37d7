//! `lockstep/taskAt {uri, position}`: the task that stands at a place, as a row of lists, and the
//! number of its phase where the place is in one. Both are null where there is none.

use lockstep_analysis::operation::Code;
use serde::Serialize;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::ServerCapabilities;

use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::target::CommandTarget;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::report::rows::TaskRow;
use crate::workspace::commit::Claims;

/// The request.
pub(crate) struct TaskAt;

/// Its answer.
#[derive(Debug, Default, Serialize)]
pub(crate) struct TaskThere {
    task: Option<TaskRow>,
    phase: Option<String>,
}

impl Request for TaskAt {
    const METHOD: &'static str = "lockstep/taskAt";
    type Params = Value;
    type Answer = TaskThere;

    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, params: Value) -> Result<TaskThere> {
        let mut arguments = Arguments::new(params)?;
        let target = match CommandTarget::take(context, &mut arguments) {
            Err(error) if is_no_task(&error) => return Ok(TaskThere::default()),
            target => target?,
        };
        arguments.finish()?;
        // A check box may stand in no task.
        let task = target.task().ok().map(|task| {
            let root = target.folder.root.to_string_lossy();
            let row = TaskRow::of(&target.folder.analysis, &root, task);
            Claims::at(&target.folder.root).told(task, row)
        });
        Ok(TaskThere { task, phase: target.phase })
    }
}

fn is_no_task(error: &Error) -> bool {
    let code = error.data.as_ref().and_then(|data| data["code"].as_str());
    code == Some(Code::UnknownTask.name())
}
