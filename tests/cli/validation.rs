//! What is looked at before a change is written, and what a change that cannot be written leaves.

use super::support::Place;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";
const RECORD: &str = "specs/007_login/state.json";
const PLAN: &str = "specs/007_login/plans/implementation-001.md";

/// A task with a plan, in a folder without a record of its own.
fn place() -> Place {
    Place::new(&[
        (TODO, "# Tasks\n\n### 7. Login\n- **Status**: [PLANNING]\n- **Started**: 2026-01-05\n"),
        (
            STATE,
            "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planning\",\n      \"plan_path\": \"specs/007_login/plans/implementation-001.md\" }\n  ]\n}\n",
        ),
        (PLAN, "# Plan\n- **Status**: [NOT STARTED]\n"),
    ])
}

/// Nothing is written, and the answer says why.
#[track_caller]
fn check_refused(place: &Place, arguments: &[&str], exit: i32, says: &[&str]) {
    let before = place.tree();
    let answer = place.run(arguments);
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.exit, exit, "{said}");
    for part in says {
        assert!(said.contains(part), "`{part}` is said: {said}");
    }
    let mut after = place.tree();
    after.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".lockstep"));
    assert_eq!(after, before);
}

#[test]
fn a_record_that_cannot_be_created_fails_the_whole_change() {
    let place = place();
    // Where the record would be, there is a folder: not even root can write it.
    std::fs::create_dir(place.path().join(RECORD)).expect("the folder");
    let arguments = ["set", "7", "planned"];
    check_refused(&place, &arguments, 1, &[RECORD, "not a regular file", "move it away first"]);
    std::fs::remove_dir(place.path().join(RECORD)).expect("the folder goes");
    assert_eq!(place.run(&arguments).exit, 0);
    assert!(place.read(RECORD).contains("\"status\": \"planned\""), "{}", place.read(RECORD));
}

#[test]
fn a_time_that_is_none_or_too_early_is_refused() {
    let place = place();
    let at = |time| ["set", "7", "planned", "--at", time];
    check_refused(&place, &at("yesterday"), 2, &["`yesterday` is not a time", "write it as"]);
    check_refused(&place, &at("2026-01-04"), 1, &["specs/TODO.md:5:16", "give a later one"]);
    assert_eq!(place.run(&at("2026-01-05")).exit, 0);
}

#[test]
fn a_linked_artifact_must_be_there_and_not_empty_unless_it_is_forced() {
    let place = place();
    place.write(PLAN, b"");
    check_refused(&place, &["set", "7", "planned"], 1, &["is empty", "specs/state.json:4"]);
    std::fs::remove_file(place.path().join(PLAN)).expect("the plan goes");
    check_refused(&place, &["set", "7", "planned"], 1, &["does not exist", "correct the link"]);
    let forced = place.run(&["set", "7", "planned", "--force", "--reason", "it is on paper"]);
    assert_eq!(forced.exit, 0, "{forced:?}");
}

#[test]
fn a_broken_file_is_refused_by_line_where_it_must_change_and_passed_over_elsewhere() {
    let place = place();
    let (whole, other) = (place.read(STATE), "specs/008_docs/state.json");
    place.write(other, b"{ \"project_number\": 8, ");
    place.write(STATE, whole.replace("\"status\": ", "").as_bytes());
    check_refused(
        &place,
        &["set", "7", "planned"],
        1,
        &["specs/state.json:3:", "correct the file"],
    );
    place.write(STATE, whole.as_bytes());
    let answer = place.run(&["set", "7", "planned"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(place.read(other), "{ \"project_number\": 8, ");
}
