//! What commands have the daemon do: the same as they do alone, seen by every editor at once.

use std::path::Path;
use std::process::Stdio;

use lockstep::workspace::commit::{CommitAction, CommitChange, CommitRequest};
use lockstep::workspace::local::LocalWorkspace;
use lockstep::workspace::order::{Deed, Order, Reply};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::client::TestClient;
use crate::support::daemon::{Meeting, until};
use crate::support::git;
use crate::support::watch::Watch;
use crate::support::workspaces;

/// What `lockstep` answers in a folder, with its exit code.
fn run(meeting: &Meeting, root: &Path, arguments: &[&str]) -> (Value, i32) {
    let mut command = meeting.lockstep(arguments);
    let output = command.args(["--format", "json"]).current_dir(root).stdin(Stdio::null());
    let output = output.output().expect("the binary runs");
    let mistake = || json!({"error": String::from_utf8_lossy(&output.stderr)});
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| mistake());
    (answer, output.status.code().expect("an exit code"))
}

async fn event(editor: &mut TestClient, kind: &str) -> Value {
    loop {
        let event = editor.notified("lockstep/event").await;
        if event["kind"] == kind {
            return event;
        }
    }
}

/// How many orders the daemon has carried out.
fn n_orders(meeting: &Meeting) -> u64 {
    let (status, _) = meeting.ask("status");
    let latencies = status["latencies"].as_array().expect("a list");
    let orders = latencies.iter().find(|it| it["method"] == "transaction");
    orders.and_then(|it| it["count"].as_u64()).unwrap_or(0)
}

#[tokio::test]
async fn the_daemon_carries_out_what_a_command_would() {
    let (meeting, alone) = (Meeting::new(), Meeting::new());
    let (shared, own) = (workspaces::login(), workspaces::login());
    let mut editor = meeting.editor_in(shared.path()).await;
    let steps: [&[&str]; 7] = [
        &["set", "7", "implementing"],
        &["set", "7", "implementing"],
        &["set", "7", "completed", "--from", "planned"],
        &["set", "7", "no such status"],
        &["set", "99", "completed"],
        &["set", "7", "blocked", "--reason", "it rains", "--no-daemon"],
        &["fix", "--yes"],
    ];
    for step in steps {
        let (mut told, exit) = run(&meeting, shared.path(), step);
        let (mut expected, expected_exit) = run(&alone, own.path(), step);
        // Names of transactions are random.
        for answer in [&mut told, &mut expected] {
            let is_committed = answer["transaction"].is_string();
            answer["transaction"] = json!(is_committed);
        }
        assert_eq!((told, exit), (expected, expected_exit), "{step:?}");
    }
    assert_eq!(event(&mut editor, "task.started").await["task"], "7");
    let changed = event(&mut editor, "task.blocked").await;
    assert!(changed["transaction"].is_string(), "{changed:#}");
    for path in crate::support::editor::FILES {
        let strip = |text: String| text.lines().filter(|it| !it.contains("T")).collect::<String>();
        assert_eq!(strip(shared.read(path)), strip(own.read(path)), "{path}");
    }
    assert_eq!(n_orders(&meeting), 6, "all but the one that goes alone");
    assert!(alone.daemons().is_empty(), "a command starts no daemon");

    let (undone, exit) = run(&meeting, shared.path(), &["undo"]);
    assert_eq!(exit, 0, "{undone:#}");
    let event = event(&mut editor, "transaction.undone").await;
    assert_eq!(
        (&event["from"], &event["transaction"]),
        (&undone["reversed"], &undone["transaction"])
    );
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_change_by_the_daemon_is_no_failure_where_its_report_cannot_be_printed() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let _editor = meeting.editor_in(sandbox.path()).await;
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a full device");
    let mut command = meeting.lockstep(&["set", "7", "implementing"]);
    let command = command.current_dir(sandbox.path()).stdin(Stdio::null());
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let output = child.wait_with_output().expect("an end");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(err.contains("the change is made, but its report cannot be printed"), "{err}");
    assert_eq!(n_orders(&meeting), 1);
    assert!(sandbox.read("specs/TODO.md").contains("[IMPLEMENTING]"));
}

