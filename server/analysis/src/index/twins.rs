//! What is called by the id of a task more than once: files of it, and entries of one list.

use std::collections::BTreeMap;

use crate::index::{Index, Place, Task};
use crate::profile::EntityKind;

/// Entries of one list that are called by one id.
#[derive(Clone, Debug)]
pub struct TwinEntries {
    /// The entries, in order.
    pub places: Vec<Place>,
    /// Whether no title that they share tells that they are one task.
    pub differ: bool,
}

impl Index {
    /// The files of a task where several of one role are files of it, each as a whole, so that nobody
    /// knows whether they are one task.
    pub fn twin_files(&self, task: &Task) -> Vec<Place> {
        let role = |place: &Place| self.docs[place.doc].facts.role;
        let whole: Vec<Place> =
            task.places.iter().copied().filter(|place| self.is_document(*place)).collect();
        let is_twin = |place: &Place| whole.iter().filter(|it| role(it) == role(place)).count() > 1;
        whole.iter().copied().filter(is_twin).collect()
    }

    /// The entries of a task that stand more than once in one list. A list and a table in one file are
    /// two places of one task.
    pub fn twin_entries(&self, task: &Task) -> Vec<TwinEntries> {
        let mut by_list: BTreeMap<(usize, u32), Vec<Place>> = BTreeMap::new();
        for place in &task.places {
            let entity = self.entity(*place);
            let is_entry = !entity.mention || self.is_listed(*place);
            if entity.kind == EntityKind::Task && is_entry {
                let list = by_list.entry((place.doc, entity.rank)).or_default();
                if !self.is_said_again(*place, list) {
                    list.push(*place);
                }
            }
        }
        let twins = by_list.into_values().filter(|places| places.len() > 1);
        let twins = twins.map(|mut places| {
            places.sort();
            let title = |place: &Place| self.entity(*place).title.to_lowercase();
            let first = title(&places[0]);
            let is_other = |place: &Place| first.is_empty() || title(place) != first;
            // Of two lines in lists by status one is a leftover, whatever they are called.
            let differ = places.iter().any(|it| is_other(it) || self.is_listed(*it));
            TwinEntries { places, differ }
        });
        twins.collect()
    }

    /// Whether a place is an entry of a list by status.
    pub fn is_listed(&self, place: Place) -> bool {
        self.spots(place).any(|spot| spot.occurrence.section.is_some())
    }
}
