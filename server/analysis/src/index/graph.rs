//! Which tasks wait for which others: what rules, events and lists ask.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::index::{DocIdx, Index, Place, Task};
use crate::model::{Document, Entity};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusIdx};

/// Where a number is looked for among the files of one folder, so many are looked at on each side.
const MOST_BESIDE: usize = 1_000;

/// The dependencies of all tasks that are no history.
#[derive(Debug, Default)]
pub struct Graph {
    /// What is waited for and what waits for it, in order.
    dependents: Vec<(TaskId, TaskId)>,
    /// What a place depends on that no task is.
    unknown: Vec<(Place, TaskId)>,
    /// Tasks that wait for themselves, each with the next one that it waits for; the last waits for
    /// the first.
    cycles: Vec<Vec<TaskId>>,
}

impl Graph {
    pub(super) fn new(index: &Index) -> Graph {
        let mut graph = Graph::default();
        for task in index.tasks.values() {
            for place in &task.places {
                for id in index.depends_at(*place) {
                    let is_known =
                        || index.is_former(*place, &id) || index.has_heading(*place, &id);
                    if !index.tasks.contains_key(&id) && !is_known() {
                        graph.unknown.push((*place, id.clone()));
                    }
                    graph.dependents.push((id, task.id.clone()));
                }
            }
        }
        graph.unknown.dedup();
        graph.dependents.sort_unstable();
        graph.dependents.dedup();
        graph.cycles = cycles(&graph.dependents);
        graph.dependents.retain(|(id, dependent)| id != dependent);
        graph
    }

    /// What places depend on that is no task, in order of the tasks.
    pub fn unknown(&self) -> &[(Place, TaskId)] {
        &self.unknown
    }

    /// The circles of tasks that wait for each other, each beginning with its first in order of ids.
    pub fn cycles(&self) -> &[Vec<TaskId>] {
        &self.cycles
    }
}

impl Index {
    /// The dependencies of all tasks.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What one place depends on, among the tasks of its own tree, in the order in which it says so.
    pub fn depends_at(&self, place: Place) -> impl Iterator<Item = TaskId> {
        self.entity(place).depends.iter().map(move |id| self.meant_at(place, id))
    }

    /// What an id means that a place depends on.
    fn meant_at(&self, place: Place, id: &TaskId) -> TaskId {
        let document = &self.docs[place.doc];
        let beside = self.beside(document, self.entity(place), id);
        if let Some(beside) = beside.filter(|id| self.tasks.contains_key(id)) {
            return beside;
        }
        let own = self.scopes.id(document, id);
        let number = id.as_str().trim_start_matches(|c: char| !c.is_ascii_digit());
        let number = TaskId::new(number.trim_start_matches('0'));
        if document.profile.ids.local {
            if let Some(near) = [id, &number].iter().find_map(|id| self.near(place, id)) {
                return near;
            }
            if id.as_str().starts_with(|c: char| c.is_ascii_digit()) {
                // Any other list has its own task of that number.
                return TaskId::new(&format!("{}#{own}", document.path));
            }
        }
        let plain = || self.scopes.id(document, &number);
        match self.tasks.contains_key(&own) {
            true => own,
            false => Some(plain()).filter(|id| self.tasks.contains_key(id)).unwrap_or(own),
        }
    }

    /// The task that an id means where ids hold in one list only: that of the same file, else the one
    /// that a file of the same folder is about.
    fn near(&self, place: Place, id: &TaskId) -> Option<TaskId> {
        let document = &self.docs[place.doc];
        let plain = self.scopes.id(document, id);
        let own = TaskId::new(&format!("{}#{plain}", document.path));
        let is_here = |id: &TaskId| {
            self.tasks.get(id).is_some_and(|task| task.all.iter().any(|it| it.doc == place.doc))
        };
        [own, plain].into_iter().find(is_here).or_else(|| {
            let folder = document.path.folder();
            let is_below = |doc: &DocIdx| self.docs[*doc].path.folder().starts_with(folder);
            let before = (0..place.doc).rev().take_while(is_below).take(MOST_BESIDE);
            let behind = (place.doc + 1..self.docs.len()).take_while(is_below).take(MOST_BESIDE);
            let beside = before.chain(behind).filter(|doc| self.docs[*doc].path.folder() == folder);
            let heads = beside.map(|doc| Place { doc, entity: 0 });
            let mut meant = heads.filter(|head| {
                let entity = self.docs[head.doc].facts.entities.first();
                entity.is_some_and(|it| it.id.as_ref() == Some(id) && !it.derived_id)
            });
            self.by_place.get(&meant.next()?).cloned()
        })
    }