#[tokio::test]
async fn whoever_watches_is_told_on_by_the_next_daemon() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    run(&meeting, sandbox.path(), &["set", "7", "implementing"]);
    event(&mut editor, "task.started").await;
    let mut command = meeting.lockstep(&[]);
    command.current_dir(sandbox.path());
    let mut watch = Watch::start(command, 0);
    watch.until("task.started");
    meeting.signal(Signal::KILL);
    run(&meeting, sandbox.path(), &["set", "7", "blocked", "--reason", "it rains", "--no-daemon"]);
    watch.until("task.blocked");
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    until("there is a daemon again", || meeting.daemons().len() == 1);
    run(&meeting, sandbox.path(), &["set", "7", "implementing"]);
    watch.until("task.started");
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_found_in_the_history() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let _editor = meeting.editor_in(sandbox.path()).await;
    for round in 0..8 {
        let (from, to) = [("implementing", "partial"), ("partial", "implementing")][round % 2];
        let started = ["set", "7", to, "--from", from, "--force", "--reason", "because"];
        let first = ["set", "7", to, "--force", "--reason", "because"];
        let arguments: &[&str] = if round == 0 { &first } else { &started };
        let mut command = meeting.lockstep(arguments);
        let command = command.args(["--format", "json"]).current_dir(sandbox.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it runs");
        for pid in meeting.daemons() {
            crate::support::daemon::send(pid, Signal::KILL);
        }
        let output = child.wait_with_output().expect("it ends");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(output.status.code(), Some(0), "round {round}: {answer:#}");
        assert_eq!(answer["results"][0]["outcome"], "applied", "round {round}: {answer:#}");
        let (list, _) = run(&meeting, sandbox.path(), &["list", "--no-daemon"]);
        let status = &list["tasks"][0]["status"];
        assert_eq!(status, to, "round {round}");
        let (log, _) = run(&meeting, sandbox.path(), &["log"]);
        let n = log["operations"].as_array().map(Vec::len);
        assert_eq!(n, Some(round + 1), "once each: {log:#}");
        // The next round meets a daemon again.
        drop(meeting.editor_in(sandbox.path()).await);
    }
}

#[test]
fn what_is_found_in_the_history_is_what_would_have_been_answered() {
    if !git::is_installed() {
        return;
    }
    let sandbox = workspaces::login();
    let second = tempfile::tempdir().expect("a folder");
    for mode in ["report", "mirror"] {
        sandbox.write("lockstep.toml", format!("[worktrees]\nmode = \"{mode}\"\n"));
        if mode == "report" {
            git::repository_with_worktree(sandbox.path(), &second.path().join("second"));
        }
        let at = "2026-01-02T03:04:05Z".to_owned();
        let change = |task: &str, status: &str, from: Option<&str>| CommitChange {
            task: task.to_owned(),
            status: status.to_owned(),
            phase: None,
            from: from.map(str::to_owned),
            claim: None,
            reason: Some("it rains".to_owned()),
            force: true,
        };
        let list = vec![
            change("7", "blocked", None),
            change("8", "completed", Some("implementing")),
            change("99", "completed", None),
            change("7", "blocked", None),
        ];
        let request =
            CommitRequest { at: at.clone(), action: CommitAction::Batch { list, atomic: false } };
        let undo = Deed::Undo { transaction: None, at };
        for deed in [Deed::CarryOut(request), undo] {
            let order = Order::new(sandbox.path(), "somebody".to_owned(), deed);
            assert!(order.find().expect("a history").is_none(), "nobody has done it");
            let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
            let done = order.carry_out(&mut workspace, &|_, _, _| None, &|_| {});
            let found = order.find().map(|found| found.expect("it was done"));
            let [done, found] = [done, found].map(|it| json!(Reply::from(it)));
            assert_eq!(done, found, "{mode}");
        }
    }
}

#[tokio::test]
async fn a_command_is_told_of_late_writes_that_the_daemon_comes_upon() {
    let (meeting, elsewhere, here) = (Meeting::new(), workspaces::login(), workspaces::login());
    // Nobody watches the workspace, and so nobody comes upon them before the command.
    let _editor = meeting.editor_in(elsewhere.path()).await;
    let set = |status: &str| {
        let mut command = meeting.lockstep(&["set", "7", status]);
        command.current_dir(here.path()).stdin(Stdio::null()).output().expect("the binary runs")
    };
    assert!(set("implementing").status.success());
    let kept = here.join(".lockstep/graveyard");
    let entries = |folder: &Path| -> Vec<_> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).filter(|it| it.is_dir()).collect()
    };
    let minute = entries(&kept).remove(0);
    let slots = std::fs::read_dir(&minute).expect("a folder").map(|it| it.expect("one").path());
    let is_old = |path: &std::path::PathBuf| {
        std::fs::read_to_string(path).is_ok_and(|text| text.contains("[PLANNED]"))
    };
    let slot = slots.into_iter().find(is_old).expect("the text before is kept");
    std::fs::write(slot, "# Written late\n").expect("it is written to");
    std::fs::rename(&minute, minute.with_file_name("1")).expect("it is long ago");
    let answer = set("partial");
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(answer.status.success() && said.contains("what it wrote is in"), "{answer:?}");
    assert!(n_orders(&meeting) >= 2, "the daemon did it");
}
