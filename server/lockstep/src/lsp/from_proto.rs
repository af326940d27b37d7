//! The protocol's places to ours.

use lockstep_analysis::text::TextRange;
use lockstep_analysis::text::line_index;
use tower_lsp::ls_types::{Position, Range, TextDocumentContentChangeEvent};

use crate::hub::overlay::TextChange;
use crate::lsp::to_proto::Lines;

/// The offset of a position; one outside the text means its nearest end.
pub(crate) fn offset(lines: &Lines<'_>, position: Position) -> usize {
    let Position { line, character } = position;
    let character =
        if line == 0 { character.saturating_add(lines.mark_width()) } else { character };
    let position = line_index::Position { line, character };
    let offset = lines.index.from_position(lines.text, position, lines.encoding);
    lines.held.map_or(offset, |held| held.to_document(offset))
}

/// The range of a range.
pub(crate) fn range(lines: &Lines<'_>, range: Range) -> TextRange {
    TextRange::new(offset(lines, range.start), offset(lines, range.end))
}

/// Changes of a text. `rangeLength` is not read: it is deprecated, and the range says the same.
pub(crate) fn changes(changes: Vec<TextDocumentContentChangeEvent>) -> Vec<TextChange> {
    let at = |Position { line, character }| line_index::Position { line, character };
    let changes = changes.into_iter().map(|change| TextChange {
        range: change.range.map(|range| (at(range.start), at(range.end))),
        text: change.text,
    });
    changes.collect()
}
