//! What was found, by what it is about and by where it stands. A place is told from the start of the
//! entity that it is in, so that it moves with that.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::index::shared_map::SharedMap;
use crate::index::{DocIdx, Index, Place};
use crate::model::EntityIdx;
use crate::profile::id::TaskId;
use crate::rules::Diagnostic;
use crate::text::TextRange;

/// How many entities of a document are asked for at once.
const TOGETHER: usize = if cfg!(test) { 2 } else { 16 };

/// What a check looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum CheckSubject {
    Task(TaskId),
    Entity(Place),
    Document(DocIdx),
    Workspace,
}

/// A place in a document that moves with the entities it begins and ends in.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    doc: DocIdx,
    /// The entity, and where that began.
    start: Option<(EntityIdx, u32)>,
    end: Option<(EntityIdx, u32)>,
}

/// Entities that are asked for at once. What stands before all is with the first.
type PartFindings = usize;

fn bucket(entity: Option<EntityIdx>) -> PartFindings {
    entity.map_or(0, |entity| entity / TOGETHER)
}

/// How many parts a document has.
pub(super) fn n_parts(index: &Index, doc: DocIdx) -> PartFindings {
    bucket(index.docs[doc].facts.entities.len().checked_sub(1)) + 1
}

/// Which parts of a document these entities are in.
pub(super) fn parts(entities: &Range<EntityIdx>) -> impl Iterator<Item = PartFindings> {
    bucket(Some(entities.start))..=bucket(entities.end.checked_sub(1))
}

/// Where a part of a document stands.
pub(super) fn part_range(index: &Index, doc: DocIdx, part: PartFindings) -> TextRange {
    let document = &index.docs[doc];
    let entities = &document.facts.entities;
    let start = |part: PartFindings| match part * TOGETHER {
        first if part > 0 && first < entities.len() => entities.start(first) as usize,
        _ => {
            if part == 0 {
                0
            } else {
                document.text.len() + 1
            }
        }
    };
    TextRange::new(start(part), start(part + 1))
}

impl Anchor {
    fn new(index: &Index, doc: DocIdx, range: TextRange) -> Anchor {
        let entities = &index.docs[doc].facts.entities;
        let of = |offset: u32| {
            let entity = entities.before(offset as usize + 1).checked_sub(1)?;
            Some((entity, entities.start(entity)))
        };
        Anchor { doc, start: of(range.start), end: of(range.end) }
    }

    fn placed(&self, index: &Index, range: TextRange) -> TextRange {
        let entities = &index.docs[self.doc].facts.entities;
        let at = |offset: u32, of: Option<(EntityIdx, u32)>| match of {
            Some((entity, began)) => entities.start(entity) + (offset - began),
            None => offset,
        };
        TextRange { start: at(range.start, self.start), end: at(range.end, self.end) }
    }

    fn buckets(&self) -> impl Iterator<Item = (DocIdx, PartFindings)> {
        let entity = |of: Option<(EntityIdx, u32)>| of.map(|(entity, _)| entity);
        let doc = self.doc;
        (bucket(entity(self.start))..=bucket(entity(self.end))).map(move |bucket| (doc, bucket))
    }

    /// Whether it is in one of these entities.
    fn is_in(&self, doc: DocIdx, entities: &Range<EntityIdx>) -> bool {
        let first = self.start.map_or(0, |(entity, _)| entity);
        let last = self.end.map_or(0, |(entity, _)| entity);
        self.doc == doc && first < entities.end && entities.start <= last
    }
}

/// Something that was found, with its places as they were then.
#[derive(Debug)]
pub(super) struct StoredFinding {
    pub(super) subject: CheckSubject,
    diagnostic: Diagnostic,
    anchor: Anchor,
    /// The places that explain it; `None` for those in files that are not read.
    related: Vec<Option<Anchor>>,
}

