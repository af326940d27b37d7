//! `lockstep.fixTask {task | uri, position, prefer?, commit?}`: brings the places of one task into
//! agreement, and mends what else is wrong with it. `prefer` is the status that is right, or the
//! file that is.

use lockstep_analysis::operation::{FixOperation, Operation, plan_one};
use lockstep_analysis::profile::config::CommitTo;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::disk;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::commands::target::CommandTarget;
use crate::lsp::error::refusal_of;
use crate::lsp::moves;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;
use crate::workspace::commit::CommitAction;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.fixTask";

pub(super) fn run(context: &SessionContext, arguments: Arguments) -> Result<Value> {
    let mut rest = arguments.clone();
    let target = CommandTarget::take(context, &mut rest)?;
    if disk::commits_to(context, target.folder, rest.commit()?) == CommitTo::Edit {
        return edit::carry_out(context, arguments, plan);
    }
    let prefer = rest.text("prefer")?;
    rest.finish()?;
    let task = target.task()?;
    let name = target.folder.analysis.name_of(&task.id);
    let action = CommitAction::Fix { tasks: vec![name.clone()], rule: None, prefer };
    disk::carry_out(context, target.folder, &name, Some(task), action)
}

fn plan(context: &SessionContext, mut arguments: Arguments) -> Result<CommandEdits<'_>> {
    let target = CommandTarget::take(context, &mut arguments)?;
    let prefer = arguments.text("prefer")?;
    arguments.commit()?;
    arguments.finish()?;
    // A place in a phase still means its task.
    let task = target.task()?;
    let id = target.folder.analysis.name_of(&task.id);
    let tasks = [id.clone()];
    let fix = FixOperation { tasks: &tasks, prefer: prefer.as_deref(), ..FixOperation::default() };
    let operation = Operation::FixOperation(fix);
    let change = moves::planned(context, target.folder, |planner| {
        plan_one(&target.folder.analysis, &operation, &now(), planner).map(|(change, _)| change)
    });
    let change = change.map_err(|why| refusal_of("prefer", &why))?;
    let nothing = change.is_empty().then(|| format!("nothing to fix in task {id}"));
    Ok(CommandEdits {
        label: format!("Fix task {id}"),
        changes: vec![(target.folder, change)],
        notes: nothing.into_iter().collect(),
        done: None,
        focus: target.focus,
        confirm: false,
    })
}
