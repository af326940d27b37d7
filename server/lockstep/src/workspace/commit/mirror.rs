//! A request carried out in all worktrees of a group, as one transaction. What the workspace in which
//! it was given refuses is done nowhere; what another refuses keeps the whole from being done, but
//! for tasks that the other does not have: those are left alone there.

mod reverse;

pub(super) use reverse::reverse;

use std::path::Path;
use std::time::Duration;

use lockstep_store::error::StoreError;
use lockstep_store::path::RelPath;
use lockstep_store::store::Store;
use lockstep_store::transaction::{
    Committed, LockedRoots, Part, Rebase, RootsOutcome, Transaction,
};

use super::recovered::Intents;
use super::run::{Failure, verify};
use super::settled::{self, Look};
use super::{
    Action, CommitError, Planned, ROUNDS, Recorded, Request, Terms, all_read, folders, movable,
    open_store, plan_here, replan, report, targets, withdrawn,
};
use crate::report::{MirrorReport, SetReport, SetResult};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::worktrees::Member;

/// One of the workspaces, the first of which is the one in which the request was given.
struct Site {
    name: String,
    workspace: LocalWorkspace,
}

/// What is to be done in one of them.
struct Plan {
    request: Request,
    planned: Planned,
    /// Tasks that are not there.
    missing: Vec<String>,
}

/// Carries a request out in `own` and in `others`.
pub(super) fn commit(
    own: &LocalWorkspace,
    others: Vec<Member>,
    request: &Request,
    terms: &Terms<'_>,
) -> Result<SetReport, CommitError> {
    let mut sites = sites(own, others)?;
    let mut plans = plan_all(&sites, request, terms)?;
    if plans.iter().all(|plan| plan.planned.texts.is_empty()) {
        return Ok(told(None, &sites, &plans));
    }
    let stores: Result<Vec<Store>, _> =
        sites.iter().map(|site| open_store(site.workspace.folder())).collect();
    let stores = stores?;
    let locked = begin(&stores, terms.deadline)?;
    for round in 0.. {
        let mut looks = Vec::new();
        for site in &mut sites {
            looks.push(settled::look(&mut site.workspace, request));
            all_read(&site.workspace)?;
        }
        plans = plan_all(&sites, request, terms)?;
        looks.iter().try_for_each(Look::settled)?;
        if plans.iter().all(|plan| plan.planned.texts.is_empty()) {
            break;
        }
        let recorded: Vec<Recorded> = sites
            .iter()
            .zip(&plans)
            .map(|(site, plan)| {
                let (analysis, planned) = (site.workspace.analysis(), &plan.planned);
                Recorded::new(&plan.request, analysis, &planned.after)
                    .moving(&planned.moves)
                    .reporting(terms, || told(None, &sites, &plans))
            })
            .collect();
        let parts = parts(&locked, &sites, &plans, &recorded, terms)?;
        let rebase = &mut |root: &Path, path: &RelPath, bytes: &[u8]| {
            let mut known = sites.iter().zip(&plans);
            match known.find(|(site, _)| site.workspace.folder() == root) {
                Some((site, plan)) => replan(&plan.request, site.workspace.analysis(), path, bytes),
                None => Rebase::Invalid(format!("{} takes no part", root.display())),
            }
        };
        let changed = || settled::changed(sites.iter().map(|site| &site.workspace));
        let committed = match run(&locked, parts, &changed, rebase) {
            // Somebody saved between the look and the commit: their text is looked at instead.
            Err(Failure::Store(StoreError::Stale { .. })) if round < ROUNDS => continue,
            answer => answer?,
        };
        for (((site, plan), recorded), committed) in
            sites.iter().zip(&plans).zip(&recorded).zip(&committed)
        {
            verify(site.workspace.folder(), committed, recorded, &plan.planned.after)?;
        }
        let id = committed.first().map(|committed| committed.id.to_string());
        return Ok(told(id, &sites, &plans));
    }
    Ok(told(None, &sites, &plans))
}

