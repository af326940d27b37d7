//! `textDocument/declaration`: the one place of the task that is named whose word counts.

use lockstep_analysis::features::definition::declaration;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::request::{GotoDeclarationParams, GotoDeclarationResponse};
use tower_lsp::ls_types::{DeclarationCapability, ServerCapabilities};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::requests::goto_definition::places;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct GotoDeclaration;

impl Request for GotoDeclaration {
    const METHOD: &'static str = "textDocument/declaration";
    type Params = GotoDeclarationParams;
    type Answer = Option<GotoDeclarationResponse>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.declaration_provider = Some(DeclarationCapability::Simple(true));
    }

    fn answer(context: &SessionContext, params: GotoDeclarationParams) -> Result<Self::Answer> {
        let at = params.text_document_position_params;
        let answer = AskedDocument::document(context, &at.text_document.uri).and_then(|asked| {
            let found = declaration(asked.analysis(), &asked.path, asked.offset(at.position))?;
            Some(places(&asked, &found, asked.features.shown.declaration_links))
        });
        Ok(answer)
    }
}