    /// The part of the same task that has a word for its id, and may be named by that alone.
    fn beside(&self, document: &Document, entity: &Entity, word: &TaskId) -> Option<TaskId> {
        let text = word.as_str();
        if text.starts_with(|c: char| c.is_ascii_digit()) || text.contains('.') {
            return None;
        }
        let above = document.facts.entities.get(entity.parent?)?.id.as_ref()?;
        let own = entity.id.as_ref()?.as_str().strip_prefix(above.as_str())?;
        let is_part = own.starts_with('.');
        is_part.then(|| self.scopes.id(document, &TaskId::new(&format!("{above}.{word}"))))
    }

    /// The circles among the tasks that are still to be finished: what is done holds up nothing.
    pub fn cycles_among(&self, waits: &dyn Fn(&TaskId) -> bool) -> Vec<Vec<TaskId>> {
        let all = self.graph.cycles();
        if all.iter().flatten().all(waits) {
            return all.to_vec();
        }
        let alone = all.iter().filter(|cycle| cycle.len() == 1).flatten();
        let alone = alone.map(|id| (id.clone(), id.clone()));
        let edges = self.graph.dependents.iter().cloned().chain(alone);
        let mut left: Vec<(TaskId, TaskId)> =
            edges.filter(|(id, dependent)| waits(id) && waits(dependent)).collect();
        left.sort_unstable();
        cycles(&left)
    }

    /// Whether a file beside a place says that what has the number of an id is finished, so that it need not
    /// be listed any more.
    fn is_former(&self, place: Place, id: &TaskId) -> bool {
        self.ever_former(place.doc).hold(id)
    }

    /// Whether the file of a place has a heading for an id, and says nowhere how far that is.
    fn has_heading(&self, place: Place, id: &TaskId) -> bool {
        let mut named = self.docs[place.doc].facts.named.iter();
        named.any(|own| self.id_in(place.doc, own) == *id)
    }

    /// The place where a task says that it depends on another.
    pub fn says_depends(&self, task: &Task, id: &TaskId) -> Option<Place> {
        let mut places = task.places.iter();
        places.find(|place| self.depends_at(**place).any(|it| it == *id)).copied()
    }

    /// The tasks that it depends on, in order.
    pub fn depends(&self, task: &Task) -> Vec<TaskId> {
        let places = task.places.iter().chain(&task.past);
        let ids: BTreeSet<TaskId> =
            places.flat_map(|place| self.depends_at(*place)).filter(|id| *id != task.id).collect();
        ids.into_iter().collect()
    }

    /// The tasks that depend on it.
    pub fn dependents(&self, task: &Task) -> Vec<TaskId> {
        let dependents = &self.graph.dependents;
        let first = dependents.partition_point(|(id, _)| *id < task.id);
        let own = dependents[first..].iter().take_while(|(id, _)| *id == task.id);
        own.map(|(_, dependent)| dependent.clone()).collect()
    }

    /// Those that it depends on and that are still to be finished: what was given up is not, nor what it
    /// is part of, which is finished with it.
    pub fn waits_for(&self, task: &Task) -> Vec<TaskId> {
        let mut depends = self.depends(task);
        depends.retain(|id| !self.is_part_of(task, id));
        depends.retain(|id| {
            let is_former = |place: &Place| self.is_former(*place, id);
            self.tasks.contains_key(id) || !task.places.iter().any(is_former)
        });
        depends.retain(|id| {
            let before = self.tasks.get(id).and_then(|before| self.category(before));
            !matches!(before, Some(Category::Done | Category::Dropped))
        });
        depends
    }

    /// What is told of a task to those that depend on it: its status, and whether any place says that it is
    /// done, or the folder of one.
    pub(crate) fn told_dependents(&self, task: &Task) -> (Option<StatusIdx>, bool) {
        let vocabulary = self.vocabulary_of(task);
        let is_done = |status| vocabulary.get(status).category == Category::Done;
        let told = self.statuses(task).filter_map(|spot| spot.status());
        let by_file = self.said_by_file(task).map(|(_, said)| said);
        let folders = task.places.iter().filter_map(|place| {
            vocabulary.lookup(self.docs[place.doc].facts.captures.status.as_deref()?)
        });
        (self.status(task), told.chain(by_file).chain(folders).any(is_done))
    }

