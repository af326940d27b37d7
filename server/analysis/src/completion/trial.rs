//! What an item would find: one that makes a new finding is not offered.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::model::FilePath;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The workspace as it would be without what is typed, and with what an item puts there, if nothing is
/// found then that is not found without.
pub(super) fn edited(
    analysis: &Analysis,
    path: &FilePath,
    untyped: TextRange,
    edit: &TextEdit,
) -> Option<(Analysis, Analysis)> {
    let (_, document) = analysis.index.document(path.as_str())?;
    let with = |range: TextRange, insert: &str| {
        analysis.with_text(path, document.text.replaced(range.bytes(), insert))
    };
    let (before, after) = (with(untyped, ""), with(edit.range, &edit.insert));
    (!finds_more(&before, &after, path)).then_some((before, after))
}

/// Whether there are more findings of some rule than there were, in a file or in those that it touches.
fn finds_more(before: &Analysis, after: &Analysis, path: &FilePath) -> bool {
    let touched = after.parts_other_than(before).map(|parts| {
        let own = parts.iter().map(|part| after.index.docs[part.doc].path.clone());
        own.chain([path.clone()]).collect::<BTreeSet<_>>()
    });
    let found = |analysis: &Analysis| -> Vec<&'static str> {
        match &touched {
            Some(paths) => {
                let found = paths.iter().flat_map(|path| analysis.diagnostics_in(path.as_str()));
                found.map(|it| it.rule).collect()
            }
            None => analysis.diagnostics().iter().map(|it| it.rule).collect(),
        }
    };
    let (was, now) = (found(before), found(after));
    let n = |rules: &[&str], rule: &str| rules.iter().filter(|own| **own == rule).count();
    now.iter().any(|rule| n(&now, rule) > n(&was, rule))
}
