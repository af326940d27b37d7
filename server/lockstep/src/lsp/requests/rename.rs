//! `textDocument/rename`: another title or id for a task, wherever it stands and is named, with the files
//! that are called by it.

use lockstep_analysis::operation::{Operation, Whose, plan_one, renamable};
use lockstep_analysis::profile::Severity;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    OneOf, RenameOptions, RenameParams, ServerCapabilities, WorkDoneProgressOptions, WorkspaceEdit,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::commands::hand_out::{Files, Handing, handed_out};
use crate::lsp::error::refusal;
use crate::lsp::moves;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::workspace::clock::now;

/// The request.
pub(crate) struct RenameRequest;

impl Request for RenameRequest {
    const METHOD: &'static str = "textDocument/rename";
    type Params = RenameParams;
    type Answer = Option<WorkspaceEdit>;

    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities) {
        let work_done_progress_options = WorkDoneProgressOptions::default();
        server.rename_provider = Some(match client.shown.prepares_rename {
            true => OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options,
            }),
            false => OneOf::Left(true),
        });
    }

    fn answer(context: &SessionContext, params: RenameParams) -> Result<Self::Answer> {
        let at = params.text_document_position;
        let Some(asked) = AskedDocument::document(context, &at.text_document.uri) else {
            return Ok(None);
        };
        let offset = asked.offset(at.position);
        let found = renamable(asked.analysis(), &asked.path, offset).map_err(|it| refusal(&it))?;
        let to = found.to(&params.new_name);
        let operation = Operation::Rename { whose: Whose::Place(found.place), to };
        let mut note = None;
        let change = moves::planned(context, asked.folder, |planner| {
            let planned = plan_one(asked.analysis(), &operation, &now(), planner);
            planned.map(|(change, outcome)| {
                note = outcome.and_then(|it| it.reason);
                change
            })
        });
        let change = change.map_err(|why| refusal(&why))?;
        let label = format!("Rename {} to {}", found.text, params.new_name);
        let handing = Handing {
            label: &label,
            focus: &at.text_document.uri,
            files: Files::AsOnDisk,
            remedy: "rename again",
        };
        let (edit, handed) = handed_out(context, asked.folder, &change, handing)?;
        if let Some(note) = note {
            context.session.show(Severity::Info, format!("Lockstep: {note}"));
        }
        context.session.hand(handed);
        Ok(Some(edit))
    }
}
