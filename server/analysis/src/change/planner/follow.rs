//! What follows from a change: plans and tasks take what their parts say, up to a fixpoint.

use super::{PlanDraft, ROUNDS};
use crate::change::{Mode, Refusal, RefusalKind, refuse};
use crate::index::figures::figures_of;
use crate::index::flow::Decided;
use crate::index::rollup::{asked, roll_up};
use crate::index::{Place, Task};
use crate::profile::EntityKind;
use crate::profile::flow::TaskKind;
use crate::profile::relation::{Relation, RollUpMode};
use crate::profile::vocabulary::{Category, StatusIdx, Vocabulary};

impl PlanDraft<'_> {
    /// Carries phases up to their plan and the plan up to its task, until nothing changes.
    pub(super) fn roll_up(&mut self, task: &Task) {
        for _ in 0..ROUNDS {
            let before = self.desired.clone();
            match task.plans.first() {
                Some(plan) => {
                    self.roll_up_plan(*plan);
                    self.roll_up_task(task, *plan);
                }
                None => self.roll_up_own(task),
            }
            if self.desired == before {
                break;
            }
        }
    }

    /// The status a task has, or is to have.
    pub(super) fn task_status(&self, task: &Task) -> Option<StatusIdx> {
        let present = || self.analysis.index.status(task);
        self.tasks.get(&task.id).copied().or_else(present)
    }

    /// Carries a change up to what the task is part of, where the profile says so; else tells of it.
    pub(super) fn carry_up(&mut self, task: &Task) {
        let index = &self.analysis.index;
        let mut changed = vec![task];
        for _ in 0..ROUNDS {
            let mut parents: Vec<&Task> = Vec::new();
            for (_, parent) in changed.iter().flat_map(|task| index.parents(task)) {
                if !parents.iter().any(|it| it.id == parent.id) {
                    parents.push(parent);
                }
            }
            parents.iter().for_each(|parent| self.note_decided(parent));
            changed = parents.into_iter().filter(|parent| self.follow_children(parent)).collect();
        }
    }

    /// Refuses where a task has the status that follows from its parts.
    pub(super) fn not_derived(&self, task: &Task) -> Result<(), Refusal> {
        let index = &self.analysis.index;
        if self.intent.mode == Mode::Align || index.kind(task) != TaskKind::Aggregate {
            return Ok(());
        }
        let follows = index.parent_contradictions(task, &|task| index.status(task));
        let is_mended = follows.iter().any(|found| found.wanted == self.intent.to);
        let mut children = index.children(task).map(|child| self.analysis.name_of(&child.id));
        let Some(first) = children.next().filter(|_| !is_mended) else { return Ok(()) };
        let names: Vec<String> = std::iter::once(first).chain(children.take(7)).collect();
        let name = self.analysis.name_of(&task.id);
        let message = format!("task {name} is an aggregate: its status follows from its parts");
        let remedy = format!("set its parts instead: {}", names.join(", "));
        Err(refuse(RefusalKind::NotAllowed, message, &remedy))
    }

    /// Tells which parts of a task that is to be finished are not, where the two contradict each other.
    pub(super) fn note_open_children(&mut self, task: &Task, to: StatusIdx) {
        const MOST: usize = 5;
        const MOST_FINISHED: usize = 30;
        let index = &self.analysis.index;
        if index.vocabulary_of(task).get(to).category != Category::Done
            || self.intent.mode == Mode::Align
        {
            return;
        }
        for found in index.parent_contradictions(task, &|task| self.task_status(task)) {
            let is_open = |child: &&&Task| {
                let vocabulary = index.vocabulary_of(child);
                let said = self.task_status(child).map(|said| vocabulary.get(said).category);
                !said.is_some_and(Category::is_closed)
            };
            let left: Vec<&Task> = found.children.iter().filter(is_open).copied().collect();
            let open: Vec<String> =
                left.iter().map(|child| self.analysis.name_of(&child.id)).collect();
            let n = open.len();
            if n > 0 {
                let (are, s) = if n == 1 { ("is", "") } else { ("are", "s") };
                let more = n.saturating_sub(MOST);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let names = open[..n.min(MOST)].join(", ");
                let name = self.analysis.name_of(&task.id);
                let next = self.finishing(&left[..n.min(MOST_FINISHED)]);
                let so_many = if n > MOST_FINISHED {
                    format!(" for the first {MOST_FINISHED}")
                } else {
                    String::new()
                };
                let still = format!("{n} part{s} of task {name} {are} still open");
                let note = format!("{still}: {names}{more}; `{next}`{so_many}");
                self.notes.push(note);
            }
        }
    }

    /// The command that finishes tasks, or tells what may become of the first that cannot be finished now.
    fn finishing(&self, tasks: &[&Task]) -> String {
        let index = &self.analysis.index;
        let name = |task: &&Task| shell_word(&self.analysis.name_of(&task.id));
        let end_of = |task: &Task| {
            let vocabulary = index.vocabulary_of(task);
            let mut ends = vocabulary.iter().filter(|(_, def)| def.category == Category::Done);
            let said = self.task_status(task);
            let end = ends.find(|(to, _)| said.is_none_or(|said| vocabulary.allows(said, *to)));
            end.map(|(_, def)| def.id.clone())
        };
        let ends: Vec<Option<String>> = tasks.iter().map(|task| end_of(task)).collect();
        let other = ends.iter().position(|end| end.is_none() || *end != ends[0]);
        match (ends.first().cloned().flatten(), other) {
            (Some(end), None) => {
                let names: Vec<String> = tasks.iter().map(name).collect();
                format!("lockstep set {} {end}", names.join(" "))
            }
            (_, other) => format!("lockstep show {}", name(&tasks[other.unwrap_or(0)])),
        }
    }

    /// Tells what of the parts of `parent` is left that need not be done any more.
    fn note_decided(&mut self, parent: &Task) {
        let index = &self.analysis.index;
        let after = index.decided(parent, &|task| self.task_status(task));
        let before = index.decided(parent, &|task| index.status(task));
        let is_new = |found: &&Decided<'_>| !before.iter().any(|it| it.why == found.why);
        let name = self.analysis.name_of(&parent.id);
        for found in after.iter().filter(is_new) {
            let left: Vec<String> =
                found.left.iter().map(|child| self.analysis.name_of(&child.id)).collect();
            let note = format!("{name} is decided: {}; left: {}", found.why, left.join(", "));
            self.notes.push(note);
        }
    }

    /// Has a task say what its children say, where it must; returns whether it changes.
    fn follow_children(&mut self, parent: &Task) -> bool {
        let index = &self.analysis.index;
        let found = index.parent_contradictions(parent, &|task| self.task_status(task));
        let Some(found) = found.first() else { return self.follow_figure(parent) };
        let vocabulary = index.vocabulary_of(parent);
        let wanted = vocabulary.get(found.wanted);
        let is_aggregate = found.flow.kind == TaskKind::Aggregate;
        let may = self.intent.mode == Mode::Force
            || is_aggregate
            || vocabulary.allows(found.said, found.wanted);
        let is_applied = is_aggregate || found.relation.roll_up == RollUpMode::Apply;
        let to = found.wanted;
        // What somebody has written beside it may say why it is not so.
        let doubt = index.statuses(parent).find_map(|spot| spot.doubt(to));
        if let Some(doubt) = doubt.filter(|_| !is_aggregate) {
            let (name, said) = (self.analysis.name_of(&parent.id), &vocabulary.get(found.said).id);
            self.notes.push(format!("{name} stays {said}: `{doubt}` beside it may say why"));
            return false;
        }
        let held =
            index.held(parent).filter(|_| wanted.category == Category::Done && !is_aggregate);
        if let Some(held) = held {
            let (name, said) = (self.analysis.name_of(&parent.id), &vocabulary.get(found.said).id);
            let note = format!("{name} stays {said}: {} says `{}`", held.path, held.said);
            self.notes.push(note);
            return false;
        }
        if is_applied && may && wanted.reason.is_none() && !parent.places.is_empty() {
            self.set_task(parent, to);
            self.follow_task(parent, to);
            return true;
        }
        if wanted.category == Category::Done && self.follow_figure(parent) {
            return true;
        }
        let was = index.parent_contradictions(parent, &|task| index.status(task));
        // What parts say that are not of one mind themselves is no advice.
        let is_unsure =
            |child: &&&Task| !self.tasks.contains_key(&child.id) && !index.agreed(child);
        let is_known = was.iter().any(|was| was.wanted == to);
        if !is_known && found.children.iter().find(is_unsure).is_none() {
            let (name, said) = (self.analysis.name_of(&parent.id), &vocabulary.get(found.said).id);
            let reason = match (vocabulary.allows(found.said, to), &wanted.reason) {
                (false, _) => " --force --reason …",
                (true, Some(_)) => " --reason …",
                (true, None) => "",
            };
            let id = &wanted.id;
            let next = format!("lockstep set {} {id}{reason}", shell_word(&name));
            let note = format!("{name} is {said}; as its parts say, it should be {id}: `{next}`");
            self.notes.push(note);
        }
        false
    }

    /// Has a task say that it is under way whose figure counts its first part as finished beside a status that
    /// says nothing is begun, and what it said before where a change has begun it so; returns whether it
    /// changes. Its parts alone leave that open: a box has no sign for it.
    fn follow_figure(&mut self, parent: &Task) -> bool {
        let index = &self.analysis.index;
        let vocabulary = index.vocabulary_of(parent);
        let category = |status| vocabulary.get(status).category;
        let mut relations = index.profile_of(parent).relations.iter();
        let follows = |it: &Relation| {
            it.parent == parent.task_type
                && matches!(it.roll_up, RollUpMode::Apply | RollUpMode::Propose)
        };
        let Some(said) = self.task_status(parent).filter(|_| relations.any(follows)) else {
            return false;
        };
        let figures = figures_of(index, parent);
        let counts = |before: &dyn Fn(u64) -> bool, after: &dyn Fn(u64) -> bool| {
            let found = figures.iter().find(|(_, figure)| {
                let becomes = || self.becomes(parent, *figure);
                before(figure.done) && becomes().is_some_and(|it| it <= figure.total && after(it))
            });
            found.map(|(place, _)| *place)
        };
        let is_some = |n: u64| n > 0;
        let (begun, left) = (counts(&|n| n == 0, &is_some), counts(&is_some, &|n| n == 0));
        let told = |place: Place| {
            let spots = index.spots(place).filter(|spot| !spot.occurrence.carrier.is_coarse());
            spots.filter(|spot| spot.status() == Some(said))
        };
        let of_category = |wanted| vocabulary.iter().filter(move |(_, def)| def.category == wanted);
        let to = match category(said) {
            Category::Open => begun.and_then(|place| {
                told(place).next()?;
                of_category(Category::Active).next()
            }),
            Category::Active => left.and_then(|place| {
                let has_left = |to| told(place).any(|spot| self.has_left(&spot, to));
                of_category(Category::Open).find(|(to, _)| has_left(*to))
            }),
            _ => None,
        };
        let may = |to| vocabulary.allows(said, to);
        let Some((to, _)) = to.filter(|(to, def)| may(*to) && def.reason.is_none()) else {
            return false;
        };
        if index.statuses(parent).any(|spot| spot.doubt(to).is_some()) {
            return false;
        }
        self.set_task(parent, to);
        self.follow_task(parent, to);
        true
    }

    /// Opens a finished task of which a phase is open by force, where its phases alone do not ask for it.
    pub(super) fn reopen(&mut self, task: &Task) {
        let index = &self.analysis.index;
        let (profile, tasks) = (index.profile_of(task), index.vocabulary_of(task));
        let plans = profile.vocabulary(EntityKind::Plan);
        let is_active = |of: &Vocabulary, status| of.get(status).category == Category::Active;
        let with_plan = profile.agreement.iter().find(|(status, said)| {
            let plan = said.first().is_some_and(|said| is_active(plans, *said));
            plan && is_active(tasks, *status)
        });
        let mut all = tasks.iter().map(|(status, _)| status);
        let first = || all.find(|status| is_active(tasks, *status));
        if let Some(to) = with_plan.map(|(status, _)| *status).or_else(first) {
            self.notes.clear();
            self.set_task(task, to);
            self.follow_task(task, to);
        }
    }

    fn roll_up_plan(&mut self, plan: Place) {
        if let Some(status) = self.rolled(plan) {
            self.desired.insert(plan, status);
        }
    }

    /// The status that the phases below a place give it, where that differs in kind.
    fn rolled(&self, parent: Place) -> Option<StatusIdx> {
        self.asked(parent, self.status(parent)?)
    }

    /// What the phases below a place ask for instead of `said`, which contradicts them.
    pub(super) fn asked(&self, parent: Place, said: StatusIdx) -> Option<StatusIdx> {
        let index = &self.analysis.index;
        let phases = index.profile_at(parent).vocabulary(EntityKind::Phase);
        let parts = self.analysis.index.phases_below(parent);
        let rolled = roll_up(
            parts.iter().map(|p| self.status(*p).map(|status| phases.get(status).category)),
        );
        asked(self.analysis.index.vocabulary_at(parent), rolled, said)
    }

    fn roll_up_task(&mut self, task: &Task, plan: Place) {
        let Some(says) = self.desired.get(&plan).copied() else { return };
        let profile = self.analysis.index.profile_of(task);
        let Some(present) = self.task_status(task) else { return };
        if self.analysis.index.plan_statuses(task, present).is_some_and(|it| it.contains(&says)) {
            return;
        }
        let fitting = profile.agreement.iter().find(|(_, plans)| plans.first() == Some(&says));
        let Some((to, _)) = fitting else { return };
        let vocabulary = self.analysis.index.vocabulary_of(task);
        let (old, new) = (vocabulary.get(present), vocabulary.get(*to));
        let may = self.intent.mode == Mode::Force || vocabulary.allows(present, *to);
        if may && new.reason.is_none() {
            self.set_task(task, *to);
        } else {
            let (name, old, new) = (self.analysis.name_of(&task.id), &old.id, &new.id);
            let note = format!("task {name} stays {old}: the profile does not allow {new} next");
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
            // A plan that its task speaks for stays with it.
            if self.analysis.index.plan_statuses(task, present).is_some() {
                self.desired.remove(&plan);
            }
        }
    }

    /// A task whose phases stand below it in the same document.
    fn roll_up_own(&mut self, task: &Task) {
        let Some(place) = task.places.first() else { return };
        if let Some(status) = self.rolled(*place) {
            self.set_task(task, status);
        }
    }
}

/// The name of a task as one word of a command.
fn shell_word(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:#@".contains(c);
    match name.chars().all(is_plain) && !name.starts_with(['#', '-']) {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', "'\\''")),
    }
}
