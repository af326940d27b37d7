//! A request, carried out in a workspace and in the worktrees that go with it. What the workspace in
//! which it was given refuses is done nowhere; what another refuses keeps the whole from being done,
//! but for tasks that the other does not have: those are left alone there.

use lockstep_analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::{self, Code, Leave};
use lockstep_analysis::profile::id::TaskId;
use lockstep_store::path::RelPath;
use lockstep_store::stamp::ContentStamp;
use lockstep_store::transaction::{LockedRoot, Rebase};
use std::collections::BTreeSet;
use std::sync::Arc;

use super::claims::{ClaimPlace as _, Claiming, Claims};
use super::run::{Checkout, CommitIntent, Work};
use super::settled::Concern;
use super::{
    CommitAction, CommitError, CommitRequest, Interim, PlannedFiles, Recorded, Terms, folders,
    movable, plan_here, replan, report, targets,
};
use crate::report::{MirrorReport, ReportedVerdict, SetReport, SetResult};

/// How many digits of a digest are told.
const DIGEST: usize = 16;

/// What is to be done in one checkout.
pub(super) struct CheckoutPlan {
    request: CommitRequest,
    pub(super) planned: PlannedFiles,
    /// Tasks that are not there.
    missing: Vec<String>,
}

/// Whether a request changes any file.
pub(super) fn changes(plans: &[CheckoutPlan]) -> bool {
    plans.iter().any(|plan| !plan.planned.texts.is_empty())
}

/// A request that is planned.
pub(super) struct Requested<'r> {
    pub(super) request: &'r CommitRequest,
    pub(super) terms: &'r Terms<'r>,
    pub(super) plans: Vec<CheckoutPlan>,
    /// What each checkout said when it was planned, as long as that was not under the lock.
    pub(super) planned_on: Vec<Analysis>,
    /// What the workspace in which it was given said before it was carried out.
    pub(super) before: Option<Analysis>,
    /// Who held what when it was planned.
    pub(super) claims: Claims,
}

impl Requested<'_> {
    /// Whether the plans are of what the files say now.
    fn holds(&mut self, all: &[Checkout<'_>]) -> bool {
        let before = std::mem::take(&mut self.planned_on);
        let is_same = |(before, one): (&Analysis, &Checkout<'_>)| {
            Arc::ptr_eq(&before.index, &one.analysis().index)
        };
        before.len() == all.len() && before.iter().zip(all).all(is_same)
    }
}

