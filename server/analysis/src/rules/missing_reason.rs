//! A status that needs a reason and has none.

use crate::analysis::Analysis;
use crate::change::has_reason;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Finding, Findings, Rule, shown};

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-reason",
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a task is blocked or given up, and nothing says why",
    doc: include_str!("missing_reason.md"),
    check,
    fix: None,
};

fn check(analysis: &Analysis, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let vocabulary = analysis.profile.vocabulary(EntityKind::Task);
    for task in index.tasks.values().filter(|task| index.is_live(task)) {
        let Some(authority) = index.authority(task) else { continue };
        let Some(def) = authority.status().map(|status| vocabulary.get(status)) else { continue };
        let Some(field) = def.reason.as_deref().filter(|_| !has_reason(index, task)) else {
            continue;
        };
        let message = format!(
            "task {} is {}, but nothing says why; add a `{field}`",
            task.id,
            shown(&authority),
        );
        findings.push(Finding::at(&authority, message).task(&task.id));
    }
}
