//! The status of a heading: a marker behind its text, or the sign before it.

use super::{
    Reading, Shape, is_sign, is_sign_part, read_bracket, read_word, sign_length, trim, trim_end,
};
use crate::profile::MarkerStyle;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::text::TextRange;

/// Words and signs at the end of a text that may spell a status.
const MOST_TAIL: usize = 4;

/// Letters that a word in capitals has which is taken for a status; shorter ones are names.
const LEAST_CAPITALS: usize = 4;

/// What in round brackets may stand behind a status.
const MOST_REMARKS: usize = 3;

/// The marker at the end of a heading's text, and the text before it: `Title [COMPLETED]`,
/// `Title (COMPLETED)`, `Title ✅`, `Title ✅ COMPLETED`, `Title - COMPLETED`, `Title [COMPLETED] [PASS]`,
/// `Title [COMPLETED] (2 hours)`.
pub fn read_trailing(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> (TextRange, Option<Reading>) {
    let (title, found) = read_end(vocabulary, style, text, value);
    if found.as_ref().is_some_and(|found| tells_of_thing(vocabulary, found.word.of(text), found)) {
        return (value, None);
    }
    if found.is_some() {
        return (title, found);
    }
    let mut end = value;
    for _ in 0..MOST_REMARKS {
        let rest = trim_end(text, end, |c| c.is_whitespace() || matches!(c, '*' | '`' | '_'));
        let remark = last_group(text, rest).filter(|(_, group)| group.of(text).starts_with('('));
        let Some((before, _)) = remark else { break };
        // What a link leads to is no remark, nor its words a status.
        if before.of(text).ends_with(']') {
            break;
        }
        let (title, found) = read_end(vocabulary, style, text, before);
        if found.as_ref().is_some_and(|reading| reading.status.is_some()) {
            return (title, found);
        }
        end = before;
    }
    (title, found)
}

/// Whether a word behind a title tells of what it names that it is new to its users, `Send mail (NEW)`, and
/// not how far the work on it is. In a vocabulary that has a status of that name it does.
fn tells_of_thing(vocabulary: &Vocabulary, word: &str, found: &Reading) -> bool {
    let is_alias = |status| !vocabulary.is_name(vocabulary.get(status), word);
    word.eq_ignore_ascii_case("new") && found.status.is_some_and(is_alias)
}

/// The marker that a text ends in, and the text before it.
fn read_end(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> (TextRange, Option<Reading>) {
    let unsigned = trim_end(text, value, |c| is_sign_part(c) || c.is_whitespace());
    let sign =
        trim(text, TextRange::new(unsigned.end as usize, value.end as usize), char::is_whitespace);
    if !sign.is_empty() {
        // A word says more than the sign behind it; without brackets it may be one of the title.
        let (title, reading) = read_end(vocabulary, style, text, unsigned);
        let status = reading.as_ref().and_then(|reading| reading.status);
        let bracketed = unsigned.of(text).ends_with([']', ')']);
        if status.is_some() && (bracketed || status == vocabulary.lookup(sign.of(text))) {
            return (title, reading);
        }
    }
    let mut end = value;
    let mut found: Option<Reading> = None;
    let mut unknown: Option<Reading> = None;
    let mut title = value;
    loop {
        let rest = trim_end(text, end, |c| c.is_whitespace() || matches!(c, '*' | '`'));
        let Some((before, group)) = last_group(text, rest) else { break };
        let reading = read_group(vocabulary, style, text, group);
        match reading {
            Some(reading) if reading.status.is_some() => {
                title = before;
                found = Some(reading);
                end = before;
            }
            Some(reading) if unknown.is_none() && found.is_none() => {
                unknown = Some(reading);
                end = before;
            }
            _ => break,
        }
        if end.is_empty() {
            break;
        }
    }
    if found.is_none()
        && let Some(reading) = unknown
    {
        title = TextRange::new(value.start as usize, reading.range.start as usize);
        found = Some(reading);
    }
    if found.is_none() {
        (title, found) = read_tail(vocabulary, style, text, value);
    }
    let gap = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | ':');
    let title = trim_end(text, title, gap);
    // A sign beside the marker says the status again.
    let bare = trim_end(text, title, is_sign_part);
    let sign = TextRange::new(bare.end as usize, title.end as usize).of(text);
    match found.is_some() && !sign.is_empty() && vocabulary.lookup(sign).is_some() {
        true => (trim_end(text, bare, gap), found),
        false => (title, found),
    }
}

/// A marker without closing bracket, a sign, or upper case words after a dash.
fn read_tail(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> (TextRange, Option<Reading>) {
    let raw = value.of(text);
    let start = value.start as usize;
    let split = |at: usize| TextRange::new(start, start + at);
    if let Some(at) = raw.rfind('[')
        && !raw[at..].contains(']')
    {
        let tail = TextRange::new(start + at, value.end as usize);
        let reading = read_bracket(vocabulary, style, text, tail).filter(|r| r.status.is_some());
        if reading.is_some() {
            return (split(at), reading);
        }
    }
    if let Some(reading) = read_emphasised(vocabulary, style, text, value) {
        let before = reading.range.start as usize - start;
        return (split(raw[..before].trim_end_matches(['*', '_', '`']).len()), Some(reading));
    }
    // What closes emphasis that was opened before the status is none of it.
    let closers = raw.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`'));
    if let Some(word) = closers.strip_suffix(']')
        && !word.contains('[')
        && let Some((at, status)) = trailing_words(vocabulary, word)
    {
        let range = TextRange::new(start + at, start + closers.len());
        let word = TextRange::new(start + at, start + closers.len() - 1);
        let shape = Shape::Unclosed;
        return (split(at), Some(Reading { range, word, status: Some(status), shape }));
    }
    if let Some((at, status)) = trailing_words(vocabulary, closers) {
        let word = TextRange::new(start + at, start + closers.len());
        let before = raw[..at].trim_end();
        let is_sign = word.of(text).chars().all(is_sign_part);
        let spaced = [" -", " –", " —", " |"].iter().any(|dash| before.ends_with(dash));
        let small = word.of(text).chars().any(char::is_lowercase);
        let bare = before.trim_end_matches(is_sign_part);
        let says = vocabulary.lookup(&before[bare.len()..]).filter(|_| !is_sign);
        let signed = says.is_some_and(|says| says == status || !small);
        let spaced = spaced && !is_adjective(vocabulary, word.of(text));
        let marked = spaced || (!small && before.ends_with(['-', '–', '—', ':', '|']));
        if is_sign || marked || signed {
            let shape = match (is_sign, style.bare) {
                (true, _) => Shape::Sign,
                (false, true) => Shape::Exact,
                (false, false) => Shape::WrongBrackets,
            };
            // The sign goes with the word: left behind, it would contradict a new one.
            let at = if signed { bare.len() } else { at };
            let range = TextRange::new(start + at, word.end as usize);
            return (split(at), Some(Reading { range, word, status: Some(status), shape }));
        }
    }
    (value, None)
}

/// A status that ends the text in emphasis of its own: `Title **in progress**`.
fn read_emphasised(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> Option<Reading> {
    let raw = value.of(text).trim_end();
    let mark = ["**", "__", "*", "_", "`"].into_iter().find(|mark| raw.ends_with(mark))?;
    let inner = raw.strip_suffix(mark)?;
    let at = inner.rfind(mark)? + mark.len();
    let is_apart = inner[..at - mark.len()].ends_with(char::is_whitespace);
    let start = value.start as usize;
    let range = TextRange::new(start + at, start + inner.len());
    let word = unsigned(vocabulary, text, range);
    let status = vocabulary.lookup(word.of(text)).filter(|_| is_apart)?;
    let shape = if style.bare { Shape::Exact } else { Shape::WrongBrackets };
    Some(Reading { range, word, status: Some(status), shape })
}

/// The longest run of words at the end of `text` that spells a status, and where it starts.
fn trailing_words(vocabulary: &Vocabulary, text: &str) -> Option<(usize, StatusIdx)> {
    let before = |at: usize| text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    let begins = |(at, c): &(usize, char)| is_sign(*c) || (c.is_alphanumeric() && !before(*at));
    let mut starts: Vec<usize> =
        text.char_indices().rev().filter(begins).map(|(at, _)| at).take(MOST_TAIL).collect();
    starts.reverse();
    let is_one = |at: &usize| !text[*at..].contains(['*', '`', '~']);
    let mut starts = starts.into_iter().filter(is_one);
    starts.find_map(|at| Some((at, vocabulary.lookup(&text[at..])?)))
}

/// The last bracketed group of `value` if it ends there, and what stands before it.
fn last_group(text: &str, value: TextRange) -> Option<(TextRange, TextRange)> {
    let raw = value.of(text);
    let open = match raw.chars().last()? {
        ']' => '[',
        ')' => '(',
        _ => return None,
    };
    let at = raw.rfind(open)?;
    let start = value.start as usize;
    Some((TextRange::new(start, start + at), TextRange::new(start + at, value.end as usize)))
}

/// A bracketed group as a marker: a known status in either bracket, or capitals in square ones.
fn read_group(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    group: TextRange,
) -> Option<Reading> {
    let (start, end) = (group.start as usize, group.end as usize);
    let inside = TextRange::new(start + 1, end - 1);
    let word = trim(text, inside, |c| c.is_whitespace() || matches!(c, '*' | '_' | '`'));
    let word = unsigned(vocabulary, text, word);
    let raw = word.of(text);
    if raw.is_empty() {
        return None;
    }
    let round = group.of(text).starts_with('(');
    let brackets = if round { ("(", ")") } else { ("[", "]") };
    let figured = is_figured(vocabulary, raw);
    if round && vocabulary.lookup(raw).is_none() && !figured {
        return None;
    }
    if round && is_adjective(vocabulary, raw) {
        return None;
    }
    let reading = read_word(vocabulary, style, text, group, word, brackets);
    if reading.status.is_some() {
        let whole = vocabulary.lookup(raw).is_some();
        let capitals =
            !raw.split_whitespace().next().is_some_and(|w| w.contains(char::is_lowercase));
        return (whole || capitals || figured).then_some(reading);
    }
    // Where a status needs no brackets, `[MVP]` in brackets need not be one.
    let capitals = !style.bare
        && raw.chars().all(|c| c.is_uppercase() || matches!(c, ' ' | '_' | '-'))
        && raw.chars().filter(|c| c.is_uppercase()).count() >= 3;
    let near = vocabulary.nearest(raw).is_some() && raw.contains(char::is_alphabetic);
    (capitals || near).then_some(reading)
}

/// Whether a status and a figure are all that a text says: `DONE 2026-01-02`, `In Progress, 50%`.
pub(super) fn is_figured(vocabulary: &Vocabulary, raw: &str) -> bool {
    let rest =
        vocabulary.lookup_prefix(raw).and_then(|(_, len)| raw.get(len..)).unwrap_or_default();
    let is_figure = |c: char| c.is_ascii_digit() || c.is_whitespace() || "-–—/.:,%".contains(c);
    rest.contains(|c: char| c.is_ascii_digit()) && rest.chars().all(is_figure)
}

/// Whether a word in small letters may be of a title in its language: `copia de seguridad (completa)`.
fn is_adjective(vocabulary: &Vocabulary, word: &str) -> bool {
    let is_small = word.chars().next().is_some_and(char::is_lowercase);
    is_small && vocabulary.is_translated(word)
}

/// A word without the sign before it that says a status too.
fn unsigned(vocabulary: &Vocabulary, text: &str, word: TextRange) -> TextRange {
    let raw = word.of(text);
    let rest = raw.trim_start_matches(is_sign_part);
    let is_status = vocabulary.lookup(&raw[..raw.len() - rest.len()]).is_some();
    let rest = TextRange::new(word.end as usize - rest.trim_start().len(), word.end as usize);
    if is_status && !rest.is_empty() { rest } else { word }
}

/// The sign before a heading's text, where it is one that the profile writes, or says that something
/// is done: `✅ Phase 1: Store`. Other signs are decoration, unless `any` counts that has a meaning.
pub fn read_sign_before(
    vocabulary: &Vocabulary,
    text: &str,
    value: TextRange,
    any: bool,
) -> Option<Reading> {
    let value = trim(text, value, |c| c.is_whitespace() || matches!(c, '*' | '_'));
    let raw = value.of(text);
    raw.chars().next().filter(|first| is_sign(*first))?;
    let start = value.start as usize;
    let sign = TextRange::new(start, start + sign_length(raw));
    let status = vocabulary.lookup(sign.of(text))?;
    let def = vocabulary.get(status);
    let written = def.aliases.iter().find(|alias| alias.starts_with(is_sign))?;
    let is_written = vocabulary.lookup(written) == Some(status)
        && sign.of(text).trim_end_matches('\u{fe0f}') == written.trim_end_matches('\u{fe0f}');
    let counts = any || is_written || def.category == Category::Done;
    let reading = Reading { range: sign, word: sign, status: Some(status), shape: Shape::Sign };
    counts.then_some(reading)
}

/// What in a heading without a status may be one in a form that is not read: a sign, a bracket, a
/// word in capitals. What is struck out is none.
pub fn hint(vocabulary: &Vocabulary, text: &str, value: TextRange) -> Option<TextRange> {
    let raw = value.of(text);
    let start = value.start as usize;
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        let rest = &raw[at..];
        if let Some(struck) = rest.strip_prefix("~~")
            && let Some(len) = struck.find("~~")
        {
            at += len + 4;
            continue;
        }
        let found = |len: usize| Some(TextRange::new(start + at, start + at + len));
        if is_sign(c) {
            let len = sign_length(rest);
            if vocabulary.lookup(&rest[..len]).is_some() {
                return found(len);
            }
            at += len;
            continue;
        }
        if c == '['
            && let Some(close) = rest.find(']').filter(|close| !rest[close + 1..].starts_with('('))
            && vocabulary.lookup(&rest[1..close]).is_some()
        {
            return found(close + 1);
        }
        let begins = !raw[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if begins && c.is_uppercase() {
            let is_small = |c: char| !(c.is_uppercase() || matches!(c, ' ' | '_' | '-'));
            let capitals = &rest[..rest.find(is_small).unwrap_or(rest.len())];
            let known = vocabulary.lookup_prefix(capitals.trim_end());
            if let Some((_, len)) = known.filter(|(_, len)| *len >= LEAST_CAPITALS) {
                return found(len);
            }
        }
        at += c.len_utf8();
    }
    None
}
