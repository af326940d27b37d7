//! Which documents a document was made from, so that what it says otherwise need not be looked for.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::model::EntityIdx;

/// How many documents before it a document remembers: more than somebody types while findings are told.
const DEPTH: usize = if cfg!(test) { 4 } else { 64 };

/// The identity of a document, and how it differs from those that it was made from.
pub(crate) struct Lineage {
    own: Arc<()>,
    /// The latest first, each with the entities that may say something else since.
    from: Vec<(Arc<()>, Range<EntityIdx>)>,
}

impl Lineage {
    /// That of a document of which everything was read.
    pub(super) fn first() -> Lineage {
        Lineage { own: Arc::new(()), from: Vec::new() }
    }

    /// That of a document with the same entities, of which these were read again.
    pub(super) fn next(&self, entities: Range<EntityIdx>) -> Lineage {
        let both =
            |known: &Range<EntityIdx>| known.start.min(entities.start)..known.end.max(entities.end);
        let before = self.from.iter().take(DEPTH - 1).map(|(of, known)| (of.clone(), both(known)));
        let from = std::iter::once((self.own.clone(), entities.clone())).chain(before).collect();
        Lineage { own: Arc::new(()), from }
    }

    /// The entities that may say something else than in `before`, where this was made from that and
    /// has the same entities.
    pub(crate) fn since(&self, before: &Lineage) -> Option<Range<EntityIdx>> {
        let mut known = self.from.iter();
        known.find(|(of, _)| Arc::ptr_eq(of, &before.own)).map(|(_, entities)| entities.clone())
    }
}

/// Documents that say the same are the same to whoever looks at them.
impl fmt::Debug for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_again_on_the_way_is_told_of_the_latest_documents() {
        let mut all = vec![Lineage::first()];
        for entities in [4..6, 2..3, 9..9, 5..8, 1..2] {
            let next = all[all.len() - 1].next(entities);
            all.push(next);
        }
        let since: Vec<_> = all.iter().map(|before| all[5].since(before)).collect();
        assert_eq!(since, [None, Some(1..9), Some(1..9), Some(1..8), Some(1..2), None]);
        assert_eq!(Lineage::first().since(&all[0]), None);
    }
}
