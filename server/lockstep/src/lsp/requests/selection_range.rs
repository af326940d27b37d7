//! `textDocument/selectionRange`: what a selection grows to: a word, a status, its line, box, phase and
//! task, the file.

use lockstep_analysis::features::selection_ranges::selection_ranges;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    Position, Range, SelectionRange, SelectionRangeParams, SelectionRangeProviderCapability,
    ServerCapabilities,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct SelectionRanges;

impl Request for SelectionRanges {
    const METHOD: &'static str = "textDocument/selectionRange";
    type Params = SelectionRangeParams;
    type Answer = Option<Vec<SelectionRange>>;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.selection_range_provider = Some(SelectionRangeProviderCapability::Simple(true));
    }

    fn answer(context: &SessionContext, params: SelectionRangeParams) -> Result<Self::Answer> {
        let answer = AskedDocument::document(context, &params.text_document.uri)
            .map(|asked| params.positions.iter().map(|at| around(&asked, *at)).collect());
        Ok(answer)
    }
}

/// The ranges around a position. There must be one for each that was asked for.
fn around(asked: &AskedDocument<'_>, position: Position) -> SelectionRange {
    let ranges = selection_ranges(asked.analysis(), &asked.path, asked.offset(position));
    let outer = ranges.into_iter().rev().fold(None, |parent, range| {
        let parent = parent.map(Box::new);
        Some(SelectionRange { range: asked.range(range), parent })
    });
    let itself = Range { start: position, end: position };
    outer.unwrap_or(SelectionRange { range: itself, parent: None })
}
