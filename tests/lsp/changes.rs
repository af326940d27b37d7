//! Changes over several files that an editor makes: what becomes of them until they are saved.

use serde_json::json;

use crate::support::editor::{Editor, FILES};
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";
const PROJECT: &str = "specs/007_login/state.json";

const UNSAVED: &str = "unsaved-change";
const HALF: &str = "half-applied";
const STALE: &str = "stale-buffer";

/// Task 7 is set to implementing in every file but those `left`.
async fn set(editor: &mut Editor<'_>, left: &[&str]) -> String {
    let argument = json!({"task": 7, "status": "implementing"});
    let answer = editor.run("lockstep.setStatus", argument).await.expect("it is planned");
    editor.apply(left).await;
    answer["transaction"].as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn a_change_is_unsaved_until_every_file_is_saved() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    set(&mut editor, &[]).await;
    for path in FILES {
        let finding = editor.finding(path, UNSAVED).await;
        assert_eq!(finding["severity"], 3, "{finding:#}");
        let related = finding["relatedInformation"].as_array().map(Vec::len);
        assert_eq!(related, Some(3), "{finding:#}");
    }
    let message = "`Set task 7 to implementing` is not saved yet, here and in 3 other files";
    let finding = editor.finding_of(TODO, UNSAVED, message).await;
    let line = finding["range"]["start"]["line"].as_u64().expect("a line") as usize;
    assert!(editor.text(TODO).lines().nth(line).is_some_and(|it| it.contains("[IMPLEMENTING]")));

    editor.save(TODO).await;
    editor.no_finding(TODO, UNSAVED).await;
    editor.finding_of(STATE, UNSAVED, "is saved in specs/TODO.md, but not here").await;
    for path in FILES {
        editor.save(path).await;
    }
    for path in FILES {
        editor.no_finding(path, UNSAVED).await;
    }
}

#[tokio::test]
async fn a_change_by_a_code_action_is_followed_too() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open(TODO).await;
    let drift = editor.finding(TODO, "drift").await;
    let actions = editor.actions(TODO, &drift).await;
    let title = "Set task 7 to [IMPLEMENTING]";
    let action = actions.iter().find(|action| action["title"] == title).expect("it is offered");
    let action = editor.client.request("codeAction/resolve", action.clone()).await;
    editor.make(&action.expect("an edit")["edit"], &[]).await;
    let message = "`Set task 7 to [IMPLEMENTING]` is not saved yet, here and in 3 other files";
    let finding = editor.finding_of(STATE, UNSAVED, message).await;
    let argument = json!({"transaction": finding["data"]["transaction"]});
    editor.run("lockstep.saveChange", argument).await.expect("it is saved");
    assert_eq!(sandbox.read(STATE), editor.text(STATE));
    editor.no_finding(STATE, UNSAVED).await;
}

#[tokio::test]
async fn what_is_undone_everywhere_is_no_change_until_it_is_done_again() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    set(&mut editor, &[]).await;
    editor.finding(TODO, UNSAVED).await;
    let made = FILES.map(|path| editor.text(path).to_owned());
    for path in FILES {
        editor.write(path, &sandbox.read(path)).await;
    }
    for path in FILES {
        editor.no_finding(path, UNSAVED).await;
    }
    for (path, text) in FILES.iter().zip(&made) {
        editor.write(path, text).await;
    }
    for path in FILES {
        editor.finding(path, UNSAVED).await;
    }
}

#[tokio::test]
async fn a_file_that_an_edit_has_not_reached_is_named_and_can_be_made_to_follow() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open(STATE).await;
    set(&mut editor, &[STATE]).await;
    let finding = editor.finding(TODO, HALF).await;
    let message = "`Set task 7 to implementing` is not made in specs/state.json";
    assert_eq!(finding["message"], message);
    assert_eq!(finding["severity"], 2);
    editor.no_finding(TODO, UNSAVED).await;

    let actions = editor.actions(TODO, &finding).await;
    let title = "Make the change in specs/state.json too";
    let action = actions.iter().find(|action| action["title"] == title).expect("a fix");
    let action = editor.client.request("codeAction/resolve", action.clone()).await;
    editor.make(&action.expect("an edit")["edit"], &[]).await;
    assert!(editor.text(STATE).contains("implementing"));
    editor.no_finding(TODO, HALF).await;
    editor.finding(STATE, UNSAVED).await;
}

