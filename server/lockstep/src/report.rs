//! Floor 0: what other programs read: the JSON of `check`, `list` and the server's own requests.
//! Lines and columns count from 1, columns in Unicode scalar values.

pub mod marks;
pub mod next;
pub mod rows;
pub mod transitions;

use std::sync::Arc;

use lockstep_analysis::analysis::{Analysis, mending};
use lockstep_analysis::index::Task;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::{self, Code, Outcome, PlaceChange, Refused};
use lockstep_analysis::profile::vocabulary::Category;
use lockstep_analysis::profile::{Profile, Severity};
use lockstep_analysis::rules::Diagnostic;
use lockstep_analysis::task_view::{self, TaskView};
use lockstep_analysis::text::TextRange;
use serde::{Deserialize, Serialize};

/// The version of every format in this module.
pub const SCHEMA: u32 = 1;

/// The answer of `check`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckReport {
    /// The version of the format.
    pub schema: u32,
    /// The workspace's folder.
    pub root: String,
    /// The profile's name; of several, that of the first.
    pub profile: String,
    /// The profiles, each with its folder, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ProfileAtRoot>,
    /// How many documents have a role.
    pub documents: usize,
    /// How many tasks there are.
    pub tasks: usize,
    /// How many more stand in archives only.
    #[serde(default, skip_serializing_if = "is_none")]
    pub archived: usize,
    /// What was found, in order of path and place.
    pub diagnostics: Vec<ReportedFinding>,
    /// How much of each severity.
    pub summary: Summary,
}

/// A profile at a folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProfileAtRoot {
    /// The profile's name.
    pub profile: String,
    /// The folder, relative to the root; empty for the root itself.
    pub root: String,
}

/// How much of each severity was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Certain faults.
    pub error: usize,
    /// Probable faults.
    pub warning: usize,
    /// What is good to know.
    pub info: usize,
}

/// One finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportedFinding {
    /// The rule's id.
    pub rule: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// The file, relative to the root.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub at: ReportedRange,
    /// What is wrong.
    pub message: String,
    /// The task it is about.
    pub task: Option<String>,
    /// Places that explain it.
    pub related: Vec<RelatedPlace>,
    /// Whether `fix` mends it.
    pub fixable: bool,
}

/// A place that explains a finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RelatedPlace {
    /// The file, relative to the root.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub at: ReportedRange,
    /// What it has to do with the finding.
    pub message: String,
}

/// From where to where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedRange {
    /// Where it begins.
    pub line: u32,
    /// Where it begins in the line.
    pub column: u32,
    /// Where it ends.
    pub end_line: u32,
    /// Where it ends in the line: the column after its last character.
    pub end_column: u32,
}

/// The answer of `list` and of `lockstep/tasks`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskList {
    /// The version of the format.
    pub schema: u32,
    /// The tasks, by profile and then by id.
    pub tasks: Vec<TaskReport>,
    /// How many of those that were asked for stand in archives only.
    #[serde(default, skip_serializing_if = "is_none")]
    pub archived: usize,
}

/// One task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskReport {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The id of its status.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<String>,
    /// Whether every place says the same.
    pub agreed: bool,
    /// Whether it stands in archives only.
    pub archived: bool,
    /// The tasks it depends on.
    pub depends: Vec<String>,
    /// Where its status stands.
    pub occurrences: Vec<OccurrenceReport>,
    /// The phases of its newest plan.
    pub phases: Vec<PhaseReport>,
    /// The name of what all of this says of its status; `set --expect` takes it.
    #[serde(default)]
    pub rev: String,
    /// Who holds it, where somebody has claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The statuses that may follow now, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Vec<String>>,
    /// What to know of these statuses before one of them is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The tasks that are part of it, where they were asked for and there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartReport>,
    /// How it stands in each of the other worktrees, where they were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<StatusElsewhere>,
}

/// A task that is part of another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartReport {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The id of its status.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<String>,
}

