//! Commands that commit to disk. They run on a thread of their own, so that a flush or somebody
//! else's lock holds up nothing but the answer; what they have written is read at once.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use lockstep_analysis::Analysis;
use lockstep_analysis::index::Task;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::Code;
use lockstep_analysis::profile::Severity;
use lockstep_analysis::profile::config::{CommitTo, WorktreeMode};
use lockstep_analysis::snapshot::editing::OnDisk;
use lockstep_analysis::task_view;
use lockstep_analysis::text::merge::same_texts;
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_store::loader;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};

use crate::hub::TRANSACTION;
use crate::hub::client_event::ClientEvent;
use crate::hub::snapshot::Folder;
use crate::lsp::error::{invalid_params, refused, with_code};
use crate::lsp::session::SessionContext;
use crate::report::{ReportedVerdict, SetReport, SetResult};
use crate::workspace::clock;
use crate::workspace::commit::{
    self, CommitAction, CommitError, CommitRequest, Interim, Spare, TellInterim, Terms, Touch,
};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::order;

/// How long an editor's user waits for somebody else's transaction.
const DEADLINE: Duration = Duration::from_secs(2);

/// Where a command makes its change: as it says itself, else the client, else the workspace. What is to
/// be made in other worktrees too is a change on disk unless somebody says otherwise.
pub(super) fn commits_to(
    context: &SessionContext,
    folder: &Folder,
    said: Option<CommitTo>,
) -> CommitTo {
    let settings = context.session.settings();
    let config = &folder.analysis.config;
    let default = match config.worktrees.mode {
        WorktreeMode::Mirror => CommitTo::Disk,
        WorktreeMode::Report | WorktreeMode::Off => CommitTo::default(),
    };
    said.or(settings.commit).or(config.commit).unwrap_or(default)
}

/// Commits a request about one task, or about a check box by its name, and answers what `lockstep set --format json` prints. What is
/// refused is shown to the user as well.
pub(super) fn carry_out(
    context: &SessionContext,
    folder: &Folder,
    name: &str,
    task: Option<&Task>,
    action: CommitAction,
) -> Result<Value> {
    let request = CommitRequest { at: clock::now(), action };
    let report = match known(context, folder).and_then(|mut disk| {
        task.map_or(Ok(()), |task| check_task(folder, task))?;
        let began = Instant::now();
        let spare = spare(context, folder);
        let report = commit::commit(
            &mut disk,
            &request,
            &terms(context, &spare, &|told| show(context, told)),
        );
        context.session.hub().metrics().record(TRANSACTION, began.elapsed());
        report
    }) {
        Ok(report) => report,
        Err(error) if error.is_misuse() => return Err(failure(error)),
        Err(error) => refusal(folder, name, task, &request.action, &error),
    };
    for (root, paths) in order::written(&report, folder.root.clone()) {
        context.session.send(ClientEvent::Written { root, paths });
    }
    for result in &report.results {
        if let Some(reason) = result.refusal() {
            let message = format!("Lockstep: task {}: {reason}", result.task);
            context.session.show(Severity::Warning, message);
        }
    }
    serde_json::to_value(&report).map_err(|_| Error::internal_error())
}

/// The workspace as it is on disk.
pub(super) fn open(
    context: &SessionContext,
    folder: &Folder,
) -> std::result::Result<LocalWorkspace, CommitError> {
    let mut workspace = known(context, folder)?;
    workspace.rescan_written(&BTreeSet::new());
    Ok(workspace)
}

/// The workspace as it was read last; the disk may say something newer.
fn known(
    context: &SessionContext,
    folder: &Folder,
) -> std::result::Result<LocalWorkspace, CommitError> {
    let disk = match context.session.hub().workspace(&folder.root) {
        Some(disk) => disk,
        None => LocalWorkspace::open(&folder.root)
            .map_err(|error| CommitError::Internal(error.to_string()))?,
    };
    let mut workspace = disk.clone();
    let others = context.snapshot.folders.iter().map(|other| &other.root);
    if workspace.leave_out(others.filter_map(|it| loader::relative(&folder.root, it)).collect()) {
        workspace.adopt(&disk);
    }
    Ok(workspace)
}

/// Shows the user what is to be known of a commit.
pub(super) fn show(context: &SessionContext, told: Interim) {
    if let Interim::Warning(warning) = told {
        context.session.show(Severity::Warning, format!("Lockstep: {warning}"));
    }
}

