//! Which statuses may follow.

use crate::change::Transition;
use crate::index::{Index, Place, Spot, Task};
use crate::profile::EntityKind;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::snapshot::Snapshot;

/// Which statuses may follow now, in the profile's order.
pub fn transitions(vocabulary: &Vocabulary, from: Option<StatusIdx>) -> Vec<Transition> {
    vocabulary
        .iter()
        .map(|(to, def)| match from {
            None => Transition { to, allowed: true, why: "no status yet".to_owned() },
            Some(from) if from == to => {
                Transition { to, allowed: true, why: "current status".to_owned() }
            }
            Some(from) => {
                let allowed = vocabulary.allows(from, to);
                let [old, new] =
                    [vocabulary.get(from), def].map(|it| it.id.replace(['_', '-'], " "));
                let verb = if allowed { "may" } else { "may not" };
                Transition { to, allowed, why: format!("{new} {verb} follow {old}") }
            }
        })
        .collect()
}

/// Which statuses may follow now of a task, and can stand where it has its status.
pub fn transitions_of(analysis: &Snapshot, task: &Task) -> Vec<Transition> {
    let index = &analysis.index;
    let (vocabulary, from) = (index.vocabulary_of(task), index.status(task));
    let mut all = transitions(vocabulary, from);
    for it in all.iter_mut().filter(|it| it.allowed && from != Some(it.to)) {
        if !is_spellable(index, task, it.to) {
            let id = vocabulary.get(it.to).id.replace(['_', '-'], " ");
            (it.allowed, it.why) = (false, format!("its check box has no mark for {id}"));
        }
    }
    all
}

/// Whether a task can have this status wherever it stands in a check box alone: that has a mark for it, or
/// tells no more than whether work is left.
pub(super) fn is_spellable(index: &Index, task: &Task, to: StatusIdx) -> bool {
    let def = index.vocabulary_of(task).get(to);
    let in_box = |place: Place| {
        let mut spots = index.spots(place).peekable();
        spots.peek().is_some() && spots.all(|spot| spot.occurrence.carrier.is_coarse())
    };
    let can_say = |place: Place| {
        let says = |spot: Spot<'_>| spot.status().is_some_and(|own| own == to);
        index.has_mark_for(place, def) || index.spots(place).any(says)
    };
    let is_only = index.statuses(task).all(|spot| spot.occurrence.carrier.is_coarse());
    let places = task.places.iter().copied().filter(|place| in_box(*place));
    places
        .filter(|place| is_only || !index.entity(*place).coarse)
        .filter(|place| index.entity(*place).kind == EntityKind::Task)
        .all(can_say)
}
