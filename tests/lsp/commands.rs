//! `workspace/executeCommand`.

use lockstep::hub::Hub;
use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::edit::{self, Units};
use crate::support::editor::Editor;
use crate::support::workspaces;

async fn run(client: &mut TestClient, command: &str, argument: Value) -> Result<Value, Value> {
    let params = json!({"command": command, "arguments": [argument]});
    client.request("workspace/executeCommand", params).await
}

#[tokio::test]
async fn a_status_is_set_in_every_file_by_one_labelled_edit() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let argument = json!({"task": 7, "status": "IMPLEMENTING"});
    let answer = run(&mut client, "lockstep.setStatus", argument).await.expect("it is planned");
    assert_eq!(answer["files"].as_array().map(Vec::len), Some(4), "{answer}");
    let asked = client.asked("workspace/applyEdit").await;
    assert_eq!(asked["params"]["label"], "Set task 7 to implementing");
    let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
    let plan = &made["specs/007_login/plans/implementation-001.md"];
    assert!(plan.contains("- **Status**: [IN PROGRESS]"), "{plan}");
    assert!(made["specs/state.json"].contains(r#""status": "implementing""#));
    client.answer(&asked, json!({"applied": true})).await;
}

#[tokio::test]
async fn the_task_may_be_named_by_a_place() {
    let sandbox = workspaces::login();
    let todo = sandbox.join("specs/TODO.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&todo).await;
    let position = json!({"line": 18, "character": 15});
    let argument = json!({"uri": uri(&todo), "position": position, "status": "implementing"});
    run(&mut client, "lockstep.setStatus", argument).await.expect("it is planned");
    let asked = client.asked("workspace/applyEdit").await;
    let files = edit::files(&asked["params"]["edit"]);
    assert_eq!((&*files[0].0, &files[0].1), (&*uri(&todo), &json!(1)));
    client.answer(&asked, json!({"applied": true})).await;
}

#[tokio::test]
async fn a_phase_or_a_box_may_be_named_as_on_the_command_line() {
    let sandbox = workspaces::login();
    let plan = "specs/007_login/plans/implementation-001.md";
    let twins = format!("{}  - [ ] Test it\n  - [ ] Test it\n", sandbox.read(plan));
    sandbox.write(plan, twins);
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let set = |name: &str, status: &str, commit: &str| {
        let name = format!("implementation-001.md#{name}");
        json!({"task": name, "status": status, "commit": commit})
    };
    for (name, status, changed) in [
        ("phase-1/add-the-route", "done", "- [x] Add the route"),
        ("phase-1", "in_progress", "the form [IN PROGRESS]"),
    ] {
        let argument = set(name, status, "edit");
        run(&mut client, "lockstep.setStatus", argument).await.expect("it is planned");
        let asked = client.asked("workspace/applyEdit").await;
        let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
        assert!(made[plan].contains(changed), "{name}: {made:?}");
        client.answer(&asked, json!({"applied": false})).await;
    }
    let argument = set("phase-1/add-the-route", "done", "disk");
    let answer = run(&mut client, "lockstep.setStatus", argument).await.expect("it is done");
    assert_eq!(answer["results"][0]["outcome"], "applied", "{answer}");
    assert!(sandbox.read(plan).contains("- [x] Add the route"));
    let argument = set("test-it", "done", "disk");
    let error = run(&mut client, "lockstep.setStatus", argument).await.expect_err("which one?");
    assert_eq!(error["data"]["code"], "ambiguous", "{error}");
}

#[tokio::test]
async fn a_place_in_the_line_of_a_box_means_the_box() {
    let sandbox = workspaces::login();
    let plan = sandbox.join("specs/007_login/plans/implementation-001.md");
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.open(&plan).await;
    let position = json!({"line": 18, "character": 0});
    let argument = json!({"uri": uri(&plan), "position": position, "status": "done"});
    run(&mut client, "lockstep.setStatus", argument.clone()).await.expect("it is planned");
    let asked = client.asked("workspace/applyEdit").await;
    let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
    let texts: Vec<&String> = made.values().collect();
    assert!(matches!(texts[..], [text] if text.contains("- [x] Add the route")), "{made:?}");
    client.answer(&asked, json!({"applied": false})).await;

    let mut argument = argument;
    argument["commit"] = json!("disk");
    let answer = run(&mut client, "lockstep.setStatus", argument).await.expect("it is done");
    assert_eq!(answer["results"][0]["outcome"], "applied", "{answer}");
    assert!(std::fs::read_to_string(&plan).expect("a plan").contains("- [x] Add the route"));
}

#[tokio::test]
async fn the_handler_does_not_wait_for_the_answer_to_its_edit() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    for _ in 0..20 {
        let argument = json!({"task": 7, "status": "implementing"});
        run(&mut client, "lockstep.setStatus", argument).await.expect("it is planned");
    }
    for _ in 0..20 {
        let asked = client.asked("workspace/applyEdit").await;
        client.answer(&asked, json!({"applied": false, "failureReason": "busy"})).await;
    }
    let shown = client.notified("window/showMessage").await;
    assert_eq!(shown["message"], "the editor did not make the change: busy; run the command again");
}

#[tokio::test]
async fn an_edit_has_arrived_though_its_user_types_on_at_once() {
    const PLAN: &str = "specs/007_login/plans/implementation-001.md";
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    let mut editor = Editor::join(&hub, &sandbox, "Ed", able()).await;
    let settings = json!({"settings": {"lockstep": {"arrivalSeconds": 86400}}});
    editor.client.notify("workspace/didChangeConfiguration", settings).await;
    for status in ["implementing", "blocked"] {
        let argument = json!({"task": 7, "status": status, "reason": "because"});
        editor.run("lockstep.setStatus", argument).await.expect("it is planned");
        let asked = editor.client.asked("workspace/applyEdit").await;
        editor.make(&asked["params"]["edit"], &[]).await;
        for n in 0..100 {
            let typed = format!("{}{n}.\n", editor.text(PLAN));
            editor.write(PLAN, &typed).await;
        }
        editor.client.answer(&asked, json!({"applied": true})).await;
    }
}

#[tokio::test]
async fn fixing_a_task_can_prefer_a_file() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    for (prefer, changed, holds) in [
        (Value::Null, "specs/state.json", r#""status": "planned""#),
        (json!("specs/state.json"), "specs/TODO.md", "**Status**: [RESEARCHED]"),
        (json!("[RESEARCHED]"), "specs/TODO.md", "**Status**: [RESEARCHED]"),
    ] {
        let argument = json!({"task": "7", "prefer": prefer});
        run(&mut client, "lockstep.fixTask", argument).await.expect("it is planned");
        let asked = client.asked("workspace/applyEdit").await;
        let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
        assert!(made[changed].contains(holds), "{prefer}: {made:#?}");
        client.answer(&asked, json!({"applied": false})).await;
    }
}

#[tokio::test]
async fn everything_that_needs_no_decision_is_fixed_at_once() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let answer = run(&mut client, "lockstep.fixAll", json!({})).await.expect("it is planned");
    assert!(answer["files"].as_array().is_some_and(|it| it.contains(&json!("specs/state.json"))));
    let asked = client.asked("workspace/applyEdit").await;
    client.answer(&asked, json!({"applied": true})).await;
}

