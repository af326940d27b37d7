//! Taking, renewing and releasing claims, each a step under the lock; and what a change of a task means
//! for the claim of it.

use std::collections::BTreeSet;
use std::path::Path;

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Task;
use lockstep_analysis::operation::{self, Code};
use lockstep_analysis::profile::id::TaskId;
use lockstep_analysis::profile::vocabulary::Category;
use lockstep_analysis::task_view;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::claims::{ClaimPlace, Claiming, Claims, TaskClaim};
use super::settled::{self, Concern};
use super::{
    CommitAction, CommitError, CommitRequest, Interim, Terms, all_read, begin, open_store,
};
use crate::report::{SCHEMA, SetResult, rows};
use crate::workspace::clock;
use crate::workspace::events::EventRecord;
use crate::workspace::local::LocalWorkspace;

/// What somebody wants with a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimDeed {
    /// A task; without an id the next that can begin, or whose holder has left it.
    Take {
        /// The task, in any spelling.
        task: Option<String>,
        /// Who wants it.
        holder: String,
        /// For how long, in minutes.
        minutes: u32,
    },
    /// More time.
    Renew {
        /// The claim.
        token: String,
        /// For how long from now, in minutes; as before without it.
        minutes: Option<u32>,
    },
    /// To hold it no more.
    Release {
        /// The claim.
        token: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReport {
    /// The version of the format.
    pub schema: u32,
    /// The task.
    pub task: String,
    /// What it is called.
    pub title: String,
    /// The id of its status.
    pub status: Option<String>,
    /// The name of what its places say.
    pub rev: String,
    /// Who holds it, or held it.
    pub holder: String,
    /// By which the holder is known; null once it is released.
    pub token: Option<String>,
    /// Until when it holds, as RFC 3339; null once it is released.
    pub until: Option<String>,
}

/// For how long a claim holds unless somebody says otherwise, in minutes.
pub const CLAIM_MINUTES: u32 = 5;

/// Does something with a claim. The token of one that is taken is the key of the terms.
pub fn claim(
    workspace: &mut LocalWorkspace,
    deed: &ClaimDeed,
    terms: &Terms<'_>,
) -> Result<ClaimReport, CommitError> {
    let root = workspace.folder().to_owned();
    // A token that nobody has leaves no trace, not even a lock.
    if let ClaimDeed::Renew { token, .. } | ClaimDeed::Release { token } = deed {
        known(&Claims::read(&root)?, token)?;
    }
    if let ClaimDeed::Take { task: Some(id), .. } = deed {
        let _ = settled::look(workspace, &concern(Some(id)));
        operation::task_meant(workspace.analysis(), id)?;
    }
    let store = open_store(&root)?;
    let locked = begin(&[&store], terms.deadline, terms.tell)?;
    let Some(place) = locked.roots().first() else {
        return Err(CommitError::Internal("nothing is locked".to_owned()));
    };
    let named = match deed {
        ClaimDeed::Take { task, .. } => task.as_deref(),
        _ => None,
    };
    let look = settled::look(workspace, &concern(named));
    all_read(workspace)?;
    if let ClaimDeed::Take { .. } = deed {
        let tasks: BTreeSet<String> = named.map(str::to_owned).into_iter().collect();
        look.settled(workspace, named.map(|_| &tasks))?;
    }
    do_claim(place, workspace.analysis(), deed, terms)
}

fn concern(task: Option<&str>) -> Concern<'static> {
    let tasks = task.map(str::to_owned).into_iter().collect();
    Concern { tasks, left_by: None }
}

/// As [`claim`], where the claims are locked.
fn do_claim(
    place: &impl ClaimPlace,
    analysis: &Analysis,
    deed: &ClaimDeed,
    terms: &Terms<'_>,
) -> Result<ClaimReport, CommitError> {
    let mut claims = place.claims()?;
    let now = clock::seconds();
    let (task, claim, event) = match deed {
        ClaimDeed::Take { task, holder, minutes } => {
            let task = wanted(analysis, &claims, task.as_deref(), now)?;
            let seconds = i64::from(*minutes) * 60;
            let token = terms.key.clone().unwrap_or_default();
            let (holder, until) = (holder.clone(), now + seconds);
            let claim = TaskClaim { holder, token, seconds, until, other: Map::new() };
            let before = claims.of.insert(task.to_string(), claim.clone());
            let before = before.map(|claim| claim.holder);
            (task, Some(claim.clone()), Some(("claim.taken", before, Some(claim.holder))))
        }
        ClaimDeed::Renew { token, minutes } => {
            let (task, _) = known(&claims, token)?;
            let claim = claims.renew(&task, *minutes, now);
            (task, claim, None)
        }
        ClaimDeed::Release { token } => {
            let (task, claim) = known(&claims, token)?;
            claims.of.remove(task.as_str());
            (task, None, Some(("claim.released", Some(claim.holder), None)))
        }
    };
    let was = event.as_ref().and_then(|(_, from, _)| from.clone());
    claims.forget_finished(analysis, now);
    place.keep_claims(&claims)?;
    if let Some((kind, from, to)) = event {
        place.tell(&terms.who, vec![EventRecord::of_claim(kind, analysis, &task, from, to)])?;
    }
    Ok(report(analysis, &task, claim.as_ref(), was))
}

