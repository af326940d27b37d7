//! The real binary, over standard input and output.

use serde_json::json;

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

#[tokio::test]
async fn the_binary_serves_an_editor_and_exits_with_success() {
    let sandbox = workspaces::login();
    let program = env!("CARGO_BIN_EXE_lockstep");
    let mut client = TestClient::spawn(program, &["lsp", "--in-process"]);
    let folder = json!({"uri": uri(sandbox.path()), "name": "root"});
    client.initialize(json!({"capabilities": able(), "workspaceFolders": [folder]})).await;
    let state = sandbox.join("specs/state.json");
    client.diagnostics_until(&state, |found| !found.is_empty()).await;
    assert_eq!(client.leave().await, 0);
}
