//! An index made from the one before it: after most changes the documents say the same but for a few
//! entities, and only the tasks that these speak of are looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::index::graph::Graph;
use crate::index::relations::Relations;
use crate::index::{
    DocIdx, Docs, Index, Place, Task, identity, numbered, own_file, remarks, row_files, said_again,
};
use crate::model::{
    Document, Entity, EntityIdx, Field, FieldRole, Link, Occurrence, SharedRow, UnreadRow,
};
use crate::profile::Format;
use crate::profile::id::TaskId;

/// What is other in one index than in another with the same files and the same entities in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The documents whose text is another.
    pub docs: BTreeSet<DocIdx>,
    /// The entities of them that were read again. What stands in others has moved at most.
    pub read: BTreeMap<DocIdx, Range<EntityIdx>>,
    /// The documents of which an entity says something else, or everything was read again.
    pub said: BTreeSet<DocIdx>,
    /// The documents that another has come to stand for, or no longer does.
    pub replaced: BTreeSet<DocIdx>,
    /// The entities that say something else, those around them, and all places of the tasks.
    pub places: BTreeSet<Place>,
    /// The tasks of which some place says something else, or a phase or item below it.
    pub tasks: BTreeSet<TaskId>,
}

impl Touched {
    /// What this touches and then `next`.
    pub(crate) fn and(&self, next: &Touched) -> Touched {
        Touched {
            docs: &self.docs | &next.docs,
            read: self.read.iter().chain(&next.read).fold(
                BTreeMap::new(),
                |mut read, (doc, entities)| {
                    let both: &mut Range<EntityIdx> =
                        read.entry(*doc).or_insert_with(|| entities.clone());
                    *both = both.start.min(entities.start)..both.end.max(entities.end);
                    read
                },
            ),
            said: &self.said | &next.said,
            replaced: &self.replaced | &next.replaced,
            places: &self.places | &next.places,
            tasks: &self.tasks | &next.tasks,
        }
    }
}

impl Index {
    /// The index of `docs`, made from this one, and what it touches; `None` where files have come or
    /// gone, or entities in them, so that all must be read together again.
    pub(crate) fn updated(&self, docs: &Docs) -> Option<(Index, Touched)> {
        let differing = self.differing(docs)?;
        let stamping = self.stamping_again(docs, &differing)?;
        let mut index = Index {
            docs: docs.clone(),
            tasks: self.tasks.clone(),
            by_path: self.by_path.clone(),
            by_place: self.by_place.clone(),
            graph: self.graph.clone(),
            relations: self.relations.clone(),
            superseded: self.superseded.clone(),
            live: self.live.clone(),
            counting: self.counting.clone(),
            scopes: self.scopes.clone(),
            alike: self.alike.clone(),
            waiting: self.waiting.clone(),
            pressing: self.pressing.clone(),
            linked: self.linked.clone(),
            stamping,
        };
        let mut touched = self.touched(docs, &differing);
        let mut depends = differing.iter().any(|(doc, entities)| {
            let (was, is) = (&self.docs[*doc].facts.entities, &docs[*doc].facts.entities);
            entities.iter().any(|at| was[*at].depends != is[*at].depends)
        });
        for id in &touched.tasks {
            let Some(task) = self.tasks.get(id) else { continue };
            let settled = identity::settled(docs, id.clone(), task.all.clone());
            depends |= settled.places != task.places;
            index.tasks.replace(settled);
        }
        if depends {
            index.graph = Arc::new(Graph::new(&index));
        }
        index.relate_again(self, &differing, &mut touched);
        index.touch_dependents(self, &mut touched);
        let has_counters = |index: &Index, doc: DocIdx| !index.docs[doc].facts.counters.is_empty();
        if touched.docs.iter().any(|doc| has_counters(self, *doc) != has_counters(&index, *doc)) {
            index.counting = Arc::new(index.find_counting());
        }
        let docs: BTreeSet<DocIdx> = touched.places.iter().map(|place| place.doc).collect();
        for doc in docs {
            let is_touched = |(task, _): (&Task, Place)| touched.tasks.contains(&task.id);
            if !index.head(doc).is_some_and(is_touched) {
                continue;
            }
            let superseded = index.find_superseded(doc);
            if superseded != index.superseded[doc] {
                Arc::make_mut(&mut index.superseded)[doc] = superseded;
                touched.replaced.insert(doc);
            }
        }
        if !index.links_as(self) {
            index.linked = Arc::default();
        }
        if !touched.replaced.is_empty() || !index.is_alike(self, &differing) {
            index.alike = Arc::default();
        }
        if differing.iter().any(|(doc, entities)| index.flows_otherwise(self, *doc, entities)) {
            index.waiting = Arc::default();
        }
        index.press_again(self, &touched);
        Some((index, touched))
    }

