//! Intents committed to disk: the only place where a plan meets the store. A request is planned on
//! what the files say under the lock, and planned anew on whatever somebody else saved meanwhile.

mod error;
mod folders;
mod mirror;
mod reading;
mod recorded;
mod recovered;
mod request;
mod run;
mod save;
mod settled;
mod terms;
mod undo;
mod withdrawn;

pub use error::CommitError;
pub use folders::movable;
pub use reading::{finish, undisturbed};
pub use recorded::{Recorded, StatusChange, described};
pub use request::{Action, Change, Planned, Request, plan, plan_with};
pub use save::{Saved, save};
pub use terms::{DEADLINE, Spare, Terms, user};
pub use undo::Undone;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lockstep_analysis::Analysis;
use lockstep_analysis::analysis::Unread;
use lockstep_analysis::change::archive;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::Code;
pub use lockstep_analysis::operation::Progress;
use lockstep_analysis::text::line_index::LineIndex;
use lockstep_store::doctor;
use lockstep_store::error::StoreError;
use lockstep_store::history::{self, Newest, Operation};
use lockstep_store::path::RelPath;
use lockstep_store::store::{Durability, Options, Store};
use lockstep_store::transaction::{Expect, LockedRoot, Rebase, Target, Transaction};

use crate::report::{SCHEMA, SetReport, SetResult};
use crate::workspace::commit::recovered::Intents;
use crate::workspace::commit::run::{Failure, run, verify};
use crate::workspace::commit::settled::Look;
use crate::workspace::local::{CONFIG, LocalWorkspace, config_of};
use crate::workspace::worktrees::{self, Member};

/// How often a request is planned anew because somebody saved meanwhile.
const ROUNDS: u32 = 5;

/// The store of a workspace. Nothing on disk changes by opening it.
pub fn open_store(root: &Path) -> Result<Store, CommitError> {
    let config = config_of(root);
    let durability = if config.unflushed { Durability::Process } else { Durability::Full };
    let store = Store::open(root, Options { durability, ..Options::default() })
        .map_err(|error| CommitError::Internal(format!("{}: {error}", root.display())))?;
    let in_place = config.in_place;
    Ok(store
        .accepting(|path| is_task_file(path.as_str()))
        .writing_in_place(move |path| in_place.is_match(path.as_str())))
}

/// Whether a path may stand in a transaction, by its ending.
fn is_task_file(path: &str) -> bool {
    [".md", ".json"].iter().any(|end| path.ends_with(end))
}

/// Carries a request out: every file of it, or none. What is already as it should be is left alone.
/// The files may say something newer than `workspace`.
pub fn commit(
    workspace: &mut LocalWorkspace,
    request: &Request,
    terms: &Terms<'_>,
) -> Result<SetReport, CommitError> {
    let _span = tracing::info_span!("transaction", who = terms.who).entered();
    // A request that changes nothing leaves no trace, not even a lock. Whether it does is not decided
    // by what may be old: if something is to be done, that is planned anew under the lock.
    let mut look = Look::Settled;
    let prepared = match prepare(workspace, request, terms) {
        Ok(Prepared::Planned(planned)) => Ok(Prepared::Planned(planned)),
        _ => {
            look = settled::look(workspace, request);
            prepare(workspace, request, terms)
        }
    };
    let mut planned = match prepared? {
        Prepared::Planned(planned) => planned,
        Prepared::Nothing(report) => return nothing(&look, report),
        Prepared::Mirrored(others) => return mirror::commit(workspace, others, request, terms),
    };
    let store = open_store(workspace.folder())?;
    let folder = workspace.folder().to_owned();
    let locked = begin(&store, terms.deadline)?;
    let mut round = 0;
    loop {
        let before = workspace.analysis().clone();
        let look = settled::look(workspace, request);
        all_read(workspace)?;
        let analysis = workspace.analysis().clone();
        if round > 0 || !Arc::ptr_eq(&before.index, &analysis.index) {
            planned = plan_here(request, workspace, terms.progress)?;
            if planned.texts.is_empty() {
                return nothing(&look, report(None, planned.results));
            }
            terms.check(&folder, planned.paths())?;
        }
        look.settled()?;
        let mut targets = targets(&analysis, &planned)?;
        targets.extend(folders::targets(&locked, &analysis, &planned)?);
        let recorded = Recorded::new(request, &analysis, &planned.after)
            .moving(&planned.moves)
            .reporting(terms, || report(None, planned.results.clone()));
        let rebase = &mut |path: &RelPath, bytes: &[u8]| replan(request, &analysis, path, bytes);
        let here: &LocalWorkspace = workspace;
        let changed = || settled::changed([here].into_iter());
        let committed = match run(&locked, recorded.note(terms)?, targets, &changed, rebase) {
            // Somebody saved between the look and the commit: their text is looked at instead.
            Err(Failure::Store(StoreError::Stale { .. })) if round < ROUNDS => {
                round += 1;
                continue;
            }
            answer => answer?,
        };
        verify(&folder, &committed, &recorded, &planned.after)?;
        return Ok(report(Some(committed.id.to_string()), planned.results));
    }
}

