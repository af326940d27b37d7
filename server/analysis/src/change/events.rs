//! What happened to tasks, as others are told of it: the closed list of kinds, and the events between
//! two states of a workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::index::{Index, Task};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, Vocabulary};
use crate::profile::{EntityKind, Profile};
use crate::snapshot::Snapshot;

macro_rules! kinds {
    ($($name:ident $text:literal $summary:literal,)*) => {
        /// What kind of thing happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventKind {
            $(#[doc = $summary] $name,)*
        }

        impl EventKind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &[EventKind] = &[$(EventKind::$name),*];

            /// Its name, for programs.
            pub fn name(self) -> &'static str {
                match self { $(EventKind::$name => $text,)* }
            }

            /// When it happens: one sentence.
            pub fn summary(self) -> &'static str {
                match self { $(EventKind::$name => $summary,)* }
            }
        }
    };
}

kinds! {
    TaskAdded "task.added" "A new task exists.",
    TaskRemoved "task.removed" "A task no longer exists.",
    TaskStarted "task.started" "Work on a task has begun.",
    TaskBlocked "task.blocked" "A task is blocked.",
    TaskCompleted "task.completed" "A task is done.",
    TaskFailed "task.failed" "A task has failed.",
    TaskAbandoned "task.abandoned" "A task is dropped.",
    TaskReopened "task.reopened" "A task that was done, failed or dropped is open again.",
    TaskChanged "task.changed" "A task has another status of the same category, or went back to open.",
    TaskArchived "task.archived" "A task is archived: it is only in archives, or in lists of finished tasks.",
    TaskRestored "task.restored" "An archived task is live again.",
    TaskReady "task.ready" "A task is open, and all tasks it depends on are done or dropped.",
    TaskUnready "task.unready" "An open task depends on an unfinished task again.",
    PlanChanged "plan.changed" "The newest plan of a task has another status.",
    PhaseStarted "phase.started" "Work on a phase has begun.",
    PhaseBlocked "phase.blocked" "A phase is blocked.",
    PhaseCompleted "phase.completed" "A phase is done.",
    PhaseChanged "phase.changed" "A phase has changed its status in any other way.",
    DriftAppeared "drift.appeared" "The places of a task disagree.",
    DriftResolved "drift.resolved" "The places of a task agree again.",
    CounterChanged "counter.changed" "A counter has another value.",
    TransactionUndone "transaction.undone" "A transaction was undone.",
    ClaimTaken "claim.taken" "Somebody has claimed a task; `from` is who held it before, `to` who does.",
    ClaimReleased "claim.released" "The holder of a task has released it, or has finished it.",
    ClaimBroken "claim.broken" "A forced change has taken a task from its holder.",
}

impl EventKind {
    /// The kind with this name.
    pub fn parse(name: &str) -> Option<EventKind> {
        EventKind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What kind of thing.
    pub kind: EventKind,
    /// The id of the task; empty for counters and transactions.
    pub task: String,
    /// What commands call the task right after this; of a task that is gone, what they called it.
    pub name: String,
    /// The number of a phase, or the name of a counter.
    pub part: Option<String>,
    /// What it was.
    pub from: Option<String>,
    /// What it is.
    pub to: Option<String>,
}

/// What is known of a workspace, as far as events tell of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownTasks {
    /// The tasks, by id.
    pub tasks: BTreeMap<String, TaskState>,
    /// Derived numbers, by file and key.
    pub counters: BTreeMap<String, String>,
}

/// What is known of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskState {
    /// The id of its status.
    pub status: Option<String>,
    /// The id of its newest plan's status.
    pub plan: Option<String>,
    /// The ids of its phases' statuses, by number.
    pub phases: BTreeMap<String, String>,
    /// Whether every place says the same.
    pub agreed: bool,
    /// Whether it is put away.
    pub archived: bool,
    /// Whether it is open, depends on other tasks, and all of them are finished.
    pub ready: bool,
}

