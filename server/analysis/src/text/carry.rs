//! A change of one text, looked for in another that has a life of its own: whether it is made there,
//! where, and the edits that make it there. Lines decide; byte order mark, line endings and a missing
//! last line break do not count, for editors differ in what they tell of them.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::TextRange;
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
    a == b || lines(a).eq(lines(b))
}

/// How `text` stands to the change that makes `after` of `before`.
pub fn standing(before: &str, after: &str, text: &str) -> Standing {
    if same(text, after) {
        return Standing::Made;
    }
    if same(text, before) {
        return Standing::Missing;
    }
    Comparison::new(before, after, text).places().map_or(Standing::Otherwise, |(found, _)| found)
}

/// Where in `text` the change stands, or would: whole lines, without the last line break. Empty
/// where neither can be told.
pub fn places(before: &str, after: &str, text: &str) -> Vec<TextRange> {
    let found = Comparison::new(before, after, text).places();
    let starts = starts(text);
    let range = |lines: &Range<usize>| {
        let (start, end) = (starts[lines.start], starts[lines.end]);
        TextRange::new(start, start + text[start..end].trim_end_matches(['\n', '\r']).len())
    };
    found.map(|(_, places)| places.iter().map(range).collect()).unwrap_or_default()
}

/// The edits that make the change in `text`; `None` unless it is missing there.
pub fn make(before: &str, after: &str, text: &str) -> Option<TextEdits> {
    let comparison = Comparison::new(before, after, text);
    let (Standing::Missing, places) = comparison.places()? else { return None };
    let (old, new) = (starts(text), starts(after));
    let edit = |(hunk, place): (&Hunk, &Range<usize>)| {
        let range = TextRange::new(old[place.start], old[place.end]);
        TextEdit::replace(range, &after[new[hunk.new.start]..new[hunk.new.end]])
    };
    let edits = comparison.change.iter().zip(&places).map(edit).collect();
    TextEdits::new(edits).ok().map(|edits| edits.minimal(text))
}

/// Lines that stand for others.
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

/// What becomes of one text in two others.
struct Comparison<'a> {
    change: Vec<Hunk>,
    after: Vec<&'a str>,
    other: Vec<Hunk>,
    text: Vec<&'a str>,
}

impl<'a> Comparison<'a> {
    fn new(before: &str, after: &'a str, text: &'a str) -> Comparison<'a> {
        let before: Vec<&str> = lines(before).collect();
        let (after, text): (Vec<&str>, Vec<&str>) = (lines(after).collect(), lines(text).collect());
        Comparison { change: hunks(&before, &after), other: hunks(&before, &text), after, text }
    }

    /// The lines of the text in which each part of the change is made, or in each of which it is
    /// missing.
    fn places(&self) -> Option<(Standing, Vec<Range<usize>>)> {
        let all = |place: &dyn Fn(&Hunk) -> Option<Range<usize>>| -> Option<Vec<_>> {
            self.change.iter().map(place).collect()
        };
        let made = all(&|hunk| self.made(hunk)).map(|places| (Standing::Made, places));
        made.or_else(|| all(&|hunk| self.missing(hunk)).map(|places| (Standing::Missing, places)))
    }

    fn made(&self, hunk: &Hunk) -> Option<Range<usize>> {
        let wanted = &self.after[hunk.new.clone()];
        let covers =
            |other: &&Hunk| other.old.start <= hunk.old.start && hunk.old.end <= other.old.end;
        self.other.iter().filter(covers).find_map(|other| {
            let there = &self.text[other.new.clone()];
            let n = wanted.len();
            let at = (0..=there.len().checked_sub(n)?).find(|at| there[*at..at + n] == *wanted)?;
            Some(other.new.start + at..other.new.start + at + n)
        })
    }

    fn missing(&self, hunk: &Hunk) -> Option<Range<usize>> {
        let touches = |other: &Hunk| {
            let (a, b) = (&other.old, &hunk.old);
            match b.is_empty() {
                // Which of two lines that are inserted at one place comes first cannot be told.
                true => a.start <= b.start && b.start <= a.end,
                false => a.start < b.end && b.start < a.end,
            }
        };
        if self.other.iter().any(touches) {
            return None;
        }
        let above = self.other.iter().filter(|other| other.old.end <= hunk.old.start);
        let start = above.fold(hunk.old.start, |at, other| at + other.new.len() - other.old.len());
        Some(start..start + hunk.old.len())
    }
}

fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let ops = capture_diff_slices(Algorithm::Myers, old, new);
    let changed = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed.map(|op| Hunk { old: op.old_range(), new: op.new_range() }).collect()
}

/// What stands in each line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.strip_prefix('\u{feff}').unwrap_or(text).lines()
}

/// Where each line of [`lines`] starts, and where the last one ends.
fn starts(text: &str) -> Vec<usize> {
    let mark = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let ends = text[mark..].split_inclusive('\n').scan(mark, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(mark).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "# Tasks\n### 7\n- planned\n\n### 8\n- open\n";
    const AFTER: &str = "# Tasks\n### 7\n- active\n- started\n\n### 8\n- open\n";

    #[track_caller]
    fn check(text: &str, expected: Standing, marked: &[&str]) {
        assert_eq!(standing(BEFORE, AFTER, text), expected, "{text}");
        let places = places(BEFORE, AFTER, text);
        let found: Vec<&str> = places.iter().map(|range| range.of(text)).collect();
        assert_eq!(found, marked, "{text}");
        let made = make(BEFORE, AFTER, text).map(|edits| edits.apply(text));
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
        check(&other, Standing::Made, &["- active\r\n- started"]);
        check(BEFORE.trim_end(), Standing::Missing, &["- planned"]);
        let made = make("a\n", "b\n", "\u{feff}a\nc\n").map(|edits| edits.apply("\u{feff}a\nc\n"));
        assert_eq!(made.as_deref(), Some("\u{feff}b\nc\n"));
    }

    #[test]
    fn every_part_must_be_there() {
        let (before, after) = ("1\n2\n3\n4\n5\n", "one\n2\n3\n4\nfive\n");
        assert_eq!(standing(before, after, "one\n2\n3\n4\n5\n"), Standing::Otherwise);
        assert_eq!(standing(before, after, "one\n2\n3\n4\nfive\nsix\n"), Standing::Made);
        let made = make(before, after, "0\n1\n2\n3\n4\n5\n").map(|e| e.apply("0\n1\n2\n3\n4\n5\n"));
        assert_eq!(made.as_deref(), Some("0\none\n2\n3\n4\nfive\n"));
        assert_eq!(standing("", "new\n", ""), Standing::Missing);
    }
}
