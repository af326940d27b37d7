//! Places as a test reads them, and the cursor of a fixture.

use std::collections::BTreeMap;

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

/// Workspaces of every built-in profile in which nothing is found: those that its page shows as such.
pub(crate) fn silent_examples() -> impl Iterator<Item = (&'static str, Analysis)> {
    builtin::SOURCES.iter().flat_map(|source| {
        let fixtures = pages::silent(source.page).into_iter();
        fixtures.map(|fixture| (source.id, analysis(&fixture).0))
    })
}

/// How many findings there are of each rule.
pub(crate) fn findings_by_rule(analysis: &Analysis) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for found in analysis.diagnostics() {
        *counts.entry(found.rule).or_default() += 1;
    }
    counts
}

/// The rules of which there are more findings than there were.
pub(crate) fn new_findings(
    before: &BTreeMap<&'static str, usize>,
    after: &Analysis,
) -> Vec<&'static str> {
    let now = findings_by_rule(after).into_iter();
    let more = now.filter(|(rule, n)| *n > before.get(rule).copied().unwrap_or_default());
    more.map(|(rule, _)| rule).collect()
}

/// Rules that tell how the work stands, and not that files disagree: who takes up a task before another is
/// done is told so.
pub(crate) const OF_WORK: [&str; 4] =
    ["unmet-dependency", "stale-rollup", "unchecked-work", "finished-unmarked"];

/// A workspace of every built-in profile: the first example of its page.
pub(crate) fn examples() -> impl Iterator<Item = (&'static str, Analysis)> {
    builtin::SOURCES.iter().map(|source| (source.id, analysis(&pages::example(source.page)).0))
}
