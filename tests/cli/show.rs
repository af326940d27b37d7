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
