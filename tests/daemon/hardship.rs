//! Daemons and editors that stand still, and editors that do not read.

use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use lockstep::daemon::handshake::{HandshakeReply, Hello, Want, hear, tell};
use lockstep_fixture::Sandbox;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::BufReader;
use tokio::net::UnixStream;

use crate::support::client::TestClient;
use crate::support::daemon::{Meeting, send, until};
use crate::support::workspaces;

#[tokio::test]
async fn a_daemon_that_stands_still_is_not_taken_for_dead() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut first = meeting.editor_in(sandbox.path()).await;
    let pid = meeting.pid();
    meeting.signal(Signal::STOP);
    // Whoever comes now does not wait for ever.
    let mut second = meeting.editor_in(sandbox.path()).await;
    let shown = second.notified("window/showMessage").await;
    let message = shown["message"].as_str().expect("a message");
    assert!(message.contains("does not answer within 5 seconds"), "{message}");
    second.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(meeting.daemons(), [pid]);
    // Whoever was there waits for it.
    let begun = first.begin("lockstep/tasks", Some(json!({}))).await;
    send(pid, Signal::CONT);
    first.end_of(begun).await.expect("tasks");
    assert_eq!(meeting.daemons(), [pid]);
    // And whoever came meanwhile is served by it too, with what it has typed.
    let todo = sandbox.join("specs/TODO.md");
    let logged = second.notified("window/logMessage").await;
    assert_eq!(logged["message"], "Lockstep: the daemon answers, and serves this editor");
    let (status, _) = meeting.ask("status");
    let mut pids: Vec<_> = sessions(&status);
    pids.sort_unstable();
    let mut expected = [first.pid(), second.pid()];
    expected.sort_unstable();
    assert_eq!(pids, expected);
    second.open_as(&todo, &sandbox.read("specs/TODO.md").replace("[PLANNED]", "[BLOCKED]")).await;
    let says = |found: &[Value]| found.iter().any(|it| it["code"] == "other-editor");
    first.diagnostics_until(&todo, says).await;
    assert_eq!(second.n_notified("window/showMessage"), 0, "it is told once");
    assert_eq!(first.leave().await, 0);
    assert_eq!(second.leave().await, 0);
}

/// The processes that a daemon serves.
fn sessions(status: &Value) -> Vec<u32> {
    let sessions = status["sessions"].as_array().into_iter().flatten();
    sessions.filter_map(|it| u32::try_from(it["pid"].as_u64()?).ok()).collect()
}

#[tokio::test]
async fn who_came_while_a_daemon_stood_still_is_served_by_the_one_that_takes_its_place() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    assert_eq!(meeting.ask("restart").1, 0);
    meeting.signal(Signal::STOP);
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.notified("window/showMessage").await;
    // What it types meanwhile goes along.
    let todo = sandbox.join("specs/TODO.md");
    editor.open(&todo).await;
    let text = sandbox.read("specs/TODO.md").replace("[PLANNED]", "[BLOCKED]");
    editor.change(&todo, 2, json!([{"text": text}])).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(meeting.ask("restart").1, 0);
    editor.notified("window/logMessage").await;
    let mut other = meeting.editor_in(sandbox.path()).await;
    let says = |found: &[Value]| found.iter().any(|it| it["code"] == "other-editor");
    other.diagnostics_until(&todo, says).await;
    assert_eq!(editor.leave().await, 0);
    assert_eq!(other.leave().await, 0);
}

/// A command that sets task 7.
fn set(meeting: &Meeting, sandbox: &Sandbox, status: &str) -> Child {
    let mut command = meeting.lockstep(&["set", "7", status, "--format", "json"]);
    command.current_dir(sandbox.path()).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary runs")
}

/// A daemon that has an order of this command, which waits for the lock, until that is dropped.
fn daemon_with_order(meeting: &Meeting, sandbox: &Sandbox) -> (u32, Child, File) {
    let first = set(meeting, sandbox, "implementing").wait_with_output().expect("an end");
    assert!(first.status.success(), "{first:?}");
    assert_eq!(meeting.ask("restart").1, 0);
    let lock = File::open(sandbox.join(".lockstep/lock")).expect("a lock");
    lock.lock().expect("it is free");
    let command = set(meeting, sandbox, "partial");
    let pid = command.id();
    until("the daemon has the order", || sessions(&meeting.ask("status").0) == [pid]);
    (meeting.pid(), command, lock)
}