/// The task that can be taken.
fn wanted(
    analysis: &Analysis,
    claims: &Claims,
    id: Option<&str>,
    now: i64,
) -> Result<TaskId, CommitError> {
    let Some(id) = id else { return next(analysis, claims, now) };
    let task = operation::task_meant(analysis, id)?;
    if let Some(claim) = claims.live(&task.id, now) {
        return Err(claim.refused(&analysis.name_of(&task.id)).into());
    }
    if is_closed(analysis, task) {
        let status = task_view::status(analysis, task).map_or("closed", |def| &def.id);
        let message = format!("task {} is {status}", analysis.name_of(&task.id));
        return Err(CommitError::told(Code::NotAllowed, message, "claim a task that is open"));
    }
    Ok(task.id.clone())
}

/// The first task that somebody has begun and left, else the first that can begin.
fn next(analysis: &Analysis, claims: &Claims, now: i64) -> Result<TaskId, CommitError> {
    let index = &analysis.index;
    let all = rows::in_order(analysis);
    let is_left = |task: &&&Task| {
        let claim = claims.of.get(task.id.as_str());
        let category = task_view::status(analysis, task).map(|def| def.category);
        claim.is_some_and(|claim| now >= claim.ends()) && category == Some(Category::Active)
    };
    let is_ready = |task: &&&Task| {
        !task.places.is_empty()
            && claims.live(&task.id, now).is_none()
            && index.may_be_next(task)
            && index.blockers(task).is_empty()
    };
    let found = all.iter().find(is_left).or_else(|| all.iter().find(is_ready));
    found.map(|task| task.id.clone()).ok_or_else(|| {
        let message = "no task can begin that nobody holds";
        CommitError::told(Code::NothingReady, message, "see what they wait for: `next --why`")
    })
}

fn is_closed(analysis: &Analysis, task: &Task) -> bool {
    task_view::status(analysis, task).is_some_and(|def| def.category.is_closed())
}

/// The task and the claim that a token is of.
fn known(claims: &Claims, token: &str) -> Result<(TaskId, TaskClaim), CommitError> {
    let held = claims.held_by(token, clock::seconds());
    held.map(|(task, claim)| (task, claim.clone())).ok_or_else(|| {
        let message = format!("no claim has the token `{token}`, or it is over");
        CommitError::told(Code::Held, message, "claim the task again, and look at it again")
    })
}

fn report(
    analysis: &Analysis,
    task: &TaskId,
    claim: Option<&TaskClaim>,
    was: Option<String>,
) -> ClaimReport {
    let view = analysis.index.tasks.get(task).map(|task| task_view::view(analysis, task));
    let (title, status, rev) =
        view.map(|view| (view.title, view.status, view.rev)).unwrap_or_default();
    ClaimReport {
        schema: SCHEMA,
        task: analysis.name_of(task),
        title,
        status,
        rev,
        holder: claim.map(|claim| claim.holder.clone()).or(was).unwrap_or_default(),
        token: claim.map(|claim| claim.token.clone()),
        until: claim.map(|claim| clock::instant(claim.until)),
    }
}

/// What there is to tell of a claim that was taken with a token, by the claims as they are.
pub(in crate::workspace) fn taken(workspace: &LocalWorkspace, token: &str) -> Option<ClaimReport> {
    let claims = Claims::at(workspace.folder());
    let (task, claim) = claims.held_by(token, clock::seconds())?;
    Some(report(workspace.analysis(), &task, Some(claim), None))
}

impl Claims {
    fn renew(&mut self, task: &TaskId, minutes: Option<u32>, now: i64) -> Option<TaskClaim> {
        let claim = self.of.get_mut(task.as_str())?;
        claim.seconds = minutes.map_or(claim.seconds, |minutes| i64::from(minutes) * 60);
        claim.until = now + claim.seconds;
        Some(claim.clone())
    }

    /// Forgets claims of tasks that are finished. One that no file names may be in none just now, while
    /// somebody saves or changes branches, so that its claim ends by its time only.
    fn forget_finished(&mut self, analysis: &Analysis, now: i64) {
        self.of.retain(|id, claim| match analysis.index.tasks.get(&TaskId::new(id)) {
            Some(task) => !is_closed(analysis, task),
            None => now < claim.ends(),
        });
    }

