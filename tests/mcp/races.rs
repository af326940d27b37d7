//! Many agents for one task, by the command line and by tools at once: one wins, and the others are told.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::daemon::Meeting;
use crate::support::mcp::Mcp;
use crate::support::workspaces;

/// How many take part.
const AGENTS: usize = 20;

/// What each of them came to, as a code; none for the winner.
fn race(act: impl Fn(usize) -> Option<String> + Sync) -> Vec<Option<String>> {
    let start = Barrier::new(AGENTS);
    std::thread::scope(|scope| {
        let run = |at: usize| {
            let (start, act) = (&start, &act);
            scope.spawn(move || {
                start.wait();
                act(at)
            })
        };
        let agents: Vec<_> = (0..AGENTS).map(run).collect();
        agents.into_iter().map(|agent| agent.join().expect("it ends")).collect()
    })
}

fn command(meeting: &Meeting, root: &Path, arguments: &[&str]) -> Command {
    let mut command = meeting.lockstep(arguments);
    command.current_dir(root).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// The answer of a command as JSON.
fn told(meeting: &Meeting, root: &Path, arguments: &[&str]) -> Value {
    let mut command = command(meeting, root, arguments);
    let output = command.args(["--format", "json"]).output().expect("the binary runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn code(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn n_rounds() -> usize {
    if std::env::var_os("LOCKSTEP_FULL").is_some() { 500 } else { 2 }
}

fn one_wins(codes: &[Option<String>], lost: &str, round: usize) {
    let winners = codes.iter().filter(|code| code.is_none()).count();
    assert_eq!(winners, 1, "round {round}: {codes:?}");
    assert!(codes.iter().flatten().all(|code| code == lost), "round {round}: {codes:?}");
}

#[tokio::test]
async fn of_many_who_set_a_status_that_all_have_seen_one_wins() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    // Half of the rounds are raced without a daemon.
    let mut editor = None;
    for round in 0..n_rounds() {
        if round == n_rounds() / 2 {
            editor = Some(meeting.editor_in(sandbox.path()).await);
        }
        let (from, to) = [("implementing", "partial"), ("partial", "implementing")][round % 2];
        let set = ["set", "7", from, "--force", "--reason", "because"];
        told(&meeting, sandbox.path(), &set);
        let codes = race(|at| match at % 2 {
            0 => {
                let set = ["set", "7", to, "--from", from];
                code(&told(&meeting, sandbox.path(), &set)["results"][0]["code"])
            }
            _ => {
                let mut mcp = Mcp::modern(command(&meeting, sandbox.path(), &[]));
                let given = json!({ "id": "7", "status": to, "expect": from });
                code(&mcp.call("set_status", given).0["code"])
            }
        });
        // Who comes after the winner sees what the winner made of it.
        one_wins(&codes, "not-expected", round);
    }
    drop(editor);
}

#[tokio::test]
async fn of_many_who_claim_a_task_one_gets_it() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    let mut editor = None;
    for round in 0..n_rounds() {
        if round == n_rounds() / 2 {
            editor = Some(meeting.editor_in(sandbox.path()).await);
        }
        let tokens = std::sync::Mutex::new(Vec::new());
        let codes = race(|at| {
            let claimed = match at % 2 {
                0 => told(&meeting, sandbox.path(), &["claim", "7"]),
                _ => {
                    let mut mcp = Mcp::modern(command(&meeting, sandbox.path(), &[]));
                    mcp.call("claim", json!({ "id": 7 })).0
                }
            };
            if let Some(token) = code(&claimed["token"]) {
                tokens.lock().expect("no panic").push(token);
            }
            code(&claimed["error"]["code"]).or_else(|| code(&claimed["code"]))
        });
        one_wins(&codes, "held", round);
        let tokens = tokens.into_inner().expect("no panic");
        let released = told(&meeting, sandbox.path(), &["release", &tokens[0]]);
        assert_eq!(released["task"], "7", "{released:#}");
    }
    drop(editor);
}
