//! An entry or a record of a task that says no status, where those of its kind do.

use crate::index::{Index, Place, Task};
use crate::profile::{Format, RecordList, Severity};
use crate::rules::{Check, Finding, Findings, Related, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-status",
    severity: Severity::Warning,
    summary: "an entry or a record of a task says no status",
    doc: include_str!("missing_status.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.statuses(task).next().is_none() && index.status(task).is_none() {
        let silent = task.places.iter().find(|place| is_to_say(analysis, **place));
        if let Some(place) = silent {
            findings.push(silent_place(index, task, *place));
        }
    }
    // Only where two files have the task is it certain that this is one.
    let paired: Vec<Place> =
        task.places.iter().copied().filter(|it| is_paired(analysis, *it)).collect();
    let role = |place: &Place| index.docs[place.doc].facts.role;
    if paired.iter().all(|place| role(place) == role(&paired[0])) {
        return;
    }
    let says = index.statuses(task).next();
    for place in paired.iter().filter(|place| index.spots(**place).next().is_none()) {
        if index.docs[place.doc].facts.broken.is_some() {
            continue;
        }
        let finding = silent_place(index, task, *place);
        findings.push(match &says {
            Some(spot) => finding.related(Related {
                path: spot.document.path.clone(),
                range: spot.occurrence.reading.range,
                message: format!("it is {} here", spot.shown()),
            }),
            None => finding,
        });
    }
}

/// Whether it is a record, or a file whose front matter says a status: nothing else can say it then.
fn is_to_say(analysis: &Snapshot, place: Place) -> bool {
    let index = &analysis.index;
    let (document, entity) = (&index.docs[place.doc], index.entity(place));
    let role = document.role();
    // A file without any says its status elsewhere, or is none of them.
    let first = document.text.copy(0..document.text.line_end(0));
    let front = role.document.as_ref().is_some_and(|it| it.front_matter.is_some())
        && first.trim_start_matches('\u{feff}').starts_with("---");
    let is_record = role.format != Format::Markdown && !role.records.is_empty();
    is_judged(analysis, place.doc)
        && !is_paired(analysis, place)
        && document.facts.broken.is_none()
        && entity.list == RecordList::Active
        && (is_record || (front && index.is_document(place)))
}

fn silent_place(index: &Index, task: &Task, place: Place) -> Finding {
    let message = format!("task {} has no status here", index.called(task));
    Finding::new(place.doc, index.entity(place).name, message).task(&task.id).place(place)
}

/// Whether it stands among live tasks in one of two files that must both have it.
fn is_paired(analysis: &Snapshot, place: Place) -> bool {
    let entity = analysis.index.entity(place);
    let role = analysis.index.docs[place.doc].facts.role;
    let pairs = &analysis.index.profile_at(place).pairs;
    pairs.iter().any(|(one, two)| role == *one || role == *two)
        && !entity.mention
        && entity.list == RecordList::Active
        && is_judged(analysis, place.doc)
}
