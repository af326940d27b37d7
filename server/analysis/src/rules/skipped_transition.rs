//! A status that follows the one at the base only by way of others.

use crate::index::Task;
use crate::profile::Severity;
use crate::rules::since_base::{found, was};
use crate::rules::{Check, Findings, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::base::ChangeSinceBase;

/// The rule.
pub static RULE: Rule = Rule {
    id: "skipped-transition",
    severity: Severity::Info,
    summary: "a status has gone further since the commit that is compared with than one step leads",
    doc: include_str!("skipped_transition.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    for change in analysis.changes_since_base(task) {
        let ChangeSinceBase { vocabulary, from, to, .. } = change;
        if vocabulary.allows(from, to) || !vocabulary.reaches(from, to) {
            continue;
        }
        let new = &vocabulary.get(to).id;
        let message = format!("{} to {new} in more than one step", was(analysis, task, &change));
        if let Some(found) = found(analysis, task, &change, message) {
            findings.push(found);
        }
    }
}
