//! The ways in which editors and commands can meet.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use lockstep::daemon::address::OFF_VARIABLE;
use lockstep::hub::Hub;
use lockstep::hub::subscribers::{Notice, Subscription};
use lockstep::workspace::commit::{self, CommitAction, CommitRequest};
use lockstep::workspace::order::{Deed, Done, Order};
use lockstep_fixture::Sandbox;
use serde_json::{Value, json};

use super::{Meeting, PATIENCE};
use crate::support::client::TestClient;
#[cfg(target_os = "linux")]
use crate::support::daemon;
use crate::support::watch::Watch;

/// In one process.
pub struct Here(pub Hub);

impl Meeting for Here {
    fn connect(&self) -> TestClient {
        TestClient::connect_to(&self.0)
    }

    fn set(&self, sandbox: &Sandbox, task: &str, status: &str) -> Option<String> {
        let action = CommitAction::Set {
            tasks: vec![task.to_owned()],
            status: status.to_owned(),
            phase: None,
            from: None,
            reason: Some("because".to_owned()),
            to_fill_in: false,
            tick: false,
            stay: false,
            force: true,
            atomic: false,
        };
        let request = CommitRequest { at: "2026-01-02T03:04:05Z".to_owned(), action };
        let order = Order::new(sandbox.path(), commit::user(), Deed::CarryOut(request));
        match self.0.carry_out(&order, &|_| {}) {
            Ok(Done::CarriedOut(report)) => report.transaction,
            _ => None,
        }
    }

    fn watch(&self, sandbox: &Sandbox) -> Box<dyn FnMut() -> Value> {
        let root = sandbox.path().canonicalize().expect("a folder");
        let mut told = self.0.subscribe(Subscription { root, since: Some(0) });
        Box::new(move || {
            let began = Instant::now();
            loop {
                if let Ok(Notice::Event(event)) = told.try_recv() {
                    return json!(event);
                }
                assert!(began.elapsed() < PATIENCE, "nothing more is told");
                std::thread::yield_now();
            }
        })
    }

    fn shares(&self) -> bool {
        true
    }
}

/// Each in a process of its own.
pub struct Apart;

impl Meeting for Apart {
    fn connect(&self) -> TestClient {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.args(["lsp", "--in-process"]);
        TestClient::spawn(command)
    }

    fn set(&self, sandbox: &Sandbox, task: &str, status: &str) -> Option<String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.arg("--no-daemon");
        set(command, sandbox.path(), task, status)
    }

    fn watch(&self, sandbox: &Sandbox) -> Box<dyn FnMut() -> Value> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
        command.env(OFF_VARIABLE, "1");
        watch(command, sandbox.path())
    }

    fn shares(&self) -> bool {
        false
    }
}

/// By the daemon.
#[cfg(target_os = "linux")]
pub struct Daemon {
    meeting: daemon::Meeting,
    /// Fronts go without a daemon that ends too often.
    kills_left: std::cell::Cell<u32>,
}

#[cfg(target_os = "linux")]
impl Daemon {
    pub fn new() -> Daemon {
        let meeting = daemon::Meeting::new();
        Daemon { meeting, kills_left: std::cell::Cell::new(4) }
    }
}

#[cfg(target_os = "linux")]
impl Meeting for Daemon {
    fn connect(&self) -> TestClient {
        self.meeting.editor()
    }

    fn set(&self, sandbox: &Sandbox, task: &str, status: &str) -> Option<String> {
        set(self.meeting.lockstep(&[]), sandbox.path(), task, status)
    }

    fn watch(&self, sandbox: &Sandbox) -> Box<dyn FnMut() -> Value> {
        watch(self.meeting.lockstep(&[]), sandbox.path())
    }

    fn shares(&self) -> bool {
        true
    }

    fn server(&self) -> Option<u32> {
        match self.meeting.daemons()[..] {
            [pid] => Some(pid),
            _ => None,
        }
    }

    fn log(&self) -> String {
        let path = self.meeting.folder().join("lockstep.log");
        std::fs::read_to_string(path).unwrap_or_default()
    }

    fn disturb(&self, meanwhile: &mut dyn FnMut()) -> bool {
        let Some(left) = self.kills_left.get().checked_sub(1) else { return false };
        self.kills_left.set(left);
        let daemons = self.meeting.daemons();
        let stop = |pid: &u32| daemon::send(*pid, rustix::process::Signal::STOP);
        daemons.iter().for_each(stop);
        meanwhile();
        daemons.iter().for_each(|pid| daemon::kill(*pid));
        !daemons.is_empty()
    }
}

/// Runs `lockstep watch`.
fn watch(mut command: Command, root: &Path) -> Box<dyn FnMut() -> Value> {
    command.current_dir(root);
    let mut watch = Watch::start(command, 0);
    Box::new(move || watch.next())
}

/// Runs the command.
fn set(mut command: Command, root: &Path, task: &str, status: &str) -> Option<String> {
    command.args(["set", task, status, "--force", "--reason", "because", "--format", "json"]);
    let output = command.current_dir(root).stdin(Stdio::null()).output().expect("the binary runs");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    answer["transaction"].as_str().map(str::to_owned)
}
