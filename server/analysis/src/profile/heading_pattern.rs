//! Expressions for headings. Most end by taking all the rest as the title, and to find where that
//! begins takes a fraction of what it takes to go through it.

use std::ops::Range;

use regex::{Captures, Regex};

/// Matches the text of headings.
#[derive(Clone, Debug)]
pub struct HeadingPattern {
    whole: Regex,
    /// What stands before a title that is all the rest, and whether that may be empty.
    head: Option<(Regex, bool)>,
}

impl HeadingPattern {
    /// Matches what `whole` does.
    pub(super) fn new(whole: Regex) -> HeadingPattern {
        let head = before_title(whole.as_str());
        let head =
            head.and_then(|(head, may_be_empty)| Some((Regex::new(head).ok()?, may_be_empty)));
        HeadingPattern { whole, head }
    }

    /// The whole expression.
    pub fn as_str(&self) -> &str {
        self.whole.as_str()
    }

    /// The groups but for `title`, and where that is.
    pub fn captures<'t>(&self, text: &'t str) -> Option<(Captures<'t>, Option<Range<usize>>)> {
        // What takes all the rest ends at a line break.
        if let Some((head, may_be_empty)) = self.head.as_ref().filter(|_| !text.contains('\n')) {
            let found = head.captures(text)?;
            let title = found.get_match().end()..text.len();
            if *may_be_empty || !title.is_empty() {
                return Some((found, Some(title)));
            }
        }
        let found = self.whole.captures(text)?;
        let title = found.name("title").map(|title| title.range());
        Some((found, title))
    }
}

/// What stands before `(?<title>.+)$`, and whether the title may be empty; `None` where that is no
/// part by itself of the whole expression, or may mean something else.
fn before_title(source: &str) -> Option<(&str, bool)> {
    let (head, may_be_empty) = match source.strip_suffix("(?<title>.+)$") {
        Some(head) => (head, false),
        None => (source.strip_suffix("(?<title>.*)$")?, true),
    };
    let (mut depth, mut in_class) = (0_usize, false);
    let mut rest = head.chars();
    while let Some(c) = rest.next() {
        match (c, in_class) {
            ('\\', _) => drop(rest.next()?),
            (']', true) => in_class = false,
            // A class in a class.
            ('[', true) => return None,
            (_, true) => {}
            ('[', false) => {
                in_class = true;
                let inner = rest.as_str();
                // Here a bracket closes nothing.
                if inner.strip_prefix('^').unwrap_or(inner).starts_with(']') {
                    return None;
                }
            }
            ('(', false) => {
                depth += 1;
                let inner = rest.as_str();
                // Flags that hold for what follows, or let spaces and comments be none of it.
                let flags = inner.strip_prefix('?').and_then(|it| it.split([':', '<', ')']).next());
                if flags
                    .is_some_and(|it| it.contains('x') || inner[1 + it.len()..].starts_with(')'))
                {
                    return None;
                }
            }
            (')', false) => depth = depth.checked_sub(1)?,
            ('|', false) if depth == 0 => return None,
            _ => {}
        }
    }
    (depth == 0 && !in_class).then_some((head, may_be_empty))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::builtin;

    #[test]
    fn the_title_is_what_the_whole_expression_takes_for_it() {
        let own = builtin::profiles()
            .flat_map(|profile| {
                let sections = profile.roles.iter().flat_map(|role| &role.sections);
                sections.map(|rule| rule.heading.whole.as_str().to_owned()).collect::<Vec<_>>()
            })
            .collect::<Vec<_>>();
        let n_cut = own.iter().filter(|it| before_title(it).is_some()).count();
        assert!(n_cut > 1, "{own:?}");
        let others = [
            r"(?<id>[0-9]+?)(?<title>.+)$",
            r"(?<id>[0-9]+)(?<title>.*)$",
            r"^(?<id>a+|b)(?<title>.+)$",
            r"^a|(?<id>b)(?<title>.+)$",
            r"(?s)^(?<id>a)(?<title>.+)$",
            r"(?<id>[]a]|[\[(])(?<title>.+)$",
            r"^(?<id>a*)(?<title>.+)$",
        ];
        let texts = [
            "",
            "a",
            "aa",
            "ab",
            "b",
            "12",
            "123: Add",
            "7. Add login",
            "7. ",
            "[x] 7. Add\nmore",
            "Phase 1",
            "Phase 1: Port [DONE]",
            "a\nb",
            "]rest",
            "(rest",
            "**Phase 2.1a** x",
            "#7 - é",
            "Task 12) title [PLANNED]",
            "aé",
            "x 3 y 4",
        ];
        for source in own.iter().map(String::as_str).chain(others) {
            let whole = Regex::new(source).expect("an expression");
            let pattern = HeadingPattern::new(whole.clone());
            for text in texts {
                let groups = |found: &Captures<'_>, title: Option<Range<usize>>| {
                    let own =
                        ["id", "number", "status"].map(|it| found.name(it).map(|it| it.range()));
                    (own, title)
                };
                let expected = whole.captures(text);
                let expected =
                    expected.map(|it| groups(&it, it.name("title").map(|it| it.range())));
                let found = pattern.captures(text).map(|(it, title)| groups(&it, title));
                assert_eq!(found, expected, "{source} in {text:?}");
            }
        }
    }

    #[test]
    fn what_is_no_part_by_itself_is_not_cut_off() {
        for source in [
            r"^a|b(?<title>.+)$",
            r"(?s)a(?<title>.+)$",
            r"(?x: a)(?<title>.+)$",
            r"[]a](?<title>.+)$",
            r"[a[b]](?<title>.+)$",
            r"a(?<title>.+)",
        ] {
            assert_eq!(before_title(source), None, "{source}");
        }
        assert_eq!(
            before_title(r"^(?:a|\()(?i-u:b)(?<title>.*)$"),
            Some((r"^(?:a|\()(?i-u:b)", true))
        );
    }
}
