//! The sessions, by each of the ways in which they can meet.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use lockstep::hub::Hub;
use lockstep_fixture::Sandbox;
use serde_json::{Value, json};

use super::events::{History, Listener};
use super::model::{Disk, Expected, Seen, published};
use crate::support::client::{TestClient, able, uri};
use crate::support::edit::Units;
use crate::support::editor::FILES;
use crate::support::report::{Chance, Summary, count};
use crate::support::workspaces;

/// How many editors there are.
const SESSIONS: usize = 8;

/// Far longer than it takes until all is quiet.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many steps are taken at a time: all at once, or one after the other.
const BURST: u64 = 20;

/// The longest time that can be set, in seconds.
const FOR_EVER: u64 = 24 * 60 * 60;

/// A file that no editor opens.
const MARK: &str = "specs/009_mark/plans/implementation-001.md";

const ENCODINGS: [&str; 3] = ["utf-8", "utf-16", "utf-32"];

/// One editor.
pub struct Session {
    pub client: TestClient,
    pub seen: Seen,
    pub units: Units,
    pub version: i32,
    /// What it is told of events.
    pub events: Listener,
    /// Whether its process is stopped.
    pub paused: bool,
}

impl Session {
    /// Fails where it is served by itself, of which the model knows nothing.
    pub fn check(&self) {
        let told = self.client.notifications.iter().map(|it| &it["params"]["message"]);
        let alone =
            told.filter(|it| it.as_str().is_some_and(|it| it.contains("serves this editor alone")));
        assert_eq!(alone.collect::<Vec<_>>(), [&Value::Null; 0]);
    }

