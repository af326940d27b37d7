//! What is called by the id of a task more than once: files of it, and entries of one list.

use std::collections::BTreeMap;

use crate::index::{Index, Place, Spot, Task};
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

    /// Whether a place says what another entry says that stands with this id in the trusted list, under
    /// another title: nobody knows of which of the two it tells.
    pub fn is_said_by_twin(&self, task: &Task, spot: &Spot<'_>, trusted: &Spot<'_>) -> bool {
        let vocabulary = self.vocabulary_of(task);
        let twins = self.twin_entries(task).into_iter().filter(|twins| twins.differ);
        twins.map(|twins| twins.places).any(|places| {
            let others = places.iter().filter(|place| **place != trusted.place);
            places.contains(&trusted.place)
                && !places.contains(&spot.place)
                && others.flat_map(|it| self.spots(*it)).any(|it| spot.agrees(&it, vocabulary))
        })
    }

    /// Whether a place is an entry of a list by status.
    pub fn is_listed(&self, place: Place) -> bool {
        self.spots(place).any(|spot| spot.occurrence.section.is_some())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::analysis;

    #[test]
    fn what_agrees_with_one_of_two_entries_with_an_id_is_no_drift() {
        let told = |row: &str| {
            let (analysis, _) = analysis(&format!(
                "//- /.gsd/REQUIREMENTS.md
  # Requirements

  ### R001 — Draw the map
  - Status: active

  ### R001 — Print the map
  - Status: validated

  ## Traceability

  | ID | Class | Status | Proof |
  |---|---|---|---|
  | R001 | functional | {row} | It is printed |
//- /.gsd/milestones/M001/M001-ROADMAP.md
  # M001: Maps
"
            ));
            let rules = analysis.diagnostics().iter().map(|found| found.rule);
            rules.collect::<Vec<_>>()
        };
        assert_eq!(told("validated"), ["duplicate-task"]);
        assert_eq!(told("active"), ["duplicate-task"]);
        assert_eq!(told("deferred"), ["duplicate-task", "drift"]);
    }
}
