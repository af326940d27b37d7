//! What the phases of a plan or task say of their whole: asked by the rule that finds where the two
//! contradict each other, and by the planner that carries a change up.

use crate::index::{Index, Place, Task};
use crate::profile::EntityKind;
use crate::profile::relation::RollUp;
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};

/// Rolls up the categories of the parts; `None` is a part that says nothing and stops the whole
/// from being finished.
pub fn roll_up(parts: impl IntoIterator<Item = Option<Category>>) -> RollUp {
    let (mut done, mut open, mut active, mut silent) = (0, 0, 0, 0);
    for part in parts {
        match part {
            Some(Category::Done) => done += 1,
            Some(Category::Dropped) => {}
            Some(Category::Active) => active += 1,
            Some(Category::Open | Category::Waiting | Category::Failed) => open += 1,
            None => silent += 1,
        }
    }
    if active > 0 || (done > 0 && open > 0) {
        RollUp::Active
    } else if done > 0 && silent == 0 {
        RollUp::Done
    } else if done == 0 && open > 0 && silent == 0 {
        RollUp::Open
    } else {
        RollUp::Silent
    }
}

/// The status that a plan or task must have instead of `said`, which cannot stand beside parts that
/// say `rolled`; `None` where it can.
pub fn asked(vocabulary: &Vocabulary, rolled: RollUp, said: StatusIdx) -> Option<StatusIdx> {
    let wanted = match (rolled, vocabulary.get(said).category) {
        (RollUp::Done, Category::Open | Category::Active | Category::Waiting) => Category::Done,
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
        let said = self.status_at(place)?;
        Some((said, asked(self.vocabulary_at(place), self.rolled(place), said)?))
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
