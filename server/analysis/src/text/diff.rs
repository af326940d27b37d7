//! Two texts as a unified diff.

use similar::TextDiff;

/// What turns `old` into `new`, in the form `patch` and `git apply` read; empty if they are equal.
///
/// `path` names both sides (`a/…`, `b/…`), `context` is the number of unchanged lines shown around
/// a change. Only `\n` ends a line here, so a changed line ending shows as a changed line.
pub fn unified(path: &str, old: &str, new: &str, context: usize) -> String {
    if old == new {
        return String::new();
    }
    let path = path.trim_start_matches('/');
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let diff = TextDiff::from_slices(&old_lines, &new_lines);

    let mut res = format!("--- a/{path}\n+++ b/{path}\n");
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

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expected: Expect) {
        expected.assert_eq(&unified("plans/todo.md", old, new, 1));
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
    fn an_empty_side_starts_at_line_zero() {
        check(
            "",
            "new\n",
            expect![[r#"
                --- a/plans/todo.md
                +++ b/plans/todo.md
                @@ -0,0 +1 @@
                +new
            "#]],
        );
    }
}
