//! Floor 12: what somebody wants, planned once for everybody who asks: the command line, a client's
//! command, an action at a place. An operation against a snapshot gives a plan: the change, and
//! what becomes of each task, with a code that programs branch on and what can be done about it.

mod add;
mod allow;
mod archive;
mod counted;
mod fix;
mod fix_finding;
mod make_parts;
mod meant;
mod near;
mod note;
mod place_changes;
mod prefer;
mod relocate;
mod rename;
mod set;
#[cfg(test)]
mod tests;
mod toggle;
mod unclosed;

use std::collections::BTreeMap;
use std::fmt;

pub use add::NewTask;
pub(crate) use allow::front_matter_around;
pub use meant::{Meant, meant, task_meant};
pub use near::{is_held, is_status, near_ids, unknown_task};
pub use place_changes::place_changes;
pub use rename::{NewName, Renamable, RenamedPart, renamable};
pub use toggle::{NextStatus, next_statuses};

use crate::analysis::Analysis;
use crate::change::archive::Folders;
use crate::change::moving::{Kept, Movable};
use crate::change::{Refusal, RefusalKind, SourceChange};
use crate::index::Place;
use crate::model::FilePath;
use crate::profile::id::TaskId;
use crate::snapshot::Texts;

/// What somebody wants.
#[derive(Clone, Debug)]
pub enum Operation<'a> {
    /// One status for tasks, or for one phase of each.
    Set {
        /// Whose status.
        whose: Vec<Whose<'a>>,
        /// What it shall be.
        wish: Wish<'a>,
        /// Whether nothing is done unless everything is.
        atomic: bool,
    },
    /// A status of its own for each of several tasks.
    Batch {
        /// Whose status, and what it shall be.
        list: Vec<(Whose<'a>, Wish<'a>)>,
        /// Whether nothing is done unless everything is.
        atomic: bool,
    },
    /// Agreement, and whatever else has one certain fix.
    FixOperation(FixOperation<'a>),
    /// One finding mended in one of the ways that its rule offers.
    FixFinding {
        /// The finding.
        finding: FindingNamed<'a>,
        /// The task that it is about.
        task: Option<&'a str>,
        /// What the way is called.
        title: &'a str,
    },
    /// A comment by which one finding is reported no more.
    Allow(FindingNamed<'a>),
    /// A new task.
    Add(NewTask<'a>),
    /// A dated line where a task keeps notes.
    Note {
        /// The task.
        task: &'a str,
        /// What it says.
        text: &'a str,
    },
    /// Another title, id or slug for a task.
    Rename {
        /// Which.
        whose: Whose<'a>,
        /// What it shall be called.
        to: NewName<'a>,
    },
    /// Makes a part for each item of this task that has none.
    MakeParts(&'a str),
    /// Finished tasks put away where the profile keeps them.
    Archive {
        /// The tasks; all that are finished where there are none.
        tasks: &'a [String],
        /// Only those that were finished before this day.
        done_before: Option<&'a str>,
        /// What may be moved as a folder: its files, by folder.
        folders: &'a Folders,
    },
}

/// Whose status is meant.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// A task's, by its id in any spelling; else that of the phase or box with this name.
    Task(&'a str),
    /// A phase's of a task.
    Phase(&'a str, &'a str),
    /// One of several tasks with this id: that which stands at `FILE:LINE`.
    Twin(&'a str, &'a str),
    /// That of the entity at a place.
    Place(Place),
}

/// A status that somebody wants, in words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish<'a> {
    /// The status, in any spelling.
    pub status: &'a str,
    /// The status that it must have now, or the name of what its places must say.
    pub expect: Option<&'a str>,
    /// The token of the claim that the task is changed by, where it is not that of the whole operation.
    pub claim: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Whether a placeholder stands for a reason that is needed, until somebody fills it in.
    pub to_fill_in: bool,
    /// Whether any status may follow any other.
    pub force: bool,
    /// Whether what has its status by its check boxes gets it by them.
    pub tick: bool,
    /// Whether files stay in folders that say another status.
    pub stay: bool,
}

/// A finding by what stays when the text moves: of several, the nearest is meant.
#[derive(Clone, Copy, Debug)]
pub struct FindingNamed<'a> {
    /// Its rule.
    pub rule: &'a str,
    /// Its file.
    pub path: &'a str,
    /// Where it began when it was named, in bytes.
    pub start: u32,
}

/// Which findings are to be mended, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixOperation<'a> {
    /// The tasks; all where there are none.
    pub tasks: &'a [String],
    /// Only findings of this rule.
    pub rule: Option<&'a str>,
    /// No findings of this rule.
    pub without: Option<&'a str>,
    /// Only findings that are in this file, or about a place in it.
    pub file: Option<&'a str>,
    /// Only findings that are in that file themselves.
    pub only_there: bool,
    /// The file that is right, or the status.
    pub prefer: Option<&'a str>,
}

