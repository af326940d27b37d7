//! A part for each item of a collection: check boxes below the box that the collection is.

use std::collections::BTreeSet;

use crate::change::{Refusal, RefusalKind, SourceChange, eol, refuse};
use crate::index::{Place, Task};
use crate::model::Document;
use crate::profile::flow::{FlowField, TaskKind};
use crate::profile::id::TaskId;
use crate::profile::relation::{PartOf, Relation};
use crate::profile::vocabulary::{Category, normalise};
use crate::profile::{EntityKind, Format};
use crate::snapshot::Snapshot;
use crate::text::text_edit::TextEdit;

/// The items of a collection that no part is for, in order.
pub fn missing_items(analysis: &Snapshot, task: &Task) -> Vec<String> {
    let index = &analysis.index;
    if index.kind(task) != TaskKind::Collection {
        return Vec::new();
    }
    let known: BTreeSet<String> =
        index.children(task).map(|child| normalise(index.title(child))).collect();
    let mut missing: Vec<String> = Vec::new();
    for item in index.flow_names(task, FlowField::Items) {
        let is_new = !known.contains(&normalise(item))
            && missing.iter().all(|it| normalise(it) != normalise(item));
        missing.extend(is_new.then(|| item.to_owned()));
    }
    missing
}

/// Plans a part for each item that has none. The parts that are there stay as they are, with their ids.
pub fn make_children(analysis: &Snapshot, id: &TaskId) -> Result<SourceChange, Refusal> {
    let index = &analysis.index;
    let task = index.tasks.get(id);
    let missing = task.map(|task| missing_items(analysis, task)).unwrap_or_default();
    let Some(task) = task.filter(|_| !missing.is_empty()) else {
        let message = format!("each item of task {} has its part", analysis.name_of(id));
        return Err(refuse(RefusalKind::NotFound, message, "add names to its field `Items`"));
    };
    let place = box_of(analysis, task).ok_or_else(|| unmakeable(analysis, task))?;
    let document = &*index.docs[place.doc];
    let labels = labels(analysis, task, &missing).ok_or_else(|| unmakeable(analysis, task))?;
    let edit = below(document, place, &labels).ok_or_else(|| unmakeable(analysis, task))?;
    let change = SourceChange::single(document, edit);
    proven(analysis, task, &change, &missing)?;
    Ok(change)
}

fn unmakeable(analysis: &Snapshot, task: &Task) -> Refusal {
    let message = format!(
        "task {} is no check box whose parts are check boxes below it",
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
        PartOf::Path | PartOf::Field => None,
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
    let status = document.profile.vocabulary(EntityKind::Task);
    let open = status.iter().find(|(_, def)| def.category == Category::Open);
    let mark = open.and_then(|(_, def)| def.boxes.first())?;
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
    let left = now.map(|now| missing_items(&after, now));
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