/// What happened between two states of a workspace.
pub fn events(before: &Snapshot, after: &Snapshot) -> Vec<Event> {
    let tasks = touched(before, after);
    let mut known = KnownTasks { tasks: BTreeMap::new(), counters: counters(before) };
    for id in &tasks {
        known.tasks.extend(state(before, id).map(|state| (id.to_string(), state)));
    }
    let mut events = known.differences(after, &tasks);
    name_removed(&mut events, &|id| before.name_of(id).to_owned());
    events
}

/// Calls tasks that are gone what they were called while they were there.
pub fn name_removed(events: &mut [Event], name: &dyn Fn(&TaskId) -> String) {
    for event in events.iter_mut().filter(|event| event.kind == EventKind::TaskRemoved) {
        event.name = name(&TaskId::new(&event.task));
    }
}

/// The tasks that may be other than before, and those that depend on them.
pub fn touched(before: &Snapshot, after: &Snapshot) -> BTreeSet<TaskId> {
    after.index.tasks_other_than(&before.index)
}

impl KnownTasks {
    /// All of a workspace.
    pub fn of(analysis: &Snapshot) -> KnownTasks {
        let tasks = analysis.index.tasks.keys();
        let tasks = tasks.filter_map(|id| Some((id.to_string(), state(analysis, id)?)));
        KnownTasks { tasks: tasks.collect(), counters: counters(analysis) }
    }

    /// What has happened to these tasks since, and to counters. Telling [`KnownTasks::take`] of each event
    /// makes this what the workspace is: then there are no differences any more.
    pub fn differences(&self, now: &Snapshot, tasks: &BTreeSet<TaskId>) -> Vec<Event> {
        let mut events = Vec::new();
        for id in tasks {
            let (was, is) = (self.tasks.get(id.as_str()), state(now, id));
            of_task(now, id, was, is.as_ref(), &mut events);
        }
        let counters = counters(now);
        let names: BTreeSet<&String> = counters.keys().chain(self.counters.keys()).collect();
        for name in names {
            let (from, to) = (self.counters.get(name).cloned(), counters.get(name).cloned());
            if from != to {
                let (kind, part) = (EventKind::CounterChanged, Some(name.clone()));
                let (task, name) = (String::new(), String::new());
                events.push(Event { kind, task, name, part, from, to });
            }
        }
        events
    }

    /// Takes note of an event.
    pub fn take(&mut self, event: &Event) {
        use EventKind as K;
        let part = || event.part.clone().unwrap_or_default();
        match event.kind {
            K::TransactionUndone | K::ClaimTaken | K::ClaimReleased | K::ClaimBroken => {}
            K::CounterChanged => {
                match &event.to {
                    Some(value) => self.counters.insert(part(), value.clone()),
                    None => self.counters.remove(&part()),
                };
            }
            K::TaskRemoved => {
                self.tasks.remove(&event.task);
            }
            kind => {
                let fresh = || TaskState { agreed: true, ..TaskState::default() };
                let task = self.tasks.entry(event.task.clone()).or_insert_with(fresh);
                match kind {
                    K::TaskArchived => task.archived = true,
                    K::TaskRestored => task.archived = false,
                    K::TaskReady => task.ready = true,
                    K::TaskUnready => task.ready = false,
                    K::DriftAppeared => task.agreed = false,
                    K::DriftResolved => task.agreed = true,
                    K::PlanChanged => task.plan.clone_from(&event.to),
                    K::PhaseStarted | K::PhaseBlocked | K::PhaseCompleted | K::PhaseChanged => {
                        match &event.to {
                            Some(status) => task.phases.insert(part(), status.clone()),
                            None => task.phases.remove(&part()),
                        };
                    }
                    _ => task.status.clone_from(&event.to),
                }
                task.ready &= !ends_readiness(kind);
            }
        }
    }
}

