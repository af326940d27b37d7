//! Statuses in fields below headings, of what may stand elsewhere in the file as well.

use crate::testing::{analysis, set};

/// Each task with its status, and what is found.
fn told(fixture: &str) -> (Vec<String>, Vec<String>) {
    let (analysis, _) = analysis(fixture);
    let index = &analysis.index;
    let said = |task| index.status(task).map_or("-", |it| &*index.vocabulary_of(task).get(it).id);
    let tasks = index.tasks.values().map(|task| format!("{} {}", task.id, said(task))).collect();
    (tasks, analysis.diagnostics().iter().map(|found| found.message.clone()).collect())
}

#[test]
fn a_heading_with_a_status_below_it_is_a_place_of_its_task() {
    for (word, status) in [
        ("○ Pending", "not_started"),
        ("✓ Complete", "complete"),
        ("DONE (PR #1)", "complete"),
        ("◆ In Progress", "in_progress"),
        ("COMPLETE (2026-01-02) — both plans are carried out", "complete"),
        ("⬜ Not Started", "not_started"),
    ] {
        for field in ["**Status:** ", "- **Status**: "] {
            let road =
                format!("//- /.planning/ROADMAP.md\n  ## Phase 1: Log in\n  {field}{word}\n");
            assert_eq!(told(&road).0, [format!("1 {status}")], "{field}{word}");
            assert_eq!(told(&road).1, [""; 0], "{field}{word}");
        }
    }
}

#[test]
fn words_that_are_no_status_make_no_task_of_a_heading() {
    let road = "//- /.planning/ROADMAP.md\n  **Status**: Complete\n\n  ## Phase 1: Log in\n  **Status**: as it was agreed\n\n  ## Phase 2: Log out\n  **Goal**: Out\n";
    assert_eq!(told(road), (Vec::new(), Vec::new()));
}

#[test]
fn it_is_compared_with_other_places_and_follows_them() {
    let road = |mark: char, word: &str, row: &str| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [{mark}] **Phase 1: Log in**\n\n  ### Phase 1: Log in\n  **Status:** {word}\n\n  - [{mark}] 01-01-PLAN.md\n\n  | Phase | Plans | Status |\n  |---|---|---|\n  | 1. Log in | {row} |\n"
        )
    };
    assert_eq!(told(&road(' ', "○ Pending", "0/1 | Not started")).1, [""; 0]);
    assert_eq!(
        told(&road('x', "○ Pending", "1/1 | Complete")).1,
        ["task 1 is `○ Pending` here, but the task is `Complete` in .planning/ROADMAP.md"]
    );
    let after = set(&road(' ', "Pending", "0/1 | Not started"), "1", "complete");
    let after = after.expect("it is planned");
    assert!(after.contains("**Status:** Complete\n"), "{after}");
    for (before, word) in [("○ Pending", "✓ Complete"), ("⬜ Not started", "✅ Complete")] {
        let after = set(&road(' ', before, "0/1 | Not started"), "1", "complete");
        let after = after.expect("it is planned");
        assert!(after.contains(&format!("**Status:** {word}\n")), "{after}");
    }
}
