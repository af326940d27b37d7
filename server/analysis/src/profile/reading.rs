//! Reading a status out of a text: where its marker stands, what it says, how well it is written.

mod item;
mod otherwise;
mod phrase;
mod steps;
mod trailing;

use crate::profile::MarkerStyle;
use crate::profile::reading::phrase::goes_on;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};
use crate::syntax::check_box::check_box;
use crate::text::TextRange;
use crate::text::shared_text::Source;

pub use item::{read_leading, read_sign, said_beside, sign_behind, sign_in_front};
pub use steps::{ARROWS, given_up_for};
pub use trailing::{hint, read_sign_before, read_trailing};

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
    let first = reading.status.filter(|_| !reading.range.of(text).starts_with('['));
    if let Some(last) = first.and_then(|it| steps::last(vocabulary, style, text, it, behind)) {
        return Some(last);
    }
    let is_open = is_condition(behind.of(text)) || is_choice(vocabulary, behind.of(text));
    (!is_open).then_some(reading)
}

/// Whether what stands behind a status is another one to choose: `Approved | ❌ Issues found`.
fn is_choice(vocabulary: &Vocabulary, behind: &str) -> bool {
    let Some(other) = behind.split('|').nth(1) else { return false };
    let other = other.trim_matches([' ', '*', '_', '`', '[', ']']);
    let is_said = |text: &str| vocabulary.lookup(text.trim()).is_some();
    is_said(other) || is_said(other.trim_start_matches(is_sign_part))
}

