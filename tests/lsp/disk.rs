//! Changes by other programs.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able};
use crate::support::workspaces;

/// Says other than the rest of the workspace.
const PROJECT_8: &str = r#"{"project_number": 8, "project_name": "docs", "status": "planned"}"#;

fn has_drift(found: &[Value]) -> bool {
    found.iter().any(|diagnostic| diagnostic["code"] == "drift")
}

#[tokio::test]
async fn a_change_on_disk_is_noticed() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    let text = sandbox.read("specs/state.json");
    sandbox.write("specs/state.json", text.replace("researched", "planned"));
    client.diagnostics_until(&state, |found| !has_drift(found)).await;
    sandbox.write("specs/state.json", text);
    client.diagnostics_until(&state, has_drift).await;
}

#[tokio::test]
async fn a_new_folder_with_files_is_noticed() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&todo, has_drift).await;
    sandbox.write("specs/008_docs/state.json", PROJECT_8);
    let path = sandbox.join("specs/008_docs/state.json");
    client.diagnostics_until(&path, has_drift).await;
}

#[tokio::test]
async fn a_file_that_stays_broken_is_reported() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    let text = sandbox.read("specs/state.json");
    sandbox.write("specs/state.json", &text[..text.len() / 2]);
    let broken = |found: &[Value]| found.iter().any(|it| it["code"] == "malformed-file");
    client.diagnostics_until(&state, broken).await;
}

#[tokio::test]
async fn an_open_document_keeps_its_text_whatever_happens_on_disk() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&state).await;
    client.diagnostics_until(&state, has_drift).await;
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    sandbox.write("specs/state.json", text);
    // A second file tells when the watcher has been heard.
    sandbox.write("specs/008_docs/state.json", PROJECT_8);
    let path = sandbox.join("specs/008_docs/state.json");
    client.diagnostics_until(&path, has_drift).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["agreed"], false, "{list:#}");

    let close = json!({"textDocument": {"uri": crate::support::client::uri(&state)}});
    client.notify("textDocument/didClose", close).await;
    client.diagnostics_until(&state, |found| !has_drift(found)).await;
}

#[tokio::test]
async fn ignored_files_do_not_count_even_when_they_change_or_are_open() {
    let sandbox = workspaces::login();
    sandbox.write(".gitignore", "/build/\n");
    sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    sandbox.write("build/specs/008_docs/state.json", PROJECT_8);
    client.open(&sandbox.join("build/specs/008_docs/state.json")).await;
    sandbox.write(
        "specs/state.json",
        sandbox.read("specs/state.json").replace("researched", "planned"),
    );
    client.diagnostics_until(&state, |found| !has_drift(found)).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert!(!list.to_string().contains("build"), "{list:#}");
}
