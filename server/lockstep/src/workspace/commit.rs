//! Intents committed to disk: the only place where a plan meets the store. A request is planned on
//! what the files say under the lock, and planned anew on whatever somebody else saved meanwhile.

mod claiming;
mod claims;
mod earlier;
mod error;
mod folders;
mod reading;
mod recorded;
mod recovered;
mod request;
mod requested;
mod reverse;
mod run;
mod save;
mod settled;
mod terms;
mod undo;
mod withdrawn;

pub(in crate::workspace) use claiming::taken as claim_taken;
pub use claiming::{CLAIM_MINUTES, ClaimDeed, ClaimReport, claim};
pub use claims::{CLAIM_LIMIT, ClaimPlace, Claiming, Claims, TaskClaim};
pub use earlier::recall;
pub use error::CommitError;
pub use folders::{MendedLinks, files_below, files_of, mended_links, movable, unmended};
pub use reading::{finish, undisturbed};
pub use recorded::{Recorded, RecordedChange, described, with_names};
pub use request::{CommitAction, CommitChange, CommitRequest};
pub use reverse::reverse;
pub use save::{Saved, save};
pub use terms::{DEADLINE, Interim, Spare, TellInterim, Terms, Touch, named_user, user};
pub use undo::Undone;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::moving::{self, Kept};
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::{Code, HeldTask, Planner, Progress};
use lockstep_analysis::profile::builtin;
use lockstep_analysis::profile::instances::Instances;
use lockstep_analysis::snapshot::Unread;
use lockstep_analysis::text::line_index::LineIndex;
use lockstep_store::doctor;
use lockstep_store::history::{self, Newest, RecordedOperation};
use lockstep_store::path::RelPath;
use lockstep_store::store::{Durability, Options, Store};
use lockstep_store::transaction::{Expect, Locked, LockedRoot, Rebase, Target, Transaction};

use crate::report::{SCHEMA, SetReport, SetResult};
use crate::workspace::commit::claiming::{follow, follow_renamed};
use crate::workspace::commit::recovered::Intents;
use crate::workspace::commit::request::{PlannedFiles, plan};
use crate::workspace::commit::requested::{CheckoutPlan, Requested, changes, plan_all, told};
use crate::workspace::commit::run::{Checkout, RunEnd, run};
use crate::workspace::commit::settled::{Concern, Look};
use crate::workspace::local::{CONFIG, LocalWorkspace, config_of};
use crate::workspace::worktrees;

/// The store of a workspace. Nothing on disk changes by opening it.
pub fn open_store(root: &Path) -> Result<Store, CommitError> {
    let config = config_of(root);
    let durability = if config.unflushed { Durability::Process } else { Durability::Full };
    let store = Store::open(root, Options { durability, ..Options::default() })
        .map_err(|error| CommitError::Internal(format!("{}: {error}", root.display())))?;
    let named = || config.profile.clone().map(Instances::from);
    let own = config.instances().or_else(named);
    let in_place = config.in_place;
    Ok(store
        .accepting(move |path| is_task_file(path.as_str()) || has_role(own.as_ref(), path.as_str()))
        .writing_in_place(move |path| in_place.is_match(path.as_str())))
}

/// Whether a path is called as the files of a role of these profiles, or of the built-in ones.
fn has_role(own: Option<&Instances>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    match own {
        Some(own) => own.iter().any(|profile| profile.takes_name(name)),
        None => builtin::profiles().any(|profile| profile.takes_name(name)),
    }
}

/// Whether a path may stand in a transaction, by its ending.
fn is_task_file(path: &str) -> bool {
    [".md", ".json"].iter().any(|end| path.ends_with(end))
}

