//! Words and signs that a file itself lists for its statuses: no others are written into it.

use crate::testing::{analysis, check_all_rules, set, set_phase};

/// The tasks of a fixture, with what they are called.
fn tasks(fixture: &str) -> Vec<String> {
    let (analysis, _) = analysis(fixture);
    analysis.index.tasks.keys().map(ToString::to_string).collect()
}

#[test]
fn a_status_is_written_in_a_word_that_the_comment_behind_it_lists() {
    let plan = |word: &str, comment: &str| {
        format!("//- /docs/plans/map.md\n  ---\n  status: {word} # {comment}\n  ---\n  # Map\n")
    };
    let list = "draft | approved | in_progress | blocked | complete";
    for (to, written) in [("done", "status: complete #"), ("todo", "status: draft #")] {
        let after = set(&plan("in_progress", list), "map", to).expect(to);
        assert!(after.contains(written), "{after}");
    }
    let why = set(&plan("in_progress", list), "map", "cancelled").expect_err("is not listed");
    assert!(why.message.contains("the comment behind it lists `draft`, `approved`"), "{why}");
    let several = "todo, draft, done";
    let why = set(&plan("done", several), "map", "todo").map(|after| after.contains("todo #"));
    assert!(why.is_ok_and(|is_own| is_own), "its own word is one of them");
    // What tells of the work is no list.
    let after = set(&plan("in_progress", "walls, doors, roof"), "map", "done").expect("a change");
    assert!(after.contains("status: done #") || after.contains("status: complete"), "{after}");
}

#[test]
fn a_phase_is_given_no_marker_where_those_beside_it_have_lines() {
    let plan = |line: &str| {
        format!(
            "//- /docs/plans/tunnel.md\n  ---\n  status: draft\n  ---\n  # Tunnel\n\n  ### Phase 1: Dig\n\n  {line}\n\n  ### Phase 2: Light\n\n  {line}\n\n  ### Phase 3: Rails\n\n  Lay them.\n"
        )
    };
    let why = set_phase(&plan("Status: Done in part nine."), "tunnel", "3", "done")
        .expect_err("those beside it have lines");
    assert!(
        why.message.contains("`Phase 3: Rails` in docs/plans/tunnel.md says no status"),
        "{why}"
    );
    let after = set_phase(&plan("Dig it."), "tunnel", "3", "done").expect("a change");
    assert!(after.contains("### Phase 3: Rails [COMPLETED]"), "{after}");
}

#[test]
fn no_sign_is_written_that_the_legend_of_a_file_has_not() {
    let list = "//- /TODO.md\n  # Work\n\n  ## Signs\n\n  - 🔴 **Not Started**\n  - 🟡 **In Progress**\n  - 🔵 **Blocked**\n  - 🟢 **Completed**\n\n  ## Tasks\n\n  - 🟡 Ink the map\n  - 🟢 Buy paper\n";
    assert_eq!(tasks(list), ["buy-paper", "ink-the-map"]);
    for (task, to) in [("buy-paper", "todo"), ("ink-the-map", "blocked")] {
        let why = set(list, task, to).expect_err("another sign");
        assert!(why.message.contains("its file explains other signs than"), "{why}");
    }
    assert!(set(list, "ink-the-map", "done").is_ok_and(|after| after.contains("🟢 Ink")));
    let plain = "//- /TODO.md\n  ## Tasks\n\n  - 🟡 Ink the map\n  - 🟢 Buy paper\n";
    assert!(set(plain, "ink-the-map", "done").is_ok());
}

#[test]
fn a_table_that_compares_tasks_with_a_drawing_holds_none() {
    let table = |heading: &str| {
        format!(
            "//- /specs/map/tasks.md\n  # Tasks\n\n  ## {heading}\n\n  | Task | Depends On | Diagram Shows | Status |\n  |---|---|---|---|\n  | T1 | None | start | ✅ |\n  | T2 | T1 | T1 | ✅ |\n"
        )
    };
    assert_eq!(tasks(&table("Diagram Cross-Check")), [""; 0]);
    assert_eq!(tasks(&table("Test Co-location Validation")), [""; 0]);
}

#[test]
fn boxes_below_a_numbered_heading_without_a_status_are_tasks() {
    for heading in ["1. Draw", "1) Draw", "AB-7: Draw", "1 Draw", "Phase 1: Draw"] {
        let list =
            format!("//- /TODO.md\n  # Work\n\n  ## {heading}\n  - [x] Paper\n  - [ ] Ink\n");
        assert_eq!(tasks(&list), ["ink", "paper"], "{heading}");
    }
    let own = "//- /TODO.md\n  # Work\n\n  ## 1. Draw ✅\n  - [x] Paper\n";
    assert_eq!(tasks(own), ["1"]);
    let backlog = "//- /docs/plans/TODO.md\n  # Work\n\n  - [x] Paper\n  - [ ] Ink\n";
    assert_eq!(tasks(backlog), ["ink", "paper"]);
}

#[test]
fn pictures_before_phases_are_no_statuses_where_each_has_another() {
    let roadmap = "//- /ROADMAP.md\n  # Way\n\n  ## 🔥 Phase 1: Dig\n  - [ ] Spade\n\n  ## 🧪 Phase 2: Try\n  - [ ] Lamp\n\n  ## ✅ Phase 3: Look\n  - [ ] Glass\n";
    check_all_rules(roadmap);
}

#[test]
fn a_share_in_front_of_a_box_is_no_id() {
    check_all_rules(
        "//- /.kiro/specs/map/tasks.md\n  - [ ] 1. Draw\n    - [ ] 80%+ of it\n  - [ ] 2. Ink\n    - [ ] 80%+ of it\n",
    );
}

#[test]
fn a_heading_that_says_in_capitals_that_it_is_finished_is_not_opened_by_its_sign() {
    let list =
        |title: &str| format!("//- /TODO.md\n  # Work\n\n  ## 1. {title} ✅\n  - [x] Paper\n");
    let why = set(&list("STATE — S0-S3 DONE & TESTED"), "1", "todo").expect_err("it says so");
    assert!(why.message.contains("it also says `DONE`"), "{why}");
    assert!(set(&list("Complete the MAP"), "1", "todo").is_ok());
}

#[test]
fn a_sign_before_what_is_only_ready_finishes_nothing() {
    let plan = |status: &str| {
        format!(
            "//- /MOVE_PLAN.md\n  # Move\n\n  **Status:** {status}\n\n  - [x] Pack\n  - [ ] Carry\n"
        )
    };
    check_all_rules(&plan("✅ **PROVEN** - Ready for the move"));
    check_all_rules(&plan("✅ Production Ready"));
    check_all_rules(&plan("✅ **Production-ready** (since spring)"));
    let told = "✅ **Complete** - Ready for the move\n//            ^^^^^^^^^^^^ warning[unchecked-work]: this task is finished, but 1 of its 2 boxes is open\n//            | MOVE_PLAN.md: open";
    check_all_rules(&plan(told));
}

#[test]
fn lists_are_known_by_more_names() {
    for name in
        ["ToDo", "TO_DO", "To-Do", "TASK_BOARD", "STORE_CHECKLIST", "CHECKLIST_STORE", "NEXT_STEPS"]
    {
        let list = format!("//- /{name}.md\n  # Work\n\n  - [x] Paper\n  - [ ] Ink\n");
        assert_eq!(tasks(&list), ["ink", "paper"], "{name}");
    }
}
