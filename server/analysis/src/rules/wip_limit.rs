//! More tasks at work than there should be.

use crate::index::{Index, Spot, Task};
use crate::profile::Severity;
use crate::profile::vocabulary::Category;
use crate::rules::{Check, Finding, Findings, Related, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "wip-limit",
    severity: Severity::Warning,
    summary: "more tasks are active than the configuration allows",
    doc: include_str!("wip_limit.md"),
    checks: &[Check::Workspace(check)],
    fix: None,
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    let Some(limit) = analysis.config.wip_limit else { return };
    let index = &analysis.index;
    for own in analysis.instances.iter() {
        let is_own = |task: &&Task| std::ptr::eq(index.profile_of(task), &**own);
        let tasks = index.tasks.values().map(|task| &**task).filter(is_own);
        let active: Vec<&Task> = tasks.filter(|task| is_active(index, task)).collect();
        if active.len() <= limit {
            continue;
        }
        let spots: Vec<(&Task, Spot<'_>)> =
            active.iter().filter_map(|task| Some((*task, index.authority(task)?))).collect();
        let Some(((first, spot), others)) = spots.split_first() else { continue };
        let message = format!("{} tasks are active, but at most {limit} may be", active.len());
        let mut finding = Finding::at(spot, message).task(&first.id);
        for (task, spot) in others {
            let message = format!("task {} is active too", index.called(task));
            let (path, range) = (spot.document.path.clone(), spot.occurrence.reading.range);
            finding = finding.related(Related { path, range, message });
        }
        findings.push(finding);
    }
}

/// Whether somebody works at a task itself, rather than only at parts of it.
fn is_active(index: &Index, task: &Task) -> bool {
    let is_active = |task: &Task| index.category(task) == Some(Category::Active);
    index.is_live(task) && is_active(task) && !index.children(task).any(is_active)
}
