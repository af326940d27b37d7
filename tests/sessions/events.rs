//! What has happened: as the history has it, and as everybody is told.

use std::ops::RangeInclusive;

use lockstep::workspace::events::{EventRecord, EventReport};
use lockstep::workspace::local::LocalWorkspace;
use lockstep_analysis::change::events::KnownTasks;
use lockstep_fixture::Sandbox;
use serde_json::{Value, json};

/// The history of the workspace, as far as it is read.
pub struct History<'a> {
    sandbox: &'a Sandbox,
    /// How many bytes of it are read.
    end: usize,
    /// Every event, as everybody must be told.
    events: Vec<Value>,
    /// The transactions, in order.
    pub transactions: Vec<String>,
    /// What the workspace is by its events.
    known: KnownTasks,
    /// The workspace as it is.
    workspace: LocalWorkspace,
}

impl<'a> History<'a> {
    /// The history so far, by which the workspace is what it is.
    pub fn new(sandbox: &'a Sandbox) -> History<'a> {
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let (events, transactions, known) = (Vec::new(), Vec::new(), KnownTasks::default());
        let mut history = History { sandbox, end: 0, events, transactions, known, workspace };
        history.read();
        history.known = KnownTasks::of(history.workspace.analysis());
        history
    }

    /// Reads what is new.
    pub fn read(&mut self) {
        let text = self.sandbox.read(".lockstep/log.jsonl");
        let new = &text[self.end..];
        // The rest of a line is still being written.
        let whole = new.rfind('\n').map_or(0, |at| at + 1);
        self.end += whole;
        for line in new[..whole].lines() {
            self.take(&serde_json::from_str(line).expect("a line of JSON"));
        }
    }

    fn take(&mut self, line: &Value) {
        let transaction = line["id"].as_str().map(str::to_owned);
        let what = if transaction.is_some() { &line["what"] } else { &line["observed"] };
        if !what["baseline"].is_null() {
            return;
        }
        let text = |it: &Value| it.as_str().expect("a text").to_owned();
        let list = |it: &Value| it.as_array().into_iter().flatten().cloned().collect::<Vec<_>>();
        let files: Vec<String> = match transaction {
            Some(_) => list(&line["files"]).iter().map(|file| text(&file["path"])).collect(),
            None => list(&what["files"]).iter().map(text).collect(),
        };
        let origin = transaction.as_ref().map_or("observed".to_owned(), |_| text(&line["who"]));
        let root = self.sandbox.path().canonicalize().expect("a folder");
        for event in list(&what["events"]) {
            let record: EventRecord = serde_json::from_value(event).expect("an event");
            self.known.take(&record.event().expect("a kind that is known"));
            let EventRecord { kind, task, name, phase, counter, from, to } = record;
            let told = EventReport {
                seq: self.n_events() + 1,
                time: text(&line["when"]),
                workspace: root.display().to_string(),
                kind,
                task: name.or(task),
                phase,
                counter,
                from,
                to,
                files: files.clone(),
                origin: origin.clone(),
                transaction: transaction.clone(),
                row: None,
            };
            self.events.push(json!(told));
        }
        self.transactions.extend(transaction);
    }

    /// How many events there are.
    pub fn n_events(&self) -> u64 {
        self.events.len() as u64
    }

    /// How what there is differs from what has happened, if it does. Reads both.
    pub fn difference(&mut self) -> Option<String> {
        self.read();
        self.workspace.rescan();
        let there = KnownTasks::of(self.workspace.analysis());
        let known = &self.known;
        (*known != there).then(|| format!("by the history {known:#?}, on disk {there:#?}"))
    }
}

/// Somebody who is told of each event after some time, once and in order.
pub struct Listener {
    /// The number of the next that it is told: more than one where something may have happened while
    /// it came.
    next: RangeInclusive<u64>,
}

impl Listener {
    /// Somebody who came after event number `missed`, and was there before number `last` was followed
    /// by another.
    pub fn new(missed: u64, last: u64) -> Listener {
        Listener { next: missed + 1..=last + 1 }
    }

    /// Whether it is known which event it is told next.
    pub fn is_decided(&self) -> bool {
        self.next.start() == self.next.end()
    }

    /// The number of the last event that it knows, or need not know.
    pub fn last(&self) -> u64 {
        self.next.start() - 1
    }

    /// It is told of an event, which must be in the history by then.
    pub fn hear(&mut self, event: &Value, history: &mut History<'_>) -> Result<(), String> {
        history.read();
        let number = event["seq"].as_u64().unwrap_or_default();
        if !self.next.contains(&number) {
            return Err(format!("told {event:#} in the place of number {:?}", self.next));
        }
        let known = number.checked_sub(1).and_then(|at| history.events.get(at as usize));
        // Of the task as it is by now the history says nothing.
        let mut told = event.clone();
        told["row"] = Value::Null;
        if known != Some(&told) {
            return Err(format!("told {event:#}, where the history says {known:#?}"));
        }
        self.next = number + 1..=number + 1;
        Ok(())
    }

    /// Whether it was told of all that the history has.
    pub fn knows(&self, history: &History<'_>) -> bool {
        self.next.contains(&(history.n_events() + 1))
    }
}
