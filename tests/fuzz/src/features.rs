//! Whatever is asked about a workspace is answered with places that are there.

use lockstep_analysis::features::{
    code_lenses::code_lenses,
    definition::{declaration, definition},
    document_highlight::document_highlight,
    document_links::document_links,
    document_symbols::document_symbols,
    folding_ranges::folding_ranges,
    hover::hover,
    inlay_hints::inlay_hints,
    references::references,
    selection_ranges::selection_ranges,
    semantic_tokens::semantic_tokens,
    workspace_symbols::workspace_symbols,
};
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::Planner;
use lockstep_analysis::text::TextRange;
use lockstep_analysis::{Analysis, actions, completion};

use crate::bounds::{self, inside, within};
use crate::workspace::{Workspace, floor};

/// Now.
pub const AT: &str = "2026-01-02T03:04:05Z";

/// Places that are asked about in each file.
const PLACES: usize = 12;

pub fn check(data: &[u8]) {
    let Some(workspace) = Workspace::read(data) else { return };
    let analysis = workspace.analysis();
    analysis.index.docs.iter().for_each(|document| bounds::document(document));
    for found in analysis.diagnostics() {
        within(text(&analysis, &found.path), found.range, found);
        for related in &found.related {
            within(text(&analysis, &related.path), related.range, related);
        }
    }
    for found in workspace_symbols(&analysis, "a 7", 50) {
        within(text(&analysis, &found.path), found.range, &found);
    }
    for document in analysis.index.docs.iter() {
        of_file(&analysis, document.path.as_str(), &document.text);
        for place in 0..PLACES {
            let offset = floor(&document.text, document.text.len() * place / PLACES + place);
            of_place(&analysis, document.path.as_str(), &document.text, offset);
        }
    }
}

fn text<'a>(analysis: &'a Analysis, path: &FilePath) -> &'a str {
    analysis.source(path.as_str()).map_or("", |(text, _)| text)
}

fn of_file(analysis: &Analysis, path: &str, text: &str) {
    let all = TextRange::new(0, text.len());
    for symbol in document_symbols(analysis, path) {
        within(text, symbol.range, &symbol);
        inside(symbol.range, symbol.name_range, &symbol);
    }
    folding_ranges(analysis, path).iter().for_each(|it| within(text, it.range, it));
    document_links(analysis, path).iter().for_each(|it| within(text, it.range, it));
    code_lenses(analysis, path, &|_| None).iter().for_each(|it| within(text, it.range, it));
    for hint in inlay_hints(analysis, path, all) {
        within(text, TextRange::empty(hint.offset as usize), &hint);
    }
    let mut end = 0;
    for token in semantic_tokens(analysis, path, all) {
        within(text, token.range, &token);
        assert!(end <= token.range.start, "{token:?} overlaps the one before");
        assert!(!token.range.of(text).contains('\n'), "{token:?} stands on several lines");
        end = token.range.end;
    }
}

fn of_place(analysis: &Analysis, path: &str, own: &str, offset: usize) {
    if let Some(hover) =
        hover(analysis, path, offset, &|path, line| format!("{path}:{line}"), &|_| None)
    {
        within(own, hover.range, &hover);
    }
    let goals = [definition(analysis, path, offset), declaration(analysis, path, offset)];
    for found in goals.into_iter().flatten() {
        within(own, found.origin, &found);
        for goal in found.goals {
            within(text(analysis, &goal.path), goal.range, &goal);
            inside(goal.range, goal.name, &goal);
        }
    }
    let named = references(analysis, path, offset, true);
    for found in named.into_iter().chain(document_highlight(analysis, path, offset)) {
        within(text(analysis, &found.path), found.range, &found);
    }
    let mut inner = TextRange::empty(offset);
    for range in selection_ranges(analysis, path, offset) {
        within(own, range, range);
        inside(range, inner, "a selection");
        inner = range;
    }
    for item in completion::completions(analysis, path, offset, AT).items {
        within(own, item.edit.range, &item);
        assert!(!item.edit.range.of(own).contains('\n'), "{item:?} replaces several lines");
        item.others.iter().for_each(|other| within(own, other.range, &item));
    }
    for (_, offer) in actions::offers(analysis, path, TextRange::empty(offset)) {
        let change = actions::resolve(analysis, &offer.choice, AT, Planner::STILL);
        for (path, edits) in change.iter().flat_map(|change| &change.edits) {
            edits.iter().for_each(|edit| within(text(analysis, path), edit.range, edit));
        }
    }
}