/// Carries a request out, in the workspace and in the worktrees that go with it: every file of it, or
/// none. What is already as it should be is left alone. The files may say something newer than
/// `workspace`.
pub fn commit(
    workspace: &mut LocalWorkspace,
    request: &CommitRequest,
    terms: &Terms<'_>,
) -> Result<SetReport, CommitError> {
    let _span = tracing::info_span!("transaction", who = terms.who).entered();
    // A request that changes nothing leaves no trace, not even a lock. Whether it does is not decided
    // by what may be old: if something is to be done, that is planned anew under the lock.
    let known = others_of(workspace).and_then(|mut others| {
        let claims = Claims::trusted(Claims::read(workspace.folder()), terms)?;
        let plans = plan_all(&Checkout::all(workspace, &mut others), request, terms, &claims)?;
        Ok((others, plans, claims))
    });
    let (mut others, plans, claims) = match known {
        Ok((others, plans, claims)) if changes(&plans) => (others, plans, claims),
        _ => {
            let concern = Concern { tasks: request.action.tasks(), left_by: None };
            let mut looks = vec![settled::look(workspace, &concern)];
            let mut others = others_of(workspace)?;
            looks.extend(others.iter_mut().map(|(_, other)| settled::look(other, &concern)));
            let claims = Claims::trusted(Claims::read(workspace.folder()), terms)?;
            let all = Checkout::all(workspace, &mut others);
            let plans = plan_all(&all, request, terms, &claims)?;
            if !changes(&plans) {
                let report = nothing(request, &looks, &all, &plans)?;
                let root = workspace.folder().to_owned();
                follow(&root, request, &report.results, workspace.analysis(), terms)?;
                return Ok(report);
            }
            (others, plans, claims)
        }
    };
    let mut all = Checkout::all(workspace, &mut others);
    let planned_on = all.iter().map(|one| one.analysis().clone()).collect();
    let mut requested = Requested { request, terms, plans, planned_on, before: None, claims };
    match run(&mut all, &mut requested, terms)? {
        RunEnd::Nothing(looks) => nothing(request, &looks, &all, &requested.plans),
        RunEnd::Committed(committed) => {
            let id = committed.first().map(|committed| committed.id.to_string());
            let report = told(id, &all, &requested.plans);
            warn_unmended(&requested.plans, terms);
            if let (Some(own), Some(plan)) = (all.first(), requested.plans.first()) {
                let (root, after) = (own.folder(), &plan.planned.after);
                let followed = match &request.action {
                    CommitAction::Rename { .. } => requested
                        .before
                        .as_ref()
                        .map_or(Ok(()), |before| follow_renamed(root, before, after, terms)),
                    _ => follow(root, request, &report.results, after, terms),
                };
                if let Err(error) = followed {
                    // It ends by itself.
                    (terms.tell)(Interim::Warning(format!("the claim is as it was: {error}")));
                }
            }
            Ok(report)
        }
    }
}

/// Tells which files may have links to where others were.
fn warn_unmended(plans: &[CheckoutPlan], terms: &Terms<'_>) {
    let warnings = plans.iter().filter_map(|plan| folders::unmended(&plan.planned.unmended));
    warnings.for_each(|warning| (terms.tell)(Interim::Warning(warning)));
}

