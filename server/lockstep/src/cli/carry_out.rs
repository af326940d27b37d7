//! Carries a request out for any command that changes files, and tells what became of it.

use std::io::IsTerminal as _;

use crate::cli::output::{Bar, DIM, GREEN, YELLOW, count, lines, one_line, paint, painted_diff};
use crate::cli::{Context, Exit, OpenedWorkspace, OutputFormat, UserError, remote};
use crate::report::{MirrorReport, PlaceReport, ReportedVerdict, SetReport, SetResult};
use crate::workspace::commit::{self, Claiming, CommitAction, CommitRequest, Terms, user};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::order::{Deed, Done, Order};

/// Carries a request out, or shows what it would do, and tells what became of it.
pub(super) fn carry_out(
    cx: &mut Context,
    request: &CommitRequest,
    dry_run: bool,
    format: OutputFormat,
) -> Result<Exit, UserError> {
    match carry_out_elsewhere(cx, request, dry_run, format)? {
        Some(exit) => Ok(exit),
        None => {
            let workspace = cx.workspace()?;
            carry_out_in(cx, workspace, request, dry_run, format)
        }
    }
}

/// What claims mean for whoever runs this: a person, who sees warnings, or a program.
fn claiming(cx: &Context) -> Claiming {
    match &cx.claim {
        Some(token) => Claiming::Token(token.clone()),
        None if std::io::stderr().is_terminal() => Claiming::Person,
        None => Claiming::Agent,
    }
}

/// Has the daemon carry a request out, and tells what became of it; `None` where it does not.
pub(super) fn carry_out_elsewhere(
    cx: &mut Context,
    request: &CommitRequest,
    dry_run: bool,
    format: OutputFormat,
) -> Result<Option<Exit>, UserError> {
    if dry_run {
        return Ok(None);
    }
    let order = Order::new(&cx.root()?, user(), Deed::CarryOut(request.clone()));
    let order = Order { claiming: claiming(cx), ..order };
    let bar = Bar::new(format);
    let done = remote::carry_out(cx, &order, &|told| bar.tell(told));
    bar.erase();
    let Some(Done::CarriedOut(report)) = done? else { return Ok(None) };
    answer(cx, request, &report, format).map(Some)
}

/// As [`carry_out`], in a workspace that is open already.
pub(super) fn carry_out_in(
    cx: &mut Context,
    mut workspace: OpenedWorkspace,
    request: &CommitRequest,
    dry_run: bool,
    format: OutputFormat,
) -> Result<Exit, UserError> {
    if dry_run {
        return preview(cx, &workspace, request, format).map(|(exit, _)| exit);
    }
    let bar = Bar::new(format);
    let tell = |told| bar.tell(told);
    let terms = Terms { tell: &tell, claiming: claiming(cx), ..Terms::of(user()) };
    let report = commit::commit(&mut workspace, request, &terms)?;
    bar.erase();
    answer(cx, request, &report, format)
}

/// Shows what a request would do; with how the command ends, whether it would change anything.
pub(super) fn preview(
    cx: &mut Context,
    workspace: &LocalWorkspace,
    request: &CommitRequest,
    format: OutputFormat,
) -> Result<(Exit, bool), UserError> {
    let bar = Bar::new(format);
    let tell = |told| bar.tell(told);
    let terms = Terms { tell: &tell, claiming: claiming(cx), ..Terms::of(user()) };
    let (diffs, report) = commit::preview(workspace, request, &terms)?;
    bar.erase();
    let changes = diffs.iter().any(|(_, diff)| !diff.is_empty());
    if let OutputFormat::Text = format {
        for (worktree, diff) in diffs {
            if !worktree.is_empty() {
                cx.out.line(&format!("In worktree {}:", one_line(&worktree)))?;
            }
            cx.out.text(&painted_diff(&lines(&diff)))?;
        }
    }
    Ok((answer(cx, request, &report, format)?, changes))
}

/// Tells what became of a request.
fn answer(
    cx: &mut Context,
    request: &CommitRequest,
    report: &SetReport,
    format: OutputFormat,
) -> Result<Exit, UserError> {
    let phase = match &request.action {
        CommitAction::Set { phase, .. } => phase.as_deref(),
        _ => None,
    };
    let exit = match report.transaction {
        Some(_) => cx.made(exit(report)),
        None => exit(report),
    };
    match format {
        OutputFormat::Json => cx.out.json(report)?,
        OutputFormat::Text => {
            for result in &report.results {
                cx.out.line(&line(result, phase, Words::of(&request.action)))?;
            }
            for there in &report.worktrees {
                tell_mirrored(cx, there, phase, Words::of(&request.action))?;
            }
            tell_transaction(cx, report)?;
        }
    }
    Ok(exit)
}

