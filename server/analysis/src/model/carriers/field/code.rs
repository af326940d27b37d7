//! Lines that are program text or keys of something else: what looks like a field there states nothing.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::syntax::markdown::ContentLine;
use crate::text::TextRange;

/// So many lines on either side of one are looked at.
const AROUND: usize = 12;

/// Whether a line is one of program text that stands in no fence: `status: 'done',`, or a member between
/// the braces of others.
pub(super) fn is_code(text: &str, line: TextRange) -> bool {
    let said = line.of(text).trim_end();
    // What is emphasised is written for people.
    if said.contains("**") || said.contains("__") {
        return false;
    }
    let value = said.split_once(':').map_or("", |(_, value)| value.trim());
    let is_quoted = value.starts_with(['\'', '"', '`']);
    let is_key = said.starts_with(|c: char| c.is_lowercase() || c == '_');
    let is_ended = said.ends_with(';') || (said.ends_with(',') && (is_quoted || is_key));
    // `Status: done;` is written for people, unless it is a member of something.
    if is_key && is_ended {
        return true;
    }
    (is_key || is_ended)
        && (opens_above(text, line.start as usize) || closes_below(text, line.end as usize))
}

/// Whether the lines above, to the next blank one, open a brace that they do not close.
fn opens_above(text: &str, at: usize) -> bool {
    let above = text.get(..at).unwrap_or_default();
    let above = above.rfind('\n').map_or("", |end| &above[..end]);
    let lines = above.rsplit('\n').map(str::trim).take(AROUND);
    let mut own = lines.take_while(|line| !line.is_empty());
    own.find_map(|line| match line {
        it if it.ends_with(['{', '[', '(']) => Some(true),
        it if closes(it) => Some(false),
        _ => None,
    })
    .unwrap_or(false)
}

/// Whether the lines below, to the next blank one, close a brace that they did not open.
fn closes_below(text: &str, at: usize) -> bool {
    let below = text.get(at..).unwrap_or_default();
    let lines = below.split('\n').skip(1).map(str::trim).take(AROUND);
    let mut own = lines.take_while(|line| !line.is_empty());
    own.find_map(|line| match line {
        it if closes(it) => Some(true),
        it if it.ends_with(['{', '[', '(']) => Some(false),
        _ => None,
    })
    .unwrap_or(false)
}

/// Whether nothing but brackets and what parts members stands in a line, and it closes one.
fn closes(line: &str) -> bool {
    line.starts_with(['}', ']', ')']) && line.chars().all(|c| "{}[]();,".contains(c))
}

impl MarkdownReader<'_> {
    /// Whether a line is an indented key of front matter that is never closed: it says something of one
    /// of the things that are listed there, and nothing of the document.
    pub(super) fn is_in_open_front(&self, line: &ContentLine) -> bool {
        let own = self.whole_line(line.range).of(self.text);
        let is_of_list = own.starts_with([' ', '\t', '-']) && !own.contains("**");
        if line.heading.is_some() || !is_of_list {
            return false;
        }
        let mut problems = self.markdown.problems.iter();
        problems.any(|it| it.range.end <= line.range.start && it.range.of(self.text) == "---")
    }
}
