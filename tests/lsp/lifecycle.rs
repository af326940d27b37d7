//! How a session begins and ends.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able};
use crate::support::workspaces;

#[tokio::test]
async fn the_server_says_what_it_can_do() {
    let sandbox = workspaces::login();
    let client = TestClient::start(sandbox.path(), able()).await;
    let expected = json!({
        "capabilities": {
            "positionEncoding": "utf-16",
            "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
            "selectionRangeProvider": true,
            "hoverProvider": true,
            "completionProvider": {"resolveProvider": true, "triggerCharacters": ["[", "(", "\"", " "]},
            "definitionProvider": true,
            "declarationProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentSymbolProvider": true,
            "workspaceSymbolProvider": true,
            "codeLensProvider": {},
            "documentLinkProvider": {},
            "foldingRangeProvider": true,
            "renameProvider": true,
            "inlayHintProvider": true,
            "semanticTokensProvider": {
                "legend": {
                    "tokenTypes":
                        ["enumMember", "keyword", "decorator", "string", "regexp", "comment"],
                    "tokenModifiers": ["open", "active", "waiting", "done", "failed", "dropped"],
                },
                "range": true,
                "full": true,
            },
            "codeActionProvider": {
                "codeActionKinds": ["quickfix", "refactor", "source.fixAll.lockstep"],
                "resolveProvider": true,
            },
            "executeCommandProvider": {
                "commands": [
                    "lockstep.setStatus",
                    "lockstep.toggle",
                    "lockstep.fixTask",
                    "lockstep.fixAll",
                    "lockstep.undo",
                    "lockstep.saveChange",
                    "lockstep.applyAction",
                ],
            },
            "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
        },
        "serverInfo": {"name": "lockstep", "version": env!("CARGO_PKG_VERSION")},
    });
    assert_eq!(client.initialized, expected);
    assert_eq!(client.leave().await, 0);
}

#[tokio::test]
async fn an_exit_without_shutdown_is_a_failure() {
    let mut client = TestClient::connect();
    client.initialize(json!({"capabilities": {}})).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(client.end().await, 1);
}

#[tokio::test]
async fn a_folder_that_is_not_there_does_no_harm() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(&sandbox.join("nowhere"), able()).await;
    let shown = client.notified("window/showMessage").await;
    assert!(shown["message"].as_str().is_some_and(|it| it.contains("nowhere")), "{shown}");
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"], json!([]));
}

#[tokio::test]
async fn whoever_asks_whether_the_server_is_there_is_answered() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let answer = client.request_as("lockstep/ping", None).await;
    assert_eq!(answer, Ok(serde_json::Value::Null));
}