/// The status of a task in another worktree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusElsewhere {
    /// What the worktree is called.
    pub worktree: String,
    /// The id of the status; null where it has none there, or is not known.
    pub status: Option<String>,
}

/// One place where a status stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OccurrenceReport {
    /// The file, relative to the root.
    pub path: String,
    /// Where the marker begins.
    pub line: u32,
    /// Where the marker begins in the line.
    pub column: u32,
    /// `heading`, `field`, `box`, `entry` or `json`.
    pub kind: String,
    /// The text as it stands.
    pub text: String,
    /// The id of the status, where it is known.
    pub status: Option<String>,
}

/// One phase.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhaseReport {
    /// Its number as written.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// The id of its status.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<String>,
}

/// Which tasks to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TaskFilter {
    /// Only those with this status, in any spelling.
    pub status: Option<String>,
    /// Only those whose status means this.
    pub category: Option<String>,
    /// Those too that stand in archives only.
    #[serde(default)]
    pub archived: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_none(n: &usize) -> bool {
    *n == 0
}

/// What a report says of fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixes {
    /// Whether the rule offers one.
    Offered,
    /// Whether `fix` would make one, which costs as much as to plan them all.
    Certain,
}

/// All findings of a workspace.
pub fn check(analysis: &Analysis, root: &str, fixes: Fixes) -> CheckReport {
    let mut diagnostics: Vec<ReportedFinding> =
        analysis.diagnostics().iter().map(|found| finding(analysis, found)).collect();
    if fixes == Fixes::Certain {
        let certain = mending::certain(analysis);
        diagnostics.iter_mut().zip(certain).for_each(|(it, certain)| it.fixable = certain);
    }
    let mut summary = Summary::default();
    for diagnostic in analysis.diagnostics() {
        match diagnostic.severity {
            Severity::Error => summary.error += 1,
            Severity::Warning => summary.warning += 1,
            Severity::Info => summary.info += 1,
        }
    }
    let archived =
        analysis.index.tasks.values().filter(|task| task_view::is_archived(task)).count();
    CheckReport {
        schema: SCHEMA,
        root: root.to_owned(),
        profile: analysis.profile.id.clone(),
        profiles: profiles(analysis),
        documents: analysis.index.docs.len(),
        tasks: analysis.index.tasks.len() - archived,
        archived,
        diagnostics,
        summary,
    }
}

/// The profiles of a workspace, where there are several.
fn profiles(analysis: &Analysis) -> Vec<ProfileAtRoot> {
    let all = analysis.instances.iter().filter(|_| analysis.instances.are_several());
    let at = |it: &Arc<Profile>| ProfileAtRoot { profile: it.id.clone(), root: it.root.clone() };
    all.map(at).collect()
}

/// One finding as other programs read it.
pub fn finding(analysis: &Analysis, diagnostic: &Diagnostic) -> ReportedFinding {
    let related = diagnostic.related.iter().map(|related| RelatedPlace {
        path: related.path.to_string(),
        at: range(analysis, &related.path, related.range),
        message: related.message.clone(),
    });
    ReportedFinding {
        rule: diagnostic.rule.to_owned(),
        severity: diagnostic.severity.name().to_owned(),
        path: diagnostic.path.to_string(),
        at: range(analysis, &diagnostic.path, diagnostic.range),
        message: diagnostic.message.clone(),
        task: diagnostic.task.as_ref().map(|id| analysis.name_of(id)),
        related: related.collect(),
        fixable: diagnostic.fixable,
    }
}

/// The lines and columns of a range.
fn range(analysis: &Analysis, path: &FilePath, range: TextRange) -> ReportedRange {
    let place = |offset: u32| match analysis.source(path.as_str()) {
        Some((text, lines)) => {
            let at = lines.line_col(offset as usize);
            let start = offset as usize - at.col as usize;
            let before = text.get(start..offset as usize).unwrap_or_default();
            // A byte order mark is no character of the first line.
            let before = before.trim_start_matches('\u{feff}');
            (at.line + 1, u32::try_from(before.chars().count()).unwrap_or(u32::MAX - 1) + 1)
        }
        None => (1, 1),
    };
    let ((line, column), (end_line, end_column)) = (place(range.start), place(range.end));
    ReportedRange { line, column, end_line, end_column }
}

