//! A row that says one status of several tasks, which contradict it. Nobody knows whether the row or the tasks
//! are behind, so that there is no fix.

use crate::index::Task;
use crate::profile::vocabulary::Category;
use crate::rules::{Finding, Findings, Related};
use crate::snapshot::Snapshot;

/// So many of the tasks are told.
const MOST: usize = 8;

pub(super) fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    for (doc, row) in index.shared_rows() {
        let against = index.against_row(doc, row, &|task| index.status(task));
        let Some(first) = against.first().filter(|_| are_certain(analysis, &against)) else {
            continue;
        };
        let document = &index.docs[doc];
        let [name, said] = [row.name, row.range].map(|it| it.of(&document.text).trim());
        let (n, all) = (against.len(), index.tasks_of_row(doc, row).len());
        let is_done = index.vocabulary_of(first).get(row.status).category == Category::Done;
        let they = match (is_done, n) {
            (false, _) => format!("all {all} are finished"),
            (true, 1) => format!("1 of {all} is not finished"),
            (true, _) => format!("{n} of {all} are not finished"),
        };
        let message = format!("`{said}` is said of {name}, but {they}");
        let mut finding = Finding::new(doc, row.range, message);
        for task in against.iter().take(MOST) {
            if let Some(spot) = index.authority(task) {
                let text = format!("{} is {} here", index.called(task), spot.shown());
                finding = finding.related(Related::spot(&spot, text));
            }
        }
        findings.push(finding);
    }
}

/// Whether the places of each task agree on its status.
fn are_certain(analysis: &Snapshot, tasks: &[&Task]) -> bool {
    tasks.iter().all(|task| analysis.index.agreed(task))
}
