//! What the tools do.

use serde_json::json;

use crate::cli::support::{Place, lockstep};
use crate::support::mcp::Mcp;

#[test]
fn a_status_is_set_in_every_file_if_the_task_is_as_it_was_seen() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let ready = mcp.done("tasks", json!({}));
    let rev = ready["tasks"][0]["rev"].clone();
    assert_eq!(ready["tasks"][0]["id"], "9", "{ready:#}");
    let (id, status) = ("9", "researching");
    let tried = json!({ "id": id, "status": status, "expect": rev, "dry_run": true });
    let tried = mcp.done("set_status", tried);
    assert!(tried["diff"].as_str().expect("a diff").contains("+- **Status**: [Researching"));
    assert!(tried.get("transaction").is_none(), "{tried:#}");
    assert!(!place.path().join(".lockstep").exists(), "nothing is written");
    let given = json!({ "id": id, "status": status, "expect": rev });
    let done = mcp.done("set_status", given.clone());
    assert_eq!((&done["from"], &done["to"]), (&json!("not_started"), &json!("researching")));
    assert_eq!(done["files"], json!(["specs/TODO.md", "specs/state.json"]));
    assert!(place.read("specs/TODO.md").contains("[Researching"));

    let late = mcp.failed("set_status", given);
    assert_eq!(late["code"], "not-expected", "{late:#}");
    assert_eq!(late["now"], json!({ "status": "researching", "rev": done["rev"] }));
    let next = json!({ "id": id, "status": "completed", "expect": done["rev"] });
    let refused = mcp.failed("set_status", next);
    assert_eq!(refused["code"], "not-allowed", "{refused:#}");
    let log = place.json(&["log", "--format", "json"]);
    let who = log["operations"][0]["who"].as_str().expect("a name");
    assert!(who.ends_with(" in Test"), "{who}");
}

#[test]
fn arguments_that_are_wrong_are_told_to_the_model() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let missing = mcp.failed("set_status", json!({ "id": "9", "status": "researching" }));
    assert_eq!(missing["code"], "usage");
    assert!(missing["fact"].as_str().expect("a text").contains("`expect`"), "{missing:#}");
    let mistyped = mcp.failed("tasks", json!({ "wich": "all" }));
    assert!(mistyped["fact"].as_str().expect("a text").contains("`wich`"), "{mistyped:#}");
    let unknown = mcp.failed("task", json!({ "id": "99" }));
    assert_eq!(unknown["code"], "unknown-task");
    let word = json!({ "id": "9", "status": "dune", "expect": "not_started" });
    let word = mcp.failed("set_status", word);
    assert_eq!(word["code"], "unknown-status");
    assert!(word["remedy"].as_str().expect("a text").contains("known: not_started"), "{word:#}");
    let none = mcp.request("tools/call", json!({ "name": "tasks", "arguments": null }));
    assert_eq!(none.expect("a result")["isError"], false);
    assert!(!place.path().join(".lockstep").exists(), "nothing is written");
}

#[test]
fn tasks_are_told_a_page_at_a_time() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let mut seen = Vec::new();
    let mut after = json!(null);
    loop {
        let page = mcp.done("tasks", json!({ "which": "all", "limit": 1, "after": after }));
        seen.push(page["tasks"][0]["id"].as_str().expect("an id").to_owned());
        match page.get("next") {
            Some(next) => after = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, ["7", "8", "9"]);
    let drift = mcp.done("tasks", json!({ "which": "drift" }));
    assert_eq!(drift["tasks"].as_array().map(Vec::len), Some(2), "{drift:#}");
    let gone = mcp.failed("tasks", json!({ "after": "99" }));
    assert_eq!(gone["remedy"], "begin again without `after`");
}

#[test]
fn a_task_is_told_with_all_that_whoever_goes_on_must_know() {
    let place = Place::sample();
    let mut mcp = Mcp::legacy(place.command(&[]));
    let task = mcp.done("task", json!({ "id": "#007" }));
    assert_eq!((&task["id"], &task["status"]), (&json!("7"), &json!("implementing")));
    assert_eq!(task["places"][0], json!({ "at": "specs/TODO.md:21", "text": "[IMPLEMENTING]" }));
    assert_eq!(task["agreed"], false);
    assert_eq!(task["phases"][1]["status"], "in_progress");
    let next = task["next"].as_array().expect("statuses");
    assert!(next.contains(&json!({ "status": "blocked", "needs": "reason" })), "{task:#}");
    assert!(task["findings"].as_array().is_some_and(|it| !it.is_empty()), "{task:#}");
    let waits = mcp.done("task", json!({ "id": 8 }));
    let first = json!({ "kind": "unfinished", "task": "7", "status": "implementing" });
    assert_eq!(waits["waits_for"], json!([first]));
}

