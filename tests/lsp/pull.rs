//! Diagnostics for a client that asks for them.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

const DOCUMENT: &str = "textDocument/diagnostic";
const WORKSPACE: &str = "workspace/diagnostic";
const REFRESH: &str = "workspace/diagnostic/refresh";

/// A client that can be asked to ask again, or takes what is related, and has set `pull`.
async fn pulling(root: &Path, refreshes: bool, takes_related: bool) -> TestClient {
    let mut capabilities = able();
    capabilities["textDocument"]["diagnostic"] = json!({"relatedDocumentSupport": takes_related});
    capabilities["workspace"]["diagnostics"] = json!({"refreshSupport": refreshes});
    TestClient::start_with(json!({
        "capabilities": capabilities,
        "workspaceFolders": [{"uri": uri(root), "name": "root"}],
        "initializationOptions": {"diagnostics": "pull"},
    }))
    .await
}

/// The report of a document, for a client that has this result of it.
async fn pull(client: &mut TestClient, path: &Path, previous: &Value) -> Value {
    let mut params = json!({"textDocument": {"uri": uri(path)}});
    if let Some(previous) = previous.as_str() {
        params["previousResultId"] = json!(previous);
    }
    client.request(DOCUMENT, params).await.expect("a report")
}

fn previous(results: &[(&Path, &Value)]) -> Value {
    let named = results.iter().map(|(path, id)| json!({"uri": uri(path), "value": id}));
    named.collect()
}

/// The items of a report of the workspace, by the names of their files.
fn items(report: &Value) -> Vec<(String, Value)> {
    let items = report["items"].as_array().expect("items").iter();
    let name = |uri: &Value| {
        let uri = uri.as_str().expect("a URI");
        uri.rsplit('/').next().unwrap_or_default().to_owned()
    };
    items.map(|item| (name(&item["uri"]), item.clone())).collect()
}

fn codes(report: &Value) -> Vec<&str> {
    let items = report["items"].as_array().expect("items").iter();
    items.filter_map(|item| item["code"].as_str()).collect()
}

#[tokio::test]
async fn a_client_that_pulls_is_told_of_nothing_unasked() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = pulling(sandbox.path(), false, false).await;
    let provider = &client.initialized["capabilities"]["diagnosticProvider"];
    assert_eq!(*provider, json!({"interFileDependencies": true, "workspaceDiagnostics": true}));
    client.open(&state).await;
    let first = pull(&mut client, &state, &Value::Null).await;
    assert_eq!((&first["kind"], codes(&first)), (&json!("full"), vec!["drift"]));
    assert_eq!(first["items"][0]["relatedInformation"][0]["location"]["uri"], uri(&todo));
    // The same again is the same result, and costs no word.
    let again = pull(&mut client, &state, &first["resultId"]).await;
    assert_eq!(again, json!({"kind": "unchanged", "resultId": first["resultId"]}));
    client.request_as("lockstep/told", None).await.expect("all is read");
    assert!(client.diagnostics.is_empty(), "{:#?}", client.diagnostics);
}

#[tokio::test]
async fn a_report_follows_the_text_that_was_sent_before_it_was_asked_for() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = pulling(sandbox.path(), false, false).await;
    client.open(&state).await;
    let found = pull(&mut client, &state, &Value::Null).await;
    let elsewhere = pull(&mut client, &todo, &Value::Null).await;
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    client.change(&state, 2, json!([{"text": text}])).await;
    let agreed = pull(&mut client, &state, &found["resultId"]).await;
    assert_eq!((&agreed["kind"], codes(&agreed)), (&json!("full"), vec![]));
    let agreed = pull(&mut client, &todo, &elsewhere["resultId"]).await;
    assert_eq!((&agreed["kind"], codes(&agreed)), (&json!("full"), vec![]));
    // What another server has told is not what this one has.
    for foreign in ["0.0.0", "", "some other"] {
        let report = pull(&mut client, &todo, &json!(foreign)).await;
        assert_eq!(report["kind"], "full", "{foreign:?}");
    }
}

#[tokio::test]
async fn the_workspace_is_told_of_what_the_client_lacks() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let todo = sandbox.join("specs/TODO.md");
    let mut client = pulling(sandbox.path(), false, false).await;
    client.open(&state).await;
    let ask = |results: Value| json!({"previousResultIds": results});
    let report = client.request(WORKSPACE, ask(json!([]))).await.expect("a report");
    let all = items(&report);
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["TODO.md", "state.json"]);
    let id = |n: usize| &all[n].1["resultId"];
    assert_eq!((&all[0].1["version"], &all[1].1["version"]), (&Value::Null, &json!(1)));
    assert_eq!(codes(&all[1].1), ["drift"]);
    // Of a document that is asked for alone, the same result counts.
    let unchanged = pull(&mut client, &state, id(1)).await;
    assert_eq!(unchanged["kind"], "unchanged");
    // Nothing is new; then one of two is, however its name is escaped; then neither has findings.
    let known = previous(&[(&todo, id(0)), (&state, &unchanged["resultId"])]);
    let report = client.request(WORKSPACE, ask(known.clone())).await.expect("a report");
    assert_eq!(report, json!({"items": []}));
    let escaped = uri(&state).replace("state.json", "%73tate.json");
    let half = json!([{"uri": escaped, "value": id(1)}]);
    let report = client.request(WORKSPACE, ask(half)).await.expect("a report");
    let lacking = items(&report);
    let lacking: Vec<_> = lacking.iter().map(|(name, item)| (name.as_str(), codes(item))).collect();
    assert_eq!(lacking, [("TODO.md", codes(&all[0].1))]);
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    client.change(&state, 2, json!([{"text": text}])).await;
    let report = client.request(WORKSPACE, ask(known)).await.expect("a report");
    let gone = items(&report);
    assert_eq!(gone.len(), 2, "{report:#}");
    for (_, item) in &gone {
        assert_eq!((codes(item), item.get("resultId")), (vec![], None), "it is not named again");
    }
    let report = client.request(WORKSPACE, ask(json!([]))).await.expect("a report");
    assert_eq!(report, json!({"items": []}));
    // Findings that a server before this one has told are taken back.
    let foreign = previous(&[(&todo, &json!("1f.3.3"))]);
    let report = client.request(WORKSPACE, ask(foreign)).await.expect("a report");
    assert_eq!(codes(&items(&report)[0].1), Vec::<&str>::new());
}

