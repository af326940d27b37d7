//! `lockstep list`: filters and shapes.

use serde_json::Value;

use super::support::Place;

fn ids(list: &Value) -> Vec<&str> {
    let tasks = list["tasks"].as_array().expect("tasks");
    tasks.iter().map(|task| task["id"].as_str().expect("an id")).collect()
}

#[test]
fn filters_take_a_status_in_any_spelling() {
    let place = Place::sample();
    for status in ["implementing", "IMPLEMENTING", "in_progress"] {
        let list = place.json(&["list", "--status", status, "--format", "json"]);
        assert_eq!(ids(&list), ["7"], "{status}");
    }
    let list = place.json(&["list", "--category", "active", "--format", "json"]);
    assert_eq!(ids(&list), ["7"]);
}

#[test]
fn an_unknown_filter_names_what_is_known() {
    let place = Place::sample();
    let answer = place.run(&["list", "--status", "flying"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("there is no status `flying`\nhelp: known: not_started"));
    let answer = place.run(&["list", "--category", "flying"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("known: open, active"), "{}", answer.err);
}

#[test]
fn the_json_has_the_shape_that_programs_rely_on() {
    let list = Place::sample().json(&["list", "--format", "json"]);
    assert_eq!(list["schema"], 1);
    let task = &list["tasks"][0];
    assert_eq!(task["id"], "7");
    assert_eq!(task["title"], "Add login");
    assert_eq!(task["status"], "implementing");
    assert_eq!(task["category"], "active");
    assert_eq!(task["agreed"], false);
    assert_eq!(list["tasks"][1]["depends"], serde_json::json!(["7"]));
    assert_eq!(task["phases"][0]["status"], "completed");
    let todo = &task["occurrences"].as_array().expect("places")[0];
    assert_eq!(todo["path"], "specs/TODO.md");
    assert_eq!((&todo["line"], &todo["column"]), (&21.into(), &15.into()));
    assert_eq!(todo["text"], "[IMPLEMENTING]");
}

#[test]
fn archived_tasks_are_listed_when_asked_for() {
    let place = Place::sample();
    place.write(
        "specs/archive/state.json",
        br#"{ "archived_projects": [{ "project_number": 3, "project_name": "old", "status": "completed" }] }"#,
    );
    let live = place.run(&["list"]).out;
    assert!(!live.contains("completed") && live.ends_with("\n3 tasks (1 archived)\n"), "{live}");
    let all = place.run(&["list", "--archived"]).out;
    assert!(all.starts_with("3  completed"), "{all}");
    assert_eq!(place.run(&["list", "--all"]).out, all);
    let json = place.json(&["list", "--format", "json"]);
    assert_eq!((ids(&json), &json["archived"]), (vec!["7", "8", "9"], &1.into()));
    let json = place.json(&["list", "--archived", "--format", "json"]);
    assert_eq!(ids(&json), ["3", "7", "8", "9"]);
    let checked = place.json(&["check", "--format", "json"]);
    assert_eq!((&checked["tasks"], &checked["archived"]), (&3.into(), &1.into()));
    assert!(place.run(&["check"]).out.contains("3 tasks (1 archived)"));
}

#[test]
fn some_members_of_some_tasks_are_printed_on_one_line() {
    let place = Place::sample();
    let answer = place.run(&["list", "--fields", "id,status", "--limit", "2"]);
    let expected = concat!(
        r#"{"schema":1,"tasks":[{"id":"7","status":"implementing"},"#,
        r#"{"id":"8","status":"researched"}]}"#,
        "\n"
    );
    assert_eq!((answer.out.as_str(), answer.exit), (expected, 0));
    let one = place.run(&["show", "7", "--fields", "status"]);
    assert_eq!(one.out, "{\"status\":\"implementing\"}\n");
    let ready = place.json(&["next", "--fields", "id,rev"]);
    assert_eq!(ready["tasks"][0]["id"], "9");
    let wrong = place.run(&["next", "--fields", "id,stats"]);
    assert_eq!(wrong.exit, 2);
    assert!(wrong.err.contains("no field `stats`"), "{}", wrong.err);
    assert!(wrong.err.contains("did you mean `status`?"), "{}", wrong.err);
    assert!(place.run(&["list", "--limit", "1"]).out.ends_with("1 and 2 more\n"));
}
