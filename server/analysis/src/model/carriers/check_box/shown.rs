//! Lists that a page of documentation shows: between `/// html | div.result` and `///`.

use rustc_hash::FxHashSet;

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::text::TextRange;

/// How many strokes a block has around it at least.
const STROKES: usize = 3;

impl MarkdownReader<'_> {
    /// The items inside of blocks that a page of documentation is made of.
    pub(super) fn shown_items(&self) -> FxHashSet<usize> {
        let blocks = blocks(self.text);
        if blocks.is_empty() {
            return FxHashSet::default();
        }
        let items = self.markdown.items.iter().enumerate();
        let is_inside = |item: TextRange| blocks.iter().any(|block| block.contains_range(item));
        items.filter(|(_, item)| is_inside(item.line)).map(|(at, _)| at).collect()
    }
}

/// The blocks of a text: from a line of strokes with a name to one of as many strokes.
fn blocks(text: &str) -> Vec<TextRange> {
    let mut found = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b"///").is_none() {
        return found;
    }
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let said = line.trim();
        let name = said.trim_start_matches('/');
        let strokes = said.len() - name.len();
        if strokes >= STROKES && name.starts_with(' ') {
            open.push((strokes, at));
        } else if strokes >= STROKES && name.is_empty() {
            let begun = open.iter().rposition(|(own, _)| *own == strokes);
            if let Some(begun) = begun {
                found.push(TextRange::new(open[begun].1, at));
                open.truncate(begun);
            }
        }
        at += line.len();
    }
    found
}
