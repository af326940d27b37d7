//! What whoever hands messages on to an editor is told, so that none is lost when the server dies.

use lockstep::hub::Hub;
use lockstep_fixture::Sandbox;
use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces::{self, workspace};

/// An editor behind something that hands its messages on.
async fn connect(hub: &Hub, folders: &[&Sandbox]) -> TestClient {
    let mut client = TestClient::connect_to(hub);
    let folders = folders.iter().map(|it| json!({"uri": uri(it.path()), "name": "folder"}));
    let folders: Vec<Value> = folders.collect();
    let params = json!({"capabilities": able(), "workspaceFolders": folders});
    client.request("initialize", params).await.expect("it answers");
    client.notify("lockstep/latest", json!({"workspaces": {}})).await;
    client.notify("initialized", json!({})).await;
    client
}

/// The roots whose latest event has been told so far.
fn known(client: &TestClient) -> Vec<String> {
    let told = client.notifications.iter().filter(|it| it["method"] == "lockstep/missed");
    let all = told.flat_map(|it| it["params"]["latest"].as_object().expect("a map").keys());
    all.cloned().collect()
}

fn root(sandbox: &Sandbox) -> String {
    sandbox.path().canonicalize().expect("a folder").display().to_string()
}

#[tokio::test]
async fn the_latest_event_is_known_before_any_finding_and_any_answer() {
    let (hub, sandbox) = (Hub::start(), workspaces::login());
    let first = sandbox.join("specs/state.json");
    for _ in 0..20 {
        let mut client = connect(&hub, &[&sandbox]).await;
        client.request("lockstep/tasks", json!({})).await.expect("tasks");
        assert_eq!(known(&client), [root(&sandbox)], "asked");
        let mut client = connect(&hub, &[&sandbox]).await;
        client.diagnostics_until(&first, |_| true).await;
        assert_eq!(known(&client), [root(&sandbox)], "told");
    }
}

#[tokio::test]
async fn the_latest_event_of_a_folder_that_comes_is_known_before_its_findings() {
    let (hub, sandbox) = (Hub::start(), workspaces::login());
    let other = workspace("//- /TODO.md\n  - [?] Sweep\n");
    let mut client = connect(&hub, &[&sandbox]).await;
    let folder = json!([{"uri": uri(other.path()), "name": "other"}]);
    for _ in 0..2 {
        let come = json!({"event": {"added": folder, "removed": []}});
        client.notify("workspace/didChangeWorkspaceFolders", come).await;
        client.diagnostics_until(&other.join("TODO.md"), |found| !found.is_empty()).await;
        assert_eq!(known(&client).last(), Some(&root(&other)));
        let go = json!({"event": {"added": [], "removed": folder}});
        client.notify("workspace/didChangeWorkspaceFolders", go).await;
        client.diagnostics_until(&other.join("TODO.md"), |found| found.is_empty()).await;
        client.notifications.clear();
    }
    sandbox.write("lockstep.toml", "");
    let mut lone = connect(&hub, &[]).await;
    lone.open(&sandbox.join("specs/TODO.md")).await;
    lone.diagnostics_until(&sandbox.join("specs/state.json"), |_| true).await;
    assert_eq!(known(&lone), [root(&sandbox)]);
}