/// What a request would do in `own` and in `others`: the diff of each by its name, and what would
/// become of the tasks.
pub(super) fn preview(
    own: &LocalWorkspace,
    others: Vec<Member>,
    request: &Request,
    terms: &Terms<'_>,
) -> Result<(Vec<(String, String)>, SetReport), CommitError> {
    all_read(own)?;
    let sites = sites(own, others)?;
    let plans = plan_all(&sites, request, terms)?;
    for (site, plan) in sites.iter().zip(&plans) {
        targets(site.workspace.analysis(), &plan.planned)?;
    }
    let diff = |(site, plan): (&Site, &Plan)| (site.name.clone(), plan.planned.change.diff());
    let diffs = sites.iter().zip(&plans).map(diff).collect();
    Ok((diffs, told(None, &sites, &plans).planned()))
}

fn sites(own: &LocalWorkspace, others: Vec<Member>) -> Result<Vec<Site>, CommitError> {
    let mut sites = vec![Site { name: String::new(), workspace: own.clone() }];
    for other in others {
        sites.push(Site::open(other.name, &other.root)?);
    }
    Ok(sites)
}

impl Site {
    fn open(name: String, root: &Path) -> Result<Site, CommitError> {
        let workspace = LocalWorkspace::open(root).map_err(|error| {
            CommitError::Refused(format!(
                "worktree {name} cannot be read: {error}; nothing was changed"
            ))
        })?;
        all_read(&workspace)?;
        Ok(Site { name, workspace })
    }
}

/// Locks all roots; what an earlier process left unfinished in them is carried to its end first.
fn begin(stores: &[Store], deadline: Duration) -> Result<LockedRoots<'_>, CommitError> {
    let stores: Vec<&Store> = stores.iter().collect();
    let mut intents = Intents::default();
    let rebase = &mut |root: &Path, note: &_, path: &RelPath, bytes: &[u8]| {
        intents.rebase(root, note, path, bytes)
    };
    let locked = Transaction::begin_all(&stores, deadline, rebase)?;
    locked.roots().iter().for_each(|root| root.probe_once());
    Ok(locked)
}

/// Carries a transaction over several roots out: what became of each part.
fn run(
    locked: &LockedRoots<'_>,
    parts: Vec<Part>,
    changed: &dyn Fn() -> Option<RelPath>,
    rebase: &mut dyn FnMut(&Path, &RelPath, &[u8]) -> Rebase,
) -> Result<Vec<Committed>, Failure> {
    let planned = parts.clone();
    match locked.plan(parts)?.based_on(changed).stage()?.commit(rebase)? {
        RootsOutcome::Committed(committed) => Ok(committed),
        RootsOutcome::Aborted(aborted) => {
            let left = planned
                .iter()
                .zip(locked.roots())
                .map(|(part, locked)| withdrawn::left_over(locked.store().root(), &part.targets));
            Err(Failure::Withdrawn(aborted, left.collect()))
        }
    }
}

fn parts(
    locked: &LockedRoots<'_>,
    sites: &[Site],
    plans: &[Plan],
    recorded: &[Recorded],
    terms: &Terms<'_>,
) -> Result<Vec<Part>, CommitError> {
    let mut parts = Vec::new();
    for (root, locked) in locked.roots().iter().enumerate() {
        let known = sites.get(root).zip(plans.get(root)).zip(recorded.get(root));
        let Some(((site, plan), recorded)) = known else { continue };
        let analysis = site.workspace.analysis();
        let mut targets = targets(analysis, &plan.planned)?;
        targets.extend(folders::targets(locked, analysis, &plan.planned)?);
        parts.push(Part { root, note: recorded.note(terms)?, targets });
    }
    Ok(parts)
}