fn tell_mirrored(
    cx: &mut Context,
    there: &MirrorReport,
    phase: Option<&str>,
    words: Words,
) -> Result<(), UserError> {
    for result in &there.results {
        let line = line(result, phase, words);
        cx.out.line(&format!("in {}: {line}", one_line(&there.worktree)))?;
    }
    match there.missing.as_slice() {
        [] => Ok(()),
        [task] => {
            let (worktree, task) = (one_line(&there.worktree), one_line(task));
            cx.out.line(&format!("in {worktree}: no task {task}"))
        }
        tasks => {
            let tasks = one_line(&tasks.join(", "));
            cx.out.line(&format!("in {}: no tasks {tasks}", one_line(&there.worktree)))
        }
    }
}

fn tell_transaction(cx: &mut Context, report: &SetReport) -> Result<(), UserError> {
    match &report.transaction {
        Some(id) => {
            let undo = paint(DIM, &format!("lockstep undo {}", id.get(..8).unwrap_or(id)));
            cx.out.line(&format!("transaction {id}; undo it with {undo}"))
        }
        None if report.results.is_empty() => cx.out.line("nothing to do"),
        None if report.dry_run => cx.out.line("nothing written"),
        None => Ok(()),
    }
}

/// The words for what a request does: for no status before, and where the status stays.
#[derive(Clone, Copy)]
struct Words {
    none: &'static str,
    done: &'static str,
}

impl Words {
    fn of(action: &CommitAction) -> Words {
        Words {
            none: if matches!(action, CommitAction::Add { .. }) { "new" } else { "no status" },
            done: if matches!(action, CommitAction::Note { .. }) { "noted" } else { "fixed" },
        }
    }
}

fn line(result: &SetResult, phase: Option<&str>, words: Words) -> String {
    let from = result.from.as_deref().unwrap_or(words.none);
    // What is of no task is of a file.
    let whole = match &result.files[..] {
        [file] => file.clone(),
        files => count(files.len(), "file"),
    };
    let task = if result.task.is_empty() { &whole } else { &result.task };
    let id = phase.map_or_else(|| task.to_owned(), |phase| format!("{task} phase {phase}"));
    let id = one_line(&id);
    let note = result.reason.as_deref().map(one_line);
    let note = note.map(|note| format!("; {note}")).unwrap_or_default();
    match result.outcome {
        ReportedVerdict::Applied | ReportedVerdict::WouldApply if !result.changes.is_empty() => {
            let lines = result.changes.iter().map(|change| {
                let (what, from) = (one_line(&change.what), one_line(&change.from));
                let file = paint(DIM, &one_line(&shortest(change, &result.changes)));
                format!("{id}  {what}: {from} -> {}  {file}", paint(GREEN, &one_line(&change.to)))
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        ReportedVerdict::Applied | ReportedVerdict::WouldApply
            if result.from.as_deref().unwrap_or_default() == result.to =>
        {
            let files = count(result.files.len(), "file");
            match result.task.is_empty() {
                true => format!("{id}  {}{note}", words.done),
                false => format!("{id}  {from}: {}  {}{note}", words.done, paint(DIM, &files)),
            }
        }
        ReportedVerdict::Applied | ReportedVerdict::WouldApply => {
            let files = count(result.files.len(), "file");
            format!("{id}  {from} -> {}  {}{note}", paint(GREEN, &result.to), paint(DIM, &files))
        }
        ReportedVerdict::Unchanged => {
            let remedy = result.remedy.as_deref().map(|it| format!("; {}", one_line(it)));
            let remedy = remedy.unwrap_or_default();
            match result.task.is_empty() {
                true => paint(DIM, &format!("unchanged{note}{remedy}")),
                false => {
                    let said = format!("{from}: unchanged{note}{remedy}");
                    format!("{id}  {}", paint(DIM, &said))
                }
            }
        }
        ReportedVerdict::Refused => {
            let reason = one_line(&result.refusal().unwrap_or_default());
            format!("{id}  {}: {reason}", paint(YELLOW, "refused"))
        }
    }
}

/// The name of the file of a change, with its folders where another file has the name.
fn shortest(change: &PlaceReport, all: &[PlaceReport]) -> String {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let own = name(&change.path);
    let is_other = |it: &PlaceReport| it.path != change.path && name(&it.path) == own;
    if all.iter().any(is_other) { change.path.clone() } else { own }
}

fn exit(report: &SetReport) -> Exit {
    if report.results.iter().any(SetResult::is_conflict) {
        Exit::Conflict
    } else if report.results.iter().any(|result| result.outcome == ReportedVerdict::Refused) {
        Exit::Findings
    } else {
        Exit::Done
    }
}

/// The instant that is meant, in UTC to the second.
pub(super) fn instant(at: Option<&str>) -> Result<String, UserError> {
    let stamp = match at {
        None => jiff::Timestamp::now(),
        Some(text) => {
            let day = || format!("{text}T00:00:00Z").parse::<jiff::Timestamp>();
            text.parse::<jiff::Timestamp>().or_else(|_| day()).map_err(|_| {
                UserError::usage(format!("`{text}` is not a time"))
                    .hint("write it as 2026-01-31 or 2026-01-31T12:00:00Z")
            })?
        }
    };
    Ok(stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
