//! A status by check boxes: all of them are ticked, or none.

use crate::change::planner::PlanDraft;
use crate::index::Place;
use crate::index::boxes::Boxes;
use crate::profile::EntityKind;
use crate::profile::vocabulary::{Category, StatusIdx};

impl PlanDraft<'_> {
    /// What the boxes are to say from which the status of a place follows; `None` where it follows from
    /// none, or boxes cannot say it, or nobody has asked for it. What is dropped stays so.
    pub(super) fn ticked(&self, place: Place, to: StatusIdx) -> Option<Vec<(Place, StatusIdx)>> {
        let index = &self.analysis.index;
        let states = index.spots(place).next().is_some();
        if !self.ticks || states || !index.entity(place).derived {
            return None;
        }
        let wanted = index.vocabulary_at(place).get(to).category;
        let items = index.profile_at(place).vocabulary(EntityKind::Item);
        let marked = items.iter().find(|(_, def)| def.category == wanted && !def.boxes.is_empty());
        let (mark, _) = marked.filter(|_| matches!(wanted, Category::Done | Category::Open))?;
        let boxes = index.boxes_below(place, Boxes::WithPhases);
        let differs = |(_, category): &(Place, Category)| {
            *category != wanted && *category != Category::Dropped
        };
        (!boxes.is_empty())
            .then(|| boxes.into_iter().filter(differs).map(|(place, _)| (place, mark)).collect())
    }
}
