//! Agreement, and whatever else has one certain fix.

use std::collections::{BTreeMap, BTreeSet};

use super::prefer::{self, Preference};
use super::{
    Code, Draft, FixOperation, Leave, Outcome, Refused, Verdict, place_changes, task_meant,
};
use crate::analysis::Analysis;
use crate::analysis::mending;
use crate::change::{self, Intent, Mode, Subject};
use crate::profile::id::TaskId;
use crate::rules::{self, Diagnostic};
use crate::task_view;

/// After so many results it is not looked at any more why a fix is not made.
const MOST_TRIED: usize = 50;

/// Why fixes are not made, as far as it was looked at.
#[derive(Default)]
struct Tried {
    n: usize,
    /// For each whole why its parts are not mended together.
    wholes: BTreeMap<TaskId, KeptWhole>,
}

/// Why the parts of a whole are not mended together.
#[derive(Clone, Default)]
struct KeptWhole {
    /// It cannot say what follows.
    cannot: Option<String>,
    /// Something else would be found.
    brings: Option<String>,
}

impl Draft<'_> {
    pub(super) fn fix(&mut self, fix: &FixOperation<'_>) -> Result<(), Refused> {
        if let Some(rule) = fix.rule.filter(|rule| rules::rule(rule).is_none()) {
            let message = format!("no rule `{rule}`");
            return Err(Refused::new(Code::Usage, message, "`lockstep explain` lists them"));
        }
        let preference = fix.prefer.map(|word| prefer::read(self.analysis, word)).transpose()?;
        let mut wanted = BTreeSet::new();
        for id in fix.tasks {
            match task_meant(self.analysis, id) {
                Ok(task) => drop(wanted.insert(task.id.clone())),
                Err(why) => self.results.push(Outcome::refused(id, None, "", why)),
            }
        }
        // What is found only then of what a task is part of follows from its fix.
        let (wholes, is_new) = (self.wholes(&wanted), mending::new_since(&self.state));
        let is_meant = |d: &Diagnostic| {
            let is_one_of =
                |ids: &BTreeSet<TaskId>| d.task.as_ref().is_some_and(|it| ids.contains(it));
            fix.tasks.is_empty() || is_one_of(&wanted) || is_one_of(&wholes) && is_new(d)
        };
        let chosen = |d: &Diagnostic| {
            fix.rule.is_none_or(|rule| d.rule == rule)
                && fix.without.is_none_or(|rule| d.rule != rule)
                && fix.file.is_none_or(|file| match fix.only_there {
                    true => d.path.as_str() == file,
                    false => touches(d, file),
                })
                && is_meant(d)
        };
        let held = self.refuse_held(&chosen);
        let chosen =
            |d: &Diagnostic| chosen(d) && d.task.as_ref().is_none_or(|task| !held.contains(task));
        let left = match preference {
            Some(preference) => self.prefer(preference, &chosen)?,
            None => BTreeSet::new(),
        };
        // What a preference says nothing of is not brought to what nobody preferred.
        let mended =
            |d: &Diagnostic| chosen(d) && d.task.as_ref().is_none_or(|task| !left.contains(task));
        let (change, n) = mending::fix_all(&self.state, self.at, &mended);
        self.mended += n;
        self.take(change);
        self.tell(&mended, &wanted);
        (self.progress)(self.results.len(), self.results.len());
        Ok(())
    }

    /// Whatever these tasks are part of.
    fn wholes(&self, tasks: &BTreeSet<TaskId>) -> BTreeSet<TaskId> {
        let index = &self.state.index;
        let mut wholes = BTreeSet::new();
        let mut left: Vec<TaskId> = tasks.iter().cloned().collect();
        while let Some(task) = left.pop().and_then(|id| index.tasks.get(&id)) {
            let parents = index.parents(task).map(|(_, whole)| &whole.id);
            left.extend(parents.filter(|id| wholes.insert((*id).clone())).cloned());
        }
        wholes
    }

    /// Refuses the tasks that somebody else holds, and returns them.
    fn refuse_held(&mut self, chosen: &dyn Fn(&Diagnostic) -> bool) -> BTreeSet<TaskId> {
        let found = self.state.diagnostics().iter().filter(|d| d.fixable && chosen(d));
        let tasks: BTreeSet<TaskId> = found.filter_map(|d| d.task.clone()).collect();
        let held =
            tasks.into_iter().filter_map(|task| Some(((self.held)(&task, Leave::Asker)?, task)));
        let held: Vec<_> = held.collect();
        for (why, task) in &held {
            let status = self.state.index.tasks.get(task);
            let status = status.and_then(|task| task_view::status(&self.state, task));
            let status = status.map(|def| def.id.clone());
            let (name, to) = (self.analysis.name_of(task), status.clone().unwrap_or_default());
            self.results.push(Outcome::refused(&name, status, &to, why.clone()));
        }
        held.into_iter().map(|(_, task)| task).collect()
    }

    /// Brings drifting tasks to the status that is preferred. Those that it says nothing of are
    /// refused, and returned; where it says nothing of any, that is an error.
    fn prefer(
        &mut self,
        preference: Preference<'_>,
        chosen: &dyn Fn(&Diagnostic) -> bool,
    ) -> Result<BTreeSet<TaskId>, Refused> {
        let drift = rules::drift::RULE.id;
        let found = self.state.diagnostics().iter().filter(|d| d.rule == drift && chosen(d));
        let drifting: BTreeSet<TaskId> = found.filter_map(|d| d.task.clone()).collect();
        let (n, mut left) = (drifting.len(), BTreeSet::new());
        for id in drifting {
            let Some(task) = self.state.index.tasks.get(&id) else { continue };
            let from = task_view::status(&self.state, task).map(|def| def.id.clone());
            let planned = prefer::status(&self.state, task, preference).and_then(|to| {
                let (subject, at) = (Subject::Task(id.clone()), self.at.to_owned());
                let intent = Intent { subject, to, reason: None, at, mode: Mode::Align };
                change::plan(&self.state, &intent).map_err(Refused::from)
            });
            match planned {
                Ok(planned) => {
                    self.mended += 1;
                    self.take(planned.change);
                }
                Err(why) if n == 1 && why.code == Code::Usage => return Err(why),
                Err(why) => {
                    let to = from.clone().unwrap_or_default();
                    let name = self.analysis.name_of(&id);
                    self.results.push(Outcome::refused(&name, from, &to, why));
                    left.insert(id);
                }
            }
        }
        Ok(left)
    }

    /// One result for each task that the change touches, or could: one that is left as it is was refused
    /// where it was asked for by name.
    fn tell(&mut self, chosen: &dyn Fn(&Diagnostic) -> bool, named: &BTreeSet<TaskId>) {
        let files: Vec<String> = self.texts.keys().map(ToString::to_string).collect();
        let mut told: Vec<String> = Vec::new();
        let mut tried = Tried::default();
        for diagnostic in self.analysis.diagnostics().iter().filter(|d| d.fixable && chosen(d)) {
            let id = diagnostic.task.as_ref().map_or("", |task| task.as_str());
            if told.iter().any(|other| other == id) {
                continue;
            }
            told.push(id.to_owned());
            let status = |state: &Analysis| {
                let task = state.task(id)?;
                task_view::status(state, task).map(|def| def.id.clone())
            };
            let is_own = |d: &Diagnostic| d.task.as_ref().map_or("", |t| t.as_str()) == id;
            let found = |state: &Analysis| state.diagnostics().iter().filter(|d| is_own(d)).count();
            let is_mended = !files.is_empty() && found(&self.state) < found(self.analysis);
            let touched = files.iter().filter(|file| {
                let is_there = |d: &Diagnostic| d.path.as_str() == *file && is_own(d);
                is_mended && self.analysis.diagnostics().iter().any(is_there)
            });
            let verdict = match (is_mended, &diagnostic.task) {
                (true, _) => Verdict::Applied,
                (false, Some(task)) if named.contains(task) => Verdict::Refused,
                (false, _) => Verdict::Unchanged,
            };
            let left = verdict != Verdict::Applied;
            self.results.push(Outcome {
                task: diagnostic
                    .task
                    .as_ref()
                    .map(|id| self.analysis.name_of(id))
                    .unwrap_or_default(),
                from: status(self.analysis),
                to: status(&self.state).unwrap_or_default(),
                verdict,
                code: (verdict == Verdict::Refused).then_some(Code::Ambiguous),
                reason: left.then(|| match diagnostic.task.is_some() {
                    true => diagnostic.message.clone(),
                    false => format!("{}: {}", diagnostic.path, diagnostic.message),
                }),
                remedy: left.then(|| self.remedy(diagnostic, &mut tried)),
                files: touched.cloned().collect(),
                rev: self.state.task(id).map(|task| task_view::view(&self.state, task).rev),
                changes: place_changes::of_task(self.analysis, &self.state, id),
            });
        }
        self.tell_followers(&told);
    }

    /// What a person can do about a finding that no fix is certain for.
    fn remedy(&self, left: &Diagnostic, tried: &mut Tried) -> String {
        let is_it = |it: &&Diagnostic| {
            (it.rule, &it.path, &it.task, &it.message)
                == (left.rule, &left.path, &left.task, &left.message)
        };
        let still = self.state.diagnostics().iter().find(is_it);
        let is_drift = left.rule == rules::drift::RULE.id;
        if let Some(doubt) = rules::drift::doubt(&self.state, left).filter(|_| is_drift) {
            return doubt;
        }
        let KeptWhole { cannot, brings } =
            still.and_then(|it| self.of_whole(it, tried)).unwrap_or_default();
        let mut brings_alone = || {
            // To try a fix costs as much as to make it.
            tried.n += 1;
            let brought = still.filter(|_| tried.n <= MOST_TRIED)?;
            let Diagnostic { path, message, .. } = mending::brought(&self.state, brought, self.at)?;
            Some(format!("settle first what would follow from it in {path}: {message}"))
        };
        let told = cannot.or_else(&mut brings_alone);
        let is_mendable = |it: &Diagnostic| mending::is_mendable(&self.state, it, self.at);
        let told = told.or_else(|| brings.filter(|_| still.is_some_and(is_mendable)));
        let told = told.or_else(|| by_hand(&self.state, left));
        told.unwrap_or_else(|| match is_drift {
            true => "say which is right: `--prefer STATUS` or `--prefer PATH`".to_owned(),
            false => format!("decide it by hand: `lockstep explain {}`", left.rule),
        })
    }

    /// What keeps the parts of a whole from being mended, of which a task is one.
    fn of_whole(&self, left: &Diagnostic, tried: &mut Tried) -> Option<KeptWhole> {
        let task = self.state.index.tasks.get(left.task.as_ref()?)?;
        let (_, whole) = self.state.index.parents(task).next()?;
        if let Some(known) = tried.wholes.get(&whole.id) {
            return Some(known.clone());
        }
        tried.n += 1;
        if tried.n > MOST_TRIED {
            return None;
        }
        let name = self.analysis.name_of(&whole.id);
        let mut kept = KeptWhole::default();
        if let Some((brought, after)) = mending::brought_together(&self.state, &whole.id, self.at) {
            let cannot = self.cannot_follow(&after, &whole.id);
            kept.cannot =
                cannot.map(|why| format!("settle first why {name} cannot follow its parts: {why}"));
            let Diagnostic { path, message, .. } = brought;
            let follows = format!("what would follow from all parts of {name} in {path}");
            kept.brings = Some(format!("settle first {follows}: {message}"));
        }
        tried.wholes.insert(whole.id.clone(), kept.clone());
        Some(kept)
    }

    /// Why a whole does not get the status that its parts say in a state.
    fn cannot_follow(&self, after: &Analysis, whole: &TaskId) -> Option<String> {
        let index = &after.index;
        let task = index.tasks.get(whole)?;
        let found = index.parent_contradictions(task, &|task| index.status(task));
        let (to, subject) = (found.first()?.wanted, Subject::Task(whole.clone()));
        let at = self.at.to_owned();
        let intent = Intent { subject, to, reason: None, at, mode: Mode::Follow };
        change::plan(after, &intent).err().map(|refusal| refusal.message)
    }

    /// One result for each other task that says something else: nothing is changed unnamed.
    fn tell_followers(&mut self, told: &[String]) {
        let (before, after) = (self.analysis, &self.state);
        for id in after.index.tasks_other_than(&before.index) {
            let changes = place_changes::of_task(before, after, id.as_str());
            if changes.is_empty() || told.iter().any(|other| other == id.as_str()) {
                continue;
            }
            let task = |state: &Analysis| state.index.tasks.get(&id).cloned();
            let status = |state: &Analysis| {
                let task = task(state)?;
                task_view::status(state, &task).map(|def| def.id.clone())
            };
            let files: BTreeSet<String> = changes.iter().map(|it| it.path.clone()).collect();
            let rev = task(after).map(|task| task_view::view(after, &task).rev);
            self.results.push(Outcome {
                task: before.name_of(&id),
                from: status(before),
                to: status(after).unwrap_or_default(),
                verdict: Verdict::Applied,
                code: None,
                reason: None,
                remedy: None,
                files: files.into_iter().collect(),
                rev,
                changes,
            });
        }
    }
}

/// The commands by which a person can decide what no fix is certain for.
fn by_hand(state: &Analysis, left: &Diagnostic) -> Option<String> {
    match left.rule {
        id if id == rules::misplaced_file::RULE.id => rules::misplaced_file::by_hand(state, left),
        id if id == rules::stale_rollup::RULE.id => rules::stale_rollup::by_hand(state, left),
        _ => None,
    }
}

/// Whether the finding is in the file, or is about a place in it.
fn touches(diagnostic: &Diagnostic, path: &str) -> bool {
    diagnostic.path.as_str() == path
        || diagnostic.related.iter().any(|related| related.path.as_str() == path)
}