/// Whether a task is not open after this, and so waits for nobody.
fn ends_readiness(kind: EventKind) -> bool {
    use EventKind as K;
    matches!(
        kind,
        K::TaskStarted | K::TaskBlocked | K::TaskCompleted | K::TaskFailed | K::TaskAbandoned
    )
}

/// What is known of one task; `None` where there is none.
fn state(analysis: &Snapshot, id: &TaskId) -> Option<TaskState> {
    let index = &analysis.index;
    let task = index.tasks.get(id)?;
    let profile = index.profile_of(task);
    let name = |kind: EntityKind, status| match kind {
        EntityKind::Task => index.vocabulary_of(task).get(status).id.clone(),
        _ => profile.vocabulary(kind).get(status).id.clone(),
    };
    let archived = is_archived(index, task);
    // What is put away is as it was: nothing is begun or finished by that.
    let of_past = || task.past.iter().find(|place| index.entity(**place).kind == EntityKind::Plan);
    let plan = task.plans.first().or_else(|| of_past().filter(|_| archived)).copied();
    let phases = plan.map_or_else(|| index.phases(task), |plan| index.phases_below(plan));
    let phases = phases.into_iter().filter_map(|place| {
        let number = index.entity(place).number.clone()?;
        Some((number.to_string(), name(EntityKind::Phase, index.status_at(place)?)))
    });
    let mut by_number = BTreeMap::new();
    for (number, status) in phases {
        by_number.entry(number).or_insert(status);
    }
    let header = plan.and_then(|plan| index.status_at(plan));
    Some(TaskState {
        status: index.status(task).map(|status| name(EntityKind::Task, status)),
        plan: header.map(|status| name(EntityKind::Plan, status)),
        phases: by_number,
        agreed: !index.is_apart(task),
        archived,
        ready: is_ready(analysis, task),
    })
}

fn is_archived(index: &Index, task: &Task) -> bool {
    task.plans.is_empty() && !index.is_live(task)
}

fn is_ready(analysis: &Snapshot, task: &Task) -> bool {
    let index = &analysis.index;
    index.category(task) == Some(Category::Open)
        && !index.depends(task).is_empty()
        && index.waits_for(task).is_empty()
}

/// The derived numbers of a workspace, by file and key.
fn counters(analysis: &Snapshot) -> BTreeMap<String, String> {
    let mut counters = BTreeMap::new();
    for (_, document) in analysis.index.counting() {
        for fact in &document.facts.counters {
            let Some(value) = fact.value else { continue };
            let key = document.profile.counters[fact.counter].key.join(".");
            counters.insert(format!("{}#{key}", document.path), value.to_string());
        }
    }
    counters
}

/// What happened to one task.
fn of_task(
    analysis: &Snapshot,
    id: &TaskId,
    was: Option<&TaskState>,
    is: Option<&TaskState>,
    events: &mut Vec<Event>,
) {
    let mut tell = |kind, part: Option<&String>, from: Option<&String>, to: Option<&String>| {
        let (part, from, to) = (part.cloned(), from.cloned(), to.cloned());
        let (task, name) = (id.to_string(), analysis.name_of(id).to_owned());
        events.push(Event { kind, task, name, part, from, to });
    };
    let was_status = was.and_then(|was| was.status.as_ref());
    let Some(is) = is else {
        if was.is_some() {
            tell(EventKind::TaskRemoved, None, was_status, None);
        }
        return;
    };
    let fresh = TaskState { agreed: true, ..TaskState::default() };
    let (known, was) = (was.is_some(), was.unwrap_or(&fresh));
    let task = analysis.index.tasks.get(id);
    let profile = task.map_or(&*analysis.profile, |task| analysis.index.profile_of(task));
    let own = |task: &Arc<Task>| analysis.index.vocabulary_of(task);
    let tasks = task.map_or_else(|| profile.vocabulary(EntityKind::Task), own);
    if !known {
        tell(EventKind::TaskAdded, None, None, is.status.as_ref());
    } else if was.status != is.status {
        let kind = task_kind(tasks, was.status.as_deref(), is.status.as_deref());
        tell(kind, None, was.status.as_ref(), is.status.as_ref());
        if ends_readiness(kind) {
            // That it waits no longer goes without saying.
            return of_parts(profile, &TaskState { ready: is.ready, ..was.clone() }, is, &mut tell);
        }
    }
    of_parts(profile, was, is, &mut tell);
}

