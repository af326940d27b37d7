//! A part for each item of a collection: check boxes below the box that the collection is, or records in the
//! list of parts of its record.

use crate::change::{Refusal, RefusalKind, SourceChange, eol, json_edit, refuse};
use crate::index::{Place, Task};
use crate::model::Document;
use crate::profile::id::TaskId;
use crate::profile::relation::{PartOf, Relation};
use crate::profile::vocabulary::{Category, StatusDef, Vocabulary};
use crate::profile::{EntityKind, EntityType, Format, RecordStep};
use crate::snapshot::Snapshot;
use crate::syntax::json::rewrite::{ElementLayout, add_elements, quote};
use crate::text::text_edit::TextEdit;

/// Plans a part for each item that has none. The parts that are there stay as they are, with their ids.
pub fn make_children(analysis: &Snapshot, id: &TaskId) -> Result<SourceChange, Refusal> {
    let index = &analysis.index;
    let task = index.tasks.get(id);
    let missing = task.map(|task| index.missing_items(task)).unwrap_or_default();
    let Some(task) = task.filter(|_| !missing.is_empty()) else {
        let message = format!("each item of task {} has its part", analysis.name_of(id));
        return Err(refuse(RefusalKind::NotFound, message, "add names to its field `Items`"));
    };
    let made = parts(analysis, task, &missing);
    let (document, edit) = made.ok_or_else(|| unmakeable(analysis, task))?;
    let change = SourceChange::single(document, edit);
    proven(analysis, task, &change, &missing)?;
    Ok(change)
}

/// Whether the profile keeps the parts of a task where new ones can be written.
pub fn takes_parts(analysis: &Snapshot, task: &Task, missing: &[String]) -> bool {
    parts(analysis, task, missing).is_some()
}

fn parts<'a>(
    analysis: &'a Snapshot,
    task: &Task,
    missing: &[String],
) -> Option<(&'a Document, TextEdit)> {
    match box_of(analysis, task) {
        Some(place) => boxes(analysis, task, place, missing),
        None => records(analysis, task, missing),
    }
}

fn unmakeable(analysis: &Snapshot, task: &Task) -> Refusal {
    let message = format!(
        "task {} is no check box with boxes below it, and no record with a list of parts",
        analysis.name_of(&task.id)
    );
    refuse(RefusalKind::NotAllowed, message, "write its parts by hand")
}

/// The check box that a task is.
fn box_of(analysis: &Snapshot, task: &Task) -> Option<Place> {
    let index = &analysis.index;
    task.places.iter().copied().find(|place| {
        let document = &index.docs[place.doc];
        let range = index.entity(*place).range;
        let marker = range.of(&document.text).trim_start().get(1..3);
        document.role().format == Format::Markdown && marker == Some(" [")
    })
}

/// A box for each new part, in the document of the box that the task is.
fn boxes<'a>(
    analysis: &'a Snapshot,
    task: &Task,
    place: Place,
    missing: &[String],
) -> Option<(&'a Document, TextEdit)> {
    let document = &*analysis.index.docs[place.doc];
    let labels = labels(analysis, task, missing)?;
    Some((document, below(document, place, &labels)?))
}

/// A record for each new part, at the end of the list in which parts of the task stand.
fn records<'a>(
    analysis: &'a Snapshot,
    task: &Task,
    missing: &[String],
) -> Option<(&'a Document, TextEdit)> {
    let index = &analysis.index;
    let profile = index.profile_of(task);
    let nests = |it: &&Relation| it.parent == task.task_type && matches!(it.by, PartOf::Nesting);
    let relation = profile.relations.iter().find(nests)?;
    let what = EntityType { kind: EntityKind::Task, task_type: relation.child };
    let status = open_status(profile.vocabulary_of(what))?;
    let is_json = |place: &&Place| index.docs[place.doc].role().format == Format::Json;
    let place = *task.places.iter().find(is_json)?;
    let document = &*index.docs[place.doc];
    let mut of_parts = document.role().records.iter().filter(|it| it.task_type == relation.child);
    of_parts.find_map(|rule| {
        let [.., RecordStep::Key(list), RecordStep::Elements] = &rule.at.0[..] else { return None };
        let edit = json_edit::with_record(document, place, |record| {
            let array = record.get(list)?;
            let taken = array
                .as_array()?
                .iter()
                .filter_map(|part| part.get(&rule.id)?.as_integer(&document.text));
            let first = taken.max().unwrap_or(0) + 1;
            let made = missing.iter().zip(first..).map(|(item, id)| {
                let title = format!("{}: {}", quote(&rule.title), quote(item));
                let status = format!("{}: {}", quote(&rule.status), status.json_value());
                format!("{{ {}: {id}, {title}, {status} }}", quote(&rule.id))
            });
            let look = ElementLayout { lead: " ".to_owned(), tail: " ".to_owned() };
            add_elements(&document.text, array, &made.collect::<Vec<_>>(), &look)
        });
        Some((document, edit??))
    })
}

