//! Events as the history keeps them and as other programs read them.

use lockstep_analysis::Analysis;
use lockstep_analysis::change::events::{Event, EventKind};
use lockstep_analysis::profile::id::TaskId;
use serde::{Deserialize, Serialize};

use crate::report::rows::TaskRow;

/// An event as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// The name of its kind.
    pub kind: String,
    /// The id of the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What commands called the task at that time, where that is not its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of the phase, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The file and key of a counter, as `path#key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<String>,
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What the history keeps of what came about without a transaction.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sight {
    /// Whether the events do not happen but say what was there before all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub baseline: bool,
    /// Whose doing it is; absent where somebody changed files without Lockstep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What happened.
    pub events: Vec<EventRecord>,
    /// The files that changed with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl Sight {
    /// What somebody has done that changes no file.
    pub fn by(who: &str, events: Vec<EventRecord>) -> Sight {
        Sight { baseline: false, who: Some(who.to_owned()), events, files: Vec::new() }
    }
}

/// An event as other programs read it: one line of `lockstep watch --format json`, and the params of
/// `lockstep/event`. Members that do not apply are null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReport {
    /// Its number in the history of the workspace, from 1; 0 where it stands in none.
    pub seq: u64,
    /// When, as RFC 3339: of a transaction as it says, of anything else when it was noticed.
    pub time: String,
    /// The workspace's folder.
    pub workspace: String,
    /// The name of its kind.
    pub kind: String,
    /// What commands called the task at that time.
    pub task: Option<String>,
    /// The number of the phase, where it is about one.
    pub phase: Option<String>,
    /// The file and key of a counter, as `path#key`.
    pub counter: Option<String>,
    /// What it was.
    pub from: Option<String>,
    /// What it is.
    pub to: Option<String>,
    /// The files that changed with it, relative to the workspace.
    pub files: Vec<String>,
    /// Whose doing it is; `observed` where somebody changed files without Lockstep.
    pub origin: String,
    /// The transaction that brought it.
    pub transaction: Option<String>,
    /// The task as lists show it by what is on disk, as it is when this is told; null where it is about
    /// none, or where the task is gone.
    #[serde(default)]
    pub row: Option<TaskRow>,
}

impl EventRecord {
    /// The record of an event.
    pub fn new(event: &Event) -> EventRecord {
        let is_counter = event.kind == EventKind::CounterChanged;
        let part = || event.part.clone();
        EventRecord {
            kind: event.kind.name().to_owned(),
            task: Some(event.task.clone()).filter(|task| !task.is_empty()),
            name: Some(event.name.clone()).filter(|name| *name != event.task),
            phase: if is_counter { None } else { part() },
            counter: if is_counter { part() } else { None },
            from: event.from.clone(),
            to: event.to.clone(),
        }
    }

    /// The record of a claim of a task: who held it, and who does.
    pub fn of_claim(
        kind: &str,
        analysis: &Analysis,
        task: &TaskId,
        from: Option<String>,
        to: Option<String>,
    ) -> EventRecord {
        let name = analysis.name_of(task);
        EventRecord {
            kind: kind.to_owned(),
            task: Some(task.to_string()),
            name: Some(name).filter(|name| name != task.as_str()),
            phase: None,
            counter: None,
            from,
            to,
        }
    }

    /// The record of a transaction that is taken back.
    pub fn undone(transaction: &str) -> EventRecord {
        EventRecord::new(&Event {
            kind: EventKind::TransactionUndone,
            task: String::new(),
            name: String::new(),
            part: None,
            from: Some(transaction.to_owned()),
            to: None,
        })
    }

    /// The event; `None` where this version does not know its kind.
    pub fn event(&self) -> Option<Event> {
        Some(Event {
            kind: EventKind::parse(&self.kind)?,
            task: self.task.clone().unwrap_or_default(),
            name: self.name.clone().or_else(|| self.task.clone()).unwrap_or_default(),
            part: self.phase.clone().or_else(|| self.counter.clone()),
            from: self.from.clone(),
            to: self.to.clone(),
        })
    }
}
