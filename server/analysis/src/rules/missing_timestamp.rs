//! A status without the time at which it was entered.

use crate::analysis::Analysis;
use crate::index::{Place, Task};
use crate::model::FieldRole;
use crate::profile::vocabulary::{StatusDef, StatusIdx};
use crate::profile::{EntityKind, Severity};
use crate::rules::{Finding, Findings, Rule, shown};

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-timestamp",
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a status that must carry a time does not",
    doc: include_str!("missing_timestamp.md"),
    check,
    fix: None,
};

fn check(analysis: &Analysis, findings: &mut Findings<'_>) {
    let (index, profile) = (&analysis.index, &analysis.profile);
    let tasks = profile.vocabulary(EntityKind::Task);
    for task in index.tasks.values().filter(|task| index.is_live(task)) {
        let Some(authority) = index.authority(task) else { continue };
        let Some(stamp) = authority.status().and_then(|s| required(tasks.get(s))) else { continue };
        if authority.entity.derived_id || any_stamp(analysis, task, stamp) {
            continue;
        }
        let is = shown(&authority);
        let message = format!("task {} is {is}, but no `{stamp}` says since when", task.id);
        findings.push(Finding::at(&authority, message).task(&task.id));
    }
    let phases = profile.vocabulary(EntityKind::Phase);
    for (doc, document) in index.docs.iter().enumerate() {
        if document.facts.history || crate::rules::is_superseded(analysis, doc) {
            continue;
        }
        for (entity, _) in document.facts.entities.iter().enumerate().filter(|(_, e)| e.kind == EntityKind::Phase) {
            let place = Place { doc, entity };
            let status: Option<StatusIdx> = index.status_at(place);
            let Some(stamp) = status.and_then(|s| required(phases.get(s))) else { continue };
            let role = FieldRole::Stamp(stamp.to_owned());
            if document.facts.fields_of(entity).any(|field| field.role == role) {
                continue;
            }
            let Some(spot) = index.spots(place).next() else { continue };
            let is = shown(&spot);
            let message = format!("this phase is {is}, but no `{stamp}` says since when");
            let mut finding = Finding::at(&spot, message);
            finding.task = index.task_at(place).map(|task| task.id.clone());
            findings.push(finding);
        }
    }
}

fn required(def: &StatusDef) -> Option<&str> {
    def.stamp.as_deref().filter(|_| def.stamp_required)
}

fn any_stamp(analysis: &Analysis, task: &Task, stamp: &str) -> bool {
    let role = FieldRole::Stamp(stamp.to_owned());
    task.places.iter().any(|place| {
        analysis.index.docs[place.doc].facts.fields_of(place.entity).any(|f| f.role == role)
    })
}
