//! `hook`: what an agent is told of the files that it has edited.

mod answer;
mod call;
mod memory;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use lockstep_store::loader;

use crate::cli::output::{count, cut, one_line};
use crate::cli::priming::live;
use crate::cli::{Context, Exit, UserError, remote};
use crate::report::ReportedFinding;
use crate::workspace::commit::{self, named_user};
use crate::workspace::local::LocalWorkspace;
use crate::workspace::question::{Answer, Question};
use crate::workspace::root;

use answer::answer;
use call::{HookCall, HookMoment};
use memory::SessionMemory;

/// How many findings are told at once.
const TOLD: usize = 5;
/// So many columns of a message are told.
const MESSAGE: usize = 240;
/// More input is not read, in bytes: an edit of a large file is in it.
const LIMIT: u64 = 64 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(cx: &mut Context, _: Args) -> Result<Exit, UserError> {
    // With 2 a client would stop the agent.
    told(cx).map_err(|error| UserError { exit: Exit::Findings, ..error })?;
    Ok(Exit::Done)
}

fn told(cx: &mut Context) -> Result<(), UserError> {
    let mut input = String::new();
    let read = std::io::stdin().lock().take(LIMIT).read_to_string(&mut input);
    read.map_err(|error| UserError::usage(format!("cannot read the input of the hook: {error}")))?;
    let call = call::parse(&input).map_err(|why| {
        UserError::usage(format!("the input of the hook is of no form that is known: {why}"))
            .hint("`lockstep hook --help` names the clients; nothing was checked")
    })?;
    let text = match &call.moment {
        HookMoment::Other => None,
        HookMoment::Started => session_start(cx, &call)?,
        HookMoment::Edited(files) => findings(cx, &call, files)?,
        HookMoment::Stopped { again: true } => None,
        HookMoment::Stopped { again: false } => findings(cx, &call, &[])?,
    };
    match text.and_then(|text| answer(call.client, &call.moment, &text)) {
        Some(answer) => cx.out.json_line(&answer),
        None => Ok(()),
    }
}

/// The workspace's folder.
fn folder(cx: &Context, call: &HookCall) -> Result<PathBuf, UserError> {
    if cx.root.is_some() {
        return cx.root();
    }
    let found = call.cwd.canonicalize().map_err(|error| {
        let what = format!("{} cannot be read", call.cwd.display());
        UserError::usage(what).why(error.to_string())
    })?;
    Ok(root::root_above(&found))
}

fn workspace(root: &Path) -> Result<LocalWorkspace, UserError> {
    let read = commit::undisturbed(root, || LocalWorkspace::open_once(root))?;
    read.map_err(|error| UserError::usage(error.to_string()))
}

fn session_start(cx: &Context, call: &HookCall) -> Result<Option<String>, UserError> {
    if !call.client.hears_start() {
        return Ok(None);
    }
    let workspace = workspace(&folder(cx, call)?)?;
    let has_tasks = !workspace.analysis().index.docs.is_empty();
    Ok(has_tasks.then(|| live(&workspace, named_user().as_deref())))
}

/// What is to be told of these files, and when the agent stops of all that it has edited.
fn findings(cx: &Context, call: &HookCall, files: &[PathBuf]) -> Result<Option<String>, UserError> {
    let may_matter = |path: &&PathBuf| {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        ["md", "markdown", "json", "yaml", "yml", "toml"].contains(&end)
    };
    let files: Vec<&PathBuf> = files.iter().filter(may_matter).collect();
    let is_stop = matches!(call.moment, HookMoment::Stopped { .. });
    if files.is_empty() && !is_stop {
        return Ok(None);
    }
    let root = folder(cx, call)?;
    let memory = SessionMemory::of(&call.session, &root);
    let mut edited = if is_stop { memory.touched() } else { BTreeSet::new() };
    if files.is_empty() && edited.is_empty() {
        return Ok(None);
    }
    edited.extend(files.iter().filter_map(|path| below(&root, &call.cwd, path)));
    let question = Question::Findings { files: edited };
    let answer = match remote::ask(cx, &root, &question) {
        Some(answer) => answer,
        None => question.answer(&workspace(&root)?)?,
    };
    let Answer::Findings { files, mut found } = answer else { return Ok(None) };
    memory.touch(&files);
    // What is told where nobody listens is told later.
    if !is_stop && !call.client.hears_edits() {
        return Ok(None);
    }
    let known = memory.told();
    found.retain(|finding| !known.contains(&memory::name(finding)));
    if found.is_empty() {
        return Ok(None);
    }
    memory.tell(found.iter().take(TOLD).map(memory::name));
    Ok(Some(text(&found)))
}

/// The path of a file relative to the workspace.
fn below(root: &Path, cwd: &Path, path: &Path) -> Option<String> {
    let path = cwd.join(path);
    let path = path.canonicalize().unwrap_or(path);
    loader::relative(root, &path)
}

fn text(found: &[ReportedFinding]) -> String {
    let mut out =
        format!("Lockstep: {} about files that you edited.\n", count(found.len(), "finding"));
    for finding in found.iter().take(TOLD) {
        let message = cut(&one_line(&finding.message), MESSAGE);
        let place = one_line(&format!("{}:{}", finding.path, finding.at.line));
        out.push_str(&format!("- {place} {}: {message}\n", finding.rule));
    }
    if found.len() > TOLD {
        out.push_str(&format!("- and {} more: `lockstep check`\n", found.len() - TOLD));
    }
    out.push_str(
        "Do not edit a status by hand: `lockstep set ID STATUS --from OLD` changes it in every file. \
         `lockstep fix ID --dry-run` shows what would bring files into step.\n",
    );
    out
}
