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

#[tokio::test]
async fn odd_notifications_do_no_harm() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let close = json!({"textDocument": {"uri": uri(&todo)}});
    client.change(&todo, 3, json!([{"text": "# never opened"}])).await;
    client.notify("textDocument/didClose", close.clone()).await;
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "untitled:a"}})).await;
    client.open_as(&todo, "# opened").await;
    let text = sandbox.read("specs/TODO.md").replace("[PLANNED]", "[BLOCKED]");
    client.open_as(&todo, &text).await;
    let end = json!({"line": u32::MAX, "character": u32::MAX});
    client.change(&todo, -5, json!([{"range": {"start": end, "end": end}, "text": "x"}])).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["status"], "blocked");
    for _ in 0..2 {
        client.notify("textDocument/didClose", close.clone()).await;
    }
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["status"], "planned");
}

#[tokio::test]
async fn odd_places_are_answered() {
    let sandbox = workspaces::login();
    let text = sandbox.read("specs/TODO.md");
    sandbox.write("specs/TODO.md", format!("\u{feff}{text}"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let todo = uri(&sandbox.join("specs/TODO.md"));
    let root = uri(sandbox.path());
    let far = json!({"line": u32::MAX, "character": u32::MAX});
    let near = json!({"line": 0, "character": u32::MAX});
    for uri in [&*todo, &*root, "file:///nowhere/TODO.md", "untitled:x", "file:", "http://a/b"] {
        for (start, end) in [(&near, &far), (&far, &near), (&far, &far)] {
            let document = json!({"uri": uri});
            let at = json!({"textDocument": document, "position": start});
            let hover = client.request("textDocument/hover", at).await.expect("an answer");
            assert_eq!(hover, json!(null), "{uri}");
            let range = json!({"start": start, "end": end});
            let context = json!({"diagnostics": []});
            let params = json!({"textDocument": document, "range": range, "context": context});
            client.request("textDocument/codeAction", params).await.expect("an answer");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_with_two_names_is_one_document_with_the_text_changed_last() {
    let sandbox = workspaces::login();
    let (todo, link) = (sandbox.join("specs/TODO.md"), sandbox.join("TODO.md"));
    std::os::unix::fs::symlink(&todo, &link).expect("linked");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let has_findings = |found: &[serde_json::Value]| !found.is_empty();
    client.diagnostics_until(&todo, has_findings).await;
    assert!(!client.diagnostics.contains_key(&uri(&link)), "one name is told of");

    client.open(&todo).await;
    let text = sandbox.read("specs/TODO.md").replace("[PLANNED]", "[BLOCKED]");
    client.open_as(&link, &text).await;
    client.diagnostics_until(&link, has_findings).await;
    client.diagnostics_until(&todo, |found| found.is_empty()).await;
    let status = async |client: &mut TestClient| {
        let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
        list["tasks"][0]["status"].clone()
    };
    assert_eq!(status(&mut client).await, "blocked");
    let start = json!({"line": 0, "character": 0});
    client.change(&todo, 2, json!([{"range": {"start": start, "end": start}, "text": ""}])).await;
    assert_eq!(status(&mut client).await, "planned");
    let close = json!({"textDocument": {"uri": uri(&todo)}});
    client.notify("textDocument/didClose", close).await;
    assert_eq!(status(&mut client).await, "blocked");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_linked_within_the_workspace_is_edited_under_either_name() {
    let sandbox = workspaces::login();
    let text = sandbox.read("specs/TODO.md");
    sandbox.remove("specs/TODO.md");
    sandbox.write("notes/tasks.md", text);
    let (target, link) = (sandbox.join("notes/tasks.md"), sandbox.join("specs/TODO.md"));
    std::os::unix::fs::symlink(&target, &link).expect("linked");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&link, |found| !found.is_empty()).await;
    let position = json!({"line": 18, "character": 16});
    for name in [&link, &target] {
        let params = json!({"textDocument": {"uri": uri(name)}, "position": position});
        let hover = client.request("textDocument/hover", params).await.expect("an answer");
        assert_ne!(hover, json!(null), "{}", name.display());
    }
    let text = sandbox.read("notes/tasks.md").replace("[PLANNED]", "[RESEARCHED]");
    client.open_as(&target, &text).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["status"], "researched");
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri(&target)}})).await;
    sandbox.write("notes/tasks.md", text.replace("[RESEARCHED]", "[PLANED]"));
    let unknown =
        |found: &[serde_json::Value]| found.iter().any(|it| it["code"] == "unknown-status");
    client.diagnostics_until(&link, unknown).await;
}
