//! `textDocument/inlayHint`: what other places say where they differ, how many parts are finished, what
//! is waited for.

use lockstep_analysis::features::inlay_hints::{StatusHint, inlay_hints};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    InlayHint, InlayHintLabel, InlayHintParams, InlayHintTooltip, OneOf, ServerCapabilities,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::lsp::{from_proto, to_proto};

/// The request.
pub(crate) struct InlayHints;

impl Request for InlayHints {
    const METHOD: &'static str = "textDocument/inlayHint";
    type Params = InlayHintParams;
    type Answer = Option<Vec<InlayHint>>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.inlay_hint_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: InlayHintParams) -> Result<Self::Answer> {
        context.is_shown();
        let answer = AskedDocument::document(context, &params.text_document.uri).map(|asked| {
            let range = from_proto::range(&asked.lines, params.range);
            let hints = inlay_hints(asked.analysis(), &asked.path, range).into_iter();
            hints.map(|hint| inlay_hint(&asked, hint)).collect()
        });
        Ok(answer)
    }
}

fn inlay_hint(asked: &AskedDocument<'_>, hint: StatusHint) -> InlayHint {
    InlayHint {
        position: to_proto::position(&asked.lines, hint.offset as usize),
        label: InlayHintLabel::String(hint.label),
        kind: None,
        text_edits: None,
        tooltip: Some(InlayHintTooltip::String(hint.tooltip)),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
