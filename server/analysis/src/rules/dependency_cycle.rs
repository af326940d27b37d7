//! Tasks that wait for each other, so that none can begin.

use crate::index::{DocIdx, Task};
use crate::profile::Severity;
use crate::profile::id::TaskId;
use crate::rules::{Check, Finding, Findings, Related, Rule, dependencies_at, waits};
use crate::snapshot::Snapshot;
use crate::text::TextRange;

/// The rule.
pub static RULE: Rule = Rule {
    id: "dependency-cycle",
    severity: Severity::Warning,
    summary: "tasks depend on each other in a circle",
    doc: include_str!("dependency_cycle.md"),
    checks: &[Check::Workspace(check)],
    fix: None,
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    let is_left = |id: &TaskId| analysis.index.tasks.get(id).is_some_and(|it| waits(analysis, it));
    for cycle in analysis.index.cycles_among(&is_left) {
        let tasks: Vec<&Task> = cycle
            .iter()
            .filter_map(|id| analysis.index.tasks.get(id).map(|task| &**task))
            .collect();
        let Some((first, others)) = tasks.split_first() else { continue };
        let names: Vec<String> =
            others.iter().map(|task| analysis.index.called(task).into_owned()).collect();
        let id = analysis.index.called(first);
        let message = match names.as_slice() {
            [] => format!("task {id} depends on itself"),
            names => format!(
                "task {id} waits for itself: it depends on {}, which depends on {id}",
                names.join(", which depends on "),
            ),
        };
        let Some((doc, range)) = place(analysis, first) else { continue };
        let mut finding = Finding::new(doc, range, message).task(&first.id);
        for (other, next) in others.iter().zip(others.iter().skip(1).chain([first])) {
            let Some((doc, range)) = place(analysis, other) else { continue };
            let path = analysis.index.docs[doc].path.clone();
            let message = {
                let name = |task| analysis.index.called(task);
                format!("task {} depends on {} here", name(other), name(next))
            };
            finding = finding.related(Related { path, range, message });
        }
        findings.push(finding);
    }
}

/// Where a task says what it depends on.
fn place(analysis: &Snapshot, task: &Task) -> Option<(DocIdx, TextRange)> {
    let index = &analysis.index;
    let place = task.places.iter().find(|place| !index.entity(**place).depends.is_empty())?;
    Some((place.doc, dependencies_at(analysis, *place)))
}
