//! `codeAction/resolve`: the edit of an action, on the newest text.

use serde::Deserialize;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as proto, ServerCapabilities, WorkspaceEdit};

use crate::hub::sent_changes::SentChange;
use crate::lsp::chosen_action::ChosenAction;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::apply_action;
use crate::lsp::commands::hand_out::{Files, Handing, handed_out};
use crate::lsp::error::invalid_params;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct CodeActionResolve;

impl Request for CodeActionResolve {
    const METHOD: &'static str = "codeAction/resolve";
    type Params = proto::CodeAction;
    type Answer = proto::CodeAction;

    /// Nothing: `textDocument/codeAction` declares it.
    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(
        context: &SessionContext,
        mut action: proto::CodeAction,
    ) -> Result<proto::CodeAction> {
        // Some clients resolve what needs no resolving.
        let Some(data) = &action.data else { return Ok(action) };
        let chosen = ChosenAction::deserialize(data)
            .map_err(|error| invalid_params(format!("`data` is not from this server: {error}")))?;
        let (edit, handed) = planned(context, &chosen, Files::AsOnDisk)?;
        context.session.hand(handed);
        action.edit = Some(edit);
        Ok(action)
    }
}

/// The edit of an action, on the context's text, of which nobody knows whether it will be chosen.
pub(crate) fn edit_of(context: &SessionContext, chosen: &ChosenAction) -> Result<WorkspaceEdit> {
    planned(context, chosen, Files::AsRead).map(|(edit, _)| edit)
}

/// The edit of an action, on the context's text, and what to follow once it is handed out.
fn planned(
    context: &SessionContext,
    chosen: &ChosenAction,
    files: Files,
) -> Result<(WorkspaceEdit, Option<SentChange>)> {
    let (folder, change) = apply_action::change(chosen, context)?;
    let handing = Handing {
        label: &chosen.choice.title,
        focus: &chosen.focus,
        files,
        remedy: "choose the action again",
    };
    handed_out(context, folder, &change, handing)
}
