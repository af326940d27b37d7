//! Texts that an editor has not read again since somebody else changed the file.

use lockstep::hub::Hub;
use lockstep_fixture::Sandbox;
use serde_json::{Value, json};

use crate::support::client::able;
use crate::support::editor::Editor;
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";

/// Task 7 is planned everywhere, and below it is a status that nobody knows.
fn planned() -> Sandbox {
    workspaces::workspace(
        r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Log out
  - **Status**: [SOMEDAY]
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "status": "planned" },
      { "project_number": 8, "status": "planned" }
    ]
  }
"#,
    )
}

/// An editor that is waited for so long.
async fn patient<'a>(hub: &Hub, sandbox: &'a Sandbox, seconds: u64) -> Editor<'a> {
    let mut editor = Editor::join(hub, sandbox, "Ed", able()).await;
    let settings = json!({"settings": {"lockstep": {"rereadSeconds": seconds}}});
    editor.client.notify("workspace/didChangeConfiguration", settings).await;
    editor
}

/// Somebody else sets task 7 to implementing, on disk.
async fn set_elsewhere(hub: &Hub, sandbox: &Sandbox) {
    let mut shell = Editor::join(hub, sandbox, "Shell", able()).await;
    let argument = json!({"task": 7, "status": "implementing", "commit": "disk"});
    let report = shell.run("lockstep.setStatus", argument).await.expect("a report");
    assert!(report["transaction"].is_string(), "{report:#}");
}

fn found(editor: &Editor<'_>, sandbox: &Sandbox) -> Vec<(String, Value, Value)> {
    let mut found = Vec::new();
    for path in [TODO, STATE] {
        let uri = crate::support::client::uri(&sandbox.join(path));
        let told = editor.client.diagnostics.get(&uri);
        for it in told.and_then(|it| it["diagnostics"].as_array()).into_iter().flatten() {
            found.push((path.to_owned(), it["code"].clone(), it["range"]["start"]["line"].clone()));
        }
    }
    found
}

#[tokio::test]
async fn what_nobody_typed_is_judged_as_what_is_on_disk_by_now() {
    let (sandbox, hub) = (planned(), Hub::start());
    let mut editor = patient(&hub, &sandbox, 86400).await;
    editor.open(TODO).await;
    let finding = editor.finding(TODO, "unknown-status").await;
    let before = found(&editor, &sandbox);
    assert_eq!(before, [(TODO.to_owned(), json!("unknown-status"), json!(6))]);

    set_elsewhere(&hub, &sandbox).await;
    assert_eq!(editor.client.notified("lockstep/event").await["kind"], "task.started");
    let list = editor.meet().await;
    let seven = &list["tasks"][0];
    assert_eq!((&seven["status"], &seven["agreed"]), (&json!("implementing"), &json!(true)));
    editor.client.request("lockstep/told", json!({})).await.expect("all is told");
    assert_eq!(found(&editor, &sandbox), before, "nothing is other for it, nor anywhere else");

    // Places are those of the text that it has.
    let disk = sandbox.read(TODO);
    assert_ne!(disk.lines().count(), editor.text(TODO).lines().count(), "lines have come: {disk}");
    let document = json!({"uri": crate::support::client::uri(&sandbox.join(TODO))});
    let at = json!({"textDocument": document, "position": {"line": 5, "character": 6}});
    let shown = editor.client.request("textDocument/hover", at).await.expect("a hover");
    let value = shown["contents"]["value"].as_str().unwrap_or_default();
    assert!(value.starts_with("**8 · Log out**"), "{shown:#}");
    assert_eq!(shown["range"]["start"]["line"], 5);
    let offered = editor.actions(TODO, &finding).await;
    assert!(offered.iter().any(|it| it["title"] == "Allow `unknown-status` here"), "{offered:#?}");

    let marks = editor.client.request("lockstep/marks", document.clone()).await.expect("marks");
    for method in ["textDocument/foldingRange", "textDocument/semanticTokens/full"] {
        let params = json!({"textDocument": document});
        let shown = editor.client.request(method, params).await.expect("an answer");
        let ends: Vec<u64> = match shown.as_array() {
            Some(folds) => folds.iter().filter_map(|it| it["endLine"].as_u64()).collect(),
            None => {
                let data = shown["data"].as_array().expect("tokens");
                vec![data.iter().step_by(5).filter_map(Value::as_u64).sum()]
            }
        };
        let last = editor.text(TODO).lines().count() as u64;
        assert!(!ends.is_empty() && ends.iter().all(|end| *end < last), "{method}: {shown:#}");
    }
    let shown = (&marks[0]["line"], &marks[0]["status"]);
    assert_eq!(shown, (&json!(4), &json!("planned")), "{marks:#}");

    // It reads it again.
    editor.write(TODO, &disk).await;
    let line = disk.lines().position(|it| it.contains("SOMEDAY")).expect("it is there");
    let there = |all: &[Value]| all.iter().any(|it| it["range"]["start"]["line"] == line);
    editor.client.diagnostics_until(&sandbox.join(TODO), there).await;
    assert_eq!(found(&editor, &sandbox).len(), 1);
}

