//! A status that somebody else has changed in another editor, or a file that both are changing.

use std::collections::BTreeMap;
use std::iter::successors;
use std::sync::Arc;

use crate::index::update::differences;
use crate::model::{Document, Entity, FilePath, Occurrence};
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Finding, Findings, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::editing::{OtherEditor, place};
use crate::text::merge::same_texts;
use crate::text::shared_text::SharedText;

/// The rule.
pub static RULE: Rule = Rule {
    id: "other-editor",
    severity: Severity::Info,
    summary: "another editor has an unsaved status, or both editors change the file",
    doc: include_str!("other_editor.md"),
    checks: &[Check::Workspace(check)],
    fix: None,
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    for (path, others) in &analysis.editing.others {
        for other in others {
            report(analysis, path, other, findings);
        }
    }
}

fn report(analysis: &Snapshot, path: &FilePath, other: &OtherEditor, findings: &mut Findings<'_>) {
    let Some((doc, document)) = analysis.index.document(path.as_str()) else { return };
    let (here, nothing) = (&document.text, SharedText::default());
    let disk = match analysis.editing.open.get(path) {
        Some(disk) => disk.text.as_ref().unwrap_or(&nothing),
        None => here,
    };
    if same_texts(&other.text, here) || same_texts(&other.text, disk) {
        return;
    }
    let name = &other.name;
    // A text that nobody has changed here is only older than the file.
    let read = analysis.editing.open.get(path).and_then(|disk| disk.read.as_ref());
    if read.is_some_and(|read| same_texts(read, here) && !same_texts(here, disk)) {
        return;
    }
    if !same_texts(here, disk) {
        let message = format!(
            "the file has unsaved changes here and in {name}; whoever saves last would undo what \
             the other saved"
        );
        findings.push(Finding::new(doc, place(document, disk, &other.text), message));
        return;
    }
    let Some(there) = other.document(document) else { return };
    let before = other.read.as_ref().and_then(|read| match same_texts(read, here) {
        true => Some(document.clone()),
        false => document.with_text(read.clone()).map(Arc::new),
    });
    for (occurrence, there) in differing(document, &there, before.as_deref()) {
        let message = format!("this is {there} in {name}, unsaved");
        findings.push(Finding::new(doc, occurrence.reading.range, message));
    }
}

/// What an entity is called among its siblings.
type EditorName<'a> = (EntityKind, Option<&'a str>, Option<&'a str>, &'a str);

/// The statuses here that were made others there, where `before` was read, with what stands there.
/// What one of both does not have is not compared.
fn differing<'a>(
    here: &'a Document,
    there: &Document,
    before: Option<&Document>,
) -> Vec<(&'a Occurrence, String)> {
    let mut differing = Vec::new();
    let mut compare = |own: &'a Occurrence, other: &Occurrence, read: Option<&Occurrence>| {
        let is_changed = read.is_none_or(|it| it.reading.status != other.reading.status);
        let differs = own.carrier == other.carrier && own.reading.status != other.reading.status;
        if differs && is_changed {
            differing.push((own, there.shown(other)));
        }
    };
    let is_alike = |other: &Document| differences(here, other);
    if let (Some(entities), Some(_)) = (is_alike(there), before.map_or(Some(Vec::new()), is_alike))
    {
        for entity in entities {
            let mut read = before.map(|it| it.facts.occurrences_of(entity));
            let others = there.facts.occurrences_of(entity);
            for (own, other) in here.facts.occurrences_of(entity).zip(others) {
                compare(own, other, read.as_mut().and_then(Iterator::next));
            }
        }
    } else {
        let (statuses, before) = (by_name(there), before.map(by_name).unwrap_or_default());
        for (name, own) in by_name(here) {
            let Some(others) = statuses.get(&name) else { continue };
            for (at, (own, other)) in own.into_iter().zip(others).enumerate() {
                compare(own, other, before.get(&name).and_then(|read| read.get(at)).copied());
            }
        }
    }
    let at = |(occurrence, _): &(&Occurrence, _)| occurrence.reading.range.start;
    differing.sort_by_key(at);
    differing.dedup_by_key(|found| at(found));
    differing
}

/// The statuses of a document by what they belong to, as far as that has a name of its own: that of
/// the entity and of all that it stands in.
fn by_name(document: &Document) -> BTreeMap<Vec<EditorName<'_>>, Vec<&Occurrence>> {
    fn name(entity: &Entity) -> EditorName<'_> {
        let id = entity.id.as_ref().filter(|_| !entity.derived_id).map(|id| id.as_str());
        // A name may be changed together with a status.
        let title = if id.is_some() || entity.number.is_some() { "" } else { &entity.title };
        (entity.kind, id, entity.number.as_deref(), title)
    }
    let entities = &document.facts.entities;
    let mut statuses: BTreeMap<Vec<EditorName<'_>>, Vec<&Occurrence>> = BTreeMap::new();
    for occurrence in document.facts.occurrences.iter() {
        let own = Some(&entities[occurrence.entity]);
        let names = successors(own, |entity| Some(&entities[entity.parent?])).map(name);
        statuses.entry(names.collect()).or_default().push(occurrence);
    }
    statuses
}
