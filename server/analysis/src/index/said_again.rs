//! Which places of one list are of one task, though ids hold in a list only.

use crate::index::{Index, Place};
use crate::model::{Document, Entity, EntityIdx};
use crate::text::shared_text::Source;

impl Index {
    /// Whether a place is one more of a task at these places: a row of a table says again what a list or
    /// a heading of the same file says of an id that is nobody's by chance, and so does an item with the
    /// title of a heading.
    pub(super) fn is_also(&self, place: Place, places: Option<&Vec<Place>>) -> bool {
        let own = self.entity(place);
        let document = &self.docs[place.doc];
        let is_beside = |other: &Place| {
            let of_other = self.entity(*other);
            other.doc == place.doc
                && !of_other.derived_id
                && (of_other.rank != own.rank || is_told_below(document, of_other, own))
        };
        is_told(own) && places.is_some_and(|all| !all.is_empty() && all.iter().all(is_beside))
    }

    /// Whether a place of a task is the item to a heading at one of these, or the heading to an item.
    pub(super) fn is_said_again(&self, place: Place, places: &[Place]) -> bool {
        let (document, own) = (&self.docs[place.doc], self.entity(place));
        let is_both = |other: &Place| is_told_below(document, self.entity(*other), own);
        document.profile.ids.local && is_told(own) && places.iter().any(is_both)
    }
}

/// Whether an entity of `new` may be, by its title, of another task than in `old`.
pub(super) fn is_joined_otherwise(old: &Document, new: &Document, at: EntityIdx) -> bool {
    let (was, is) = (&old.facts.entities[at], &new.facts.entities[at]);
    let is_same = was.title == is.title && is_heading(old, was) == is_heading(new, is);
    if is_same || !new.profile.ids.local || !is_told(is) {
        return false;
    }
    let mut all = new.facts.entities.iter().enumerate();
    all.any(|(other, entity)| other != at && entity.id == is.id)
}

/// Whether an id is nobody's by chance, and not made from a title.
fn is_told(entity: &Entity) -> bool {
    !entity.derived_id && entity.id.as_ref().is_some_and(|id| id.is_telling())
}

/// Whether one is a heading, and the other an item elsewhere with the same title, or none.
fn is_told_below(document: &Document, one: &Entity, two: &Entity) -> bool {
    if is_heading(document, one) == is_heading(document, two) {
        return false;
    }
    let is_inside = one.range.contains_range(two.range) || two.range.contains_range(one.range);
    let [one, two] = [one, two].map(title);
    !is_inside && (one.is_empty() || two.is_empty() || one == two)
}

fn is_heading(document: &Document, entity: &Entity) -> bool {
    document.text.byte(entity.range.start as usize) == Some(b'#')
}

/// A title without the id before it, in small letters.
fn title(entity: &Entity) -> String {
    let id = entity.id.as_ref().map(|id| id.as_str()).unwrap_or_default();
    let words = entity.title.strip_prefix(id).unwrap_or(&entity.title);
    let is_between = |c: char| !c.is_alphanumeric();
    words.trim_matches(is_between).to_lowercase()
}
