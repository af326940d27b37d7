//! What is asked about a place or a file: each request is wired, and its columns are right.

use std::path::PathBuf;

use serde_json::{Value, json};

use lockstep_fixture::Sandbox;

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

/// A sandbox in which a title has a letter that takes two units of UTF-16 and four bytes, with a client
/// that declares `documents` of text documents.
async fn login(documents: Value) -> (Sandbox, TestClient) {
    let sandbox = workspaces::login();
    let todo = sandbox.read("specs/TODO.md").replace("7. Add login", "7. Add 🔑 login");
    sandbox.write("specs/TODO.md", &todo);
    let mut capabilities = able();
    for (name, value) in documents.as_object().expect("an object") {
        capabilities["textDocument"][name] = value.clone();
    }
    let client = TestClient::start(sandbox.path(), capabilities).await;
    (sandbox, client)
}

fn at(file: &PathBuf, line: u32, character: u32) -> Value {
    json!({
        "textDocument": {"uri": uri(file)},
        "position": {"line": line, "character": character},
    })
}

fn range(value: &Value) -> [u64; 4] {
    let number = |pointer| value.pointer(pointer).and_then(Value::as_u64).expect("a number");
    ["/start/line", "/start/character", "/end/line", "/end/character"].map(number)
}

#[tokio::test]
async fn an_outline_is_a_tree_or_a_list_as_the_client_shows_it() {
    let tags = json!({"valueSet": [1]});
    let nested = json!({"hierarchicalDocumentSymbolSupport": true, "tagSupport": tags});
    let (sandbox, mut client) = login(json!({"documentSymbol": nested})).await;
    let plan = sandbox.join("specs/007_login/plans/implementation-001.md");
    let text = sandbox.read("specs/007_login/plans/implementation-001.md");
    sandbox.write(
        "specs/007_login/plans/implementation-001.md",
        &text.replace("form [NOT STARTED]", "form [COMPLETED]"),
    );
    client.open(&plan).await;
    let params = json!({"textDocument": {"uri": uri(&plan)}});
    let outline = client.request("textDocument/documentSymbol", params.clone()).await.expect("one");
    let phase = &outline[0]["children"][0];
    assert_eq!(phase["name"], "Phase 1: Show the form");
    assert_eq!(phase["detail"], "completed 0/2");
    assert_eq!(phase["tags"], json!([1]));
    assert_eq!(phase["children"][1]["name"], "Add the form");
    assert_eq!(range(&phase["selectionRange"])[..2], [14, 4]);
    assert_eq!(outline[0]["tags"], Value::Null);

    let mut client = TestClient::start(sandbox.path(), able()).await;
    let list = client.request("textDocument/documentSymbol", params).await.expect("a list");
    assert_eq!(list[1]["name"], "Phase 1: Show the form");
    assert_eq!(list[1]["containerName"], outline[0]["name"]);
    assert_eq!(list[1]["location"]["uri"], uri(&plan));
    assert_eq!(list[1]["tags"], Value::Null);
}

#[tokio::test]
async fn tasks_are_found_by_letters_of_their_title() {
    let (sandbox, mut client) = login(json!({})).await;
    let found =
        client.request("workspace/symbol", json!({"query": "login"})).await.expect("a list");
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["name"], "7 Add 🔑 login");
    assert_eq!(found[0]["containerName"], "planned");
    assert_eq!(found[0]["location"]["uri"], uri(&sandbox.join("specs/TODO.md")));
    assert_eq!(range(&found[0]["location"]["range"]), [16, 4, 16, 19]);
}

#[tokio::test]
async fn definitions_and_references_lead_to_other_files() {
    let link = json!({"linkSupport": true});
    let (sandbox, mut client) = login(json!({"definition": link})).await;
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let definition = client.request("textDocument/definition", at(&state, 6, 26)).await;
    let definition = definition.expect("places");
    assert_eq!(definition[0]["targetUri"], uri(&todo));
    assert_eq!(range(&definition[0]["targetSelectionRange"]), [16, 4, 16, 19]);
    assert_eq!(range(&definition[0]["originSelectionRange"]), [6, 24, 6, 25]);
    let dependency = client.request("textDocument/declaration", at(&todo, 35, 20)).await;
    let dependency = dependency.expect("places");
    assert_eq!(dependency[0]["uri"], uri(&todo));
    assert_eq!(range(&dependency[0]["range"]), [16, 4, 16, 19]);

    let mut params = at(&todo, 16, 18);
    params["context"] = json!({"includeDeclaration": false});
    let found = client.request("textDocument/references", params).await.expect("places");
    let found = found.as_array().expect("a list").iter();
    let files: Vec<String> =
        found.map(|it| it["uri"].as_str().unwrap_or_default().into()).collect();
    for path in ["specs/TODO.md", "specs/state.json", "specs/007_login/state.json"] {
        assert!(files.contains(&uri(&sandbox.join(path))), "{path}: {files:?}");
    }
    let seen = client.request("textDocument/documentHighlight", at(&todo, 16, 18)).await;
    let seen = seen.expect("highlights");
    assert_eq!(range(&seen[0]["range"]), [16, 4, 16, 19]);
    assert_eq!((&seen[0]["kind"], &seen[1]["kind"]), (&json!(1), &json!(3)));
}

#[tokio::test]
async fn what_can_be_folded_selected_and_followed_is_told_in_lines_and_columns() {
    let folded = json!({"foldingRange": {"collapsedText": true}, "rangeLimit": 1});
    let documents = json!({"foldingRange": folded, "documentLink": {"tooltipSupport": true}});
    let (sandbox, mut client) = login(documents).await;
    let todo = sandbox.join("specs/TODO.md");
    let document = json!({"textDocument": {"uri": uri(&todo)}});
    let folds = client.request("textDocument/foldingRange", document.clone()).await;
    let fold = json!([{"startLine": 16, "endLine": 27, "collapsedText": "planned"}]);
    assert_eq!(folds.expect("folds"), fold);

    let mut params = document.clone();
    params["positions"] = json!([{"line": 16, "character": 12}, {"line": 18, "character": 17}]);
    let ranges = client.request("textDocument/selectionRange", params).await.expect("ranges");
    assert_eq!(range(&ranges[0]["parent"]["range"]), [16, 4, 16, 19]);
    assert_eq!(range(&ranges[1]["parent"]["range"]), [18, 14, 18, 23]);

    let links = client.request("textDocument/documentLink", document).await.expect("links");
    let plan = sandbox.join("specs/007_login/plans/implementation-001.md");
    assert_eq!(links.as_array().map(Vec::len), Some(1));
    assert_eq!(links[0]["target"], uri(&plan));
    assert_eq!(range(&links[0]["range"])[..2], [23, 34]);
    let tooltip = links[0]["tooltip"].as_str().expect("a tooltip");
    assert!(tooltip.ends_with("plan of task 7 Add 🔑 login, not_started, 0 of 2 phases finished"));
}