#[tokio::test]
async fn a_client_that_is_ready_to_wait_is_answered_when_something_is_new() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = pulling(sandbox.path(), true, false).await;
    client.open(&state).await;
    let ask = |results: Value| json!({"previousResultIds": results, "partialResultToken": "t"});
    let report = client.request(WORKSPACE, ask(json!([]))).await.expect("a report");
    let all = items(&report);
    let known = previous(&[(&todo, &all[0].1["resultId"]), (&state, &all[1].1["resultId"])]);
    let waiting = client.begin(WORKSPACE, Some(ask(known.clone()))).await;
    let cancelled = client.begin(WORKSPACE, Some(ask(known))).await;
    client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert!(!client.is_answered(waiting));
    client.notify("$/cancelRequest", json!({"id": cancelled})).await;
    let error = client.end_of(cancelled).await.expect_err("it is cancelled");
    assert_eq!(error["code"], -32800);
    assert!(!client.is_answered(waiting));
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    client.change(&state, 2, json!([{"text": text}])).await;
    let report = client.end_of(waiting).await.expect("a report");
    assert_eq!(items(&report).len(), 2, "{report:#}");
    let refresh = client.asked(REFRESH).await;
    client.answer(&refresh, Value::Null).await;
}

#[tokio::test]
async fn a_client_is_asked_to_ask_again_where_it_has_something_else() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = pulling(sandbox.path(), true, false).await;
    client.open(&todo).await;
    let found = pull(&mut client, &todo, &Value::Null).await;
    // It may have been asked before it asked by itself.
    client.request_as("lockstep/told", None).await.expect("all is read");
    // Another program writes to a file that is not open.
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    sandbox.write("specs/state.json", text);
    let touched = json!({"changes": [{"uri": uri(&state), "type": 2}]});
    client.notify("workspace/didChangeWatchedFiles", touched).await;
    let mut agreed = found.clone();
    while !codes(&agreed).is_empty() {
        let refresh = client.asked(REFRESH).await;
        client.answer(&refresh, Value::Null).await;
        let report = pull(&mut client, &todo, &agreed["resultId"]).await;
        agreed = if report["kind"] == "full" { report } else { agreed };
    }
    client.request_as("lockstep/told", None).await.expect("all is read");
}

#[tokio::test]
async fn what_is_related_comes_along_until_the_client_says_that_it_came() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = pulling(sandbox.path(), false, true).await;
    client.open(&todo).await;
    let related = |report: &Value| report["relatedDocuments"][uri(&state)].clone();
    let lost = pull(&mut client, &todo, &Value::Null).await;
    assert_eq!(codes(&related(&lost)), ["drift"]);
    let first = pull(&mut client, &todo, &Value::Null).await;
    assert_eq!(codes(&related(&first)), ["drift"], "the answer before may not have come");
    let again = pull(&mut client, &todo, &first["resultId"]).await;
    assert_eq!((&again["kind"], again.get("relatedDocuments")), (&json!("unchanged"), None));
    // Without the other file nothing disagrees, and this one tells that of both.
    client.open(&state).await;
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    client.change(&state, 2, json!([{"text": text}])).await;
    let agreed = pull(&mut client, &todo, &again["resultId"]).await;
    assert_eq!((codes(&agreed), codes(&related(&agreed))), (vec![], vec![]));
}

#[tokio::test]
async fn whoever_cannot_ask_or_has_not_said_so_is_told() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start_with(json!({
        "capabilities": able(),
        "workspaceFolders": [{"uri": uri(sandbox.path()), "name": "root"}],
        "initializationOptions": {"diagnostics": "pull"},
    }))
    .await;
    assert_eq!(client.initialized["capabilities"].get("diagnosticProvider"), None);
    client.diagnostics_until(&state, |found| !found.is_empty()).await;
    let shown = client.notified("window/showMessage").await;
    let expected = "Lockstep: the setting `diagnostics` is \"pull\", but this editor does not ask for diagnostics; it is told of them";
    assert_eq!(shown["message"], expected);
    let params = json!({"textDocument": {"uri": uri(&state)}});
    let refused = client.request(DOCUMENT, params).await.expect_err("it is told already");
    assert_eq!(refused["code"], -32803);
}
