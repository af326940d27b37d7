//! `hook`: what an agent is told of the files that it has edited.

mod answer;
mod call;
mod memory;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use lockstep_analysis::snapshot::CONFIG;
use lockstep_store::loader;

use crate::cli::output::{count, cut, one_line};
use crate::cli::priming::live;
use crate::cli::{Context, Exit, UserError};
use crate::report::{Fixes, ReportedFinding};
use crate::workspace::commit::{self, user};
use crate::workspace::local::LocalWorkspace;
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

/// The workspace that a call is about, which has task files.
fn workspace(cx: &Context, call: &HookCall) -> Result<Option<LocalWorkspace>, UserError> {
    let root = match &cx.root {
        Some(_) => cx.root()?,
        None => match call.cwd.canonicalize() {
            Ok(folder) => root::find_root(&folder),
            Err(error) => {
                let what = format!("{} cannot be read", call.cwd.display());
                return Err(UserError::usage(what).why(error.to_string()));
            }
        },
    };
    let read = commit::undisturbed(&root, || LocalWorkspace::open_once(&root))?;
    let workspace = read.map_err(|error| UserError::usage(error.to_string()))?;
    Ok(Some(workspace).filter(|it| !it.analysis().index.docs.is_empty()))
}

fn session_start(cx: &Context, call: &HookCall) -> Result<Option<String>, UserError> {
    if !call.client.hears_start() {
        return Ok(None);
    }
    Ok(workspace(cx, call)?.map(|workspace| live(&workspace, &user())))
}

/// What is to be told of these files, and when the agent stops of all that it has edited.
fn findings(cx: &Context, call: &HookCall, files: &[PathBuf]) -> Result<Option<String>, UserError> {
    let may_matter = |path: &PathBuf| {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        ["md", "markdown", "json", "yaml", "yml", "toml"].contains(&end)
    };
    let files: Vec<&PathBuf> = files.iter().filter(|path| may_matter(path)).collect();
    let memory = SessionMemory::of(&call.session);
    let is_stop = matches!(call.moment, HookMoment::Stopped { .. });
    let touched = if is_stop { memory.touched() } else { BTreeSet::new() };
    if files.is_empty() && touched.is_empty() {
        return Ok(None);
    }
    let Some(workspace) = workspace(cx, call)? else { return Ok(None) };
    let mut edited: BTreeSet<String> = touched;
    edited.extend(files.iter().filter_map(|path| below(&workspace, &call.cwd, path)));
    memory.touch(&edited);
    // What is told where nobody listens is told later.
    if !is_stop && !call.client.hears_edits() {
        return Ok(None);
    }
    let mut found = workspace.check(Fixes::Offered).diagnostics;
    let known = memory.told();
    found.retain(|finding| concerns(finding, &edited) && !known.contains(&memory::name(finding)));
    if found.is_empty() {
        return Ok(None);
    }
    memory.tell(found.iter().take(TOLD).map(memory::name));
    Ok(Some(text(&found)))
}

/// The path of a file relative to the workspace.
fn below(workspace: &LocalWorkspace, cwd: &Path, path: &Path) -> Option<String> {
    let path = cwd.join(path);
    let path = path.canonicalize().unwrap_or(path);
    let below = loader::relative(workspace.folder(), &path)?;
    let index = &workspace.analysis().index;
    (below == CONFIG || index.document(&below).is_some()).then_some(below)
}

/// Whether a finding is certain enough, and in one of these files or about a place in one.
fn concerns(finding: &ReportedFinding, files: &BTreeSet<String>) -> bool {
    finding.severity != "info"
        && (files.contains(&finding.path)
            || finding.related.iter().any(|related| files.contains(&related.path)))
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
