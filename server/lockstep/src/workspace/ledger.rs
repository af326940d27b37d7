//! The events of one workspace, numbered. What the history of the workspace tells is told once, in its
//! order; what somebody did without Lockstep is noticed by comparing, and added to the history first.
//! So whoever reads the history from its start knows the same events under the same numbers, and
//! whoever begins to watch notices what happened while nobody did.
//!
//! A workspace that Lockstep has never changed has no history, and none is begun for it: its events
//! have no number, and are forgotten. What were numbered here would be another event's number in the
//! history that is begun later.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lockstep_analysis::Analysis;
use lockstep_analysis::change::events::{Event, EventKind, KnownTasks, name_removed, touched};
use lockstep_analysis::operation::{self, Meant};
use lockstep_analysis::profile::id::TaskId;
use lockstep_store::history::{self, HistoryEntry, Mark, News, Observed, RecordedOperation};
use lockstep_store::path::STORE_FOLDER;
use lockstep_store::store::Store;

use crate::report::rows::TaskRow;
use crate::workspace::commit::{self, Claims, Interim, Recorded};
use crate::workspace::events::{EventRecord, EventReport, Sight};
use crate::workspace::local::LocalWorkspace;

/// How many events are kept at hand for those who begin to watch.
const RECENT: usize = 1024;

/// Who did what nobody told of.
const OBSERVED: &str = "observed";

/// The events of one workspace.
#[derive(Debug)]
pub struct Ledger {
    root: PathBuf,
    /// Where the history is, once there is one.
    store: Option<Store>,
    /// How far it is read.
    mark: Mark,
    /// Whether it says what was there before the first event.
    has_baseline: bool,
    /// What the workspace is by the events so far.
    known: KnownTasks,
    /// The number of the latest event in the history.
    seq: u64,
    /// The workspace as it was looked at last.
    last: Analysis,
    /// Tasks that may be other than is known.
    open: BTreeSet<TaskId>,
    /// What commands called those of them that are gone.
    gone: BTreeMap<TaskId, String>,
    recent: VecDeque<Arc<EventReport>>,
}

/// What came of a look at the workspace.
#[derive(Debug, Default)]
pub struct Followed {
    /// What is new, in order.
    pub events: Vec<Arc<EventReport>>,
    /// What whoever works there is to know, though nothing is kept from being done.
    pub warnings: Vec<String>,
    /// Whether somebody is at work, so that another look is due a little later.
    pub again: bool,
}

impl Ledger {
    /// The ledger of a workspace. Nothing on disk changes by this; what happened while nobody
    /// watched is told by the first [`Ledger::follow`].
    pub fn new(workspace: &LocalWorkspace) -> Ledger {
        let analysis = workspace.analysis();
        let mut ledger = Ledger {
            root: workspace.folder().to_owned(),
            store: None,
            mark: Mark::default(),
            has_baseline: false,
            known: KnownTasks::default(),
            seq: 0,
            last: analysis.clone(),
            open: analysis.index.tasks.keys().cloned().collect(),
            gone: BTreeMap::new(),
            recent: VecDeque::new(),
        };
        if ledger.opens_history() {
            ledger.read_history(&mut drop);
            ledger.open.extend(ledger.known.tasks.keys().map(|id| TaskId::new(id)));
        }
        if !ledger.has_baseline {
            ledger.known = KnownTasks::of(analysis);
        }
        ledger
    }

    /// Tells what has happened since the last look. `now` is the time, as RFC 3339.
    pub fn follow(&mut self, workspace: &mut LocalWorkspace, now: &str) -> Followed {
        if !self.store.as_ref().is_some_and(is_kept) {
            // Somebody has cleared it away, and none is begun for what is only observed.
            self.store = None;
            self.begin_anew();
        }
        let has_history = self.store.is_some() || self.opens_history();
        let mut followed = Followed::default();
        if has_history {
            self.read_history(&mut |event| followed.events.push(event));
        }
        self.look_at(workspace.analysis());
        let found = self.differences();
        if has_history {
            if !found.is_empty() || !self.has_baseline {
                self.record(workspace, now, &mut followed);
            }
        } else {
            followed.events.extend(self.tell_unnumbered(&found, now));
        }
        if !followed.again {
            self.open.clear();
            self.gone.clear();
        }
        followed.events = self.with_rows(followed.events);
        followed
    }

    /// The events after number `seq`, as far as they are at hand or in the history.
    pub fn since(&self, seq: u64) -> Vec<Arc<EventReport>> {
        let first = self.recent.front().map_or(self.seq + 1, |event| event.seq);
        let Some(store) = self.store.as_ref().filter(|_| first > seq + 1) else {
            let recent = self.recent.iter().filter(|event| event.seq > seq);
            return self.with_rows(recent.cloned().collect());
        };
        let mut all = Ledger {
            root: self.root.clone(),
            store: Some(store.clone()),
            mark: Mark::default(),
            has_baseline: false,
            known: KnownTasks::default(),
            seq: 0,
            last: self.last.clone(),
            open: BTreeSet::new(),
            gone: BTreeMap::new(),
            recent: VecDeque::new(),
        };
        let mut events = Vec::new();
        all.read_history(&mut |event| {
            if event.seq > seq && event.seq <= self.seq {
                events.push(event);
            }
        });
        self.with_rows(events)
    }

