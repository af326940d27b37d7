//! What an editor notices when a daemon dies, or gives its place to a newer one.

use std::fs::{self, TryLockError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixListener;

use crate::support::client::TestClient;
use crate::support::daemon::{Meeting, params, send, until};
use crate::support::{program, workspaces};

#[tokio::test]
async fn a_daemon_that_is_killed_is_followed_by_one_that_knows_the_unsaved_text() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.open(&todo).await;
    // Unsaved, by a change of a part.
    let text = sandbox.read("specs/TODO.md");
    let line = text.lines().position(|line| line.contains("[PLANNED]")).expect("it is there");
    let column = text.lines().nth(line).and_then(|it| it.find("PLANNED")).expect("it is there");
    let place = |column| json!({"line": line, "character": column});
    let range = json!({"start": place(column), "end": place(column + "PLANNED".len())});
    editor.change(&todo, 5, json!([{"range": range, "text": "FLYING"}])).await;
    let flying = |found: &[Value]| found.iter().any(|it| it["code"] == "unknown-status");
    let record = sandbox.join("specs/007_login/state.json");
    let todo_before = editor.diagnostics_until(&todo, flying).await;
    let record_before = editor.diagnostics_until(&record, |found| !found.is_empty()).await;

    // What waits for it when it dies is answered by the next one.
    let old = meeting.pid();
    meeting.signal(Signal::STOP);
    editor.diagnostics.clear();
    let begun = editor.begin("lockstep/tasks", Some(json!({}))).await;
    send(old, Signal::KILL);
    editor.end_of(begun).await.expect("tasks");

    editor.diagnostics_until(&todo, |found| found == todo_before).await;
    editor.diagnostics_until(&record, |found| found == record_before).await;
    let list = editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["occurrences"][0]["text"], "[FLYING]", "{list:#}");
    assert_ne!(meeting.pid(), old);
    assert_eq!(editor.shown(), [""; 0]);
    assert_eq!(editor.n_notified("window/logMessage"), 1);
    assert_eq!(editor.leave().await, 0);
}

/// The numbers of the events that an editor is told, to the first of this kind.
async fn numbers_to(editor: &mut TestClient, kind: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    loop {
        let event = editor.notified("lockstep/event").await;
        numbers.extend(event["seq"].as_u64());
        if event["kind"] == kind {
            return numbers;
        }
    }
}

#[tokio::test]
async fn what_happens_while_no_daemon_looks_is_told_by_the_next() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let set = |arguments: &[&str]| {
        let mut command = meeting.lockstep(&["set", "7"]);
        let done = command.args(arguments).current_dir(sandbox.path()).output().expect("it runs");
        assert!(done.status.success(), "{done:?}");
    };
    let mut editors = Vec::new();
    for _ in 0..2 {
        editors.push(meeting.editor_in(sandbox.path()).await);
    }
    set(&["implementing"]);
    let mut told = Vec::new();
    for editor in &mut editors {
        told.push(numbers_to(editor, "task.started").await);
    }
    let old = meeting.pid();
    meeting.signal(Signal::STOP);
    set(&["partial", "--no-daemon"]);
    send(old, Signal::KILL);
    for (editor, told) in editors.iter_mut().zip(&mut told) {
        // It is served by another one.
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        told.extend(numbers_to(editor, "task.changed").await);
    }
    set(&["completed"]);
    for (editor, told) in editors.iter_mut().zip(&mut told) {
        told.extend(numbers_to(editor, "task.ready").await);
        let all: Vec<u64> = (1..).take(told.len()).collect();
        assert_eq!(*told, all, "each once, in order");
        assert_eq!(editor.n_notified("lockstep/missed"), 0, "it is not for editors");
    }
}

