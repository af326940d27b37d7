//! What somebody asks for, in words that outlive the text: it is kept in the journal and in the
//! history, and planned on whatever the files say at the time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::SourceChange;
use lockstep_analysis::change::archive::Folders;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::{
    self, FixOperation, NewName, NewTask, Operation, Plan, Planner, Whose, Wish,
};
use lockstep_analysis::snapshot::Texts;
use serde::{Deserialize, Serialize};

use crate::report::SetResult;
use crate::workspace::commit::{CommitError, Touch};

/// What somebody asks for, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRequest {
    /// When: an instant in UTC as RFC 3339, to the second.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub action: CommitAction,
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CommitAction {
    /// A status for tasks, or for one phase of each.
    Set {
        /// The tasks.
        tasks: Vec<String>,
        /// The status, in any spelling.
        status: String,
        /// The phase.
        phase: Option<String>,
        /// The status that it must have now, or its `rev`.
        from: Option<String>,
        /// Why.
        reason: Option<String>,
        /// Whether a placeholder stands for the reason until somebody fills it in.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        to_fill_in: bool,
        /// Whether what has its status by its check boxes gets it by them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tick: bool,
        /// Whether files stay in folders that say another status.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stay: bool,
        /// Whether any status may follow any other.
        force: bool,
        /// Whether nothing is done unless everything is.
        atomic: bool,
    },
    /// A status of its own for each of several tasks.
    Batch {
        /// What each of them gets.
        list: Vec<CommitChange>,
        /// Whether nothing is done unless everything is.
        atomic: bool,
    },
    /// Agreement, and whatever else has one certain fix.
    Fix {
        /// The tasks; all where there are none.
        tasks: Vec<String>,
        /// Only findings of this rule.
        rule: Option<String>,
        /// The file that is right, or the status.
        prefer: Option<String>,
    },
    /// Finished tasks put away where the profile keeps them.
    Archive {
        /// The tasks; all that are finished where there are none.
        tasks: Vec<String>,
        /// Only those that were finished before this day.
        done_before: Option<String>,
        /// What may be moved as a folder: its files, by folder.
        folders: Folders,
    },
    /// A new task.
    Add {
        /// What it is called.
        title: String,
        /// Its id, where it is not the next one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The task that it stands behind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// The file that it stands in, or a folder that this is in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<String>,
    },
    /// A dated line where a task keeps notes.
    Note {
        /// The task.
        task: String,
        /// What it says.
        text: String,
    },
    /// Another title, id or slug for a task.
    Rename {
        /// The task.
        task: String,
        /// What it is called by people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The words behind the id in the name of its folder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slug: Option<String>,
        /// Where that one stands of several with the id, as `FILE:LINE`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_place: Option<String>,
    },
    /// A change that an editor has made and not saved.
    Save {
        /// What it does, in words.
        label: String,
    },
    /// The reverse of a transaction.
    Undo {
        /// Which.
        transaction: String,
    },
}

impl CommitAction {
    /// The tasks that it names; without any it is about all.
    pub(super) fn tasks(&self) -> BTreeSet<String> {
        match self {
            CommitAction::Set { tasks, .. }
            | CommitAction::Fix { tasks, .. }
            | CommitAction::Archive { tasks, .. } => tasks.iter().cloned().collect(),
            CommitAction::Batch { list, .. } => list.iter().map(|it| it.task.clone()).collect(),
            CommitAction::Note { task, .. } | CommitAction::Rename { task, .. } => {
                BTreeSet::from([task.clone()])
            }
            CommitAction::Add { .. } | CommitAction::Save { .. } | CommitAction::Undo { .. } => {
                BTreeSet::new()
            }
        }
    }
}

/// A status for one task of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitChange {
    /// The task.
    pub task: String,
    /// The status, in any spelling.
    pub status: String,
    /// The phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The status that it must have now, or its `rev`.
    #[serde(default, alias = "expect", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The token of the claim that holds the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether any status may follow any other.
    #[serde(default)]
    pub force: bool,
}

/// What a request comes to.
#[derive(Debug)]
pub(super) struct PlannedFiles {
    /// New texts of files.
    pub(super) texts: Texts,
    /// Files that are moved, from where to where; some have no role, and so no text here.
    pub(super) moves: BTreeMap<FilePath, FilePath>,
    /// The folders of these files, from where to where.
    pub(super) folders: BTreeMap<String, String>,
    /// Files that cannot be read, and may have links to what moves.
    pub(super) unmended: Vec<FilePath>,
    /// What becomes of each task.
    pub(super) results: Vec<SetResult>,
    /// The change against the present texts.
    pub(super) change: SourceChange,
    /// What the workspace is then.
    pub(super) after: Analysis,
}

