//! Fields that a task lacks, where one is typed: no second place for a status, and none by which something
//! would be found.

pub(super) mod front_matter;
mod in_markdown;
mod in_records;

use crate::analysis::Analysis;
use crate::completion::{Completion, CompletionKind, Line, plain, trial};
use crate::index::{DocIdx, Place};
use crate::model::{Document, FieldRole};
use crate::profile::vocabulary::{Category, StatusDef};
use crate::profile::{EntityKind, Format};
use crate::text::TextRange;

/// The fields that may be written at a cursor, which begin with what is typed.
pub(super) fn completions(
    analysis: &Analysis,
    doc: DocIdx,
    line: &Line,
    at: &str,
) -> Vec<Completion> {
    let document = &*analysis.index.docs[doc];
    if document.facts.history {
        return Vec::new();
    }
    let slot = match document.role().format {
        Format::Markdown => front_matter::find(analysis, doc, line)
            .unwrap_or_else(|| in_markdown::find(analysis, doc, line)),
        Format::Json => in_records::find(analysis, doc, line, at),
        Format::Yaml => None,
    };
    let Some(slot) = slot else { return Vec::new() };
    slot.fields.iter().filter_map(|field| slot.item(analysis, document, line, field)).collect()
}

/// Where the name of a field is typed, and what it may be.
struct FieldSlot {
    /// What has the fields.
    place: Place,
    /// What is typed.
    range: TextRange,
    /// The letters of the name among that.
    typed: String,
    /// What there is only with a field beside it.
    untyped: TextRange,
    /// The fields that it lacks.
    fields: Vec<FieldText>,
}

/// A field that can be written.
struct FieldText {
    name: String,
    /// The field with its name, as it is written.
    text: String,
    detail: &'static str,
    is_status: bool,
}

impl FieldSlot {
    /// A field that begins with what is typed, if it is just that where it is written.
    fn item(
        &self,
        analysis: &Analysis,
        document: &Document,
        line: &Line,
        field: &FieldText,
    ) -> Option<Completion> {
        let begun = field.name.get(..self.typed.len());
        begun.filter(|begun| begun.eq_ignore_ascii_case(&self.typed))?;
        let mut item = plain(CompletionKind::Field, self.range, &field.text, field.detail);
        item.label.clone_from(&field.name);
        // Clients compare all that is typed of it, and some of them its case.
        item.filter = format!("{}{}", line.typed(self.range), &field.name[self.typed.len()..]);
        let (before, after) = trial::edited(analysis, &document.path, self.untyped, &item.edit)?;
        let (_, was) = before.index.document(document.path.as_str())?;
        let (doc, now) = after.index.document(document.path.as_str())?;
        let (old, new) = (&was.facts, &now.facts);
        let own = analysis.index.entity(self.place);
        let same = new.entities.get(self.place.entity)?;
        let statuses = old.occurrences.len() + usize::from(field.is_status);
        let is_well = new.broken.is_none()
            && (same.kind, &same.id) == (own.kind, &own.id)
            && old.entities.len() == new.entities.len()
            && new.occurrences.len() == statuses;
        let place = Place { doc, ..self.place };
        let says = !field.is_status
            || analysis.index.task_at(self.place).is_none_or(|task| {
                let task = after.index.tasks.get(&task.id);
                task.is_some_and(|task| after.index.agreed(task))
                    && after.index.status_at(place).is_some()
            });
        (is_well && says).then_some(item)
    }
}

/// The status that something gets with its first field: the one that its other places have, else the first
/// open one. `None` where it has one already, or it is not certain which it has.
fn status_for(analysis: &Analysis, place: Place) -> Option<&StatusDef> {
    let index = &analysis.index;
    let facts = &index.docs[place.doc].facts;
    let entity = index.entity(place);
    let is_unread = facts.fields_of(place.entity).any(|it| it.role == FieldRole::UnreadStatus);
    if is_unread
        || entity.fixed.is_some()
        || entity.derived
        || facts.occurrences_of(place.entity).next().is_some()
    {
        return None;
    }
    let vocabulary = index.vocabulary_at(place);
    let task = index.task_at(place);
    let said = task.and_then(|task| Some((task, index.status(task)?)));
    let status = match (entity.kind, said) {
        (EntityKind::Task, Some((task, status))) => index.agreed(task).then_some(status)?,
        (EntityKind::Plan, Some((task, status))) => *index.plan_statuses(task, status)?.first()?,
        _ => vocabulary.iter().find(|(_, def)| def.category == Category::Open)?.0,
    };
    Some(vocabulary.get(status))
}

/// The status that something has.
fn status_of(analysis: &Analysis, place: Place) -> Option<&StatusDef> {
    let index = &analysis.index;
    let status = index.status_at(place)?;
    Some(index.vocabulary_at(place).get(status))
}

/// Whether a field of a role is there.
fn has(document: &Document, place: Place, role: &FieldRole) -> bool {
    document.facts.fields_of(place.entity).any(|field| field.role == *role)
}