#[tokio::test]
async fn an_editor_that_came_while_somebody_was_at_work_misses_nothing_either() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    let set = |status: &str| {
        let mut command = meeting.lockstep(&["set", "7", status, "--no-daemon"]);
        let done = command.current_dir(sandbox.path()).output().expect("it runs");
        assert!(done.status.success(), "{done:?}");
    };
    set("implementing");
    let lock = fs::File::open(sandbox.join(".lockstep/lock")).expect("a lock");
    lock.lock().expect("it is free");
    let mut editor = meeting.editor_in(sandbox.path()).await;
    let told = editor.request("lockstep/tasks", json!({})).await;
    told.expect("tasks");
    let old = meeting.pid();
    meeting.signal(Signal::STOP);
    drop(lock);
    set("partial");
    send(old, Signal::KILL);
    assert_eq!(numbers_to(&mut editor, "task.changed").await, [5]);
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn findings_that_are_gone_after_a_takeover_are_cleared() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.diagnostics_until(&state, |found| !found.is_empty()).await;
    let old = meeting.pid();
    meeting.signal(Signal::STOP);
    let agreed = sandbox.read("specs/state.json").replace("researched", "planned");
    sandbox.write("specs/state.json", &agreed);
    send(old, Signal::KILL);
    editor.diagnostics_until(&state, <[Value]>::is_empty).await;
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn a_newer_command_has_a_newer_daemon_do_its_work_for_the_editors_of_the_older_one() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let folder = tempfile::tempdir().expect("a folder");
    let copy = newer_build(folder.path());
    // Who needs no daemon starts none, however new it is.
    let set = |status: &str| {
        let mut command = meeting.run(&copy, &["set", "7", status, "--reason", "it rains"]);
        let output = command.current_dir(sandbox.path()).output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
    };
    set("implementing");
    assert!(meeting.daemons().is_empty());
    let mut old = meeting.editor_in(sandbox.path()).await;
    let first = meeting.pid();
    set("blocked");
    old.notified("window/logMessage").await;
    let (status, _) = meeting.ask("status");
    assert_ne!(status["pid"], first);
    let orders = status["latencies"].as_array().expect("a list").iter();
    let order = orders.clone().find(|it| it["method"] == "transaction").expect("it was told");
    assert_eq!(order["count"], 1, "{status:#}");
    old.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(json!(meeting.daemons()), json!([status["pid"]]));
    assert_eq!(old.n_notified("window/showMessage"), 0);
    assert_eq!(old.leave().await, 0);
}

/// A copy of the binary, which counts as built later.
fn newer_build(folder: &Path) -> PathBuf {
    let copy = folder.join("lockstep");
    program::copied(&copy);
    copy
}

