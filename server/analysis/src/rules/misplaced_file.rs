//! A task whose folder says another status than its text.

use crate::index::Place;
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "misplaced-file",
    severity: Severity::Warning,
    summary: "the folder of a task says another status than its text",
    doc: include_str!("misplaced_file.md"),
    checks: &[Check::Entity(check)],
    fix: None,
};

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    let Some(folder) = &document.facts.captures.status else { return };
    if !index.is_document(place) || !is_judged(analysis, place.doc) {
        return;
    }
    let vocabulary = index.vocabulary_at(place);
    let Some(by_folder) = vocabulary.lookup(folder) else { return };
    let Some(spot) = index.spots(place).find(|spot| spot.status().is_some()) else { return };
    let category = |status| vocabulary.get(status).category;
    if spot.status().map(category) == Some(category(by_folder)) {
        return;
    }
    // The place that is trusted speaks for the others.
    let Some(task) = index.task_at(place) else { return };
    if index.authority(task).is_some_and(|authority| authority.place != place) {
        return;
    }
    let word = index.profile_of(task).word_for(task.what());
    let called = index.called(task);
    let message = format!("{word} {called} is {} here, but its folder says {folder}", spot.shown());
    findings.push(Finding::at(&spot, message).task(&task.id));
}
