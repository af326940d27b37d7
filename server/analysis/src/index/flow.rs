//! How the work of a task is put together: asked by rules, lists and the planner.

use std::collections::BTreeSet;

use crate::index::{DocIdx, Index, Task};
use crate::model::{EntityIdx, FieldRole};
use crate::profile::flow::{DeclaredFlow, FlowField, TaskKind};
use crate::profile::id::TaskId;
use crate::profile::relation::Relation;
use crate::profile::roll_up::RollUp;
use crate::profile::strategies::{ChildCounts, STRATEGIES, Strategy, Threshold, strategy};
use crate::profile::vocabulary::{Category, StatusIdx, normalise};

/// How the work of a task is put together.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Its kind.
    pub kind: TaskKind,
    /// How it follows from its parts.
    pub strategy: &'static dyn Strategy,
    /// How many of them suffice.
    pub threshold: Threshold,
    /// Whether anything says so: the task, or its profile.
    pub is_declared: bool,
}

/// What the children of a task leave undone, although the task is decided.
#[derive(Debug)]
pub struct Decided<'a> {
    /// Why, as a clause.
    pub why: String,
    /// The children that need not be done.
    pub left: Vec<&'a Task>,
}

impl Index {
    /// What a task is to those that are part of it, or wait for it.
    pub fn kind(&self, task: &Task) -> TaskKind {
        let relations = self.profile_of(task).relations.iter();
        let of_profile = || {
            let own = relations.filter(|relation| relation.parent == task.task_type);
            own.filter_map(|relation| relation.flow.kind).next()
        };
        self.declared(task).kind.or_else(of_profile).unwrap_or_default()
    }

    /// How a task follows from the parts that a relation gives it.
    pub fn flow(&self, task: &Task, relation: &Relation) -> Flow {
        let (own, of_profile) = (self.declared(task), &relation.flow);
        let kind = own.kind.or(of_profile.kind);
        let declared = own.strategy.or(of_profile.strategy);
        let threshold = own.threshold.or(of_profile.threshold);
        // One route is enough.
        let of_kind = match kind {
            Some(TaskKind::Router) => strategy("race"),
            _ => None,
        };
        Flow {
            kind: kind.unwrap_or_default(),
            strategy: declared.or(of_kind).unwrap_or(STRATEGIES[0]),
            threshold: threshold.unwrap_or_default(),
            is_declared: kind.is_some() || declared.is_some(),
        }
    }

    /// What the places of a task say, the trusted ones first.
    fn declared(&self, task: &Task) -> DeclaredFlow {
        let mut said = DeclaredFlow::default();
        for (field, value) in self.flow_fields(task) {
            let value = value.trim_matches(['"', '\'', ' ']);
            match field {
                FlowField::Kind => said.kind = said.kind.or(TaskKind::parse(value)),
                FlowField::Strategy => said.strategy = said.strategy.or(strategy(value)),
                FlowField::Threshold => {
                    said.threshold = said.threshold.or(Threshold::parse(value));
                }
                FlowField::WaitsFor | FlowField::Raises | FlowField::Items => {}
            }
        }
        said
    }

    /// The fields of a task that say how its work is put together, with their values as written.
    fn flow_fields<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = (FlowField, &'a str)> {
        task.places.iter().flat_map(|place| {
            let document = &*self.docs[place.doc];
            let fields = document.facts.fields_of(place.entity);
            fields.filter_map(|field| match field.role {
                FieldRole::Flow(it) => Some((it, field.value.of(&document.text).trim())),
                _ => None,
            })
        })
    }

