//! Which links may lead to a file: asked by whoever lists what refers to one.

use rustc_hash::FxHashMap;

use crate::index::{DocIdx, Docs, Index};
use crate::model::{Document, EntityIdx, Link};

/// Where links stand, by the last part of what they name.
#[derive(Debug, Default)]
pub(super) struct Linked {
    by_name: FxHashMap<Box<str>, Vec<(DocIdx, Option<EntityIdx>)>>,
}

impl Linked {
    fn new(docs: &Docs) -> Linked {
        let mut linked = Linked::default();
        for (doc, document) in docs.iter().enumerate() {
            for link in document.facts.links.iter() {
                let places = linked.by_name.entry(name(&link.target).into()).or_default();
                if places.last() != Some(&(doc, link.entity)) {
                    places.push((doc, link.entity));
                }
            }
        }
        linked
    }
}

/// The last part of a path.
fn name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

/// The links of one entity, or of none.
fn links_of(document: &Document, entity: Option<EntityIdx>) -> Vec<&Link> {
    match entity {
        Some(entity) => document.facts.links_of(entity).collect(),
        None => document.facts.links.iter().take_while(|link| link.entity.is_none()).collect(),
    }
}

impl Index {
    /// The links that may lead to `path`, in order: those that end in its name.
    pub fn links_named(&self, path: &str) -> Vec<(DocIdx, &Link)> {
        let linked = self.linked.get_or_init(|| Linked::new(&self.docs));
        let name = name(path);
        let places = linked.by_name.get(name).into_iter().flatten();
        let links = places.flat_map(|(doc, entity)| {
            let links = links_of(&self.docs[*doc], *entity).into_iter();
            links.map(move |link| (*doc, link))
        });
        links.filter(|(_, link)| self::name(&link.target) == name).collect()
    }

    /// Whether every entity has the links that it has in `before`, which has the same files and
    /// entities.
    pub(super) fn links_as(&self, before: &Index) -> bool {
        self.docs.other_than(&before.docs).into_iter().all(|doc| {
            let (old, new) = (&before.docs[doc], &self.docs[doc]);
            let alike = |entity| {
                let (was, is) = (links_of(old, entity), links_of(new, entity));
                was.iter().map(|link| &link.target).eq(is.iter().map(|link| &link.target))
            };
            match new.lineage.since(&old.lineage) {
                Some(mut read) => read.all(|entity| alike(Some(entity))),
                None => (0..new.facts.entities.len()).all(|it| alike(Some(it))) && alike(None),
            }
        })
    }
}
