//! How a daemon starts and ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ExitStatus, Stdio};

use lockstep::daemon::address::OFF_VARIABLE;
use rustix::process::Signal;
use serde_json::json;

use crate::support::client::{TestClient, able};
use crate::support::daemon::{Meeting, kill, params, send, until};
use crate::support::workspaces;

#[tokio::test]
async fn fifty_editors_that_start_at_once_meet_one_daemon() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut editors: Vec<TestClient> = (0..50).map(|_| meeting.editor()).collect();
    let mut begun = Vec::new();
    for editor in &mut editors {
        begun.push(editor.begin("initialize", Some(params(sandbox.path()))).await);
    }
    for (editor, id) in editors.iter_mut().zip(begun) {
        editor.end_of(id).await.expect("it initializes");
        editor.notify("initialized", json!({})).await;
    }
    let (status, exit) = meeting.ask("status");
    assert_eq!(exit, 0);
    assert_eq!(status["sessions"].as_array().map(Vec::len), Some(50), "{status:#}");
    assert_eq!(
        meeting.daemons(),
        [u32::try_from(status["pid"].as_u64().unwrap_or(0)).unwrap_or(0)]
    );
    for editor in &mut editors {
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        assert_eq!(editor.n_notified("window/showMessage"), 0);
    }
}

#[tokio::test]
async fn what_a_dead_daemon_has_left_is_no_hindrance() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let editor = meeting.editor_in(sandbox.path()).await;
    let old = meeting.pid();
    assert_eq!(editor.leave().await, 0);
    kill(old);
    assert!(fs::symlink_metadata(meeting.folder().join("lockstep.sock")).is_ok());
    assert_eq!(meeting.ask("status"), (json!({"schema": 1, "running": false}), 1));

    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_ne!(meeting.pid(), old);
    assert_eq!(meeting.daemons().len(), 1);
    assert_eq!(editor.n_notified("window/showMessage"), 0);
}

/// A daemon that is a child of this process, and listens.
fn run(meeting: &Meeting, arguments: &[&str]) -> Child {
    let mut command = meeting.lockstep(&["daemon", "run"]);
    let mut daemon = command.args(arguments).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    let output = daemon.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut line).expect("a line");
    assert!(line.starts_with("listening at "), "{line}");
    daemon
}

/// How a daemon ended, which it does.
fn end_of(daemon: &mut Child) -> ExitStatus {
    let mut end = None;
    until("the daemon has stopped", || {
        end = daemon.try_wait().expect("it is a child");
        end.is_some()
    });
    end.expect("it has ended")
}

#[test]
fn a_daemon_that_is_terminated_leaves_nothing_behind() {
    for signal in [Signal::TERM, Signal::INT] {
        let meeting = Meeting::new();
        let mut daemon = run(&meeting, &[]);
        assert!(meeting.folder().join("lockstep.sock").exists());
        send(daemon.id(), signal);
        assert!(end_of(&mut daemon).success(), "{signal:?}");
        assert!(!meeting.folder().join("lockstep.sock").exists(), "{signal:?}");
        assert_eq!(meeting.ask("status").1, 1);
        let log = fs::read_to_string(meeting.folder().join("lockstep.log")).expect("a log");
        assert!(log.trim_end().ends_with("the daemon has stopped"), "{log}");
    }
}

#[tokio::test]
async fn editors_of_a_daemon_that_is_terminated_get_another() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut daemon = run(&meeting, &[]);
    let mut editors =
        [meeting.editor_in(sandbox.path()).await, meeting.editor_in(sandbox.path()).await];
    send(daemon.id(), Signal::TERM);
    assert!(end_of(&mut daemon).success());
    for editor in &mut editors {
        editor.notified("window/logMessage").await;
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        assert_eq!(editor.n_notified("window/showMessage"), 0);
    }
    let (status, _) = meeting.ask("status");
    assert_eq!(status["sessions"].as_array().map(Vec::len), Some(2), "{status:#}");
    assert_eq!(json!(meeting.daemons()), json!([status["pid"]]));
    for editor in editors {
        assert_eq!(editor.leave().await, 0);
    }
}

#[tokio::test]
async fn a_daemon_that_nobody_needs_ends_and_the_next_editor_gets_another() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut daemon = run(&meeting, &["--idle", "4"]);
    let editor = meeting.editor_in(sandbox.path()).await;
    assert_eq!(meeting.pid(), daemon.id());
    assert_eq!(editor.leave().await, 0);
    assert!(end_of(&mut daemon).success());
    assert!(!meeting.folder().join("lockstep.sock").exists());

    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(meeting.daemons().len(), 1);
}

#[test]
fn a_second_daemon_does_not_start() {
    let meeting = Meeting::new();
    assert_eq!(meeting.ask("restart").1, 0);
    let second = meeting.lockstep(&["daemon", "run"]).output().expect("the binary runs");
    assert_eq!(second.status.code(), Some(3));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.starts_with("error: a daemon is already running\n"), "{said}");
    assert_eq!(meeting.daemons().len(), 1);
}

#[tokio::test]
async fn a_session_ends_when_its_editor_is_killed() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let stays = meeting.editor_in(sandbox.path()).await;
    let goes = meeting.editor_in(sandbox.path()).await;
    let sessions = || meeting.ask("status").0["sessions"].as_array().map(Vec::len);
    assert_eq!(sessions(), Some(2));
    kill(goes.pid());
    until("the session has ended", || sessions() == Some(1));
    assert_eq!(stays.leave().await, 0);
}

#[tokio::test]
async fn an_editor_that_takes_no_leave_is_a_failure_and_ends_nothing_else() {
    let meeting = Meeting::new();
    let mut editor = meeting.editor();
    editor.initialize(json!({"capabilities": able()})).await;
    editor.notify("exit", serde_json::Value::Null).await;
    assert_eq!(editor.end().await, 1);
    assert_eq!(meeting.daemons().len(), 1);
}

#[tokio::test]
async fn who_wants_no_daemon_starts_none() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut switched_off = meeting.lockstep(&["lsp"]);
    switched_off.env(OFF_VARIABLE, "1");
    for command in [switched_off, meeting.lockstep(&["lsp", "--in-process"])] {
        let mut editor = TestClient::spawn(command);
        editor.initialize(params(sandbox.path())).await;
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        assert_eq!(editor.n_notified("window/showMessage"), 0);
        assert_eq!(editor.leave().await, 0);
    }
    assert!(!meeting.folder().exists());
}