#[tokio::test]
async fn a_newer_build_takes_the_place_of_an_older_one_and_its_editors_along() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let folder = tempfile::tempdir().expect("a folder");
    let copy = newer_build(folder.path());
    let mut old = meeting.editor_in(sandbox.path()).await;
    let first = meeting.pid();

    let mut new = TestClient::spawn(meeting.run(&copy, &["lsp"]));
    new.initialize(params(sandbox.path())).await;
    new.request("lockstep/tasks", json!({})).await.expect("tasks");
    old.notified("window/logMessage").await;
    old.request("lockstep/tasks", json!({})).await.expect("tasks");
    // Between the two there may have been one of the older build for a moment, which is left as well.
    until("one serves both", || {
        let (status, _) = meeting.ask("status");
        status["sessions"].as_array().map(Vec::len) == Some(2) && meeting.daemons().len() == 1
    });
    let (status, _) = meeting.ask("status");
    assert_eq!(json!(meeting.daemons()), json!([status["pid"]]));
    assert_ne!(status["pid"], first);

    // An older one joins it.
    let mut third = meeting.editor_in(sandbox.path()).await;
    third.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(json!(meeting.pid()), status["pid"]);
    for editor in [old, new, third] {
        assert_eq!(editor.shown(), [""; 0]);
        assert_eq!(editor.leave().await, 0);
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn editors_of_a_build_that_was_replaced_are_served_by_the_one_in_its_place() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    let folder = tempfile::tempdir().expect("a folder");
    let program = newer_build(folder.path());
    let start = async || {
        let mut editor = TestClient::spawn(meeting.run(&program, &["lsp"]));
        editor.initialize(params(sandbox.path())).await;
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        editor
    };
    let mut editors = Vec::new();
    for _ in 0..4 {
        editors.push(start().await);
    }
    // As whoever installs a program does.
    let next = tempfile::tempdir_in(folder.path()).expect("a folder");
    fs::rename(newer_build(next.path()), &program).expect("it is replaced");
    let new = start().await;
    for editor in &mut editors {
        editor.notified("window/logMessage").await;
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    }
    let (status, _) = meeting.ask("status");
    assert_eq!(status["sessions"].as_array().map(Vec::len), Some(5), "{status:#}");
    let log = fs::read_to_string(meeting.folder().join("lockstep.log")).expect("a log");
    assert_eq!(log.matches("the daemon listens").count(), 2, "{log}");
    for editor in editors.into_iter().chain([new]) {
        assert_eq!(editor.shown(), [""; 0]);
        assert_eq!(editor.leave().await, 0);
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn editors_whose_program_was_replaced_by_an_older_one_are_served_by_that() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    let folder = tempfile::tempdir().expect("a folder");
    let program = newer_build(folder.path());
    let mut editors = Vec::new();
    for _ in 0..3 {
        let mut editor = TestClient::spawn(meeting.run(&program, &["lsp"]));
        editor.initialize(params(sandbox.path())).await;
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        editors.push(editor);
    }
    // A file written later that runs what was built before.
    let next = tempfile::tempdir_in(folder.path()).expect("a folder");
    let wrapper = next.path().join("lockstep");
    let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_lockstep"));
    program::script(&wrapper, &script);
    fs::rename(wrapper, &program).expect("it is replaced");
    send(meeting.pid(), Signal::KILL);
    for editor in &mut editors {
        editor.notified("window/logMessage").await;
        editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    }
    let (status, _) = meeting.ask("status");
    assert_eq!(status["sessions"].as_array().map(Vec::len), Some(3), "{status:#}");
    let log = fs::read_to_string(meeting.folder().join("lockstep.log")).expect("a log");
    assert_eq!(log.matches("the daemon listens").count(), 2, "{log}");
    // What is written later still takes its place.
    let newest = newer_build(next.path());
    let mut new = TestClient::spawn(meeting.run(&newest, &["lsp"]));
    new.initialize(params(sandbox.path())).await;
    new.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_ne!(meeting.ask("status").0["pid"], status["pid"]);
    for editor in editors.into_iter().chain([new]) {
        assert_eq!(editor.shown(), [""; 0]);
        assert_eq!(editor.leave().await, 0);
    }
}

#[tokio::test]
async fn a_daemon_that_makes_room_again_and_again_is_followed_by_one_of_whom_it_makes_room_for() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    fs::DirBuilder::new().mode(0o700).create(meeting.folder()).expect("a folder");
    let turn = fs::File::create(meeting.folder().join("start.lock")).expect("a lock");
    let socket = meeting.folder().join("lockstep.sock");
    let listener = UnixListener::bind(&socket).expect("it listens");
    // As older programs that start the daemon anew each time before the newer one has its turn.
    let older = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("somebody comes");
            let (input, mut output) = stream.into_split();
            let hello = BufReader::new(input).lines().next_line().await;
            assert!(hello.is_ok_and(|hello| hello.is_some()), "it says hello");
            let is_its_turn = matches!(turn.try_lock(), Err(TryLockError::WouldBlock));
            turn.unlock().expect("it is given back");
            if is_its_turn {
                fs::remove_file(&socket).expect("it is there");
            }
            output.write_all(b"\"retiring\"\n").await.expect("it is heard");
            if is_its_turn {
                return;
            }
        }
    });
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(editor.shown(), [""; 0]);
    older.await.expect("it has made room");
    assert_eq!(json!(meeting.daemons()), json!([meeting.pid()]));
    assert_eq!(editor.leave().await, 0);
}
