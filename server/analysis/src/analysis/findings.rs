//! What is found: everything, in a file, at a place, or part by part.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::index::DocIdx;
use crate::profile::Severity;
use crate::profile::id::TaskId;
use crate::rules::Diagnostic;
use crate::rules::judge::{self, Judged, Workers};
use crate::text::TextRange;

/// A part of a document: some of its entities. What is found is told part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The document.
    pub doc: DocIdx,
    nth: usize,
}

impl Analysis {
    /// Every finding, in order of path and place. Computed once for each snapshot, and what has to
    /// do with no editor once for all snapshots that differ in nothing else.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.all.get_or_init(|| {
            let mut all = self.judged().diagnostics(self);
            all.extend(judge::of_config(self));
            all.extend_from_slice(self.of_editors());
            judge::sort(&mut all);
            all
        })
    }

    /// The findings in one file, in order of place.
    pub fn diagnostics_in(&self, path: &str) -> Vec<Diagnostic> {
        let of_file = |found: &&Diagnostic| found.path.as_str() == path;
        let mut all: Vec<Diagnostic> = self.of_editors().iter().filter(of_file).cloned().collect();
        all.extend(judge::of_config(self).filter(|found| of_file(&found)));
        if let Some((doc, _)) = self.index.document(path) {
            all.extend(self.judged().in_document(self, doc));
        }
        judge::sort(&mut all);
        all
    }

    /// The findings at a place of a document, and those that it explains, in order of path and place.
    pub fn diagnostics_at(&self, doc: DocIdx, range: TextRange) -> Vec<Diagnostic> {
        let path = &self.index.docs[doc].path;
        let is_here = |found: &&Diagnostic| {
            let mut related = found.related.iter().filter(|related| related.path == *path);
            (found.path == *path && found.range.intersects(range))
                || related.any(|related| related.range.intersects(range))
        };
        let mut all: Vec<Diagnostic> = self.of_editors().iter().filter(is_here).cloned().collect();
        all.extend(self.judged().at(self, doc, range));
        judge::sort(&mut all);
        all
    }

    /// How many errors and warnings are about a task. What has to do with editors is not among them.
    pub fn n_findings(&self, task: &TaskId) -> usize {
        let found = self.judged().about(self, task);
        found.filter(|found| found.severity != Severity::Info).count()
    }

    /// The tasks of which a list may show something else than in `before`; `None` where that may be any.
    /// Where they stand in their files is not looked at.
    pub fn tasks_other_than(&self, before: &Analysis) -> Option<BTreeSet<TaskId>> {
        if !self.instances.is_same(&before.instances) || !Arc::ptr_eq(&self.config, &before.config)
        {
            return None;
        }
        let mut tasks = self.judged().tasks_other_than(before.judged())?;
        tasks.extend(self.index.tasks_shown_otherwise(&before.index));
        Some(tasks)
    }

    /// The parts of documents where other findings are to be told than of `before`, or at other lines;
    /// `None` where that may be anywhere. What has to do with editors is in none of them.
    pub fn parts_other_than(&self, before: &Analysis) -> Option<BTreeSet<Part>> {
        let same = self.index.docs.len() == before.index.docs.len()
            && self.instances.is_same(&before.instances)
            && Arc::ptr_eq(&self.config, &before.config);
        let judged = self.judged();
        let parts = same.then(|| judged.other_parts(before.judged(), self, before))??;
        Some(parts.into_iter().map(|(doc, nth)| Part { doc, nth }).collect())
    }

    /// The parts of a document, in order.
    pub fn parts(&self, doc: DocIdx) -> impl Iterator<Item = Part> {
        (0..judge::n_parts(self, doc)).map(move |nth| Part { doc, nth })
    }

    /// The findings that stand in a part or are explained there, in order of path and place, and where
    /// the part stands.
    pub fn diagnostics_of(&self, part: Part) -> (Vec<Diagnostic>, TextRange) {
        let (mut found, range) = self.judged().in_part(self, (part.doc, part.nth));
        judge::sort(&mut found);
        (found, range)
    }

    /// The findings that are in no part of a document: about editors, and about the configuration.
    pub fn diagnostics_of_none(&self) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = judge::of_config(self).collect();
        all.extend_from_slice(self.of_editors());
        judge::sort(&mut all);
        all
    }

    /// The findings of a rule that have a fix, and stand in a document or are explained there. Each is
    /// looked for when it is asked for: a few of them cost no more where there are many.
    pub(crate) fn fixable(
        &self,
        doc: DocIdx,
        rule: &'static str,
    ) -> impl Iterator<Item = Diagnostic> {
        let path = &self.index.docs[doc].path;
        let of_editors = self.of_editors().iter().filter(move |found| {
            let mut related = found.related.iter();
            found.rule == rule
                && found.fixable
                && (found.path == *path || related.any(|related| related.path == *path))
        });
        self.judged().fixable(self, doc, rule).chain(of_editors.cloned())
    }

    /// Runs the rules now, if they are still to be run: over all of a workspace that is new, with the
    /// work shared out among `workers`. Else the first who asks for findings does all of it.
    pub fn judge(&self, workers: &Workers<'_>) {
        self.judging.judged(self, workers);
    }

    fn judged(&self) -> &Arc<Judged> {
        self.judging.judged(self, &judge::alone)
    }

    fn of_editors(&self) -> &[Diagnostic] {
        self.diagnostics.of_editors.get_or_init(|| judge::of_editors(self))
    }
}