/// What is not begun has this status.
fn open_status(all: &Vocabulary) -> Option<&StatusDef> {
    all.iter().map(|(_, def)| def).find(|def| def.category == Category::Open)
}

/// What the box of each new part says: its id, where the parts are told by it, and its name.
fn labels(analysis: &Snapshot, task: &Task, missing: &[String]) -> Option<Vec<String>> {
    let index = &analysis.index;
    let mut own = index.profile_of(task).relations.iter();
    let relation: &Relation =
        own.find(|it| it.parent == task.task_type && it.child == task.task_type)?;
    match &relation.by {
        PartOf::Nesting => Some(missing.to_vec()),
        PartOf::Id { .. } => {
            let id = |n: usize| TaskId::new(&format!("{}.{n}", task.id));
            let is_free = |n: &usize| {
                let names = relation.by.parent_of(&id(*n)).as_deref() == Some(task.id.as_str());
                names && !index.tasks.contains_key(&id(*n))
            };
            // Behind the last one that there is, so that none gets the number of one that went.
            let taken = (1..1000).rev().find(|n| index.tasks.contains_key(&id(*n))).unwrap_or(0);
            let free = (taken + 1..).take(missing.len());
            let label =
                |(n, item): (usize, &String)| is_free(&n).then(|| format!("{} {item}", id(n)));
            free.zip(missing).map(label).collect()
        }
        PartOf::Path | PartOf::Field { .. } => None,
    }
}

/// New boxes below the last line of an item, as far in as what stands there.
fn below(document: &Document, place: Place, labels: &[String]) -> Option<TextEdit> {
    let range = document.facts.entities.get(place.entity)?.range;
    let text: &str = document.text.whole();
    let own = text.get(range.bytes())?.trim_end();
    let first_line = text[..range.start as usize].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let indent = text.get(first_line..range.start as usize)?;
    let nested = own.lines().skip(1).find(|line| line.trim_start().starts_with(['-', '*', '+']));
    let deeper = match nested {
        Some(line) => line[..line.len() - line.trim_start().len()].to_owned(),
        None => format!("{indent}  "),
    };
    let open = open_status(document.profile.vocabulary(EntityKind::Task));
    let mark = open?.boxes.first()?;
    let eol = eol(text);
    let bullet = own.chars().next()?;
    let lines = labels.iter().map(|label| format!("{eol}{deeper}{bullet} [{mark}] {label}"));
    Some(TextEdit::insert(range.start as usize + own.len(), lines.collect::<String>()))
}

/// Reads the new text again: there is a part for each item, and all else is what it was.
fn proven(
    analysis: &Snapshot,
    task: &Task,
    change: &SourceChange,
    missing: &[String],
) -> Result<(), Refusal> {
    let after = analysis.with_texts(&change.after());
    let (was, is) = (&analysis.index, &after.index);
    let stays = |old: &Task| {
        let new = is.tasks.get(&old.id);
        new.is_some_and(|new| {
            was.title(old) == is.title(new)
                && was.status(old) == is.status(new)
                && old.places.len() == new.places.len()
        })
    };
    let now = is.tasks.get(&task.id);
    let left = now.map(|now| after.index.missing_items(now));
    let is_sound = was.tasks.values().all(|old| stays(old))
        && is.tasks.len() == was.tasks.len() + missing.len()
        && left.is_some_and(|left| left.is_empty());
    if is_sound {
        return Ok(());
    }
    let name = analysis.name_of(&task.id);
    let message = format!("the change cannot be verified: task {name} would not get its parts");
    Err(refuse(RefusalKind::Unproven, message, "write its parts by hand; nothing was written"))
}
