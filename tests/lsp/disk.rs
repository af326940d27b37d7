//! Changes by other programs.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able};
use crate::support::workspaces;

/// Says other than the rest of the workspace.
const PROJECT_8: &str = r#"{"project_number": 8, "project_name": "docs", "status": "planned"}"#;

fn has_drift(found: &[Value]) -> bool {
    found.iter().any(|diagnostic| diagnostic["code"] == "drift")
}

#[tokio::test]
async fn a_change_on_disk_is_noticed() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    let text = sandbox.read("specs/state.json");
    sandbox.write("specs/state.json", text.replace("researched", "planned"));
    client.diagnostics_until(&state, |found| !has_drift(found)).await;
    sandbox.write("specs/state.json", text);
    client.diagnostics_until(&state, has_drift).await;
}

#[tokio::test]
async fn a_new_folder_with_files_is_noticed() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&todo, has_drift).await;
    sandbox.write("specs/008_docs/state.json", PROJECT_8);
    let path = sandbox.join("specs/008_docs/state.json");
    client.diagnostics_until(&path, has_drift).await;
}

#[tokio::test]
async fn a_file_that_stays_broken_is_reported() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    let text = sandbox.read("specs/state.json");
    sandbox.write("specs/state.json", &text[..text.len() / 2]);
    let broken = |found: &[Value]| found.iter().any(|it| it["code"] == "malformed-file");
    client.diagnostics_until(&state, broken).await;
}

#[tokio::test]
async fn a_document_that_was_changed_keeps_its_text_whatever_happens_on_disk() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&state).await;
    client.diagnostics_until(&state, has_drift).await;
    let text = sandbox.read("specs/state.json");
    client.change(&state, 2, json!([{"text": format!("{text}\n")}])).await;
    sandbox.write("specs/state.json", text.replace("researched", "planned"));
    // A second file tells when the watcher has been heard.
    sandbox.write("specs/008_docs/state.json", PROJECT_8);
    let path = sandbox.join("specs/008_docs/state.json");
    client.diagnostics_until(&path, has_drift).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["agreed"], false, "{list:#}");

    let close = json!({"textDocument": {"uri": crate::support::client::uri(&state)}});
    client.notify("textDocument/didClose", close).await;
    client.diagnostics_until(&state, |found| !has_drift(found)).await;
}

#[tokio::test]
async fn ignored_files_do_not_count_even_when_they_change_or_are_open() {
    let sandbox = workspaces::login();
    sandbox.write(".gitignore", "/build/\n");
    sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    sandbox.write("build/specs/008_docs/state.json", PROJECT_8);
    client.open(&sandbox.join("build/specs/008_docs/state.json")).await;
    sandbox.write(
        "specs/state.json",
        sandbox.read("specs/state.json").replace("researched", "planned"),
    );
    client.diagnostics_until(&state, |found| !has_drift(found)).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert!(!list.to_string().contains("build"), "{list:#}");
}

#[tokio::test]
async fn what_is_no_longer_ignored_counts() {
    let sandbox = workspaces::login();
    sandbox.write(".gitignore", "/specs/008_docs/\n");
    sandbox.write(".git/HEAD", "ref: refs/heads/main\n");
    sandbox.write("specs/008_docs/state.json", PROJECT_8);
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let path = sandbox.join("specs/008_docs/state.json");
    sandbox.write(".gitignore", "");
    client.diagnostics_until(&path, has_drift).await;
    sandbox.write(".gitignore", "/specs/008_docs/\n");
    client.diagnostics_until(&path, |found| !has_drift(found)).await;
}

#[tokio::test]
async fn a_file_that_is_no_text_is_told_in_place_of_what_was_found_in_it() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&todo, has_drift).await;
    sandbox.write("specs/TODO.md", b"### 7. Add login\n- **Status**: [PLANED]\n\0\xff");
    let is_one = |found: &[Value]| found.len() == 1 && found[0]["code"] == "malformed-file";
    client.diagnostics_until(&todo, is_one).await;
}