impl StoredFinding {
    pub(super) fn new(
        index: &Index,
        subject: CheckSubject,
        doc: DocIdx,
        diagnostic: Diagnostic,
    ) -> StoredFinding {
        let anchor = Anchor::new(index, doc, diagnostic.range);
        let related = diagnostic.related.iter().map(|related| {
            let (doc, _) = index.document(related.path.as_str())?;
            Some(Anchor::new(index, doc, related.range))
        });
        let related = related.collect();
        StoredFinding { subject, diagnostic, anchor, related }
    }

    /// The document it is in.
    pub(super) fn doc(&self) -> DocIdx {
        self.anchor.doc
    }

    fn anchors(&self) -> impl Iterator<Item = &Anchor> {
        std::iter::once(&self.anchor).chain(self.related.iter().flatten())
    }

    /// The documents that it names places of, each with the place as it stands now.
    pub(super) fn places(&self, index: &Index) -> impl Iterator<Item = (DocIdx, TextRange)> {
        let diagnostic = &self.diagnostic;
        let related = self.related.iter().zip(&diagnostic.related);
        let related = related.filter_map(|(anchor, it)| Some((anchor.as_ref()?, it.range)));
        let all = std::iter::once((&self.anchor, diagnostic.range)).chain(related);
        all.map(|(anchor, range)| (anchor.doc, anchor.placed(index, range)))
    }

    /// The documents that it names places of.
    pub(super) fn docs(&self) -> impl Iterator<Item = DocIdx> {
        self.anchors().map(|anchor| anchor.doc)
    }

    /// As it was found: all is as it is now but for the places.
    pub(super) fn unplaced(&self) -> &Diagnostic {
        &self.diagnostic
    }

    /// As it stands now.
    pub(super) fn diagnostic(&self, index: &Index) -> Diagnostic {
        let mut diagnostic = self.diagnostic.clone();
        diagnostic.range = self.anchor.placed(index, diagnostic.range);
        for (related, anchor) in diagnostic.related.iter_mut().zip(&self.related) {
            if let Some(anchor) = anchor {
                related.range = anchor.placed(index, related.range);
            }
        }
        diagnostic
    }

    fn is_fixable_by(&self, rule: &'static str) -> bool {
        self.diagnostic.fixable && self.diagnostic.rule == rule
    }

    fn buckets(&self) -> BTreeSet<(DocIdx, PartFindings)> {
        self.anchors().flat_map(Anchor::buckets).collect()
    }
}

/// All that was found. Clones share what neither has changed.
#[derive(Clone, Debug, Default)]
pub(super) struct FindingStore {
    by_subject: SharedMap<CheckSubject, Arc<StoredFinding>>,
    by_place: SharedMap<(DocIdx, PartFindings), Arc<StoredFinding>>,
    by_task: SharedMap<TaskId, Arc<StoredFinding>>,
    /// The parts of a document in which a rule has found something that has a fix.
    fixable: SharedMap<(DocIdx, &'static str), PartFindings>,
}

impl FindingStore {
    pub(super) fn new(found: Vec<StoredFinding>) -> FindingStore {
        let mut store = FindingStore {
            by_subject: SharedMap::for_keys(found.len()),
            by_place: SharedMap::for_keys(found.len()),
            by_task: SharedMap::for_keys(found.len()),
            fixable: SharedMap::for_keys(found.len()),
        };
        found.into_iter().for_each(|found| store.add(found));
        store
    }

    pub(super) fn add(&mut self, found: StoredFinding) {
        let found = Arc::new(found);
        let rule = found.diagnostic.rule;
        for (doc, part) in found.buckets() {
            let is_known = || self.fixable.get(&(doc, rule)).contains(&part);
            if found.diagnostic.fixable && !is_known() {
                self.fixable.add((doc, rule), part);
            }
            self.by_place.add((doc, part), found.clone());
        }
        if let Some(task) = &found.diagnostic.task {
            self.by_task.add(task.clone(), found.clone());
        }
        self.by_subject.add(found.subject.clone(), found);
    }

