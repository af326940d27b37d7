//! What the phases of a plan or task say of their whole: asked by the rule that finds where the two
//! contradict each other, and by the planner that carries a change up.

use crate::index::{Index, Place, Task};
use crate::profile::EntityKind;
use crate::profile::roll_up::RollUp;
use crate::profile::strategies::ChildCounts;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};

/// Rolls up the categories of the parts; `None` is a part that says nothing and stops the whole
/// from being finished.
pub fn roll_up(parts: impl IntoIterator<Item = Option<Category>>) -> RollUp {
    ChildCounts::of(parts).coarse()
}

/// The status that a plan or task must have instead of `said`, which cannot stand beside parts that
/// say `rolled`; `None` where it can.
pub fn asked(vocabulary: &Vocabulary, rolled: RollUp, said: StatusIdx) -> Option<StatusIdx> {
    let partial = || vocabulary.lookup("partial");
    let is_left = || {
        let category = vocabulary.get(said).category;
        matches!(category, Category::Open | Category::Active | Category::Waiting)
    };
    let wanted = match (rolled, vocabulary.get(said).category) {
        (RollUp::Partial, Category::Done) => return None,
        (RollUp::Partial, _) if partial() == Some(said) => return None,
        (RollUp::Partial, _) if is_left() && partial().is_some() => return partial(),
        (RollUp::Done | RollUp::Partial, _) if is_left() => Category::Done,
        (RollUp::Dropped, _) if is_left() => Category::Dropped,
        (RollUp::Failed, category) if is_left() || category == Category::Done => Category::Failed,
        (RollUp::Active, Category::Open | Category::Done) => Category::Active,
        _ => return None,
    };
    let mut all = vocabulary.iter();
    all.find(|(_, def)| def.category == wanted).map(|(status, _)| status)
}

impl Index {
    /// What the phases below a place say of it.
    pub fn rolled(&self, place: Place) -> RollUp {
        let phases = self.profile_at(place).vocabulary(EntityKind::Phase);
        let parts = self.phases_below(place);
        roll_up(parts.iter().map(|at| self.status_at(*at).map(|said| phases.get(said).category)))
    }

    /// What a plan or task says and what its phases say that it must, where the two cannot both be.
    pub fn contradiction(&self, place: Place) -> Option<(StatusIdx, StatusIdx)> {
        let kind = self.entity(place).kind;
        if !matches!(kind, EntityKind::Plan | EntityKind::Task) {
            return None;
        }
        let (said, rolled) = (self.status_at(place)?, self.rolled(place));
        let own = self.spots(place).find(|spot| spot.status() == Some(said));
        if rolled == RollUp::Done && own.is_some_and(|spot| spot.may_be_ticked()) {
            return None;
        }
        Some((said, asked(self.vocabulary_at(place), rolled, said)?))
    }

    /// The newest plan of a task that says no status by itself, what the task says, and what it must say by
    /// the boxes of that plan, where the two cannot both be.
    pub fn contradicted_by_boxes(&self, task: &Task) -> Option<(Place, StatusIdx, StatusIdx)> {
        let plan = self.silent_plan(task)?;
        let authority = self.authority(task)?;
        let (said, rolled) = (authority.status()?, self.boxes_say(plan));
        if rolled == RollUp::Done && authority.may_be_ticked() {
            return None;
        }
        let wanted = asked(self.vocabulary_of(task), rolled, said)?;
        Some((plan, said, wanted))
    }

    /// The newest plan of a finished task, where the plan says no status by itself and not one of its boxes
    /// is ticked: nobody has kept it, or nothing is done.
    pub fn untouched_plan(&self, task: &Task) -> Option<Place> {
        let plan = self.silent_plan(task)?;
        let said = self.vocabulary_of(task).get(self.authority(task)?.status()?);
        let is_untouched = said.category == Category::Done && self.boxes_say(plan) == RollUp::Open;
        is_untouched.then_some(plan)
    }

    /// The newest plan of a finished task, where its header and each of its phases say that nothing is begun.
    pub fn unbegun_plan(&self, task: &Task) -> Option<Place> {
        let plan = *task.plans.first()?;
        let said = self.vocabulary_of(task).get(self.authority(task)?.status()?);
        let header = self.vocabulary_at(plan).get(self.status_at(plan)?);
        let phases = self.phases_below(plan);
        let are_stated = !phases.is_empty()
            && phases.iter().all(|phase| self.spots(*phase).any(|spot| spot.status().is_some()));
        let is_open = header.category == Category::Open && self.rolled(plan) == RollUp::Open;
        (said.category == Category::Done && are_stated && is_open).then_some(plan)
    }

    fn silent_plan(&self, task: &Task) -> Option<Place> {
        let plan = *task.plans.first()?;
        let is_silent = self.entity(plan).derived && self.spots(plan).next().is_none();
        is_silent.then_some(plan)
    }

    /// What the task's newest plan must say to agree with the task and with its own phases; `None`
    /// where the task has no say over it, or where nothing agrees with both.
    pub fn fitting(&self, task: &Task) -> Option<StatusIdx> {
        let plan = *task.plans.first()?;
        let allowed = self.plan_statuses(task, self.authority(task)?.status()?)?;
        let rolled = self.rolled(plan);
        let vocabulary = self.vocabulary_at(plan);
        let fits = |said: &&StatusIdx| asked(vocabulary, rolled, **said).is_none();
        allowed.iter().find(fits).copied()
    }
}
