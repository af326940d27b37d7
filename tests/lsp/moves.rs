//! Changes of a status that move files: an editor that can rename makes them itself.

use lockstep::hub::Hub;
use lockstep_fixture::{Fixture, Sandbox};
use serde_json::{Value, json};

use crate::support::client::able;
use crate::support::edit::{self, Units};
use crate::support::editor::Editor;

const INDEX: &str = "docs/pending/high/api/login/login-index.md";
const MOVED: &str = "docs/in-progress/high/api/login/login-index.md";

fn place() -> Sandbox {
    let sandbox = Sandbox::new(&Fixture::default());
    for (path, text) in [
        (
            INDEX,
            "# Login\n\n## Overview\n- **Status**: Pending\n\nAfter [this](notes.md) and [that](gone.md).\n",
        ),
        ("docs/pending/high/api/login/notes.md", "See [all](../../../../README.md).\n"),
        ("docs/README.md", "# All\n\n- [Login](pending/high/api/login/login-index.md)\n"),
        ("README.md", "See [Login](docs/pending/high/api/login/login-index.md).\n"),
    ] {
        sandbox.write(path, text);
    }
    sandbox
}

async fn set(editor: &mut Editor<'_>) -> Result<Value, Value> {
    editor.run("lockstep.setStatus", json!({"task": "login", "status": "in_progress"})).await
}

#[tokio::test]
async fn the_folder_goes_in_the_same_edit_and_links_follow() {
    let sandbox = place();
    let mut editor = Editor::start(&sandbox).await;
    for path in [INDEX, "README.md"] {
        editor.open(path).await;
    }
    editor.finding(INDEX, "missing-artifact").await;
    // What a file without a role says in the editor counts, not what it says on disk.
    editor.write("README.md", "One.\n\nSee [Login](docs/pending/high/api/login/).\n").await;
    let answer = set(&mut editor).await.expect("it is planned");
    let note = "links in README.md and 1 more follow; save those too, they hold no tasks";
    assert!(answer["notes"].as_array().is_some_and(|it| it.contains(&json!(note))), "{answer}");
    let asked = editor.client.asked("workspace/applyEdit").await;
    let renamed = edit::renames(&asked["params"]["edit"]);
    let folder = |status: &str| sandbox.join(&format!("docs/{status}/high/api/login"));
    assert_eq!(renamed, [(folder("pending"), folder("in-progress"))]);
    editor.make(&asked["params"]["edit"], &[]).await;
    editor.client.answer(&asked, json!({"applied": true})).await;

    assert!(editor.text(MOVED).contains("- **Status**: In Progress\n"), "{}", editor.text(MOVED));
    assert!(editor.text(MOVED).contains("[this](notes.md)"));
    let link = "(in-progress/high/api/login/login-index.md)";
    assert!(editor.text("docs/README.md").contains(link), "{}", editor.text("docs/README.md"));
    let readme = "One.\n\nSee [Login](docs/in-progress/high/api/login/).\n";
    assert_eq!(editor.text("README.md"), readme);
    // That the old file is gone is heard from its folder's watch.
    editor.no_finding(INDEX, "missing-artifact").await;
    let list = editor.meet().await;
    assert_eq!(list["tasks"][0]["status"], "in_progress", "{list:#}");
    assert_eq!(list["tasks"][0]["agreed"], true, "{list:#}");

    // Nothing but the names is on disk yet.
    assert!(sandbox.read(MOVED).contains("- **Status**: Pending"));
    editor
        .run("lockstep.saveChange", json!({"transaction": answer["transaction"]}))
        .await
        .expect("it is saved");
    assert!(sandbox.read(MOVED).contains("- **Status**: In Progress"));
    assert!(sandbox.read("README.md").contains("docs/pending"), "its user saves that");
}

#[tokio::test]
async fn files_stay_where_that_is_asked_for_whether_or_not_the_editor_can_rename() {
    let mut cannot = able();
    cannot["workspace"]["workspaceEdit"]["resourceOperations"] = json!(["create"]);
    for (commit, able) in [("edit", able()), ("edit", cannot.clone()), ("disk", cannot)] {
        let (sandbox, hub) = (place(), Hub::start());
        let mut editor = Editor::join(&hub, &sandbox, "Editor", able).await;
        let argument =
            json!({"task": "login", "status": "in_progress", "stay": true, "commit": commit});
        editor.run("lockstep.setStatus", argument).await.expect("nothing has to move");
        let text = match commit {
            "edit" => {
                let asked = editor.client.asked("workspace/applyEdit").await;
                assert_eq!(edit::renames(&asked["params"]["edit"]), []);
                editor.client.answer(&asked, json!({"applied": false})).await;
                edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16)[INDEX].clone()
            }
            _ => sandbox.read(INDEX),
        };
        assert!(text.contains("- **Status**: In Progress"), "{text}");
    }
}

#[tokio::test]
async fn the_action_that_mends_a_misplaced_file_moves_it() {
    let sandbox = place();
    sandbox.write(INDEX, "# Login\n\n- **Status**: In Progress\n");
    let mut editor = Editor::start(&sandbox).await;
    editor.open(INDEX).await;
    let finding = editor.finding(INDEX, "misplaced-file").await;
    let actions = editor.actions(INDEX, &finding).await;
    let moves =
        actions.iter().find(|it| it["title"].as_str().is_some_and(|it| it.starts_with("Move")));
    let moves = moves.unwrap_or_else(|| panic!("{actions:#?}")).clone();
    let resolved = editor.client.request("codeAction/resolve", moves).await.expect("an edit");
    assert_eq!(edit::renames(&resolved["edit"]).len(), 1, "{resolved:#}");
    editor.make(&resolved["edit"], &[]).await;
    editor.no_finding(INDEX, "misplaced-file").await;
    assert!(!sandbox.join(INDEX).exists());
}

#[tokio::test]
async fn what_would_be_lost_or_cannot_be_renamed_is_refused() {
    let sandbox = place();
    let hub = Hub::start();
    let mut cannot = able();
    cannot["workspace"]["workspaceEdit"]["resourceOperations"] = json!(["create"]);
    let mut old = Editor::join(&hub, &sandbox, "Old", cannot).await;
    let refused = set(&mut old).await.expect_err("it cannot rename");
    let message = refused["message"].as_str().unwrap_or_default();
    assert!(message.contains("`lockstep set login in_progress`"), "{message}");

    let mut other = Editor::join(&hub, &sandbox, "Other", able()).await;
    let mut editor = Editor::join(&hub, &sandbox, "Editor", able()).await;
    let notes = "docs/pending/high/api/login/notes.md";
    for path in [INDEX, notes] {
        for own in [true, false] {
            let holder = if own { &mut editor } else { &mut other };
            holder.open(path).await;
            let text = holder.text(path).to_owned();
            holder.write(path, &format!("{text}\nMore.\n")).await;
            holder.meet().await;
            editor.meet().await;
            let refused = set(&mut editor).await.expect_err("somebody would lose a text");
            let message = refused["message"].as_str().unwrap_or_default();
            let who = if own { "has unsaved changes;" } else { "has unsaved changes in Other" };
            assert!(message.contains(&format!("{path} {who}")), "{message}");
            let holder = if own { &mut editor } else { &mut other };
            holder.write(path, &text).await;
            holder.close(path).await;
            holder.meet().await;
        }
    }
    sandbox.write("docs/in-progress/high/api/login/old.md", "Old.\n");
    let refused = set(&mut editor).await.expect_err("the place is taken");
    assert!(
        refused["message"].as_str().is_some_and(|it| it.contains("exists already")),
        "{refused}"
    );
}
