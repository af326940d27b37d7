//! Items that begin with the number of a row, where that says the same: `- [ ] 1.2 Cut paper` and
//! `| 1.2 | Cut paper | Done |` in one file are one task.

use std::collections::BTreeMap;

use crate::index::{Index, Task};
use crate::model::{Document, Entity, EntityIdx};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;

/// The items of a document that say what a row says, and what that is called. Where several have one
/// number, none is meant.
pub(super) fn items_of_rows(document: &Document) -> Vec<(EntityIdx, TaskId)> {
    let entities = &document.facts.entities;
    let mut by_number: BTreeMap<&str, Vec<Numbered<'_>>> = BTreeMap::new();
    let is_any = |entity: &Entity| own_number(entity).is_some();
    if !document.profile.ids.local || !entities.iter().any(is_any) {
        return Vec::new();
    }
    for (at, entity) in entities.iter().enumerate() {
        let own = own_number(entity).map(|number| (number, &*entity.title));
        if let Some((number, title)) = own.or_else(|| first_number(entity)) {
            by_number.entry(number).or_default().push(Numbered { at, entity, title });
        }
    }
    let pair = |all: Vec<Numbered<'_>>| {
        let [one, two] = &all[..] else { return None };
        // Tables are trusted otherwise than lists.
        let (item, row) = if one.entity.rank < two.entity.rank { (one, two) } else { (two, one) };
        let is_pair = item.entity.rank != row.entity.rank
            && own_number(row.entity).is_some()
            && are_alike(item.title, row.title);
        is_pair.then(|| Some((item.at, row.entity.id.clone()?)))?
    };
    by_number.into_values().filter_map(pair).collect()
}

/// An entity with its number, and what it is called behind that.
struct Numbered<'f> {
    at: EntityIdx,
    entity: &'f Entity,
    title: &'f str,
}

impl Index {
    /// Whether a task is such an item and its row.
    pub fn is_numbered_pair(&self, task: &Task) -> bool {
        let [one, two] = task.places[..] else { return false };
        let is_numbered = |place| own_number(self.entity(place)).is_some();
        one.doc == two.doc && (is_numbered(one) || is_numbered(two))
    }
}

/// Whether a title decides, before or after a change, of which task an entity is.
pub(super) fn is_joined_otherwise(old: &Document, new: &Document, at: EntityIdx) -> bool {
    let (was, is) = (&old.facts.entities[at], &new.facts.entities[at]);
    let is_numbered = |it: &Entity| own_number(it).is_some() || first_number(it).is_some();
    new.profile.ids.local && was.title != is.title && (is_numbered(was) || is_numbered(is))
}

/// The number with a point that an entity is called by.
fn own_number(entity: &Entity) -> Option<&str> {
    let id =
        entity.id.as_ref().filter(|_| !entity.derived_id && entity.kind == EntityKind::Task)?;
    is_number(id.as_str()).then(|| id.as_str())
}

/// Such a number that the title of an entity without an id begins with, and what follows.
fn first_number(entity: &Entity) -> Option<(&str, &str)> {
    let is_item = entity.derived_id && entity.kind == EntityKind::Task;
    let title = entity.title.trim_start_matches(['*', '_']);
    let (number, title) = title.split_once(' ').filter(|_| is_item)?;
    let number = number.trim_end_matches(['*', '_', ':', '.', ')']);
    is_number(number).then(|| (number, title.trim_start()))
}

fn is_number(id: &str) -> bool {
    let mut parts = id.split('.');
    let is_figure = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    id.contains('.') && parts.all(is_figure)
}

/// Whether two titles are one, but for words that only one of them has at its end.
fn are_alike(one: &str, two: &str) -> bool {
    let words = |title: &str| -> Vec<String> {
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (one, two) = (words(one), words(two));
    let (short, long) = if one.len() < two.len() { (one, two) } else { (two, one) };
    long.starts_with(&short) && (short.len() > 1 || !short.is_empty() && short.len() == long.len())
}