/// The answer to a request that changes nothing. That something is as it should be is not said while
/// somebody is saving.
fn nothing(look: &Look, report: SetReport) -> Result<SetReport, CommitError> {
    if report.results.iter().all(|result| result.refusal().is_none()) {
        look.settled()?;
    }
    Ok(report)
}

/// What is to be done for a request.
enum Prepared {
    /// This, in the workspace alone.
    Planned(Planned),
    Nothing(SetReport),
    /// The same in other worktrees.
    Mirrored(Vec<Member>),
}

fn prepare(
    workspace: &LocalWorkspace,
    request: &Request,
    terms: &Terms<'_>,
) -> Result<Prepared, CommitError> {
    all_read(workspace)?;
    let others = mirrored(workspace)?;
    if !others.is_empty() {
        return Ok(Prepared::Mirrored(others));
    }
    let planned = plan_here(request, workspace, terms.progress)?;
    if planned.texts.is_empty() {
        return Ok(Prepared::Nothing(report(None, planned.results)));
    }
    terms.check(workspace.folder(), planned.paths())?;
    Ok(Prepared::Planned(planned))
}

/// Plans a request on all files of a workspace, also on those that have no role.
fn plan_here(
    request: &Request,
    workspace: &LocalWorkspace,
    progress: &Progress<'_>,
) -> Result<Planned, CommitError> {
    let mut planned = plan_with(request, workspace.analysis(), progress)?;
    all_whole(workspace.analysis(), &planned)?;
    folders::mend_links(workspace.folder(), workspace.analysis(), &mut planned);
    Ok(planned)
}

/// Reads what was written to since the last look; everything once that has proved too little.
fn read_again(workspace: &mut LocalWorkspace, round: u32) {
    match round {
        0 => workspace.rescan_written(),
        _ => workspace.rescan(),
    }
}

/// What a request would do, told by [`commit`]'s report: the diff of this workspace, whose name is
/// empty, and of every other worktree that it would be done in.
pub fn preview(
    workspace: &LocalWorkspace,
    request: &Request,
    terms: &Terms<'_>,
) -> Result<(Vec<(String, String)>, SetReport), CommitError> {
    let others = mirrored(workspace)?;
    mirror::preview(workspace, others, request, terms)
}

/// The other worktrees in which changes of a workspace are made too.
fn mirrored(workspace: &LocalWorkspace) -> Result<Vec<Member>, CommitError> {
    let settings = &workspace.analysis().config.worktrees;
    worktrees::mirrored(workspace.folder(), settings).map_err(|error| {
        CommitError::Refused(format!(
            "it cannot be told which worktrees there are: {error}; nothing was changed in any; mend \
             that, or set `[worktrees] mode = \"report\"`"
        ))
    })
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
        let remedy = "mend it first, so that nothing is changed otherwise than it is meant";
        return Err(CommitError::told(Code::Usage, message, remedy));
    }
    let Some(Unread { path, reason }) = analysis.unread.first() else { return Ok(()) };
    let message = format!("{path}: {reason}; tasks may stand there too, so nothing was changed");
    Err(CommitError::told(Code::Unreadable, message, ""))
}

/// Refuses to write to a file whose text is not all that is in it.
fn all_whole(analysis: &Analysis, planned: &Planned) -> Result<(), CommitError> {
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

/// Locks the store. What an earlier process left unfinished is carried to its end first.
pub fn begin<'s>(store: &'s Store, deadline: Duration) -> Result<LockedRoot<'s>, CommitError> {
    let mut intents = Intents::default();
    let rebase = &mut |root: &Path, note: &_, path: &RelPath, bytes: &[u8]| {
        intents.rebase(root, note, path, bytes)
    };
    let locked = Transaction::begin(store, deadline, rebase)?;
    locked.probe_once();
    Ok(locked)
}

/// A report of results.
pub fn report(transaction: Option<String>, results: Vec<SetResult>) -> SetReport {
    SetReport { schema: SCHEMA, dry_run: false, transaction, results, worktrees: Vec::new() }
}

