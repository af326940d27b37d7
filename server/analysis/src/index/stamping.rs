//! Which times a list keeps beside its statuses: what is written into it, and missed in it, follows its own
//! practice, where the profile says that this differs from list to list.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::index::{DocIdx, Docs, Index, Place};
use crate::model::{Document, EntityIdx, FieldRole};
use crate::profile::EntityKind;
use crate::profile::vocabulary::{Category, StatusDef};

/// How many entities have a time, and of how many that should have it none is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct KeptStamp {
    with: usize,
    without: usize,
}

impl KeptStamp {
    /// Whether most have it.
    fn by_most(self) -> bool {
        self.with > 0 && self.with >= self.without
    }

    /// The same without one that has it, or has not.
    fn but(self, one: Option<bool>) -> KeptStamp {
        let with = self.with.saturating_sub(usize::from(one == Some(true)));
        KeptStamp { with, without: self.without.saturating_sub(usize::from(one == Some(false))) }
    }

    fn is_told(self) -> bool {
        self.with + self.without > 0
    }
}

/// The name of a stamp; `None` for whichever belongs to the status that an entity is in.
type StampName = Option<Box<str>>;

/// What the entities of some documents keep, by their kind and the name of the stamp.
type StampTally = BTreeMap<(EntityKind, StampName), KeptStamp>;

/// What each document keeps, and what all documents of its role keep together, at the first of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamping {
    docs: BTreeMap<DocIdx, StampTally>,
    roles: BTreeMap<DocIdx, StampTally>,
    first_of_role: Arc<BTreeMap<DocIdx, DocIdx>>,
}

impl Stamping {
    fn new(index: &Index) -> Stamping {
        let mut first_of_role = BTreeMap::new();
        for docs in index.live.values() {
            let mut firsts: Vec<DocIdx> = Vec::new();
            for doc in docs.iter().copied().filter(|doc| follows_practice(&index.docs[*doc])) {
                let is_of = |first: &&DocIdx| {
                    Arc::ptr_eq(&index.docs[**first].profile, &index.docs[doc].profile)
                };
                let first = firsts.iter().find(is_of).copied();
                first_of_role.insert(doc, first.unwrap_or(doc));
                firsts.extend(first.is_none().then_some(doc));
            }
        }
        let first_of_role = Arc::new(first_of_role);
        let mut stamping = Stamping { first_of_role: first_of_role.clone(), ..Stamping::default() };
        for doc in first_of_role.keys() {
            let document = &index.docs[*doc];
            for entity in 0..document.facts.entities.len() {
                stamping.count(*doc, document, entity, |count| *count += 1);
            }
        }
        stamping
    }

    fn count(
        &mut self,
        doc: DocIdx,
        document: &Document,
        entity: EntityIdx,
        change: impl Fn(&mut usize),
    ) {
        let Some(first) = self.first_of_role.get(&doc).copied() else { return };
        let kind = document.facts.entities[entity].kind;
        for (name, is_there) in practice(document, entity) {
            for (tallies, at) in [(&mut self.docs, doc), (&mut self.roles, first)] {
                let tally = tallies.entry(at).or_default();
                let kept = tally.entry((kind, name.clone())).or_default();
                change(if is_there { &mut kept.with } else { &mut kept.without });
                if !kept.is_told() {
                    tally.remove(&(kind, name.clone()));
                }
                if tally.is_empty() {
                    tallies.remove(&at);
                }
            }
        }
    }

    /// What a list keeps: the document, or where it tells of one entity at most, all of its role.
    fn kept(&self, doc: DocIdx, of: &(EntityKind, StampName)) -> KeptStamp {
        let own = self.docs.get(&doc).and_then(|tally| tally.get(of)).copied().unwrap_or_default();
        if own.with + own.without > 1 {
            return own;
        }
        let role = self.first_of_role.get(&doc).and_then(|first| self.roles.get(first));
        role.and_then(|tally| tally.get(of)).copied().unwrap_or_default()
    }

    /// The stamps that most have, in documents and roles.
    fn by_most(&self) -> impl Iterator<Item = (bool, DocIdx, &(EntityKind, StampName))> {
        let lists = [(false, &self.docs), (true, &self.roles)];
        let tallies = lists.into_iter().flat_map(|(of_role, tallies)| {
            tallies.iter().map(move |(doc, tally)| (of_role, *doc, tally))
        });
        tallies.flat_map(|(of_role, doc, tally)| {
            let most = tally.iter().filter(|(_, kept)| kept.by_most());
            most.map(move |(of, _)| (of_role, doc, of))
        })
    }
}

