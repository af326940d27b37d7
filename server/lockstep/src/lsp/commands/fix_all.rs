//! `lockstep.fixAll {}`: every fix that needs no decision, in every workspace.

use lockstep_analysis::operation::{self, FixOperation, Operation};
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::error::refusal;
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
        let plan = operation::plan(
            &folder.analysis,
            &Operation::FixOperation(FixOperation::default()),
            &at,
        )
        .map_err(|why| refusal(&why))?;
        changes.push((folder, plan.change));
        n_fixes += plan.mended;
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
