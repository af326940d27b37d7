//! A list of which a copy with other items costs what is other.

use std::fmt;
use std::ops;
use std::sync::Arc;

use crate::text::looks::looked;

/// How many items stand together: a copy shares the rest and copies these.
const RUN: usize = 64;

/// A list whose clones share what is replaced in none of them.
#[derive(Clone)]
pub struct SharedVec<T> {
    /// All of them but the last are full.
    runs: Vec<Arc<Vec<T>>>,
}

impl<T> SharedVec<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        let last = self.runs.last().map_or(0, |run| run.len());
        self.runs.len().saturating_sub(1) * RUN + last
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The item at `idx`.
    pub fn get(&self, idx: usize) -> Option<&T> {
        looked();
        self.runs.get(idx / RUN)?.get(idx % RUN)
    }

    /// The items in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.runs.iter().flat_map(|run| run.iter()).inspect(|_| looked())
    }

    /// Where the item is for which `compare` says that it is the one, as for a slice in that order.
    pub fn binary_search_by(
        &self,
        mut compare: impl FnMut(&T) -> std::cmp::Ordering,
    ) -> Result<usize, usize> {
        let before = self.runs.partition_point(|run| compare(&run[0]).is_le());
        let Some(run) = before.checked_sub(1) else { return Err(0) };
        let within = self.runs[run].binary_search_by(compare);
        within.map(|at| run * RUN + at).map_err(|at| run * RUN + at)
    }
}

impl<T: Clone> SharedVec<T> {
    /// Puts another item in the place of the one at `idx`, which there is.
    pub(crate) fn replace(&mut self, idx: usize, item: T) {
        Arc::make_mut(&mut self.runs[idx / RUN])[idx % RUN] = item;
    }
}

impl<T> SharedVec<Arc<T>> {
    /// Where the items are other than in a list of the same length, as far as they are not the same
    /// in memory.
    pub(crate) fn other_than(&self, before: &SharedVec<Arc<T>>) -> Vec<usize> {
        let runs = self.runs.iter().zip(&before.runs).enumerate();
        let other = runs.filter(|(_, (one, two))| !Arc::ptr_eq(one, two));
        let items = other.flat_map(|(run, (one, two))| {
            let pairs = one.iter().zip(two.iter()).enumerate();
            pairs
                .filter(|(_, (one, two))| !Arc::ptr_eq(one, two))
                .map(move |(at, _)| run * RUN + at)
        });
        items.collect()
    }
}

impl<T> Default for SharedVec<T> {
    fn default() -> SharedVec<T> {
        SharedVec { runs: Vec::new() }
    }
}

impl<T> FromIterator<T> for SharedVec<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> SharedVec<T> {
        let mut runs: Vec<Vec<T>> = Vec::new();
        for item in items {
            match runs.last_mut() {
                Some(run) if run.len() < RUN => run.push(item),
                _ => {
                    let mut run = Vec::with_capacity(RUN);
                    run.push(item);
                    runs.push(run);
                }
            }
        }
        SharedVec { runs: runs.into_iter().map(Arc::new).collect() }
    }
}

impl<T> ops::Index<usize> for SharedVec<T> {
    type Output = T;

    fn index(&self, idx: usize) -> &T {
        looked();
        &self.runs[idx / RUN][idx % RUN]
    }
}

impl<T: fmt::Debug> fmt::Debug for SharedVec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(n: usize) -> SharedVec<Arc<usize>> {
        (0..n).map(|it| Arc::new(it * 2)).collect()
    }

    #[test]
    fn it_is_a_list_like_any_other() {
        for n in [0, 1, RUN - 1, RUN, RUN + 1, 3 * RUN] {
            let list = list(n);
            assert_eq!((list.len(), list.is_empty()), (n, n == 0));
            let plain: Vec<usize> = list.iter().map(|it| **it).collect();
            assert_eq!(plain, (0..n).map(|it| it * 2).collect::<Vec<_>>());
            for wanted in 0..=2 * n {
                let found = list.binary_search_by(|it| (**it).cmp(&wanted));
                assert_eq!(found, plain.binary_search(&wanted), "{wanted} of {n}");
                assert_eq!(list.get(wanted).map(|it| **it), plain.get(wanted).copied());
            }
        }
    }

    #[test]
    fn what_is_replaced_in_a_clone_is_told_and_stays_in_the_other() {
        let before = list(4 * RUN);
        let mut after = before.clone();
        for idx in [0, RUN + 1, 3 * RUN - 1] {
            after.replace(idx, Arc::new(7));
            assert_eq!((*before[idx], *after[idx]), (idx * 2, 7));
        }
        assert_eq!(after.other_than(&before), [0, RUN + 1, 3 * RUN - 1]);
        let is_shared = |run: usize| Arc::ptr_eq(&before.runs[run], &after.runs[run]);
        assert_eq!([0, 1, 2, 3].map(is_shared), [false, false, false, true]);
    }
}