/// Whether it is put away now, and was not, or the other way round.
fn of_archive(was: &TaskState, is: &TaskState, tell: Tell<'_>) {
    let kind = match (was.archived, is.archived) {
        (false, true) => EventKind::TaskArchived,
        (true, false) => EventKind::TaskRestored,
        _ => return,
    };
    tell(kind, None, None, is.status.as_ref());
}

type Tell<'a> = &'a mut dyn FnMut(EventKind, Option<&String>, Option<&String>, Option<&String>);

/// What happened to plan, phases and agreement of a task.
fn of_parts(profile: &Profile, was: &TaskState, is: &TaskState, tell: Tell<'_>) {
    of_archive(was, is, tell);
    let is_put_away = was.archived != is.archived;
    if was.plan != is.plan {
        tell(EventKind::PlanChanged, None, was.plan.as_ref(), is.plan.as_ref());
    }
    let phases = profile.vocabulary(EntityKind::Phase);
    let numbers: BTreeSet<&String> = was.phases.keys().chain(is.phases.keys()).collect();
    for number in numbers {
        let (from, to) = (was.phases.get(number), is.phases.get(number));
        if from != to {
            let kind = match is_put_away {
                true => EventKind::PhaseChanged,
                false => phase_kind(phases, from.map(String::as_str), to.map(String::as_str)),
            };
            tell(kind, Some(number), from, to);
        }
    }
    match (was.agreed, is.agreed) {
        (true, false) => tell(EventKind::DriftAppeared, None, None, is.status.as_ref()),
        (false, true) => tell(EventKind::DriftResolved, None, None, is.status.as_ref()),
        _ => {}
    }
    match (was.ready, is.ready) {
        (false, true) => tell(EventKind::TaskReady, None, None, is.status.as_ref()),
        (true, false) => tell(EventKind::TaskUnready, None, None, is.status.as_ref()),
        _ => {}
    }
}

fn category(vocabulary: &Vocabulary, status: Option<&str>) -> Option<Category> {
    Some(vocabulary.get(vocabulary.lookup(status?)?).category)
}

fn task_kind(vocabulary: &Vocabulary, from: Option<&str>, to: Option<&str>) -> EventKind {
    use Category as C;
    let (from, to) = (category(vocabulary, from), category(vocabulary, to));
    match to {
        to if to == from => EventKind::TaskChanged,
        Some(C::Active) => EventKind::TaskStarted,
        Some(C::Waiting) => EventKind::TaskBlocked,
        Some(C::Done) => EventKind::TaskCompleted,
        Some(C::Failed) => EventKind::TaskFailed,
        Some(C::Dropped) => EventKind::TaskAbandoned,
        Some(C::Open) if matches!(from, Some(C::Done | C::Failed | C::Dropped)) => {
            EventKind::TaskReopened
        }
        Some(C::Open) | None => EventKind::TaskChanged,
    }
}

fn phase_kind(vocabulary: &Vocabulary, from: Option<&str>, to: Option<&str>) -> EventKind {
    let (from, to) = (category(vocabulary, from), category(vocabulary, to));
    match to {
        to if to == from => EventKind::PhaseChanged,
        Some(Category::Active) => EventKind::PhaseStarted,
        Some(Category::Waiting) => EventKind::PhaseBlocked,
        Some(Category::Done) => EventKind::PhaseCompleted,
        _ => EventKind::PhaseChanged,
    }
}

#[cfg(test)]
mod tests;
