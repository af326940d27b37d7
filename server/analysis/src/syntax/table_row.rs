//! The rows of a table as lines: their cells, and the lines above and below.

use crate::text::TextRange;

/// So many rows above and below are looked at, at most.
const MOST: usize = 1000;

/// The rows above a line, from the nearest on, or those below it.
pub(crate) fn rows(
    text: &str,
    line: TextRange,
    above: bool,
) -> impl Iterator<Item = TextRange> + '_ {
    let mut at = line;
    std::iter::from_fn(move || {
        at = if above {
            let end = text[..at.start as usize].strip_suffix('\n')?;
            let end = end.strip_suffix('\r').unwrap_or(end).len();
            TextRange::new(text[..end].rfind('\n').map_or(0, |it| it + 1), end)
        } else {
            let start = at.end as usize + text[at.end as usize..].find('\n')? + 1;
            let own = text[start..].split(['\n', '\r']).next().unwrap_or_default();
            TextRange::new(start, start + own.len())
        };
        at.of(text).contains('|').then_some(at)
    })
    .take(MOST)
}

/// What stands between the strokes of a row; a stroke behind a backslash is part of its cell.
pub(crate) fn cells(text: &str, line: TextRange) -> Vec<TextRange> {
    let mut cells = Vec::new();
    let mut start = line.start as usize;
    let raw = line.of(text);
    for (at, _) in raw.match_indices('|').filter(|(at, _)| !raw[..*at].ends_with('\\')) {
        let end = line.start as usize + at;
        cells.push(TextRange::new(start, end));
        start = end + 1;
    }
    cells.push(TextRange::new(start, line.end as usize));
    cells
}