    /// Gives a task that is called otherwise now the claim that it had. Returns who holds it.
    fn move_to(&mut self, was: &TaskId, is: &TaskId) -> Option<String> {
        let claim = self.of.remove(was.as_str())?;
        let holder = claim.holder.clone();
        self.of.insert(is.to_string(), claim);
        Some(holder)
    }
}

/// Keeps the claims of a task, and of its parts, that have other ids `after` a change.
pub(super) fn follow_renamed(
    root: &Path,
    before: &Analysis,
    after: &Analysis,
    terms: &Terms<'_>,
) -> Result<(), CommitError> {
    let (was, is) = (&before.index.tasks, &after.index.tasks);
    let gone: Vec<&TaskId> = was.keys().filter(|id| !is.contains_key(id)).collect();
    let new: Vec<&TaskId> = is.keys().filter(|id| !was.contains_key(id)).collect();
    let (known, now) = (Claims::read(root)?, clock::seconds());
    // Parts keep their order, for only what their ids begin with is another.
    let is_sure = gone.len() == new.len();
    let pairs = gone.into_iter().zip(new).filter(|_| is_sure);
    let pairs: Vec<_> = pairs.filter(|(was, _)| known.live(was, now).is_some()).collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let store = open_store(root)?;
    let locked = begin(&[&store], terms.deadline, terms.tell)?;
    let Some(place) = locked.roots().first() else { return Ok(()) };
    let mut claims = place.claims()?;
    let mut events = Vec::new();
    for (was, is) in pairs {
        let Some(holder) = claims.move_to(was, is) else { continue };
        let holder = Some(holder);
        events.push(EventRecord::of_claim("claim.taken", after, is, holder.clone(), holder));
    }
    place.keep_claims(&claims)?;
    place.tell(&terms.who, events)
}

/// What a change of tasks, which leaves the workspace as `after`, means for the claims of them: work
/// renews a claim, what is finished is released, and what is forced is broken.
pub(super) fn follow(
    root: &Path,
    request: &CommitRequest,
    results: &[SetResult],
    after: &Analysis,
    terms: &Terms<'_>,
) -> Result<(), CommitError> {
    let now = clock::seconds();
    let done = results.iter().filter(|result| result.refusal().is_none());
    let done = done.filter_map(|result| operation::task_meant(after, &result.task).ok());
    let tasks: Vec<&Task> = done.collect();
    let claims = Claims::at(root);
    let live: Vec<&Task> =
        tasks.into_iter().filter(|task| claims.live(&task.id, now).is_some()).collect();
    if live.is_empty() {
        return Ok(());
    }
    let is_forced = forces(&request.action);
    let is_own = |claim: &TaskClaim| {
        matches!(&terms.claiming, Claiming::Token(own) if *own == claim.token)
            || gives(&request.action, &claim.token)
    };
    let is_touched =
        live.iter().any(|task| is_forced || claims.live(&task.id, now).is_some_and(is_own));
    if !is_touched {
        for task in live {
            let holder = claims.live(&task.id, now).map_or("", |claim| &claim.holder);
            let name = after.name_of(&task.id);
            let remedy = if can_force(&request.action) { "; `--force` ends the claim" } else { "" };
            let held = format!("task {name} is held by {holder}, who may be working on it{remedy}");
            (terms.tell)(Interim::Warning(held));
        }
        return Ok(());
    }
    let store = open_store(root)?;
    let locked = begin(&[&store], terms.deadline, terms.tell)?;
    let Some(place) = locked.roots().first() else { return Ok(()) };
    let (mut claims, mut events) = (place.claims()?, Vec::new());
    for task in live {
        let Some(claim) = claims.live(&task.id, now).cloned() else { continue };
        let ended = match is_own(&claim) {
            true if is_closed(after, task) => "claim.released",
            true => {
                claims.renew(&task.id, None, now);
                continue;
            }
            false if is_forced => "claim.broken",
            false => continue,
        };
        claims.of.remove(task.id.as_str());
        events.push(EventRecord::of_claim(ended, after, &task.id, Some(claim.holder), None));
    }
    place.keep_claims(&claims)?;
    if !events.is_empty() {
        place.tell(&terms.who, events)?;
    }
    Ok(())
}

fn can_force(action: &CommitAction) -> bool {
    matches!(action, CommitAction::Set { .. } | CommitAction::Batch { .. })
}

/// Whether a line of a batch gives the token of a claim.
fn gives(action: &CommitAction, token: &str) -> bool {
    let CommitAction::Batch { list, .. } = action else { return false };
    list.iter().any(|change| change.claim.as_deref() == Some(token))
}

fn forces(action: &CommitAction) -> bool {
    match action {
        CommitAction::Set { force, .. } => *force,
        CommitAction::Batch { list, .. } => list.iter().any(|change| change.force),
        _ => false,
    }
}
