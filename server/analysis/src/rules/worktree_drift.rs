//! A task that stands otherwise in another worktree of the repository.

use crate::index::Task;
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "worktree-drift",
    severity: Severity::Info,
    summary: "another worktree of the repository has another status",
    doc: include_str!("worktree_drift.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let elsewhere: Vec<String> = analysis
        .status_elsewhere(task)
        .map(|(worktree, status)| format!("{status} in {}", worktree.name))
        .collect();
    let Some(spot) = analysis.index.authority(task).filter(|_| !elsewhere.is_empty()) else {
        return;
    };
    let message = format!("task {} is {}", analysis.index.called(task), elsewhere.join(", "));
    let finding = Finding::new(spot.place.doc, spot.occurrence.reading.range, message);
    findings.push(finding.task(&task.id).place(spot.place));
}