/// The tasks that pass a filter. An unknown status or category is an error that names the known
/// ones.
pub fn list(analysis: &Analysis, filter: &TaskFilter) -> Result<TaskList, Refused> {
    operation::is_held(analysis)?;
    if let Some(word) = &filter.status {
        operation::is_status(analysis, word)?;
    }
    let category = match &filter.category {
        Some(word) => Some(Category::parse(word).ok_or_else(|| {
            let known = Category::ALL.map(|(_, name)| name);
            let message = format!("there is no category `{word}`");
            Refused::new(Code::Usage, message, format!("known: {}", known.join(", ")))
        })?),
        None => None,
    };
    let is_wanted = |task: &&Task| {
        let def = task_view::status(analysis, task);
        let vocabulary = analysis.index.vocabulary_of(task);
        let means = |word: &String| {
            let wanted = vocabulary.lookup(word).map(|status| &vocabulary.get(status).id);
            wanted.is_some() && def.map(|def| &def.id) == wanted
        };
        filter.status.as_ref().is_none_or(means)
            && (category.is_none() || def.map(|def| def.category) == category)
    };
    let (mut tasks, mut archived) = (Vec::new(), 0);
    for task in rows::in_order(analysis).into_iter().filter(is_wanted) {
        archived += usize::from(task_view::is_archived(task));
        if filter.archived || !task_view::is_archived(task) {
            tasks.push(task_report(analysis, &task_view::view(analysis, task)));
        }
    }
    Ok(TaskList { schema: SCHEMA, tasks, archived })
}

/// One task as other programs read it.
pub fn task_report(analysis: &Analysis, task: &TaskView) -> TaskReport {
    let occurrences = task.occurrences.iter().map(|occurrence| {
        let ReportedRange { line, column, .. } =
            range(analysis, &occurrence.path, occurrence.range);
        OccurrenceReport {
            path: occurrence.path.to_string(),
            line,
            column,
            kind: occurrence.carrier.id.to_owned(),
            text: occurrence.text.clone(),
            status: occurrence.status.clone(),
        }
    });
    let phases = task.phases.iter().map(|phase| PhaseReport {
        number: phase.number.clone(),
        title: phase.title.clone(),
        status: phase.status.clone(),
        category: phase.category.map(|category| category.name().to_owned()),
    });
    TaskReport {
        id: task.id.clone(),
        title: task.title.clone(),
        status: task.status.clone(),
        category: task.category.map(|category| category.name().to_owned()),
        agreed: task.agreed,
        archived: task.archived,
        depends: task.depends.clone(),
        occurrences: occurrences.collect(),
        phases: phases.collect(),
        rev: task.rev.clone(),
        holder: None,
        next: None,
        notes: Vec::new(),
        parts: Vec::new(),
        elsewhere: Vec::new(),
    }
}

/// The tasks that are part of a task, in order of their ids.
pub fn parts(analysis: &Analysis, task: &Task) -> Vec<PartReport> {
    let mut children: Vec<&Task> = analysis.index.children(task).collect();
    children.sort_unstable_by_key(|child| &child.id);
    children.dedup_by_key(|child| &child.id);
    let part = |child: &Task| {
        let status = task_view::status(analysis, child);
        PartReport {
            id: analysis.name_of(&child.id),
            title: task_view::title(analysis, child),
            status: status.map(|def| def.id.clone()),
            category: status.map(|def| def.category.name().to_owned()),
        }
    };
    children.into_iter().map(part).collect()
}