#[test]
fn a_command_whose_daemon_stands_still_says_so_and_does_nothing_by_itself() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    let (daemon, mut command, lock) = daemon_with_order(&meeting, &sandbox);
    let before = sandbox.read("specs/TODO.md");
    send(daemon, Signal::STOP);
    until("it ends", || command.try_wait().expect("a child").is_some());
    let output = command.wait_with_output().expect("an end");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{err}");
    assert!(err.contains(&format!("the daemon (process {daemon}) does not answer")), "{err}");
    assert!(err.contains("the result of the change is not known"), "{err}");
    assert!(err.contains("`lockstep daemon restart`"), "{err}");
    assert_eq!(meeting.ask("restart").0["killed"], true);
    drop(lock);
    assert_eq!(sandbox.read("specs/TODO.md"), before);
    let again = set(&meeting, &sandbox, "partial").wait_with_output().expect("an end");
    assert!(again.status.success(), "{again:?}");
}

#[test]
fn a_command_that_no_daemon_takes_in_time_goes_alone_and_says_so() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    assert_eq!(meeting.ask("restart").1, 0);
    meeting.signal(Signal::STOP);
    let output = set(&meeting, &sandbox, "implementing").wait_with_output().expect("an end");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{err}");
    assert!(
        err.contains("made the change without the daemon: the daemon does not answer"),
        "{err}"
    );
    assert!(sandbox.read("specs/TODO.md").contains("[IMPLEMENTING]"));
    assert_eq!(meeting.ask("restart").0["killed"], true);
}

#[test]
fn a_daemon_that_stands_still_while_it_ends_can_be_ended() {
    for subcommand in ["stop", "restart"] {
        let (meeting, sandbox) = (Meeting::new(), workspaces::login());
        // What it is at holds up its end.
        let (daemon, mut command, _lock) = daemon_with_order(&meeting, &sandbox);
        send(daemon, Signal::TERM);
        let socket = meeting.folder().join("lockstep.sock");
        until("nobody can reach it", || !socket.exists());
        send(daemon, Signal::STOP);
        let (answer, exit) = meeting.ask(subcommand);
        let ended = (exit, &answer["stopped"], &answer["killed"]);
        assert_eq!(ended, (0, &json!(daemon), &json!(true)), "{subcommand}");
        let left = if subcommand == "stop" { json!([]) } else { json!([answer["started"]]) };
        assert_eq!(json!(meeting.daemons()), left);
        command.kill().expect("it waits for the lock itself");
        command.wait().expect("an end");
    }
}

#[tokio::test]
async fn an_editor_whose_daemon_takes_long_to_end_is_served_by_the_next_in_the_end() {
    let (meeting, sandbox) = (Meeting::new(), workspaces::login());
    // What it is at holds up its end.
    let (daemon, mut command, lock) = daemon_with_order(&meeting, &sandbox);
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    send(daemon, Signal::TERM);
    let shown = editor.notified("window/showMessage").await;
    let message = shown["message"].as_str().expect("a message");
    assert!(message.contains("is still stopping"), "{message}");
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    drop(lock);
    command.wait().expect("an end");
    let logged = editor.notified("window/logMessage").await;
    assert_eq!(logged["message"], "Lockstep: the daemon answers, and serves this editor");
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(sessions(&meeting.ask("status").0), [editor.pid()]);
    assert_ne!(meeting.pid(), daemon);
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn whoever_waits_for_a_daemon_that_stands_still_is_told_and_a_restart_ends_it() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    let old = meeting.pid();
    meeting.signal(Signal::STOP);
    let begun = editor.begin("lockstep/tasks", Some(json!({}))).await;
    let shown = editor.notified("window/showMessage").await;
    let message = shown["message"].as_str().expect("a message");
    assert!(message.contains(&format!("process {old}) does not answer")), "{message}");
    assert!(message.contains("`lockstep daemon restart`"), "{message}");
    assert!(!editor.is_answered(begun));

    let (answer, exit) = meeting.ask("restart");
    assert_eq!((exit, &answer["stopped"], &answer["killed"]), (0, &json!(old), &json!(true)));
    editor.end_of(begun).await.expect("tasks");
    assert_eq!(json!(meeting.daemons()), json!([answer["started"]]));
    assert_eq!(meeting.ask("status").0["sessions"][0]["pid"], editor.pid());
    assert_eq!(editor.n_notified("window/showMessage"), 0, "it is told once");
    assert_eq!(editor.leave().await, 0);
}

#[tokio::test]
async fn a_daemon_that_goes_on_is_taken_back() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    let pid = meeting.pid();
    meeting.signal(Signal::STOP);
    // Also who only types is told, since nothing comes of it.
    let todo = sandbox.join("specs/TODO.md");
    editor.open(&todo).await;
    editor.notified("window/showMessage").await;
    send(pid, Signal::CONT);
    let logged = editor.notified("window/logMessage").await;
    assert_eq!(logged["message"], "Lockstep: the daemon answers again");
    editor.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(meeting.daemons(), [pid]);
    assert_eq!(editor.leave().await, 0);
}

