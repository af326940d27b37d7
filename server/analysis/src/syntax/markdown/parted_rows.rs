//! Rows that blank lines part from their table: paragraphs to CommonMark, and rows to their writer.

use super::{ContentLine, Markdown, MarkdownTable};
use crate::syntax::table_row::cells;
use crate::text::TextRange;

/// Gives each table the rows below it that blank lines part from it, and nothing else.
pub(super) fn join(text: &str, markdown: &mut Markdown) {
    let lines = &markdown.lines;
    let mut joined: Vec<usize> = Vec::new();
    for table in &mut markdown.tables {
        let first = lines.partition_point(|line| line.range.start < table.range.end);
        let below = lines[first..].iter().enumerate();
        let rows = below.map_while(|(at, line)| row(text, table, line).then_some(first + at));
        joined.extend(rows);
    }
    if joined.is_empty() {
        return;
    }
    let mut at = 0;
    markdown.lines.retain(|_| {
        at += 1;
        joined.binary_search(&(at - 1)).is_err()
    });
}

/// Gives a table its next row, where the line is one.
fn row(text: &str, table: &mut MarkdownTable, line: &ContentLine) -> bool {
    let between = text.get(table.range.end as usize..line.range.start as usize);
    let is_next = between.is_some_and(|it| it.trim().is_empty());
    if !is_next || line.item.is_some() || line.heading != table.heading {
        return false;
    }
    let all = cells(text, line.range);
    let [before, own @ .., behind] = &all[..] else { return false };
    let is_rule = |cell: &TextRange| {
        let said = cell.of(text).trim();
        said.contains('-') && said.chars().all(|c| matches!(c, '-' | ':'))
    };
    let is_row = before.is_empty()
        && behind.is_empty()
        && own.len() == table.header.len()
        && !own.iter().all(is_rule);
    if is_row {
        table.rows.push(own.iter().map(|cell| trimmed(text, *cell)).collect());
        table.range.end = line.range.end;
    }
    is_row
}

fn trimmed(text: &str, cell: TextRange) -> TextRange {
    let said = cell.of(text);
    let start = cell.start as usize + (said.len() - said.trim_start().len());
    let start = if said.trim().is_empty() { cell.start as usize } else { start };
    TextRange::new(start, start + said.trim().len())
}
