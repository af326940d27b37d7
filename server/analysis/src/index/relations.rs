//! Which tasks are part of which others, and what the parts say of their whole: asked by rules, lists and
//! the planner.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat_n;
use std::sync::Arc;

use crate::index::flow::Flow;
use crate::index::rollup::asked;
use crate::index::{DocIdx, Index, Place, Task};
use crate::model::FieldRole;
use crate::profile::flow::TaskKind;
use crate::profile::id::TaskId;
use crate::profile::relation::{PartOf, Relation, RollUpMode};
use crate::profile::roll_up::RollUp;
use crate::profile::strategies::ChildCounts;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::profile::{Format, TypeIdx};
use crate::text::TextRange;

/// Every task that is part of another, once for each relation.
#[derive(Debug, Default)]
pub struct Relations {
    /// The whole, which of its profile's relations it is, the part; in order.
    by_parent: Vec<(TaskId, usize, TaskId)>,
    /// The part, which relation, the whole; in order.
    by_child: Vec<(TaskId, usize, TaskId)>,
    /// The whole, which relation, the part, where the whole does not follow from its parts; in order.
    told_by_parent: Vec<(TaskId, usize, TaskId)>,
    /// The part, which relation, the whole, of the same; in order.
    told_by_child: Vec<(TaskId, usize, TaskId)>,
}

/// What the children of a task say, which contradicts the task.
#[derive(Debug)]
pub struct ParentContradiction<'a> {
    /// The task.
    pub parent: &'a Task,
    /// How the two belong together.
    pub relation: &'a Relation,
    /// By what the task follows from its children.
    pub flow: Flow,
    /// The children.
    pub children: Vec<&'a Task>,
    /// How far they are.
    pub counts: ChildCounts,
    /// What they say together.
    pub rolled: RollUp,
    /// What the task says.
    pub said: StatusIdx,
    /// What it must say.
    pub wanted: StatusIdx,
}

impl Relations {
    pub(super) fn new(index: &Index) -> Relations {
        let mut relations = Relations::default();
        for task in index.tasks.values() {
            let all = index.profile_of(task).relations.iter().enumerate();
            // An id names one task of a type that it is part of: the first that is there.
            let mut named: Vec<TypeIdx> = Vec::new();
            for (at, relation) in all.filter(|(_, it)| it.child == task.task_type) {
                let by_id = matches!(relation.by, PartOf::Id { .. });
                if by_id && named.contains(&relation.parent) {
                    continue;
                }
                let parents = index.named_parents(task, relation);
                // Of several wholes nobody knows which it is to be finished with.
                if relation.roll_up == RollUpMode::Tell && parents.len() > 1 {
                    continue;
                }
                for parent in parents {
                    named.extend(by_id.then_some(relation.parent));
                    let (by_child, by_parent) = match relation.roll_up {
                        RollUpMode::Tell => {
                            (&mut relations.told_by_child, &mut relations.told_by_parent)
                        }
                        _ => (&mut relations.by_child, &mut relations.by_parent),
                    };
                    by_child.push((task.id.clone(), at, parent.clone()));
                    by_parent.push((parent, at, task.id.clone()));
                }
            }
        }
        relations.by_child.sort_unstable();
        relations.by_parent.sort_unstable();
        relations.told_by_child.sort_unstable();
        relations.told_by_parent.sort_unstable();
        relations
    }

    /// Whether no task follows from others that are part of it.
    pub fn is_empty(&self) -> bool {
        self.by_child.is_empty()
    }

    /// Whether no task is part of another that does not follow from it.
    pub fn tell_nothing(&self) -> bool {
        self.told_by_child.is_empty()
    }
}