/// The answer of `set` and `fix`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetReport {
    /// The version of the format.
    pub schema: u32,
    /// Whether this is what would be done, and nothing is written.
    #[serde(default)]
    pub dry_run: bool,
    /// The transaction's name; none where nothing was written.
    pub transaction: Option<String>,
    /// What became of each task.
    pub results: Vec<SetResult>,
    /// The other worktrees in which the same transaction did the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub worktrees: Vec<MirrorReport>,
}

/// What a request came to in another worktree.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MirrorReport {
    /// What it is called.
    pub worktree: String,
    /// Its folder.
    pub root: String,
    /// What became of each task there.
    pub results: Vec<SetResult>,
    /// The tasks that it does not have, and which are left alone there.
    pub missing: Vec<String>,
}

/// What became of one task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetResult {
    /// The task, as it was asked for.
    pub task: String,
    /// The status before.
    pub from: Option<String>,
    /// The status that was asked for.
    pub to: String,
    /// What became of it.
    pub outcome: ReportedVerdict,
    /// Why it was refused, for programs that branch: a result code.
    #[serde(default)]
    pub code: Option<String>,
    /// Why it was refused, or what to know about it.
    pub reason: Option<String>,
    /// What can be done about it.
    #[serde(default)]
    pub remedy: Option<String>,
    /// The files that it changed.
    pub files: Vec<String>,
    /// The name of what the places of the task say after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<String>,
    /// The places that were changed, where the status of the task is what it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<PlaceReport>,
}

/// What became of one place where a status stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceReport {
    /// `task`, `plan` or `phase 2`.
    pub what: String,
    /// The text before.
    pub from: String,
    /// The text after.
    pub to: String,
    /// The file, relative to the root.
    pub path: String,
}

impl From<PlaceChange> for PlaceReport {
    fn from(change: PlaceChange) -> PlaceReport {
        let PlaceChange { what, from, to, path } = change;
        PlaceReport { what, from, to, path }
    }
}

/// What became of a request about one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedVerdict {
    /// Done, in every file.
    Applied,
    /// To be done in every file, and not done yet.
    WouldApply,
    /// It was so already.
    Unchanged,
    /// Not done.
    Refused,
}

impl From<Outcome> for SetResult {
    fn from(outcome: Outcome) -> SetResult {
        let Outcome { task, from, to, verdict, code, reason, remedy, files, rev, changes } =
            outcome;
        let outcome = match verdict {
            operation::Verdict::Applied => ReportedVerdict::Applied,
            operation::Verdict::Unchanged => ReportedVerdict::Unchanged,
            operation::Verdict::Refused => ReportedVerdict::Refused,
        };
        let code = code.map(|code| code.name().to_owned());
        let changes = changes.into_iter().map(PlaceReport::from).collect();
        SetResult { task, from, to, outcome, code, reason, remedy, files, rev, changes }
    }
}

impl SetResult {
    /// Why it was refused and what can be done about it, where it was.
    pub fn refusal(&self) -> Option<String> {
        let said = || {
            let said = [self.reason.as_deref(), self.remedy.as_deref()];
            said.into_iter().flatten().collect::<Vec<_>>().join("; ")
        };
        (self.outcome == ReportedVerdict::Refused).then(said)
    }

    /// Whether it was refused because somebody else was faster.
    pub fn is_conflict(&self) -> bool {
        let of_others = [Code::NotExpected.name(), Code::Held.name()];
        self.code.as_deref().is_some_and(|code| of_others.contains(&code))
    }
}

impl SetReport {
    /// As it is while nothing is written.
    pub fn planned(mut self) -> SetReport {
        self.dry_run = true;
        let others = self.worktrees.iter_mut().flat_map(|there| &mut there.results);
        for result in self.results.iter_mut().chain(others) {
            if result.outcome == ReportedVerdict::Applied {
                result.outcome = ReportedVerdict::WouldApply;
            }
        }
        self
    }
}

/// How much is held of one workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceStatus {
    /// Its folder.
    pub root: String,
    /// How many files were read.
    pub files: usize,
    /// How many tasks stand in them.
    pub tasks: usize,
}
