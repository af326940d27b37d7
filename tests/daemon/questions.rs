//! What commands ask the daemon: answered as they would themselves, by what the files say now.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::daemon::Meeting;
use crate::support::workspaces;

const STATE: &str = "specs/state.json";

fn next(meeting: &Meeting, root: &Path, alone: &[&str]) -> Value {
    let mut command = meeting.lockstep(&["next", "--format", "json"]);
    let output = command.args(alone).current_dir(root).stdin(Stdio::null()).output();
    serde_json::from_slice(&output.expect("the binary runs").stdout).expect("JSON")
}

fn hook(meeting: &Meeting, root: &Path, session: &str, alone: &[&str]) -> String {
    let call = json!({
        "session_id": session, "cwd": root, "hook_event_name": "PostToolUse", "tool_name": "Edit",
        "tool_input": { "file_path": root.join(STATE) },
    });
    let mut command = meeting.lockstep(&["hook"]);
    command.args(alone).current_dir(root).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(call.to_string().as_bytes()).expect("it is read");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test]
async fn the_daemon_answers_as_a_command_would_by_what_is_on_disk_now() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let root = sandbox.path();
    let editor = meeting.editor_in(root).await;
    for (round, status) in ["planned", "no_such_status", "researched"].into_iter().enumerate() {
        let state = sandbox.read(STATE);
        let at = state.find("\"status\": \"").expect("a status") + 11;
        let end = at + state[at..].find('"').expect("its end");
        sandbox.write(STATE, format!("{}{status}{}", &state[..at], &state[end..]));
        // Nobody waits until the daemon has noticed it.
        let told = hook(&meeting, root, &format!("by {round}"), &[]);
        let alone = hook(&meeting, root, &format!("alone {round}"), &["--no-daemon"]);
        assert_eq!(told, alone, "{status}");
        assert_eq!(told.contains("no_such_status"), status == "no_such_status", "{told}");
        let told = next(&meeting, root, &[]);
        assert_eq!(told, next(&meeting, root, &["--no-daemon"]), "{status}");
    }
    let (status, _) = meeting.ask("status");
    let orders = status["latencies"].as_array().expect("a list").iter();
    assert!(orders.clone().all(|it| it["method"] != "transaction"), "{status:#}");
    drop(editor);
}
