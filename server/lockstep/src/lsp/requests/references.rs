//! `textDocument/references`: every text that speaks of the task that is named: what each place says,
//! what depends on it, links to its files.

use lockstep_analysis::features::references::references;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Location, OneOf, ReferenceParams, ServerCapabilities};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct References;

impl Request for References {
    const METHOD: &'static str = "textDocument/references";
    type Params = ReferenceParams;
    type Answer = Option<Vec<Location>>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.references_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: ReferenceParams) -> Result<Self::Answer> {
        let at = params.text_document_position;
        let declaration = params.context.include_declaration;
        let answer = AskedDocument::document(context, &at.text_document.uri).map(|asked| {
            let offset = asked.offset(at.position);
            let found = references(asked.analysis(), &asked.path, offset, declaration);
            found.iter().map(|it| asked.location(it.path.as_str(), it.range)).collect()
        });
        Ok(answer)
    }
}
