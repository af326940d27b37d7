//! `lockstep show`: ids in any spelling.

use super::support::Place;

#[test]
fn a_task_is_found_by_any_spelling_of_its_id() {
    let place = Place::sample();
    for id in ["7", "#7", "007"] {
        assert!(place.run(&["show", id]).out.starts_with("7 Add login\n"), "{id}");
    }
    assert_eq!(place.json(&["show", "7", "--format", "json"])["agreed"], false);
}

#[test]
fn an_unknown_id_is_answered_with_near_ones() {
    let place = Place::sample();
    let answer = place.run(&["show", "77"]);
    assert_eq!(answer.exit, 1);
    assert_eq!(answer.err, "error: no task 77\nhelp: near ids: 7\n");
    let answer = place.run(&["show", "12345"]);
    assert_eq!(answer.exit, 1);
    assert!(answer.err.ends_with("help: `lockstep list` shows the tasks\n"));
}

#[test]
fn a_box_is_shown_and_set_by_its_name() {
    let place = Place::new(&[("docs/PLAN.md", "## Phase 1: Store\n- [ ] Choose it\n")]);
    let listed = place.json(&["show", "PLAN.md", "--format", "json"]);
    let ids: Vec<&str> = listed["tasks"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["id"].as_str())
        .collect();
    assert_eq!(ids, ["docs/PLAN.md#phase-1", "docs/PLAN.md#phase-1/choose-it"]);
    assert_eq!(place.run(&["set", "PLAN.md#choose-it", "done"]).exit, 0);
    let shown = place.json(&["show", ids[1], "--format", "json"]);
    assert_eq!((&shown["id"], &shown["status"]), (&ids[1].into(), &"done".into()));
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert!(place.run(&["show", ids[1]]).out.contains("todo"));
}

#[test]
fn what_is_part_of_a_task_is_shown_with_it() {
    let tasks = "# Implementation Plan\n\n- [ ] 1. Store the words\n  - [x] 1.1 Choose a store\n  \
                 - [ ] 1.2 Write to it\n- [ ] 2. Show them\n";
    let place = Place::new(&[(".kiro/specs/words/tasks.md", tasks)]);
    let shown = place.json(&["show", "1", "--format", "json"]);
    let part = |at: usize, member: &str| shown["parts"][at][member].clone();
    assert_eq!((part(0, "title"), part(0, "category")), ("Choose a store".into(), "done".into()));
    assert_eq!((part(1, "title"), part(1, "category")), ("Write to it".into(), "open".into()));
    assert_eq!(shown["parts"].as_array().map(Vec::len), Some(2));
    for id in [0, 1].map(|at| part(at, "id")) {
        let named = place.run(&["show", id.as_str().expect("a name")]);
        assert_eq!(named.exit, 0, "{named:?}");
    }
    let text = place.run(&["show", "1"]).out;
    assert!(text.contains("\nParts\n") && text.contains("Write to it"), "{text}");
    assert!(!place.run(&["show", "2"]).out.contains("Parts"), "it has none");
}

#[test]
fn a_mark_that_no_box_has_is_told_of_before_it_is_written_and_when_it_is() {
    let place = Place::new(&[("TODO.md", "- [ ] Log in\n- [x] Log out\n")]);
    let note = "no other box has `[/]`; what knows only `[ ]` and `[x]` shows it as text";
    let shown = place.json(&["show", "log-in", "--format", "json"]);
    assert_eq!(shown["notes"][0], format!("in_progress: {note}"));
    let text = place.run(&["show", "log-in"]).out;
    assert!(text.ends_with(&format!("\n  in_progress: {note}\n")), "{text}");
    let set = place.json(&["set", "log-in", "in_progress", "--format", "json"]);
    assert_eq!(set["results"][0]["reason"], note);
}
