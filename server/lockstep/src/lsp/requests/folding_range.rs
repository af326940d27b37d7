//! `textDocument/foldingRange`: tasks, phases and boxes with what stands below them. Those that are
//! finished are regions, so that they can be folded at once.

use lockstep_analysis::features::folding_ranges::{Fold, folding_ranges};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    FoldingRange, FoldingRangeKind, FoldingRangeParams, FoldingRangeProviderCapability,
    ServerCapabilities,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::{Request, written};
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct FoldingRanges;

impl Request for FoldingRanges {
    const METHOD: &'static str = "textDocument/foldingRange";
    type Params = FoldingRangeParams;
    type Answer = String;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.folding_range_provider = Some(FoldingRangeProviderCapability::Simple(true));
    }

    fn answer(context: &SessionContext, params: FoldingRangeParams) -> Result<String> {
        let answer: Option<Vec<_>> = AskedDocument::document(context, &params.text_document.uri)
            .map(|asked| {
                let folds = folding_ranges(asked.analysis(), &asked.path).into_iter();
                let folds = folds.take(asked.features.shown.max_folds);
                folds.map(|fold| folding_range(&asked, fold)).collect()
            });
        written(&answer)
    }
}

/// Whole lines, which every client folds.
fn folding_range(asked: &AskedDocument<'_>, fold: Fold) -> FoldingRange {
    let range = asked.range(fold.range);
    FoldingRange {
        start_line: range.start.line,
        start_character: None,
        end_line: range.end.line,
        end_character: None,
        kind: fold.finished.then_some(FoldingRangeKind::Region),
        collapsed_text: fold.status.filter(|_| asked.features.shown.folded_text),
    }
}