#[tokio::test]
async fn bad_arguments_are_refused_by_the_name_of_the_field() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    for (command, argument, code, message) in [
        ("lockstep.setStatus", json!({"task": 7}), -32602, "`status` is missing"),
        ("lockstep.setStatus", json!({"status": "planned"}), -32602, "`task` is missing"),
        (
            "lockstep.setStatus",
            json!({"task": [], "status": "x"}),
            -32602,
            "`task` must be a string",
        ),
        ("lockstep.setStatus", json!({"task": 7, "status": "lost"}), -32602, "`status`: unknown"),
        ("lockstep.setStatus", json!({"task": 70, "status": "planned"}), -32803, "no task 70"),
        ("lockstep.setStatus", json!({"task": 7, "status": "completed"}), -32803, "completed"),
        ("lockstep.setStatus", json!({"uri": "file:///a.md", "status": "x"}), -32602, "`position`"),
        (
            "lockstep.setStatus",
            json!({"task": 7, "status": "implementing", "expect": "revised"}),
            -32803,
            "the status is planned, not revised",
        ),
        (
            "lockstep.setStatus",
            json!({"task": 7, "status": "implementing", "expect": "lost"}),
            -32602,
            "unknown task status `lost`",
        ),
        ("lockstep.fixTask", json!({"task": 7, "prefer": "no.md"}), -32602, "`prefer`"),
        ("lockstep.fixAll", json!({"all": true}), -32602, "`all`"),
        ("lockstep.paint", json!({}), -32602, "`lockstep.paint`"),
    ] {
        let error = run(&mut client, command, argument.clone()).await.expect_err("it is refused");
        assert_eq!(error["code"], code, "{command} {argument}: {error}");
        let said = error["message"].as_str().expect("a message");
        assert!(said.contains(message), "{command} {argument}: {said}");
    }
}

#[tokio::test]
async fn what_is_so_already_changes_nothing() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let argument = json!({"task": 8, "status": "not_started"});
    let answer = run(&mut client, "lockstep.setStatus", argument).await.expect("it is planned");
    let notes = json!(["task 8 is not_started already"]);
    assert_eq!(answer, json!({"transaction": null, "files": [], "notes": notes}));
}

