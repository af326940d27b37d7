//! The real binary, over standard input and output.

use std::process::Command;

use serde_json::json;

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

#[tokio::test]
async fn the_binary_serves_an_editor_and_exits_with_success() {
    let sandbox = workspaces::login();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.args(["lsp", "--in-process"]);
    let mut client = TestClient::spawn(command);
    let folder = json!({"uri": uri(sandbox.path()), "name": "root"});
    client.initialize(json!({"capabilities": able(), "workspaceFolders": [folder]})).await;
    let state = sandbox.join("specs/state.json");
    client.diagnostics_until(&state, |found| !found.is_empty()).await;
    assert_eq!(client.leave().await, 0);
}