/// Told how many of how many tasks are planned.
pub type Progress<'a> = dyn Fn(usize, usize) + 'a;

/// By whose leave a task is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave<'a> {
    /// That of whoever asks.
    Asker,
    /// That of the claim with this token.
    Claim(&'a str),
    /// That which the asker has for the task that it is part of: it counts where nobody holds the part.
    Whole,
}

/// Why a task may not be changed by somebody's leave: another holds it.
pub type HeldTask<'a> = dyn Fn(&TaskId, Leave<'_>) -> Option<Refused> + 'a;

/// Whoever has something planned: who is told how far it is, and who answers for the disk.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "nothing can be told of a function")]
pub struct Planner<'a> {
    /// Told how far it is.
    pub progress: &'a Progress<'a>,
    /// Which files may be moved with a change of status.
    pub movable: &'a Movable<'a>,
    /// Which tasks somebody else holds; those that are forced are not asked about.
    pub held: &'a HeldTask<'a>,
}

impl Planner<'_> {
    /// Is told nothing, moves nothing, and has everything to itself.
    pub const STILL: Planner<'static> =
        Planner { progress: &|_, _| {}, movable: &|_, _| Err(Kept::ByTexts), held: &|_, _| None };
}

/// What an operation comes to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// New texts of files; `None` removes one.
    pub texts: Texts,
    /// Files that are moved, from where to where; some have no role, and so no text here.
    pub moves: BTreeMap<FilePath, FilePath>,
    /// The folders of these files, from where to where.
    pub folders: BTreeMap<String, String>,
    /// What becomes of each task.
    pub results: Vec<Outcome>,
    /// How many findings are mended, where that was asked for.
    pub mended: usize,
    /// The change against the present texts.
    pub change: SourceChange,
    /// What the workspace is then.
    pub after: Analysis,
}

/// What becomes of one place where a status stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceChange {
    /// `task`, `plan` or `phase 2`.
    pub what: String,
    /// What it says before.
    pub from: String,
    /// What it says after.
    pub to: String,
    /// The file.
    pub path: String,
}

/// What becomes of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The task, as it was asked for.
    pub task: String,
    /// The status before.
    pub from: Option<String>,
    /// The status after, or that which was asked for.
    pub to: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why it is refused, for code that branches.
    pub code: Option<Code>,
    /// Why it is refused, or what to know about it.
    pub reason: Option<String>,
    /// What can be done about it.
    pub remedy: Option<String>,
    /// The files that it changes.
    pub files: Vec<String>,
    /// The name of what its places say then, where it was asked for by its name.
    pub rev: Option<String>,
    /// The places that say something else then, where the status of the task stays what it was.
    pub changes: Vec<PlaceChange>,
}

/// What becomes of an operation about one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It changes files.
    Applied,
    /// It is so already.
    Unchanged,
    /// It is not done.
    Refused,
}

/// Why something is not done. The names are a contract with programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The current status is not the expected one.
    NotExpected,
    /// The profile or the files do not allow the change.
    NotAllowed,
    /// The status requires a reason.
    NeedsReason,
    /// No such task, or no such phase of the task.
    UnknownTask,
    /// The profile does not define the status.
    UnknownStatus,
    /// A required file cannot be read in full.
    Unreadable,
    /// The request can mean several things.
    Ambiguous,
    /// An editor has unsaved changes of a file.
    UnsavedElsewhere,
    /// Another agent or process holds the task or the lock.
    Held,
    /// No task can begin, or all that can are held.
    NothingReady,
    /// The request is malformed.
    Usage,
}

