//! Reading a status out of a text: where its marker stands, what it says, how well it is written.

mod item;

use crate::profile::MarkerStyle;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::text::TextRange;

pub use item::{read_leading, read_sign};

/// A status as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The marker with its brackets: what a change replaces.
    pub range: TextRange,
    /// The word in it.
    pub word: TextRange,
    /// What it says; `None` where the word is not known.
    pub status: Option<StatusIdx>,
    /// How it is written.
    pub shape: Shape,
}

/// How a marker is written, against the profile's style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As the profile has it.
    Exact,
    /// In brackets, but not in the profile's case.
    WrongCase,
    /// In other brackets, or in none.
    WrongBrackets,
    /// The closing bracket is missing.
    Unclosed,
    /// A sign such as ✅.
    Sign,
}

/// Words and signs at the end of a text that may spell a status.
const MOST_TAIL: usize = 4;

/// Words that an unknown status without brackets may have.
const MOST_WORDS: usize = 3;

/// Reads the value of a status field: `[NOT STARTED]`, `✅ Completed`, `**COMPLETED** (moved)`.
/// `None` where there is nothing that could be a status.
pub fn read_field(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> Option<Reading> {
    let reading = read_value(vocabulary, style, text, value)?;
    let behind = TextRange::new(reading.range.end as usize, value.end as usize);
    (!is_condition(behind.of(text))).then_some(reading)
}

/// Whether what stands behind a status says when it will be so, and not that it is.
fn is_condition(behind: &str) -> bool {
    let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let apart = behind.trim_start_matches(['*', '`', '_', ']', ')']).starts_with([' ', ',']);
    let next = words.next().unwrap_or_default();
    apart
        && ["if", "when", "once", "unless", "or"].iter().any(|word| next.eq_ignore_ascii_case(word))
}

fn read_value(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> Option<Reading> {
    let value = trim(text, value, |c| c.is_whitespace() || matches!(c, '*' | '`' | '_'));
    let raw = value.of(text);
    let first = raw.chars().next()?;
    // What is struck out stood there before.
    if let Some(struck) = raw.strip_prefix("~~")
        && let Some(len) = struck.find("~~")
    {
        let rest = TextRange::new(value.start as usize + len + 4, value.end as usize);
        return read_field(vocabulary, style, text, rest);
    }
    if first == '[' {
        let reading = read_bracket(vocabulary, style, text, value)?;
        if reading.status.is_some() {
            return Some(reading);
        }
        // `[PASS] COMPLETED`: a word that is no status may stand before the one that is.
        let rest = TextRange::new(reading.range.end as usize, value.end as usize);
        let behind = read_field(vocabulary, style, text, rest).filter(|r| r.status.is_some());
        return Some(behind.unwrap_or(reading));
    }
    if first == '('
        && let Some(close) = raw.find(')')
    {
        let start = value.start as usize;
        let inside = TextRange::new(start + 1, start + close);
        let word = trim(text, inside, |c| c.is_whitespace() || c == '*');
        let range = TextRange::new(start, start + close + 1);
        let reading = read_word(vocabulary, style, text, range, word, ("(", ")"));
        if reading.status.is_some() {
            return Some(reading);
        }
    }
    if is_sign(first) {
        let sign_len = sign_length(raw);
        let after = TextRange::new(value.start as usize + sign_len, value.end as usize);
        let sign = TextRange::new(value.start as usize, value.start as usize + sign_len);
        let word = read_field(vocabulary, style, text, after);
        let prose = style.bare && word.is_none() && !after.of(text).trim().is_empty();
        if let Some(word) = word.filter(|word| word.status.is_some()) {
            // The sign goes with the word: left behind, it would contradict a new one.
            let range = TextRange::new(sign.start as usize, word.range.end as usize);
            return Some(Reading { range, ..word });
        }
        let status = vocabulary.lookup(sign.of(text));
        let reading = Reading { range: sign, word: sign, status, shape: Shape::Sign };
        return (status.is_some() || !prose).then_some(reading);
    }
    read_bare(vocabulary, style, text, value)
}

fn read_bare(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> Option<Reading> {
    let raw = value.of(text);
    let start = value.start as usize;
    let shape = if style.bare { Shape::Exact } else { Shape::WrongBrackets };
    if let Some((status, len)) = vocabulary.lookup_prefix(raw) {
        let word = TextRange::new(start, start + len);
        // The bracket that opens it is missing, and not two of those that close it.
        let closed = !style.bare && raw[len..].starts_with(']');
        let shape = if closed { Shape::Unclosed } else { shape };
        let range = TextRange::new(start, start + len + usize::from(closed));
        return Some(Reading { range, word, status: Some(status), shape });
    }
    let end = raw
        .char_indices()
        .find(|(at, c)| {
            matches!(c, '(' | '—' | '–' | ',' | ';' | '.' | '[') || raw[*at..].starts_with(" - ")
        })
        .map_or(raw.len(), |(at, _)| at);
    let word = trim(text, TextRange::new(start, start + end), char::is_whitespace);
    let word = if word.is_empty() { value } else { word };
    // Where a status needs no brackets, a sentence or a figure is prose about the status.
    let prose = word.of(text).split_whitespace().count() > MOST_WORDS
        || word.of(text).starts_with(|c: char| c.is_ascii_digit());
    (!style.bare || !prose).then_some(Reading { range: word, word, status: None, shape })
}

/// Reads a marker in square brackets at the start of `value`; `None` for a link.
fn read_bracket(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> Option<Reading> {
    let raw = value.of(text);
    let start = value.start as usize;
    let inner_start = start + 1;
    let Some(close) = raw.find(']') else {
        let rest = TextRange::new(inner_start, value.end as usize);
        let (status, len) = match vocabulary.lookup_prefix(rest.of(text)) {
            Some((status, len)) => (Some(status), len),
            None => (None, rest.len()),
        };
        let word = trim(text, TextRange::new(inner_start, inner_start + len), char::is_whitespace);
        let range = TextRange::new(start, word.end as usize);
        return Some(Reading { range, word, status, shape: Shape::Unclosed });
    };
    if raw[close + 1..].starts_with('(') {
        return None;
    }
    let range = TextRange::new(start, start + close + 1);
    let word =
        trim(text, TextRange::new(inner_start, start + close), |c| c.is_whitespace() || c == '*');
    Some(read_word(vocabulary, style, text, range, word, ("[", "]")))
}

/// Reads a word that stands in some brackets.
fn read_word(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    range: TextRange,
    word: TextRange,
    brackets: (&str, &str),
) -> Reading {
    let raw = word.of(text);
    let (status, spelled) = match vocabulary.lookup(raw) {
        Some(status) => (Some(status), raw),
        None => match vocabulary.lookup_prefix(raw) {
            Some((status, len)) => (Some(status), raw.get(..len).unwrap_or(raw)),
            None => (None, raw),
        },
    };
    let shape = if (style.open.as_str(), style.close.as_str()) != brackets && !style.bare {
        Shape::WrongBrackets
    } else if spelled.chars().any(is_sign) {
        Shape::Sign
    } else if style.upper && (spelled.chars().any(char::is_lowercase) || spelled.contains('_')) {
        Shape::WrongCase
    } else {
        Shape::Exact
    };
    Reading { range, word, status, shape }
}

/// The marker at the end of a heading's text, and the text before it: `Title [COMPLETED]`,
/// `Title (COMPLETED)`, `Title ✅`, `Title - COMPLETED`, `Title [COMPLETED] [PASS]`.
pub fn read_trailing(
    vocabulary: &Vocabulary,
    style: &MarkerStyle,
    text: &str,
    value: TextRange,
) -> (TextRange, Option<Reading>) {
    let unsigned = trim_end(text, value, |c| is_sign(c) || c == '\u{fe0f}' || c.is_whitespace());
    if unsigned.end < value.end && unsigned.of(text).ends_with([']', ')']) {
        // A word says more than the sign behind it.
        let (title, reading) = read_trailing(vocabulary, style, text, unsigned);
        if reading.as_ref().is_some_and(|reading| reading.status.is_some()) {
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
    let bare = trim_end(text, title, |c| is_sign(c) || c == '\u{fe0f}');
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
    let closers = raw.trim_end();
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
        let range = TextRange::new(start + at, start + closers.len());
        let before = raw[..at].trim_end();
        let sign = range.of(text).chars().all(|c| is_sign(c) || c == '\u{fe0f}');
        let spaced = [" -", " –", " —", " |"].iter().any(|dash| before.ends_with(dash));
        let small = range.of(text).chars().any(char::is_lowercase);
        let marked = spaced || (!small && before.ends_with(['-', '–', '—', ':', '|']));
        if sign || marked {
            let shape = if sign { Shape::Sign } else { Shape::WrongBrackets };
            let shape = if style.bare && !sign { Shape::Exact } else { shape };
            return (split(at), Some(Reading { range, word: range, status: Some(status), shape }));
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
    let word = TextRange::new(start + at, start + inner.len());
    let status = vocabulary.lookup(word.of(text)).filter(|_| is_apart)?;
    let shape = if style.bare { Shape::Exact } else { Shape::WrongBrackets };
    Some(Reading { range: word, word, status: Some(status), shape })
}

/// The longest run of words at the end of `text` that spells a status, and where it starts.
fn trailing_words(vocabulary: &Vocabulary, text: &str) -> Option<(usize, StatusIdx)> {
    let before = |at: usize| text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    let begins = |(at, c): &(usize, char)| is_sign(*c) || (c.is_alphanumeric() && !before(*at));
    let mut starts: Vec<usize> =
        text.char_indices().rev().filter(begins).map(|(at, _)| at).take(MOST_TAIL).collect();
    starts.reverse();
    starts.into_iter().find_map(|at| Some((at, vocabulary.lookup(&text[at..])?)))
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
    let word = trim(text, TextRange::new(start + 1, end - 1), char::is_whitespace);
    let raw = word.of(text);
    if raw.is_empty() {
        return None;
    }
    let round = group.of(text).starts_with('(');
    let brackets = if round { ("(", ")") } else { ("[", "]") };
    if round && vocabulary.lookup(raw).is_none() {
        return None;
    }
    let reading = read_word(vocabulary, style, text, group, word, brackets);
    if reading.status.is_some() {
        let whole = vocabulary.lookup(raw).is_some();
        let capitals =
            !raw.split_whitespace().next().is_some_and(|w| w.contains(char::is_lowercase));
        return (whole || capitals).then_some(reading);
    }
    // Where a status needs no brackets, `[MVP]` in brackets need not be one.
    let capitals = !style.bare
        && raw.chars().all(|c| c.is_uppercase() || matches!(c, ' ' | '_' | '-'))
        && raw.chars().filter(|c| c.is_uppercase()).count() >= 3;
    let near = vocabulary.nearest(raw).is_some() && raw.contains(char::is_alphabetic);
    (capitals || near).then_some(reading)
}

/// Reads a JSON string's content as a status.
pub fn read_json(vocabulary: &Vocabulary, word: &str, range: TextRange) -> Reading {
    let status = vocabulary.lookup(word);
    let exact = status.is_none_or(|idx| {
        let def = vocabulary.get(idx);
        def.json == word || def.aliases.iter().any(|alias| alias == word)
    });
    let shape = if exact { Shape::Exact } else { Shape::WrongCase };
    Reading { range, word: range, status, shape }
}

/// Whether `c` is a pictograph or symbol rather than a letter or punctuation.
pub fn is_sign(c: char) -> bool {
    matches!(u32::from(c),
        0x2190..=0x21FF | 0x2300..=0x23FF | 0x25A0..=0x27BF | 0x2900..=0x2BFF
        | 0x1F000..=0x1FAFF)
}

/// Bytes of the sign that `text` starts with, with variation selectors and joined signs.
fn sign_length(text: &str) -> usize {
    let mut len = 0;
    let mut joined = true;
    for c in text.chars() {
        let extends = matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}');
        if !(joined || extends) {
            break;
        }
        joined = c == '\u{200d}';
        len += c.len_utf8();
    }
    len
}

/// `range` without the characters at both ends for which `drop` holds.
pub fn trim(text: &str, range: TextRange, drop: impl Fn(char) -> bool) -> TextRange {
    let raw = range.of(text);
    let start = range.start as usize + (raw.len() - raw.trim_start_matches(&drop).len());
    trim_end(text, TextRange::new(start, range.end as usize), drop)
}

fn trim_end(text: &str, range: TextRange, drop: impl Fn(char) -> bool) -> TextRange {
    let raw = range.of(text);
    TextRange::new(range.start as usize, range.start as usize + raw.trim_end_matches(drop).len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{EntityKind, Profile, builtin};

    fn profile(id: &str) -> std::sync::Arc<Profile> {
        builtin::profile(id).expect("a built-in profile")
    }

    /// What stands for the status, its id, and how it is written.
    fn field(profile_id: &str, value: &str) -> Option<(String, Option<String>, Shape)> {
        let profile = profile(profile_id);
        let vocabulary = profile.vocabulary(EntityKind::Plan);
        let range = TextRange::new(0, value.len());
        let reading = read_field(vocabulary, &profile.markers, value, range)?;
        let status = reading.status.map(|status| vocabulary.get(status).id.clone());
        Some((reading.range.of(value).to_owned(), status, reading.shape))
    }

    fn trailing(value: &str) -> (String, Option<(String, Option<String>, Shape)>) {
        let profile = profile("opencode");
        let vocabulary = profile.vocabulary(EntityKind::Phase);
        let range = TextRange::new(0, value.len());
        let (title, reading) = read_trailing(vocabulary, &profile.markers, value, range);
        let found = reading.map(|r| {
            let status = r.status.map(|status| vocabulary.get(status).id.clone());
            (r.range.of(value).to_owned(), status, r.shape)
        });
        (title.of(value).to_owned(), found)
    }

    fn known(range: &str, id: &str, shape: Shape) -> Option<(String, Option<String>, Shape)> {
        Some((range.to_owned(), Some(id.to_owned()), shape))
    }

    #[test]
    fn a_field_holds_a_marker_in_many_dresses() {
        let cases = [
            ("[NOT STARTED]", known("[NOT STARTED]", "not_started", Shape::Exact)),
            ("[IN PROGRESS] - since May", known("[IN PROGRESS]", "in_progress", Shape::Exact)),
            ("**[COMPLETED]**", known("[COMPLETED]", "completed", Shape::Exact)),
            ("[Completed]", known("[Completed]", "completed", Shape::WrongCase)),
            ("[NOT_STARTED]", known("[NOT_STARTED]", "not_started", Shape::WrongCase)),
            ("[COMPLETED", known("[COMPLETED", "completed", Shape::Unclosed)),
            ("COMPLETED", known("COMPLETED", "completed", Shape::WrongBrackets)),
            ("Completed via task 9", known("Completed", "completed", Shape::WrongBrackets)),
            ("✅ Completed", known("✅ Completed", "completed", Shape::WrongBrackets)),
            ("✅", known("✅", "completed", Shape::Sign)),
            ("[PASS] COMPLETED (today)", known("COMPLETED", "completed", Shape::WrongBrackets)),
            ("[COMPLETED 2026-01-02]", known("[COMPLETED 2026-01-02]", "completed", Shape::Exact)),
            ("[DONNE]", Some(("[DONNE]".into(), None, Shape::Exact))),
            ("[see the plan](plan.md)", None),
            ("`[COMPLETED]`", known("[COMPLETED]", "completed", Shape::Exact)),
            ("`[COMPLETED]` if all tests pass", None),
            ("[COMPLETED] or [PARTIAL]", None),
            ("COMPLETED, when the docs are written", None),
            ("(COMPLETED)", known("(COMPLETED)", "completed", Shape::WrongBrackets)),
            ("~~[PLANNED]~~ [COMPLETED]", known("[COMPLETED]", "completed", Shape::Exact)),
            ("", None),
        ];
        for (value, expected) in cases {
            assert_eq!(field("opencode", value), expected, "{value}");
        }
    }

    #[test]
    fn without_brackets_a_sentence_is_no_status() {
        let cases = [
            ("Completed", known("Completed", "done", Shape::Exact)),
            ("✅ Completed", known("✅ Completed", "done", Shape::Exact)),
            ("In Progress (80%)", known("In Progress", "in_progress", Shape::Exact)),
            ("Good", Some(("Good".into(), None, Shape::Exact))),
            ("A large refactoring is required", None),
            ("85% complete", None),
            ("⚠️ Needs a review of all parts", None),
            ("🎯 85% complete", None),
            ("🎯", Some(("🎯".into(), None, Shape::Sign))),
        ];
        for (value, expected) in cases {
            assert_eq!(field("checklist", value), expected, "{value}");
        }
    }

    #[test]
    fn a_heading_ends_in_a_marker() {
        let cases = [
            (": Store [COMPLETED]", ": Store", known("[COMPLETED]", "completed", Shape::Exact)),
            (
                ": Store (COMPLETED)",
                ": Store",
                known("(COMPLETED)", "completed", Shape::WrongBrackets),
            ),
            (": Store ✅", ": Store", known("✅", "completed", Shape::Sign)),
            (
                ": Store - COMPLETED",
                ": Store",
                known("COMPLETED", "completed", Shape::WrongBrackets),
            ),
            (": Store [COMPLETED", ": Store", known("[COMPLETED", "completed", Shape::Unclosed)),
            (": Store COMPLETED]", ": Store", known("COMPLETED]", "completed", Shape::Unclosed)),
            (
                ": Store [COMPLETED] [PASS]",
                ": Store",
                known("[COMPLETED]", "completed", Shape::Exact),
            ),
            (
                ": Store (2 hours) [BLOCKED]",
                ": Store (2 hours)",
                known("[BLOCKED]", "blocked", Shape::Exact),
            ),
            (": Store (2 hours)", ": Store (2 hours)", None),
            (": Read [the docs](a.md)", ": Read [the docs](a.md)", None),
            (": Reach the status completed", ": Reach the status completed", None),
            (": Store [COMPLETD]", ": Store", Some(("[COMPLETD]".into(), None, Shape::Exact))),
        ];
        for (value, title, expected) in cases {
            assert_eq!(trailing(value), (title.to_owned(), expected), "{value}");
        }
    }
}
