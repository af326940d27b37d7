//! `lockstep prime`, `hook` and `init --agents`: what agents are told.

use std::io::Write as _;
use std::process::Stdio;

use lockstep::daemon::address::FOLDER_VARIABLE;
use serde_json::{Value, json};

use super::support::{Answer, Place};

/// Runs `lockstep hook` with this input. What it remembers is kept beside the workspace.
fn hook(place: &Place, input: &str) -> Answer {
    hook_beside(place, place, input)
}

/// What it remembers is kept beside another workspace.
fn hook_beside(memory: &Place, place: &Place, input: &str) -> Answer {
    let mut command = place.command(&["hook"]);
    let memory = memory.path().with_file_name("memory");
    command.env(FOLDER_VARIABLE, memory).stdin(Stdio::piped());
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it is read");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Answer {
        exit: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// What Claude Code says after an edit.
fn edit(place: &Place, session: &str, file: &str) -> Value {
    json!({
        "session_id": session, "transcript_path": "/t.jsonl", "cwd": place.path(),
        "permission_mode": "default", "hook_event_name": "PostToolUse", "tool_name": "Edit",
        "tool_input": { "file_path": place.path().join(file) }, "tool_use_id": "t1",
    })
}

/// The same at another moment.
fn at(call: &Value, event: &str) -> Value {
    let mut call = call.clone();
    call["hook_event_name"] = json!(event);
    call
}

fn told(answer: &Answer) -> Value {
    assert_eq!(answer.exit, 0, "{answer:?}");
    serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[test]
fn each_finding_is_told_once_a_session() {
    let place = Place::sample();
    let call = edit(&place, "first", "specs/TODO.md");
    let first = told(&hook(&place, &call.to_string()));
    assert_eq!(first["hookSpecificOutput"]["hookEventName"], "PostToolUse");
    let text = first["hookSpecificOutput"]["additionalContext"].as_str().expect("a text");
    assert!(text.starts_with("Lockstep: ") && text.contains(" drift: task 7 is "), "{text}");
    assert!(text.contains("lockstep set ID STATUS --from OLD"), "{text}");
    let mut rounds = 0;
    while !hook(&place, &call.to_string()).out.is_empty() {
        rounds += 1;
        assert!(rounds < 3, "five at a time, and then it is silent");
    }
    assert_eq!(hook(&place, &at(&call, "Stop").to_string()).out, "", "all of it was told");
    let other = edit(&place, "second", "specs/TODO.md");
    assert!(!hook(&place, &other.to_string()).out.is_empty(), "another session was told nothing");
    // What a new mistake brings is told, and nothing else.
    let todo = place.read("specs/TODO.md").replace("[Not Started", "[Compleeted]");
    place.write("specs/TODO.md", todo.as_bytes());
    let new = hook(&place, &call.to_string()).out;
    assert!(new.contains("Compleeted") && !new.contains("task 7"), "{new}");
    assert!(!place.path().join(".lockstep").exists(), "nothing is kept in the repository");
}

#[test]
fn a_session_that_works_in_two_workspaces_is_told_of_both() {
    let (one, other) = (Place::sample(), Place::sample());
    let hook = |place: &Place, call: &Value| hook_beside(&one, place, &call.to_string()).out;
    let call = edit(&one, "both", "specs/TODO.md");
    while !hook(&one, &call).is_empty() {}
    let same = edit(&other, "both", "specs/TODO.md");
    let told = hook(&other, &same);
    assert!(told.contains(" drift: task 7 is "), "the same finding of the other one: {told}");
    while !hook(&other, &same).is_empty() {}
    let todo = one.read("specs/TODO.md").replace("[Not Started", "[Compleeted]");
    one.write("specs/TODO.md", todo.as_bytes());
    other.write("specs/TODO.md", todo.as_bytes());
    let elsewhere = edit(&other, "both", "README.md");
    assert_eq!(hook(&other, &elsewhere), "", "no task file was edited");
    assert!(hook(&other, &at(&same, "Stop")).contains("Compleeted"), "edited in this one");
}

/// Somebody who knows what `prime` says and what the answers say, and nothing else.
fn carry_to_its_end(place: &Place, token: &str, task: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    loop {
        let shown = place.json(&["show", task, "--fields", "status,rev,next"]);
        let (status, rev) = (&shown["status"], shown["rev"].as_str().expect("a rev"));
        seen.push(status.as_str().expect("a status").to_owned());
        let next: Vec<&str> =
            shown["next"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let is_new = |it: &&&str| !seen.iter().any(|known| known == **it) && **it != "blocked";
        let done = next.iter().find(|it| **it == "completed");
        let Some(to) = done.or_else(|| next.iter().find(is_new)) else { return seen };
        let set = ["set", task, to, "--expect", rev, "--claim", token, "--format", "json"];
        let answer = place.json(&set);
        let result = &answer["results"][0];
        if result["outcome"] == "applied" {
            continue;
        }
        assert_eq!(result["code"], "needs-reason", "{answer:#}");
        let remedy = result["remedy"].as_str().expect("a remedy");
        assert!(remedy.contains("--reason"), "{remedy}");
        let with_reason = place.json(&[&set[..], &["--reason", "it is so"]].concat());
        assert_eq!(with_reason["results"][0]["outcome"], "applied", "{with_reason:#}");
    }
}

#[test]
fn a_stranger_carries_tasks_to_their_end_by_what_prime_and_the_answers_say() {
    let n = if std::env::var_os("LOCKSTEP_FULL").is_some() { 10 } else { 2 };
    let tasks = (1..=n).map(|n| format!("### {n}. Task {n}\n- **Status**: [NOT STARTED]\n\n"));
    let records = (1..=n).map(|n| {
        json!({ "project_number": n, "project_name": format!("t{n}"), "status": "not_started" })
    });
    let state = json!({ "active_projects": records.collect::<Vec<_>>() }).to_string();
    let todo = format!("# TODO\n\n{}", tasks.collect::<String>());
    let place = Place::new(&[("specs/TODO.md", &todo), ("specs/state.json", &state)]);
    for _ in 0..n {
        let claimed = place.json(&["claim", "--next", "--format", "json"]);
        let (task, token) = (&claimed["task"], claimed["token"].as_str().expect("a token"));
        let seen = carry_to_its_end(&place, token, task.as_str().expect("a task"));
        assert!(seen.len() > 4 && seen.last().is_some_and(|it| it == "completed"), "{seen:?}");
    }
    let found = place.json(&["check", "--format", "json"]);
    assert_eq!(found["diagnostics"], json!([]), "not one wrong edit");
    assert_eq!(place.run(&["claim", "--next"]).exit, 1, "nothing is left");
}

#[test]
fn what_does_not_concern_tasks_is_passed_over_in_silence() {
    let place = Place::sample();
    for (file, event) in [
        ("src/main.rs", "PostToolUse"),
        ("README.md", "PostToolUse"),
        ("specs/TODO.md", "PreToolUse"),
        ("specs/TODO.md", "UserPromptSubmit"),
    ] {
        let answer = hook(&place, &at(&edit(&place, "s", file), event).to_string());
        assert_eq!((answer.exit, answer.out.as_str()), (0, ""), "{file} {event}");
    }
    let empty = Place::new(&[("notes.md", "# Notes\n")]);
    let answer = hook(&empty, &edit(&empty, "s", "notes.md").to_string());
    assert_eq!((answer.exit, answer.out.as_str()), (0, ""));
    for input in ["", "{}", r#"{"hook_event_name":"PostToolUse","tool":"Edit"}"#] {
        let answer = hook(&place, input);
        assert_eq!(answer.exit, 1, "with 2 a client would stop the agent: {answer:?}");
        assert!(answer.err.contains("of no form that is known"), "{}", answer.err);
    }
}

#[test]
fn a_client_that_takes_nothing_after_an_edit_is_told_when_it_stops() {
    let place = Place::sample();
    let root = place.path();
    let cursor = |event: &str| {
        json!({
            "conversation_id": "c1", "generation_id": "g", "workspace_roots": [root],
            "hook_event_name": event, "file_path": root.join("specs/state.json"),
            "status": "completed", "loop_count": 0,
        })
    };
    assert_eq!(hook(&place, &cursor("afterFileEdit").to_string()).out, "");
    let stop = told(&hook(&place, &cursor("stop").to_string()));
    let text = stop["followup_message"].as_str().expect("a text");
    assert!(text.contains("specs/state.json"), "{text}");
    let copilot = json!({
        "sessionId": "p1", "timestamp": 1_704_614_400_000_u64, "cwd": root, "toolName": "edit",
        "toolArgs": { "path": "specs/state.json" },
        "toolResult": { "resultType": "success", "textResultForLlm": "ok" },
    });
    assert_eq!(hook(&place, &copilot.to_string()).out, "");
    let stop = json!({
        "sessionId": "p1", "timestamp": 1_704_614_400_001_u64, "cwd": root,
        "transcriptPath": "/t", "stopReason": "end_turn",
    });
    let told_at_stop = told(&hook(&place, &stop.to_string()));
    assert_eq!(told_at_stop["decision"], "block", "{told_at_stop:#}");
    assert_eq!(hook(&place, &stop.to_string()).out, "", "once");
}

#[test]
fn a_session_begins_with_how_things_are() {
    let place = Place::sample();
    let call = at(&edit(&place, "s", "specs/TODO.md"), "SessionStart");
    let start = told(&hook(&place, &call.to_string()));
    let text = start["hookSpecificOutput"]["additionalContext"].as_str().expect("a text");
    assert_eq!(text, place.run(&["prime", "--live"]).out);
    assert!(text.contains("1 task can begin:\n- 9 (not_started) Choose a logo\n"), "{text}");
    assert!(text.contains("2 tasks drift between files"), "{text}");
    place.run(&["claim", "9", "--holder", "ann"]);
    let held = place.run(&["prime", "--live", "--holder", "ann"]).out;
    assert!(held.contains("You (ann) hold:\n- 9 (not_started) Choose a logo\n"), "{held}");
    assert!(held.contains("No task can begin that nobody holds.\n"), "{held}");
    // All agents of a user have one name, so that nobody is told to go on with what another holds.
    let other = told(&hook(&place, &call.to_string().replace("\"s\"", "\"t\"")));
    let other = other["hookSpecificOutput"]["additionalContext"].as_str().expect("a text");
    let held = "Held by agents, perhaps by you:\n- 9 (not_started) Choose a logo, held by ann\n";
    assert!(other.contains(held), "{other}");
}

#[test]
fn how_things_are_costs_little_to_read_however_many_tasks_there_are() {
    let long = "x".repeat(300);
    let tasks = (1..=200).map(|n| format!("### {n}. {long}\n- **Status**: [NOT STARTED]\n\n"));
    let todo = format!("# TODO\n\n{}", tasks.collect::<String>());
    let place =
        Place::new(&[("specs/TODO.md", &todo), ("specs/state.json", "{\"active_projects\": []}")]);
    for _ in 0..7 {
        place.run(&["claim", "--next", "--holder", &long]);
    }
    let text = place.run(&["prime", "--live", "--holder", &long]).out;
    // Of such a text a token is 3.5 characters or more.
    assert!(text.chars().count() <= 1225, "{} characters: {text}", text.chars().count());
    assert!(text.contains("193 tasks can begin:\n"), "{text}");
}

#[test]
fn the_guide_is_written_between_its_markers_once() {
    let place = Place::sample();
    place.write("AGENTS.md", b"# Agents\r\n\r\nBe kind.\r\n");
    let first = place.run(&["prime", "--write"]);
    assert_eq!((first.exit, first.out.as_str()), (0, "wrote AGENTS.md\n"), "{}", first.err);
    let text = place.read("AGENTS.md");
    let guide = place.run(&["prime"]).out;
    let block = format!("<!-- lockstep:begin -->\n{guide}<!-- lockstep:end -->\n");
    assert_eq!(text.replace("\r\n", "\n"), format!("# Agents\n\nBe kind.\n\n{block}"));
    assert!(!text.replace("\r\n", "").contains('\n'), "line endings stay as they are");
    assert_eq!(place.run(&["prime", "--write"]).out, "AGENTS.md is up to date\n");
    assert_eq!(place.read("AGENTS.md"), text);
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(place.read("AGENTS.md"), "# Agents\r\n\r\nBe kind.\r\n");
    place.write("AGENTS.md", b"<!-- lockstep:begin -->\n");
    let broken = place.run(&["prime", "--write"]);
    assert_eq!(broken.exit, 2);
    assert!(broken.err.contains("in line 1 and no end of it"), "{}", broken.err);
    assert_eq!(place.run(&["prime", "--write", "docs/GUIDE.md"]).exit, 0, "it may be new");
    for wrong in ["../OUT.md", "guide.txt", ".git/x.md"] {
        assert_ne!(place.run(&["prime", "--write", wrong]).exit, 0, "{wrong}");
    }
}

#[test]
fn clients_that_are_used_here_are_set_up_once_it_was_shown() {
    let place = Place::sample();
    place.write(".cursor/rules/x.md", b"");
    place.write(".claude/settings.json", b"{\"model\": \"x\"}\n");
    place.write("CLAUDE.md", b"");
    place.write(".github/copilot-instructions.md", b"");
    let before = place.tree();
    let shown = place.run(&["init", "--agents"]).out;
    for line in [
        "found Claude Code\n.claude/settings.json is somebody else's; add to it:\n",
        "found Cursor\n",
        "found Copilot CLI and VS Code\n",
        "AGENTS.md (new):\n  <!-- lockstep:begin -->\n",
        ".cursor/hooks.json (new):\n",
        "nothing written; `lockstep init --agents --write` writes it\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains("Codex"), "{shown}");
    assert_eq!(place.tree(), before, "only shown");
    assert_eq!(place.run(&["init", "--agents", "--write"]).exit, 0);
    let cursor: Value = serde_json::from_str(&place.read(".cursor/hooks.json")).expect("JSON");
    assert_eq!(cursor["hooks"]["afterFileEdit"][0]["command"], "lockstep hook");
    assert!(place.read(".github/hooks/lockstep.json").contains("PostToolUse"));
    assert_eq!(place.read(".claude/settings.json"), "{\"model\": \"x\"}\n", "it is theirs");
    let again = place.run(&["init", "--agents"]).out;
    assert!(
        again.contains("AGENTS.md is up to date\n.cursor/hooks.json is up to date\n"),
        "{again}"
    );
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert!(!place.path().join(".cursor/hooks.json").exists());
}