impl Index {
    /// Whether a place that enters a status is given its stamp: where the profile leaves that to the list,
    /// it keeps it, or nothing in it tells yet.
    pub(crate) fn keeps_stamp(&self, place: Place, name: &str) -> bool {
        if !follows_practice(&self.docs[place.doc]) {
            return true;
        }
        let (document, kind) = (&self.docs[place.doc], self.entity(place).kind);
        let own = practice(document, place.entity);
        let by_others = |name: StampName| {
            let own = own.iter().find(|(of, _)| *of == name).map(|(_, is_there)| *is_there);
            self.stamping().kept(place.doc, &(kind, name)).but(own)
        };
        let (named, any) = (by_others(Some(name.into())), by_others(None));
        if named.is_told() { named.with > 0 } else { any.with > 0 || !any.is_told() }
    }

    /// Whether a place in a status without its stamp lacks it: where the profile leaves that to the list,
    /// most others have it.
    pub(crate) fn lacks_stamp(&self, place: Place, name: &str) -> bool {
        let of = || (self.entity(place).kind, Some(name.into()));
        !follows_practice(&self.docs[place.doc]) || self.stamping().kept(place.doc, &of()).by_most()
    }

    fn stamping(&self) -> &Stamping {
        self.stamping.get_or_init(|| Stamping::new(self))
    }

    /// What is known of that for `docs`, of which these entities say something else; `None` where a list
    /// keeps other times than before, so that other entities lack one.
    pub(super) fn stamping_again(
        &self,
        docs: &Docs,
        differing: &[(DocIdx, Vec<EntityIdx>)],
    ) -> Option<Arc<OnceLock<Stamping>>> {
        let Some(known) = self.stamping.get() else { return Some(Arc::default()) };
        let of_list = differing.iter().filter(|(doc, _)| known.first_of_role.contains_key(doc));
        let entities =
            of_list.flat_map(|(doc, entities)| entities.iter().map(move |at| (*doc, *at)));
        let is_other = |(doc, at): &(DocIdx, EntityIdx)| {
            practice(&self.docs[*doc], *at) != practice(&docs[*doc], *at)
        };
        let other: Vec<(DocIdx, EntityIdx)> = entities.filter(is_other).collect();
        if other.is_empty() {
            return Some(self.stamping.clone());
        }
        let mut now = known.clone();
        for (doc, entity) in other {
            now.count(doc, &self.docs[doc], entity, |count| *count -= 1);
            now.count(doc, &docs[doc], entity, |count| *count += 1);
        }
        known.by_most().eq(now.by_most()).then(|| Arc::new(OnceLock::from(now)))
    }
}

fn follows_practice(document: &Document) -> bool {
    document.profile.stamps_as_kept
}

/// The stamps that an entity has, and those that it would have if its list kept them: that of its status,
/// and of what is worked on those that tell since when.
fn practice(document: &Document, entity: EntityIdx) -> Vec<(StampName, bool)> {
    let vocabulary = document.vocabulary_of(entity);
    let status = document.facts.occurrences_of(entity).find_map(|it| it.reading.status);
    let def = status.map(|status| vocabulary.get(status));
    let has = |name: &str| {
        let mut fields = document.facts.fields_of(entity);
        fields.any(|it| matches!(&it.role, FieldRole::Stamp(own) if **own == *name))
    };
    let is_under_way = |def: &StatusDef| match def.category {
        Category::Active | Category::Done => true,
        Category::Open => def.stamp.is_some(),
        Category::Waiting | Category::Dropped | Category::Failed => false,
    };
    let calls_for = |stamp: &StatusDef| {
        let since = stamp.category == Category::Active && def.is_some_and(is_under_way);
        since || def.is_some_and(|def| def.stamp == stamp.stamp)
    };
    let mut names: BTreeMap<&str, bool> = BTreeMap::new();
    for (_, stamp) in vocabulary.iter() {
        let Some(name) = stamp.stamp.as_deref() else { continue };
        *names.entry(name).or_default() |= calls_for(stamp);
    }
    let told = names.into_iter().filter_map(|(name, is_called_for)| {
        let is_there = has(name);
        (is_there || is_called_for).then(|| (Some(name.into()), is_there))
    });
    let own = def.and_then(|def| def.stamp.as_deref()).map(|name| (None, has(name)));
    told.chain(own).collect()
}
