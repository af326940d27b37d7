//! Commands that commit to disk.

use std::time::Duration;

use lockstep_store::store::{Options, Store};
use lockstep_store::transaction::{Rebase, Transaction};
use serde_json::{Value, json};

use crate::support::client::uri;
use crate::support::editor::{Editor, FILES};
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";

fn to_disk(task: u32, status: &str) -> Value {
    json!({"task": task, "status": status, "commit": "disk"})
}

fn is_implementing(texts: &[String; 4]) -> bool {
    texts[0].contains("[IN PROGRESS]")
        && texts[1].contains("implementing")
        && texts[2].contains("[IMPLEMENTING]")
        && texts[3].contains("implementing")
}

#[tokio::test]
async fn a_status_is_committed_to_every_file_and_taken_back() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start_with(&sandbox, json!({})).await;
    editor.finding(STATE, "drift").await;
    let before = FILES.map(|path| sandbox.read(path));
    let answer = editor.run("lockstep.setStatus", to_disk(7, "[IMPLEMENTING]")).await;
    let answer = answer.expect("it is committed");
    assert_eq!(answer["schema"], 1);
    let result = &answer["results"][0];
    assert_eq!(result["outcome"], "applied", "{answer:#}");
    assert_eq!((&result["from"], &result["to"]), (&json!("planned"), &json!("implementing")));
    assert_eq!(result["files"], json!(FILES));
    assert!(is_implementing(&FILES.map(|path| sandbox.read(path))));
    assert_eq!(editor.meet().await["tasks"][0]["status"], "implementing", "it is seen at once");
    editor.no_finding(STATE, "drift").await;
    let log = sandbox.read(".lockstep/log.jsonl");
    assert!(log.contains(" in Test\""), "{log}");

    let undone = editor.run("lockstep.undo", json!({})).await.expect("it is taken back");
    assert_eq!(undone["reversed"], answer["transaction"]);
    assert_eq!(undone["files"], json!(FILES));
    assert_eq!(FILES.map(|path| sandbox.read(path)), before);
    assert_eq!(editor.meet().await["tasks"][0]["status"], "planned");
    let error = editor.run("lockstep.undo", json!({})).await.expect_err("nothing is left");
    assert_eq!(error["message"], "nothing to undo");
    let mut told = editor.client.notifications.iter();
    assert!(told.all(|it| it["method"] != "window/showMessage"), "nobody is disturbed");
}

#[tokio::test]
async fn where_to_commit_is_said_by_argument_editor_or_workspace() {
    for (toml, options, settings, argument, disk) in [
        ("", json!(null), json!(null), json!(null), false),
        ("commit = \"disk\"\n", json!(null), json!(null), json!(null), true),
        ("commit = \"disk\"\n", json!({"commit": "edit"}), json!(null), json!(null), false),
        ("", json!({"commit": "disk"}), json!(null), json!(null), true),
        ("", json!({"commit": "disk"}), json!({"other": {}}), json!(null), true),
        ("", json!({"commit": "disk"}), json!({"lockstep": {}}), json!(null), false),
        ("", json!(null), json!({"lockstep": {"commit": "disk"}}), json!(null), true),
        ("commit = \"disk\"\n", json!({"commit": "disk"}), json!(null), json!("edit"), false),
    ] {
        let sandbox = workspaces::login();
        sandbox.write("lockstep.toml", toml);
        let mut editor = Editor::start_with(&sandbox, options.clone()).await;
        if !settings.is_null() {
            let params = json!({"settings": settings});
            editor.client.notify("workspace/didChangeConfiguration", params).await;
        }
        let argument = json!({"task": 7, "status": "implementing", "commit": argument});
        let answer = editor.run("lockstep.setStatus", argument.clone()).await.expect("an answer");
        let case = format!("{toml:?} {options} {settings} {argument}");
        assert_eq!(answer.get("results").is_some(), disk, "{case}: {answer:#}");
        let texts = FILES.map(|path| sandbox.read(path));
        assert_eq!(is_implementing(&texts), disk, "{case}");
        if !disk {
            let asked = editor.client.asked("workspace/applyEdit").await;
            editor.client.answer(&asked, json!({"applied": false})).await;
        }
    }
}

#[tokio::test]
async fn a_setting_that_makes_no_sense_is_told() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start_with(&sandbox, json!({"commit": "disc"})).await;
    let shown = editor.client.notified("window/showMessage").await;
    assert!(shown["message"].as_str().is_some_and(|it| it.contains("not \"disc\"")), "{shown}");
    let argument = json!({"task": 7, "status": "implementing", "commit": "disc"});
    let error = editor.run("lockstep.setStatus", argument).await.expect_err("it is refused");
    assert_eq!(error["message"], "`commit` must be `edit` or `disk`");
}

