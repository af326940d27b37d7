//! Open documents.

use serde_json::json;

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

#[tokio::test]
async fn changes_apply_in_order_and_in_utf_16() {
    let sandbox =
        workspaces::workspace("//- /TODO.md\n  # 🟢 Tasks\n\n  - [ ] 🟢 Sweep 🟢 the floor\n");
    let todo = sandbox.join("TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let range = |start: u32, end: u32| json!({"start": {"line": 2, "character": start}, "end": {"line": 2, "character": end}});
    // After the first emoji columns count two units for it.
    let changes = json!([
        {"range": range(9, 14), "text": "🟢 Mop"},
        {"range": range(19, 22), "text": "a"},
        {"range": range(3, 4), "text": "x"},
    ]);
    client.change(&todo, 2, changes).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    let task = &list["tasks"][0];
    assert_eq!(task["title"], "🟢 Mop 🟢 a floor", "{list:#}");
    assert_eq!(task["category"], "done");
}

#[tokio::test]
async fn a_change_that_does_not_fit_is_told_once() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let far = json!({"line": 999, "character": 0});
    for version in 2..4 {
        let change = json!([{"range": {"start": far, "end": far}, "text": "x"}]);
        client.change(&todo, version, change).await;
    }
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["status"], "planned");
    let shown = client.notified("window/showMessage").await;
    assert!(shown["message"].as_str().is_some_and(|it| it.contains("reopen")), "{shown}");
    client.open(&todo).await;
    client.request("lockstep/tasks", json!({})).await.expect("tasks");
    let messages = client.notifications.iter().filter(|it| it["method"] == "window/showMessage");
    assert_eq!(messages.count(), 0);
}

#[tokio::test]
async fn a_request_sees_every_change_that_was_sent_before_it() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let text = sandbox.read("specs/TODO.md");
    for (version, status) in (2..).zip(["RESEARCHED", "PLANNED", "IMPLEMENTING", "BLOCKED"]) {
        let text = text.replace("[PLANNED]", &format!("[{status}]"));
        client.change(&todo, version, json!([{"text": text}])).await;
        let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
        assert_eq!(list["tasks"][0]["status"], status.to_lowercase());
    }
}

#[tokio::test]
async fn a_document_is_one_file_however_its_uri_is_spelled() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let spelled = uri(&todo).replace("specs", "%73pecs");
    let text = sandbox.read("specs/TODO.md").replace("[PLANNED]", "[BLOCKED]");
    let document = json!({"uri": spelled, "languageId": "x", "version": 1, "text": text});
    client.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["status"], "blocked");
}