#[test]
fn a_plan_is_carried_out_by_its_hash_and_only_as_it_was_shown() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let total = |mcp: &mut Mcp| mcp.done("check", json!({ "task": "7" }))["total"].clone();
    let before = total(&mut mcp);
    let first = mcp.done("fix", json!({ "task": "7" }));
    assert!(first["plan"].as_str().expect("a diff").contains("+++ b/specs/state.json"));
    assert!(!place.path().join(".lockstep").exists(), "nothing is written");
    // Somebody changes what the plan is about, in a way that leaves it a plan.
    let state = place.read("specs/state.json");
    place.write("specs/state.json", state.replace("\"planned\"", "\"researched\"").as_bytes());
    let late = mcp.failed("fix", json!({ "task": "7", "apply": first["hash"] }));
    assert_eq!(late["code"], "not-expected", "{late:#}");
    let second = mcp.done("fix", json!({ "task": "7" }));
    assert_ne!(first["hash"], second["hash"]);
    let other = mcp.failed("fix", json!({ "task": "8", "apply": second["hash"] }));
    assert_eq!(other["code"], "not-expected", "{other:#}");
    let done = mcp.done("fix", json!({ "task": "7", "apply": second["hash"] }));
    assert!(done["transaction"].is_string(), "{done:#}");
    assert_ne!(total(&mut mcp), before);
    assert!(place.read("specs/state.json").contains("\"implementing\""));
    let again = mcp.done("fix", json!({ "task": "7" }));
    assert!(again.get("hash").is_none(), "there is nothing to approve: {again:#}");
}

#[test]
fn the_folder_is_the_argument_or_the_option_or_that_of_the_project_or_told_to_be_missing() {
    let (place, empty) = (Place::sample(), Place::new(&[]));
    let root = place.path();
    let found = |mut mcp: Mcp, given| mcp.done("tasks", given)["tasks"][0]["id"].clone();
    let named = Mcp::modern(lockstep(&empty.path()));
    assert_eq!(found(named, json!({ "root": root })), "9");
    let mut option = lockstep(&empty.path());
    option.arg("--root").arg(&root);
    assert_eq!(found(Mcp::modern(option), json!({})), "9");
    let mut project = lockstep(&empty.path());
    project.env("CLAUDE_PROJECT_DIR", &root);
    assert_eq!(found(Mcp::modern(project), json!({})), "9");
    let mut nowhere = Mcp::modern(lockstep(&empty.path()));
    for given in [json!({}), json!({ "root": "/no/such/folder" })] {
        let told = nowhere.failed("tasks", given);
        assert_eq!(told["code"], "no-workspace", "{told:#}");
        assert!(told["reason"].is_string(), "{told:#}");
        let remedy = told["remedy"].as_str().expect("a remedy");
        assert!(remedy.contains("`root`"), "{remedy}");
    }
}

#[test]
fn resources_are_read_by_their_address() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let listed = mcp.request("resources/list", json!({})).expect("an answer");
    assert_eq!(listed["resources"].as_array().map(Vec::len), Some(2));
    let templates = mcp.request("resources/templates/list", json!({})).expect("an answer");
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "lockstep://task/{id}");
    let mut read = |uri: &str| {
        let told = mcp.request("resources/read", json!({ "uri": uri }))?;
        assert_eq!(told["contents"][0]["uri"], uri);
        let text = told["contents"][0]["text"].as_str().expect("a text");
        Ok::<_, serde_json::Value>(serde_json::from_str::<serde_json::Value>(text).expect("JSON"))
    };
    assert_eq!(read("lockstep://ready").expect("tasks")["tasks"][0]["id"], "9");
    assert_eq!(read("lockstep://task/7").expect("a task")["status"], "implementing");
    assert_eq!(read("lockstep://events").expect("events")["events"], json!([]));
    assert_eq!(read("lockstep://task/99").expect_err("none")["data"]["code"], "unknown-task");
    assert_eq!(read("lockstep://nothing").expect_err("none")["code"], -32602);
    place.run(&["set", "9", "researching"]);
    let events = read("lockstep://events").expect("events");
    assert_eq!(events["events"][0]["kind"], "task.started", "{events:#}");
}

#[test]
fn a_task_is_claimed_and_changed_by_its_token() {
    let place = Place::sample();
    let mut mcp = Mcp::modern(place.command(&[]));
    let claimed = mcp.done("claim", json!({ "id": "next" }));
    assert_eq!((&claimed["task"], &claimed["status"]), (&json!("9"), &json!("not_started")));
    let mut other = Mcp::legacy(place.command(&[]));
    let held = other.failed("claim", json!({ "id": "9" }));
    assert_eq!(held["code"], "held", "{held:#}");
    let none = other.failed("claim", json!({ "id": "next" }));
    assert_eq!(none["code"], "nothing-ready", "{none:#}");
    let given = json!({ "id": "9", "status": "researching", "expect": "not_started" });
    let held = other.failed("set_status", given.clone());
    assert_eq!(held["code"], "held", "{held:#}");
    assert!(held["fact"].as_str().expect("a text").contains(" in Test until "), "{held:#}");
    let mut own = given;
    own["claim"] = claimed["token"].clone();
    mcp.done("set_status", own);
    let all = other.done("tasks", json!({ "which": "all" }));
    let holder = all["tasks"][2]["holder"].as_str().expect("a holder");
    assert!(holder.ends_with(" in Test"), "{all:#}");
    let token = &claimed["token"];
    mcp.done("claim", json!({ "do": "renew", "token": token, "minutes": 10 }));
    mcp.done("claim", json!({ "do": "release", "token": token }));
    let over = mcp.failed("claim", json!({ "do": "renew", "token": token }));
    assert_eq!(over["code"], "held", "{over:#}");
    assert_eq!(other.failed("claim", json!({ "do": "release" }))["code"], "usage");
}
