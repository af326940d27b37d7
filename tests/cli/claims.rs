//! `lockstep claim`, `renew` and `release`, and what claims mean for `set`.

use serde_json::{Value, json};

use super::support::Place;
use crate::support::watch::Watch;

const REGISTER: &str = ".lockstep/register";

/// Three tasks: two that can begin, and one that waits for the first.
fn place() -> Place {
    let todo = "# TODO\n\n### 1. Draw the form\n- **Status**: [PLANNED]\n\n\
                ### 2. Write docs\n- **Status**: [NOT STARTED]\n- **Dependencies**: 1\n\n\
                ### 3. Choose a logo\n- **Status**: [PLANNED]\n";
    let state = r#"{"active_projects": [
  {"project_number": 1, "project_name": "form", "status": "planned"},
  {"project_number": 2, "project_name": "docs", "status": "not_started"},
  {"project_number": 3, "project_name": "logo", "status": "planned"}
]}
"#;
    Place::new(&[("specs/TODO.md", todo), ("specs/state.json", state)])
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    place.json(&[arguments, &["--format", "json"]].concat())
}

fn claim(place: &Place, what: &str, holder: &str) -> String {
    let claimed = json(place, &["claim", what, "--holder", holder]);
    claimed["token"].as_str().unwrap_or_else(|| panic!("{claimed:#}")).to_owned()
}

/// Has every claim made so many seconds earlier.
fn pass(place: &Place, seconds: i64) {
    let mut register: Value = serde_json::from_str(&place.read(REGISTER)).expect("JSON");
    for claim in register["of"].as_object_mut().expect("claims").values_mut() {
        claim["until"] = json!(claim["until"].as_i64().expect("a time") - seconds);
    }
    place.write(REGISTER, register.to_string().as_bytes());
}

#[test]
fn what_one_holds_another_program_leaves_alone() {
    let place = place();
    let token = claim(&place, "1", "ann");
    let second = place.run(&["claim", "1"]);
    assert_eq!(second.exit, 3, "{second:?}");
    assert!(second.err.contains("task 1 is held by ann until "), "{}", second.err);
    let other = json(&place, &["set", "1", "implementing"]);
    assert_eq!(other["results"][0]["code"], "held", "{other:#}");
    assert_eq!(place.run(&["set", "1", "3", "implementing", "--atomic"]).exit, 3);
    assert_eq!(place.run(&["set", "3", "implementing"]).exit, 0, "nobody holds it");
    let own = json(&place, &["set", "1", "implementing", "--claim", &token]);
    assert_eq!(own["results"][0]["outcome"], "applied", "{own:#}");
    let wrong = json(&place, &["set", "3", "completed", "--claim", &token]);
    assert_eq!(wrong["results"][0]["code"], "held", "the claim is of another task: {wrong:#}");
}

#[test]
fn lists_say_who_holds_a_task_and_the_next_claim_is_of_another() {
    let place = place();
    claim(&place, "--next", "ann");
    let list = json(&place, &["list"]);
    assert_eq!(
        (&list["tasks"][0]["id"], &list["tasks"][0]["holder"]),
        (&json!("1"), &json!("ann"))
    );
    assert!(place.run(&["list"]).out.contains("Draw the form (held by ann)"));
    assert!(place.run(&["next"]).out.contains("Draw the form (held by ann)"));
    assert!(place.run(&["show", "1"]).out.contains("\nheld by ann\n"));
    assert_eq!(json(&place, &["claim", "--next"])["task"], "3");
    let none = place.run(&["claim", "--next"]);
    assert_eq!(none.exit, 1);
    assert!(none.err.contains("no task can begin that nobody holds"), "{}", none.err);
    assert_eq!(json(&place, &["claim", "--next"])["error"]["code"], "nothing-ready");
}

#[test]
fn a_claim_ends_with_its_task_or_when_it_is_released_or_broken_and_all_is_told() {
    let place = place();
    let mut watch = Watch::start(place.command(&[]), 0);
    let token = claim(&place, "1", "ann");
    let done = ["set", "1", "completed", "--force", "--reason", "because", "--claim", &token];
    assert_eq!(place.run(&done).exit, 0);
    let taken = watch.until("claim.taken");
    assert_eq!((&taken["from"], &taken["to"]), (&Value::Null, &json!("ann")), "{taken:#}");
    watch.until("task.completed");
    assert_eq!(watch.until("claim.released")["from"], "ann");
    assert_eq!(place.run(&["release", &token]).exit, 3, "it is over");
    let second = claim(&place, "3", "bob");
    let released = json(&place, &["release", &second]);
    assert_eq!((&released["holder"], &released["token"]), (&json!("bob"), &Value::Null));
    let third = claim(&place, "3", "eve");
    let broken = ["set", "3", "blocked", "--force", "--reason", "the boss says so"];
    assert_eq!(place.run(&broken).exit, 0);
    watch.until("task.blocked");
    assert_eq!(watch.until("claim.broken")["from"], "eve");
    let late = json(&place, &["set", "3", "implementing", "--claim", &third]);
    assert_eq!(late["results"][0]["code"], "held", "{late:#}");
    assert!(json(&place, &["list"])["tasks"][1].get("holder").is_none());
}

