//! Which tasks wait for which others: what rules, events and lists ask.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::{Index, Place, Task};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::Category;
use crate::profile::{EntityKind, Profile};

/// The dependencies of all tasks that are no history.
#[derive(Debug, Default)]
pub struct Graph {
    dependents: BTreeMap<TaskId, BTreeSet<TaskId>>,
    /// What a place depends on that no task is.
    unknown: Vec<(Place, TaskId)>,
    /// Tasks that wait for themselves, each with the next one that it waits for; the last waits for
    /// the first.
    cycles: Vec<Vec<TaskId>>,
}

impl Graph {
    pub(super) fn new(index: &Index) -> Graph {
        let mut graph = Graph::default();
        let mut before: BTreeMap<&TaskId, BTreeSet<TaskId>> = BTreeMap::new();
        for task in index.tasks.values() {
            for place in &task.places {
                for id in index.depends_at(*place) {
                    if !index.tasks.contains_key(&id) {
                        graph.unknown.push((*place, id.clone()));
                    }
                    if id != task.id {
                        graph.dependents.entry(id.clone()).or_default().insert(task.id.clone());
                    }
                    before.entry(&task.id).or_default().insert(id);
                }
            }
        }
        graph.unknown.dedup();
        graph.cycles = cycles(before.into_iter().map(|(id, ids)| (id.clone(), ids)).collect());
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

    /// What one place depends on, among the tasks of its own tree.
    fn depends_at(&self, place: Place) -> impl Iterator<Item = TaskId> {
        let document = &self.docs[place.doc];
        self.entity(place).depends.iter().map(|id| {
            let own = self.scopes.id(document, id);
            let number = id.as_str().trim_start_matches(|c: char| !c.is_ascii_digit());
            let plain = || self.scopes.id(document, &TaskId::new(number.trim_start_matches('0')));
            match self.tasks.contains_key(&own) {
                true => own,
                false => Some(plain()).filter(|id| self.tasks.contains_key(id)).unwrap_or(own),
            }
        })
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
        self.graph.dependents.get(&task.id).into_iter().flatten().cloned().collect()
    }

    /// Those that it depends on and that are not done.
    pub fn waits_for(&self, profile: &Profile, task: &Task) -> Vec<TaskId> {
        let mut depends = self.depends(task);
        depends.retain(|id| {
            let before = self.tasks.get(id);
            before.and_then(|before| self.category(profile, before)) != Some(Category::Done)
        });
        depends
    }

    /// What the status of a task means.
    pub fn category(&self, profile: &Profile, task: &Task) -> Option<Category> {
        Some(profile.vocabulary(EntityKind::Task).get(self.status(task)?).category)
    }
}

/// The circles in what each task waits for: every task that is on one is on one of these.
fn cycles(mut before: BTreeMap<TaskId, BTreeSet<TaskId>>) -> Vec<Vec<TaskId>> {
    let mut cycles = Vec::new();
    loop {
        settle(&mut before);
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
        let start = cycle.iter().enumerate().min_by_key(|(_, id)| *id).map_or(0, |(at, _)| at);
        let mut cycle = cycle;
        cycle.rotate_left(start);
        cycles.push(cycle);
    }
}

/// Takes those out that can be done in some order, and what others wait for them.
fn settle(before: &mut BTreeMap<TaskId, BTreeSet<TaskId>>) {
    let mut behind: BTreeMap<TaskId, Vec<TaskId>> = BTreeMap::new();
    for (id, ids) in before.iter() {
        ids.iter().for_each(|it| behind.entry(it.clone()).or_default().push(id.clone()));
    }
    let free = |before: &BTreeMap<TaskId, BTreeSet<TaskId>>, id: &TaskId| {
        before.get(id).is_none_or(BTreeSet::is_empty)
    };
    let named = before.keys().chain(behind.keys());
    let mut ready: Vec<TaskId> = named.filter(|id| free(before, id)).cloned().collect();
    while let Some(id) = ready.pop() {
        before.remove(&id);
        for next in behind.remove(&id).unwrap_or_default() {
            let Some(ids) = before.get_mut(&next) else { continue };
            ids.remove(&id);
            if ids.is_empty() {
                ready.push(next);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[(u32, &[u32])]) -> Vec<Vec<String>> {
        let id = |n: &u32| TaskId::new(&n.to_string());
        let before = edges.iter().map(|(n, ids)| (id(n), ids.iter().map(id).collect())).collect();
        let named = |cycle: Vec<TaskId>| cycle.iter().map(ToString::to_string).collect();
        cycles(before).into_iter().map(named).collect()
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