/// What each file must be and shall become.
fn targets(analysis: &Analysis, planned: &Planned) -> Result<Vec<Target>, CommitError> {
    let rel = |path: &FilePath| {
        RelPath::new(path.as_str()).map_err(|error| CommitError::Refused(error.to_string()))
    };
    let mut targets = Vec::new();
    for (path, after) in &planned.texts {
        let pre = match analysis.index.document(path.as_str()) {
            Some((_, document)) => Expect::read_as(Some(document.text.as_bytes())),
            None => {
                let unread = planned.change.before.get(path);
                Expect::read_as(unread.map(|text| text.as_bytes()))
            }
        };
        let post = after.as_ref().map(|text| text.as_bytes().to_vec());
        let moved_from = planned.moves.iter().find(|(_, to)| *to == path);
        let moved_from = moved_from.map(|(from, _)| rel(from)).transpose()?;
        targets.push(Target { path: rel(path)?, pre, post, moved_from });
    }
    Ok(targets)
}

/// The request applied to what somebody else gave to a file.
fn replan(request: &Request, analysis: &Analysis, path: &RelPath, bytes: &[u8]) -> Rebase {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Rebase::Invalid(format!("{path} was saved with bytes that are not UTF-8"));
    };
    let file = FilePath::new(path.as_str());
    let saved = BTreeMap::from([(file.clone(), Some(Arc::from(text)))]);
    let planned = match plan(request, &analysis.with_texts(&saved)) {
        Ok(planned) => planned,
        Err(error) => return Rebase::Invalid(error.to_string()),
    };
    if let Some(refused) = planned.results.iter().find_map(|r| r.refusal()) {
        return Rebase::Invalid(refused);
    }
    if planned.moves.values().any(|to| *to == file) || planned.moves.contains_key(&file) {
        return Rebase::Invalid(format!("{path} was saved while its folder was being moved"));
    }
    match planned.texts.get(&file) {
        Some(Some(after)) => Rebase::Bytes(after.as_bytes().to_vec()),
        _ if analysis.index.document(file.as_str()).is_none() => {
            match archive::mend_text(&file, text, &planned.folders, &planned.moves) {
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
pub fn reversible(root: &Path, transaction: Option<&str>) -> Result<Operation, CommitError> {
    undo::choose(&open_store(root)?, transaction)
}

/// Reverses an operation, or the newest that can be. The files may say something newer than
/// `workspace`.
pub fn reverse(
    workspace: &mut LocalWorkspace,
    transaction: Option<&str>,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Undone, CommitError> {
    all_read(workspace)?;
    let store = open_store(workspace.folder())?;
    let found = &undo::choose(&store, transaction)?;
    let what = described(found);
    reverse_this(workspace, &store, found, at, terms)
        .map(|undone| Undone { what: what.clone(), ..undone })
        .map_err(|error| {
            error.saying(|said| format!("{said}; tried to undo {what} (transaction {})", found.id))
        })
}

fn reverse_this(
    workspace: &mut LocalWorkspace,
    store: &Store,
    found: &Operation,
    at: &str,
    terms: &Terms<'_>,
) -> Result<Undone, CommitError> {
    let folder: PathBuf = workspace.folder().to_owned();
    terms.check(&folder, found.files.iter().map(|file| file.path.as_str()))?;
    if !found.roots.is_empty() {
        return mirror::reverse(workspace, found, at, terms);
    }
    let locked = begin(store, terms.deadline)?;
    let found = &undo::choose(store, Some(&found.id))?;
    let request =
        Request { at: at.to_owned(), action: Action::Undo { transaction: found.id.clone() } };
    let mut round = 0;
    let (committed, recorded, after) = loop {
        read_again(workspace, round);
        let targets = undo::targets(&locked, found)?;
        let after = undo::check(workspace.analysis(), found, &targets)?;
        let recorded = Recorded::new(&request, workspace.analysis(), &after).moving_back(found);
        let rebase = &mut |path: &RelPath, bytes: &[u8]| undo::rebase(found, path, bytes);
        match run(&locked, recorded.note(terms)?, targets, &|| None, rebase) {
            Err(Failure::Store(StoreError::Stale { .. })) if round < ROUNDS => round += 1,
            answer => break (answer?, recorded, after),
        }
    };
    verify(&folder, &committed, &recorded, &after)?;
    let files = committed.files.iter().map(|file| file.path.to_string()).collect();
    let (transaction, reversed) = (committed.id.to_string(), found.id.clone());
    Ok(Undone { transaction, reversed, what: String::new(), files, worktrees: Vec::new() })
}

/// Whether nothing is unfinished, and nothing left of what ended before its commit.
/// [`CommitError::Refused`] where the store's folder is not its own.
pub fn is_swept(root: &Path) -> Result<bool, CommitError> {
    let store = open_store(root)?;
    store.is_kept()?;
    let report = doctor::examine(&store)?;
    Ok(report.pending.is_empty() && !report.leftovers)
}