#[test]
fn a_holder_that_is_late_keeps_the_task_until_somebody_wants_it_after_twice_the_time() {
    let place = place();
    // Of an hour, so that it does not matter how long this takes.
    let claimed = json(&place, &["claim", "1", "--holder", "ann", "--minutes", "60"]);
    let token = claimed["token"].as_str().expect("a token");
    assert_eq!(place.run(&["set", "1", "implementing", "--claim", token]).exit, 0);
    pass(&place, 3700);
    assert_eq!(place.run(&["claim", "1"]).exit, 3, "it is late, and not over");
    assert_eq!(place.run(&["renew", token]).exit, 0);
    pass(&place, 3700);
    assert_eq!(place.run(&["set", "1", "partial", "--claim", token]).exit, 0, "work renews it");
    pass(&place, 6600);
    assert_eq!(place.run(&["claim", "1"]).exit, 3);
    pass(&place, 700);
    assert_eq!(place.run(&["renew", token]).exit, 3, "it is over");
    let stale = json(&place, &["set", "1", "completed", "--claim", token]);
    assert_eq!(stale["results"][0]["code"], "held", "{stale:#}");
    // What was begun and left comes before what nobody has begun.
    let next = json(&place, &["claim", "--next", "--holder", "bob"]);
    assert_eq!((&next["task"], &next["holder"]), (&json!("1"), &json!("bob")), "{next:#}");
}

#[test]
fn what_cannot_be_claimed_is_told_and_leaves_no_trace() {
    let place = place();
    assert_eq!(place.run(&["claim", "99"]).exit, 1);
    assert_eq!(json(&place, &["claim", "99"])["error"]["code"], "unknown-task");
    assert_eq!(place.run(&["renew", "0123456789abcdef"]).exit, 3);
    assert_eq!(place.run(&["claim"]).exit, 2);
    assert_eq!(place.run(&["claim", "1", "--next"]).exit, 2);
    assert_eq!(place.run(&["claim", "1", "--minutes", "0"]).exit, 2);
    assert!(!place.path().join(".lockstep").exists());
    place.run(&["set", "1", "completed", "--force", "--reason", "because"]);
    let closed = place.run(&["claim", "1"]);
    assert_eq!(closed.exit, 1);
    assert!(closed.err.contains("task 1 is completed"), "{}", closed.err);
}

#[test]
fn claims_that_a_repository_brings_are_not_believed() {
    let place = place();
    claim(&place, "1", "ann");
    let text = place.read(REGISTER);
    let other = self::place();
    other.write(REGISTER, text.as_bytes());
    assert!(json(&other, &["list"])["tasks"][0].get("holder").is_none());
    let refused = other.run(&["claim", "3"]);
    assert!(refused.err.contains("was not created here by Lockstep"), "{}", refused.err);
    // A register of ours that holds something else is void, and holds nobody up.
    place.write(REGISTER, b"{\"schema\":");
    assert!(json(&place, &["list"])["tasks"][0].get("holder").is_none());
    assert_eq!(place.run(&["claim", "1"]).exit, 0);
}

#[test]
fn each_line_of_a_batch_may_give_the_claim_of_its_task() {
    let place = place();
    let (one, three) = (claim(&place, "1", "ann"), claim(&place, "3", "ann"));
    let line = |task: &str, token: &str| {
        json!({ "task": task, "status": "implementing", "claim": token }).to_string()
    };
    let batch = |lines: &[String]| {
        place.write("list", lines.join("\n").as_bytes());
        json(&place, &["batch", "list"])
    };
    let mixed = batch(&[line("1", &three), line("3", &three), "2 implementing".to_owned()]);
    let told =
        |at: usize| (mixed["results"][at]["outcome"].clone(), mixed["results"][at]["code"].clone());
    assert_eq!(told(0), (json!("refused"), json!("held")), "it is the claim of another: {mixed:#}");
    assert_eq!(told(1), (json!("applied"), Value::Null), "{mixed:#}");
    assert_eq!(told(2), (json!("applied"), Value::Null), "nobody holds it: {mixed:#}");
    let done = |task: &str, token: &str| {
        json!({ "task": task, "status": "completed", "claim": token }).to_string()
    };
    let finished = batch(&[line("1", &one), done("3", &three)]);
    assert_eq!(finished["results"][1]["outcome"], "applied", "{finished:#}");
    assert_eq!(place.run(&["renew", &three]).exit, 3, "what is finished is released");
    assert_eq!(place.run(&["renew", &one]).exit, 0);
    let stale = batch(&[line("1", &three)]);
    assert_eq!(stale["results"][0]["code"], "held", "{stale:#}");
}

#[test]
fn a_claim_goes_with_its_task_to_another_id_and_its_parts_with_it() {
    let task = |id: &str| {
        format!("---\nid: TASK-{id}\ntitle: Part {id}\nstatus: To Do\n---\n# Part {id}\n")
    };
    let part = task("7.1").replace("status:", "parent_task_id: TASK-7\nstatus:");
    let whole = task("7");
    let place = Place::new(&[
        ("backlog/config.yml", "project_name: x\n"),
        ("backlog/tasks/task-7 - Part-7.md", &whole),
        ("backlog/tasks/task-7.1 - Part-7.1.md", &part),
    ]);
    let token = claim(&place, "7", "ann");
    assert_eq!(place.run(&["rename", "7", "--id", "9"]).exit, 3, "ann holds it");
    let own = place.run(&["rename", "7", "--id", "9", "--claim", &token]);
    assert_eq!(own.exit, 0, "{own:?}");
    assert_eq!(place.run(&["show", "9.1"]).exit, 0);
    let second = place.run(&["claim", "9"]);
    assert!(second.err.contains("task 9 is held by ann until "), "{second:?}");
    // A part that somebody else holds keeps the whole where it is.
    claim(&place, "9.1", "bob");
    let refused = place.run(&["rename", "9", "--id", "7", "--claim", &token]);
    assert_eq!(refused.exit, 3, "{refused:?}");
    assert!(refused.err.contains("task 9.1 is held by bob"), "{}", refused.err);
    assert_eq!(place.run(&["renew", &token]).exit, 0);
}
