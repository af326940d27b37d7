//! What is asked about a place or a file: each request is wired, and its columns are right.

use std::path::Path;

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

fn at(file: &Path, line: u32, character: u32) -> Value {
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
        text.replace("form [NOT STARTED]", "form [COMPLETED]"),
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
async fn tasks_and_their_plans_are_found_by_letters_of_their_titles() {
    let (sandbox, mut client) = login(json!({})).await;
    let found =
        client.request("workspace/symbol", json!({"query": "login"})).await.expect("a list");
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    assert_eq!(found[0]["name"], "7 Add 🔑 login");
    assert_eq!(found[0]["containerName"], "planned");
    assert_eq!(found[1]["name"], "Implementation Plan: Add login");
    assert_eq!(found[1]["containerName"], "not_started · 7 Add 🔑 login");
    let plan = sandbox.join("specs/007_login/plans/implementation-001.md");
    assert_eq!(found[1]["location"]["uri"], uri(&plan));
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

/// Writes the plan `[` into the status of task 7, as somebody who types it.
async fn typing(documents: Value) -> (Sandbox, TestClient, Value) {
    let (sandbox, mut client) = login(documents).await;
    let todo = sandbox.join("specs/TODO.md");
    client.open(&todo).await;
    let range = json!({
        "start": {"line": 18, "character": 14},
        "end": {"line": 18, "character": 23},
    });
    let params = json!({
        "textDocument": {"uri": uri(&todo), "version": 2},
        "contentChanges": [{"range": range, "text": "[IMP"}],
    });
    client.notify("textDocument/didChange", params).await;
    let found = client.request("textDocument/completion", at(&todo, 18, 18)).await;
    (sandbox, client, found.expect("a list"))
}

#[tokio::test]
async fn accepting_a_status_changes_every_file() {
    let (sandbox, mut client, found) = typing(json!({})).await;
    assert_eq!(found["isIncomplete"], false);
    let items = found["items"].as_array().expect("items");
    let item = items.iter().find(|it| it["label"] == "[IMPLEMENTING]").expect("it may follow");
    assert_eq!(range(&item["textEdit"]["range"]), [18, 14, 18, 18]);
    assert_eq!(item["textEdit"]["newText"], "[IMPLEMENTING]");
    assert_eq!(item["filterText"], "[IMPLEMENTING]");
    let detail = item["detail"].as_str().expect("what else changes");
    assert!(detail.contains("specs/state.json"), "{detail}");
    assert_eq!(item["command"]["command"], "lockstep.setStatus");
    let argument = &item["command"]["arguments"][0];
    assert_eq!((&argument["task"], &argument["status"]), (&json!("7"), &json!("implementing")));

    let todo = sandbox.join("specs/TODO.md");
    let mut edits = vec![item["textEdit"].clone()];
    edits.extend(item["additionalTextEdits"].as_array().cloned().unwrap_or_default());
    // From the last to the first, so that none moves another.
    edits.sort_by_key(|edit| std::cmp::Reverse(range(&edit["range"])));
    let changes: Vec<Value> =
        edits.iter().map(|edit| json!({"range": edit["range"], "text": edit["newText"]})).collect();
    let document = json!({"uri": uri(&todo), "version": 3});
    let params = json!({"textDocument": document, "contentChanges": changes});
    client.notify("textDocument/didChange", params).await;
    let command = &item["command"];
    let params = json!({"command": command["command"], "arguments": command["arguments"]});
    let answer = client.request("workspace/executeCommand", params).await.expect("it is planned");
    let files = answer["files"].as_array().expect("files");
    assert!(files.contains(&json!("specs/state.json")), "{files:?}");
    assert!(!files.contains(&json!("specs/TODO.md")), "{files:?}");
    let asked = client.asked("workspace/applyEdit").await;
    client.answer(&asked, json!({"applied": false})).await;
}

#[tokio::test]
async fn a_client_that_leaves_out_commands_is_offered_no_status_of_several_files() {
    let (sandbox, _, _) = typing(json!({})).await;
    let params = json!({
        "capabilities": able(),
        "clientInfo": {"name": "Eglot"},
        "workspaceFolders": [{"uri": uri(sandbox.path()), "name": "root"}],
    });
    let mut client = TestClient::start_with(params).await;
    let todo = sandbox.join("specs/TODO.md");
    client.open(&todo).await;
    let found = client.request("textDocument/completion", at(&todo, 18, 18)).await.expect("a list");
    let items = found["items"].as_array().expect("items");
    assert!(items.iter().all(|it| it.get("command").is_none()), "{items:#?}");
    assert!(items.iter().all(|it| it["label"] != "[IMPLEMENTING]"), "{items:#?}");
}

#[tokio::test]
async fn the_page_of_a_rule_is_told_when_somebody_looks_at_it() {
    let formats = json!({"completionItem": {"documentationFormat": ["markdown"]}});
    let (sandbox, mut client) = login(json!({"completion": formats})).await;
    let todo = sandbox.join("specs/TODO.md");
    let text =
        sandbox.read("specs/TODO.md").replace("# TODO\n", "# TODO <!-- lockstep: allow dr\n");
    sandbox.write("specs/TODO.md", &text);
    client.open(&todo).await;
    let found = client.request("textDocument/completion", at(&todo, 12, 30)).await.expect("items");
    let items = found["items"].as_array().expect("items").iter();
    let item = items.clone().find(|it| it["label"] == "drift").expect("a rule").clone();
    assert_eq!(item["documentation"], Value::Null);
    assert_eq!(range(&item["textEdit"]["range"]), [12, 28, 12, 30]);
    let item = client.request("completionItem/resolve", item).await.expect("the item");
    assert_eq!(item["documentation"]["kind"], "markdown");
    assert!(item["documentation"]["value"].as_str().expect("a page").starts_with("# drift"));
}

#[tokio::test]
async fn lenses_hints_and_tokens_stand_where_the_statuses_are() {
    let (sandbox, mut client) = login(json!({})).await;
    let todo = sandbox.join("specs/TODO.md");
    let document = json!({"textDocument": {"uri": uri(&todo)}});
    let lenses = client.request("textDocument/codeLens", document.clone()).await.expect("lenses");
    assert_eq!(range(&lenses[0]["range"]), [16, 4, 16, 19]);
    assert_eq!(lenses[0]["command"]["title"], "Fix drift");
    assert_eq!(lenses[0]["command"]["command"], "lockstep.fixTask");
    assert_eq!(lenses[0]["command"]["arguments"][0]["task"], "7");

    let part = json!({"start": {"line": 16, "character": 0}, "end": {"line": 20, "character": 0}});
    let mut params = document.clone();
    params["range"] = part;
    let hints = client.request("textDocument/inlayHint", params.clone()).await.expect("hints");
    assert_eq!(hints[0]["position"], json!({"line": 18, "character": 23}));
    assert_eq!(hints[0]["label"], "≠ researched in state.json · 0/2");

    let tokens = client.request("textDocument/semanticTokens/full", document).await;
    let legend = &client.initialized["capabilities"]["semanticTokensProvider"]["legend"];
    assert_eq!(legend["tokenModifiers"][0], "open");
    let tokens = tokens.expect("tokens");
    assert_eq!(tokens["data"], json!([18, 14, 9, 0, 1, 15, 14, 13, 0, 1]));
    let tokens = client.request("textDocument/semanticTokens/range", params).await.expect("tokens");
    assert_eq!(tokens["data"], json!([18, 14, 9, 0, 1]));
}

#[tokio::test]
async fn what_is_shown_beside_texts_is_asked_for_again_when_another_file_changes() {
    let sandbox = workspaces::login();
    let mut capabilities = able();
    capabilities["workspace"]["codeLens"] = json!({"refreshSupport": true});
    let mut client = TestClient::start(sandbox.path(), capabilities).await;
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    client.open(&todo).await;
    client.open(&state).await;
    let document = json!({"textDocument": {"uri": uri(&todo)}});
    client.request("textDocument/codeLens", document).await.expect("lenses");
    let text = sandbox.read("specs/state.json").replace("researched", "planned");
    let document = json!({"uri": uri(&state), "version": 2});
    let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
    client.notify("textDocument/didChange", params).await;
    let asked = client.asked("workspace/codeLens/refresh").await;
    client.answer(&asked, Value::Null).await;
}
