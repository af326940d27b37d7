//! A router of which more than one route is taken.

use crate::index::Task;
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Related, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "conflicting-routes",
    severity: Severity::Warning,
    summary: "two routes of a router are taken",
    doc: include_str!("conflicting_routes.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.relations().is_empty() {
        return;
    }
    let taken = index.taken_routes(task);
    let (Some(place), [_, _, ..]) = (task.places.first(), &taken[..]) else { return };
    let word = index.profile_of(task).word_for(task.what());
    let names: Vec<_> = taken.iter().map(|route| index.called(route)).collect();
    let message = format!(
        "{word} {} has one route, but {} are taken: {}",
        index.called(task),
        taken.len(),
        names.join(", ")
    );
    let mut finding = match index.authority(task) {
        Some(spot) => Finding::at(&spot, message),
        None => Finding::new(place.doc, index.entity(*place).name, message).place(*place),
    };
    for route in taken.iter().take(8) {
        if let Some(spot) = index.authority(route) {
            let text = format!("{} is {} here", index.called(route), spot.shown());
            finding = finding.related(Related::spot(&spot, text));
        }
    }
    findings.push(finding.task(&task.id));
}