    /// Takes out what was found of a subject.
    pub(super) fn remove(&mut self, subject: &CheckSubject) {
        let found = self.by_subject.get(subject).to_vec();
        if found.is_empty() {
            return;
        }
        for found in &found {
            let rule = found.diagnostic.rule;
            for (doc, part) in found.buckets() {
                self.by_place.retain(&(doc, part), |other| !Arc::ptr_eq(other, found));
                let left = self.in_part((doc, part));
                if found.diagnostic.fixable && !left.iter().any(|it| it.is_fixable_by(rule)) {
                    self.fixable.retain(&(doc, rule), |of| *of != part);
                }
            }
            if let Some(task) = &found.diagnostic.task {
                self.by_task.retain(task, |other| !Arc::ptr_eq(other, found));
            }
        }
        self.by_subject.retain(subject, |_| false);
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<StoredFinding>> {
        self.by_subject.values()
    }

    /// What is about a task.
    pub(super) fn about(&self, task: &TaskId) -> &[Arc<StoredFinding>] {
        self.by_task.get(task)
    }

    /// The tasks about which something may be found in one of the two only; `None` where that is not
    /// told.
    pub(super) fn tasks_other_than(&self, before: &FindingStore) -> Option<BTreeSet<TaskId>> {
        let other = self.by_task.other_than(&before.by_task, Arc::ptr_eq)?;
        Some(other.into_iter().filter_map(|found| found.diagnostic.task.clone()).collect())
    }

    /// What stands in a document, or is explained by what stands in it.
    pub(super) fn of(&self, index: &Index, doc: DocIdx) -> Vec<&Arc<StoredFinding>> {
        self.among(index, doc, 0..index.docs[doc].facts.entities.len())
    }

    /// What has a fix of those that a rule has found in a document, or that are explained by what
    /// stands in it. Each is looked for when it is asked for.
    pub(super) fn fixable(
        &self,
        doc: DocIdx,
        rule: &'static str,
    ) -> impl Iterator<Item = &Arc<StoredFinding>> {
        // Whoever stands in several parts is told in the first.
        let is_first = move |found: &StoredFinding, part| {
            let here = found.anchors().filter(|anchor| anchor.doc == doc);
            here.flat_map(Anchor::buckets).all(|(_, of)| of >= part)
        };
        self.fixable.get(&(doc, rule)).iter().flat_map(move |part| {
            let here = self.by_place.get(&(doc, *part)).iter();
            here.filter(move |found| found.is_fixable_by(rule) && is_first(found, *part))
        })
    }

    /// As [`FindingStore::of`], as far as it is in one of these entities, or before all and the first is
    /// among them.
    pub(super) fn among(
        &self,
        index: &Index,
        doc: DocIdx,
        entities: Range<EntityIdx>,
    ) -> Vec<&Arc<StoredFinding>> {
        let last = entities.end.max(1).min(index.docs[doc].facts.entities.len().max(1)) - 1;
        let mut all: Vec<&Arc<StoredFinding>> = Vec::new();
        for bucket in bucket(Some(entities.start))..=bucket(Some(last)) {
            let found = self.by_place.get(&(doc, bucket)).iter();
            let entities = entities.start..entities.end.max(entities.start + 1);
            all.extend(found.filter(|it| it.anchors().any(|at| at.is_in(doc, &entities))));
        }
        // One in several buckets is one.
        all.sort_unstable_by_key(|found| Arc::as_ptr(found));
        all.dedup_by(|one, two| Arc::ptr_eq(one, two));
        all
    }

    /// The parts of documents where something may be found in one of the two only; `None` where that
    /// is not told.
    pub(super) fn other_than(
        &self,
        before: &FindingStore,
    ) -> Option<BTreeSet<(DocIdx, PartFindings)>> {
        let other = self.by_subject.other_than(&before.by_subject, Arc::ptr_eq)?;
        Some(other.into_iter().flat_map(|found| found.buckets()).collect())
    }

    /// What is found in a part of a document, or explained by what stands in it.
    pub(super) fn in_part(&self, part: (DocIdx, PartFindings)) -> &[Arc<StoredFinding>] {
        self.by_place.get(&part)
    }
}
