//! The status of a list item: a marker or a sign before its text, or a sign behind it.

use super::trailing::{is_figured, read_trailing};
use super::{Reading, Shape, is_sign, is_sign_part, read_bracket, sign_length, trim, trim_end};
use crate::profile::MarkerStyle;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
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
    let head = sign_in_front(text, value).filter(|sign| sign.start > value.start);
    let sign = head.or_else(|| sign_behind(text, value))?;
    let status = vocabulary.lookup(sign.of(text))?;
    Some(Reading { range: sign, word: sign, status: Some(status), shape: Shape::Sign })
}

/// The sign at the start of a text, in emphasis or not: `✅ Title`, `**✅ Title**`.
pub fn sign_in_front(text: &str, value: TextRange) -> Option<TextRange> {
    let raw = value.of(text);
    let inner = raw.trim_start_matches(['*', '_']);
    let start = value.start as usize + raw.len() - inner.len();
    inner.starts_with(is_sign).then(|| TextRange::new(start, start + sign_length(inner)))
}

/// The signs at the end of a text, apart from its words: `Title ✅`.
pub fn sign_behind(text: &str, value: TextRange) -> Option<TextRange> {
    let before = trim_end(text, value, |c| is_sign(c) || c == '\u{fe0f}');
    let sign = TextRange::new(before.end as usize, value.end as usize);
    (!sign.is_empty() && before.of(text).ends_with(char::is_whitespace)).then_some(sign)
}

/// A status that the words of an item say beside the one that is read: `DONE: Title`, `Title ✅ DONE`,
/// `Title (in progress)`, `Title — Pending — 50%`. A day on which something is to be is none.
pub fn said_beside(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    words: TextRange,
) -> Option<(TextRange, StatusIdx)> {
    let is_mark = |c: char| c.is_whitespace() || "*_`~()[]".contains(c) || is_sign_part(c);
    let said = |part: TextRange| {
        let word = trim(text, part, is_mark);
        let raw = word.of(text);
        let status = vocabulary.lookup(raw).or_else(|| {
            let (status, _) =
                vocabulary.lookup_prefix(raw).filter(|_| is_figured(vocabulary, raw))?;
            (vocabulary.get(status).category == Category::Done).then_some(status)
        })?;
        let def = vocabulary.get(status);
        let is_named = raw.chars().any(char::is_uppercase) || vocabulary.is_name(def, raw);
        is_named.then_some((word, status))
    };
    let (title, trailing) = read_trailing(vocabulary, style, text, words);
    let known = trailing.and_then(|it| Some((it.range, it.status?)));
    let is_whole = known.is_some_and(|(range, _)| range.of(text).chars().all(is_sign_part))
        || !title.is_empty();
    if let Some(known) =
        known.filter(|(range, _)| is_whole && !is_planned(vocabulary, range.of(text)))
    {
        return Some(known);
    }
    let mut at = words.start as usize;
    let label = words.of(text).find(": ").or_else(|| words.of(text).find(":*"));
    // Titles may begin with a word, too: `Review: the form`.
    let is_loud = |(word, status): &(TextRange, StatusIdx)| {
        !word.of(text).chars().any(char::is_lowercase)
            || vocabulary.get(*status).category == Category::Done
    };
    let label = label.and_then(|end| said(TextRange::new(at, at + end))).filter(is_loud);
    if label.is_some() {
        return label;
    }
    let mut is_first = true;
    for part in parts(words.of(text)) {
        let range = TextRange::new(at, at + part.len());
        at += part.len();
        if let Some(found) = said(trim(text, range, |c| "-–— ".contains(c))).filter(|_| !is_first)
        {
            return Some(found);
        }
        is_first = false;
    }
    None
}

/// Whether a text is a status with a figure, which is not that of something finished.
fn is_planned(vocabulary: &Vocabulary, raw: &str) -> bool {
    let raw = raw.trim_matches(['(', ')', '[', ']']);
    let status = vocabulary.lookup_prefix(raw).map(|(status, _)| vocabulary.get(status).category);
    is_figured(vocabulary, raw) && status != Some(Category::Done)
}

/// The parts of a text between dashes and before brackets, each with what stands before it.
fn parts(text: &str) -> Vec<&str> {
    let mut starts = vec![0];
    for (at, c) in text.char_indices() {
        let is_dash = matches!(c, '-' | '–' | '—')
            && text[..at].ends_with(' ')
            && text[at + c.len_utf8()..].starts_with(' ');
        if is_dash || matches!(c, '(' | '[') {
            starts.push(at);
        }
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}
