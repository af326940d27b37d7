//! A status by check boxes: all of them are ticked, or none.

use crate::change::planner::{PlanDraft, stays_silent};
use crate::index::boxes::Boxes;
use crate::index::{Index, Place, Task};
use crate::profile::EntityKind;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::snapshot::Snapshot;

/// What a status asks of the check boxes from which it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticking {
    /// Nothing: it stands in words, or the boxes say it already.
    Unneeded,
    /// So many boxes are ticked, or unticked where it is open.
    Boxes(usize),
    /// Boxes cannot say it.
    Impossible,
}

impl PlanDraft<'_> {
    /// What the boxes are to say from which the status of a place follows; `None` where it follows from
    /// none, or boxes cannot say it, or nobody has asked for it.
    pub(super) fn ticked(&self, place: Place, to: StatusIdx) -> Option<Vec<(Place, StatusIdx)>> {
        if self.ticks { boxes_for(&self.analysis.index, place, to) } else { None }
    }
}

/// What a status of a task asks of check boxes.
pub fn ticking(analysis: &Snapshot, task: &Task, to: StatusIdx) -> Ticking {
    let index = &analysis.index;
    let places = task.places.iter().filter(|place| !stays_silent(index, task, **place));
    let each = places.map(|place| ticking_at(analysis, *place, to));
    each.fold(Ticking::Unneeded, |all, one| match (all, one) {
        (Ticking::Impossible, _) | (_, Ticking::Impossible) => Ticking::Impossible,
        (Ticking::Boxes(all), Ticking::Boxes(n)) => Ticking::Boxes(all + n),
        (Ticking::Unneeded, one) => one,
        (all, Ticking::Unneeded) => all,
    })
}

/// What a status of a single place asks of check boxes.
pub fn ticking_at(analysis: &Snapshot, place: Place, to: StatusIdx) -> Ticking {
    let index = &analysis.index;
    let says = index.entity(place).fixed.is_some() || index.spots(place).next().is_some();
    if says || !index.entity(place).derived || index.derived_at(place) == Some(to) {
        return Ticking::Unneeded;
    }
    boxes_for(index, place, to).map_or(Ticking::Impossible, |boxes| Ticking::Boxes(boxes.len()))
}

/// The boxes from which the status of a place follows and that say something else, each with what it is
/// to say. What is dropped stays so.
fn boxes_for(index: &Index, place: Place, to: StatusIdx) -> Option<Vec<(Place, StatusIdx)>> {
    if index.spots(place).next().is_some() || !index.entity(place).derived {
        return None;
    }
    let wanted = index.vocabulary_at(place).get(to).category;
    let items = index.profile_at(place).vocabulary(EntityKind::Item);
    let marked = items.iter().find(|(_, def)| def.category == wanted && !def.boxes.is_empty());
    let (mark, _) = marked.filter(|_| matches!(wanted, Category::Done | Category::Open))?;
    let boxes = index.boxes_below(place, Boxes::WithPhases);
    let differs =
        |(_, category): &(Place, Category)| *category != wanted && *category != Category::Dropped;
    (!boxes.is_empty())
        .then(|| boxes.into_iter().filter(differs).map(|(place, _)| (place, mark)).collect())
}
