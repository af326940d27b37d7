//! Tasks that the files say were finished before, by their numbers.

use std::ops::RangeInclusive;

use crate::index::{DocIdx, Index, Place, Task};
use crate::model::Document;
use crate::profile::id::TaskId;

/// The numbers of tasks that were finished before, as one tree of files tells them.
#[derive(Debug, Default)]
pub struct Former<'a> {
    all: Vec<&'a RangeInclusive<u64>>,
}

impl Former<'_> {
    /// Whether what has the number of an id is one of them.
    pub(super) fn hold(&self, id: &TaskId) -> bool {
        if self.all.is_empty() {
            return false;
        }
        number_of(id).is_some_and(|number| self.all.iter().any(|range| range.contains(&number)))
    }
}

/// The number that an id begins with.
fn number_of(id: &TaskId) -> Option<u64> {
    let own = id.as_str().rsplit([':', '/']).next().unwrap_or_default();
    let digits = own.find(|c: char| !c.is_ascii_digit()).unwrap_or(own.len());
    own[..digits].parse().ok()
}

impl Index {
    /// Which tasks the live files of the tree of a document say were finished before. What was put away may
    /// have numbered its tasks apart. Where one of such a number is still to be finished, the numbers began
    /// again.
    pub fn former(&self, doc: DocIdx) -> Former<'_> {
        let mut former = self.former_by(doc, &|document| !document.facts.history);
        if !former.all.is_empty() {
            let live = self.tasks.values().filter(|task| self.is_left(task, doc));
            let live: Vec<u64> = live.filter_map(|task| number_of(&task.id)).collect();
            former.all.retain(|range| !live.iter().any(|number| range.contains(number)));
        }
        former
    }

    /// Whether a task of the tree of a document is still to be finished, and stands in no part of a file
    /// that is folded away.
    fn is_left(&self, task: &Task, doc: DocIdx) -> bool {
        let is_closed = |it| self.vocabulary_of(task).get(it).category.is_closed();
        let is_open = self.status(task).is_some_and(|it| !is_closed(it));
        is_open
            && task
                .places
                .iter()
                .any(|at| self.scope(at.doc) == self.scope(doc) && !self.is_folded(*at))
    }

    fn is_folded(&self, place: Place) -> bool {
        let text = &self.docs[place.doc].text;
        let start = self.spots(place).map(|spot| spot.occurrence.line.start as usize).min();
        start.is_some_and(|start| {
            let before = text.copy(0..start.min(text.len()));
            before.matches("<details").count() > before.matches("</details").count()
        })
    }

    /// The same of all its files.
    pub(super) fn ever_former(&self, doc: DocIdx) -> Former<'_> {
        self.former_by(doc, &|_| true)
    }

    fn former_by(&self, doc: DocIdx, tells: &dyn Fn(&Document) -> bool) -> Former<'_> {
        let mut all = Vec::new();
        if self.docs[doc].profile.roles.iter().any(|role| role.former.is_some()) {
            let scope = self.scope(doc);
            let beside = self.docs.iter().enumerate().filter(|(at, _)| self.scope(*at) == scope);
            let beside = beside.map(|(_, document)| document).filter(|it| tells(it));
            all.extend(beside.flat_map(|document| &document.facts.former));
        }
        Former { all }
    }
}
