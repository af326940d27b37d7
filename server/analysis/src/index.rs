//! Floor 4: what all documents say together.

pub mod boxes;
mod called;
pub mod counters;
pub mod figures;
pub mod flow;
pub mod former;
pub mod graph;
pub mod holds;
mod identity;
mod keyed_files;
mod left_to_others;
mod likeness;
mod linked;
mod numbered;
mod own_file;
pub mod parts;
pub mod readiness;
pub mod relations;
mod remarks;
mod reused;
pub mod rollup;
mod row_files;
mod said_again;
pub(crate) mod shared_map;
mod shared_rows;
pub mod shared_vec;
pub mod shares;
mod stamping;
pub mod tasks;
#[cfg(test)]
mod tests;
pub mod twins;
pub mod update;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::index::called::CalledPlaces;
use crate::index::graph::Graph;
use crate::index::relations::Relations;
use crate::index::shared_vec::SharedVec;
use crate::index::tasks::Tasks;
use crate::model::{Document, Entity, EntityIdx, FilePath, Occurrence};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary, normalise};
use crate::profile::{EntityKind, EntityType, Profile, RecordList, RoleIdx, TypeIdx};

/// Index of a document within an [`Index`].
pub type DocIdx = usize;

/// Documents in order of their paths.
pub type Docs = SharedVec<Arc<Document>>;

/// An entity in one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The document.
    pub doc: DocIdx,
    /// The entity in it.
    pub entity: EntityIdx,
}

/// One task over all documents.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its type, as the most trusted place has it.
    pub task_type: TypeIdx,
    /// Where it stands and counts, the most trusted first.
    pub places: Vec<Place>,
    /// Where it stands in history or in folders of another task with this number.
    pub past: Vec<Place>,
    /// Its plans, the newest first. Only the first speaks for the task.
    pub plans: Vec<Place>,
    /// Every place that carries its id, in order.
    all: Vec<Place>,
}

impl Task {
    /// What it is, with its type.
    pub fn what(&self) -> EntityType {
        EntityType { kind: EntityKind::Task, task_type: self.task_type }
    }
}

/// A place where a task's own status stands, with what it says.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// The entity.
    pub place: Place,
    /// The document.
    pub document: &'a Document,
    /// The occurrence in it.
    pub occurrence: &'a Occurrence,
    /// The entity itself.
    pub entity: &'a Entity,
}

impl<'a> Spot<'a> {
    /// The words for its statuses.
    pub fn vocabulary(&self) -> &'a Vocabulary {
        self.document.vocabulary_of(self.place.entity)
    }

    /// What it says, where that is known.
    pub fn status(&self) -> Option<StatusIdx> {
        self.occurrence.reading.status
    }

    /// Whether it says what another place says, as far as it can: a box beside a marker tells only
    /// whether work is left.
    pub fn agrees(&self, other: &Spot<'_>, vocabulary: &Vocabulary) -> bool {
        let beside = self.place == other.place && self.occurrence.carrier.is_coarse();
        let (coarse, finer) = (self.entity.coarse, other.entity.coarse);
        match (self.status(), other.status()) {
            (Some(own), Some(said)) if self.may_stay(said) || other.may_stay(own) => true,
            (Some(own), Some(said)) if beside => vocabulary.box_allows(own, said),
            (Some(own), Some(said)) if coarse && !finer => vocabulary.box_tells(own, said),
            (Some(own), Some(said)) if finer && !coarse => vocabulary.box_tells(said, own),
            (Some(own), Some(said)) => vocabulary.same(own, said),
            (own, said) => own == said,
        }
    }

    /// Whether it stands in a list by status that has no section for this one, so that it cannot say it.
    pub fn lacks(&self, status: StatusIdx) -> bool {
        let section = self.occurrence.section.as_ref();
        section.is_some_and(|section| !section.statuses.contains(&status))
    }

    /// Whether it can stay where it is in such a list: below a status that work goes on from. What stands
    /// below one that ends it contradicts every other.
    pub fn may_stay(&self, status: StatusIdx) -> bool {
        let is_closed = |status| self.vocabulary().get(status).category.is_closed();
        self.lacks(status) && (is_closed(status) || !self.status().is_some_and(is_closed))
    }

    /// The text as it stands.
    pub fn raw(&self) -> &str {
        self.document.raw(self.occurrence)
    }

    /// Whether all boxes may be ticked of what says this: somebody looks at it still.
    pub fn may_be_ticked(&self) -> bool {
        let word = self.occurrence.reading.word.of(&self.document.text);
        let def = self.status().map(|status| self.vocabulary().get(status));
        def.is_some_and(|def| def.may_be_ticked_as(word.trim_matches(['"', '\''])))
            || self.is_left_to_others()
    }

    /// The status that was certainly meant by a word that is mistyped.
    pub fn slip(&self) -> Option<StatusDef> {
        let word = self.occurrence.reading.word.of(&self.document.text);
        self.vocabulary().slip(word.trim_matches('"'))
    }

    /// The same for a message: in brackets or backticks.
    pub fn shown(&self) -> String {
        self.document.shown(self.occurrence)
    }
}