impl CommitIntent for Requested<'_> {
    fn concern(&self, _: usize) -> Concern<'_> {
        Concern { tasks: self.request.action.tasks(), left_by: None }
    }

    fn planned_tasks(&self, place: usize) -> Option<BTreeSet<String>> {
        self.plans.get(place).map(|plan| plan.planned.tasks())
    }

    fn plan(
        &mut self,
        all: &[Checkout<'_>],
        locked: &[LockedRoot<'_>],
    ) -> Result<Option<Vec<Work>>, CommitError> {
        let claims = match locked.first() {
            Some(own) => Claims::trusted(own.claims(), self.terms)?,
            None => Claims::default(),
        };
        if claims != self.claims || !self.holds(all) {
            self.plans = plan_all(all, self.request, self.terms, &claims)?;
            self.claims = claims;
        }
        if !changes(&self.plans) {
            return Ok(None);
        }
        self.before = all.first().map(|own| own.analysis().clone());
        let mut work = Vec::new();
        for ((one, plan), locked) in all.iter().zip(&self.plans).zip(locked) {
            let (analysis, planned) = (one.analysis(), &plan.planned);
            let mut targets = targets(analysis, planned)?;
            targets.extend(folders::targets(locked, analysis, planned)?);
            let recorded = Recorded::new(&plan.request, analysis, &planned.after)
                .moving(&planned.moves)
                .reporting(self.terms, || told(None, all, &self.plans));
            work.push(Work { targets, recorded, after: planned.after.clone() });
        }
        Ok(Some(work))
    }

    fn rebase(&self, place: usize, own: &Checkout<'_>, path: &RelPath, bytes: &[u8]) -> Rebase {
        match self.plans.get(place) {
            Some(plan) => {
                let moved: Vec<&str> = plan.planned.moves.keys().map(FilePath::as_str).collect();
                let known = plan.planned.after.earlier.clone();
                let analysis = own.analysis().clone().knowing(known);
                replan(own.folder(), &plan.request, &moved, &analysis, path, bytes)
            }
            None => Rebase::Invalid(format!("{path} has no plan")),
        }
    }
}

/// Plans a request in every checkout.
pub(super) fn plan_all(
    all: &[Checkout<'_>],
    request: &CommitRequest,
    terms: &Terms<'_>,
    claims: &Claims,
) -> Result<Vec<CheckoutPlan>, CommitError> {
    let mut plans: Vec<CheckoutPlan> = Vec::new();
    let progress = |done, total| (terms.tell)(Interim::Progress(done, total));
    for one in all {
        let analysis = one.analysis();
        let Some(own) = plans.first() else {
            let held = |task: &TaskId, leave: Leave<'_>| {
                let name = analysis.name_of(task);
                match leave {
                    Leave::Asker => claims.why_not(task, &name, &terms.claiming),
                    Leave::Claim(own) => {
                        claims.why_not(task, &name, &Claiming::Token(own.to_owned()))
                    }
                    Leave::Whole => claims.why_not_part(task, &name, &terms.claiming),
                }
            };
            let planned = plan_here(request, one.workspace, &progress, &held)?;
            terms.check(one.folder(), planned.touched())?;
            plans.push(CheckoutPlan { request: request.clone(), planned, missing: Vec::new() });
            continue;
        };
        let own_results = &own.planned.results;
        let done: Vec<&str> = own_results.iter().filter_map(done).collect();
        let is_unknown = |why: operation::Refused| why.code == Code::UnknownTask;
        let is_there = |task: &str| !operation::meant(analysis, task).is_err_and(is_unknown);
        let (here, missing): (Vec<&str>, Vec<&str>) =
            done.into_iter().partition(|task| is_there(task));
        let request = narrowed(request, own_results, &here, one);
        // Who works in that worktree has claimed the task there.
        let claims = Claims::trusted(Claims::read(one.folder()), terms)?;
        let held = |task: &TaskId, _: Leave<'_>| match &terms.claiming {
            Claiming::Token(_) => claims.why_not(task, &analysis.name_of(task), &Claiming::Agent),
            terms => claims.why_not(task, &analysis.name_of(task), terms),
        };
        let planned = plan_here(&request, one.workspace, &|_, _| {}, &held)
            .map_err(|error| refused(one, &error.to_string()))?;
        let refusal = planned.results.iter().find(|result| result.refusal().is_some());
        if let Some(result) = refusal {
            let reason = result.refusal().unwrap_or_default();
            let said = format!("task {} is refused: {reason}", result.task);
            return Err(match result.is_conflict() {
                true => CommitError::Conflict(in_worktree(one, &said)),
                false => refused(one, &said),
            });
        }
        if let (CommitAction::Rename { .. }, Some(own)) = (&request.action, own_results.first()) {
            same_name(one, own, planned.results.first())?;
        }
        let free = terms.check(one.folder(), planned.touched());
        free.map_err(|error| error.saying(|said| in_worktree(one, said)))?;
        // What was mended of no task is of that worktree alone.
        let missing = missing.into_iter().filter(|task| !task.is_empty());
        let missing = missing.map(str::to_owned).collect();
        plans.push(CheckoutPlan { request, planned, missing });
    }
    is_approved(&plans, terms)?;
    Ok(plans)
}

/// Refuses another plan than the one that was approved.
fn is_approved(plans: &[CheckoutPlan], terms: &Terms<'_>) -> Result<(), CommitError> {
    let Some(approved) = &terms.approved else { return Ok(()) };
    let diffs = plans.iter().map(|plan| plan.planned.change.diff());
    if digest(diffs) == *approved {
        return Ok(());
    }
    let message = "the plan is another than the one that was approved: files have changed since";
    Err(CommitError::told(Code::NotExpected, message, "look at the new plan, and approve that"))
}

