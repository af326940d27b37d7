//! Places as a test reads them, and the cursor of a fixture.

use crate::analysis::Analysis;
use crate::profile::builtin;
use crate::testing::{analysis, pages};
use crate::text::TextRange;

/// The workspace of a fixture with its cursor: the file and the offset in it.
#[track_caller]
pub(crate) fn at_cursor(fixture: &str) -> (Analysis, String, usize) {
    let (analysis, fixture) = analysis(fixture);
    let (path, offset) = fixture.cursor();
    (analysis, path.to_owned(), offset)
}

/// A place as `TODO.md:2 words`, of several lines the first.
pub(crate) fn place(analysis: &Analysis, path: &str, range: TextRange) -> String {
    let Some((text, lines)) = analysis.source(path) else { return path.to_owned() };
    let line = lines.line_col(range.start as usize).line + 1;
    let words = range.of(text).lines().next().unwrap_or_default();
    format!("{path}:{line} {words}").trim_end().to_owned()
}

/// A workspace of every built-in profile: the first example of its page.
pub(crate) fn examples() -> impl Iterator<Item = (&'static str, Analysis)> {
    builtin::SOURCES.iter().map(|source| (source.id, analysis(&pages::example(source.page)).0))
}
