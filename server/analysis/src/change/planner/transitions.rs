//! Which statuses may follow.

use crate::change::Transition;
use crate::index::{Index, Task};
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

/// Whether a task that has its status in check boxes only can have this one: they have a mark for it.
pub(super) fn is_spellable(index: &Index, task: &Task, to: StatusIdx) -> bool {
    let mut spots = index.statuses(task).peekable();
    let def = index.vocabulary_of(task).get(to);
    spots.peek().is_none()
        || spots
            .any(|spot| !spot.occurrence.carrier.is_coarse() || index.has_mark_for(spot.place, def))
}