/// Plans the request in every site.
fn plan_all(
    sites: &[Site],
    request: &Request,
    terms: &Terms<'_>,
) -> Result<Vec<Plan>, CommitError> {
    let mut plans: Vec<Plan> = Vec::new();
    for site in sites {
        let analysis = site.workspace.analysis();
        let Some(own) = plans.first() else {
            let planned = plan_here(request, &site.workspace, terms.progress)?;
            terms.check(site.workspace.folder(), planned.paths())?;
            plans.push(Plan { request: request.clone(), planned, missing: Vec::new() });
            continue;
        };
        let done: Vec<&str> = own.planned.results.iter().filter_map(done).collect();
        let is_there = |task: &str| analysis.task(task).is_some();
        let (here, missing): (Vec<&str>, Vec<&str>) =
            done.into_iter().partition(|task| is_there(task));
        let request = narrowed(request, &own.planned.results, &here, site);
        let planned = plan_here(&request, &site.workspace, &|_, _| {})
            .map_err(|error| refused(site, &format!("it cannot be done: {error}")))?;
        let refusal = planned.results.iter().find(|result| result.refusal().is_some());
        if let Some(result) = refusal {
            let reason = result.refusal().unwrap_or_default();
            let said = format!("task {} is refused: {reason}", result.task);
            return Err(match result.is_conflict() {
                true => CommitError::Conflict(in_worktree(site, &said)),
                false => refused(site, &said),
            });
        }
        let free = terms.check(site.workspace.folder(), planned.paths());
        free.map_err(|error| error.saying(|said| in_worktree(site, said)))?;
        // What was mended of no task is of that worktree alone.
        let missing = missing.into_iter().filter(|task| !task.is_empty());
        let missing = missing.map(str::to_owned).collect();
        plans.push(Plan { request, planned, missing });
    }
    Ok(plans)
}

/// The task of a result, where it is as was asked for.
fn done(result: &SetResult) -> Option<&str> {
    result.refusal().is_none().then_some(result.task.as_str())
}

fn in_worktree(site: &Site, said: &str) -> String {
    format!("in worktree {}, {said}; nothing was changed in any", site.name)
}

fn refused(site: &Site, said: &str) -> CommitError {
    CommitError::Refused(in_worktree(site, said))
}

/// What of a request came to `results` where it was given, about those of its tasks that are `here`,
/// in `site`.
fn narrowed(request: &Request, results: &[SetResult], here: &[&str], site: &Site) -> Request {
    let (root, analysis) = (site.workspace.folder(), site.workspace.analysis());
    let mut request = request.clone();
    let is_here = |task: &str| here.contains(&task);
    match &mut request.action {
        // One refusal is enough here, and the first is the one to tell.
        Action::Set { tasks, atomic, .. } => {
            tasks.retain(|task| is_here(task));
            *atomic = false;
        }
        Action::Batch { list, atomic } => {
            let lines = std::mem::take(list).into_iter().zip(results);
            let done = lines.filter(|(line, result)| done(result).is_some() && is_here(&line.task));
            *list = done.map(|(line, _)| line).collect();
            *atomic = false;
        }
        Action::Fix { tasks, .. } => *tasks = here.iter().map(|task| (*task).to_owned()).collect(),
        Action::Archive { tasks, folders, .. } => {
            *tasks = here.iter().map(|task| (*task).to_owned()).collect();
            *folders = movable(root, analysis, tasks);
        }
        Action::Save { .. } | Action::Undo { .. } => {}
    }
    // No tasks at all would mean every task.
    if here.is_empty()
        && let Action::Fix { .. } | Action::Archive { .. } = request.action
    {
        request.action = Action::Batch { list: Vec::new(), atomic: true };
    }
    request
}

fn told(transaction: Option<String>, sites: &[Site], plans: &[Plan]) -> SetReport {
    let own = plans.first().map(|plan| plan.planned.results.clone()).unwrap_or_default();
    let others = sites.iter().zip(plans).skip(1).map(|(site, plan)| MirrorReport {
        worktree: site.name.clone(),
        root: site.workspace.folder().display().to_string(),
        results: plan.planned.results.clone(),
        missing: plan.missing.clone(),
    });
    SetReport { worktrees: others.collect(), ..report(transaction, own) }
}
