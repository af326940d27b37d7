//! `textDocument/documentSymbol`: the outline of a file: its tasks, plans, phases and boxes, each with
//! its status and how many of its parts are finished. What is finished is tagged as deprecated, where
//! the client knows that.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{DocumentSymbolParams, OneOf, ServerCapabilities};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::outlines::{OutlineForm, Outlines};
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct DocumentSymbols;

impl Request for DocumentSymbols {
    const METHOD: &'static str = "textDocument/documentSymbol";
    type Params = DocumentSymbolParams;
    type Answer = String;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.document_symbol_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: DocumentSymbolParams) -> Result<String> {
        let uri = params.text_document.uri;
        let Some(asked) = AskedDocument::document(context, &uri) else {
            return Ok("null".to_owned());
        };
        let shown = &asked.features.shown;
        let form = OutlineForm {
            nested: shown.nested_symbols,
            tags: shown.symbol_tags,
            uri: uri.as_str(),
        };
        let json =
            |kept: &mut Outlines| kept.json(asked.analysis(), &asked.path, &asked.lines, form);
        Ok(context.session.outlines(json))
    }
}
