//! `codeAction/resolve`: the edit of an action, on the newest text.

use lockstep_analysis::profile::Severity;
use serde::Deserialize;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as proto, ServerCapabilities, WorkspaceEdit};

use crate::hub::client_event::ClientEvent;
use crate::hub::sent_changes::SentChange;
use crate::lsp::chosen_action::ChosenAction;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::{apply_action, edit};
use crate::lsp::error::{invalid_params, refused};
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::lsp::session::edit_queue::outdated;
use crate::lsp::workspace_edit::{Showing, workspace_edit};

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

/// What must hold of files that the client has not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Files {
    /// They are what was read last.
    AsRead,
    /// They are on disk what was read last.
    AsOnDisk,
}

/// The edit of an action, on the context's text, and what to follow once it is handed out.
fn planned(
    context: &SessionContext,
    chosen: &ChosenAction,
    files: Files,
) -> Result<(WorkspaceEdit, Option<SentChange>)> {
    let snapshot = &context.snapshot;
    let (folder, change) = apply_action::change(chosen, context)?;
    if let Some(behind) = edit::behind(folder, &change).next() {
        return Err(refused(format!(
            "{} has changed on disk since the editor read it; choose the action again once it has",
            behind.path
        )));
    }
    if files == Files::AsOnDisk {
        let unopened: Vec<_> = edit::unopened(snapshot, folder, &change).collect();
        let outdated = outdated(&unopened);
        if let Some(path) = outdated.values().flatten().next() {
            let message = format!("{path} has just changed on disk; choose the action again");
            for (root, paths) in outdated.clone() {
                context.session.send(ClientEvent::Written { root, paths });
            }
            return Err(refused(message));
        }
    }
    let changes = [(folder, &change)];
    let showing = Showing { focus: Some(&chosen.focus), confirm: false };
    let planned = workspace_edit(snapshot, context.features(), &changes, showing);
    for note in planned.notes() {
        context.session.show(Severity::Info, format!("Lockstep: {note}"));
    }
    let id = context.session.name_change();
    let handed = SentChange::new(&id, &chosen.choice.title, folder, &change, &planned.files);
    Ok((planned.edit, handed))
}