/// What identifies a plan, by the diffs of all checkouts.
pub(super) fn digest(diffs: impl IntoIterator<Item = String>) -> String {
    let all: Vec<String> = diffs.into_iter().collect();
    let mut digest = ContentStamp::of(all.join("\n\0\n").as_bytes()).hex();
    digest.truncate(DIGEST);
    digest
}

/// The task of a result, where it is as was asked for.
fn done(result: &SetResult) -> Option<&str> {
    result.refusal().is_none().then_some(result.task.as_str())
}

fn in_worktree(one: &Checkout<'_>, said: &str) -> String {
    format!("in worktree {}, {said}; nothing was changed in any", one.name)
}

/// Refuses another name for a task that is called otherwise where the rename was not asked for.
fn same_name(
    one: &Checkout<'_>,
    own: &SetResult,
    there: Option<&SetResult>,
) -> Result<(), CommitError> {
    let is_other =
        |there: &&SetResult| there.outcome != ReportedVerdict::Unchanged && there.from != own.from;
    let Some(there) = there.filter(is_other) else { return Ok(()) };
    let name = |result: &SetResult| result.from.clone().unwrap_or_default();
    let said = format!("task {} is called `{}`, not `{}`", there.task, name(there), name(own));
    let remedy = "give it the same name in both first, or set `[worktrees] mode = \"report\"`";
    Err(CommitError::told(Code::NotAllowed, in_worktree(one, &said), remedy))
}

fn refused(one: &Checkout<'_>, said: &str) -> CommitError {
    CommitError::Refused(in_worktree(one, said))
}

/// What of a request came to `results` where it was given, about those of its tasks that are `here`,
/// in `one`.
fn narrowed(
    request: &CommitRequest,
    results: &[SetResult],
    here: &[&str],
    one: &Checkout<'_>,
) -> CommitRequest {
    let (root, analysis) = (one.folder(), one.analysis());
    let mut request = request.clone();
    let is_here = |task: &str| here.contains(&task);
    match &mut request.action {
        // One refusal is enough here, and the first is the one to tell.
        CommitAction::Set { tasks, atomic, .. } => {
            tasks.retain(|task| is_here(task));
            *atomic = false;
        }
        CommitAction::Batch { list, atomic } => {
            let lines = std::mem::take(list).into_iter().zip(results);
            let done = lines.filter(|(line, result)| done(result).is_some() && is_here(&line.task));
            *list = done.map(|(line, _)| line).collect();
            *atomic = false;
        }
        CommitAction::Fix { tasks, .. } => {
            *tasks = here.iter().map(|task| (*task).to_owned()).collect()
        }
        CommitAction::Archive { tasks, folders, .. } => {
            *tasks = here.iter().map(|task| (*task).to_owned()).collect();
            *folders = movable(root, analysis, tasks);
        }
        CommitAction::Add { .. } | CommitAction::Note { .. } | CommitAction::Rename { .. }
            if here.is_empty() =>
        {
            request.action = CommitAction::Batch { list: Vec::new(), atomic: true };
        }
        CommitAction::Add { .. }
        | CommitAction::Note { .. }
        | CommitAction::Rename { .. }
        | CommitAction::Save { .. }
        | CommitAction::Undo { .. } => {}
    }
    // No tasks at all would mean every task.
    if here.is_empty()
        && let CommitAction::Fix { .. } | CommitAction::Archive { .. } = request.action
    {
        request.action = CommitAction::Batch { list: Vec::new(), atomic: true };
    }
    request
}

pub(super) fn told(
    transaction: Option<String>,
    all: &[Checkout<'_>],
    plans: &[CheckoutPlan],
) -> SetReport {
    let own = plans.first().map(|plan| plan.planned.results.clone()).unwrap_or_default();
    let others = all.iter().zip(plans).skip(1).map(|(one, plan)| MirrorReport {
        worktree: one.name.clone(),
        root: one.folder().display().to_string(),
        results: plan.planned.results.clone(),
        missing: plan.missing.clone(),
    });
    SetReport { worktrees: others.collect(), ..report(transaction, own) }
}
