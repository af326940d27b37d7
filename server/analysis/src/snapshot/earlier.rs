//! Lines as they stood before changes replaced them, as the history of changes tells.

use std::collections::BTreeMap;

/// How many changes a line is followed back.
const MOST: usize = 16;

/// A line that a change replaced by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedLine {
    /// What stood above it, as far as that is known: whole lines, but for the first.
    pub above: String,
    /// What it was, without its line break.
    pub was: String,
    /// What it became, without its line break.
    pub is: String,
    /// The day of the change: `2026-01-02`.
    pub day: String,
}

/// What a line was before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EarlierStep<'l> {
    /// The line.
    pub(crate) was: &'l str,
    /// The day of the change.
    pub(crate) day: &'l str,
}

/// Lines that changes have replaced, by file, the newest first.
#[derive(Clone, Debug, Default)]
pub struct EarlierLines {
    by_file: BTreeMap<String, Vec<ReplacedLine>>,
}

impl EarlierLines {
    /// Takes in a line that an older change than all before has replaced in the file at `path`.
    pub fn push(&mut self, path: &str, line: ReplacedLine) {
        self.by_file.entry(path.to_owned()).or_default().push(line);
    }

    /// Whether none are known of a file.
    pub(crate) fn is_silent(&self, path: &str) -> bool {
        !self.by_file.contains_key(path)
    }

    /// What a line was before it became what it is, step by step back. It is the one that a change
    /// wrote if it stands below the same lines, or `is_alone` says that the file has no other like it.
    pub(crate) fn of<'l>(
        &'l self,
        path: &str,
        line: &'l str,
        above: &str,
        is_alone: &dyn Fn() -> bool,
    ) -> Vec<EarlierStep<'l>> {
        let mut steps = Vec::new();
        let mut now = line;
        for known in self.by_file.get(path).into_iter().flatten() {
            let is_it = known.is == now
                && (steps.len() < MOST)
                && (above.ends_with(&known.above) || is_alone());
            if is_it {
                now = &known.was;
                steps.push(EarlierStep { was: now, day: &known.day });
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::{EarlierLines, ReplacedLine};

    fn lines(all: &[(&str, &str, &str)]) -> EarlierLines {
        let mut lines = EarlierLines::default();
        for (above, was, is) in all {
            let [above, was, is] = [above, was, is].map(|it| (*it).to_owned());
            let day = "2026-01-02".to_owned();
            lines.push("TODO.md", ReplacedLine { above, was, is, day });
        }
        lines
    }

    #[test]
    fn a_line_is_followed_back_below_the_same_lines_or_where_it_is_alone() {
        let lines = lines(&[("a\n", "two", "three"), ("b\n", "x", "two"), ("a\n", "one", "two")]);
        let of = |above: &str, is_alone: bool| {
            let steps = lines.of("TODO.md", "three", above, &|| is_alone);
            steps.iter().map(|step| step.was).collect::<Vec<_>>()
        };
        assert_eq!(of("# A\na\n", false), ["two", "one"]);
        assert_eq!(of("# A\nc\n", false), Vec::<&str>::new());
        assert_eq!(of("# A\nc\n", true), ["two", "x"]);
        assert_eq!(lines.of("README.md", "three", "a\n", &|| true), []);
        assert_eq!(lines.of("TODO.md", "four", "a\n", &|| true), []);
    }
}