    /// Waits until what was sent so far is taken in.
    pub async fn meet(&mut self) {
        self.check();
        loop {
            match self.client.request("lockstep/tasks", json!({})).await {
                Ok(_) => return,
                // The daemon has ended, and another one is there by now.
                Err(error) if error["code"] == -32801 => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Takes in the events that have come.
    pub fn hear(&mut self, history: &mut History<'_>) -> Result<(), String> {
        let all = std::mem::take(&mut self.client.notifications);
        let (told, others) = all.into_iter().partition(|it| it["method"] == "lockstep/event");
        self.client.notifications = others;
        let told: Vec<Value> = told;
        told.iter().try_for_each(|it| self.events.hear(&it["params"], history))
    }
}

/// How editors and commands meet.
pub trait Meeting {
    /// Another editor, before `initialize`.
    fn connect(&self) -> TestClient;

    /// What a command would run in the workspace; returns its transaction, if it made one.
    fn set(&self, sandbox: &Sandbox, task: &str, status: &str) -> Option<String>;

    /// Whether editors know of what others have not saved.
    fn shares(&self) -> bool;

    /// Somebody who watches from the first event on: waits for the next one.
    fn watch(&self, sandbox: &Sandbox) -> Box<dyn FnMut() -> Value>;

    /// The process that serves all of them, where there is one.
    fn server(&self) -> Option<u32> {
        None
    }

    /// What the server has told of itself, for whoever looks at a failure.
    fn log(&self) -> String {
        String::new()
    }

    /// Something bad happens, and something else while the server stands still, if it does. Returns
    /// whether it is gone then.
    fn disturb(&self, _meanwhile: &mut dyn FnMut()) -> bool {
        false
    }
}

/// All of it.
pub struct Run<'a> {
    pub sandbox: &'a Sandbox,
    pub meeting: &'a dyn Meeting,
    pub chance: Chance,
    pub sessions: Vec<Session>,
    pub disk: Disk,
    pub history: History<'a>,
    /// The process that serves, as far as it is known.
    pub server: Option<u32>,
    /// How often all was quiet.
    n_quiet: u32,
    /// How many findings were compared about what editors hold, by rule.
    compared: BTreeMap<String, usize>,
    /// How many of them hung on what a server had seen at the same time, which nobody can know.
    n_undecided: usize,
    /// How many editors were started anew, so that it is known what their servers know.
    n_anew: usize,
    /// How many came while something happened, so that they were told of it or not.
    n_amid: usize,
    /// Somebody who watches, by its next event, and what it is told.
    watch: (Box<dyn FnMut() -> Value>, Listener),
    /// Transactions that were acknowledged.
    pub committed: BTreeSet<String>,
    /// Words that were saved, and are on disk unless somebody saved without them.
    pub words: BTreeSet<(String, String)>,
    pub n_words: u32,
    /// Where the last step was.
    pub place: (usize, &'static str),
    /// What was done last, for whoever looks at a failure.
    pub trace: Vec<String>,
}

/// Does steps by chance, and looks from time to time whether all is as it should be.
pub async fn run(name: &'static str, meeting: &dyn Meeting, quick: u64, long: u64) {
    let chance = Chance::new();
    let summary = Summary::new(name, &chance);
    let sandbox = workspaces::login();
    mark(&sandbox, 0);
    let first = meeting.set(&sandbox, "7", "implementing").expect("it is committed");
    let mut run = Run {
        sandbox: &sandbox,
        meeting,
        chance,
        sessions: Vec::new(),
        disk: Disk::new(&sandbox),
        history: History::new(&sandbox),
        server: None,
        n_quiet: 0,
        compared: BTreeMap::new(),
        n_undecided: 0,
        n_anew: 0,
        n_amid: 0,
        watch: (meeting.watch(&sandbox), Listener::new(0, 0)),
        committed: BTreeSet::from([first]),
        words: BTreeSet::new(),
        n_words: 0,
        place: (0, FILES[0]),
        trace: Vec::new(),
    };
    for at in 0..SESSIONS {
        let session = run.join(at).await;
        run.sessions.push(session);
    }
    run.be_quiet().await;
    let steps = count(quick, long);
    let mut is_calm = false;
    for step in 0..steps {
        run.step().await;
        if is_calm || step % BURST == BURST - 1 {
            run.be_quiet().await;
        }
        if step % BURST == BURST - 1 {
            is_calm = run.chance.below(6) == 0;
        }
    }
    run.be_quiet().await;
    run.check_transactions();
    let n_committed = run.committed.len();
    let summary = summary.with("steps", steps).with("transactions", n_committed);
    let summary = summary.with("events", run.history.n_events());
    let compared = |summary: Summary, (rule, n): (&String, &usize)| summary.with(rule, n);
    let summary = run.compared.iter().fold(summary, compared);
    summary
        .with("undecided", run.n_undecided)
        .with("editors anew", run.n_anew)
        .with("editors amid events", run.n_amid)
        .tell();
}

impl Run<'_> {
    /// Editor number `at`, connected anew.
    pub async fn join(&mut self, at: usize) -> Session {
        self.hear();
        // What somebody has been told has happened, and is told to nobody who comes.
        let told = self.sessions.iter().map(|it| it.events.last());
        let missed = told.max().unwrap_or_else(|| self.history.n_events());
        let encoding = ENCODINGS[at % ENCODINGS.len()];
        let (name, waits) = (format!("Editor {at}"), at % 2 == 1);
        let mut capabilities = able();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut client = self.meeting.connect();
        client
            .initialize(json!({
                "capabilities": capabilities,
                "clientInfo": {"name": name},
                "initializationOptions": {
                    "offerSeconds": FOR_EVER,
                    "arrivalSeconds": if waits { FOR_EVER } else { 0 },
                    "rereadSeconds": 0,
                },
                "workspaceFolders": [{"uri": uri(self.sandbox.path()), "name": "root"}],
            }))
            .await;
        let units = Units::named(encoding);
        let seen = Seen::new(self.sandbox, &name, units, waits);
        let events = Listener::new(missed, missed);
        let mut session = Session { client, seen, units, version: 1, events, paused: false };
        session.meet().await;
        // It is there, and told of whatever happens next.
        self.history.read();
        session.events = Listener::new(missed, self.history.n_events());
        self.n_amid += usize::from(!session.events.is_decided());
        session
    }

    /// Brings the model up to date.
    pub fn look(&mut self) {
        self.disk.look(self.sandbox);
        for session in &mut self.sessions {
            session.seen.look(&self.disk);
        }
        if !self.meeting.shares() {
            return;
        }
        let unsaved = |session: &Session| session.seen.unsaved(&self.disk);
        let all: Vec<_> = self.sessions.iter().map(unsaved).collect();
        for (at, session) in self.sessions.iter_mut().enumerate() {
            let others = all.iter().enumerate().filter(|(other, _)| *other != at);
            session.seen.see(others.flat_map(|(_, texts)| texts.clone()).collect());
        }
    }

    /// Waits until every session has been told what the model says. Where that hangs on what its
    /// server has seen on the way, the editor is started anew, and all are compared once more.
    pub async fn be_quiet(&mut self) {
        self.resume();
        self.check_server();
        self.compare().await;
        let undecided: Vec<usize> =
            (0..SESSIONS).filter(|at| !self.sessions[*at].seen.is_decided()).collect();
        if !undecided.is_empty() {
            self.n_anew += undecided.len();
            for at in undecided {
                self.come_back(at).await;
            }
            let n_undecided = self.n_undecided;
            self.compare().await;
            assert_eq!(self.n_undecided, n_undecided);
        }
        for (path, word) in &self.words {
            assert!(self.sandbox.read(path).contains(word), "{word} is gone from {path}");
        }
    }

    /// Fails where the server is another one and nobody has ended it, as where the program is built
    /// anew: the model does not know what that one forgets.
    pub fn check_server(&mut self) {
        let now = self.meeting.server();
        let is_known = now.is_none() || self.server.is_none() || self.server == now;
        assert!(is_known, "another daemon has taken over");
        self.server = now.or(self.server);
    }

    /// Waits until every session has been told what the model says and what has happened, and has the
    /// model settle.
    async fn compare(&mut self) {
        // A server that has just taken over may not have heard yet what editors hold: what they were
        // told before may be just what they are to be told now.
        for session in &mut self.sessions {
            session.meet().await;
        }
        // Whoever has changed nothing shows what is on disk after a moment.
        self.look();
        for at in 0..self.sessions.len() {
            for path in self.sessions[at].seen.unread(&self.disk) {
                self.reload(at, &path).await;
            }
        }
        // First by what has happened, and then by something more, after which nothing before it is
        // still to be told.
        self.look();
        self.sessions.iter_mut().for_each(|session| session.seen.doubt(&self.disk));
        self.until_told(None).await;
        self.n_quiet += 1;
        mark(self.sandbox, self.n_quiet);
        self.look();
        for expected in self.until_told(Some(self.n_quiet)).await {
            let (certain, n_undecided) = expected.certainty();
            for rule in certain {
                *self.compared.entry(rule.to_owned()).or_default() += 1;
            }
            self.n_undecided += n_undecided;
        }
        for session in &mut self.sessions {
            session.seen.settle(&self.disk);
        }
        self.disk.settle();
        self.until_heard().await;
    }

    /// Waits until every session has been told what the model says, and of this mark. Returns what
    /// that is.
    async fn until_told(&mut self, mark: Option<u32>) -> Vec<Expected> {
        let path = self.sandbox.join(MARK);
        let number = mark.map(|number| format!("[QUIET {number}]")).unwrap_or_default();
        let is_marked = |all: &[Value]| {
            all.iter().any(|it| it["message"].as_str().is_some_and(|it| it.contains(&number)))
        };
        let mut all = Vec::new();
        for session in &mut self.sessions {
            session.client.diagnostics_until(&path, is_marked).await;
            let expected = session.seen.expected(&self.disk);
            let began = Instant::now();
            loop {
                let told = published(self.sandbox, &session.client.diagnostics);
                if expected.agrees(&told) {
                    break;
                }
                assert!(began.elapsed() < PATIENCE, "{}", expected.difference(&told));
                session.meet().await;
            }
            all.push(expected);
        }
        all
    }

    /// Takes in the events that editors were told of.
    fn hear(&mut self) {
        for (at, session) in self.sessions.iter_mut().enumerate() {
            let heard = session.hear(&mut self.history);
            heard.unwrap_or_else(|error| panic!("editor {at} is {error}"));
        }
    }

    /// Waits until the history tells of what there is, and everybody was told what it tells.
    async fn until_heard(&mut self) {
        let began = Instant::now();
        let is_late = || began.elapsed() > PATIENCE;
        while let Some(difference) = self.history.difference() {
            assert!(!is_late(), "{difference}");
            self.sessions[0].meet().await;
        }
        for at in 0..SESSIONS {
            self.hear();
            while !self.sessions[at].events.knows(&self.history) {
                let n = self.history.n_events();
                let next = self.sessions[at].events.last() + 1;
                assert!(!is_late(), "editor {at} is not told of {next} of {n}");
                self.sessions[at].meet().await;
                self.hear();
            }
        }
        let (next, listener) = &mut self.watch;
        while !listener.knows(&self.history) {
            let heard = listener.hear(&next(), &mut self.history);
            heard.unwrap_or_else(|error| panic!("who watches is {error}"));
        }
    }

    /// Whether the history has every transaction once.
    fn check_transactions(&self) {
        let ids = &self.history.transactions;
        let once: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), once.len(), "a transaction is there twice");
        let missing: Vec<_> = self.committed.iter().filter(|id| !once.contains(id)).collect();
        assert!(missing.is_empty(), "lost: {missing:?}");
    }
}

impl Drop for Run<'_> {
    /// Says what led to a failure.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("after\n{}\n{}", self.trace.join("\n"), self.meeting.log());
        }
    }
}

/// Writes what all are told of once they have seen whatever was written before. It is no event.
fn mark(sandbox: &Sandbox, number: u32) {
    let plan = format!("# Implementation Plan: Mark\n\n- **Status**: [QUIET {number}]\n");
    sandbox.write(MARK, plan);
}

pub mod meetings;

/// Sessions in this process.
#[tokio::test]
async fn in_one_process() {
    let hub = Hub::start();
    run("sessions in one process", &meetings::Here(hub), 60, 2000).await;
}

/// A process for each session: they meet by the disk only.
#[tokio::test]
async fn in_processes_of_their_own() {
    run("sessions in processes of their own", &meetings::Apart, 40, 2000).await;
}

/// Sessions of the daemon, which is killed from time to time.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn through_the_daemon() {
    run("sessions through the daemon", &meetings::Daemon::new(), 60, 2000).await;
}
