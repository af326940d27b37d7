//! `textDocument/semanticTokens/range`: the same for a part of a file.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    SemanticTokensRangeParams, SemanticTokensRangeResult, ServerCapabilities,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::from_proto;
use crate::lsp::requests::Request;
use crate::lsp::requests::semantic_tokens_full::tokens;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct SemanticTokensRange;

impl Request for SemanticTokensRange {
    const METHOD: &'static str = "textDocument/semanticTokens/range";
    type Params = SemanticTokensRangeParams;
    type Answer = Option<SemanticTokensRangeResult>;

    /// Nothing: `textDocument/semanticTokens/full` declares it.
    fn declare(_: &ClientFeatures, _: &mut ServerCapabilities) {}

    fn answer(context: &SessionContext, params: SemanticTokensRangeParams) -> Result<Self::Answer> {
        context.is_shown();
        let answer = AskedDocument::document(context, &params.text_document.uri).map(|asked| {
            let range = from_proto::range(&asked.lines, params.range);
            SemanticTokensRangeResult::Tokens(tokens(&asked, range))
        });
        Ok(answer)
    }
}