#[test]
fn a_daemon_that_stands_still_can_be_stopped() {
    let meeting = Meeting::new();
    assert_eq!(meeting.ask("restart").1, 0);
    let pid = meeting.pid();
    meeting.signal(Signal::STOP);
    let answer = json!({"schema": 1, "stopped": pid, "killed": true});
    assert_eq!(meeting.ask("stop"), (answer, 0));
    assert!(meeting.daemons().is_empty());
}

#[tokio::test]
async fn commands_that_are_welcome_and_say_nothing_do_not_hold_up_the_end() {
    let meeting = Meeting::new();
    meeting.ask("restart");
    let mut silent = Vec::new();
    for want in [Want::Order, Want::Listen] {
        let socket = meeting.folder().join("lockstep.sock");
        let mut client = BufReader::new(UnixStream::connect(socket).await.expect("it listens"));
        let mut hello = Hello::new(want);
        // Nobody takes the place of a daemon that is newer.
        hello.build.written = 0;
        tell(&mut client, &hello).await.expect("it is heard");
        let reply: HandshakeReply = hear(&mut client).await.expect("it is answered");
        assert!(matches!(reply, HandshakeReply::Welcome(_)), "{reply:?}");
        silent.push(client);
    }
    assert_eq!(meeting.ask("stop").1, 0);
    let log = fs::read_to_string(meeting.folder().join("lockstep.log")).expect("it is there");
    assert!(!log.contains("cut off"), "{log}");
}

#[tokio::test]
async fn an_editor_that_stands_still_holds_up_nobody() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    // More is told of each change than fits between the daemon and an editor that takes nothing.
    let tasks = |status: &str| {
        let task = |n| format!("### {n}. Task\n- **Status**: [{status}]\n\n");
        format!("# Tasks\n\n{}", (1..=1000).map(task).collect::<String>())
    };
    sandbox.write("specs/TODO.md", tasks("NOWHERE"));
    let todo = sandbox.join("specs/TODO.md");
    let says = |word: &'static str| {
        move |found: &[Value]| {
            found.iter().any(|it| it["message"].as_str().is_some_and(|it| it.contains(word)))
        }
    };
    let mut still = meeting.editor_in(sandbox.path()).await;
    let mut other = meeting.editor_in(sandbox.path()).await;
    other.diagnostics_until(&todo, says("NOWHERE")).await;
    send(still.pid(), Signal::STOP);
    for word in ["SOMEWHERE", "ELSEWHERE", "ANYWHERE"] {
        sandbox.write("specs/TODO.md", tasks(word));
        other.diagnostics_until(&todo, says(word)).await;
    }
    send(still.pid(), Signal::CONT);
    still.diagnostics_until(&todo, says("ANYWHERE")).await;
    assert_eq!(still.leave().await, 0);
    assert_eq!(other.leave().await, 0);
}

/// Within this time an editor that never reads is dropped, on any machine.
const DROPPED_WITHIN: Duration = Duration::from_secs(60);

/// A workspace whose list of tasks takes a mebibyte.
fn long_list() -> Sandbox {
    let mut text = String::from("//- /TODO.md\n  # Tasks\n\n");
    for n in 0..128 {
        text.push_str(&format!("  - [ ] Task {n} {}\n", "with a long title ".repeat(455)));
    }
    workspaces::workspace(&text)
}

#[tokio::test]
async fn an_editor_that_never_reads_is_dropped_and_whoever_reads_is_not_delayed() {
    let meeting = Meeting::new();
    let sandbox = long_list();
    let mut deaf = meeting.editor_in(sandbox.path()).await;
    let mut other = meeting.editor_in(sandbox.path()).await;
    let dropped = |_: &TestClient| meeting.ask("status").0["sessions_dropped"] == 1;
    let mut begun = Vec::new();
    // Twice of what may wait for it, here and in the process that it has started. The connection gets some
    // time to end, which nobody else waits for.
    for _ in 0..100 {
        begun.push(deaf.begin("lockstep/tasks", Some(json!({}))).await);
    }
    let ends = Instant::now() + DROPPED_WITHIN;
    while !dropped(&deaf) {
        assert!(Instant::now() < ends, "it is never dropped");
        other.request("lockstep/tasks", json!({})).await.expect("tasks");
    }
    // Once it reads, each request is answered, and it goes on as if nothing had been.
    let mut lost = 0;
    for id in begun {
        match deaf.end_of(id).await {
            Ok(list) => assert_eq!(list["tasks"].as_array().map(Vec::len), Some(128)),
            Err(error) => {
                assert_eq!(error["code"], -32801, "{error}");
                lost += 1;
            }
        }
    }
    assert!(lost > 0, "nothing was dropped");
    deaf.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(deaf.n_notified("window/showMessage"), 0);
    assert_eq!(deaf.leave().await, 0);
    assert_eq!(other.leave().await, 0);
}
