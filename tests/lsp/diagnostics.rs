//! What is pushed.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

fn drift(found: &[Value]) -> Option<&Value> {
    found.iter().find(|diagnostic| diagnostic["code"] == "drift")
}

#[tokio::test]
async fn drift_is_shown_in_both_files_though_none_is_open() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let found = client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    let there = drift(&found).expect("drift");
    assert_eq!(there["source"], "lockstep");
    assert_eq!(there["severity"], 2);
    assert_eq!(there["codeDescription"], Value::Null);
    assert_eq!(there["relatedInformation"][0]["location"]["uri"], uri(&todo));

    let found = client.diagnostics_until(&todo, |found| drift(found).is_some()).await;
    let here = drift(&found).expect("its echo");
    assert_eq!(here["message"], "task 7 is [PLANNED] here, but `researched` in specs/state.json");
    assert_eq!(here["severity"], there["severity"]);
    assert_eq!(here["relatedInformation"][0]["location"]["uri"], uri(&state));
    assert_eq!(here["range"], there["relatedInformation"][0]["location"]["range"]);
}

#[tokio::test]
async fn findings_follow_the_text_and_are_cleared_once() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&state).await;
    client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    client.diagnostics_until(&todo, |found| drift(found).is_some()).await;
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    client.change(&state, 2, json!([{"text": text}])).await;
    client.diagnostics_until(&state, |found| drift(found).is_none()).await;
    client.diagnostics_until(&todo, |found| drift(found).is_none()).await;
    let before = client.diagnostics[&uri(&todo)].clone();
    // Nothing has changed in what there is to tell.
    client.open(&todo).await;
    client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(client.diagnostics[&uri(&todo)], before);
}

#[tokio::test]
async fn what_is_closed_and_opened_again_is_told_again() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    // Neovim forgets what it was told of a document that it closes, and checks no versions.
    for capabilities in [json!({}), able()] {
        let mut client = TestClient::start(sandbox.path(), capabilities).await;
        client.open(&state).await;
        for _ in 0..3 {
            client.diagnostics_until(&state, |found| drift(found).is_some()).await;
            let document = json!({"textDocument": {"uri": uri(&state)}});
            client.notify("textDocument/didClose", document).await;
            client.diagnostics.clear();
            client.open(&state).await;
        }
        client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    }
}

#[tokio::test]
async fn diagnostics_carry_the_version_of_the_open_document() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    assert_eq!(client.diagnostics[&uri(&state)]["version"], Value::Null);
    client.open(&state).await;
    let text = sandbox.read("specs/state.json").replace("researched", "implementing");
    client.change(&state, 9, json!([{"text": text}])).await;
    let moved = |found: &[Value]| {
        drift(found).is_some_and(|it| it["message"].to_string().contains("implementing"))
    };
    client.diagnostics_until(&state, moved).await;
    assert_eq!(client.diagnostics[&uri(&state)]["version"], 9);
}

#[tokio::test]
async fn a_client_without_relations_gets_none() {
    let sandbox = workspaces::login();
    let mut capabilities = able();
    capabilities["textDocument"]["publishDiagnostics"] = json!({});
    let mut client = TestClient::start(sandbox.path(), capabilities).await;
    let state = sandbox.join("specs/state.json");
    let found = client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    assert_eq!(found[0].get("relatedInformation"), None);
}

#[tokio::test]
async fn a_byte_order_mark_takes_no_column_unless_the_client_has_it() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let text = sandbox.read("specs/state.json").replace('\n', " ");
    sandbox.write("specs/state.json", format!("\u{feff}{text}"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let column = text.find(r#""researched""#).map(|column| json!(column));
    let start = |found: &[Value]| drift(found).map(|it| it["range"]["start"]["character"].clone());
    let found = client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    assert_eq!(start(&found), column);
    client.open_as(&state, &text).await;
    client.open(&todo).await;
    client.request("lockstep/tasks", json!({})).await.expect("tasks");
    let found = client.diagnostics_until(&state, |found| drift(found).is_some()).await;
    assert_eq!(start(&found), column);
}

#[tokio::test]
async fn whoever_asks_for_it_is_answered_once_all_findings_are_told() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let todo = sandbox.join("specs/TODO.md");
    client.open_as(&todo, &sandbox.read("specs/TODO.md").replace("[PLANNED]", "[FLYING]")).await;
    client.request_as("lockstep/told", None).await.expect("all is told");
    let told = client.diagnostics[&uri(&todo)]["diagnostics"].as_array().expect("a list");
    assert!(told.iter().any(|it| it["code"] == "unknown-status"), "{told:#?}");
}
