//! `lockstep/tasks` by rows and pages, `lockstep/tasksChanged`, and the rows of events.

use std::fmt::Write as _;

use lockstep::hub::Hub;
use serde_json::{Value, json};

use crate::support::client::{TestClient, able};
use crate::support::editor::Editor;
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";

/// The capabilities of a client that shows lists of tasks.
fn listing() -> Value {
    let mut able = able();
    able["experimental"] = json!({"lockstep": {"rows": true}});
    able
}

fn ids(list: &Value) -> Vec<&str> {
    list["tasks"].as_array().expect("a list").iter().filter_map(|it| it["id"].as_str()).collect()
}

#[tokio::test]
async fn a_row_tells_a_task_in_a_line_and_where_to_go() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let list = client.request("lockstep/tasks", json!({"brief": true})).await.expect("tasks");
    assert_eq!(
        list["tasks"][0],
        json!({
            "id": "7", "title": "Add login", "status": "planned", "category": "open",
            "marker": "[PLANNED]", "agreed": false, "archived": false, "root": sandbox.path(),
            "profile": "opencode", "path": TODO, "line": 17, "column": 5,
            "progress": {"done": 0, "total": 2}, "findings": list["tasks"][0]["findings"],
            "ready": true, "parent": null, "order": list["tasks"][0]["order"],
        })
    );
    assert!(list["tasks"][0]["findings"].as_u64() > Some(0), "{list:#}");
    let full = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    for (member, value) in list["tasks"][0].as_object().expect("a row") {
        assert_eq!(full["tasks"][0][member], *value, "{member}");
    }
    assert_eq!(full["tasks"][0]["occurrences"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn pages_go_on_after_the_last_task_whatever_comes_and_goes() {
    let list = (1..=7).fold(String::new(), |mut list, n| {
        let _ = writeln!(list, "  ### {n}. Task\n  - **Status**: [PLANNED]\n");
        list
    });
    let sandbox = workspaces::workspace(&format!(
        "//- /{TODO}\n{list}//- /specs/state.json\n  {{\"active_projects\": []}}\n"
    ));
    let hub = Hub::start();
    let mut editor = Editor::join(&hub, &sandbox, "Ed", able()).await;
    let ask = async |editor: &mut Editor<'_>, cursor: &Value| {
        let params = json!({"brief": true, "limit": 3, "cursor": cursor});
        editor.client.request("lockstep/tasks", params).await.expect("a page")
    };
    let first = ask(&mut editor, &Value::Null).await;
    assert_eq!(ids(&first), ["1", "2", "3"]);
    editor.open(TODO).await;
    let without = editor.text(TODO).replace("### 3. Task\n- **Status**: [PLANNED]\n\n", "");
    let without = without.replace("### 4.", "### 44.");
    editor.write(TODO, &without).await;
    let second = ask(&mut editor, &first["next_cursor"]).await;
    assert_eq!(ids(&second), ["5", "6", "7"], "{second:#}");
    let third = ask(&mut editor, &second["next_cursor"]).await;
    assert_eq!(ids(&third), ["44"]);
    assert_eq!(third["next_cursor"], Value::Null);
    let all = [&first, &second, &third].map(|page| page["tasks"].as_array().expect("a list"));
    let order: Vec<&str> =
        all.into_iter().flatten().filter_map(|row| row["order"].as_str()).collect();
    assert!(order.is_sorted(), "{order:?}");
    let params = json!({"ids": [5, "none", "1"], "brief": true});
    let some = editor.client.request("lockstep/tasks", params).await.expect("tasks");
    assert_eq!(ids(&some), ["5", "1"]);
    for (params, message) in [
        (json!({"limit": 0}), "`limit` must be at least 1"),
        (json!({"limit": "3"}), "`limit` must be a whole number that is not negative"),
        (json!({"ids": "7"}), "`ids` must be a list of strings"),
        (json!({"cursor": "x"}), "`cursor` is of no folder that is open; begin again without it"),
    ] {
        let error = editor.client.request("lockstep/tasks", params).await.expect_err("it is wrong");
        assert_eq!((&error["code"], &error["message"]), (&json!(-32602), &json!(message)));
    }
}

#[tokio::test]
async fn a_client_that_lists_tasks_is_told_of_the_rows_that_are_other() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    let mut editor = Editor::join(&hub, &sandbox, "Ed", listing()).await;
    let all = editor.client.notified("lockstep/tasksChanged").await;
    assert_eq!(all, json!({"root": sandbox.path(), "tasks": [], "removed": [], "all": true}));
    editor.open(TODO).await;
    // Lines above it are nothing to tell of.
    let text = format!("\n\n{}", editor.text(TODO));
    editor.write(TODO, &text).await;
    let text = text.replace("- **Status**: [PLANNED]", "- **Status**: [IMPLEMENTING]");
    editor.write(TODO, &text).await;
    let told = editor.client.notified("lockstep/tasksChanged").await;
    assert_eq!(ids(&told), ["7"], "{told:#}");
    let seven = &told["tasks"][0];
    assert_eq!(
        (&seven["status"], &seven["marker"]),
        (&json!("implementing"), &json!("[IMPLEMENTING]"))
    );
    assert_eq!(seven["line"], 19);
    let at = text.find("### 8.").expect("task 8");
    let end = text[at + 1..].find("\n### ").map_or(text.len(), |it| at + 2 + it);
    let text = format!("{}{}", &text[..at], &text[end..]);
    editor.write(TODO, &text).await;
    let told = editor.client.notified("lockstep/tasksChanged").await;
    let gone = told["removed"] == json!(["8"]) || ids(&told) == ["8"];
    assert!(gone, "{told:#}");
}

#[tokio::test]
async fn too_many_rows_are_not_told_one_by_one() {
    let list = |status: &str| {
        (1..=600).fold(String::new(), |mut list, n| {
            let _ = writeln!(list, "### {n}. Task\n- **Status**: [{status}]\n");
            list
        })
    };
    let sandbox = workspaces::workspace("//- /specs/state.json\n  {\"active_projects\": []}\n");
    sandbox.write(TODO, list("PLANNED"));
    let hub = Hub::start();
    let mut editor = Editor::join(&hub, &sandbox, "Ed", listing()).await;
    editor.client.notified("lockstep/tasksChanged").await;
    editor.open(TODO).await;
    editor.write(TODO, &list("REVISED")).await;
    let told = editor.client.notified("lockstep/tasksChanged").await;
    assert_eq!((&told["all"], &told["tasks"]), (&json!(true), &json!([])));
}

#[tokio::test]
async fn an_event_brings_the_row_of_its_task() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    let mut editor = Editor::join(&hub, &sandbox, "Ed", able()).await;
    let argument = json!({"task": 7, "status": "implementing", "commit": "disk"});
    editor.run("lockstep.setStatus", argument).await.expect("it is committed");
    let event = editor.client.notified("lockstep/event").await;
    assert_eq!(event["kind"], "task.started");
    assert_eq!((&event["row"]["id"], &event["row"]["agreed"]), (&json!("7"), &json!(true)));
    assert_eq!(event["row"]["marker"], "[IMPLEMENTING]");
}
