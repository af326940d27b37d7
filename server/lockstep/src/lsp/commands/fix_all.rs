//! `lockstep.fixAll {}`: every fix that needs no decision, in every workspace.

use lockstep_analysis::operation::{self, FixOperation, Operation, Refused};
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::error::refusal;
use crate::lsp::moves;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.fixAll";

pub(super) fn run(context: &SessionContext, arguments: Arguments) -> Result<Value> {
    edit::carry_out(context, arguments, plan)
}

fn plan(context: &SessionContext, arguments: Arguments) -> Result<CommandEdits<'_>> {
    arguments.finish()?;
    let (at, mut n_fixes) = (now(), 0);
    let mut changes = Vec::new();
    for folder in &context.snapshot.folders {
        let all = Operation::FixOperation(FixOperation::default());
        let change = moves::planned(context, folder, |planner| {
            let plan = operation::plan_with(&folder.analysis, &all, &at, planner)?;
            n_fixes += plan.mended;
            Ok(plan.change)
        });
        changes.push((folder, change.map_err(|why: Refused| refusal(&why))?));
    }
    let note = match n_fixes {
        0 => "nothing to fix without a decision".to_owned(),
        1 => "fixed 1 finding".to_owned(),
        n => format!("fixed {n} findings"),
    };
    Ok(CommandEdits {
        label: "Fix all findings".to_owned(),
        changes,
        notes: vec![note],
        focus: None,
    })
}
