//! Where an id stands in a text.

use std::ops::Range;

use crate::model::Document;
use crate::profile::id::TaskId;
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;

/// So many zeros stand in front of an id at most.
const WIDEST: usize = 8;

/// Where a document says of which task it is: in its front matter, or in a field above its parts.
pub fn told_of_document(document: &Document, id: &TaskId) -> Vec<TextRange> {
    let Some(rule) = &document.role().document else { return Vec::new() };
    let starts = document.facts.entities.iter().map(|entity| entity.range.start as usize);
    let head = starts.filter(|start| *start > 0).min().unwrap_or(document.text.len());
    let mut told = Vec::new();
    if let Some(key) = &rule.id_key
        && let Some(front) = Markdown::parse(&document.text.copy(0..head)).front_matter
    {
        let own = front.entries.iter().filter(|entry| entry.path.as_slice() == [key.as_str()]);
        told.extend(own.filter_map(|entry| token(document, entry.value, id)));
    }
    let text = document.text.copy(0..head);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let bare = line.trim_start_matches([' ', '\t', '-', '*', '+']);
        let Some((name, value)) = bare.split_once(':') else { continue };
        let name = name.trim_matches(['*', ' ']);
        if rule.task_fields.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            let from = at + line.len() - value.len();
            let found = token(document, TextRange::new(from, start), id);
            let first = value.trim_start_matches(['#', '[', ' ', '*']);
            let is_first = |range: &TextRange| range.start as usize == start - first.len();
            told.extend(found.filter(is_first));
        }
    }
    told
}

/// The first place within a range where a text is the id, and no part of another word.
pub fn token(document: &Document, range: TextRange, id: &TaskId) -> Option<TextRange> {
    let text = range.of(&document.text);
    let found = find(text, id)?;
    let (start, end) = (range.start as usize + found.start, range.start as usize + found.end);
    if id.number().is_none() {
        return Some(TextRange::new(start, end));
    }
    // What names it may leave out the zeros in front, which are a part of how it is written.
    let before = document.text.copy(start.saturating_sub(WIDEST)..start);
    let bare = before.trim_end_matches('0');
    let is_other = bare.ends_with(|c: char| c.is_ascii_digit());
    (!is_other).then(|| TextRange::new(start - (before.len() - bare.len()), end))
}

fn find(text: &str, id: &TaskId) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric();
    let parts_of_number =
        |rest: &str| rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    let alone = |range: &Range<usize>| {
        let (before, behind) = (&text[..range.start], &text[range.end..]);
        let is_fraction = before.ends_with('.')
            && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_digit());
        !before.ends_with(is_word)
            && !is_fraction
            && !behind.starts_with(is_word)
            && !parts_of_number(behind)
    };
    if id.number().is_none() {
        let all = text.match_indices(id.as_str());
        return all.map(|(at, it)| at..at + it.len()).find(alone);
    }
    let mut at = 0;
    while let Some(from) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + from;
        let len = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
        at = start + len;
        let digits = text[start..at].trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        if digits == id.as_str() && alone(&(start..at)) {
            return Some(start..at);
        }
    }
    None
}