#[tokio::test]
async fn a_commit_to_disk_goes_by_whether_the_task_is_shown_as_it_is() {
    let (sandbox, hub) = (planned(), Hub::start());
    let known = sandbox.read(TODO).replace("[SOMEDAY]", "[PLANNED]");
    sandbox.write(TODO, &known);
    let mut editor = patient(&hub, &sandbox, 86400).await;
    editor.open(TODO).await;
    set_elsewhere(&hub, &sandbox).await;
    editor.client.notified("lockstep/event").await;
    let set =
        |task: u32| json!({"task": task, "status": "blocked", "reason": "x", "commit": "disk"});
    let report = editor.run("lockstep.setStatus", set(7)).await.expect("a report");
    let reason = report["results"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("specs/TODO.md has changed on disk since"), "{report:#}");
    // What has changed in the file is of another task.
    let report = editor.run("lockstep.setStatus", set(8)).await.expect("a report");
    assert_eq!(report["results"][0]["outcome"], "applied", "{report:#}");
}

#[tokio::test]
async fn who_does_not_read_a_file_again_in_time_is_told_and_contradicts_nobody() {
    let (sandbox, hub) = (planned(), Hub::start());
    let mut editor = patient(&hub, &sandbox, 0).await;
    editor.open(TODO).await;
    editor.finding(TODO, "unknown-status").await;
    set_elsewhere(&hub, &sandbox).await;
    let message =
        "the file changed on disk after it was read here; saving this text would undo that";
    let finding = editor.finding_of(TODO, "stale-buffer", message).await;
    assert_eq!(finding["range"]["start"], json!({"line": 0, "character": 0}));
    let rules: Vec<Value> = found(&editor, &sandbox).into_iter().map(|it| it.1).collect();
    assert_eq!(rules.len(), 2, "{rules:?}");
    assert!(rules.contains(&json!("unknown-status")), "{rules:?}");

    // What is typed is a statement, whatever it was typed into.
    let text = format!("{}\nMore.\n", editor.text(TODO));
    editor.write(TODO, &text).await;
    editor.finding(STATE, "drift").await;
    let message = "the file and this text have changed apart; saving would undo what is on disk";
    editor.finding_of(TODO, "stale-buffer", message).await;
    editor.write(TODO, &sandbox.read(TODO)).await;
    editor.no_finding(TODO, "stale-buffer").await;
    editor.no_finding(STATE, "drift").await;
}

#[tokio::test]
async fn an_edit_of_a_file_waits_until_the_editor_has_read_it_again() {
    for reads in [true, false] {
        let (sandbox, hub) = (planned(), Hub::start());
        let mut editor = patient(&hub, &sandbox, if reads { 86400 } else { 0 }).await;
        editor.open(TODO).await;
        editor.finding(TODO, "unknown-status").await;
        set_elsewhere(&hub, &sandbox).await;
        editor.client.notified("lockstep/event").await;
        let argument = json!({"task": 7, "status": "partial"});
        let answer = editor.run("lockstep.setStatus", argument).await.expect("it is planned");
        assert_eq!(answer["files"], json!([TODO, STATE]));
        if reads {
            editor.meet().await;
            let disk = sandbox.read(TODO);
            editor.write(TODO, &disk).await;
            editor.apply(&[]).await;
            let set = disk.replace("[IMPLEMENTING]", "[PARTIAL]");
            assert!(
                editor.text(TODO).starts_with(&set[..set.find("[PARTIAL]").expect("it is set")])
            );
            assert!(editor.text(TODO).contains("[PARTIAL]"), "{}", editor.text(TODO));
        } else {
            let shown = editor.client.notified("window/showMessage").await;
            let message = "specs/TODO.md has changed on disk since the editor read it; reload it \
                           there, and run the command again";
            assert_eq!(shown["message"], message);
        }
    }
}