    /// The names that a task waits for, or gives when it is done, each as written.
    pub(crate) fn flow_names<'a>(
        &'a self,
        task: &'a Task,
        of: FlowField,
    ) -> impl Iterator<Item = &'a str> {
        let values = self.flow_fields(task).filter(move |(field, _)| *field == of);
        let names = values.flat_map(|(_, value)| value.split([',', ';']));
        names
            .map(|name| name.trim_matches(['"', '\'', '`', '[', ']', ' ']))
            .filter(|it| !it.is_empty())
    }

    /// The items of a collection that no part is for, in order.
    pub fn missing_items(&self, task: &Task) -> Vec<String> {
        if self.kind(task) != TaskKind::Collection {
            return Vec::new();
        }
        let known: BTreeSet<String> =
            self.children(task).map(|child| normalise(self.title(child))).collect();
        let mut missing: Vec<String> = Vec::new();
        for item in self.flow_names(task, FlowField::Items) {
            let is_new = !known.contains(&normalise(item))
                && missing.iter().all(|it| normalise(it) != normalise(item));
            missing.extend(is_new.then(|| item.to_owned()));
        }
        missing
    }

    /// The children of a task, in the order in which they are to be done.
    fn in_order<'a>(&'a self, parent: &Task, relation: &Relation) -> Vec<&'a Task> {
        let at = self.profile_of(parent).relations.iter().position(|it| std::ptr::eq(it, relation));
        let mut children = at.map(|at| self.children_by(parent, at)).unwrap_or_default();
        let first = |task: &Task| task.places.first().copied();
        let mut docs = children.iter().map(|child| first(child).map(|place| place.doc));
        let doc = docs.next();
        // Where they stand together, that is their order; else that of their ids is.
        if doc.is_some_and(|doc| docs.all(|it| it == doc)) {
            children.sort_by_key(|child| first(child).map(|place| self.entity(place).name.start));
        }
        children
    }

    /// Where a task is decided by some of its children, what of the others is left, by what `status`
    /// says that each of them has.
    pub fn decided<'a>(
        &'a self,
        task: &'a Task,
        status: &dyn Fn(&Task) -> Option<StatusIdx>,
    ) -> Vec<Decided<'a>> {
        let category = |task: &Task| self.meaning(task, status(task));
        let relations = self.profile_of(task).relations.iter();
        let own = relations.filter(|relation| relation.parent == task.task_type);
        let decided = |relation: &Relation| {
            let flow = self.flow(task, relation);
            if !flow.is_declared {
                return None;
            }
            let mut left = self.in_order(task, relation);
            let why = self.why_decided(&flow, &left, &category)?;
            left.retain(|child| {
                let category = category(child);
                matches!(category, Some(Category::Open | Category::Active | Category::Waiting))
                    && !(flow.kind == TaskKind::Router && is_taken(category))
            });
            (!left.is_empty()).then_some(Decided { why, left })
        };
        own.filter_map(decided).collect()
    }

    fn why_decided(
        &self,
        flow: &Flow,
        children: &[&Task],
        category: &dyn Fn(&Task) -> Option<Category>,
    ) -> Option<String> {
        if flow.kind == TaskKind::Router {
            let taken = children.iter().find(|child| is_taken(category(child)))?;
            return Some(format!("{} is the route that is taken", self.called(taken)));
        }
        let counts = ChildCounts::of(children.iter().map(|child| category(child)));
        flow.strategy.decided(&counts, flow.threshold)
    }

    fn meaning(&self, task: &Task, status: Option<StatusIdx>) -> Option<Category> {
        status.map(|status| self.vocabulary_of(task).get(status).category)
    }

    /// The routes of a router that are taken.
    pub fn taken_routes<'a>(&'a self, task: &'a Task) -> Vec<&'a Task> {
        let relations = self.profile_of(task).relations.iter();
        let own = relations.filter(|relation| relation.parent == task.task_type);
        let of_router = own.filter(|it| self.flow(task, it).kind == TaskKind::Router);
        let routes = of_router.flat_map(|relation| self.in_order(task, relation));
        routes.filter(|route| is_taken(self.category(route))).collect()
    }

    /// The sibling that must end before a task may begin, where their parent is done in order.
    pub(super) fn before_in_order(&self, task: &Task) -> Vec<TaskId> {
        let before = |(relation, parent): (&Relation, &Task)| {
            if self.flow(parent, relation).kind != TaskKind::Composite {
                return None;
            }
            let order = self.in_order(parent, relation);
            let at = order.iter().position(|it| it.id == task.id)?.checked_sub(1)?;
            let is_over = self.category(order[at]).is_some_and(Category::is_closed);
            (!is_over).then(|| order[at].id.clone())
        };
        self.parents(task).filter_map(before).collect()
    }

    /// The parents of a task that are decided, so that it need not begin.
    pub(super) fn decided_above(&self, task: &Task) -> Vec<TaskId> {
        let is_decided = |(relation, parent): &(&Relation, &Task)| {
            let flow = self.flow(parent, relation);
            let children = self.in_order(parent, relation);
            let why = self.why_decided(&flow, &children, &|task| self.category(task));
            flow.is_declared && !flow.strategy.goes_on() && why.is_some()
        };
        self.parents(task).filter(is_decided).map(|(_, parent)| parent.id.clone()).collect()
    }

    /// What a task of the kind that waits is still to wait for: tasks, and names that no task that is
    /// done has given.
    pub(super) fn awaited(&self, task: &Task) -> (Vec<TaskId>, Vec<String>) {
        let (mut tasks, mut names) = (Vec::new(), Vec::new());
        if self.kind(task) != TaskKind::Wait {
            return (tasks, names);
        }
        let is_over = |task: &Task| self.category(task).is_some_and(Category::is_closed);
        for name in self.flow_names(task, FlowField::WaitsFor) {
            let giving: Vec<&Task> = self.giving(name).collect();
            let named = self.spelled(name);
            match (&giving[..], &named[..]) {
                ([], [awaited]) if is_over(awaited) => {}
                ([], [awaited]) => tasks.push(awaited.id.clone()),
                ([], _) => names.push(name.to_owned()),
                (giving, _) => {
                    let is_given = |it: &&Task| self.category(it) == Some(Category::Done);
                    if !giving.iter().any(is_given) {
                        names.push(name.to_owned());
                    }
                }
            }
        }
        (tasks, names)
    }

    /// The parts of a task, and those beside it where it matters for them how far it is.
    pub(super) fn beside_and_below(&self, id: &TaskId) -> Vec<TaskId> {
        let Some(task) = self.tasks.get(id) else { return Vec::new() };
        let decides =
            |(relation, parent): &(&Relation, &Task)| self.flow(parent, relation).is_declared;
        let beside = self.parents(task).filter(decides);
        let beside = beside.flat_map(|(_, parent)| self.children(parent));
        self.children(task).chain(beside).map(|it| it.id.clone()).collect()
    }

    /// The tasks of the kind that waits.
    pub(super) fn waiting(&self) -> &[TaskId] {
        self.waiting.get_or_init(|| {
            let tasks = self.tasks.values().filter(|task| self.kind(task) == TaskKind::Wait);
            tasks.map(|task| task.id.clone()).collect()
        })
    }

    /// Whether one of these entities says something else than in `before` of how its work is put
    /// together.
    pub(super) fn flows_otherwise(
        &self,
        before: &Index,
        doc: DocIdx,
        entities: &[EntityIdx],
    ) -> bool {
        let said = |index: &Index, entity: EntityIdx| -> Vec<(FlowField, String)> {
            let document = &index.docs[doc];
            let fields = document.facts.fields_of(entity);
            let flow = fields.filter_map(|field| match field.role {
                FieldRole::Flow(it) => Some((it, field.value.of(&document.text).to_owned())),
                _ => None,
            });
            flow.collect()
        };
        entities.iter().any(|entity| said(self, *entity) != said(before, *entity))
    }

    /// The tasks that give a signal of this name when they are done.
    fn giving<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Task> {
        let signals = self.tasks.values().map(|task| &**task);
        let signals = signals.filter(|task| self.kind(task) == TaskKind::Signal);
        signals.filter(move |task| {
            let mut names = self.flow_names(task, FlowField::Raises);
            names.any(|it| it.eq_ignore_ascii_case(name))
        })
    }

    /// The status that follows for a task from its parts, where nobody may set it; `None` where it says
    /// that.
    pub(super) fn aggregated(
        &self,
        task: &Task,
        rolled: RollUp,
        said: StatusIdx,
    ) -> Option<StatusIdx> {
        let vocabulary = self.vocabulary_of(task);
        let category = match rolled {
            RollUp::Done | RollUp::Partial => Category::Done,
            RollUp::Failed => Category::Failed,
            RollUp::Dropped => Category::Dropped,
            RollUp::Active => Category::Active,
            RollUp::Open => Category::Open,
            RollUp::Silent => return None,
        };
        let is_partial = rolled == RollUp::Partial && vocabulary.lookup("partial") == Some(said);
        if is_partial || vocabulary.get(said).category == category {
            return None;
        }
        let mut all = vocabulary.iter();
        all.find(|(_, def)| def.category == category).map(|(status, _)| status)
    }
}

/// Whether a route of a router that is so far is the one that is followed.
fn is_taken(category: Option<Category>) -> bool {
    matches!(category, Some(Category::Active | Category::Waiting | Category::Done))
}