#[tokio::test]
async fn the_configuration_is_judged_and_followed_while_it_is_edited() {
    let sandbox = workspaces::login();
    let (config, state) = (sandbox.join("lockstep.toml"), sandbox.join("specs/state.json"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    client.open_as(&config, "profile = \"opencod\"\n").await;
    let meant = |found: &[Value]| found.iter().any(|it| it["message"].to_string().contains("mean"));
    client.diagnostics_until(&config, meant).await;
    client.change(&config, 2, json!([{"text": "[rules]\ndrift = \"error\"\n"}])).await;
    client.diagnostics_until(&config, |found| found.is_empty()).await;
    let is_error = |found: &[Value]| found.iter().any(|it| it["severity"] == 1);
    client.diagnostics_until(&state, is_error).await;
    client.change(&config, 3, json!([{"text": "profile = \"checklist\"\n"}])).await;
    client.diagnostics_until(&state, |found| found.is_empty()).await;
    let close = json!({"textDocument": {"uri": crate::support::client::uri(&config)}});
    client.notify("textDocument/didClose", close).await;
    client.diagnostics_until(&state, has_drift).await;
    sandbox.write("lockstep.toml", "profile = \"checklist\"\n");
    client.diagnostics_until(&state, |found| found.is_empty()).await;
}

#[tokio::test]
async fn what_the_configuration_said_last_holds_while_it_cannot_be_read() {
    let sandbox = workspaces::login();
    let rules = "[rules]\ndrift = \"off\"\n";
    sandbox.write("lockstep.toml", rules);
    let (config, plan) =
        (sandbox.join("lockstep.toml"), "specs/007_login/plans/implementation-001.md");
    sandbox.write(plan, sandbox.read(plan).replace("[NOT STARTED]", "[NOT STRATED]"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let plan = sandbox.join(plan);
    client.diagnostics_until(&plan, |found| !found.is_empty()).await;
    client.open(&config).await;
    for (version, typed) in
        [(2, "[rules]\ndrift = \"off\"\nunknown-status"), (3, "[rul"), (4, "[rules]\ndrift = ")]
    {
        client.change(&config, version, json!([{"text": typed}])).await;
        client.diagnostics_until(&config, |found| found.len() == 1).await;
        client.request("lockstep/told", json!({})).await.expect("all is told");
        let is_drift = |it: &Value| it["code"] == "drift";
        let found = client.diagnostics.values().filter_map(|it| it["diagnostics"].as_array());
        assert!(!found.flatten().any(is_drift), "{typed}: {:#?}", client.diagnostics);
    }
    // The same where it is saved so.
    sandbox.write("lockstep.toml", "[rules]\ndrift = ");
    let document = json!({"textDocument": {"uri": crate::support::client::uri(&config)}});
    client.notify("textDocument/didSave", document).await;
    client.request("lockstep/told", json!({})).await.expect("all is told");
    let state = crate::support::client::uri(&sandbox.join("specs/state.json"));
    assert!(client.diagnostics.get(&state).is_none_or(|it| it["diagnostics"] == json!([])));
    client.change(&config, 5, json!([{"text": "[rules]\ndrift = \"warning\"\n"}])).await;
    client.diagnostics_until(&sandbox.join("specs/state.json"), has_drift).await;
    client.diagnostics_until(&config, |found| found.is_empty()).await;
}

#[tokio::test]
async fn a_renamed_file_takes_its_findings_along() {
    let sandbox = workspaces::login();
    sandbox.write("specs/008_docs/state.json", PROJECT_8);
    let (old, new) = ("specs/008_docs", "specs/008_write_docs");
    let state = |folder: &str| sandbox.join(folder).join("state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state(old), has_drift).await;
    std::fs::rename(sandbox.join(old), sandbox.join(new)).expect("renamed");
    client.diagnostics_until(&state(new), has_drift).await;
    client.diagnostics_until(&state(old), |found| found.is_empty()).await;
}

#[tokio::test]
async fn a_convention_that_is_taken_up_beside_another_is_noticed() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, has_drift).await;
    sandbox
        .write("apps/web/.planning/ROADMAP.md", "- [ ] **Phase 1: Log in**\n- [ ] 01-01-PLAN.md\n");
    sandbox.write("apps/web/.planning/phases/01-log-in/01-01-SUMMARY.md", "# Done\n");
    let road_map = sandbox.join("apps/web/.planning/ROADMAP.md");
    client.diagnostics_until(&road_map, has_drift).await;
}
