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
    other.write("TODO.md", "- [?] Sweep\n");
    let todo = other.join("TODO.md");
    client.diagnostics_until(&todo, |found| !found.is_empty()).await;
    client.notify(method, change(&json!([]), &folder)).await;
    assert_eq!(n_tasks(&mut client).await, alone);
    client.diagnostics_until(&todo, |found| found.is_empty()).await;
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

#[tokio::test]
async fn each_lone_file_brings_its_own_folder() {
    let mut client = TestClient::start_with(json!({"capabilities": able()})).await;
    let sandboxes = [workspaces::login(), workspaces::login()];
    for (n, sandbox) in (1..).zip(&sandboxes) {
        sandbox.write("lockstep.toml", "");
        client.open(&sandbox.join("specs/TODO.md")).await;
        assert_eq!(n_tasks(&mut client).await, 2 * n);
    }
}

#[tokio::test]
async fn a_lone_file_among_everything_else_brings_no_folder() {
    let mut client = TestClient::start_with(json!({"capabilities": able()})).await;
    client.open_as(&std::env::temp_dir().join("TODO.md"), "- [ ] Sweep\n").await;
    assert_eq!(n_tasks(&mut client).await, 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_is_gone_is_cleared_and_can_be_taken_away() {
    let (sandbox, beside) = (workspaces::login(), workspace(""));
    let link = beside.join("link");
    std::os::unix::fs::symlink(sandbox.path(), &link).expect("linked");
    let folder = json!([{"uri": uri(&link), "name": "link"}]);
    let params = json!({"capabilities": able(), "workspaceFolders": folder});
    let mut client = TestClient::start_with(params).await;
    let state = link.join("specs/state.json");
    client.diagnostics_until(&state, |found| !found.is_empty()).await;
    sandbox.remove("");
    client.diagnostics_until(&state, |found| found.is_empty()).await;
    sandbox.write("specs/TODO.md", "### 9. Come back\n- **Status**: [PLANED]\n");
    let todo = link.join("specs/TODO.md");
    client.diagnostics_until(&todo, |found| !found.is_empty()).await;
    beside.remove("link");
    let event = json!({"event": {"added": [], "removed": folder}});
    client.notify("workspace/didChangeWorkspaceFolders", event).await;
    assert_eq!(n_tasks(&mut client).await, 0);
}
