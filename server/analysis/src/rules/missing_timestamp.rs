//! A status without the time at which it was entered.

use crate::index::{Place, Task};
use crate::model::FieldRole;
use crate::profile::vocabulary::StatusDef;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Finding, Findings, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-timestamp",
    severity: Severity::Warning,
    summary: "a status has no timestamp, but the profile requires one",
    doc: include_str!("missing_timestamp.md"),
    checks: &[Check::Task(of_task), Check::Entity(of_phase)],
    fix: None,
};

fn of_task(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let Some(authority) = index.authority(task).filter(|_| index.is_live(task)) else { return };
    let vocabulary = analysis.index.vocabulary_of(task);
    let stamp = authority.status().and_then(|status| required(vocabulary.get(status)));
    let Some(stamp) = stamp else { return };
    if authority.entity.derived_id || any_stamp(analysis, task, stamp) {
        return;
    }
    if !task.places.iter().any(|place| index.lacks_stamp(*place, stamp)) {
        return;
    }
    let is = authority.shown();
    let message = format!("task {} is {is}, but has no `{stamp}` timestamp", index.called(task));
    findings.push(Finding::at(&authority, message).task(&task.id));
}

fn of_phase(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.entity(place).kind != EntityKind::Phase || !is_judged(analysis, place.doc) {
        return;
    }
    let vocabulary = analysis.index.profile_at(place).vocabulary(EntityKind::Phase);
    let stamp = index.status_at(place).and_then(|status| required(vocabulary.get(status)));
    let Some(stamp) = stamp else { return };
    let role = FieldRole::Stamp(stamp.into());
    let mut fields = index.docs[place.doc].facts.fields_of(place.entity);
    if fields.any(|field| field.role == role) || !index.lacks_stamp(place, stamp) {
        return;
    }
    let Some(spot) = index.spots(place).next() else { return };
    let is = spot.shown();
    let message = format!("this phase is {is}, but has no `{stamp}` timestamp");
    let mut finding = Finding::at(&spot, message);
    finding.task = index.task_at(place).map(|task| task.id.clone());
    findings.push(finding);
}

fn required(def: &StatusDef) -> Option<&str> {
    def.stamp.as_deref().filter(|_| def.stamp_required)
}

fn any_stamp(analysis: &Snapshot, task: &Task, stamp: &str) -> bool {
    let role = FieldRole::Stamp(stamp.into());
    task.places.iter().any(|place| {
        analysis.index.docs[place.doc].facts.fields_of(place.entity).any(|f| f.role == role)
    })
}