    /// What the status of a task means.
    pub fn category(&self, task: &Task) -> Option<Category> {
        let vocabulary = self.vocabulary_of(task);
        Some(vocabulary.get(self.status(task)?).category)
    }
}

/// The circles in what each task waits for: every task that is on one is on one of these. `behind` is
/// what is waited for and what waits for it, in order.
fn cycles(behind: &[(TaskId, TaskId)]) -> Vec<Vec<TaskId>> {
    let mut before = unsettled(behind);
    let mut cycles = Vec::new();
    loop {
        let Some(first) = before.keys().next() else { return cycles };
        // Each that is left waits for one that is left, so that the way comes back to itself.
        let mut way = vec![first.clone()];
        let cycle = loop {
            let next = way.last().and_then(|last| before.get(last)?.first());
            let Some(next) = next else { return cycles };
            if let Some(at) = way.iter().position(|seen| seen == next) {
                break way.split_off(at);
            }
            way.push(next.clone());
        };
        cycle.iter().for_each(|id| drop(before.remove(id)));
        let left = before.iter().flat_map(|(next, ids)| ids.iter().map(move |id| (id, next)));
        let left = left.filter(|(id, _)| !cycle.contains(id));
        let mut left: Vec<(TaskId, TaskId)> =
            left.map(|(id, next)| (id.clone(), next.clone())).collect();
        left.sort_unstable();
        before = unsettled(&left);
        let start = cycle.iter().enumerate().min_by_key(|(_, id)| *id).map_or(0, |(at, _)| at);
        let mut cycle = cycle;
        cycle.rotate_left(start);
        cycles.push(cycle);
    }
}

/// What is left of those when all that can be done in some order is done: each with what it waits for.
fn unsettled(behind: &[(TaskId, TaskId)]) -> BTreeMap<TaskId, BTreeSet<TaskId>> {
    let mut waits: FxHashMap<&TaskId, usize> = FxHashMap::default();
    behind.iter().for_each(|(_, id)| *waits.entry(id).or_default() += 1);
    let free = behind.iter().map(|(id, _)| id).filter(|id| !waits.contains_key(id));
    let mut ready: Vec<&TaskId> = free.collect();
    ready.dedup();
    while let Some(id) = ready.pop() {
        let first = behind.partition_point(|(before, _)| before < id);
        for (_, next) in behind[first..].iter().take_while(|(before, _)| before == id) {
            let Some(left) = waits.get_mut(next) else { continue };
            *left -= 1;
            if *left == 0 {
                waits.remove(next);
                ready.push(next);
            }
        }
    }
    let mut before: BTreeMap<TaskId, BTreeSet<TaskId>> = BTreeMap::new();
    for (id, next) in
        behind.iter().filter(|(id, next)| [id, next].iter().all(|it| waits.contains_key(it)))
    {
        before.entry(next.clone()).or_default().insert(id.clone());
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[(u32, &[u32])]) -> Vec<Vec<String>> {
        let id = |n: &u32| TaskId::new(&n.to_string());
        let behind = edges.iter().flat_map(|(n, ids)| ids.iter().map(|it| (id(it), id(n))));
        let mut behind: Vec<(TaskId, TaskId)> = behind.collect();
        behind.sort_unstable();
        let named = |cycle: Vec<TaskId>| cycle.iter().map(ToString::to_string).collect();
        cycles(&behind).into_iter().map(named).collect()
    }

    #[test]
    fn circles_are_found_once_each_and_ways_into_them_are_none() {
        assert!(found(&[(1, &[2]), (2, &[3]), (4, &[2, 3])]).is_empty());
        assert_eq!(found(&[(1, &[1])]), [["1"]]);
        assert_eq!(found(&[(9, &[1]), (1, &[2]), (2, &[3]), (3, &[1, 8])]), [["1", "2", "3"]]);
        assert_eq!(
            found(&[(1, &[2]), (2, &[1]), (3, &[4]), (4, &[3, 1])]),
            [["1", "2"], ["3", "4"]]
        );
    }

    #[test]
    fn a_long_chain_is_settled() {
        let edges: Vec<(u32, [u32; 1])> = (1..20_000).map(|n| (n, [n + 1])).collect();
        let edges: Vec<(u32, &[u32])> = edges.iter().map(|(n, ids)| (*n, &ids[..])).collect();
        assert!(found(&edges).is_empty());
    }
}
