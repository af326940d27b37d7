//! Two texts compared: as a unified diff for people and tools, as edits for everything else.

use std::ops::Range;

use similar::{DiffOp, TextDiff};

use super::TextRange;
use super::shared_text::{Difference, SharedText};
use super::text_edit::{TextEdit, TextEdits};

/// What turns `old` into `new`, in the form `patch` and `git apply` read; empty if they are equal.
///
/// `path` names both sides (`a/…`, `b/…`); an empty `old` is a file that is not there yet
/// (`/dev/null`). `context` is the number of unchanged lines shown around a change. Only `\n` ends
/// a line here, so a changed line ending shows as a changed line.
pub fn unified(path: &str, old: &str, new: &str, context: usize) -> String {
    if old == new {
        return String::new();
    }
    let path = path.trim_start_matches('/');
    let (old_lines, new_lines) = (lines(old), lines(new));
    let diff = TextDiff::from_slices(&old_lines, &new_lines);

    let before = if old.is_empty() { "/dev/null".to_owned() } else { format!("a/{path}") };
    let mut res = format!("--- {before}\n+++ b/{path}\n");
    for hunk in diff.unified_diff().context_radius(context).iter_hunks() {
        res.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            res.push_str(&change.tag().to_string());
            res.push_str(change.value());
            if !change.value().ends_with('\n') {
                res.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    res
}

/// The edits that make `new` of `old`: found line by line, then trimmed to what differs.
pub fn edits(old: &str, new: &str) -> TextEdits {
    let (old_lines, new_lines) = (lines(old), lines(new));
    let (old_starts, new_starts) = (starts(&old_lines), starts(&new_lines));
    let edits = hunks(&old_lines, &new_lines).into_iter().map(|Hunk { old: gone, new: come }| {
        let range = TextRange::new(old_starts[gone.start], old_starts[gone.end]);
        TextEdit::replace(range, &new[new_starts[come.start]..new_starts[come.end]])
    });
    // A diff's steps follow each other, so they are disjoint; one edit of all is right as well.
    let all = || TextEdits::from(TextEdit::replace(TextRange::new(0, old.len()), new));
    TextEdits::new(edits.collect()).unwrap_or_else(|_| all()).minimal(old)
}

/// As [`edits`], of texts of which most may be one in memory: only the lines from the first to the last
/// that differ are looked at.
pub fn edits_shared(old: &SharedText, new: &SharedText) -> TextEdits {
    let Some(Difference { start, old_end, new_end }) = old.difference(new) else {
        return TextEdits::default();
    };
    // What stands before is the same in both, and so is what stands behind.
    let start = old.line_start(start);
    let behind = old.line_end(old_end) - old_end;
    let (old_end, new_end) = (old_end + behind, new_end + behind);
    edits(&old.copy(start..old_end), &new.copy(start..new_end)).moved(start)
}

/// Lines that stand for others.
pub(super) struct Hunk {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// Which lines of `new` stand for which of `old`.
pub(super) fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let diff = TextDiff::from_slices(old, new);
    let changed = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    changed.map(|op| Hunk { old: op.old_range(), new: op.new_range() }).collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Where each line starts, and where the last one ends.
fn starts(lines: &[&str]) -> Vec<usize> {
    let ends = lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::text::line_index::floor_char_boundary;

    #[track_caller]
    fn check(old: &str, new: &str, expected: Expect) {
        expected.assert_eq(&unified("plans/todo.md", old, new, 1));
    }

    proptest! {
        #[test]
        fn edits_of_shared_texts_make_the_one_of_the_other(
            old in "[ab\r\n\u{e4}]{0,90}",
            places in prop::collection::vec((0..90usize, 0..6usize, "[ab\r\n\u{e4}]{0,4}"), 0..3),
        ) {
            let starts = old.char_indices().map(|(at, _)| at);
            let before = SharedText::from(old.as_str()).cut(starts);
            let mut after = before.clone();
            for (at, length, with) in places {
                let bound = |at: usize| floor_char_boundary(&after, at);
                let start = bound(at);
                after = after.replaced(start..bound(start + length).max(start), &with);
            }
            let made = edits_shared(&before, &after);
            prop_assert_eq!(made.apply(&before), &*after);
            prop_assert_eq!(made.minimal(&before), made);
        }
    }

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(unified("a.md", "same\n", "same\n", 3), "");
    }

    #[test]
    fn a_changed_line_stands_in_its_context() {
        check(
            "1\n2\n3\n4\n5\n",
            "1\n2\nthree\n4\n5\n",
            expect![[r#"
                --- a/plans/todo.md
                +++ b/plans/todo.md
                @@ -2,3 +2,3 @@
                 2
                -3
                +three
                 4
            "#]],
        );
    }

    #[test]
    fn distant_changes_are_hunks_of_their_own() {
        check(
            "1\n2\n3\n4\n5\n6\n",
            "one\n2\n3\n4\n5\nsix\n",
            expect![[r#"
                --- a/plans/todo.md
                +++ b/plans/todo.md
                @@ -1,2 +1,2 @@
                -1
                +one
                 2
                @@ -5,2 +5,2 @@
                 5
                -6
                +six
            "#]],
        );
    }

    #[test]
    fn a_missing_last_line_break_is_said() {
        check(
            "é",
            "é\n",
            expect![[r#"
                --- a/plans/todo.md
                +++ b/plans/todo.md
                @@ -1 +1 @@
                -é
                \ No newline at end of file
                +é
            "#]],
        );
    }

    #[test]
    fn a_changed_line_ending_is_a_change() {
        let diff = unified("/a.md", "x\r\ny\r\n", "x\r\ny\n", 0);
        assert_eq!(diff, "--- a/a.md\n+++ b/a.md\n@@ -2 +2 @@\n-y\r\n+y\n");
    }

    #[test]
    fn a_lone_carriage_return_ends_no_line() {
        let diff = unified("a.md", "x\r", "y\r", 0);
        assert_eq!(
            diff,
            "--- a/a.md\n+++ b/a.md\n@@ -1 +1 @@\n-x\r\n\\ No newline at end of file\n+y\r\n\\ No \
             newline at end of file\n"
        );
    }

    #[test]
    fn a_new_file_comes_from_nowhere() {
        check(
            "",
            "new\n",
            expect![[r#"
                --- /dev/null
                +++ b/plans/todo.md
                @@ -0,0 +1 @@
                +new
            "#]],
        );
    }

    #[test]
    fn edits_touch_only_what_differs() {
        let edits = edits("- [ ] one\n- [ ] two\n- [ ] three\n", "- [x] one\n- [ ] two\n- [ ] 3\n");
        let list: Vec<_> = edits.iter().map(|edit| (edit.range, edit.insert.as_str())).collect();
        assert_eq!(list, [(TextRange::new(3, 4), "x"), (TextRange::new(26, 31), "3")]);
    }

    #[test]
    fn edits_of_equal_texts_are_none() {
        assert!(edits("same\r\n", "same\r\n").is_empty());
        assert!(edits("", "").is_empty());
    }

    proptest! {
        #[test]
        fn edits_make_the_new_text(old in "[abé\r\n]{0,24}", new in "[abé\r\n]{0,24}") {
            let edits = edits(&old, &new);
            prop_assert_eq!(edits.apply(&old), new.as_str());
            prop_assert_eq!(edits.invert(&old).apply(&new), old);
        }
    }
}
