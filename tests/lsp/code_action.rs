//! `textDocument/codeAction` and `codeAction/resolve`.

use std::path::Path;

use lockstep_fixture::{Fixture, Sandbox};
use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::edit::{self, Units};
use crate::support::workspaces;

async fn actions(client: &mut TestClient, path: &Path, line: u32, context: Value) -> Vec<Value> {
    let place = json!({"line": line, "character": 16});
    let range = json!({"start": place, "end": place});
    let params = json!({"textDocument": {"uri": uri(path)}, "range": range, "context": context});
    let answer = client.request("textDocument/codeAction", params).await.expect("actions");
    answer.as_array().expect("a list").clone()
}

fn titled<'a>(actions: &'a [Value], title: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"] == title);
    found.unwrap_or_else(|| panic!("no {title:?} in {actions:#?}"))
}

#[tokio::test]
async fn a_fix_mends_the_diagnostic_it_is_offered_for() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let shown = client.diagnostics_until(&todo, |found| !found.is_empty()).await;
    let context = json!({"diagnostics": shown, "only": ["quickfix"]});
    let offered = actions(&mut client, &todo, 18, context).await;
    assert!(offered.iter().all(|action| action["kind"] == "quickfix"), "{offered:#?}");

    let fix = titled(&offered, "Set task 7 to [PLANNED] everywhere (as in specs/TODO.md)");
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["diagnostics"][0]["code"], "drift");
    let resolved = client.request("codeAction/resolve", fix.clone()).await.expect("an edit");
    let made = edit::applied(&resolved["edit"], sandbox.path(), Units::Utf16);
    assert_eq!(made.keys().collect::<Vec<_>>(), ["specs/state.json"]);
}

#[tokio::test]
async fn who_does_not_resolve_has_the_edit_made_by_a_command() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut able = able();
    let action = able["textDocument"]["codeAction"].as_object_mut().expect("it takes actions");
    action.remove("resolveSupport");
    let mut client = TestClient::start(sandbox.path(), able).await;
    client.open(&todo).await;
    let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
    assert!(offered.iter().all(|action| action["edit"] == Value::Null), "{offered:#?}");
    let command = titled(&offered, "Set task 7 to [IMPLEMENTING]")["command"].clone();
    client.request("workspace/executeCommand", command).await.expect("it is planned");
    let asked = client.asked("workspace/applyEdit").await;
    client.answer(&asked, json!({"applied": false})).await;
    let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
    assert!(made["specs/TODO.md"].contains("- **Status**: [IMPLEMENTING]"));
}

#[tokio::test]
async fn one_edit_carries_versions_of_open_documents_and_null_for_others() {
    let sandbox = workspaces::login();
    let (todo, state) = (sandbox.join("specs/TODO.md"), sandbox.join("specs/state.json"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&state).await;
    client.open(&todo).await;
    let all = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}});
    client.change(&todo, 7, json!([{"range": all, "text": "---"}])).await;
    let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
    let action = titled(&offered, "Set task 7 to [IMPLEMENTING]").clone();
    let resolved = client.request("codeAction/resolve", action).await.expect("an edit");
    let files = edit::files(&resolved["edit"]);
    let versions: Vec<_> = files.iter().map(|(uri, version, _)| (&**uri, version)).collect();
    let unopened = |path: &str| uri(&sandbox.join(path));
    let (plan, project) = (
        unopened("specs/007_login/plans/implementation-001.md"),
        unopened("specs/007_login/state.json"),
    );
    assert_eq!(versions[0], (&*uri(&todo), &json!(7)));
    assert!(versions.contains(&(&*uri(&state), &json!(1))), "{versions:?}");
    assert!(versions.contains(&(&*plan, &Value::Null)), "{versions:?}");
    assert!(versions.contains(&(&*project, &Value::Null)), "{versions:?}");
}

/// The capabilities of a client that asks its user for a reason.
fn asking(mut capabilities: Value) -> Value {
    capabilities["experimental"] = json!({"lockstep": {"asksReason": true}});
    capabilities
}

/// What a client may do that knows only commands.
fn commanding() -> Value {
    let mut capabilities = able();
    capabilities["textDocument"]["codeAction"] = json!({});
    capabilities
}

