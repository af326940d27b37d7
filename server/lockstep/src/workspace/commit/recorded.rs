//! What the journal and the history keep of a request: the request, and what it does to statuses.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_analysis::Analysis;
use lockstep_analysis::change::{self, events};
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::{EntityKind, EntityType};
use lockstep_store::history::{Note, RecordedOperation};
use serde::{Deserialize, Serialize};

use super::{CommitAction, CommitError, CommitRequest, Terms};
use crate::report::SetReport;
use crate::workspace::events::EventRecord;

/// A request and its consequences.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// The request.
    #[serde(flatten)]
    pub request: CommitRequest,
    /// What becomes of statuses, as planned.
    pub changes: Vec<RecordedChange>,
    /// What others are told of it, as planned.
    #[serde(default)]
    pub events: Vec<EventRecord>,
    /// The files that are moved, from where to where.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moves: BTreeMap<String, String>,
    /// By what it can be told from any other, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What there was to report of it, where it can be told from any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<SetReport>,
}

/// What becomes of one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedChange {
    /// The id of the task.
    pub task: String,
    /// What commands called the task before, where that is not its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phase of it; absent for the task itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The status before.
    pub from: Option<String>,
    /// The status after.
    pub to: Option<String>,
}

impl Recorded {
    /// What an operation of the history was; `None` where this version does not know it.
    pub fn of(operation: &RecordedOperation) -> Option<Recorded> {
        Recorded::in_note(&operation.note)
    }

    /// What a note tells.
    pub(super) fn in_note(note: &Note) -> Option<Recorded> {
        serde_json::from_value(note.what.clone()).ok()
    }

    /// The request as it is carried out, where the workspace goes from one state to another.
    pub(super) fn new(request: &CommitRequest, before: &Analysis, after: &Analysis) -> Recorded {
        let main = before.profile.clone();
        let changes = change::status_changes(before, after).into_iter().map(|change| {
            let (id, before, after) = (&change.task, &before.index, &after.index);
            let task = EntityType::of(EntityKind::Task);
            let (profile, task) = match (after.tasks.get(id), before.tasks.get(id)) {
                (Some(task), _) => (after.profile_of(task), task.what()),
                (None, Some(task)) => (before.profile_of(task), task.what()),
                (None, None) => (&*main, task),
            };
            let phase = EntityType::of(EntityKind::Phase);
            let what = if change.phase.is_some() { phase } else { task };
            let vocabulary = profile.vocabulary_of(what);
            let name = |status| vocabulary.get(status).id.clone();
            RecordedChange {
                name: Some(before.name_of(&change.task))
                    .filter(|name| *name != change.task.as_str()),
                task: change.task.to_string(),
                phase: change.phase,
                from: change.from.map(name),
                to: change.to.map(name),
            }
        });
        let undone = match &request.action {
            CommitAction::Undo { transaction } => Some(EventRecord::undone(transaction)),
            _ => None,
        };
        let events = events::events(before, after);
        let events = undone.into_iter().chain(events.iter().map(EventRecord::new)).collect();
        let (request, changes, moves) = (request.clone(), changes.collect(), BTreeMap::new());
        Recorded { request, changes, events, moves, key: None, report: None }
    }

    /// With what there is to report of it, for whoever asks for it by a key.
    pub(super) fn reporting(
        self,
        terms: &Terms<'_>,
        report: impl FnOnce() -> SetReport,
    ) -> Recorded {
        Recorded { report: terms.key.as_ref().map(|_| report()), ..self }
    }

    /// As it is, with files that are moved.
    pub(super) fn moving(self, moves: &BTreeMap<FilePath, FilePath>) -> Recorded {
        let moves = moves.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
        Recorded { moves, ..self }
    }

    /// As it is, with files that are moved back from where `operation` moved them.
    pub(super) fn moving_back(self, operation: &RecordedOperation) -> Recorded {
        let moves = Recorded::of(operation).map(|it| it.moves).unwrap_or_default();
        Recorded { moves: moves.into_iter().map(|(from, to)| (to, from)).collect(), ..self }
    }

    /// Who did it when, with what it was.
    pub(super) fn note(&self, terms: &Terms<'_>) -> Result<Note, CommitError> {
        let keyed = Recorded { key: terms.key.clone(), ..self.clone() };
        let what = serde_json::to_value(keyed).map_err(|error| {
            CommitError::Internal(format!("cannot record the request: {error}"))
        })?;
        Ok(Note { who: terms.who.clone(), when: self.request.at.clone(), what })
    }

    /// The tasks whose status, or the status of whose phases, it changes.
    pub(super) fn tasks(&self) -> BTreeSet<String> {
        self.changes.iter().map(|change| change.task.clone()).collect()
    }
}

/// What an operation of the history was, for other programs: with the names that commands called
/// tasks by at that time.
pub fn with_names(operation: &RecordedOperation) -> serde_json::Value {
    let mut what = operation.note.what.clone();
    for list in ["changes", "events"] {
        let all = what.get_mut(list).and_then(serde_json::Value::as_array_mut);
        for one in all.into_iter().flatten().filter_map(serde_json::Value::as_object_mut) {
            if let Some(name) = one.remove("name") {
                one.insert("task".to_owned(), name);
            }
        }
    }
    what
}

/// What an operation of the history was, for people.
pub fn described(operation: &RecordedOperation) -> String {
    match Recorded::of(operation).map(|recorded| recorded.request.action) {
        Some(CommitAction::Set { tasks, status, phase, force, .. }) => {
            let phase = phase.map(|n| format!(" phase {n}")).unwrap_or_default();
            let force = if force { ", forced" } else { "" };
            format!("set {}{phase} {status}{force}", tasks.join(" "))
        }
        Some(CommitAction::Batch { list, .. }) => format!("batch of {}", list.len()),
        Some(CommitAction::Fix { tasks, .. }) if tasks.is_empty() => "fix".to_owned(),
        Some(CommitAction::Fix { tasks, .. }) => format!("fix {}", tasks.join(" ")),
        Some(CommitAction::Archive { tasks, .. }) if tasks.is_empty() => "archive".to_owned(),
        Some(CommitAction::Archive { tasks, .. }) => format!("archive {}", tasks.join(" ")),
        Some(CommitAction::Add { title, .. }) => format!("add `{title}`"),
        Some(CommitAction::Note { task, text }) => format!("note {task} `{text}`"),
        Some(CommitAction::Rename { task, title, id, slug, .. }) => {
            let to = [id, slug, title].into_iter().flatten().collect::<Vec<_>>().join(" ");
            format!("rename {task} to {to}")
        }
        Some(CommitAction::Save { label }) => format!("save `{label}`"),
        Some(CommitAction::Undo { transaction }) => format!("undo {transaction}"),
        None => "a change that this version does not know".to_owned(),
    }
}
