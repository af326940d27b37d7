//! The status of a list item: a marker or a sign before its text, or a sign behind it.

use super::{Reading, Shape, is_sign, read_bracket, sign_length, trim_end};
use crate::profile::MarkerStyle;
use crate::profile::vocabulary::Vocabulary;
use crate::text::TextRange;

/// The marker at the start of a list item's text: `[IN PROGRESS] Title`, `✅ Title`. Only a known
/// status counts.
pub fn read_leading(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> Option<Reading> {
    let raw = value.of(text);
    let first = raw.chars().next()?;
    let reading = if first == '[' {
        read_bracket(vocabulary, style, text, value)?
    } else if is_sign(first) {
        let end = value.start as usize + sign_length(raw);
        let sign = TextRange::new(value.start as usize, end);
        let status = vocabulary.lookup(sign.of(text));
        Reading { range: sign, word: sign, status, shape: Shape::Sign }
    } else {
        return None;
    };
    reading.status.is_some().then_some(reading)
}

/// The sign at the start of a text in emphasis, or at the end of any: `**✅ Title**`, `Title ✅`. Only a
/// known status counts.
pub fn read_sign(vocabulary: &Vocabulary, text: &str, value: TextRange) -> Option<Reading> {
    let raw = value.of(text);
    let head = raw.len() - raw.trim_start_matches(['*', '_']).len();
    let inner = TextRange::new(value.start as usize + head, value.end as usize);
    let first = inner.of(text).chars().next().filter(|first| head > 0 && is_sign(*first));
    let sign = match first {
        Some(_) => {
            let start = inner.start as usize;
            TextRange::new(start, start + sign_length(inner.of(text)))
        }
        None => {
            let is_part = |c: char| is_sign(c) || c == '\u{fe0f}';
            let before = trim_end(text, value, is_part);
            let behind = before.of(text).ends_with(char::is_whitespace);
            Some(TextRange::new(before.end as usize, value.end as usize))
                .filter(|it| behind && !it.is_empty())?
        }
    };
    let status = vocabulary.lookup(sign.of(text))?;
    Some(Reading { range: sign, word: sign, status: Some(status), shape: Shape::Sign })
}