fn of<'r>(
    all: &'r [(TaskId, usize, TaskId)],
    id: &TaskId,
) -> impl Iterator<Item = (usize, &'r TaskId)> + use<'r> {
    let first = all.partition_point(|(own, ..)| own < id);
    let n = all[first..].partition_point(|(own, ..)| own <= id);
    all[first..first + n].iter().map(|(_, relation, other)| (*relation, other))
}

impl Index {
    /// Which tasks are part of which others.
    pub fn relations(&self) -> &Relations {
        &self.relations
    }

    /// The tasks that a task is part of, each with how.
    pub fn parents<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = (&'a Relation, &'a Task)> {
        let relations = &self.profile_of(task).relations;
        let found = of(&self.relations.by_child, &task.id);
        found.filter_map(|(at, id)| Some((relations.get(at)?, &**self.tasks.get(id)?)))
    }

    /// Whether a task is part of another, or of a part of it.
    pub fn is_part_of(&self, task: &Task, whole: &TaskId) -> bool {
        let mut above: Vec<&Task> = vec![task];
        let mut seen = BTreeSet::new();
        while let Some(below) = above.pop() {
            for (_, parent) in self.parents(below) {
                if parent.id == *whole {
                    return true;
                }
                if seen.insert(&parent.id) {
                    above.push(parent);
                }
            }
        }
        false
    }

    /// The tasks that are part of a task by one of the relations of its profile.
    pub(super) fn children_by(&self, task: &Task, relation: usize) -> Vec<&Task> {
        let found = of(&self.relations.by_parent, &task.id).filter(|(at, _)| *at == relation);
        found.filter_map(|(_, id)| self.tasks.get(id).map(|task| &**task)).collect()
    }

    /// The tasks that are part of a task.
    pub fn children<'a>(&'a self, task: &Task) -> impl Iterator<Item = &'a Task> {
        let found = of(&self.relations.by_parent, &task.id);
        found.filter_map(|(_, id)| self.tasks.get(id).map(|task| &**task))
    }

    /// The tasks that are part of a task which does not follow from them, each with how.
    pub fn told_children<'a>(
        &'a self,
        task: &Task,
    ) -> impl Iterator<Item = (&'a Relation, &'a Task)> {
        let relations = &self.profile_of(task).relations;
        let found = of(&self.relations.told_by_parent, &task.id);
        found.filter_map(|(at, id)| Some((relations.get(at)?, &**self.tasks.get(id)?)))
    }

    /// The tasks that a task is part of and that do not follow from it.
    pub fn told_parents<'a>(&'a self, task: &Task) -> impl Iterator<Item = &'a TaskId> {
        of(&self.relations.told_by_child, &task.id).map(|(_, id)| id)
    }

    /// Whether a task was put into history before it was finished: it is nobody's work any more.
    fn is_put_away(&self, task: &Task, said: Option<StatusIdx>) -> bool {
        let category = |said| self.vocabulary_of(task).get(said).category;
        let is_left = said.map(category).is_none_or(|it| !it.is_closed());
        is_left && task.places.iter().all(|place| self.docs[place.doc].facts.history)
    }

    /// Where what the children of a task say contradicts it, by what `status` says that each of them has.
    pub fn parent_contradictions<'a>(
        &'a self,
        task: &'a Task,
        status: &dyn Fn(&Task) -> Option<StatusIdx>,
    ) -> Vec<ParentContradiction<'a>> {
        let Some(said) = status(task) else { return Vec::new() };
        let relations = self.profile_of(task).relations.iter().enumerate();
        let own = relations.filter(|(_, it)| {
            it.parent == task.task_type && !matches!(it.roll_up, RollUpMode::Off | RollUpMode::Tell)
        });
        let listed = self.wholes_listed(task);
        let contradiction = |(at, relation): (usize, &'a Relation)| {
            let mut children = self.children_by(task, at);
            children.retain(|child| {
                let said = status(child);
                !self.may_stay_open(child, said)
                    && !self.is_put_away(child, said)
                    && !self.stands_below_another(task, child, (&listed, at))
            });
            let categories = children.iter().map(|child| {
                let category = |said| self.vocabulary_of(child).get(said).category;
                status(child).map(category)
            });
            let flow = self.flow(task, relation);
            // What a collection has no part for yet is still to be done.
            let missing = match flow.kind {
                TaskKind::Collection if !children.is_empty() => self.missing_items(task).len(),
                _ => 0,
            };
            let missing = repeat_n(Some(Category::Open), missing);
            let counts = ChildCounts::of(categories.chain(missing));
            let rolled = match flow.is_declared || relation.agreement.is_empty() {
                true => flow.strategy.rolled(&counts, flow.threshold),
                false => counts.coarse(),
            };
            let wanted = match flow.kind {
                TaskKind::Aggregate => self.aggregated(task, rolled, said),
                _ => self.wanted(task, relation, &children, rolled, said),
            };
            let (parent, wanted) = (task, wanted?);
            Some(ParentContradiction {
                parent,
                relation,
                flow,
                children,
                counts,
                rolled,
                said,
                wanted,
            })
        };
        own.filter_map(contradiction).collect()
    }

    /// Whether nothing needs to wait for a task that has this status.
    fn may_stay_open(&self, task: &Task, status: Option<StatusIdx>) -> bool {
        let is_optional = task.places.iter().any(|place| self.entity(*place).optional);
        let category = |said| self.vocabulary_of(task).get(said).category;
        is_optional && !status.map(category).is_some_and(Category::is_closed)
    }

    /// The wholes of the type of a task in the lists in YAML that it stands in, as they stand there.
    fn wholes_listed(&self, task: &Task) -> Vec<(Place, u32)> {
        let is_listed = |place: &&Place| self.docs[place.doc].role().format == Format::Yaml;
        let all = task.places.iter().filter(is_listed).flat_map(|own| {
            let entities = self.docs[own.doc].facts.entities.iter().enumerate();
            let wholes = entities.filter(|(_, it)| it.task_type == task.task_type);
            wholes.map(|(entity, it)| (Place { entity, ..*own }, it.range.start))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_unstable_by_key(|(place, start)| (place.doc, *start));
        all.dedup();
        all
    }

    /// Whether a part stands in such a list below another whole: nobody knows of which of the two it is. The
    /// last one may have all parts below it, those of the others too, if some are its own.
    fn stands_below_another(
        &self,
        task: &Task,
        child: &Task,
        (wholes, relation): (&[(Place, u32)], usize),
    ) -> bool {
        let is_below = |place: &Place| {
            let start = self.entity(*place).range.start;
            let n = wholes.partition_point(|(it, at)| (it.doc, *at) < (place.doc, start));
            let above = n.checked_sub(1).map(|at| wholes[at].0).filter(|it| it.doc == place.doc);
            let is_last = wholes.get(n).is_none_or(|(next, _)| next.doc != place.doc);
            let above = above.and_then(|above| self.task_at(above));
            above.is_some_and(|above| {
                let is_bare = || self.children_by(above, relation).is_empty();
                let from = wholes[n - 1].1;
                above.id != task.id
                    && (!is_last || is_bare())
                    && !self.is_headed(task, TextRange { start: from, end: start }, place.doc)
            })
        };
        !wholes.is_empty() && child.places.iter().any(is_below)
    }

    /// Whether a comment in a part of a document names a task: `# Epic 4: the rest`.
    fn is_headed(&self, task: &Task, within: TextRange, doc: DocIdx) -> bool {
        let words = |text: &str| {
            let all = text.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
            let all = all.map(|it| it.trim_start_matches('0').to_lowercase());
            format!(" {} ", all.collect::<Vec<_>>().join(" "))
        };
        let id = words(task.id.as_str().rsplit('/').next().unwrap_or_default());
        let text = self.docs[doc].text.copy(within.bytes());
        let mut comments = text.lines().filter(|line| line.trim_start().starts_with('#'));
        comments.any(|line| words(line).contains(&id))
    }

    /// What a task must say whose children say `rolled`; `None` where it may say `said`.
    fn wanted(
        &self,
        task: &Task,
        relation: &Relation,
        children: &[&Task],
        rolled: RollUp,
        said: StatusIdx,
    ) -> Option<StatusIdx> {
        let agreement = &relation.agreement;
        let speaks = agreement.iter().any(|(_, all)| all.contains(&rolled));
        let is_end = matches!(rolled, RollUp::Partial | RollUp::Failed | RollUp::Dropped);
        let vocabulary = self.vocabulary_of(task);
        // What is finished has parts that are begun. A part of two minds may be.
        if agreement.is_empty() && rolled == RollUp::Open {
            let is_done = vocabulary.get(said).category == Category::Done;
            let is_certain = is_done && children.iter().all(|child| self.agreed(child));
            let mut open = vocabulary.iter().filter(|(_, def)| def.category == Category::Open);
            return open.next().filter(|_| is_certain).map(|(status, _)| status);
        }
        let is_looked_at = || {
            let spot = self.authority(task).filter(|spot| spot.status() == Some(said));
            spot.is_some_and(|spot| spot.may_be_ticked())
        };
        if agreement.is_empty() && rolled == RollUp::Done && is_looked_at() {
            return None;
        }
        if agreement.is_empty() || (is_end && !speaks) {
            return asked(vocabulary, rolled, said);
        }
        let (_, allowed) = agreement.iter().find(|(status, _)| *status == said)?;
        if rolled == RollUp::Silent || allowed.contains(&rolled) {
            return None;
        }
        let first = agreement.iter().find(|(_, all)| all.first() == Some(&rolled));
        let any = || agreement.iter().find(|(_, all)| all.contains(&rolled));
        first.or_else(any).map(|(status, _)| *status)
    }

    /// The tasks that a task says it is part of.
    fn named_parents(&self, task: &Task, relation: &Relation) -> Vec<TaskId> {
        let places = if task.places.is_empty() { &task.past } else { &task.places };
        let is_parent = |id: &TaskId| {
            let found = self.tasks.get(id).filter(|_| *id != task.id);
            let is_own = |found: &&Arc<Task>| !self.is_of_namesake(task, found);
            found.filter(is_own).is_some_and(|found| found.task_type == relation.parent)
        };
        let mut ids: Vec<TaskId> =
            places.iter().filter_map(|place| self.named_parent(*place, &relation.by)).collect();
        ids.retain(is_parent);
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The live parts in a document's tree of what they name as their whole, of a type, where no task is called
    /// so: by what each whole would be called.
    pub fn unlisted(&self, doc: DocIdx, whole: TypeIdx) -> BTreeMap<TaskId, Vec<&Task>> {
        let profile = &*self.docs[doc].profile;
        let mut found: BTreeMap<TaskId, Vec<&Task>> = BTreeMap::new();
        let follows = |it: &&Relation| it.parent == whole && it.roll_up != RollUpMode::Tell;
        for relation in profile.relations.iter().filter(follows) {
            for task in self.tasks.values().filter(|task| task.task_type == relation.child) {
                let is_here = std::ptr::eq(self.profile_of(task), profile);
                let own = task
                    .places
                    .first()
                    .filter(|place| is_here && self.scope(place.doc) == self.scope(doc));
                let named = own.and_then(|place| self.named_parent(*place, &relation.by));
                if let Some(id) = named.filter(|id| !self.tasks.contains_key(id)) {
                    found.entry(id).or_default().push(task);
                }
            }
        }
        found
    }

    /// Whether a part that is only in history names a live task whose id is in history, too: the
    /// number was used again, and the part is of the one that was put away beside it.
    fn is_of_namesake(&self, part: &Task, whole: &Task) -> bool {
        let is_past =
            |task: &Task| task.past.iter().any(|place| self.docs[place.doc].facts.history);
        let is_gone = part.places.is_empty() && is_past(part);
        is_gone && !whole.places.is_empty() && is_past(whole)
    }

    fn named_parent(&self, place: Place, by: &PartOf) -> Option<TaskId> {
        let document = &self.docs[place.doc];
        let spelled = |text: &str| {
            let id = document.profile.ids.parse(text)?;
            Some(self.scopes.id(document, &id))
        };
        match by {
            PartOf::Id { .. } => spelled(&by.parent_of(self.entity(place).id.as_ref()?)?),
            PartOf::Path => spelled(document.facts.captures.parent.as_deref()?),
            PartOf::Field { pattern } => {
                let mut fields = document.facts.fields_of(place.entity);
                let field = fields.find(|field| field.role == FieldRole::Parent)?;
                let value = field.value.of(&document.text).trim_matches(['"', '\'', ' ']);
                match pattern {
                    Some(pattern) => spelled(pattern.captures(value)?.name("id")?.as_str()),
                    None => spelled(value),
                }
            }
            PartOf::Nesting => {
                let around = Place { entity: self.entity(place).parent?, ..place };
                Some(self.task_at(around)?.id.clone())
            }
        }
    }
}