    /// Looks again which of the tasks that are touched are under way or disagree.
    fn press_again(&mut self, before: &Index, touched: &Touched) {
        let Some(known) = before.pressing.get().filter(|_| !touched.tasks.is_empty()) else {
            return;
        };
        let mut pressing = known.clone();
        for id in &touched.tasks {
            match self.tasks.get(id).is_some_and(|task| self.presses(task)) {
                true => drop(pressing.insert(id.clone())),
                false => drop(pressing.remove(id)),
            }
        }
        self.pressing = Arc::new(OnceLock::from(pressing));
    }

    /// Joins parts and wholes anew where one names another whole than in `before`. What tasks are part
    /// of is touched with them.
    fn relate_again(
        &mut self,
        before: &Index,
        differing: &[(DocIdx, Vec<EntityIdx>)],
        touched: &mut Touched,
    ) {
        let names = |index: &Index, doc: DocIdx, at: EntityIdx| -> Vec<String> {
            let document = &index.docs[doc];
            let fields = document.facts.fields_of(at).filter(|it| it.role == FieldRole::Parent);
            fields.map(|field| field.value.of(&document.text).to_owned()).collect()
        };
        let is_renamed = |(doc, entities): &(DocIdx, Vec<EntityIdx>)| {
            entities.iter().any(|at| names(before, *doc, *at) != names(self, *doc, *at))
        };
        if differing.iter().any(is_renamed) {
            self.relations = Arc::new(Relations::new(self));
        }
        for index in [before, &*self].into_iter().filter(|index| !index.relations.is_empty()) {
            let own = touched.tasks.iter().filter_map(|id| index.tasks.get(id));
            let parents = own.flat_map(|task| index.parents(task).map(|(_, it)| it.id.clone()));
            let parents: Vec<TaskId> = parents.collect();
            touched.tasks.extend(parents);
        }
        for index in [before, &*self].into_iter().filter(|it| !it.relations.tell_nothing()) {
            let own = touched.tasks.iter().filter_map(|id| index.tasks.get(id));
            let told: Vec<TaskId> =
                own.flat_map(|task| index.told_parents(task)).cloned().collect();
            touched.tasks.extend(told);
        }
    }

    /// What depends on a task is touched where it is told something else of that task than in `before`.
    fn touch_dependents(&self, before: &Index, touched: &mut Touched) {
        let told = |index: &Index, id| index.tasks.get(id).map(|it| index.told_dependents(it));
        let dependents = |index: &Index, id| {
            index.tasks.get(id).map(|task| index.dependents(task)).unwrap_or_default()
        };
        let other = touched.tasks.iter().filter(|id| told(before, id) != told(self, id));
        let waiting = other.flat_map(|id| [dependents(before, id), dependents(self, id)]);
        let waiting: Vec<TaskId> = waiting.flatten().collect();
        touched.tasks.extend(waiting);
    }

    /// The tasks that may be other than in `before`, and those that depend on them.
    pub fn tasks_other_than(&self, before: &Index) -> BTreeSet<TaskId> {
        let mut ids = match before.differing(&self.docs) {
            Some(differing) => before.touched(&self.docs, &differing).tasks,
            None => self
                .tasks_of_other_docs(before)
                .union(&before.tasks_of_other_docs(self))
                .cloned()
                .collect(),
        };
        let dependents = |index: &Index, id: &TaskId| {
            index.tasks.get(id).map(|task| index.dependents(task)).unwrap_or_default()
        };
        let waiting: Vec<TaskId> = ids
            .iter()
            .flat_map(|id| [dependents(self, id), dependents(before, id)])
            .flatten()
            .collect();
        ids.extend(waiting);
        ids
    }