/// The answer to a request that changes nothing. That a task is as it should be is not said while
/// somebody is saving; a request that names none says nothing of any.
fn nothing(
    request: &CommitRequest,
    looks: &[Look],
    all: &[Checkout<'_>],
    plans: &[CheckoutPlan],
) -> Result<SetReport, CommitError> {
    let report = told(None, all, plans);
    let tasks = request.action.tasks();
    if !tasks.is_empty() && report.results.iter().all(|result| result.refusal().is_none()) {
        for (one, look) in all.iter().zip(looks) {
            look.settled(one.workspace, Some(&tasks))?;
        }
    }
    Ok(report)
}

/// The other worktrees in which changes of a workspace are made too, by name.
fn others_of(workspace: &LocalWorkspace) -> Result<Vec<(String, LocalWorkspace)>, CommitError> {
    all_read(workspace)?;
    let settings = &workspace.analysis().config.worktrees;
    let others = worktrees::mirrored(workspace.folder(), settings).map_err(|error| {
        let message = format!("cannot list the worktrees: {error}; nothing was changed in any");
        let remedy = "correct that, or set `[worktrees] mode = \"report\"`";
        CommitError::told(Code::Unreadable, message, remedy)
    })?;
    others.into_iter().map(|other| opened(other.name, &other.root)).collect()
}

/// The workspace of another worktree, with its name.
fn opened(name: String, root: &Path) -> Result<(String, LocalWorkspace), CommitError> {
    let workspace = LocalWorkspace::open(root).map_err(|error| {
        let message = format!("cannot read worktree {name}: {error}; nothing was changed");
        CommitError::told(Code::Unreadable, message, "")
    })?;
    all_read(&workspace)?;
    Ok((name, workspace))
}

/// Plans a request on all files of a workspace, also on those that have no role.
fn plan_here(
    request: &CommitRequest,
    workspace: &LocalWorkspace,
    progress: &Progress<'_>,
    held: &HeldTask<'_>,
) -> Result<PlannedFiles, CommitError> {
    let movable = |from: &str, to: &str| {
        folders::files_of(workspace.folder(), from, to).map_err(Kept::ByDisk)
    };
    let planner = Planner { progress, movable: &movable, held };
    let known = Arc::new(earlier::lines(workspace.folder()));
    let mut planned = plan(request, &workspace.analysis().clone().knowing(known), planner)?;
    all_whole(workspace.analysis(), &planned)?;
    folders::mend_links(workspace.folder(), workspace.analysis(), &mut planned);
    Ok(planned)
}

/// What a request would do, told by [`commit`]'s report: the diff of this workspace, whose name is
/// empty, and of every other worktree that it would be done in.
pub fn preview(
    workspace: &LocalWorkspace,
    request: &CommitRequest,
    terms: &Terms<'_>,
) -> Result<(Vec<(String, String)>, SetReport), CommitError> {
    let (mut own, mut others) = (workspace.clone(), others_of(workspace)?);
    let all = Checkout::all(&mut own, &mut others);
    let claims = Claims::at(workspace.folder());
    let plans = plan_all(&all, request, terms, &claims)?;
    let mut diffs = Vec::new();
    for (one, plan) in all.iter().zip(&plans) {
        let targets = targets(one.analysis(), &plan.planned)?;
        if !targets.is_empty() {
            let store = open_store(one.folder())?;
            store.is_kept()?;
            store.could_change(targets)?;
        }
        diffs.push((one.name.clone(), plan.planned.change.diff()));
    }
    warn_unmended(&plans, terms);
    Ok((diffs, told(None, &all, &plans).planned()))
}

/// The digest of a plan, by which it can be approved, from the diffs of [`preview`].
pub fn plan_digest(diffs: &[(String, String)]) -> String {
    requested::digest(diffs.iter().map(|(_, diff)| diff.clone()))
}

/// Refuses a change of a workspace that is not known in full, or whose configuration on disk is not
/// what its user means: it might leave files out.
pub fn all_read(workspace: &LocalWorkspace) -> Result<(), CommitError> {
    let analysis = workspace.analysis();
    if !analysis.config.problems.is_empty()
        && let config = config_of(workspace.folder())
        && let Some(problem) = config.problems.first()
    {
        let at = LineIndex::new(&config.text).line_col(problem.range.start as usize);
        let message = format!("{CONFIG}, line {}: {}", at.line + 1, problem.message);
        let remedy = "correct it first; nothing was changed";
        return Err(CommitError::told(Code::Usage, message, remedy));
    }
    let Some(Unread { path, reason }) = analysis.unread.first() else { return Ok(()) };
    let message = format!("{path}: {reason}; it may hold the task, so nothing was changed");
    Err(CommitError::told(Code::Unreadable, message, ""))
}

/// Refuses to write to a file whose text is not all that is in it.
fn all_whole(analysis: &Analysis, planned: &PlannedFiles) -> Result<(), CommitError> {
    let changed = planned.texts.keys().chain(planned.moves.keys());
    let mut known = changed.filter_map(|path| analysis.index.document(path.as_str()));
    match known.find_map(|(_, document)| Some((document, document.fault.as_ref()?))) {
        Some((document, fault)) => {
            let message = format!("{}: {}; nothing was changed", document.path, fault.message);
            Err(CommitError::told(Code::Unreadable, message, ""))
        }
        None => Ok(()),
    }
}

/// Locks the stores. What an earlier process left unfinished is finished first; what programs have
/// written late to files that were replaced is told of.
pub fn begin<'s>(
    stores: &[&'s Store],
    deadline: Duration,
    tell: &TellInterim<'_>,
) -> Result<Locked<'s>, CommitError> {
    let mut intents = Intents::default();
    let rebase = &mut |root: &Path, note: &_, path: &RelPath, bytes: &[u8]| {
        intents.rebase(root, note, path, bytes)
    };
    let locked = Transaction::begin(stores, deadline, rebase)?;
    locked.roots().iter().for_each(LockedRoot::probe_once);
    for late in locked.roots().iter().flat_map(LockedRoot::late_writes) {
        let copy = late.copy.display();
        tell(Interim::Warning(format!(
            "a program wrote to a file after a transaction had replaced it; what it wrote is in {copy}"
        )));
    }
    Ok(locked)
}