impl Code {
    /// Every code with its name.
    pub const ALL: [(Code, &'static str); 11] = [
        (Code::NotExpected, "not-expected"),
        (Code::NotAllowed, "not-allowed"),
        (Code::NeedsReason, "needs-reason"),
        (Code::UnknownTask, "unknown-task"),
        (Code::UnknownStatus, "unknown-status"),
        (Code::Unreadable, "unreadable"),
        (Code::Ambiguous, "ambiguous"),
        (Code::UnsavedElsewhere, "unsaved-elsewhere"),
        (Code::Held, "held"),
        (Code::NothingReady, "nothing-ready"),
        (Code::Usage, "usage"),
    ];

    /// What programs call it.
    pub fn name(self) -> &'static str {
        Code::ALL.iter().find(|(code, _)| *code == self).map_or("", |(_, name)| name)
    }
}

impl From<RefusalKind> for Code {
    fn from(kind: RefusalKind) -> Code {
        match kind {
            RefusalKind::NotFound => Code::UnknownTask,
            RefusalKind::ReasonMissing => Code::NeedsReason,
            RefusalKind::Malformed => Code::Unreadable,
            RefusalKind::Ambiguous => Code::Ambiguous,
            RefusalKind::NotAllowed
            | RefusalKind::TimeOrder
            | RefusalKind::ArtifactMissing
            | RefusalKind::History
            | RefusalKind::NoSpelling
            | RefusalKind::Unproven => Code::NotAllowed,
        }
    }
}

/// Why something is not done. Where [`plan`] answers so, the operation itself is wrong, and nothing of
/// it is planned: whoever has mistyped is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// For code that branches.
    pub code: Code,
    /// What is the matter.
    pub message: String,
    /// What can be done about it.
    pub remedy: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// With all that there is to say.
    pub fn new(code: Code, message: String, remedy: impl Into<String>) -> Refused {
        Refused { code, message, remedy: remedy.into() }
    }
}

impl Outcome {
    /// Why it is refused and what can be done, where it is refused.
    pub fn refusal(&self) -> Option<Refused> {
        let code = self.code.filter(|_| self.verdict == Verdict::Refused)?;
        let message = self.reason.clone().unwrap_or_default();
        Some(Refused { code, message, remedy: self.remedy.clone().unwrap_or_default() })
    }

    fn refused(task: &str, from: Option<String>, to: &str, why: Refused) -> Outcome {
        Outcome {
            task: task.to_owned(),
            from,
            to: to.to_owned(),
            verdict: Verdict::Refused,
            code: Some(why.code),
            reason: Some(why.message),
            remedy: Some(why.remedy),
            files: Vec::new(),
            rev: None,
            changes: Vec::new(),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused::new(refusal.kind.into(), refusal.message, refusal.remedy)
    }
}

/// Plans an operation at the instant `at`, in UTC as RFC 3339 to the second, that moves no files when
/// a status changes. Nothing is changed.
pub fn plan(analysis: &Analysis, operation: &Operation<'_>, at: &str) -> Result<Plan, Refused> {
    plan_with(analysis, operation, at, Planner::STILL)
}

/// As [`plan`], for whoever answers for more.
pub fn plan_with(
    analysis: &Analysis,
    operation: &Operation<'_>,
    at: &str,
    planner: Planner<'_>,
) -> Result<Plan, Refused> {
    drafted(analysis, operation, at, planner).map(Draft::plan)
}

/// As [`plan_with`], for whoever needs to know only what changes and what becomes of each task: what the
/// texts are then is not made.
pub fn plan_change(
    analysis: &Analysis,
    operation: &Operation<'_>,
    at: &str,
    planner: Planner<'_>,
) -> Result<(SourceChange, Vec<Outcome>), Refused> {
    let mut draft = drafted(analysis, operation, at, planner)?;
    let is_one = draft.texts.is_empty() && draft.moves.is_empty();
    if let Some(change) = draft.pending.take_if(|_| is_one) {
        return Ok((change, draft.results));
    }
    let Plan { change, results, .. } = draft.plan();
    Ok((change, results))
}

fn drafted<'a>(
    analysis: &'a Analysis,
    operation: &Operation<'_>,
    at: &'a str,
    planner: Planner<'a>,
) -> Result<Draft<'a>, Refused> {
    let mut draft = Draft {
        analysis,
        state: analysis.clone(),
        texts: BTreeMap::new(),
        moves: BTreeMap::new(),
        folders: BTreeMap::new(),
        results: Vec::new(),
        mended: 0,
        only: None,
        pending: None,
        to_rev: Vec::new(),
        at,
        progress: planner.progress,
        movable: planner.movable,
        held: planner.held,
    };
    match operation {
        Operation::Set { whose, wish, atomic } => draft.set(whose, wish, *atomic)?,
        Operation::Batch { list, atomic } => draft.batch(list, *atomic),
        Operation::FixOperation(fix) => draft.fix(fix)?,
        Operation::FixFinding { finding, task, title } => {
            draft.fix_finding(*finding, *task, title)?;
        }
        Operation::Allow(finding) => draft.allow(*finding)?,
        Operation::Add(new) => draft.add(new)?,
        Operation::Note { task, text } => draft.note(task, text)?,
        Operation::Rename { whose, to } => draft.rename(*whose, *to)?,
        Operation::MakeParts(task) => draft.make_parts(task)?,
        Operation::Archive { tasks, done_before, folders } => {
            draft.archive(tasks, *done_before, folders)?;
        }
    }
    Ok(draft)
}