    /// The tasks of which a list may show something else than in `before`: those that may be other, what
    /// they are part of, and what may begin, or not, with them.
    pub(crate) fn tasks_shown_otherwise(&self, before: &Index) -> BTreeSet<TaskId> {
        let mut ids = self.tasks_other_than(before);
        let category = |index: &Index, id| index.tasks.get(id).and_then(|it| index.category(it));
        let other = ids.iter().filter(|id| category(before, id) != category(self, id));
        let other: Vec<TaskId> = other.cloned().collect();
        for index in [before, self].into_iter().filter(|index| !index.relations.is_empty()) {
            let tasks = ids.iter().filter_map(|id| index.tasks.get(id));
            let above = tasks.flat_map(|task| index.parents(task).map(|(_, it)| it.id.clone()));
            let above: Vec<TaskId> = above.collect();
            // What depends on one of them may begin now, or not, with its parts.
            let tasks = other.iter().filter_map(|id| index.tasks.get(id));
            let behind: Vec<TaskId> = tasks.flat_map(|task| index.dependents(task)).collect();
            let mut left: Vec<TaskId> = other.iter().chain(&behind).cloned().collect();
            let mut seen = BTreeSet::new();
            while let Some(id) = left.pop() {
                left.extend(
                    index.beside_and_below(&id).into_iter().filter(|it| seen.insert(it.clone())),
                );
            }
            ids.extend(seen);
            ids.extend(above);
        }
        if !other.is_empty() {
            ids.extend(self.waiting().iter().cloned());
        }
        ids
    }

    /// The tasks that stand in documents which `other` does not have as they are.
    fn tasks_of_other_docs(&self, other: &Index) -> BTreeSet<TaskId> {
        let same = |document: &Arc<Document>| {
            let found = other.document(document.path.as_str());
            found.is_some_and(|(_, found)| Arc::ptr_eq(found, document))
        };
        let is_other: Vec<bool> = self.docs.iter().map(|document| !same(document)).collect();
        let stands = |task: &&Arc<Task>| task.all.iter().any(|place| is_other[place.doc]);
        self.tasks.values().filter(stands).map(|task| task.id.clone()).collect()
    }

    /// The entities that say something else in `docs`, by document; `None` where there are others.
    fn differing(&self, docs: &Docs) -> Option<Vec<(DocIdx, Vec<EntityIdx>)>> {
        if self.docs.len() != docs.len() {
            return None;
        }
        let other = docs.other_than(&self.docs).into_iter();
        other.map(|doc| Some((doc, differences(&self.docs[doc], &docs[doc])?))).collect()
    }

    fn touched(&self, docs: &Docs, differing: &[(DocIdx, Vec<EntityIdx>)]) -> Touched {
        let mut touched = Touched::default();
        for (doc, entities) in differing {
            touched.docs.insert(*doc);
            let (was, is) = (&self.docs[*doc], &docs[*doc]);
            let read = is.lineage.since(&was.lineage);
            if read.is_none() || !entities.is_empty() {
                touched.said.insert(*doc);
            }
            let all = 0..is.facts.entities.len();
            touched.read.insert(*doc, read.unwrap_or(all.clone()));
            if own_file::asks_around(&is.profile) {
                let within = entities_within_others(was, is, entities);
                let places = within.into_iter().map(|entity| Place { doc: *doc, entity });
                touched.tasks.extend(places.filter_map(|it| self.by_place.get(&it).cloned()));
            }
            // Of what cannot be read in full nothing is certain.
            let is_other = was.facts.broken.is_some() != is.facts.broken.is_some();
            for entity in entities.iter().copied().chain(all.filter(|_| is_other)) {
                let mut around = Some(entity);
                while let Some(entity) = around {
                    let place = Place { doc: *doc, entity };
                    touched.places.insert(place);
                    touched.tasks.extend(self.by_place.get(&place).cloned());
                    around = self.entity(place).parent;
                }
            }
        }
        let tasks = touched.tasks.iter().filter_map(|id| self.tasks.get(id));
        touched.places.extend(tasks.flat_map(|task| task.all.iter().copied()));
        touched
    }
}