    /// The number of the latest event.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What the workspace is now, and is not known of the tasks in question.
    fn differences(&self) -> Vec<Event> {
        let mut found = self.known.differences(&self.last, &self.open);
        let name = |id: &TaskId| self.gone.get(id).map_or(id.as_str(), String::as_str).to_owned();
        name_removed(&mut found, &name);
        found
    }

    fn look_at(&mut self, analysis: &Analysis) {
        if !Arc::ptr_eq(&self.last.index, &analysis.index) {
            let touched = touched(&self.last, analysis);
            let was = self.last.index.clone();
            let is_gone =
                |id: &&TaskId| was.tasks.contains_key(id) && !analysis.index.tasks.contains_key(id);
            let gone = touched.iter().filter(is_gone);
            self.gone.extend(gone.map(|id| (id.clone(), self.last.name_of(id).to_owned())));
            self.open.extend(touched);
            self.last = analysis.clone();
        }
    }

    fn opens_history(&mut self) -> bool {
        if !self.root.join(STORE_FOLDER).is_dir() {
            return false;
        }
        match commit::open_store(&self.root) {
            Ok(store) => self.store = Some(store).filter(is_kept),
            Err(error) => tracing::warn!(%error, "cannot read the history"),
        }
        self.store.is_some()
    }

    /// Reads what is new in the history, and tells of it.
    fn read_history(&mut self, tell: &mut dyn FnMut(Arc<EventReport>)) {
        let Some(store) = self.store.clone() else { return };
        let mut mark = self.mark.clone();
        let read = history::read_on(&store, &mut mark, &mut |news| match news {
            News::Anew => self.begin_anew(),
            News::HistoryEntry(entry) => self.read_entry(entry).into_iter().for_each(&mut *tell),
        });
        match read {
            Ok(()) => self.mark = mark,
            Err(error) => tracing::warn!(%error, "cannot read the history"),
        }
    }

    fn read_entry(&mut self, entry: HistoryEntry) -> Vec<Arc<EventReport>> {
        match entry {
            HistoryEntry::RecordedOperation(operation) => self.read_operation(&operation),
            HistoryEntry::Observed(observed) => {
                let Ok(sight) = serde_json::from_value::<Sight>(observed.observed) else {
                    return Vec::new();
                };
                let events: Vec<Event> =
                    sight.events.iter().filter_map(EventRecord::event).collect();
                if !sight.baseline {
                    self.open.extend(events.iter().map(|event| TaskId::new(&event.task)));
                    let who = sight.who.as_deref().unwrap_or(OBSERVED);
                    return self.tell(&events, &observed.when, who, None, &sight.files);
                }
                self.has_baseline = true;
                self.known = KnownTasks::default();
                events.iter().for_each(|event| self.known.take(event));
                Vec::new()
            }
        }
    }

    fn read_operation(&mut self, operation: &RecordedOperation) -> Vec<Arc<EventReport>> {
        let Some(recorded) = Recorded::of(operation) else { return Vec::new() };
        let events: Vec<Event> = recorded.events.iter().filter_map(EventRecord::event).collect();
        self.open.extend(events.iter().map(|event| TaskId::new(&event.task)));
        let files: Vec<String> = operation.files.iter().map(|file| file.path.clone()).collect();
        let note = &operation.note;
        self.tell(&events, &note.when, &note.who, Some(&operation.id), &files)
    }

    /// Adds to the history what it does not say. It is looked at again under the lock: only then is
    /// it certain that no transaction explains it.
    fn record(&mut self, workspace: &mut LocalWorkspace, now: &str, followed: &mut Followed) {
        let Some(store) = self.store.clone() else { return };
        let warnings = RefCell::new(Vec::new());
        let tell = |told| {
            if let Interim::Warning(warning) = &told {
                warnings.borrow_mut().push(warning.clone());
            }
            Interim::log(told);
        };
        let locked = commit::begin(&[&store], Duration::ZERO, &tell);
        followed.warnings.append(&mut warnings.take());
        let locked = match locked {
            Ok(locked) => locked,
            Err(error) if error.is_conflict() => {
                followed.again = true;
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot add events to the history");
                let found = self.differences();
                followed.events.extend(self.tell_unnumbered(&found, now));
                return;
            }
        };
        self.read_history(&mut |event| followed.events.push(event));
        let paths = self.paths();
        if !workspace.refresh_whole(paths.iter().map(String::as_str)).is_empty() {
            followed.again = true;
            return;
        }
        self.look_at(workspace.analysis());
        let found = self.differences();
        let mut sights = Vec::new();
        if !found.is_empty() {
            sights.push(self.sight(false, &found));
        }
        if !self.has_baseline {
            let all = self.last.index.tasks.keys().cloned().collect();
            let events = KnownTasks::default().differences(&self.last, &all);
            sights.push(self.sight(true, &events));
        }
        for sight in sights {
            let Ok(observed) = serde_json::to_value(&sight) else { continue };
            if let Err(error) = locked.observe(&Observed { when: now.to_owned(), observed }) {
                tracing::warn!(%error, "cannot add events to the history");
                if !sight.baseline {
                    followed.events.extend(self.tell_unnumbered(&found, now));
                }
            }
        }
        self.read_history(&mut |event| followed.events.push(event));
    }