/// All facts of a workspace, derived from its documents.
#[derive(Debug, Default)]
pub struct Index {
    /// The documents in order of their paths.
    pub docs: Docs,
    /// The tasks by id.
    pub tasks: Tasks,
    by_path: Arc<FxHashMap<FilePath, DocIdx>>,
    by_place: Arc<BTreeMap<Place, TaskId>>,
    graph: Arc<Graph>,
    relations: Arc<Relations>,
    /// For each document whether another stands for its task.
    superseded: Arc<Vec<bool>>,
    /// The documents of each role that are no history.
    live: Arc<BTreeMap<RoleIdx, Vec<DocIdx>>>,
    /// Those among them that hold derived numbers, or rows that are a place of no task.
    counting: Arc<Vec<DocIdx>>,
    scopes: identity::Scopes,
    /// The live tasks whose ids may mean others too, once somebody asks.
    alike: Arc<OnceLock<parts::Alike>>,
    /// Where links stand, once somebody asks.
    linked: Arc<OnceLock<linked::Linked>>,
    /// The tasks of the kind that waits, once somebody asks.
    waiting: Arc<OnceLock<Vec<TaskId>>>,
    /// The tasks that are under way or disagree, once somebody asks.
    pressing: Arc<OnceLock<BTreeSet<TaskId>>>,
    /// Which times lists keep, once somebody asks.
    stamping: Arc<OnceLock<stamping::Stamping>>,
}

impl Index {
    /// Builds the index of these documents, which stand in order of their paths.
    pub fn new(docs: Docs) -> Index {
        let scopes = identity::Scopes::new(&docs);
        let mut index = Index { docs, scopes, ..Index::default() };
        let paths = index.docs.iter().enumerate();
        index.by_path = Arc::new(paths.map(|(doc, it)| (it.path.clone(), doc)).collect());
        let CalledPlaces { by_task, by_place, .. } = CalledPlaces::of(&index);
        index.by_place = Arc::new(by_place.into_iter().collect());
        let settled = by_task.into_iter().map(|(id, all)| {
            let task = identity::settled(&index.docs, id, all);
            Arc::new(task)
        });
        index.tasks = Tasks::new(settled.collect());
        index.graph = Arc::new(Graph::new(&index));
        index.relations = Arc::new(Relations::new(&index));
        let docs = 0..index.docs.len();
        index.superseded = Arc::new(docs.map(|doc| index.find_superseded(doc)).collect());
        let mut live: BTreeMap<RoleIdx, Vec<DocIdx>> = BTreeMap::new();
        for (doc, document) in index.docs.iter().enumerate().filter(|(_, it)| !it.facts.history) {
            live.entry(document.facts.role).or_default().push(doc);
        }
        index.live = Arc::new(live);
        index.counting = Arc::new(index.find_counting());
        index
    }