/// Plans an operation about one task: the change, and what becomes of the task.
pub fn plan_one(
    analysis: &Analysis,
    operation: &Operation<'_>,
    at: &str,
    planner: Planner<'_>,
) -> Result<(SourceChange, Option<Outcome>), Refused> {
    let (change, results) = plan_change(analysis, operation, at, planner)?;
    match results.into_iter().next() {
        Some(outcome) => match outcome.refusal() {
            Some(refused) => Err(refused),
            None => Ok((change, Some(outcome))),
        },
        None => Ok((change, None)),
    }
}

/// The refusal of what no longer fits the text.
pub(crate) fn gone(message: &str) -> Refused {
    Refused::new(Code::NotExpected, message.to_owned(), "request the actions again")
}

struct Draft<'a> {
    analysis: &'a Analysis,
    /// What the workspace is after the tasks so far.
    state: Analysis,
    texts: Texts,
    moves: BTreeMap<FilePath, FilePath>,
    folders: BTreeMap<String, String>,
    results: Vec<Outcome>,
    mended: usize,
    /// The one change that was taken, as long as it is one.
    only: Option<SourceChange>,
    /// The change that was taken last, which nobody has gone on from yet.
    pending: Option<SourceChange>,
    /// The results that tell the rev of a task as the plan leaves it, with its id.
    to_rev: Vec<(usize, String)>,
    at: &'a str,
    progress: &'a Progress<'a>,
    movable: &'a Movable<'a>,
    held: &'a HeldTask<'a>,
}

impl Draft<'_> {
    /// Goes on from what a change makes.
    fn take(&mut self, change: SourceChange) {
        self.take_later(change);
        self.settle();
    }

    /// As [`Draft::take`], where perhaps nobody goes on.
    fn take_later(&mut self, change: SourceChange) {
        self.settle();
        self.pending = Some(change).filter(|change| !change.is_empty());
    }

    /// Makes what was taken and nobody has gone on from.
    fn settle(&mut self) {
        let Some(change) = self.pending.take() else { return };
        let after = change.after();
        self.only = self.texts.is_empty().then_some(change);
        self.state = self.state.with_texts(&after);
        self.texts.extend(after);
    }

    fn plan(mut self) -> Plan {
        self.settle();
        for (at, id) in std::mem::take(&mut self.to_rev) {
            self.results[at].rev = set::rev_of_named(&self.state, &id);
            self.tell_found(at, &id);
        }
        let Draft { analysis, state, texts, moves, folders, results, mended, only, .. } = self;
        let between = || SourceChange::between(analysis, &texts);
        let change = only.filter(|_| !texts.is_empty()).unwrap_or_else(between);
        let change = SourceChange { moves: moves.clone(), folders: folders.clone(), ..change };
        let after = if texts.is_empty() { analysis.clone() } else { state };
        Plan { texts, moves, folders, results, mended, change, after }
    }
}
