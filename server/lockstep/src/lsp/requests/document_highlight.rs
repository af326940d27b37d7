//! `textDocument/documentHighlight`: what speaks of the same task in the same file; what says its status
//! is shown as written.

use lockstep_analysis::features::document_highlight::document_highlight;
use lockstep_analysis::mentions::ReferenceKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, OneOf, ServerCapabilities,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct DocumentHighlights;

impl Request for DocumentHighlights {
    const METHOD: &'static str = "textDocument/documentHighlight";
    type Params = DocumentHighlightParams;
    type Answer = Option<Vec<DocumentHighlight>>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.document_highlight_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: DocumentHighlightParams) -> Result<Self::Answer> {
        let at = params.text_document_position_params;
        let answer = AskedDocument::document(context, &at.text_document.uri).map(|asked| {
            let offset = asked.offset(at.position);
            let found = document_highlight(asked.analysis(), &asked.path, offset);
            let highlight = found.iter().map(|it| DocumentHighlight {
                range: asked.range(it.range),
                kind: Some(kind(it.kind)),
            });
            highlight.collect()
        });
        Ok(answer)
    }
}

fn kind(kind: ReferenceKind) -> DocumentHighlightKind {
    match kind {
        ReferenceKind::Status => DocumentHighlightKind::WRITE,
        ReferenceKind::Mention | ReferenceKind::Link => DocumentHighlightKind::READ,
        ReferenceKind::Declaration | ReferenceKind::Name => DocumentHighlightKind::TEXT,
    }
}
