//! How tasks stood before: at a commit that changes are judged against. Whoever can read it hands
//! this in; without that there is nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::{Index, Place, Task};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};
use crate::snapshot::Snapshot;

/// Of what a status is: of a task, or of the phase of it with this number.
type StatusOwner = (TaskId, Option<String>);

/// How tasks stood at a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// What a user calls the commit.
    pub name: String,
    /// The id of each status.
    statuses: BTreeMap<StatusOwner, String>,
    /// The statuses that somebody has set since by force, or by taking a change back.
    explained: BTreeSet<(StatusOwner, String)>,
}

/// A status that another has become since.
#[derive(Debug)]
pub struct ChangeSinceBase<'a> {
    /// Whose it is.
    pub place: Place,
    /// The number, where that is a phase.
    pub phase: Option<String>,
    /// The words.
    pub vocabulary: &'a Vocabulary,
    /// What it was.
    pub from: StatusIdx,
    /// What it is.
    pub to: StatusIdx,
}

impl Base {
    /// The commit at which the workspace was as `analysis` has it.
    pub fn new(name: String, analysis: &Snapshot) -> Base {
        let index = &analysis.index;
        let mut statuses = BTreeMap::new();
        for task in index.tasks.values().filter(|task| index.is_live(task)) {
            for (_, phase, vocabulary, status) in parts(index, task) {
                let id = vocabulary.get(status).id.clone();
                statuses.insert((task.id.clone(), phase), id);
            }
        }
        Base { name, statuses, explained: BTreeSet::new() }
    }

    /// Takes in that somebody has given the status to a task, or a phase of it, although it may not
    /// follow.
    pub fn explain(&mut self, task: &str, phase: Option<&str>, to: &str) {
        let part = (TaskId::new(task), phase.map(str::to_owned));
        self.explained.insert((part, to.to_owned()));
    }
}

impl Snapshot {
    /// The tasks of which a status is another than at the base, as far as nothing explains it.
    pub(crate) fn tasks_changed_since_base(&self) -> BTreeSet<TaskId> {
        if self.base.is_none() {
            return BTreeSet::new();
        }
        let tasks = self.index.tasks.values();
        let changed = tasks.filter(|task| !self.changes_since_base(task).is_empty());
        changed.map(|task| task.id.clone()).collect()
    }

    /// What a task and its phases have become since the base, as far as nothing explains it.
    pub fn changes_since_base<'a>(&'a self, task: &'a Task) -> Vec<ChangeSinceBase<'a>> {
        let Some(base) = &*self.base else { return Vec::new() };
        let changes = parts(&self.index, task).into_iter();
        let changed = |(place, phase, vocabulary, to): (Place, _, &'a Vocabulary, StatusIdx)| {
            let part = (task.id.clone(), phase);
            let from = vocabulary.lookup(base.statuses.get(&part)?)?;
            let is_explained =
                base.explained.contains(&(part.clone(), vocabulary.get(to).id.clone()));
            let change = ChangeSinceBase { place, phase: part.1, vocabulary, from, to };
            (from != to && !is_explained).then_some(change)
        };
        changes.filter_map(changed).collect()
    }
}

/// The statuses of a task and of the phases of its newest plan, by number.
fn parts<'a>(
    index: &'a Index,
    task: &'a Task,
) -> Vec<(Place, Option<String>, &'a Vocabulary, StatusIdx)> {
    let own = index
        .authority(task)
        .and_then(|spot| Some((spot.place, None, index.vocabulary_of(task), index.status(task)?)));
    let phases = index.phases(task).into_iter().filter_map(|place| {
        let number = index.entity(place).number.as_deref()?.to_owned();
        Some((place, Some(number), index.vocabulary_at(place), index.status_at(place)?))
    });
    own.into_iter().chain(phases).collect()
}