#[tokio::test]
async fn nothing_is_written_while_a_file_of_the_change_has_unsaved_text() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    for path in FILES {
        editor.open(path).await;
    }
    let words = editor.text(STATE).replace("\n", "\n\n");
    editor.write(STATE, &words).await;
    let before = FILES.map(|path| sandbox.read(path));
    for (command, argument) in [
        ("lockstep.setStatus", to_disk(7, "implementing")),
        ("lockstep.fixTask", json!({"task": 7, "commit": "disk"})),
    ] {
        let answer = editor.run(command, argument).await.expect("an answer");
        assert_eq!(answer["transaction"], json!(null));
        assert_eq!(answer["results"][0]["outcome"], "refused", "{answer:#}");
        let reason = answer["results"][0]["reason"].as_str().expect("a reason");
        let expected = "specs/state.json has unsaved changes; save it, or use commit = \"edit\"";
        assert_eq!(reason, expected);
        let shown = editor.client.notified("window/showMessage").await;
        assert_eq!(shown["message"], format!("Lockstep: task 7: {expected}"));
    }
    assert_eq!(FILES.map(|path| sandbox.read(path)), before);
    assert!(!sandbox.join(".lockstep").exists());

    editor.save(STATE).await;
    let answer = editor.run("lockstep.setStatus", to_disk(7, "implementing")).await;
    assert_eq!(answer.expect("an answer")["results"][0]["outcome"], "applied");
    for path in FILES {
        editor.finding_of(path, "stale-buffer", "saving this text").await;
    }
    for path in FILES {
        editor.write(path, &sandbox.read(path)).await;
        editor.no_finding(path, "stale-buffer").await;
    }
    let words = editor.text(TODO).replace("Write docs", "Write all docs");
    editor.write(TODO, &words).await;
    let error = editor.run("lockstep.undo", json!({})).await.expect_err("it is refused");
    assert!(
        error["message"].as_str().is_some_and(|it| it.starts_with("specs/TODO.md has unsaved"))
    );
}

#[tokio::test]
async fn a_text_that_is_older_than_the_disk_is_not_changed_behind_its_reader() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open(TODO).await;
    sandbox.write(TODO, sandbox.read(TODO).replace("[PLANNED]", "[REVISED]"));
    editor.finding(TODO, "stale-buffer").await;
    let answer = editor.run("lockstep.setStatus", to_disk(7, "implementing")).await;
    let answer = answer.expect("an answer");
    let reason = answer["results"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("specs/TODO.md has changed on disk since"), "{reason}");
}

#[tokio::test]
async fn what_the_profile_does_not_allow_is_refused_for_the_task() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    let answer = editor.run("lockstep.setStatus", to_disk(7, "completed")).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer["results"][0]["outcome"], "refused");
    let reason = answer["results"][0]["reason"].as_str().expect("a reason").to_owned();
    let shown = editor.client.notified("window/showMessage").await;
    let remedy = answer["results"][0]["remedy"].as_str().expect("a remedy");
    assert_eq!(shown["message"], format!("Lockstep: task 7: {reason}; {remedy}"));
    assert_eq!(answer["results"][0]["code"], "not-allowed");
    let error = editor.run("lockstep.setStatus", to_disk(7, "lost")).await.expect_err("no status");
    assert_eq!(
        (&error["code"], &error["data"]["code"]),
        (&json!(-32602), &json!("unknown-status"))
    );
    let expecting =
        json!({"task": 7, "status": "implementing", "expect": "revised", "commit": "disk"});
    let answer = editor.run("lockstep.setStatus", expecting).await.expect("an answer");
    assert_eq!(answer["results"][0]["code"], "not-expected");
    let answer = editor.run("lockstep.setStatus", to_disk(8, "not_started")).await;
    assert_eq!(answer.expect("an answer")["results"][0]["outcome"], "unchanged");
    assert!(!sandbox.join(".lockstep").exists());
}

#[tokio::test]
async fn a_task_is_mended_on_disk() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.finding(STATE, "drift").await;
    let argument = json!({"task": 7, "prefer": STATE, "commit": "disk"});
    let answer = editor.run("lockstep.fixTask", argument).await.expect("it is committed");
    assert_eq!(answer["results"][0]["outcome"], "applied", "{answer:#}");
    assert!(sandbox.read(TODO).contains("[RESEARCHED]"));
    editor.no_finding(STATE, "drift").await;
    let argument = json!({"task": 7, "prefer": "no.md", "commit": "disk"});
    let error = editor.run("lockstep.fixTask", argument).await.expect_err("no such file");
    assert_eq!(error["code"], -32602);
}

