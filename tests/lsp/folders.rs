//! Which folders a session works in.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces::{self, workspace};

async fn n_tasks(client: &mut TestClient) -> usize {
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    list["tasks"].as_array().expect("a list").len()
}

#[tokio::test]
async fn folders_come_and_go() {
    let (login, other) = (workspaces::login(), workspace("//- /TODO.md\n  - [ ] Sweep\n"));
    let mut client = TestClient::start(login.path(), able()).await;
    let alone = n_tasks(&mut client).await;
    let folder = json!([{"uri": uri(other.path()), "name": "other"}]);
    let change =
        |added: &Value, removed: &Value| json!({"event": {"added": added, "removed": removed}});
    let method = "workspace/didChangeWorkspaceFolders";
    client.notify(method, change(&folder, &json!([]))).await;
    assert_eq!(n_tasks(&mut client).await, alone + 1);
    client.notify(method, change(&json!([]), &folder)).await;
    assert_eq!(n_tasks(&mut client).await, alone);
}

#[tokio::test]
async fn a_file_belongs_to_the_innermost_folder_only() {
    let sandbox = workspace("//- /TODO.md\n  - [ ] Sweep\n//- /inner/TODO.md\n  - [ ] Mop\n");
    let folders = json!([
        {"uri": uri(sandbox.path()), "name": "outer"},
        {"uri": uri(&sandbox.join("inner")), "name": "inner"},
    ]);
    let params = json!({"capabilities": able(), "workspaceFolders": folders});
    let mut client = TestClient::start_with(params).await;
    assert_eq!(n_tasks(&mut client).await, 2);
}

#[tokio::test]
async fn a_lone_file_brings_the_folder_that_is_marked() {
    let sandbox = workspaces::login();
    sandbox.write("lockstep.toml", "");
    let mut client = TestClient::start_with(json!({"capabilities": able()})).await;
    assert_eq!(n_tasks(&mut client).await, 0);
    client.open(&sandbox.join("specs/TODO.md")).await;
    assert_eq!(n_tasks(&mut client).await, 2);
}

#[tokio::test]
async fn the_root_uri_of_older_clients_is_a_folder() {
    let sandbox = workspaces::login();
    let params = json!({"capabilities": {}, "rootUri": uri(sandbox.path())});
    let mut client = TestClient::start_with(params).await;
    assert_eq!(n_tasks(&mut client).await, 2);
}
