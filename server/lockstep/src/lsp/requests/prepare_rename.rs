//! `textDocument/prepareRename`: whether the title or id of a task stands where somebody wants to rename.

use lockstep_analysis::operation::renamable;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{PrepareRenameResponse, ServerCapabilities, TextDocumentPositionParams};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::error::refusal;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct PrepareRename;

impl Request for PrepareRename {
    const METHOD: &'static str = "textDocument/prepareRename";
    type Params = TextDocumentPositionParams;
    type Answer = Option<PrepareRenameResponse>;

    /// Nothing: `textDocument/rename` declares it.
    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(
        context: &SessionContext,
        params: TextDocumentPositionParams,
    ) -> Result<Self::Answer> {
        let asked = AskedDocument::document(context, &params.text_document.uri);
        let Some(asked) = asked else { return Ok(None) };
        let offset = asked.offset(params.position);
        let found = renamable(asked.analysis(), &asked.path, offset).map_err(|it| refusal(&it))?;
        let (range, placeholder) = (asked.range(found.range), found.text);
        Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
    }
}