const PLACEHOLDER: &str = "(fill in the reason)";

#[tokio::test]
async fn a_reason_that_is_lacking_is_left_to_be_filled_in_and_found_until_it_is() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
    let action = titled(&offered, "Set task 7 to [BLOCKED], reason to be filled in").clone();
    assert_eq!(action["command"], Value::Null);
    let resolved = client.request("codeAction/resolve", action).await.expect("an edit");
    let made = edit::applied(&resolved["edit"], sandbox.path(), Units::Utf16);
    for path in ["specs/TODO.md", "specs/state.json", "specs/007_login/state.json"] {
        assert!(made[path].contains(PLACEHOLDER), "{path}: {}", made[path]);
    }
    client.change(&todo, 2, json!([{"text": made["specs/TODO.md"]}])).await;
    let open = |found: &[Value]| found.iter().any(|it| it["code"] == "missing-reason");
    client.diagnostics_until(&todo, open).await;
    let filled = made["specs/TODO.md"].replace(PLACEHOLDER, "no designer");
    client.change(&todo, 3, json!([{"text": filled}])).await;
    client.diagnostics_until(&todo, |found| !open(found)).await;
}

#[tokio::test]
async fn who_asks_for_a_reason_is_given_the_command_that_lacks_it() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), asking(able())).await;
    client.open(&todo).await;
    let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
    let action = titled(&offered, "Set task 7 to [BLOCKED]…").clone();
    assert_eq!((&action["data"], &action["edit"]), (&Value::Null, &Value::Null));
    // Some clients resolve what needs no resolving.
    let resolved = client.request("codeAction/resolve", action.clone()).await;
    assert_eq!(resolved.expect("it is whole"), action);
    let mut command = action["command"].clone();
    let refused = client.request("workspace/executeCommand", command.clone()).await;
    assert_eq!(refused.expect_err("it needs a reason")["data"]["code"], "needs-reason");
    command["arguments"][0]["reason"] = json!("no designer");
    client.request("workspace/executeCommand", command).await.expect("it is planned");
    let asked = client.asked("workspace/applyEdit").await;
    client.answer(&asked, json!({"applied": false})).await;
    let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
    assert!(made["specs/TODO.md"].contains("- **Blocking Reason**: no designer"));
}

#[tokio::test]
async fn a_client_that_knows_only_commands_sets_what_needs_a_reason_too() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let lacks = json!([{"task": "7", "status": "blocked"}]);
    let holds = json!([{"task": "7", "status": "blocked", "reason": PLACEHOLDER}]);
    for (capabilities, title, arguments) in [
        (asking(commanding()), "Set task 7 to [BLOCKED]…", lacks),
        (commanding(), "Set task 7 to [BLOCKED], reason to be filled in", holds),
    ] {
        let mut client = TestClient::start(sandbox.path(), capabilities).await;
        client.open(&todo).await;
        let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
        assert_eq!(titled(&offered, title)["arguments"], arguments);
    }
}

#[tokio::test]
async fn an_action_that_no_longer_fits_is_refused_with_a_reason() {
    let sandbox = workspaces::login();
    sandbox.write("specs/state.json", r#"{"active_projects": []}"#);
    sandbox.remove("specs/007_login/state.json");
    sandbox.remove("specs/007_login/plans/implementation-001.md");
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
    let action = titled(&offered, "Set task 7 to [IMPLEMENTING]").clone();
    client.change(&todo, 2, json!([{"text": "# TODO\n"}])).await;
    let refused = client.request("codeAction/resolve", action).await.expect_err("it is gone");
    assert_eq!(refused["code"], -32803);
    let message = refused["message"].as_str().expect("a message");
    assert!(message.contains("has changed"), "{message}");
}

#[tokio::test]
async fn a_client_that_knows_only_commands_gets_commands() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), commanding()).await;
    client.open(&todo).await;
    let offered = actions(&mut client, &todo, 18, json!({"diagnostics": []})).await;
    let command = titled(&offered, "Set task 7 to [IMPLEMENTING]");
    assert_eq!(command["command"], "lockstep.setStatus");
    assert_eq!(command["arguments"], json!([{"task": "7", "status": "implementing"}]));
}

