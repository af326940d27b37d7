//! The cells of a table that is padded, so that its strokes stand below each other: one that is changed
//! stays as wide as it was, where the new words fit in.

use std::collections::BTreeSet;

use crate::syntax::table_row::{cells, rows};
use crate::text::TextRange;
use crate::text::shared_text::SharedText;
use crate::text::text_edit::TextEdit;

/// The edits of blanks that keep the cells as wide as they are in which `edits` change something.
pub(super) fn kept(text: &SharedText, edits: &[TextEdit]) -> Vec<TextEdit> {
    let line_of = |edit: &TextEdit| {
        let (start, end) = (edit.range.start as usize, edit.range.end as usize);
        let line = TextRange::new(text.line_start(start), text.line_end(end));
        let is_one = text.line_start(end) == line.start as usize && !edit.insert.contains('\n');
        (is_one && text.copy(line.bytes()).contains('|')).then_some((line.start, line.end))
    };
    let lines: BTreeSet<(u32, u32)> = edits.iter().filter_map(line_of).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let whole = text.copy(0..text.len());
    let lines = lines.into_iter().map(|(start, end)| TextRange::new(start as usize, end as usize));
    lines.flat_map(|line| row(&whole, line, edits)).collect()
}

/// The edits of one row.
fn row(text: &str, line: TextRange, edits: &[TextEdit]) -> Vec<TextEdit> {
    let Some(below_head) = rows(text, line, true).find(|row| is_ruler(row.of(text))) else {
        return Vec::new();
    };
    let (own, ruler) = (cells(text, line), cells(text, below_head));
    // Behind the last stroke is no cell.
    let closed = own.len().min(ruler.len()).saturating_sub(1);
    let both = own.iter().zip(&ruler).take(closed);
    both.filter_map(|(cell, ruler)| padded(text, [line, *cell], [below_head, *ruler], edits))
        .collect()
}

/// The line below the head of a table.
fn is_ruler(row: &str) -> bool {
    row.contains("--") && row.chars().all(|c| "|-: \t>".contains(c))
}

/// The edit that keeps a cell as wide as its column, if its strokes stand below those of the column, and
/// the new words fit in. Each cell comes with its line.
fn padded(
    text: &str,
    [line, cell]: [TextRange; 2],
    [below_head, ruler]: [TextRange; 2],
    edits: &[TextEdit],
) -> Option<TextEdit> {
    let mut inside = edits.iter().filter(|edit| cell.contains_range(edit.range)).peekable();
    inside.peek()?;
    let said = cell.of(text);
    let words = said.trim_end_matches(' ');
    let blanks = TextRange::new(cell.start as usize + words.len(), cell.end as usize);
    if words.trim().is_empty() || ruler.of(text).trim_end().ends_with(':') {
        return None;
    }
    let (mut old, mut new) = (String::new(), String::new());
    for edit in inside {
        if edit.range.end > blanks.start {
            return None;
        }
        old += edit.range.of(text);
        new += &edit.insert;
    }
    let before = |line: TextRange, cell: TextRange| TextRange { end: cell.start, ..line }.of(text);
    let is_below = |is_wide: &bool| {
        let width = |text| width(text, *is_wide);
        width(said) == width(ruler.of(text))
            && width(before(line, cell)) == width(before(below_head, ruler))
    };
    let is_wide = [true, false].into_iter().find(is_below)?;
    let (old, new) = (width(&old, is_wide), width(&new, is_wide));
    if new <= old {
        let missing = old - new;
        return (missing > 0).then(|| TextEdit::insert(cell.end as usize, " ".repeat(missing)));
    }
    let over = new - old;
    let fits = over < blanks.len();
    fits.then(|| TextEdit::delete(TextRange::new(cell.end as usize - over, cell.end as usize)))
}

/// How wide a text is: in letters, or as a terminal shows it, with signs as wide as two letters.
fn width(text: &str, is_wide: bool) -> usize {
    match is_wide {
        true => text.chars().map(columns).sum(),
        false => text.chars().count(),
    }
}

fn columns(letter: char) -> usize {
    match letter {
        '\u{200b}'..='\u{200f}' | '\u{fe0e}' => 0,
        '⌚'
        | '⌛'
        | '⏩'..='⏬'
        | '⏰'
        | '⏳'
        | '⚪'
        | '⚫'
        | '⛔'
        | '✅'
        | '✨'
        | '❌'
        | '❎'
        | '❓'..='❕'
        | '❗'
        | '➕'..='➗'
        | '⬛'
        | '⬜'
        | '⭐'
        | '⭕' => 2,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f000}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}
