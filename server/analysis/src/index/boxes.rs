//! What check boxes say of what they stand below: how much of it is done, and the status of what states
//! none by itself.

use crate::index::rollup::roll_up;
use crate::index::{Index, Place, Spot, Task};
use crate::model::EntityIdx;
use crate::profile::EntityKind;
use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx};

/// Which boxes are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boxes {
    /// Those of the thing itself, and of its phases and tasks that state no status.
    Own,
    /// Those of its phases too.
    WithPhases,
}

impl Index {
    /// What a place is to say so that its task has a status: a coarse box only whether work is left,
    /// where another place tells more.
    pub fn wanted_at(&self, task: &Task, place: Place, to: StatusIdx) -> StatusIdx {
        let vocabulary = self.vocabulary_of(task);
        let tells_more = |spot: Spot<'_>| !spot.entity.coarse && spot.place != place;
        if !self.entity(place).coarse || !self.statuses(task).any(tells_more) {
            return to;
        }
        let wanted = vocabulary.get(to);
        if wanted.seldom && self.has_mark_for(place, wanted) {
            return to;
        }
        let own = self.status_at(place).filter(|own| vocabulary.box_tells(*own, to));
        let has_mark = |(at, def): &(StatusIdx, &StatusDef)| {
            !def.seldom && !def.boxes.is_empty() && vocabulary.box_tells(*at, to)
        };
        let other = || vocabulary.iter().find(has_mark).map(|(status, _)| status);
        own.filter(|_| wanted.boxes.is_empty() || wanted.seldom).or_else(other).unwrap_or(to)
    }

    /// Whether a box at a place can have a mark for a status: a coarse one only such as the format has, or
    /// another box of its file.
    pub fn has_mark_for(&self, place: Place, def: &StatusDef) -> bool {
        let document = &self.docs[place.doc];
        let is_used = || {
            let mut all = document.facts.occurrences.iter();
            all.any(|it| {
                let raw = it.reading.word.of(&document.text);
                it.carrier.is_coarse() && def.boxes.iter().any(|own| own == raw)
            })
        };
        !def.boxes.is_empty() && (!def.seldom || !self.entity(place).coarse || is_used())
    }

    /// The check boxes below an entity, without those of tasks in between, and what they say. An unknown
    /// mark counts as open, an open box that is optional not at all.
    pub fn boxes_below(&self, place: Place, which: Boxes) -> Vec<(Place, Category)> {
        let mut boxes = self.all_boxes_below(place, which);
        boxes.retain(|(below, category)| !self.may_be_open(*below, *category));
        boxes
    }

    /// Whether a box below an entity is open, and need not be ticked.
    pub fn leaves_open(&self, place: Place, which: Boxes) -> bool {
        let boxes = self.all_boxes_below(place, which);
        boxes.into_iter().any(|(below, category)| self.may_be_open(below, category))
    }

    fn may_be_open(&self, place: Place, category: Category) -> bool {
        self.entity(place).optional && !category.is_closed()
    }

    /// Whether anything stands below an entity. Most are boxes, and below those nothing does.
    pub(crate) fn is_around(&self, place: Place) -> bool {
        self.docs[place.doc].facts.children(place.entity).next().is_some()
    }

    fn all_boxes_below(&self, place: Place, which: Boxes) -> Vec<(Place, Category)> {
        let facts = &self.docs[place.doc].facts;
        if !self.is_around(place) {
            return Vec::new();
        }
        let vocabulary = self.profile_at(place).vocabulary(EntityKind::Item);
        let mut out = Vec::new();
        let mut stack = vec![place.entity];
        while let Some(parent) = stack.pop() {
            for (entity, fact) in facts.children(parent) {
                let is_silent = || facts.occurrences_of(entity).next().is_none();
                let is_part = match fact.kind {
                    EntityKind::Phase => which == Boxes::WithPhases || is_silent(),
                    EntityKind::Task => which == Boxes::Own && fact.derived && is_silent(),
                    _ => false,
                };
                if is_part {
                    stack.push(entity);
                }
                if fact.kind != EntityKind::Item {
                    continue;
                }
                stack.push(entity);
                let below = Place { doc: place.doc, entity };
                if facts.occurrences_of(entity).next().is_some() {
                    let status = self.status_at(below);
                    let category = status.map_or(Category::Open, |s| vocabulary.get(s).category);
                    out.push((below, category));
                }
            }
        }
        out.sort_by_key(|(place, _)| *place);
        out
    }

    /// The boxes right below a phase that are tasks of a list, and what they say.
    pub fn tasks_of_phase(&self, phase: Place) -> Vec<(Place, Category)> {
        let facts = &self.docs[phase.doc].facts;
        if self.entity(phase).kind != EntityKind::Phase {
            return Vec::new();
        }
        let tasks = facts.children(phase.entity).filter(|(_, it)| it.kind == EntityKind::Task);
        let is_box = |at: EntityIdx| facts.occurrences_of(at).any(|it| it.carrier.is_coarse());
        let tasks = tasks.filter(|(at, task)| is_box(*at) && !task.mention);
        tasks
            .map(|(entity, _)| {
                let place = Place { doc: phase.doc, entity };
                let said = self.status_at(place);
                let category = said.map(|said| self.vocabulary_at(place).get(said).category);
                (place, category.unwrap_or(Category::Open))
            })
            .filter(|(place, category)| !self.may_be_open(*place, *category))
            .collect()
    }

    /// What the boxes below an entity say of it.
    pub fn boxes_say(&self, place: Place) -> RollUp {
        let boxes = self.boxes_below(place, Boxes::WithPhases);
        roll_up(boxes.into_iter().map(|(_, category)| Some(category)))
    }

    /// The status of what states none and has that of its boxes.
    pub fn derived_at(&self, place: Place) -> Option<StatusIdx> {
        if !self.entity(place).derived {
            return None;
        }
        let wanted = match self.boxes_say(place) {
            RollUp::Done => Category::Done,
            RollUp::Active => Category::Active,
            RollUp::Open => Category::Open,
            // Boxes neither fail nor suffice.
            RollUp::Silent | RollUp::Partial | RollUp::Failed | RollUp::Dropped => return None,
        };
        let mut all = self.vocabulary_at(place).iter();
        all.find(|(_, def)| def.category == wanted).map(|(status, _)| status)
    }
}
