//! A map of which a copy with other entries costs what is other.

use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::Arc;

/// How many entries stand together, about: a copy shares the rest and copies these.
const TOGETHER: usize = 8;

/// A few lists by key.
type Bucket<K, V> = Arc<Vec<(K, Vec<V>)>>;

/// Lists by key. Clones share what is changed in none of them.
#[derive(Clone)]
pub(crate) struct SharedMap<K, V> {
    buckets: Vec<Bucket<K, V>>,
}

impl<K: Hash + Eq + Clone, V: Clone> SharedMap<K, V> {
    /// An empty map that is to hold about so many keys.
    pub(crate) fn for_keys(n: usize) -> SharedMap<K, V> {
        let n = (n / TOGETHER).next_power_of_two();
        SharedMap { buckets: vec![Arc::default(); n] }
    }

    fn bucket(&self, key: &K) -> usize {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        usize::try_from(hash).unwrap_or_default() & (self.buckets.len() - 1)
    }

    /// The list of a key; empty where there is none.
    pub(crate) fn get(&self, key: &K) -> &[V] {
        let entry = self.buckets[self.bucket(key)].iter().find(|(known, _)| known == key);
        entry.map_or(&[], |(_, list)| list)
    }

    /// Adds to the list of a key.
    pub(crate) fn add(&mut self, key: K, value: V) {
        let bucket = self.bucket(&key);
        let entries = Arc::make_mut(&mut self.buckets[bucket]);
        match entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, list)) => list.push(value),
            None => entries.push((key, vec![value])),
        }
    }

    /// Keeps those in the list of a key for which `keep` says so.
    pub(crate) fn retain(&mut self, key: &K, keep: impl FnMut(&V) -> bool) {
        let bucket = self.bucket(key);
        // A bucket that stays as it is goes on to be shared.
        if let Some(at) = self.buckets[bucket].iter().position(|(known, _)| known == key) {
            let entries = Arc::make_mut(&mut self.buckets[bucket]);
            entries[at].1.retain(keep);
            if entries[at].1.is_empty() {
                entries.swap_remove(at);
            }
        }
    }

    /// Everything, in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.buckets.iter().flat_map(|entries| entries.iter()).flat_map(|(_, list)| list)
    }

    /// What stands in one of the two only, where `is_same` tells what is the same; `None` where too much
    /// does.
    pub(crate) fn other_than<'m>(
        &'m self,
        before: &'m SharedMap<K, V>,
        is_same: impl Fn(&V, &V) -> bool,
    ) -> Option<Vec<&'m V>> {
        if self.buckets.len() != before.buckets.len() {
            return None;
        }
        let pairs = self.buckets.iter().zip(&before.buckets);
        let mut other = Vec::new();
        for (one, two) in pairs.filter(|(one, two)| !Arc::ptr_eq(one, two)) {
            for (own, others) in [(one, two), (two, one)] {
                for (key, list) in own.iter() {
                    let known = others.iter().find(|(of, _)| of == key);
                    let known = known.map_or(&[][..], |(_, list)| list);
                    let is_new = |value: &&V| !known.iter().any(|it| is_same(it, value));
                    other.extend(list.iter().filter(is_new));
                }
            }
        }
        Some(other)
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Default for SharedMap<K, V> {
    fn default() -> SharedMap<K, V> {
        SharedMap::for_keys(0)
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SharedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.buckets.iter().flat_map(|entries| entries.iter());
        f.debug_map().entries(entries.map(|(key, list)| (key, list))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_in_a_clone_stays_in_the_other() {
        let mut before = SharedMap::for_keys(64);
        (0..64).for_each(|n| before.add(n, n * 2));
        let mut after = before.clone();
        after.add(7, 8);
        after.retain(&9, |_| false);
        assert_eq!((before.get(&7), before.get(&9)), (&[14][..], &[18][..]));
        assert_eq!((after.get(&7), after.get(&9)), (&[14, 8][..], &[][..]));
        assert_eq!((before.values().count(), after.values().count()), (64, 64));
        let is_same = |one: &i32, two: &i32| one == two;
        let mut other = after.other_than(&before, is_same).expect("there are as many buckets");
        other.sort_unstable();
        assert_eq!(other, [&8, &18]);
        assert!(after.other_than(&SharedMap::default(), is_same).is_none());
    }
}
