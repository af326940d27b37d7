//! `lockstep/tasks` and `lockstep/transitions`.

use serde_json::{Value, json};

use crate::cli::support::{answer, lockstep};
use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

#[tokio::test]
async fn tasks_are_listed_with_the_root_of_their_paths() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["schema"], 1);
    let seven = &list["tasks"][0];
    assert_eq!((&seven["id"], &seven["status"]), (&json!("7"), &json!("planned")));
    assert_eq!(seven["agreed"], false);
    assert_eq!(seven["root"], json!(sandbox.path()));
    assert_eq!(seven["occurrences"][0]["path"], "specs/TODO.md");
}

#[tokio::test]
async fn tasks_are_listed_whatever_the_params_are() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    for params in [None, Some(Value::Null), Some(json!({})), Some(json!([]))] {
        let list = client.request_as("lockstep/tasks", params.clone()).await.expect("tasks");
        assert_eq!(list["tasks"].as_array().map(Vec::len), Some(2), "{params:?}");
    }
    let error = client.request_as("lockstep/transitions", None).await.expect_err("no task");
    assert_eq!(error["message"], "`task` is missing, or `uri` and `position`");
}

#[tokio::test]
async fn transitions_are_told_of_a_task_and_of_what_stands_at_a_place() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let allowed = |answer: &Value, status: &str| {
        let mut found = answer.as_array().expect("a list").iter();
        found.find(|it| it["status"] == status).map(|it| it["allowed"].clone())
    };
    let answer = client.request("lockstep/transitions", json!({"task": 7})).await.expect("a list");
    assert_eq!(allowed(&answer, "implementing"), Some(json!(true)));
    assert_eq!(allowed(&answer, "completed"), Some(json!(false)));

    let plan = uri(&sandbox.join("specs/007_login/plans/implementation-001.md"));
    let at_phase = json!({"uri": plan, "position": {"line": 14, "character": 8}});
    let answer = client.request("lockstep/transitions", at_phase).await.expect("a list");
    assert_eq!(allowed(&answer, "in_progress"), Some(json!(true)));
    assert_eq!(allowed(&answer, "implementing"), None);

    let at_box = json!({"uri": plan, "position": {"line": 18, "character": 0}});
    let answer = client.request("lockstep/transitions", at_box).await.expect("a list");
    assert_eq!(
        (allowed(&answer, "done"), allowed(&answer, "completed")),
        (Some(json!(true)), None)
    );

    let error = client.request("lockstep/transitions", json!({})).await.expect_err("no task");
    assert_eq!(error["code"], -32602);
}

#[tokio::test]
async fn a_transition_tells_what_it_needs_and_on_request_what_it_changes() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let answer = client.request("lockstep/transitions", json!({"task": 7})).await.expect("a list");
    let find = |answer: &Value, status: &str| {
        let mut found = answer.as_array().expect("a list").iter();
        found.find(|it| it["status"] == status).expect("it is there").clone()
    };
    let blocked = find(&answer, "blocked");
    assert_eq!((&blocked["title"], &blocked["needs"]), (&json!("Blocked"), &json!(["reason"])));
    assert_eq!((&blocked["category"], &blocked["current"]), (&json!("waiting"), &json!(false)));
    let planned = find(&answer, "planned");
    assert_eq!((&planned["current"], &planned["needs"]), (&json!(true), &json!([])));
    assert_eq!(find(&answer, "not_started")["title"], "Not started");
    assert_eq!(planned["changes"], Value::Null);

    let params = json!({"task": 7, "effects": true});
    let answer = client.request("lockstep/transitions", params).await.expect("a list");
    assert_eq!(find(&answer, "completed")["changes"], Value::Null, "it is not allowed");
    let changes = find(&answer, "implementing")["changes"].clone();
    let said = |what: &str, path: &str| {
        let mut found = changes.as_array().expect("a list").iter();
        found.find(|it| it["what"] == what && it["path"] == path).map(|it| it["to"].clone())
    };
    assert_eq!(said("task", "specs/TODO.md"), Some(json!("[IMPLEMENTING]")));
    assert_eq!(said("task", "specs/state.json"), Some(json!("implementing")));
    let plan = "specs/007_login/plans/implementation-001.md";
    assert_eq!(said("plan 7", plan).or(said("plan", plan)), Some(json!("[IN PROGRESS]")));
}

#[tokio::test]
async fn the_task_at_a_place_is_told_with_its_phase() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let plan = uri(&sandbox.join("specs/007_login/plans/implementation-001.md"));
    let at = |line: u32| json!({"uri": plan, "position": {"line": line, "character": 0}});
    let there = client.request("lockstep/taskAt", at(14)).await.expect("an answer");
    assert_eq!((&there["task"]["id"], &there["phase"]), (&json!("7"), &json!("1")));
    let elsewhere = json!({
        "uri": uri(&sandbox.join("README.md")),
        "position": {"line": 0, "character": 0},
    });
    let there = client.request("lockstep/taskAt", elsewhere).await.expect("an answer");
    assert_eq!(there, json!({"task": null, "phase": null}));
    let error = client.request("lockstep/taskAt", json!({"uri": plan})).await.expect_err("no");
    assert_eq!(error["code"], -32602);
}

#[tokio::test]
async fn the_statuses_of_a_document_are_told_where_they_stand() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let plan = uri(&sandbox.join("specs/007_login/plans/implementation-001.md"));
    let marks = client.request("lockstep/marks", json!({"uri": plan})).await.expect("a list");
    let marks = marks.as_array().expect("a list");
    let kinds: Vec<&Value> = marks.iter().map(|mark| &mark["kind"]).collect();
    assert_eq!(kinds, ["plan", "phase", "phase"]);
    let text = sandbox.read("specs/007_login/plans/implementation-001.md");
    for mark in marks {
        let line = text.lines().nth(mark["line"].as_u64().expect("a line") as usize - 1);
        let at = mark["column"].as_u64().expect("a column") as usize - 1;
        assert!(line.expect("is there")[at..].starts_with('['), "{mark} in {line:?}");
    }
    let other = json!({"uri": uri(&sandbox.join("README.md"))});
    assert_eq!(client.request("lockstep/marks", other).await.expect("a list"), json!([]));
}

#[tokio::test]
async fn rows_and_lenses_say_who_holds_a_task() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let row = |list: &Value| list["tasks"][0]["holder"].clone();
    let free = client.request("lockstep/tasks", json!({"brief": true})).await.expect("tasks");
    assert!(free["tasks"][0].get("holder").is_none(), "{free:#}");
    let mut claim = lockstep(sandbox.path());
    assert_eq!(answer(claim.args(["claim", "7", "--holder", "ann"])).exit, 0);
    let held = client.request("lockstep/tasks", json!({"brief": true})).await.expect("tasks");
    assert_eq!(row(&held), json!("ann"));
    let whole = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(row(&whole), json!("ann"));
    let document = json!({"textDocument": {"uri": uri(&sandbox.join("specs/TODO.md"))}});
    let lenses = client.request("textDocument/codeLens", document).await.expect("lenses");
    let titles: Vec<&str> = lenses
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|lens| lens["command"]["title"].as_str())
        .collect();
    assert!(titles.iter().any(|title| title.ends_with(" (held by ann)")), "{titles:?}");
}