    /// The documents of a role of a profile that are no history, in order.
    pub fn live<'a>(
        &'a self,
        profile: &'a Profile,
        role: RoleIdx,
    ) -> impl Iterator<Item = DocIdx> + 'a {
        // Roles of other profiles have the same numbers.
        let is_own = |doc: &DocIdx| std::ptr::eq(&*self.docs[*doc].profile, profile);
        self.live.get(&role).into_iter().flatten().copied().filter(is_own)
    }

    /// Those that hold derived numbers or rows that are a place of no task, and are no history, in order.
    pub fn counting(&self) -> impl Iterator<Item = (DocIdx, &Arc<Document>)> {
        self.counting.iter().map(|doc| (*doc, &self.docs[*doc]))
    }

    fn find_counting(&self) -> Vec<DocIdx> {
        let has_rows = |it: &Document| !it.facts.shared.is_empty() || !it.facts.unread.is_empty();
        let holds = |it: &Document| !it.facts.counters.is_empty() || has_rows(it);
        let docs = self.docs.iter().enumerate().filter(|(_, it)| !it.facts.history);
        docs.filter(|(_, document)| holds(document)).map(|(doc, _)| doc).collect()
    }

    /// Whether the document is a plan that a newer one has replaced, or of another task's folder.
    pub fn is_superseded(&self, doc: DocIdx) -> bool {
        self.superseded[doc]
    }

    /// The id within the workspace of what a document calls `id`.
    pub fn id_in(&self, doc: DocIdx, id: &TaskId) -> TaskId {
        self.scopes.id(&self.docs[doc], id)
    }

    /// The tree of files that a document numbers its tasks with.
    pub fn scope(&self, doc: DocIdx) -> usize {
        self.scopes.of(&self.docs[doc])
    }

    /// The tasks that an id may mean: one of each tree of files that has it.
    pub fn spelled(&self, id: &str) -> Vec<&Task> {
        let exact = self.tasks.get(&TaskId::new(id.trim()));
        let keys = || self.scopes.meant(id.trim()).into_iter();
        let mut found: Vec<&Task> =
            keys().filter_map(|key| self.tasks.get(&key).map(|it| &**it)).collect();
        if found.is_empty() {
            found.extend(exact.map(|task| &**task));
        }
        found
    }

    /// The only live task that is called so but for the case of its letters.
    pub fn in_any_case(&self, id: &str) -> Option<&Task> {
        let is_it =
            |task: &&Task| !task.places.is_empty() && task.id.as_str().eq_ignore_ascii_case(id);
        let mut found = self.tasks.values().map(|task| &**task).filter(is_it);
        found.next().filter(|_| found.next().is_none())
    }

    /// The document at `path`.
    pub fn document(&self, path: &str) -> Option<(DocIdx, &Arc<Document>)> {
        let idx = *self.by_path.get(path)?;
        Some((idx, &self.docs[idx]))
    }

    /// How the document of a place was read.
    pub fn profile_at(&self, place: Place) -> &Profile {
        &self.docs[place.doc].profile
    }

    /// How the documents of a task were read: its ids hold within one profile.
    pub fn profile_of(&self, task: &Task) -> &Profile {
        self.profile_at(task.all[0])
    }

    /// The words for the status of a task.
    pub fn vocabulary_of(&self, task: &Task) -> &Vocabulary {
        self.profile_of(task).vocabulary_of(task.what())
    }

    /// The words for the status of an entity.
    pub fn vocabulary_at(&self, place: Place) -> &Vocabulary {
        self.docs[place.doc].vocabulary_of(place.entity)
    }

    /// The entity at a place.
    pub fn entity(&self, place: Place) -> &Entity {
        &self.docs[place.doc].facts.entities[place.entity]
    }

    /// The task that stands at `place`, or around it.
    pub fn task_at(&self, place: Place) -> Option<&Task> {
        let mut at = place;
        loop {
            if let Some(id) = self.by_place.get(&at) {
                return self.tasks.get(id).map(|task| &**task);
            }
            at.entity = self.entity(at).parent?;
        }
    }

    /// The occurrences at one place.
    pub fn spots(&self, place: Place) -> impl Iterator<Item = Spot<'_>> {
        let document = &*self.docs[place.doc];
        let entity = &document.facts.entities[place.entity];
        document.facts.occurrences_of(place.entity).map(move |occurrence| Spot {
            place,
            document,
            occurrence,
            entity,
        })
    }

    /// Every live place where the task's own status stands, the most trusted first.
    pub fn statuses<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = Spot<'a>> {
        task.places.iter().flat_map(|place| self.spots(*place))
    }

    /// The most trusted place with a status that is known.
    pub fn authority<'a>(&'a self, task: &'a Task) -> Option<Spot<'a>> {
        let mut known = self.statuses(task).filter(|spot| spot.status().is_some());
        let first = known.next()?;
        if !first.entity.coarse {
            return Some(first);
        }
        let vocabulary = self.vocabulary_of(task);
        let finer = known.find(|spot| !spot.entity.coarse && spot.agrees(&first, vocabulary));
        Some(finer.unwrap_or(first))
    }

    /// What the task's status is, by its authority; history speaks where nothing else does.
    pub fn status(&self, task: &Task) -> Option<StatusIdx> {
        let derived = || {
            let by_file = |place: &Place| self.entity(*place).fixed;
            task.places.iter().find_map(|place| by_file(place).or_else(|| self.derived_at(*place)))
        };
        self.authority(task).and_then(|spot| spot.status()).or_else(derived).or_else(|| {
            task.past.iter().flat_map(|place| self.spots(*place)).find_map(|spot| spot.status())
        })
    }

    /// Whether it is a box that agrees with the marker beside it, and so says nothing more.
    pub fn is_echo(&self, spot: &Spot<'_>) -> bool {
        let vocabulary = self.vocabulary_at(spot.place);
        let agrees = |own: Spot<'_>| {
            let is_finer = !own.occurrence.carrier.is_coarse() && own.status().is_some();
            is_finer && spot.agrees(&own, vocabulary)
        };
        spot.occurrence.carrier.is_coarse() && self.spots(spot.place).any(agrees)
    }

    /// What a file says of the task by being where it is.
    pub fn said_by_file(&self, task: &Task) -> Option<(Place, StatusIdx)> {
        let fixed = |place: &Place| {
            let status = self.entity(*place).fixed?;
            self.spots(*place).next().is_none().then_some((*place, status))
        };
        task.places.iter().find_map(fixed)
    }

    /// Whether all places that speak for the task say the same.
    pub fn agreed(&self, task: &Task) -> bool {
        let authority = self.authority(task);
        let vocabulary = self.vocabulary_of(task);
        let category = |status| vocabulary.get(status).category;
        let by_file = self.said_by_file(task).map(|(_, said)| category(said));
        let said = |spot: &Spot<'_>| spot.status().map(category);
        if by_file.is_some() && self.statuses(task).any(|spot| said(&spot) != by_file) {
            return false;
        }
        let mut told = self.statuses(task).filter(|spot| !self.is_echo(spot));
        told.all(|spot| authority.is_some_and(|a| spot.agrees(&a, vocabulary)))
            && self.plan_disagreement(task).is_none()
    }

    /// Whether places of a task say different things. Words that are not known disagree with each other,
    /// and with a status, but one alone with nobody.
    pub fn is_apart(&self, task: &Task) -> bool {
        let header = task.plans.first().into_iter().flat_map(|plan| self.spots(*plan));
        let mut words = self.statuses(task).chain(header).map(|spot| normalise(spot.raw()));
        let first = words.next();
        let is_alone = self.authority(task).is_none()
            && self.said_by_file(task).is_none()
            && words.all(|word| Some(word) == first);
        !is_alone && !self.agreed(task)
    }

    /// The tasks that are under way, or whose places do not say the same.
    pub fn pressing(&self) -> &BTreeSet<TaskId> {
        self.pressing.get_or_init(|| {
            let tasks = self.tasks.values().filter(|task| self.presses(task));
            tasks.map(|task| task.id.clone()).collect()
        })
    }

    fn presses(&self, task: &Task) -> bool {
        self.category(task) == Some(Category::Active) || !self.agreed(task)
    }

    /// What the task's plan may say while the task has `status`; `None` where it has no say.
    pub fn plan_statuses(&self, task: &Task, status: StatusIdx) -> Option<&[StatusIdx]> {
        let is_default = task.task_type == TypeIdx::default();
        self.profile_of(task).plan_statuses(status).filter(|_| is_default)
    }

    /// The header of the task's newest plan, where it contradicts the task.
    pub fn plan_disagreement<'a>(&'a self, task: &'a Task) -> Option<(Spot<'a>, Spot<'a>)> {
        let authority = self.authority(task)?;
        let allowed = self.plan_statuses(task, authority.status()?)?;
        let header = self.spots(*task.plans.first()?).find(|spot| spot.status().is_some())?;
        (!allowed.contains(&header.status()?)).then_some((header, authority))
    }

    /// What it is called: by the most trusted place that has a title.
    pub fn title<'a>(&'a self, task: &'a Task) -> &'a str {
        let places = task.places.iter().chain(&task.past).chain(&task.plans);
        let titles = places.map(|place| self.entity(*place)).filter(|e| !e.title.is_empty());
        // `false` comes first, and of those that are alike the first one is taken.
        titles.min_by_key(|e| e.mention).map_or("", |e| &*e.title)
    }

    /// The phases of the task's newest plan, or those that stand below the task itself.
    pub fn phases(&self, task: &Task) -> Vec<Place> {
        let roots: Vec<Place> = match task.plans.first() {
            Some(plan) => vec![*plan],
            None => task.places.iter().copied().filter(|p| !self.entity(*p).mention).collect(),
        };
        roots.into_iter().flat_map(|root| self.phases_below(root)).collect()
    }

    /// The phases anywhere below an entity.
    pub fn phases_below(&self, root: Place) -> Vec<Place> {
        let facts = &self.docs[root.doc].facts;
        let mut phases = Vec::new();
        let mut stack = vec![root.entity];
        while let Some(parent) = stack.pop() {
            for (entity, fact) in facts.children(parent) {
                if fact.kind == EntityKind::Phase {
                    phases.push(Place { doc: root.doc, entity });
                }
                if fact.kind != EntityKind::Item {
                    stack.push(entity);
                }
            }
        }
        phases.sort_unstable();
        phases
    }

    /// Whether an entity is its whole document.
    pub fn is_document(&self, place: Place) -> bool {
        self.entity(place).range.len() == self.docs[place.doc].text.len()
    }

    /// The files that are called by the id of a task and are not the task.
    pub fn strangers<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = Place> + 'a {
        let is_live = |place: &Place| {
            let (facts, list) = (&self.docs[place.doc].facts, self.entity(*place).list);
            !facts.history && list != RecordList::Archived && own_file::is_whole(&self.docs, *place)
        };
        task.past
            .iter()
            .copied()
            .filter(is_live)
            .filter(|it| self.entity(*it).kind == EntityKind::Task)
    }

    /// The status at one place: the first occurrence that is known; where none stands, perhaps that of the
    /// boxes.
    pub fn status_at(&self, place: Place) -> Option<StatusIdx> {
        let mut spots = self.spots(place).peekable();
        if spots.peek().is_none() {
            return self.entity(place).fixed.or_else(|| self.derived_at(place));
        }
        spots.find_map(|spot| spot.status())
    }

    /// The name by which a task is certainly meant, as long as the text stays: its id, where that
    /// cannot mean another.
    pub fn name_of(&self, id: &TaskId) -> String {
        let places = self.tasks.get(id).map_or(&[][..], |task| &task.places);
        let local = places.iter().find(|place| self.is_local(**place));
        let name = local.and_then(|place| self.telling_name(*place));
        name.or_else(|| self.name_of_tree(id)).unwrap_or_else(|| id.to_string())
    }

    /// The id of what a place names and no task is, as it is written there.
    pub fn named_at(&self, place: Place, id: &TaskId) -> String {
        self.scopes.names(&self.docs[place.doc], id).0.to_owned()
    }

    /// The name of a task where several trees of files number their own: plain where only one has the
    /// id, else with the prefix of the tree.
    fn name_of_tree(&self, id: &TaskId) -> Option<String> {
        let task = self.tasks.get(id).filter(|_| self.scopes.are_several())?;
        let (own, full) = self.scopes.names(&self.docs[task.all[0].doc], id);
        Some(if self.spelled(own).len() > 1 { full } else { own.to_owned() })
    }

    /// Whether any active place speaks of the task: an entry, or a record in an active list.
    pub fn is_live(&self, task: &Task) -> bool {
        task.places.iter().any(|place| self.entity(*place).list == RecordList::Active)
    }
}