#[tokio::test]
async fn a_file_that_is_closed_without_being_saved_lacks_the_change() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    set(&mut editor, &[]).await;
    editor.finding(TODO, UNSAVED).await;
    editor.close(STATE).await;
    editor.finding_of(TODO, HALF, "is not made in specs/state.json").await;
    for path in FILES.iter().filter(|path| **path != STATE) {
        editor.save(path).await;
    }
    editor.finding(TODO, HALF).await;
    let text = sandbox.read(TODO).replace("[IMPLEMENTING]", "[PLANNED]");
    editor.write(TODO, &text).await;
    editor.no_finding(TODO, HALF).await;
}

#[tokio::test]
async fn a_file_that_the_editor_never_shows_is_judged_once_the_others_are_saved() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    set(&mut editor, &[STATE]).await;
    editor.finding(TODO, UNSAVED).await;
    assert_eq!(editor.text(TODO).matches("[IMPLEMENTING]").count(), 1);
    for path in FILES.iter().filter(|path| **path != STATE) {
        editor.no_finding(path, HALF).await;
        editor.save(path).await;
    }
    editor.finding(TODO, HALF).await;
    sandbox.write(STATE, sandbox.read(STATE).replace("researched", "implementing"));
    editor.no_finding(TODO, HALF).await;
    editor.no_finding(TODO, UNSAVED).await;
}

#[tokio::test]
async fn a_change_is_saved_on_disk_without_what_else_is_unsaved() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open(TODO).await;
    let words = format!("{}\nStill thinking about this.\n", editor.text(TODO));
    editor.write(TODO, &words).await;
    set(&mut editor, &[]).await;
    let finding = editor.finding(TODO, UNSAVED).await;
    let actions = editor.actions(TODO, &finding).await;
    let action = actions.iter().find(|action| action["title"] == "Save this change");
    let action = action.expect("it is offered");
    assert_eq!(action["diagnostics"], json!([finding]));
    assert!(action.get("edit").is_none() && action.get("data").is_none(), "{action:#}");

    let argument = action["command"]["arguments"][0].clone();
    let saved = editor.run("lockstep.saveChange", argument.clone()).await.expect("it is saved");
    assert_eq!(saved["files"], json!(FILES));
    for path in FILES {
        editor.no_finding(path, UNSAVED).await;
        editor.no_finding(path, STALE).await;
    }
    assert!(sandbox.read(TODO).contains("[IMPLEMENTING]"));
    assert!(!sandbox.read(TODO).contains("thinking"));
    for path in FILES.iter().filter(|path| **path != TODO) {
        assert_eq!(sandbox.read(path), editor.text(path));
    }
    let again = editor.run("lockstep.saveChange", argument).await.expect_err("it is over");
    assert!(again["message"].as_str().is_some_and(|it| it.contains("saved or undone already")));
    let log = sandbox.read(".lockstep/log.jsonl");
    assert!(log.contains(r#""label":"Set task 7 to implementing""#), "{log}");
}

#[tokio::test]
async fn a_change_is_saved_with_those_that_it_stands_on() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    set(&mut editor, &[]).await;
    editor.finding(TODO, UNSAVED).await;
    let first = FILES.map(|path| editor.text(path).to_owned());
    let argument = json!({"task": 7, "status": "partial"});
    let answer = editor.run("lockstep.setStatus", argument).await.expect("it is planned");
    editor.apply(&[]).await;
    let message = "`Set task 7 to partial` is not saved yet, here and in 3 other files";
    let finding = editor.finding_of(TODO, UNSAVED, message).await;
    assert_eq!(finding["data"]["transaction"], answer["transaction"]);
    let made = FILES.map(|path| editor.text(path).to_owned());

    for (path, text) in FILES.iter().zip(&first) {
        editor.write(path, text).await;
    }
    editor.finding_of(TODO, UNSAVED, "`Set task 7 to implementing` is not").await;
    for (path, text) in FILES.iter().zip(&made) {
        editor.write(path, text).await;
    }
    editor.finding_of(TODO, UNSAVED, message).await;
    editor.save(PROJECT).await;
    editor.no_finding(PROJECT, UNSAVED).await;
    let argument = json!({"transaction": answer["transaction"]});
    let saved = editor.run("lockstep.saveChange", argument).await.expect("it is saved");
    assert_eq!(saved["files"], json!([FILES[0], TODO, STATE]));
    assert_eq!(FILES.map(|path| sandbox.read(path)), made);
    editor.no_finding(TODO, UNSAVED).await;
}

