//! A status that cannot follow the one at the base.

use crate::index::Task;
use crate::profile::Severity;
use crate::rules::since_base::{found, was};
use crate::rules::{Check, Findings, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::base::ChangeSinceBase;

/// The rule.
pub static RULE: Rule = Rule {
    id: "invalid-transition",
    severity: Severity::Warning,
    summary: "a status cannot follow the one at the commit that is compared with",
    doc: include_str!("invalid_transition.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    for change in analysis.changes_since_base(task) {
        let ChangeSinceBase { vocabulary, from, to, .. } = change;
        if vocabulary.reaches(from, to) {
            continue;
        }
        let (old, new) = (vocabulary.get(from), vocabulary.get(to));
        let next: Vec<&str> = old.next.iter().map(|it| vocabulary.get(*it).id.as_str()).collect();
        let why = match next.is_empty() {
            true => format!("{} is final", old.id),
            false => format!("no way leads there; after {} may follow {}", old.id, next.join(", ")),
        };
        let message = format!("{} to {}: {why}", was(analysis, task, &change), new.id);
        if let Some(found) = found(analysis, task, &change, message) {
            findings.push(found);
        }
    }
}