/// Whether what stands behind a status says when it will be so, and not that it is.
fn is_condition(behind: &str) -> bool {
    let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let behind = behind.trim_start_matches(['*', '`', '_', ']', ')']);
    let apart = behind.starts_with([' ', ',']);
    let next = words.next().unwrap_or_default();
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    // `IMPLEMENTED BUT NOT TESTED` is half of it.
    let is_half = behind.starts_with(' ')
        && is(next, "but")
        && words.next().is_some_and(|word| is(word, "not"));
    apart && (is_half || ["if", "when", "once", "unless", "or"].iter().any(|it| is(next, it)))
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
        let word = trim(text, inside, |c| c.is_whitespace() || matches!(c, '*' | '_' | '`'));
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
        if let Some(word) = word.as_ref().filter(|word| word.status.is_some()) {
            // The sign goes with the word: left behind, it would contradict a new one.
            let range = TextRange::new(sign.start as usize, word.range.end as usize);
            return Some(Reading { range, ..word.clone() });
        }
        let status = vocabulary.lookup(sign.of(text));
        let is_done = |status| vocabulary.get(status).category == Category::Done;
        if status.is_some_and(is_done) && otherwise::says_otherwise(after.of(text)) {
            let range =
                |word: &Reading| TextRange::new(sign.start as usize, word.range.end as usize);
            return word.map(|word| Reading { range: range(&word), ..word });
        }
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
    let known = vocabulary.lookup_prefix(raw);
    let is_bare = style.bare || style.open.is_empty();
    if let Some((status, len)) = known.filter(|(_, len)| !is_bare || !goes_on(&raw[*len..])) {
        let word = TextRange::new(start, start + len);
        // The bracket that opens it is missing, and not two of those that close it.
        let closed = !style.bare && raw[len..].starts_with(']');
        let shape = if closed { Shape::Unclosed } else { shape };
        let range = TextRange::new(start, start + len + usize::from(closed));
        return Some(Reading { range, word, status: Some(status), shape });
    }
    let token = raw.find([' ', ',', ';', '(', '|', '*', '`']).unwrap_or(raw.len());
    if let Some(status) = given_up_for(vocabulary, &raw[..token]).filter(|_| is_bare) {
        let word = TextRange::new(start, start + token);
        return Some(Reading { range: word, word, status: Some(status), shape });
    }
    let end = raw
        .char_indices()
        .find(|(at, c)| {
            matches!(c, '(' | '—' | '–' | ',' | ';' | '.' | '[') || raw[*at..].starts_with(" - ")
        })
        .map_or(raw.len(), |(at, _)| at);
    let word = TextRange::new(start, start + end);
    let word = trim(text, word, |c| c.is_whitespace() || matches!(c, '*' | '`' | '_'));
    let word = if word.is_empty() { value } else { word };
    // Where a status needs no brackets, a sentence or a figure is prose about the status.
    let n_words = word.of(text).split_whitespace().count();
    let prose = n_words > MOST_WORDS || word.of(text).starts_with(|c: char| c.is_ascii_digit());
    // Who forgets the brackets of a marker forgets them around one, and not around a sentence.
    let is_sentence = n_words > MOST_WORDS + 1;
    (!is_sentence && (!style.bare || !prose)).then_some(Reading {
        range: word,
        word,
        status: None,
        shape,
    })
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
    // `[ ] Fixed` is a box and what it is for.
    if check_box(raw).is_some_and(|len| raw[1..][..len].is_ascii()) {
        return None;
    }
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
    let word = trim(text, TextRange::new(inner_start, start + close), |c| {
        c.is_whitespace() || matches!(c, '*' | '_' | '`')
    });
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

/// What stands in the span of code or emphasis that a text begins with, and what follows it.
pub fn span(text: &str) -> Option<(&str, &str)> {
    let mark = ["`", "**", "__"].into_iter().find(|mark| text.starts_with(mark))?;
    let (inner, behind) = text[mark.len()..].split_once(mark)?;
    (!inner.is_empty()).then_some((inner, behind))
}

/// Whether a text has capital letters and no small ones.
pub fn is_in_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// Whether `c` is a pictograph or symbol rather than a letter or punctuation.
pub fn is_sign(c: char) -> bool {
    matches!(u32::from(c),
        0x2190..=0x21FF | 0x2300..=0x23FF | 0x25A0..=0x27BF | 0x2900..=0x2BFF
        | 0x1F000..=0x1FAFF)
}

/// Whether `c` is a sign, or belongs to one.
pub fn is_sign_part(c: char) -> bool {
    is_sign(c) || matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
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
pub fn trim<T: Source + ?Sized>(
    text: &T,
    range: TextRange,
    drop: impl Fn(char) -> bool,
) -> TextRange {
    let raw = range.of(text);
    let start = range.start as usize + (raw.len() - raw.trim_start_matches(&drop).len());
    trim_end(text, TextRange::new(start, range.end as usize), drop)
}

fn trim_end<T: Source + ?Sized>(
    text: &T,
    range: TextRange,
    drop: impl Fn(char) -> bool,
) -> TextRange {
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
    fn that_a_thing_is_new_is_no_status_of_the_work_on_it() {
        let read = |id: &str, value: &str| {
            let profile = profile(id);
            let vocabulary = profile.vocabulary(EntityKind::Task);
            let range = TextRange::new(0, value.len());
            let (title, found) = read_trailing(vocabulary, &profile.markers, value, range);
            (title.of(value).to_owned(), found.is_some())
        };
        for value in ["`mail` - send mail (NEW)", "Send mail [New]", "Send mail - NEW"] {
            for id in ["roadmap", "checklist"] {
                assert_eq!(read(id, value), (value.to_owned(), false), "{id}");
            }
        }
        assert_eq!(read("conductor", "Send mail [NEW]"), ("Send mail".to_owned(), true));
        assert_eq!(read("roadmap", "Send mail (DONE)"), ("Send mail".to_owned(), true));
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
            ("[ ] COMPLETED", None),
            ("`[x]`", None),
            ("DONNE** - on May 2", Some(("DONNE".into(), None, Shape::WrongBrackets))),
            ("`[COMPLETED]`", known("[COMPLETED]", "completed", Shape::Exact)),
            ("`[COMPLETED]` if all tests pass", None),
            ("[COMPLETED] or [PARTIAL]", None),
            ("COMPLETED, when the docs are written", None),
            ("(COMPLETED)", known("(COMPLETED)", "completed", Shape::WrongBrackets)),
            ("[COMPLETED] | [PARTIAL]", None),
            ("[COMPLETED] | Owner: me", known("[COMPLETED]", "completed", Shape::Exact)),
            ("[PLANNED] | **Blocked by**: none", known("[PLANNED]", "not_started", Shape::Exact)),
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
            ("Done?", Some(("Done?".into(), None, Shape::Exact))),
            ("Done by hand", known("Done", "done", Shape::Exact)),
            ("Done January 2026", known("Done", "done", Shape::Exact)),
            ("Done v1.2", known("Done", "done", Shape::Exact)),
            ("Completed Sep 2", known("Completed", "done", Shape::Exact)),
            ("partial-pass (2 of 3)", Some(("partial-pass".into(), None, Shape::Exact))),
            ("Done/Sent/Failed", Some(("Done/Sent/Failed".into(), None, Shape::Exact))),
            ("Done pending review", Some(("Done pending review".into(), None, Shape::Exact))),
            ("Planning done", Some(("Planning done".into(), None, Shape::Exact))),
            ("Complete rewrite of all parts", None),
            ("⚠️ Needs a review of all parts", None),
            ("🎯 85% complete", None),
            ("🎯", Some(("🎯".into(), None, Shape::Sign))),
        ];
        for (value, expected) in cases {
            assert_eq!(field("checklist", value), expected, "{value}");
        }
    }

    #[test]
    fn words_that_go_on_are_no_status_in_any_form_without_brackets() {
        let unknown = |word: &str| Some((word.to_owned(), None, Shape::WrongBrackets));
        for profile in ["gsd", "bmad", "minsky", "roadmap", "compozy"] {
            let planned = field(profile, "Completed complete");
            assert_eq!(planned, unknown("Completed complete"), "{profile}");
        }
        assert_eq!(field("gsd", "Research complete"), unknown("Research complete"));
    }

    #[test]
    fn what_a_word_in_brackets_is_set_in_is_none_of_it() {
        let profile = profile("opencode");
        let vocabulary = profile.vocabulary(EntityKind::Phase);
        for value in [": Store (`completed`)", ": Store `[COMPLETED]`", ": Store [**COMPLETED**]"] {
            let range = TextRange::new(0, value.len());
            let (_, reading) = read_trailing(vocabulary, &profile.markers, value, range);
            let word = reading.map(|it| it.word.of(value).to_lowercase());
            assert_eq!(word.as_deref(), Some("completed"), "{value}");
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
            // The emphasis of the whole title is closed behind the status, and is none of it.
            (
                "**: Store ✅ COMPLETED**",
                "**: Store",
                known("✅ COMPLETED", "completed", Shape::WrongBrackets),
            ),
            (
                "*: Store — COMPLETED*",
                "*: Store",
                known("COMPLETED", "completed", Shape::WrongBrackets),
            ),
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
            (
                ": Store ✅ COMPLETED",
                ": Store",
                known("✅ COMPLETED", "completed", Shape::WrongBrackets),
            ),
            (
                ": Store (✅ COMPLETED)",
                ": Store",
                known("(✅ COMPLETED)", "completed", Shape::WrongBrackets),
            ),
            (
                ": Store **✅ COMPLETED**",
                ": Store",
                known("✅ COMPLETED", "completed", Shape::WrongBrackets),
            ),
            (
                ": Store - COMPLETED ✅",
                ": Store",
                known("COMPLETED", "completed", Shape::WrongBrackets),
            ),
            (": Store ✅ (2026-01-02)", ": Store", known("✅", "completed", Shape::Sign)),
            (
                ": Store [COMPLETED] *(2 hours)*",
                ": Store",
                known("[COMPLETED]", "completed", Shape::Exact),
            ),
            (
                ": Store (COMPLETED 2026-01-02)",
                ": Store",
                known("(COMPLETED 2026-01-02)", "completed", Shape::WrongBrackets),
            ),
            (": Store (COMPLETED by hand)", ": Store (COMPLETED by hand)", None),
            (": Store - open ✅", ": Store - open", known("✅", "completed", Shape::Sign)),
            (": Store [COMPLETD]", ": Store", Some(("[COMPLETD]".into(), None, Shape::Exact))),
        ];
        for (value, title, expected) in cases {
            assert_eq!(trailing(value), (title.to_owned(), expected), "{value}");
        }
    }
}