#[tokio::test]
async fn whoever_holds_the_lock_is_named_and_nobody_else_waits() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    let store = Store::open(sandbox.path(), Options::default()).expect("a store");
    let unchanged = &mut |_: &_, _: &_, _: &_, _: &[u8]| Rebase::Unchanged;
    let held = Transaction::begin(&[&store], Duration::from_secs(10), unchanged).expect("the lock");
    let params =
        json!({"command": "lockstep.setStatus", "arguments": [to_disk(7, "implementing")]});
    let waiting = editor.client.begin("workspace/executeCommand", Some(params)).await;
    editor.meet().await;
    assert!(!editor.client.is_answered(waiting));
    let answer = editor.client.end_of(waiting).await.expect("an answer");
    let reason = answer["results"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains(&format!("(process {})", std::process::id())), "{reason}");
    assert!(reason.contains("waited 2000 ms"), "{reason}");
    drop(held);
    let answer = editor.run("lockstep.setStatus", to_disk(7, "implementing")).await;
    assert_eq!(answer.expect("an answer")["results"][0]["outcome"], "applied");
}

#[tokio::test]
async fn a_workspace_in_a_workspace_is_changed_and_taken_back_by_itself() {
    let sandbox = workspaces::login();
    let inner = "inner/specs/TODO.md";
    sandbox.write(inner, sandbox.read(TODO).replace("### 7.", "### 9."));
    let mut editor = Editor::start(&sandbox).await;
    let folder = json!({"uri": uri(&sandbox.join("inner")), "name": "inner"});
    let params = json!({"event": {"added": [folder], "removed": []}});
    editor.client.notify("workspace/didChangeWorkspaceFolders", params).await;
    for task in [7, 9] {
        let answer = editor.run("lockstep.setStatus", to_disk(task, "implementing")).await;
        assert_eq!(answer.expect("an answer")["results"][0]["outcome"], "applied");
    }
    assert!(sandbox.join("inner/.lockstep").exists());
    let made = sandbox.read(inner);
    let argument = json!({"uri": uri(&sandbox.join(TODO))});
    editor.run("lockstep.undo", argument).await.expect("it is taken back");
    assert!(sandbox.read(TODO).contains("[PLANNED]"));
    assert_eq!(sandbox.read(inner), made);
    editor.run("lockstep.undo", json!({})).await.expect("it is taken back");
    assert_ne!(sandbox.read(inner), made);
}

#[tokio::test]
async fn a_change_on_disk_that_moves_files_waits_for_what_is_unsaved_in_them() {
    let sandbox = workspaces::workspace(
        "//- /docs/pending/api/login/login-index.md\n  # Login\n  - **Status**: Pending\n//- /docs/pending/api/login/notes.md\n  Nothing of tasks.\n",
    );
    let (index, notes) =
        ("docs/pending/api/login/login-index.md", "docs/pending/api/login/notes.md");
    let mut editor = Editor::start(&sandbox).await;
    editor.open(notes).await;
    editor.write(notes, "Something else.\n").await;
    let argument = json!({"task": "login", "status": "in_progress", "commit": "disk"});
    let answer = editor.run("lockstep.setStatus", argument.clone()).await.expect("an answer");
    let reason = answer["results"][0]["reason"].as_str().expect("a reason");
    assert!(reason.starts_with(&format!("{notes} has unsaved changes")), "{reason}");
    assert!(sandbox.join(index).exists());

    editor.save(notes).await;
    let answer = editor.run("lockstep.setStatus", argument).await.expect("an answer");
    assert_eq!(answer["results"][0]["outcome"], "applied", "{answer:#}");
    let moved = sandbox.read("docs/in-progress/api/login/notes.md");
    assert_eq!(moved, "Something else.\n");
}

#[tokio::test]
async fn a_person_changes_a_task_that_somebody_holds_and_is_told() {
    let sandbox = workspaces::login();
    let claim = ["claim", "7", "--holder", "an agent", "--no-daemon"];
    let claimed = crate::cli::support::lockstep(sandbox.path()).args(claim).output();
    assert!(claimed.expect("the binary runs").status.success());
    let mut editor = Editor::start_with(&sandbox, json!({})).await;
    let answer = editor.run("lockstep.setStatus", to_disk(7, "implementing")).await;
    assert_eq!(answer.expect("an answer")["results"][0]["outcome"], "applied");
    let shown = editor.client.notified("window/showMessage").await;
    let message = shown["message"].as_str().expect("a text");
    assert!(message.contains("task 7 is held by an agent"), "{message}");
    let register = sandbox.read(".lockstep/register");
    assert!(register.contains("an agent"), "the claim stays: {register}");
}
