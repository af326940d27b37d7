//! Tasks that the files say were finished before, by their numbers.

use std::ops::RangeInclusive;

use crate::index::{DocIdx, Index};
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
    /// Of which tasks the files of the tree of a document say that they are finished.
    pub fn former(&self, doc: DocIdx) -> Former<'_> {
        let mut all = Vec::new();
        if self.docs[doc].profile.roles.iter().any(|role| role.former.is_some()) {
            let scope = self.scope(doc);
            let beside = self.docs.iter().enumerate().filter(|(at, _)| self.scope(*at) == scope);
            all.extend(beside.flat_map(|(_, document)| &document.facts.former));
        }
        Former { all }
    }
}
