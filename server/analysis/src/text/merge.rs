//! Three-way merge: a change of one text, looked for in another that has a life of its own: whether it
//! is made there, where, and the edits that make it there. Lines decide; byte order mark, line endings and a missing
//! last line break do not count, for editors differ in what they tell of them.

use std::ops::Range;

use super::TextRange;
use super::common::{CommonEnds, common_ends};
use super::diff::{Hunk, hunks};
use super::shared_text::{Difference, SharedText};
use super::text_edit::{TextEdit, TextEdits};

/// How a text stands to a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All of the change is made in it.
    Made,
    /// Nothing of it is, and what it would change is as it was.
    Missing,
    /// What it would change was changed otherwise.
    Otherwise,
}

/// Whether two texts say the same.
pub fn same(a: &str, b: &str) -> bool {
    if std::ptr::eq(a, b) {
        return true;
    }
    let (a, b) = (unmarked(a), unmarked(b));
    // Most of two long texts is alike, byte for byte.
    let CommonEnds { prefix, .. } = common_ends(a, b);
    let line =
        a.as_bytes()[..prefix].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    plain_lines(&a[line..]).eq(plain_lines(&b[line..]))
}

/// As [`same`], at the cost of what the two do not share.
pub fn same_texts(a: &SharedText, b: &SharedText) -> bool {
    let Some(Difference { start, old_end, new_end }) = a.difference(b) else { return true };
    // What does not count stands at an end, or is a carriage return.
    let may_not_count = |text: &SharedText, end: usize| {
        start < '\u{feff}'.len_utf8() || end == text.len() || text.copy(start..end).contains('\r')
    };
    (may_not_count(a, old_end) || may_not_count(b, new_end)) && same(a, b)
}

/// How `text` stands to the change that makes `after` of `before`.
pub fn standing(before: &str, after: &str, text: &str) -> Standing {
    if same(text, after) {
        return Standing::Made;
    }
    if same(text, before) {
        return Standing::Missing;
    }
    find(before, after, text).map_or(Standing::Otherwise, |found| found.standing)
}

/// Where in `text` the change stands, or would: whole lines, without the last line break. Empty
/// where neither can be told.
pub fn places(before: &str, after: &str, text: &str) -> Vec<TextRange> {
    let Some(found) = find(before, after, text) else { return Vec::new() };
    let starts = starts(text);
    let range = |lines: &Range<usize>| {
        let (start, end) = (starts[lines.start], starts[lines.end]);
        TextRange::new(start, start + text[start..end].trim_end_matches(['\n', '\r']).len())
    };
    found.places.iter().map(range).collect()
}

/// The edits that make the change in `text`; `None` unless it is missing there.
pub fn three_way(before: &str, after: &str, text: &str) -> Option<TextEdits> {
    let found = find(before, after, text).filter(|found| found.standing == Standing::Missing)?;
    let (old, new) = (starts(text), starts(after));
    let edit = |(hunk, place): (&Hunk, &Range<usize>)| {
        let range = TextRange::new(old[place.start], old[place.end]);
        let lines = &after[new[hunk.new.start]..new[hunk.new.end]];
        TextEdit::replace(range, ended(lines, text, range))
    };
    let edits = found.change.iter().zip(&found.places).map(edit).collect();
    TextEdits::new(edits).ok().map(|edits| edits.minimal(text))
}

/// Lines of another text as they replace a range of `text`, whose last line stays ended or not, as it
/// is.
fn ended(lines: &str, text: &str, range: TextRange) -> String {
    let Range { start, end } = range.bytes();
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let is_open =
        |text: &str| !text.trim_start_matches('\u{feff}').is_empty() && !text.ends_with('\n');
    let before = match is_open(&text[..start]) && !lines.is_empty() {
        // What is half a line break becomes a whole one.
        true if text[..start].ends_with('\r') => "\n",
        true => eol,
        false => "",
    };
    if end == text.len() && is_open(text) {
        let bare = lines.strip_suffix('\n').map(|it| it.strip_suffix('\r').unwrap_or(it));
        // An empty line is one only if it is ended.
        // So is one whose last character were half a line break.
        let bare = bare.filter(|it| is_open(it) && !it.ends_with('\r'));
        return format!("{before}{}", bare.unwrap_or(lines));
    }
    if !is_open(lines) || text.is_empty() {
        return format!("{before}{lines}");
    }
    let lines = lines.strip_suffix('\r').unwrap_or(lines);
    format!("{before}{lines}{}", if lines.ends_with('\r') { "\r\n" } else { eol })
}

