//! `textDocument/diagnostic`: the findings of one document, for a client that has set
//! `diagnostics` to `pull`. Where the client has them it is told so, and no more. A client that takes
//! `relatedDocuments` is told with it of all other documents whose findings have changed since.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DiagnosticOptions, DiagnosticServerCapabilities, DocumentDiagnosticParams, ServerCapabilities,
};

use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::lsp::uri;

/// The request.
pub(crate) struct DocumentDiagnostic;

impl Request for DocumentDiagnostic {
    const METHOD: &'static str = "textDocument/diagnostic";
    type Params = DocumentDiagnosticParams;
    type Answer = String;

    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities) {
        let options = DiagnosticOptions {
            identifier: None,
            inter_file_dependencies: true,
            workspace_diagnostics: true,
            ..DiagnosticOptions::default()
        };
        server.diagnostic_provider =
            client.pulls.then_some(DiagnosticServerCapabilities::Options(options));
    }

    fn answer(context: &SessionContext, params: DocumentDiagnosticParams) -> Result<String> {
        let uri = uri::from_proto(&params.text_document.uri);
        let previous = params.previous_result_id.as_deref();
        let with_related = context.features().related_documents;
        context.session.pulled(|findings| findings.document(&uri, previous, with_related))
    }
}
