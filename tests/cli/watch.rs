//! `watch`: what happens is told, whoever did it, and once.

use serde_json::Value;

use super::support::Place;
use crate::support::watch::Watch;

fn watch(place: &Place, since: u64) -> Watch {
    Watch::start(place.command(&[]), since)
}

fn place() -> Place {
    let todo = "# TODO\n\n### 7. Add login\n- **Status**: [PLANNED]\n\n\
                ### 8. Add logout\n- **Status**: [NOT STARTED]\n- **Dependencies**: 7\n";
    let state = r#"{"active_projects": [
  {"project_number": 7, "project_name": "add_login", "status": "planned"},
  {"project_number": 8, "project_name": "add_logout", "status": "not_started"}
]}
"#;
    Place::new(&[("specs/TODO.md", todo), ("specs/state.json", state)])
}

fn set(place: &Place, task: &str, status: &str) {
    let answer = place.run(&["set", task, status, "--force", "--reason", "because"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn commits_and_edits_are_told_as_they_happen() {
    let place = place();
    set(&place, "7", "implementing");
    let mut first = watch(&place, 0);
    first.expect(&["task.started"]);
    set(&place, "7", "completed");
    first.expect(&["task.completed", "task.ready"]);
    let todo = place.read("specs/TODO.md");
    place.write("specs/TODO.md", todo.replace("[NOT STARTED]", "[BLOCKED]").as_bytes());
    let event = first.next();
    assert_eq!((&event["kind"], &event["origin"]), (&"task.blocked".into(), &"observed".into()));
    first.expect(&["drift.appeared"]);
}

#[test]
fn tasks_of_one_title_are_told_and_logged_by_names_that_commands_take() {
    let todo = "- [ ] Sweep\n- [ ] Write a test\n- [ ] Write a test\n";
    let place = Place::new(&[("TODO.md", todo)]);
    let (first, second) = ("TODO.md:2#write-a-test", "TODO.md:3#write-a-test");
    set(&place, second, "done");
    let log = place.json(&["log", "--format", "json"]);
    let what = &log["operations"][0]["what"];
    for told in [&what["changes"][0], &what["events"][0]] {
        assert_eq!(told["task"], second, "{what:#}");
        assert!(told["name"].is_null(), "{what:#}");
    }
    let mut watch = watch(&place, 0);
    assert_eq!(watch.next()["task"], second);
    place.write("TODO.md", todo.replacen("[ ] Write", "[/] Write", 1).as_bytes());
    let (one, two) = (watch.next(), watch.next());
    assert_eq!((&one["kind"], &one["task"]), (&"task.started".into(), &first.into()));
    assert_eq!((&two["kind"], &two["task"]), (&"task.reopened".into(), &second.into()));
    // What is gone is called as it was while it was there.
    place.write("TODO.md", b"- [ ] Sweep\n- [/] Write a test\n");
    let gone = watch.next();
    assert_eq!((&gone["kind"], &gone["task"]), (&"task.removed".into(), &second.into()));
}

#[test]
fn two_that_watch_are_told_the_same_and_one_that_comes_later_too() {
    let place = place();
    set(&place, "7", "implementing");
    let mut watches = [watch(&place, 0), watch(&place, 0)];
    watches.iter_mut().for_each(|watch| watch.expect(&["task.started"]));
    let todo = place.read("specs/TODO.md");
    place.write("specs/TODO.md", todo.replace("### 8. Add logout", "### 8. Add").as_bytes());
    place.write("specs/TODO.md", todo.replace("[NOT STARTED]", "[BLOCKED]").as_bytes());
    let told: Vec<[Value; 2]> =
        watches.iter_mut().map(|watch| [watch.next(), watch.next()]).collect();
    assert_eq!(told[0], told[1]);
    drop(watches);
    set(&place, "8", "abandoned");
    let mut later = watch(&place, 1);
    let again = [later.next(), later.next()];
    // The task is told as it is by then.
    let status = |event: &Value| event["row"]["status"].clone();
    assert_eq!((status(&told[0][0]), status(&again[0])), ("blocked".into(), "abandoned".into()));
    let plain = |mut event: Value| {
        event["row"] = Value::Null;
        event
    };
    assert_eq!(told[0].clone().map(plain), again.map(plain));
    later.expect(&["task.abandoned", "drift.resolved"]);
}

#[test]
fn a_reader_that_has_enough_ends_it() {
    let place = place();
    set(&place, "7", "implementing");
    let answer = place.run(&["watch", "--since", "0", "--count", "1"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.starts_with("1  task.started  7  planned -> implementing  "), "{answer:?}");
    let answer = place.run(&["watch", "--count", "0"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
}

#[test]
fn what_is_put_away_and_comes_back_is_not_finished_again() {
    let place = place();
    let plan = "# Plan\n- **Status**: [COMPLETED]\n\n### Phase 1: Form [COMPLETED]\n";
    place.write("specs/007_add_login/plans/implementation-001.md", plan.as_bytes());
    set(&place, "7", "completed");
    let mut watch = watch(&place, 0);
    watch.expect(&["task.completed", "drift.resolved", "task.ready"]);
    assert_eq!(place.run(&["archive", "7"]).exit, 0);
    watch.expect(&["task.archived"]);
    assert_eq!(place.run(&["undo"]).exit, 0);
    watch.expect(&["transaction.undone", "task.restored"]);
    set(&place, "8", "implementing");
    watch.expect(&["task.started"]);
}