#[tokio::test]
async fn a_second_command_is_planned_on_what_the_first_has_made() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    for (task, status) in [(7, "implementing"), (8, "researching")] {
        let argument = json!({"task": task, "status": status});
        run(&mut client, "lockstep.setStatus", argument).await.expect("it is planned");
    }
    for _ in 0..2 {
        let asked = client.asked("workspace/applyEdit").await;
        let made = edit::applied(&asked["params"]["edit"], sandbox.path(), Units::Utf16);
        for (path, text) in made {
            sandbox.write(&path, text);
        }
        client.answer(&asked, json!({"applied": true})).await;
    }
    let list = client.request("lockstep/tasks", json!({})).await.expect("tasks");
    let todo = sandbox.read("specs/TODO.md");
    assert!(todo.contains("[IMPLEMENTING]\n") && todo.contains("[RESEARCHING]\n"), "{todo}");
    assert_eq!(list["tasks"][0]["agreed"], true, "{list:#}");
}

#[tokio::test]
async fn a_missing_project_file_is_created_where_the_client_can() {
    for creates in [true, false] {
        let sandbox = workspaces::login();
        sandbox.remove("specs/007_login/state.json");
        let mut capabilities = able();
        if !creates {
            capabilities["workspace"]["workspaceEdit"] = json!({"documentChanges": true});
        }
        let mut client = TestClient::start(sandbox.path(), capabilities).await;
        let argument = json!({"task": 7, "status": "implementing"});
        let answer = run(&mut client, "lockstep.setStatus", argument).await.expect("a plan");
        let asked = client.asked("workspace/applyEdit").await;
        client.answer(&asked, json!({"applied": true})).await;
        let changes = asked["params"]["edit"]["documentChanges"].as_array().expect("changes");
        let made = changes.iter().position(|change| change["kind"] == "create");
        if let Some(at) = made {
            let uri = uri(&sandbox.join("specs/007_login/state.json"));
            let options = json!({"ignoreIfExists": true});
            assert_eq!(changes[at], json!({"kind": "create", "uri": uri, "options": options}));
            let document = json!({"uri": uri, "version": null});
            assert_eq!(changes[at + 1]["textDocument"], document);
        } else {
            let note = "this editor cannot create files: specs/007_login/state.json is missing";
            assert_eq!(answer["notes"], json!([note]));
            let shown = client.notified("window/showMessage").await;
            assert_eq!(shown["message"], format!("Lockstep: {note}"));
        }
        assert_eq!(made.is_some(), creates, "{changes:#?}");
    }
}

#[tokio::test]
async fn toggling_goes_on_everywhere_and_several_lines_in_one_edit() {
    let sandbox = workspaces::login();
    let (todo, plan) = ("specs/TODO.md", "specs/007_login/plans/implementation-001.md");
    let mut editor = Editor::start(&sandbox).await;
    editor.open(todo).await;
    let position = json!({"line": 16, "character": 6});
    let argument = json!({"uri": uri(&sandbox.join(todo)), "position": position});
    let answer = editor.run("lockstep.toggle", argument.clone()).await.expect("it is planned");
    assert_eq!(answer["files"].as_array().map(Vec::len), Some(4), "{answer}");
    let asked = editor.client.asked("workspace/applyEdit").await;
    assert_eq!(asked["params"]["label"], "Toggle 7 to implementing");
    editor.make(&asked["params"]["edit"], &[]).await;
    editor.client.answer(&asked, json!({"applied": true})).await;
    assert!(editor.text(todo).contains("- **Status**: [IMPLEMENTING]"));
    assert!(editor.text(plan).contains("- **Status**: [IN PROGRESS]"), "{}", editor.text(plan));

    let lines: Vec<&str> = editor.text(plan).lines().collect();
    let first = lines.iter().position(|line| line.contains("- [ ]")).expect("a box");
    let range = json!({
        "start": {"line": first, "character": 0},
        "end": {"line": first + 1, "character": 3},
    });
    let argument = json!({"uri": uri(&sandbox.join(plan)), "range": range});
    editor.run("lockstep.toggle", argument).await.expect("it is planned");
    let asked = editor.client.asked("workspace/applyEdit").await;
    assert_eq!(asked["params"]["label"], "Toggle 2 lines");
    editor.make(&asked["params"]["edit"], &[]).await;
    editor.client.answer(&asked, json!({"applied": true})).await;
    assert_eq!(editor.text(plan).matches("- [x]").count(), 2, "{}", editor.text(plan));

    let nowhere = json!({"uri": uri(&sandbox.join(todo)), "position": {"line": 0, "character": 0}});
    let error = editor.run("lockstep.toggle", nowhere).await.expect_err("no task");
    assert_eq!(error["data"]["code"], "unknown-task", "{error}");
}

#[tokio::test]
async fn toggling_on_disk_is_one_transaction() {
    let sandbox = workspaces::login();
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let argument = json!({"task": "7", "commit": "disk"});
    let answer = run(&mut client, "lockstep.toggle", argument).await.expect("it is done");
    assert_eq!(answer["results"][0]["to"], "implementing", "{answer}");
    assert!(sandbox.read("specs/state.json").contains(r#""status": "implementing""#));
}