/// A report of results.
pub fn report(transaction: Option<String>, results: Vec<SetResult>) -> SetReport {
    SetReport { schema: SCHEMA, dry_run: false, transaction, results, worktrees: Vec::new() }
}

/// What each file must be and shall become.
fn targets(analysis: &Analysis, planned: &PlannedFiles) -> Result<Vec<Target>, CommitError> {
    let rel = |path: &FilePath| {
        RelPath::new(path.as_str()).map_err(|error| CommitError::Refused(error.to_string()))
    };
    let mut targets = Vec::new();
    for (path, after) in &planned.texts {
        let pre = match analysis.index.document(path.as_str()) {
            Some((_, document)) => Expect::Content(Arc::from(document.text.whole().clone())),
            None => {
                let unread = planned.change.before.get(path);
                Expect::read_as(unread.map(|text| text.as_bytes()))
            }
        };
        let post = after.as_ref().map(|text| Arc::from(text.whole().clone()));
        let moved_from = planned.moves.iter().find(|(_, to)| *to == path);
        let moved_from = moved_from.map(|(from, _)| rel(from)).transpose()?;
        targets.push(Target { path: rel(path)?, pre, post, moved_from });
    }
    Ok(targets)
}

/// The request applied to what somebody else gave to a file, where it moved the files `moved` before.
fn replan(
    root: &Path,
    request: &CommitRequest,
    moved: &[&str],
    analysis: &Analysis,
    path: &RelPath,
    bytes: &[u8],
) -> Rebase {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Rebase::Invalid(format!("{path} was saved with bytes that are not UTF-8"));
    };
    let file = FilePath::new(path.as_str());
    let saved = BTreeMap::from([(file.clone(), Some(text.into()))]);
    let movable = |from: &str, _: &str| Ok(folders::inside(moved, from));
    let planner = Planner { movable: &movable, ..Planner::STILL };
    let planned = match plan(request, &analysis.with_texts(&saved), planner) {
        Ok(planned) => planned,
        Err(error) => return Rebase::Invalid(error.to_string()),
    };
    if let Some(refused) = planned.results.iter().find_map(|r| r.refusal()) {
        return Rebase::Invalid(refused);
    }
    if planned.moves.values().any(|to| *to == file) || planned.moves.contains_key(&file) {
        return Rebase::Invalid(format!("{path} was saved while its folder was moved"));
    }
    match planned.texts.get(&file) {
        Some(Some(after)) => Rebase::Bytes(after.as_bytes().to_vec()),
        _ if analysis.index.document(file.as_str()).is_none() => {
            let is_there = |path: &str| Some(folders::was_there(root, &planned.moves, path));
            match moving::mend_text(&file, text, &planned.folders, &is_there) {
                Some(mended) => Rebase::Bytes(mended.into_bytes()),
                None => Rebase::Unchanged,
            }
        }
        _ => Rebase::Unchanged,
    }
}

/// The operations of a workspace, the newest first.
pub fn newest_first(root: &Path) -> Result<Newest, CommitError> {
    Ok(history::newest_first(&open_store(root)?)?)
}

/// The operation that [`reverse`] would take back.
pub fn reversible(
    root: &Path,
    transaction: Option<&str>,
) -> Result<RecordedOperation, CommitError> {
    undo::choose(&open_store(root)?, transaction)
}

/// Whether nothing is unfinished, and nothing left of what ended before its commit.
/// [`CommitError::Refused`] where the store's folder is not its own.
pub fn is_swept(root: &Path) -> Result<bool, CommitError> {
    let store = open_store(root)?;
    store.is_kept()?;
    let report = doctor::examine(&store)?;
    Ok(report.pending.is_empty() && !report.leftovers)
}
