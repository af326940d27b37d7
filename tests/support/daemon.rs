//! A daemon of a test's own. The user's daemon is never met: every program that a test runs is told
//! of another folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lockstep::daemon::address::{FOLDER_VARIABLE, OFF_VARIABLE};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::client::{TestClient, able, uri};

/// Far longer than anything takes.
const DEADLINE: Duration = Duration::from_secs(30);

/// Where a daemon can be met that nobody else meets. Whatever runs there ends with this.
pub struct Meeting {
    _dir: tempfile::TempDir,
    folder: PathBuf,
}

impl Meeting {
    /// A place whose folder is made when it is needed.
    pub fn new() -> Meeting {
        Meeting::below("daemon")
    }

    /// A place whose folder lies in a temporary one, under this name.
    pub fn below(name: &str) -> Meeting {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().canonicalize().expect("the temporary folder").join(name);
        Meeting { _dir: dir, folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program that meets the daemon here.
    pub fn run(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env(FOLDER_VARIABLE, &self.folder).env_remove(OFF_VARIABLE);
        command
    }

    /// The binary.
    pub fn lockstep(&self, arguments: &[&str]) -> Command {
        self.run(Path::new(env!("CARGO_BIN_EXE_lockstep")), arguments)
    }

    /// What `lockstep daemon` prints as JSON, with its exit code.
    pub fn ask(&self, subcommand: &str) -> (Value, i32) {
        let mut command = self.lockstep(&["daemon", subcommand, "--format", "json"]);
        let output = command.stdin(Stdio::null()).output().expect("the binary runs");
        let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{error}: {output:?}");
        });
        (answer, output.status.code().expect("an exit code"))
    }

    /// The process of the daemon, which there is.
    pub fn pid(&self) -> u32 {
        let (status, _) = self.ask("status");
        status["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok()).expect("a daemon")
    }

    /// Sends the daemon a signal.
    pub fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// The daemons that meet here, by their processes.
    pub fn daemons(&self) -> Vec<u32> {
        let variable = format!("{FOLDER_VARIABLE}={}", self.folder.display());
        let is_daemon = |pid: &u32| {
            let holds = |file: &str, text: &str| {
                let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
                String::from_utf8_lossy(&bytes).split('\0').any(|it| it == text)
            };
            holds("environ", &variable) && holds("cmdline", "daemon") && holds("cmdline", "run")
        };
        let processes = fs::read_dir("/proc").expect("Linux").flatten();
        let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(is_daemon).collect()
    }

    /// An editor that has started `lockstep lsp`, before `initialize`.
    pub fn editor(&self) -> TestClient {
        TestClient::spawn(self.lockstep(&["lsp"]))
    }

    /// An editor in a workspace, initialized.
    pub async fn editor_in(&self, root: &Path) -> TestClient {
        let mut editor = self.editor();
        editor.initialize(params(root)).await;
        editor
    }
}

impl Drop for Meeting {
    fn drop(&mut self) {
        for pid in self.daemons() {
            kill(pid);
        }
    }
}

/// What an editor in a workspace says first.
pub fn params(root: &Path) -> Value {
    let folder = json!({"uri": uri(root), "name": "root"});
    json!({
        "capabilities": able(),
        "clientInfo": {"name": "Test"},
        "workspaceFolders": [folder],
    })
}

/// Kills a process, and waits until it holds nothing any more.
pub fn kill(pid: u32) {
    send(pid, Signal::KILL);
    until("the process has ended", || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(") ").next().is_none_or(|state| !state.starts_with(['R', 'S', 'D', 'T']))
    });
}

/// Sends a process a signal.
pub fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process");
    // It may have ended.
    let _ = kill_process(pid, signal);
    if signal == Signal::STOP {
        // A thread that runs on another processor goes on for a moment.
        until("it stands still", || is_still(pid.as_raw_nonzero().get()));
    }
}

/// Whether no thread of a process runs: each is stopped, or the process has ended.
fn is_still(pid: i32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return true };
    threads.flatten().all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
        state.is_none_or(|state| matches!(state, 'T' | 't' | 'Z' | 'X'))
    })
}

/// Waits for what happens in other processes.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < DEADLINE, "waited in vain: {what}");
        std::thread::yield_now();
    }
}
