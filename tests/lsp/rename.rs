//! Renaming a task, and files that tasks link to.

use serde_json::{Value, json};

use lockstep_fixture::Sandbox;

use crate::support::client::{TestClient, able, uri};
use crate::support::edit::{self, Units};
use crate::support::editor::Editor;
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";
const PLAN: &str = "specs/007_login/plans/implementation-001.md";

fn at(sandbox: &Sandbox, path: &str, words: &str, column: usize) -> Value {
    let text = sandbox.read(path);
    let from = text.find(words).expect("the words") + column;
    let position = edit::range(&text, from..from, Units::Utf16)["start"].clone();
    json!({"textDocument": {"uri": uri(&sandbox.join(path))}, "position": position})
}

#[tokio::test]
async fn a_title_is_renamed_in_every_file_and_a_status_is_not() {
    let sandbox = workspaces::login();
    let todo = sandbox.read(TODO).replace("7. Add login", "7. Add 🔑 login");
    sandbox.write(TODO, todo);
    let mut capabilities = able();
    capabilities["textDocument"]["rename"] = json!({"prepareSupport": true});
    let mut client = TestClient::start(sandbox.path(), capabilities).await;
    let provider = &client.initialized["capabilities"]["renameProvider"];
    assert_eq!(provider["prepareProvider"], true);
    let mut params = at(&sandbox, TODO, "login", 2);
    let prepared = client.request("textDocument/prepareRename", params.clone()).await.expect("it");
    let range = json!({
        "start": {"line": 16, "character": 7},
        "end": {"line": 16, "character": 19},
    });
    assert_eq!(prepared, json!({"range": range, "placeholder": "Add 🔑 login"}));

    params["newName"] = json!("Add 🗝 login");
    let edit = client.request("textDocument/rename", params).await.expect("an edit");
    let made = edit::applied(&edit, sandbox.path(), Units::Utf16);
    assert!(made[TODO].contains("### 7. Add 🗝 login\n"), "{made:?}");

    let status = at(&sandbox, TODO, "[PLANNED]", 2);
    let error = client.request("textDocument/prepareRename", status).await.expect_err("no name");
    let message = error["message"].as_str().expect("words");
    assert!(message.starts_with("neither a title nor an id of a task stands here; put"), "{error}");
}

#[tokio::test]
async fn an_id_is_renamed_with_its_folder_and_the_editor_makes_it() {
    let sandbox = workspaces::login();
    let mut editor = Editor::start(&sandbox).await;
    for path in [TODO, PLAN] {
        editor.open(path).await;
    }
    let mut params = at(&sandbox, TODO, "7. Add", 1);
    params["newName"] = json!("12");
    let edit = editor.client.request("textDocument/rename", params).await.expect("an edit");
    let folder = |name: &str| sandbox.join(&format!("specs/{name}"));
    assert_eq!(edit::renames(&edit), [(folder("007_login"), folder("012_login"))]);
    editor.make(&edit, &[]).await;
    assert!(editor.text(TODO).contains("### 12. Add login"), "{}", editor.text(TODO));
    assert!(editor.text(TODO).contains("012_login/plans/implementation-001.md"));
    assert!(editor.text("specs/012_login/state.json").contains("\"project_number\": 12"));
    assert!(editor.text("specs/state.json").contains("\"project_number\": 12"));
    let files = json!([{
        "oldUri": uri(&folder("007_login")),
        "newUri": uri(&folder("012_login")),
    }]);
    editor.client.notify("workspace/didRenameFiles", json!({"files": files})).await;
    let list = editor.meet().await;
    let ids = list["tasks"].as_array().expect("tasks").iter().map(|it| it["id"].clone());
    assert!(ids.clone().any(|id| id == "12") && !ids.clone().any(|id| id == "7"), "{list:#}");
    let task = list["tasks"].as_array().and_then(|all| all.iter().find(|it| it["id"] == "12"));
    assert_eq!(task.map(|it| &it["title"]), Some(&json!("Add login")));
}

#[tokio::test]
async fn a_client_that_renames_no_files_is_told_the_command() {
    let sandbox = workspaces::login();
    let mut cannot = able();
    cannot["workspace"]["workspaceEdit"]["resourceOperations"] = json!(["create"]);
    let mut client = TestClient::start(sandbox.path(), cannot).await;
    let mut params = at(&sandbox, TODO, "7. Add", 1);
    params["newName"] = json!("12");
    let error = client.request("textDocument/rename", params).await.expect_err("refused");
    assert_eq!(error["data"]["remedy"], "run `lockstep rename 7 --id 12`", "{error}");
}

#[tokio::test]
async fn links_follow_a_file_that_the_editor_renames() {
    let sandbox = workspaces::login();
    sandbox.write("README.md", "See [the plan](specs/007_login/plans/implementation-001.md).\n");
    let mut capabilities = able();
    capabilities["workspace"]["fileOperations"] = json!({"willRename": true, "didRename": true});
    let mut client = TestClient::start(sandbox.path(), capabilities).await;
    let declared = &client.initialized["capabilities"]["workspace"]["fileOperations"];
    assert_eq!(declared["willRename"]["filters"][0]["pattern"]["glob"], "**/*");
    let new = "specs/007_login/plans/implementation-002.md";
    let files = json!([{
        "oldUri": uri(&sandbox.join(PLAN)),
        "newUri": uri(&sandbox.join(new)),
    }]);
    let params = json!({"files": files});
    let edit = client.request("workspace/willRenameFiles", params.clone()).await.expect("an edit");
    assert_eq!(edit::renames(&edit), []);
    let made = edit::applied(&edit, sandbox.path(), Units::Utf16);
    assert!(made[TODO].contains("(007_login/plans/implementation-002.md)"), "{made:?}");
    assert!(made["README.md"].contains("(specs/007_login/plans/implementation-002.md)"));
    for (path, text) in &made {
        sandbox.write(path, text);
    }
    std::fs::rename(sandbox.join(PLAN), sandbox.join(new)).expect("it is renamed");
    client.notify("workspace/didRenameFiles", params).await;
    let params = json!({"query": "implementation plan"});
    let found = client.request("workspace/symbol", params).await.expect("symbols");
    assert_eq!(found[0]["location"]["uri"], uri(&sandbox.join(new)), "{found:#}");

    let files = json!([{
        "oldUri": uri(&sandbox.join("notes.md")),
        "newUri": uri(&sandbox.join("remarks.md")),
    }]);
    let none = client.request("workspace/willRenameFiles", json!({"files": files})).await;
    assert_eq!(none, Ok(Value::Null));
}