/// The entities in those that have another title than before.
fn entities_within_others(old: &Document, new: &Document, changed: &[EntityIdx]) -> Vec<EntityIdx> {
    let (was, is) = (&old.facts.entities, &new.facts.entities);
    let renamed = changed.iter().filter(|at| was[**at].title != is[**at].title);
    let within = renamed.flat_map(|at| {
        let range = is[*at].range;
        let inner = is.around(range).filter(move |(_, it)| range.contains_range(it.range));
        inner.map(|(inner, _)| inner)
    });
    within.collect()
}

/// The entities of which `new` says something else than `old`, wherever they stand in the text;
/// `None` where it is not the same file, or does not hold the same entities.
pub(crate) fn differences(old: &Document, new: &Document) -> Option<Vec<EntityIdx>> {
    let (was, is) = (&old.facts, &new.facts);
    let same_file = old.path == new.path && was.history == is.history && was.stray == is.stray;
    // What a mark means may be about every box.
    let same_legend = was.legend == is.legend;
    let same_hold = was.hold == is.hold && was.former == is.former && was.named == is.named;
    let shared = |row: &SharedRow| (row.ids.clone(), row.status);
    let unread = |row: &UnreadRow| (row.id.clone(), row.status);
    let same_rows = was.shared.iter().map(shared).eq(is.shared.iter().map(shared))
        && was.unread.iter().map(unread).eq(is.unread.iter().map(unread));
    if !same_file
        || !same_legend
        || !same_hold
        || !same_rows
        || was.entities.len() != is.entities.len()
    {
        return None;
    }
    let all = 0..was.entities.len();
    let entities = new.lineage.since(&old.lineage).unwrap_or(all);
    let mut differences = Vec::new();
    for at in entities {
        let (one, two) = (&was.entities[at], &is.entities[at]);
        // Files are known by the keys of records.
        let is_record = new.role().format != Format::Markdown;
        if one.by_key != two.by_key || is_record && one.name.of(&old.text) != two.name.of(&new.text)
        {
            return None;
        }
        if (one.what(), &one.id, one.derived_id, one.parent)
            != (two.what(), &two.id, two.derived_id, two.parent)
            || said_again::is_joined_otherwise(old, new, at)
            || numbered::is_joined_otherwise(old, new, at)
            || row_files::is_called_otherwise(old, new, at)
        {
            return None;
        }
        // A row may link to another file.
        let is_same_row =
            !own_file::is_row(one) || one.range.of(&old.text) == two.range.of(&new.text);
        if !says_the_same(one, two) || !facts_are_alike(old, new, at) || !is_same_row {
            differences.push(at);
        }
    }
    Some(differences)
}

fn says_the_same(one: &Entity, two: &Entity) -> bool {
    (one.mention, one.list, one.rank, one.section) == (two.mention, two.list, two.rank, two.section)
        && one.title == two.title
        && one.number == two.number
        && one.depends == two.depends
}

/// Whether the facts about one entity are the same but for their places.
fn facts_are_alike(old: &Document, new: &Document, entity: EntityIdx) -> bool {
    let (was, is) = (&old.facts, &new.facts);
    let status = |one: &Occurrence, two: &Occurrence| {
        let (of, other_of) = (&one.reading, &two.reading);
        (one.carrier, of.status, of.shape) == (two.carrier, other_of.status, other_of.shape)
            && one.section == two.section
            && of.range.of(&old.text) == other_of.range.of(&new.text)
            && of.word.of(&old.text) == other_of.word.of(&new.text)
            && remarks::are_alike((&old.text, one), (&new.text, two))
    };
    let field = |one: &Field, two: &Field| {
        one.role == two.role && one.value.of(&old.text) == two.value.of(&new.text)
    };
    alike(was.occurrences_of(entity), is.occurrences_of(entity), status)
        && alike(was.fields_of(entity), is.fields_of(entity), field)
        && alike(was.links_of(entity), is.links_of(entity), |one: &Link, two: &Link| {
            one.target == two.target
        })
}

fn alike<'d, T: 'd>(
    one: impl Iterator<Item = &'d T>,
    mut two: impl Iterator<Item = &'d T>,
    same: impl Fn(&T, &T) -> bool,
) -> bool {
    let mut one = one;
    one.all(|one| two.next().is_some_and(|two| same(one, two))) && two.next().is_none()
}