    fn sight(&self, baseline: bool, events: &[Event]) -> Sight {
        let files = if baseline { Vec::new() } else { self.files(events) };
        let events = events.iter().map(EventRecord::new).collect();
        Sight { baseline, who: None, events, files }
    }

    /// Numbers events of the history and takes note of them.
    fn tell(
        &mut self,
        events: &[Event],
        time: &str,
        origin: &str,
        transaction: Option<&str>,
        files: &[String],
    ) -> Vec<Arc<EventReport>> {
        let mut told = Vec::new();
        for event in events {
            self.known.take(event);
            self.seq += 1;
            let mut report = self.report(event, time, origin, files);
            (report.seq, report.transaction) = (self.seq, transaction.map(str::to_owned));
            let report = Arc::new(report);
            if self.recent.len() == RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back(report.clone());
            told.push(report);
        }
        told
    }

    /// Takes note of what was observed and stands in no history.
    fn tell_unnumbered(&mut self, events: &[Event], now: &str) -> Vec<Arc<EventReport>> {
        events.iter().for_each(|event| self.known.take(event));
        let files = self.files(events);
        let reports = events.iter().map(|event| self.report(event, now, OBSERVED, &files));
        reports.map(Arc::new).collect()
    }

    fn report(&self, event: &Event, time: &str, origin: &str, files: &[String]) -> EventReport {
        let EventRecord { kind, task, name, phase, counter, from, to } = EventRecord::new(event);
        EventReport {
            seq: 0,
            time: time.to_owned(),
            workspace: self.root.to_string_lossy().into_owned(),
            kind,
            task: name.or(task),
            phase,
            counter,
            from,
            to,
            files: files.to_vec(),
            origin: origin.to_owned(),
            transaction: None,
            row: None,
        }
    }

    /// The same events, each with what lists show of its task now.
    fn with_rows(&self, mut events: Vec<Arc<EventReport>>) -> Vec<Arc<EventReport>> {
        let root = self.root.to_string_lossy();
        let claims = Claims::at(&self.root);
        let row = |name: &str| match operation::meant(&self.last, name) {
            Ok(Meant::Task(task)) => Some(claims.told(task, TaskRow::of(&self.last, &root, task))),
            _ => None,
        };
        let mut rows: BTreeMap<String, Option<TaskRow>> = BTreeMap::new();
        for event in &mut events {
            if let Some(name) = event.task.clone() {
                let row = rows.entry(name).or_insert_with_key(|name| row(name)).clone();
                Arc::make_mut(event).row = row;
            }
        }
        events
    }

    /// Forgets what a history has told that is there no more.
    fn begin_anew(&mut self) {
        (self.mark, self.has_baseline, self.seq) = (Mark::default(), false, 0);
        self.recent.clear();
    }

    /// The files in which the tasks of these events stand, and those of their counters.
    fn files(&self, events: &[Event]) -> Vec<String> {
        let index = &self.last.index;
        let mut files = BTreeSet::new();
        for event in events {
            if event.kind == EventKind::CounterChanged {
                let counter = event.part.as_deref().and_then(|part| part.split_once('#'));
                files.extend(counter.map(|(path, _)| path.to_owned()));
            }
            let Some(task) = index.tasks.get(&TaskId::new(&event.task)) else { continue };
            let places = task.places.iter().chain(task.plans.first());
            files.extend(places.map(|place| index.docs[place.doc].path.to_string()));
        }
        files.into_iter().collect()
    }

    /// Every file that says something of the tasks in question, or did.
    fn paths(&self) -> Vec<String> {
        let index = &self.last.index;
        let tasks = self.open.iter().filter_map(|id| index.tasks.get(id));
        let places = tasks.flat_map(|task| task.places.iter().chain(&task.past).chain(&task.plans));
        let docs: BTreeSet<usize> = places.map(|place| place.doc).collect();
        docs.into_iter().map(|doc| index.docs[doc].path.to_string()).collect()
    }
}

/// Whether a store has a folder of its own; one that came with a repository is none.
fn is_kept(store: &Store) -> bool {
    store.is_kept().unwrap_or_else(|error| {
        tracing::debug!(%error, "no history");
        false
    })
}

#[cfg(test)]
mod tests;
