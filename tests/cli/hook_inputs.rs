//! What each client gives a hook, in files written after its reference, and what it is told then. `ROOT`
//! in them stands for the folder of the repository.

use std::io::Write as _;
use std::process::Stdio;

use lockstep::daemon::address::FOLDER_VARIABLE;
use serde_json::Value;

use super::support::Place;

/// A client: its inputs, and where the words stand that it is told; none where it takes nothing.
struct Client {
    name: &'static str,
    inputs: &'static str,
    at_start: Option<&'static str>,
    at_edit: Option<&'static str>,
    at_stop: &'static str,
}

const CONTEXT: Option<&str> = Some("/hookSpecificOutput/additionalContext");

const CLIENTS: [Client; 6] = [
    Client {
        name: "Claude Code",
        inputs: include_str!("hook_inputs/claude-code.json"),
        at_start: CONTEXT,
        at_edit: CONTEXT,
        at_stop: "/reason",
    },
    Client {
        name: "Codex",
        inputs: include_str!("hook_inputs/codex.json"),
        at_start: CONTEXT,
        at_edit: CONTEXT,
        at_stop: "/reason",
    },
    Client {
        name: "VS Code",
        inputs: include_str!("hook_inputs/vs-code.json"),
        at_start: CONTEXT,
        at_edit: CONTEXT,
        at_stop: "/hookSpecificOutput/reason",
    },
    Client {
        name: "Copilot CLI",
        inputs: include_str!("hook_inputs/copilot-cli.json"),
        at_start: None,
        at_edit: None,
        at_stop: "/reason",
    },
    Client {
        name: "Cursor",
        inputs: include_str!("hook_inputs/cursor.json"),
        at_start: None,
        at_edit: None,
        at_stop: "/followup_message",
    },
    Client {
        name: "Gemini CLI",
        inputs: include_str!("hook_inputs/gemini-cli.json"),
        at_start: None,
        at_edit: CONTEXT,
        at_stop: "/reason",
    },
];

/// A repository in which one task of `specs/TODO.md` disagrees with its record.
fn place() -> Place {
    Place::new(&[
        ("specs/TODO.md", "# TODO\n\n### 1. Draw it\n- **Status**: [PLANNED]\n"),
        (
            "specs/state.json",
            "{ \"active_projects\": [{ \"project_number\": 1, \"project_name\": \"draw_it\", \"status\": \"researched\" }] }\n",
        ),
    ])
}

/// The words that a client is told at a moment; none where it is told nothing.
fn told(place: &Place, client: &Client, moment: &str, at: Option<&str>) -> Option<String> {
    let inputs: Value = serde_json::from_str(client.inputs).expect("JSON");
    let root = place.path().display().to_string().replace('\\', "/");
    let input = inputs.get(moment)?.to_string().replace("ROOT", &root);
    let mut command = place.command(&["hook"]);
    command.env(FOLDER_VARIABLE, place.path().with_file_name("memory"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it is read");
    let output = child.wait_with_output().expect("it ends");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {moment}: {error}", client.name);
    assert_eq!(error, "", "{} {moment}", client.name);
    if output.stdout.is_empty() {
        return None;
    }
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let words = at.and_then(|at| answer.pointer(at)).and_then(Value::as_str);
    Some(words.unwrap_or_else(|| panic!("{} {moment}: {answer:#}", client.name)).to_owned())
}

#[test]
fn each_client_is_told_once_where_it_takes_it() {
    for client in &CLIENTS {
        let place = place();
        let start = told(&place, client, "start", client.at_start);
        assert_eq!(start.is_some(), client.at_start.is_some(), "{}", client.name);
        assert_eq!(told(&place, client, "read", None), None, "{}", client.name);
        assert_eq!(told(&place, client, "stop", None), None, "{}: nothing was edited", client.name);
        let edit = told(&place, client, "edit", client.at_edit);
        assert_eq!(edit.is_some(), client.at_edit.is_some(), "{}", client.name);
        assert_eq!(told(&place, client, "again", None), None, "{}", client.name);
        let stop = told(&place, client, "stop", Some(client.at_stop));
        assert_ne!(stop.is_some(), edit.is_some(), "{}: once", client.name);
        let words = edit.or(stop).expect("it is told");
        assert!(words.contains("specs/state.json:1 drift: task 1"), "{}: {words}", client.name);
        assert_eq!(told(&place, client, "edit", None), None, "{}", client.name);
        assert_eq!(told(&place, client, "stop", None), None, "{}", client.name);
        // A new mistake after the last answer is told at the stop.
        place.write("specs/TODO.md", b"# TODO\n\n### 1. Draw it\n- **Status**: [PLANED]\n");
        let stop = told(&place, client, "stop", Some(client.at_stop)).expect("it is told");
        assert!(stop.contains("unknown-status"), "{}: {stop}", client.name);
    }
}