#[tokio::test]
async fn a_light_bulb_that_comes_by_itself_is_for_what_is_wrong() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    client.diagnostics_until(&todo, |found| !found.is_empty()).await;
    let (prose, status) = (25, 18);
    let by_itself = json!({"diagnostics": [], "triggerKind": 2});
    assert_eq!(actions(&mut client, &todo, prose, by_itself.clone()).await, Vec::<Value>::new());
    let offered = actions(&mut client, &todo, status, by_itself).await;
    let titles: Vec<&Value> = offered.iter().map(|it| &it["title"]).collect();
    let fixes = [
        "Set task 7 to [PLANNED] everywhere (as in specs/TODO.md)",
        "Set task 7 to [RESEARCHED] everywhere (as in specs/state.json)",
    ];
    assert_eq!(titles, fixes);
    for line in [prose, status] {
        let asked = json!({"diagnostics": [], "triggerKind": 1});
        let offered = actions(&mut client, &todo, line, asked).await;
        titled(&offered, "Set task 7 to [IMPLEMENTING]");
        titled(&offered, "Set task 7 to [BLOCKED], reason to be filled in");
    }
    // Editors that fix all on save do so by themselves.
    sandbox.write("specs/TODO.md", sandbox.read("specs/TODO.md").replace("[PLANNED]", "[PLANED]"));
    let plan = sandbox.join("specs/007_login/plans/implementation-001.md");
    sandbox.write(
        "specs/007_login/plans/implementation-001.md",
        sandbox
            .read("specs/007_login/plans/implementation-001.md")
            .replace("[NOT STARTED]", "[Not Started]"),
    );
    client.open(&plan).await;
    let on_save = json!({"diagnostics": [], "triggerKind": 2, "only": ["source.fixAll"]});
    let offered = actions(&mut client, &plan, 0, on_save).await;
    titled(&offered, "Fix all Lockstep findings in this file");
}

#[tokio::test]
async fn a_status_that_follows_from_boxes_is_offered_with_what_is_ticked_and_ticks_it() {
    const TASKS: &str = "openspec/changes/add-login/tasks.md";
    let sandbox = Sandbox::new(&Fixture::default());
    sandbox.write(TASKS, "- [x] 1.1 Draw the form\n- [ ] 1.2 Test the form\n\nNo more of it.\n");
    let tasks = sandbox.join(TASKS);
    let done = "- [x] 1.1 Draw the form\n- [x] 1.2 Test the form\n\nNo more of it.\n";
    for is_able in [true, false] {
        let mut able = able();
        if !is_able {
            let document = able["textDocument"].as_object_mut().expect("an editor");
            document.remove("codeAction");
        }
        let mut client = TestClient::start(sandbox.path(), able).await;
        client.open(&tasks).await;
        let offered = actions(&mut client, &tasks, 3, json!({"diagnostics": []})).await;
        let own = titled(&offered, "Set task add-login to [done]: tick 1 box").clone();
        let edit = if is_able {
            client.request("codeAction/resolve", own).await.expect("an edit")["edit"].clone()
        } else {
            assert_eq!(own["arguments"][0]["tick"], true, "{own}");
            client.request("workspace/executeCommand", own).await.expect("it is planned");
            let asked = client.asked("workspace/applyEdit").await;
            client.answer(&asked, json!({"applied": false})).await;
            asked["params"]["edit"].clone()
        };
        let made = edit::applied(&edit, sandbox.path(), Units::Utf16);
        assert_eq!(made[TASKS], done);
    }
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let set = |tick: bool| {
        let argument = json!({"task": "add-login", "status": "done", "tick": tick});
        json!({"command": "lockstep.setStatus", "arguments": [argument]})
    };
    let refused = client.request("workspace/executeCommand", set(false)).await;
    let message = refused.expect_err("nobody said that boxes are ticked")["message"].clone();
    assert!(message.as_str().is_some_and(|it| it.contains("`--tick`")), "{message}");
    client.request("workspace/executeCommand", set(true)).await.expect("it is planned");
    let asked = client.asked("workspace/applyEdit").await;
    client.answer(&asked, json!({"applied": false})).await;
    let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
    assert_eq!(made[TASKS], done);
}