impl PlannedFiles {
    /// Takes a file along that the analysis does not hold: its text, and what that becomes.
    pub(super) fn take_unread(&mut self, path: FilePath, before: Arc<str>, after: String) {
        for result in &mut self.results {
            let files = &mut result.files;
            let is_own = |from: &String| {
                let name = from.rsplit('/').next().unwrap_or(from);
                let is_inside =
                    |file: &String| file == from || file.starts_with(&format!("{from}/"));
                files.iter().any(is_inside) && before.contains(name)
            };
            if !files.iter().any(|file| file == path.as_str()) && self.folders.keys().any(is_own) {
                files.push(path.to_string());
                files.sort();
            }
        }
        let text = Some(after.as_str().into());
        match self.moves.get(&path) {
            Some(to) => {
                self.texts.insert(to.clone(), text);
                self.texts.insert(path.clone(), None);
            }
            None => drop(self.texts.insert(path.clone(), text)),
        }
        self.change.take_unread(path, before, after);
    }

    /// The tasks that it is about.
    pub(super) fn tasks(&self) -> BTreeSet<String> {
        self.results.iter().map(|result| result.task.clone()).collect()
    }

    /// The files that it writes, or moves from where they are.
    pub(super) fn touched(&self) -> impl Iterator<Item = (&str, Touch)> {
        let moved = self.moves.keys().filter(|path| !self.texts.contains_key(*path));
        let touch = |path: &FilePath| match self.texts.get(path) {
            Some(Some(_)) => Touch::Write,
            Some(None) | None => Touch::TakeAway,
        };
        self.texts.keys().chain(moved).map(move |path| (path.as_str(), touch(path)))
    }
}

impl CommitAction {
    /// As it is planned; `None` for what is not.
    fn operation(&self) -> Option<Operation<'_>> {
        Some(match self {
            CommitAction::Set {
                tasks,
                status,
                phase,
                from,
                reason,
                to_fill_in,
                tick,
                stay,
                force,
                atomic,
            } => {
                let whose = tasks.iter().map(|task| whose(task, phase.as_deref())).collect();
                let wish = Wish {
                    status,
                    expect: from.as_deref(),
                    claim: None,
                    reason: reason.as_deref(),
                    to_fill_in: *to_fill_in,
                    tick: *tick,
                    stay: *stay,
                    force: *force,
                };
                Operation::Set { whose, wish, atomic: *atomic }
            }
            CommitAction::Batch { list, atomic } => {
                let list = list.iter().map(|change| {
                    let wish = Wish {
                        status: &change.status,
                        expect: change.from.as_deref(),
                        claim: change.claim.as_deref(),
                        reason: change.reason.as_deref(),
                        force: change.force,
                        ..Wish::default()
                    };
                    (whose(&change.task, change.phase.as_deref()), wish)
                });
                Operation::Batch { list: list.collect(), atomic: *atomic }
            }
            CommitAction::Fix { tasks, rule, prefer } => Operation::FixOperation(FixOperation {
                tasks,
                rule: rule.as_deref(),
                without: None,
                prefer: prefer.as_deref(),
                file: None,
                only_there: false,
            }),
            CommitAction::Archive { tasks, done_before, folders } => {
                Operation::Archive { tasks, done_before: done_before.as_deref(), folders }
            }
            CommitAction::Add { title, id, after, file } => Operation::Add(NewTask {
                title,
                id: id.as_deref(),
                after: after.as_deref(),
                file: file.as_deref(),
            }),
            CommitAction::Note { task, text } => Operation::Note { task, text },
            CommitAction::Rename { task, title, id, slug, at_place } => Operation::Rename {
                whose: match at_place {
                    Some(at) => Whose::Twin(task, at),
                    None => Whose::Task(task),
                },
                to: NewName { title: title.as_deref(), id: id.as_deref(), slug: slug.as_deref() },
            },
            CommitAction::Save { .. } | CommitAction::Undo { .. } => return None,
        })
    }
}

fn whose<'a>(task: &'a str, phase: Option<&'a str>) -> Whose<'a> {
    phase.map_or(Whose::Task(task), |phase| Whose::Phase(task, phase))
}

/// Plans a request on what the files say. An error means that the request itself is wrong.
pub(super) fn plan(
    request: &CommitRequest,
    analysis: &Analysis,
    planner: Planner<'_>,
) -> Result<PlannedFiles, CommitError> {
    let Some(operation) = request.action.operation() else {
        return Err(CommitError::Internal("what is saved or undone is not planned".to_owned()));
    };
    let plan = operation::plan_with(analysis, &operation, &request.at, planner)?;
    let Plan { texts, moves, folders, results, change, after, .. } = plan;
    let results = results.into_iter().map(SetResult::from).collect();
    let unmended = Vec::new();
    Ok(PlannedFiles { texts, moves, folders, unmended, results, change, after })
}
