//! `check`: everything that is wrong, in four formats.

mod github;
mod sarif;
mod text;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use lockstep_analysis::Analysis;
use lockstep_analysis::rules;
use lockstep_analysis::snapshot::CONFIG;
use lockstep_store::loader;

use crate::cli::source::Excerpts;
use crate::cli::{Context, Exit, UserError, place, unknown};
use crate::report::{CheckReport, Fixes, ReportedFinding, Summary};
use crate::workspace::base;
use crate::workspace::local::LocalWorkspace;
use crate::workspace::root;
use crate::workspace::worktrees;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Show only findings in this file or folder; the whole workspace is read
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    path: Option<PathBuf>,
    /// Compare with this commit too, and report statuses that cannot follow the ones there; of a
    /// branch, with the commit at which the current one has left it
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: CheckFormat,
    /// Show only findings of this rule; can be repeated
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,
    /// Show only findings of this severity or above
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "info")]
    severity: SeverityLevel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// For people
    Text,
    /// For people and editors, one line per finding
    Short,
    /// For programs
    Json,
    /// Annotations for GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum SeverityLevel {
    Info,
    Warning,
    Error,
}

pub(super) fn run(cx: &mut Context, args: Args) -> Result<Exit, UserError> {
    for rule in &args.rule {
        known_rule(rule)?;
    }
    let (root, below) = target(cx, args.path.as_deref())?;
    let mut workspace = cx.open(&root, LocalWorkspace::open_once)?;
    let worktrees = worktrees::look(&workspace);
    workspace.set_worktrees(worktrees);
    if let Some(rev) = &args.base {
        let base = base::at(&root, workspace.analysis(), rev).map_err(|why| {
            UserError::usage(format!("cannot compare with `{rev}`"))
                .why(why)
                .hint("name a commit or a branch of the repository around the workspace")
        })?;
        workspace.set_base(Some(base));
    }
    let fixes = match args.format {
        CheckFormat::Json => Fixes::Certain,
        _ => Fixes::Offered,
    };
    let mut report = workspace.check(fixes);
    report.diagnostics.retain(|finding| {
        args.severity <= level(finding)
            && (args.rule.is_empty() || args.rule.contains(&finding.rule))
            && below.as_ref().is_none_or(|below| is_below(&finding.path, below))
    });
    if let (Some(path), true) = (&args.path, report.diagnostics.is_empty()) {
        holds_tasks(workspace.analysis(), path, below.as_deref())?;
    }
    report.summary = summary(&report);
    let found = report.summary.error + report.summary.warning > 0;
    if !found {
        configured_for_nothing(workspace.analysis())?;
    }
    match args.format {
        CheckFormat::Text | CheckFormat::Short => {
            sort(workspace.analysis(), &mut report);
            match args.format {
                CheckFormat::Short => text::print_short(&mut cx.out, &report)?,
                _ => {
                    let excerpts = Excerpts::of(workspace.analysis(), workspace.folder(), &cx.out);
                    text::print(&mut cx.out, &excerpts, &report)?;
                }
            }
            cx.tell_no_files(workspace.analysis())?;
        }
        CheckFormat::Json => cx.out.json(&report)?,
        CheckFormat::Github => cx.out.commands(&github::render(&report))?,
        CheckFormat::Sarif => cx.out.json(&sarif::render(&report))?,
    }
    Ok(if found { Exit::Findings } else { Exit::Done })
}

/// The rule, or an error that names the nearest one.
pub(super) fn known_rule(id: &str) -> Result<&'static rules::Rule, UserError> {
    let what = || format!("no rule `{id}`");
    let all = "`lockstep explain` lists all rules";
    rules::rule(id).ok_or_else(|| unknown(what(), id, rules::ids(), all))
}

