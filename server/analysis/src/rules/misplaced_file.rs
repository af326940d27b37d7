//! A task whose folder says another status than its text.

use crate::change::relocation::{contradicts, misplaced};
use crate::change::{Intent, Mode, Subject, unproven};
use crate::index::Place;
use crate::profile::Severity;
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "misplaced-file",
    severity: Severity::Warning,
    summary: "the folder of a task says another status than its text",
    doc: include_str!("misplaced_file.md"),
    checks: &[Check::Entity(check)],
    fix: Some(fix),
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
    let profile = &document.profile;
    let has_folder = |status| match &profile.folders {
        Some(folders) => folders.to.iter().any(|(it, _)| *it == status),
        None => true,
    };
    let is_elsewhere = spot
        .status()
        .is_some_and(|is| contradicts(profile, vocabulary, by_folder, is) && has_folder(is));
    let both_are_over = [Some(by_folder), spot.status()]
        .into_iter()
        .flatten()
        .all(|status| vocabulary.get(status).category.is_closed());
    // One of the two says only that it is over, and the other how.
    let is_vague = both_are_over && (is_closed(folder) || is_closed(spot.raw()));
    if !is_elsewhere || is_vague {
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
    findings.push(Finding::at(&spot, message).task(&task.id).fixable(true));
}

/// Whether a word says that something is over, and not whether it was done.
fn is_closed(word: &str) -> bool {
    word.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case("closed")
}

/// What a person can do about it, by commands.
pub(crate) fn by_hand(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<String> {
    let index = &analysis.index;
    let (by_folder, _) = misplaced(analysis, diagnostic.place?)?;
    let task = index.tasks.get(diagnostic.task.as_ref()?)?;
    let id = |status| &index.vocabulary_of(task).get(status).id;
    let (name, said) = (analysis.name_of(&task.id), id(by_folder));
    let subject = Subject::Task(task.id.clone());
    let (at, mode) = (String::new(), Mode::Transition);
    let intent = Intent { subject, to: by_folder, reason: None, at, mode };
    let folder = match unproven(analysis, &intent) {
        Ok(_) => format!("where the folder is right, `lockstep set {name} {said}`"),
        Err(_) => format!("where the folder is right, write {said} into the file"),
    };
    let text = match (&index.profile_of(task).folders, index.status(task)) {
        (Some(_), Some(is)) => format!("where the text is, `lockstep set {name} {}`", id(is)),
        _ => "where the text is, move the file to another folder".to_owned(),
    };
    Some(format!("{folder}; {text}"))
}

/// What the folder says, everywhere. That the files go where the status says is an action of its own:
/// it needs more than edits of texts.
fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let index = &analysis.index;
    let place = diagnostic.place.and_then(|place| misplaced(analysis, place));
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let (Some((to, _)), Some(task)) = (place, task) else { return Vec::new() };
    let (subject, at) = (Subject::Task(task.id.clone()), at.to_owned());
    let intent = Intent { subject, to, reason: None, at, mode: Mode::Align };
    let Ok(planned) = unproven(analysis, &intent) else { return Vec::new() };
    let marker = index.profile_of(task).markers.write(&index.vocabulary_of(task).get(to).marker);
    let title = format!("Set task {} to {marker}, as its folder says", index.called(task));
    vec![Fix { title, preferred: false, change: planned.change }]
}