#[tokio::test]
async fn a_change_is_not_saved_over_what_somebody_else_has_written_in_its_place() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    let id = set(&mut editor, &[]).await;
    editor.finding(TODO, UNSAVED).await;
    sandbox.write(TODO, sandbox.read(TODO).replace("[PLANNED]", "[BLOCKED]"));
    let before = FILES.map(|path| sandbox.read(path));
    let argument = json!({"transaction": id});
    let error = editor.run("lockstep.saveChange", argument).await.expect_err("it is refused");
    let message = error["message"].as_str().expect("a message");
    assert!(message.starts_with("specs/TODO.md on disk is different"), "{message}");
    assert_eq!(FILES.map(|path| sandbox.read(path)), before);
    editor.finding(TODO, STALE).await;
}

#[tokio::test]
async fn a_change_is_saved_around_what_somebody_else_has_written() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    let id = set(&mut editor, &[]).await;
    editor.finding(TODO, UNSAVED).await;
    sandbox.write(TODO, format!("{}\nWritten by somebody else.\n", sandbox.read(TODO)));
    let argument = json!({"transaction": id});
    editor.run("lockstep.saveChange", argument).await.expect("it is saved");
    let todo = sandbox.read(TODO);
    assert!(todo.contains("[IMPLEMENTING]") && todo.contains("somebody else"), "{todo}");
    editor.finding(TODO, STALE).await;
}

#[tokio::test]
async fn a_text_that_was_read_before_the_file_changed_is_stale_until_it_is_read_again() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open(PROJECT).await;
    editor.finding(STATE, "drift").await;
    let text = sandbox.read(PROJECT).replace("planned", "revised");
    sandbox.write(PROJECT, &text);
    editor.finding_of(PROJECT, STALE, "saving this text would undo that").await;
    editor.write(PROJECT, &text).await;
    editor.no_finding(PROJECT, STALE).await;
}

#[tokio::test]
async fn an_editor_that_saves_while_its_user_types_on_holds_nothing_stale() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    editor.open(TODO).await;
    let first = editor.text(TODO).replace("[PLANNED]", "[BLOCKED]");
    editor.write(TODO, &first).await;
    editor.save(TODO).await;
    editor.write(TODO, &first.replace("[BLOCKED]", "[REVISED]")).await;
    // A second file tells when the watcher has been heard.
    sandbox.write("specs/008_docs/state.json", r#"{"project_number": 8, "status": "planned"}"#);
    editor.finding("specs/008_docs/state.json", "drift").await;
    assert_eq!(editor.meet().await["tasks"][0]["status"], "revised");
    editor.no_finding(TODO, STALE).await;
    sandbox.write(TODO, first.replace("[BLOCKED]", "[ABANDONED]"));
    editor.finding(TODO, STALE).await;
}

#[tokio::test]
async fn a_change_is_not_saved_while_a_file_that_it_leaves_alone_is_being_saved() {
    let sandbox = workspaces::login();
    let other = "specs/007_login/plans/implementation-000.md";
    let text = "# Older plan\n- **Status**: [PLANNED]\n";
    sandbox.write(other, text);
    let mut editor = Editor::start(&sandbox).await;
    let id = set(&mut editor, &[]).await;
    editor.finding(TODO, UNSAVED).await;
    let before = FILES.map(|path| sandbox.read(path));
    sandbox.write(other, "");
    let argument = json!({"transaction": id});
    let error = editor.run("lockstep.saveChange", argument.clone()).await.expect_err("refused");
    let message = error["message"].as_str().expect("a message");
    assert!(message.starts_with(&format!("{other}: it was just emptied")), "{message}");
    assert_eq!(FILES.map(|path| sandbox.read(path)), before);
    sandbox.write(other, text);
    editor.run("lockstep.saveChange", argument).await.expect("it is saved");
    assert!(sandbox.read(TODO).contains("[IMPLEMENTING]"));
}
