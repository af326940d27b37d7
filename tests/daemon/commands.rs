//! `lockstep daemon`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::support::client::uri;
use crate::support::daemon::{Meeting, until};
use crate::support::workspaces;

/// How long a log may be.
const LOG: usize = 1 << 20;

/// What the binary prints, with its exit code.
fn said(meeting: &Meeting, arguments: &[&str]) -> (String, i32) {
    let output = meeting.lockstep(arguments).output().expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    (text, output.status.code().expect("an exit code"))
}

#[test]
fn where_no_daemon_runs_that_is_said_and_nothing_is_made() {
    let meeting = Meeting::new();
    let none = "no daemon is running\n".to_owned();
    assert_eq!(said(&meeting, &["daemon", "status"]), (none.clone(), 1));
    assert_eq!(said(&meeting, &["daemon", "stop"]), (none, 0));
    assert_eq!(meeting.ask("stop"), (json!({"schema": 1, "stopped": null, "killed": false}), 0));
    assert_eq!(said(&meeting, &["daemon", "logs"]), (String::new(), 0));
    assert!(!meeting.folder().exists());
}

#[tokio::test]
async fn the_status_shows_who_is_served_and_how_fast() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    let (status, exit) = meeting.ask("status");
    assert_eq!((exit, &status["schema"], &status["running"]), (0, &json!(1), &json!(true)));
    assert_eq!(status["build"]["version"], env!("CARGO_PKG_VERSION"));
    let session = &status["sessions"][0];
    assert_eq!(session["client"], "Test");
    assert_eq!(session["pid"], editor.pid());
    assert_eq!(session["folders"], json!([uri(sandbox.path())]));
    let latencies = status["latencies"].as_array().expect("a list");
    let tasks = latencies.iter().find(|it| it["method"] == "lockstep/tasks").expect("it was asked");
    assert_eq!(tasks["count"], 1);
    assert!(tasks["p99_ms"].as_f64().is_some_and(|it| it > 0.0), "{status:#}");
    assert!(tasks["p50_ms"].as_f64() <= tasks["p99_ms"].as_f64(), "{status:#}");
    assert_eq!(status["sessions_dropped"], 0);
    let workspace = &status["workspaces"][0];
    assert_eq!(workspace["root"], json!(sandbox.path()));
    assert_eq!((&workspace["files"], &workspace["tasks"]), (&json!(4), &json!(2)), "{status:#}");

    let (text, exit) = said(&meeting, &["daemon", "status"]);
    assert_eq!(exit, 0);
    let pid = status["pid"].as_u64().expect("a process");
    for part in [format!("process {pid}"), "sessions    1\n".into(), "  Test, process ".into()] {
        assert!(text.contains(&part), "{part}\n{text}");
    }
    for part in ["workspaces", "events", "dropped", "p50", "p99", "4 files", "2 tasks"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn a_daemon_that_is_stopped_ends_and_leaves_its_editors_to_themselves() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    let pid = meeting.pid();
    let answer = json!({"schema": 1, "stopped": pid, "killed": false});
    assert_eq!(meeting.ask("stop"), (answer, 0));
    let shown = editor.notified("window/showMessage").await;
    let message = shown["message"].as_str().expect("a message");
    assert!(message.contains("the daemon was stopped"), "{message}");
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    // It holds nothing any more, and is about to be gone.
    until("the daemon has stopped", || meeting.daemons().is_empty());
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn a_restart_takes_the_editors_along() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    assert_eq!(meeting.ask("restart").0["stopped"], Value::Null);
    let mut editor = meeting.editor_in(sandbox.path()).await;
    let old = meeting.pid();
    let (answer, exit) = meeting.ask("restart");
    assert_eq!((exit, &answer["stopped"]), (0, &json!(old)));
    editor.notified("window/logMessage").await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(json!(meeting.daemons()), json!([answer["started"]]));
    assert_eq!(meeting.ask("status").0["sessions"][0]["pid"], editor.pid());
    assert_eq!(editor.n_notified("window/showMessage"), 0);
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn the_log_tells_of_sessions_by_their_numbers() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let editor = meeting.editor_in(sandbox.path()).await;
    assert_eq!(editor.leave().await, 0);
    until("the session has ended", || meeting.ask("status").0["sessions"] == json!([]));
    let (log, exit) = said(&meeting, &["daemon", "logs"]);
    assert_eq!(exit, 0);
    for part in ["the daemon listens", "session{id=1}", "a session begins"] {
        assert!(log.contains(part), "{part}\n{log}");
    }
    let (last, _) = said(&meeting, &["daemon", "logs", "-n", "1"]);
    assert_eq!(last.lines().count(), 1);
    assert!(log.ends_with(&last), "{last}\n{log}");
    let mut command = meeting.lockstep(&["daemon", "logs", "-n", "1", "--format", "json"]);
    let output = command.output().expect("it runs");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer, json!({"schema": 1, "lines": [last.trim_end()]}));
    // A daemon that has ended can still be asked what it was at.
    assert_eq!(meeting.ask("stop").1, 0);
    assert!(said(&meeting, &["daemon", "logs"]).0.contains("the daemon stops why=Stopped"));
}

#[tokio::test]
async fn a_full_log_is_put_away_while_the_daemon_runs() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    assert_eq!(meeting.ask("restart").1, 0);
    assert_eq!(meeting.ask("stop").1, 0);
    let (log, old) =
        (meeting.folder().join("lockstep.log"), meeting.folder().join("lockstep.log.1"));
    let began = fs::read_to_string(&log).expect("a log");
    let line = "what was told before\n";
    let filler = line.repeat((LOG - began.len()) / line.len());
    fs::write(&log, format!("{began}{filler}")).expect("it is ours");

    let editor = meeting.editor_in(sandbox.path()).await;
    assert_eq!(editor.leave().await, 0);
    assert_eq!(meeting.ask("stop").1, 0);
    let put_away = fs::read_to_string(&old).expect("an old log");
    assert!(put_away.starts_with(&began) && put_away.contains(line) && put_away.len() <= LOG);
    let new = fs::read_to_string(&log).expect("a new log");
    assert!(!new.contains(line) && new.trim_end().ends_with("the daemon has stopped"), "{new}");
    let mode = fs::metadata(&log).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (all, exit) = said(&meeting, &["daemon", "logs"]);
    assert_eq!((exit, all), (0, format!("{put_away}{new}")));
}
