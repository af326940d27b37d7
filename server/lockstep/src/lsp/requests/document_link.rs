//! `textDocument/documentLink`: links to plans, artifacts and other files that are there, each with what
//! it leads to.

use lockstep_analysis::features::document_links::{self, document_links};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DocumentLink, DocumentLinkOptions, DocumentLinkParams, ServerCapabilities,
    WorkDoneProgressOptions,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct DocumentLinks;

impl Request for DocumentLinks {
    const METHOD: &'static str = "textDocument/documentLink";
    type Params = DocumentLinkParams;
    type Answer = Option<Vec<DocumentLink>>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.document_link_provider = Some(DocumentLinkOptions {
            resolve_provider: None,
            work_done_progress_options: WorkDoneProgressOptions::default(),
        });
    }

    fn answer(context: &SessionContext, params: DocumentLinkParams) -> Result<Self::Answer> {
        let answer = AskedDocument::document(context, &params.text_document.uri).map(|asked| {
            let links = document_links(asked.analysis(), &asked.path).into_iter();
            links.map(|link| document_link(&asked, link)).collect()
        });
        Ok(answer)
    }
}

fn document_link(asked: &AskedDocument<'_>, link: document_links::DocumentLink) -> DocumentLink {
    let shows = asked.features.shown.link_tooltips;
    DocumentLink {
        range: asked.range(link.range),
        target: Some(asked.uri(&link.target)),
        tooltip: shows.then(|| document_links::tooltip(asked.analysis(), &link.target)),
        data: None,
    }
}