/// A change found in a text: with the lines there of each of its hunks.
struct FoundLines {
    standing: Standing,
    change: Vec<Hunk>,
    places: Vec<Range<usize>>,
}

/// A change is made where what it makes is kept in the text, and missing where what it replaces is.
fn find(before: &str, after: &str, text: &str) -> Option<FoundLines> {
    let before: Vec<&str> = lines(before).collect();
    let (after, text): (Vec<&str>, Vec<&str>) = (lines(after).collect(), lines(text).collect());
    let change = hunks(&before, &after);
    let made = kept(change.iter().map(|hunk| &hunk.new), &hunks(&after, &text));
    let made = made.map(|places| (Standing::Made, places));
    let found = made.or_else(|| {
        let missing = kept(change.iter().map(|hunk| &hunk.old), &hunks(&before, &text));
        missing.map(|places| (Standing::Missing, places))
    });
    found.map(|(standing, places)| FoundLines { standing, change, places })
}

/// Where some lines are after an edit that leaves all of them as they were.
fn kept<'a>(
    lines: impl Iterator<Item = &'a Range<usize>>,
    edit: &[Hunk],
) -> Option<Vec<Range<usize>>> {
    let place = |lines: &Range<usize>| {
        let touches = |hunk: &Hunk| match lines.is_empty() {
            // Which of two lines that are inserted at one place comes first cannot be told.
            true => hunk.old.start <= lines.start && lines.start <= hunk.old.end,
            false => hunk.old.start < lines.end && lines.start < hunk.old.end,
        };
        if edit.iter().any(touches) {
            return None;
        }
        let above = edit.iter().filter(|hunk| hunk.old.end <= lines.start);
        let start = above.fold(lines.start, |at, hunk| at + hunk.new.len() - hunk.old.len());
        Some(start..start + lines.len())
    };
    lines.map(place).collect()
}

/// What stands in each line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    plain_lines(unmarked(text))
}

/// Lines without what ends them: of a last one that is not ended, a carriage return is none of it, for
/// it would not be once the line is.
fn plain_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').map(|line| {
        let line = line.strip_suffix('\n').unwrap_or(line);
        line.strip_suffix('\r').unwrap_or(line)
    })
}

