//! Lines as they stood before changes of statuses replaced them, as the history of changes tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// How many changes a line is followed back.
const MOST: usize = 16;

/// A line that a change replaced by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacedLine {
    /// What stood above it, as far as that is known: whole lines, but for the first. Nothing, where it was
    /// the first line.
    pub above: String,
    /// What it was, without its line break.
    pub was: String,
    /// What it became, without its line break.
    pub is: String,
    /// The day of the change: `2026-01-02`.
    pub day: String,
    /// The ids of the tasks that the change gave another status.
    pub tasks: Arc<[String]>,
}

/// A text in which a change put lines elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierText {
    /// Of each place that was changed what stands before it, what was put there, what had been there, and
    /// what stands after it.
    pub pieces: Vec<[String; 4]>,
    /// The ids of the tasks that the change gave another status.
    pub tasks: Arc<[String]>,
}

impl EarlierText {
    /// The edits by which a text is what it was before the change; nothing where any place of it is not as
    /// the change left it, or may be one of several.
    pub(crate) fn edits(&self, text: &str) -> Option<TextEdits> {
        let place = |[before, new, old, after]: &[String; 4]| {
            let whole = format!("{before}{new}{after}");
            let mut found = text.match_indices(&whole).map(|(at, _)| at);
            let at = found.next().filter(|_| found.next().is_none())?;
            // A place of which nothing is kept may be anywhere.
            let start = (!whole.is_empty()).then_some(at + before.len())?;
            Some(TextEdit::replace(TextRange::new(start, start + new.len()), old.clone()))
        };
        TextEdits::new(self.pieces.iter().map(place).collect::<Option<Vec<_>>>()?).ok()
    }
}

/// What a line was before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EarlierStep<'l> {
    /// The line.
    pub(crate) was: &'l str,
    /// The day of the change.
    pub(crate) day: &'l str,
}

/// Where a line stands that may have been another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinePlace<'l> {
    /// The file.
    pub(crate) path: &'l str,
    /// The line.
    pub(crate) line: &'l str,
    /// The text above it, or the end of that.
    pub(crate) above: &'l str,
    /// The id of the task whose line it is.
    pub(crate) task: &'l str,
}

/// Lines that changes have replaced, by file, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EarlierLines {
    by_file: BTreeMap<String, FileLines>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct FileLines {
    all: Vec<ReplacedLine>,
    /// Which of them became a line.
    by_line: FxHashMap<String, Vec<usize>>,
    /// Texts in which lines went elsewhere, the newest first.
    texts: Vec<EarlierText>,
}

impl EarlierLines {
    /// Takes in a line that an older change than all before has replaced in the file at `path`.
    pub fn push(&mut self, path: &str, line: ReplacedLine) {
        let file = self.by_file.entry(path.to_owned()).or_default();
        file.by_line.entry(line.is.clone()).or_default().push(file.all.len());
        file.all.push(line);
    }

    /// Takes in a text in which an older change than all before has put lines elsewhere.
    pub fn push_text(&mut self, path: &str, text: EarlierText) {
        self.by_file.entry(path.to_owned()).or_default().texts.push(text);
    }

    /// The texts of a file in which a change of this task alone put lines elsewhere, the newest first.
    pub(crate) fn texts_of<'e>(
        &'e self,
        path: &str,
        task: &'e str,
    ) -> impl Iterator<Item = &'e EarlierText> {
        let all = self.by_file.get(path).into_iter().flat_map(|file| &file.texts);
        all.filter(move |text| matches!(&*text.tasks, [only] if only == task))
    }

    /// Whether none are known of a file.
    pub(crate) fn is_silent(&self, path: &str) -> bool {
        !self.by_file.contains_key(path)
    }

    /// What a line was before it became what it is, step by step back: by changes of its task alone, or by
    /// those of several that found it below the same text.
    pub(crate) fn of<'l>(&'l self, place: LinePlace<'_>) -> Vec<EarlierStep<'l>> {
        let Some(file) = self.by_file.get(place.path) else { return Vec::new() };
        let mut steps = Vec::new();
        let (mut now, mut from) = (place.line, 0);
        while let Some(found) = file.by_line.get(now).filter(|_| steps.len() < MOST) {
            let older = found.iter().copied().filter(|at| *at >= from);
            let Some(at) = older.into_iter().find(|at| file.all[*at].is_at(place)) else { break };
            let known = &file.all[at];
            (now, from) = (&known.was, at + 1);
            steps.push(EarlierStep { was: &known.was, day: &known.day });
        }
        steps
    }
}

impl ReplacedLine {
    fn is_at(&self, place: LinePlace<'_>) -> bool {
        let is_own = self.tasks.iter().any(|task| task == place.task);
        let is_alone = self.tasks.len() == 1;
        let is_below = match self.above.is_empty() {
            true => place.above.is_empty(),
            false => place.above.ends_with(&self.above),
        };
        is_own && (is_alone || is_below)
    }
}

#[cfg(test)]
mod tests {
    use super::{EarlierLines, LinePlace, ReplacedLine};

    fn lines(all: &[(&str, &str, &str, &[&str])]) -> EarlierLines {
        let mut lines = EarlierLines::default();
        for (above, was, is, tasks) in all {
            let [above, was, is, day] = [above, was, is, &"2026-01-02"].map(|it| (*it).to_owned());
            let tasks = tasks.iter().map(|task| (*task).to_owned()).collect();
            lines.push("TODO.md", ReplacedLine { above, was, is, day, tasks });
        }
        lines
    }

    #[test]
    fn a_line_is_followed_back_by_changes_of_its_task() {
        let lines = lines(&[
            ("a\n", "two", "three", &["1"]),
            ("a\n", "x", "two", &["2"]),
            ("b\n", "y", "two", &["1", "2"]),
            ("", "z", "two", &["1", "2"]),
            ("a\n", "one", "two", &["1", "2"]),
        ]);
        let of = |path: &str, line: &str, above: &str, task: &str| {
            let steps = lines.of(LinePlace { path, line, above, task });
            steps.iter().map(|step| step.was.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("TODO.md", "three", "# A\na\n", "1"), ["two", "one"]);
        // Its task alone was changed, so that it is its line wherever it stands.
        assert_eq!(of("TODO.md", "three", "# A\nc\n", "1"), ["two"]);
        assert_eq!(of("TODO.md", "three", "", "1"), ["two", "z"]);
        assert_eq!(of("TODO.md", "three", "# A\na\n", "2"), [""; 0]);
        assert_eq!(of("TODO.md", "two", "# A\na\n", "2"), ["x"]);
        assert_eq!(of("README.md", "three", "a\n", "1"), [""; 0]);
        assert_eq!(of("TODO.md", "four", "a\n", "1"), [""; 0]);
    }
}
