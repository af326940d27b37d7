//! One finding, mended in one of the ways that its rule offers.

use super::{Draft, FindingNamed, Refused, gone};
use crate::analysis::Analysis;
use crate::rules::drift::is_same_way;
use crate::rules::{self, Diagnostic};

impl Draft<'_> {
    pub(super) fn fix_finding(
        &mut self,
        finding: FindingNamed<'_>,
        task: Option<&str>,
        title: &str,
    ) -> Result<(), Refused> {
        let of_task = |d: &&Diagnostic| d.task.as_ref().map(|id| id.as_str()) == task;
        let found = finding.nearest_first(&self.state);
        let fixes =
            found.iter().filter(of_task).flat_map(|d| rules::fixes(&self.state, d, self.at));
        let fix = fixes.into_iter().find(|fix| is_same_way(&fix.title, title));
        let lost = || gone("this finding is fixed already, or the text has changed");
        let fix = fix.ok_or_else(lost)?;
        self.mended += 1;
        self.take(fix.change);
        Ok(())
    }
}

impl FindingNamed<'_> {
    /// The findings that may be meant.
    pub(super) fn nearest_first(&self, analysis: &Analysis) -> Vec<Diagnostic> {
        let mut found = analysis.diagnostics_in(self.path);
        found.retain(|d| d.rule == self.rule && d.path.as_str() == self.path);
        found.sort_by_key(|d| d.range.start.abs_diff(self.start));
        found
    }
}