/// The text without a byte order mark.
fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Where each line of [`lines`] starts, and where the last one ends.
fn starts(text: &str) -> Vec<usize> {
    let mark = text.len() - unmarked(text).len();
    let ends = text[mark..].split_inclusive('\n').scan(mark, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(mark).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEFORE: &str = "# Tasks\n### 7\n- planned\n\n### 8\n- open\n";
    const AFTER: &str = "# Tasks\n### 7\n- active\n- started\n\n### 8\n- open\n";

    #[track_caller]
    fn check(text: &str, expected: Standing, marked: &[&str]) {
        assert_eq!(standing(BEFORE, AFTER, text), expected, "{text}");
        let places = places(BEFORE, AFTER, text);
        let found: Vec<&str> = places.iter().map(|range| range.of(text)).collect();
        assert_eq!(found, marked, "{text}");
        let made = three_way(BEFORE, AFTER, text).map(|edits| edits.apply(text));
        assert_eq!(made.is_some(), expected == Standing::Missing, "{text}");
        if let Some(made) = made {
            assert_eq!(standing(BEFORE, AFTER, &made), Standing::Made, "{made}");
        }
    }

    #[test]
    fn a_change_is_found_among_others() {
        check(AFTER, Standing::Made, &["- active\n- started"]);
        check(&AFTER.replace("### 8", "### 8 and 9"), Standing::Made, &["- active\n- started"]);
        check(
            &AFTER.replace("- started\n", "- started\n- noted\n"),
            Standing::Made,
            &["- active\n- started"],
        );
        check(&format!("new\n{AFTER}"), Standing::Made, &["- active\n- started"]);
    }

    #[test]
    fn a_change_is_missing_where_its_place_is_as_it_was() {
        check(BEFORE, Standing::Missing, &["- planned"]);
        check(&format!("new\n{BEFORE}more\n"), Standing::Missing, &["- planned"]);
        check(&BEFORE.replace("# Tasks\n", ""), Standing::Missing, &["- planned"]);
    }

    #[test]
    fn a_place_that_says_something_else_is_no_part_of_the_change() {
        check(&BEFORE.replace("planned", "blocked"), Standing::Otherwise, &[]);
        check(&AFTER.replace("- started\n", ""), Standing::Otherwise, &[]);
        check("", Standing::Otherwise, &[]);
    }

    #[test]
    fn what_editors_do_not_tell_does_not_count() {
        let other = format!("\u{feff}{}", AFTER.replace('\n', "\r\n"));
        assert!(same(AFTER, &other) && same(AFTER, AFTER.trim_end()));
        assert!(!same(AFTER, BEFORE) && !same("", "\n"));
        for n in [3, 60, 64, 200, 5000] {
            let line = "e\u{301}".repeat(n);
            let (one, two) = (format!("{line}\n{line}\r\na"), format!("{line}\n{line}\na\r\n"));
            assert!(
                same(&one, &two) && !same(&one, &format!("{two}b")) && !same(&line, &one),
                "{n}"
            );
        }
        check(&other, Standing::Made, &["- active\r\n- started"]);
        check(BEFORE.trim_end(), Standing::Missing, &["- planned"]);
        let made =
            three_way("a\n", "b\n", "\u{feff}a\nc\n").map(|edits| edits.apply("\u{feff}a\nc\n"));
        assert_eq!(made.as_deref(), Some("\u{feff}b\nc\n"));
    }

    #[test]
    fn every_part_must_be_there() {
        let (before, after) = ("1\n2\n3\n4\n5\n", "one\n2\n3\n4\nfive\n");
        assert_eq!(standing(before, after, "one\n2\n3\n4\n5\n"), Standing::Otherwise);
        assert_eq!(standing(before, after, "one\n2\n3\n4\nfive\nsix\n"), Standing::Made);
        let made =
            three_way(before, after, "0\n1\n2\n3\n4\n5\n").map(|e| e.apply("0\n1\n2\n3\n4\n5\n"));
        assert_eq!(made.as_deref(), Some("0\none\n2\n3\n4\nfive\n"));
        assert_eq!(standing("", "new\n", ""), Standing::Missing);
    }

    #[test]
    fn a_last_line_stays_ended_or_not_and_runs_into_no_other() {
        for (before, after, text, expected) in [
            ("a", "b", "a\nc\n", "b\nc\n"),
            ("a\n", "a\nb\n", "a", "a\nb"),
            ("a", "b", "a\n", "b\n"),
            ("a\n", "b\n", "a", "b"),
            ("", "a", "", "a"),
            ("1\na", "1\nb", "0\r\n1\r\na\r\nc", "0\r\n1\r\nb\r\nc"),
            ("a\n", "b\r", "a\n", "b\n"),
            ("a", "a\nb", "0\r\na\r", "0\r\na\r\nb"),
        ] {
            let made = three_way(before, after, text).map(|edits| edits.apply(text));
            assert_eq!(made.as_deref(), Some(expected), "{before:?} {after:?} {text:?}");
            assert_eq!(standing(before, after, expected), Standing::Made, "{expected:?}");
        }
    }

    proptest! {
        #[test]
        fn places_are_in_the_text_and_what_is_made_of_the_first_is_the_second(
            before in "[abc\r\n]{0,12}",
            after in "[abc\r\n]{0,12}",
            text in "[abc\r\n]{0,12}",
        ) {
            let missing = standing(&before, &after, &text) == Standing::Missing;
            prop_assert!(!missing || three_way(&before, &after, &text).is_some());
            for range in places(&before, &after, &text) {
                prop_assert!(text.get(range.bytes()).is_some());
            }
            prop_assert_eq!(standing(&before, &after, &after), Standing::Made);
            let undone = three_way(&before, &after, &before).map(|edits| edits.apply(&before));
            prop_assert!(undone.is_none_or(|made| same(&made, &after)));
        }
    }
}
