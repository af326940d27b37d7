//! What a change may touch: a status, a stamp, a reason, a counter; and no other word.

use lockstep_analysis::model::{Document, Field, FieldRole};
use lockstep_analysis::profile::reading::is_sign;
use lockstep_analysis::text::TextRange;

/// Where the header says when the file was changed last.
fn change_times(document: &Document) -> Vec<TextRange> {
    let (text, keys) = (document.text.whole(), &document.profile.fields.touch);
    let ends = |line: &str| keys.iter().any(|key| line.starts_with(&format!("{key}:")));
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.extend(ends(line).then(|| TextRange::new(at, at + line.trim_end().len())));
        at += line.len();
    }
    lines
}

/// The day behind a box on which its task was finished: `(completed 2026-01-02)`.
fn ended(document: &Document, line: TextRange) -> Option<TextRange> {
    let said = line.of(document.text.whole());
    let start = said.rfind("(completed ")?;
    let end = start + said[start..].find(')')? + 1;
    let line = line.start as usize;
    Some(TextRange::new(line + start, line + end))
}

/// The first word besides those that a change of status may touch that `after` lacks, or has in
/// another order.
pub fn lost<'a>(document: &'a Document, mut after: &str) -> Option<&'a str> {
    let facts = &document.facts;
    let mut places: Vec<TextRange> = facts.occurrences.iter().map(|it| it.reading.range).collect();
    places.extend(facts.counters.iter().map(|counter| counter.range));
    places.extend(facts.occurrences.iter().filter_map(|it| ended(document, it.line)));
    let touched = facts.fields.iter().filter(|it| it.role != FieldRole::Dependencies);
    // The time of what is not so any more goes as a whole.
    let range = |field: &Field| match field.role {
        FieldRole::Stamp(_) => field.line,
        _ => field.value,
    };
    places.extend(touched.map(range));
    places.extend(change_times(document));
    places.push(TextRange::empty(document.text.len()));
    places.sort();
    let mut at = 0;
    let kept = places.into_iter().flat_map(|place| {
        let words = TextRange { start: at, end: place.start.max(at) };
        at = place.end.max(at);
        // Something new may stand between any two.
        words.of(&document.text).split(|c: char| c.is_whitespace() || matches!(c, ',' | '}'))
    });
    // A sign, and how far something is, go with the status beside them, as does the word for none.
    let is_part = |word: &str| word.contains('%') || word == "null" || word.starts_with(is_sign);
    let words = kept.into_iter().filter(|word| !is_part(word));
    words.into_iter().find(|word| match after.find(word) {
        Some(found) => {
            after = &after[found + word.len()..];
            false
        }
        None => true,
    })
}