/// The terms of an editor.
pub(super) fn terms<'a>(
    context: &SessionContext,
    spare: &'a Spare<'a>,
    tell: &'a TellInterim<'a>,
) -> Terms<'a> {
    let who = match &context.features().name {
        Some(editor) => format!("{} in {editor}", commit::user()),
        None => commit::user(),
    };
    Terms { spare, tell, deadline: DEADLINE, ..Terms::of(who) }
}

/// Has the session read what was written, before anything that it is asked later.
pub(super) fn written(context: &SessionContext, folder: &Folder, paths: Vec<String>) {
    context.session.send(ClientEvent::Written { root: folder.root.clone(), paths });
}

/// Why a file cannot be changed on disk while editors hold what they hold: this one in the folder, or
/// any in another worktree.
pub(super) fn spare(
    context: &SessionContext,
    folder: &Folder,
) -> impl Fn(&Path, &str, Touch) -> Option<String> {
    |root, path, _| match root == folder.root {
        // What holds no tasks is not known here.
        true if folder.analysis.index.document(path).is_none() => {
            context.session.hub().spare(root, path)
        }
        true => spare_here(folder)(path),
        false => context.session.hub().spare(root, path),
    }
}

/// Why a file of the folder cannot be changed on disk while the editor holds what it holds.
fn spare_here(folder: &Folder) -> impl Fn(&str) -> Option<String> {
    |path: &str| {
        // Who has only not read it again has nothing to lose.
        let open = folder.analysis.editing.open.get(&FilePath::new(path));
        let OnDisk { text, read, .. } = open.filter(|open| open.behind.is_none())?;
        let (_, document) = folder.analysis.index.document(path)?;
        let is = |other: &Option<SharedText>| {
            other.as_ref().is_some_and(|other| same_texts(other, &document.text))
        };
        if is(text) {
            return None;
        }
        Some(match is(read) {
            true => not_read_again(path),
            false => {
                format!("{path} has unsaved changes; save it, or use commit = \"edit\"")
            }
        })
    }
}

fn not_read_again(path: &str) -> String {
    format!(
        "{path} has changed on disk since the editor read it; reload it, or use commit = \"edit\""
    )
}

/// Refuses where a file in which the task stands is not as the editor shows it: what the user sees
/// of the task is not what would be changed.
fn check_task(folder: &Folder, task: &Task) -> std::result::Result<(), CommitError> {
    let index = &folder.analysis.index;
    let paths: BTreeSet<&str> = index.statuses(task).map(|it| it.document.path.as_str()).collect();
    let unread = paths.iter().find(|path| folder.held.contains_key(**path));
    let unread = unread.filter(|_| !is_shown(folder, task)).map(|path| not_read_again(path));
    match unread.or_else(|| paths.into_iter().find_map(spare_here(folder))) {
        Some(reason) => Err(CommitError::told(Code::UnsavedElsewhere, reason, "")),
        None => Ok(()),
    }
}

/// Whether a task has the status that it has by what the editor shows.
fn is_shown(folder: &Folder, task: &Task) -> bool {
    let held = folder.held.iter();
    let held = held.map(|(path, it)| (FilePath::new(path), Some(it.text.clone())));
    let shown = folder.analysis.with_texts(&held.collect());
    let status = |analysis: &Analysis| {
        let task = analysis.index.tasks.get(&task.id)?;
        task_view::status(analysis, task).map(|def| def.id.clone())
    };
    status(&shown) == status(&folder.analysis)
}

/// The report of a request that failed as a whole.
fn refusal(
    folder: &Folder,
    name: &str,
    task: Option<&Task>,
    action: &CommitAction,
    error: &CommitError,
) -> SetReport {
    let from = task.and_then(|task| task_view::status(&folder.analysis, task));
    let from = from.map(|def| def.id.clone());
    let to = match action {
        CommitAction::Set { status, .. } => status,
        _ => "",
    };
    let result = SetResult {
        task: name.to_owned(),
        from,
        to: to.to_owned(),
        outcome: ReportedVerdict::Refused,
        code: Some(error.code().to_owned()),
        reason: Some(error.message().to_owned()),
        remedy: error.remedy().map(str::to_owned),
        files: Vec::new(),
        rev: None,
        changes: Vec::new(),
    };
    commit::report(None, vec![result])
}

/// A commit that failed, for commands that answer with nothing else.
pub(super) fn failure(error: CommitError) -> Error {
    let message = error.to_string();
    let plain = match error.is_misuse() {
        true => invalid_params(message),
        false => refused(message),
    };
    with_code(plain, error.code(), error.message(), error.remedy())
}
