//! `lockstep.applyAction`: what a code action does, for editors that run the command of an action and
//! ask for no edit of it.

use lockstep_analysis::actions;
use lockstep_analysis::change::SourceChange;
use serde_json::Value;
use tower_lsp::jsonrpc::Result;

use crate::hub::snapshot::Folder;
use crate::lsp::chosen_action::ChosenAction;
use crate::lsp::commands::arguments::Arguments;
use crate::lsp::commands::edit::{self, CommandEdits};
use crate::lsp::error::{refusal, refused};
use crate::lsp::moves;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;

/// Its name in the protocol.
pub(crate) const NAME: &str = "lockstep.applyAction";

pub(super) fn run(context: &SessionContext, arguments: Arguments) -> Result<Value> {
    edit::carry_out(context, arguments, plan)
}

fn plan(context: &SessionContext, arguments: Arguments) -> Result<CommandEdits<'_>> {
    let chosen: ChosenAction = arguments.all()?;
    let changes = vec![change(&chosen, context)?];
    let (label, focus) = (chosen.choice.title, Some(chosen.focus));
    Ok(CommandEdits { label, changes, notes: Vec::new(), done: None, focus, confirm: false })
}

/// What an action changes in the texts that there are.
pub(crate) fn change<'s>(
    chosen: &ChosenAction,
    context: &'s SessionContext,
) -> Result<(&'s Folder, SourceChange)> {
    let folder = context.snapshot.folder(&chosen.root);
    let folder = folder.ok_or_else(|| refused("the workspace of this action is no longer open"))?;
    let change = moves::planned(context, folder, |planner| {
        actions::resolve(&folder.analysis, &chosen.choice, &now(), planner)
    });
    Ok((folder, change.map_err(|why| refusal(&why))?))
}
