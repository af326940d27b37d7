//! Tasks that the files say were finished before, by their numbers.

use std::ops::RangeInclusive;

use crate::index::{DocIdx, Index};
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
        let own = id.as_str().rsplit([':', '/']).next().unwrap_or_default();
        let digits = own.find(|c: char| !c.is_ascii_digit()).unwrap_or(own.len());
        let number = own[..digits].parse::<u64>();
        number.is_ok_and(|number| self.all.iter().any(|range| range.contains(&number)))
    }
}

impl Index {
    /// Which tasks the live files of the tree of a document say were finished before. What was put away may
    /// have numbered its tasks apart.
    pub fn former(&self, doc: DocIdx) -> Former<'_> {
        self.former_by(doc, &|document| !document.facts.history)
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