/// The workspace's folder, and the path in it that was asked for.
fn target(cx: &Context, path: Option<&Path>) -> Result<(PathBuf, Option<String>), UserError> {
    let Some(path) = path else { return Ok((cx.root()?, None)) };
    let path = place::existing(path)?;
    let root = match &cx.root {
        Some(_) => cx.root()?,
        None if path.is_dir() => root::find_root(&path),
        None => root::find_root(path.parent().unwrap_or(&path)),
    };
    if path == root {
        return Ok((root, None));
    }
    match loader::relative(&root, &path) {
        Some(below) => Ok((root, Some(below))),
        None => {
            Err(UserError::usage(format!("{} is not below {}", path.display(), root.display()))
                .hint("leave out --root, or name a path inside it"))
        }
    }
}

/// What is wrong for certain comes first, and what stands in archives last.
fn sort(analysis: &Analysis, report: &mut CheckReport) {
    let is_history = |path: &str| {
        analysis.index.document(path).is_some_and(|(_, document)| document.facts.history)
    };
    report
        .diagnostics
        .sort_by_key(|finding| (is_history(&finding.path), std::cmp::Reverse(level(finding))));
}

/// Complains of a place in which there is nothing to look at.
fn holds_tasks(analysis: &Analysis, path: &Path, below: Option<&str>) -> Result<(), UserError> {
    let is_there = |known: &str| below.is_none_or(|below| is_below(known, below));
    let mut documents = analysis.index.docs.iter().map(|document| document.path.as_str());
    if documents.any(is_there) || below == Some(CONFIG) {
        return Ok(());
    }
    Err(UserError::usage(format!("no task files found below {}", path.display()))
        .why(analysis.profile.looks_for())
        .hint("`lockstep profiles` lists what there is; `lockstep.toml` can name your files"))
}

/// Complains where `lockstep.toml` names a profile, and no file is one of its tasks: whoever meant some
/// would take silence for agreement.
fn configured_for_nothing(analysis: &Analysis) -> Result<(), UserError> {
    let config = &analysis.config;
    let is_named = config.profile.is_some() || !config.uses.is_empty();
    if !is_named || !analysis.index.docs.is_empty() {
        return Ok(());
    }
    Err(UserError::usage("no task files found for the profile that lockstep.toml names")
        .why(analysis.profile.looks_for())
        .hint("name the files of its roles in lockstep.toml, or take the profile out"))
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn level(finding: &ReportedFinding) -> SeverityLevel {
    match finding.severity.as_str() {
        "error" => SeverityLevel::Error,
        "warning" => SeverityLevel::Warning,
        _ => SeverityLevel::Info,
    }
}

fn summary(report: &CheckReport) -> Summary {
    let count = |wanted| report.diagnostics.iter().filter(|f| level(f) == wanted).count();
    Summary {
        error: count(SeverityLevel::Error),
        warning: count(SeverityLevel::Warning),
        info: count(SeverityLevel::Info),
    }
}

#[cfg(test)]
pub(super) mod testing {
    use crate::report::{
        CheckReport, RelatedPlace, ReportedFinding, ReportedRange, SCHEMA, Summary,
    };

    /// A report with one finding that has everything in it.
    pub(in crate::cli) fn report() -> CheckReport {
        let finding = ReportedFinding {
            rule: "drift".into(),
            severity: "warning".into(),
            path: "specs/my, [x]:TODO.md".into(),
            at: ReportedRange { line: 3, column: 15, end_line: 3, end_column: 26 },
            message: "task 7 is 50% done,\nor so".into(),
            task: Some("7".into()),
            related: vec![RelatedPlace {
                path: "specs/state.json".into(),
                at: ReportedRange { line: 5, column: 17, end_line: 5, end_column: 27 },
                message: "says completed".into(),
            }],
            fixable: true,
        };
        let summary = Summary { error: 0, warning: 1, info: 0 };
        let (root, profile) = ("/work".into(), "opencode".into());
        let diagnostics = vec![finding];
        CheckReport {
            schema: SCHEMA,
            root,
            profile,
            profiles: Vec::new(),
            documents: 2,
            tasks: 1,
            archived: 0,
            diagnostics,
            summary,
        }
    }
}
