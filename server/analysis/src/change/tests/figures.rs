//! Figures beside what a changed task is part of, and counters of its type.

use crate::change::plan;
use crate::testing::{analysis, intent};

/// A road map with the third plan open, by what stands for how many are finished.
fn road(boxes: &str, figure: &str, counted: (u32, u32)) -> String {
    let (all, done) = counted;
    format!(
        "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: Log in** ({figure} plans) - with a form

  ### Phase 1: Log in
  **Plans**: {figure} plans executed

  - [{boxes}] 01-01-PLAN.md -- Draw it
  - [{boxes}] 01-02-PLAN.md -- Build it
  - [ ] 01-03-PLAN.md -- Test it

  | Phase | Plans Complete | Status | Completed |
  |-------|----------------|--------|-----------|
  | 1. Log in | {figure} | In Progress | - |
//- /.planning/STATE.md
  ---
  progress:
    total_plans: {all}
    completed_plans: {done}
  ---
//- /.planning/phases/01-log-in/01-01-SUMMARY.md
  # Done
//- /.planning/phases/01-log-in/01-02-SUMMARY.md
  # Done
"
    )
}

/// The figures of box, field and row, and the counter, when the third plan is complete; and what is told.
fn third(fixture: &str) -> (Vec<String>, Vec<String>) {
    let (before, _) = analysis(fixture);
    let planned =
        plan(&before, &intent(&before, "01-03", None, "complete")).expect("it is planned");
    let after = before.with_texts(&planned.change.after());
    let text = |path: &str| after.index.document(path).expect("a file").1.text.to_string();
    let (road, state) = (text(".planning/ROADMAP.md"), text(".planning/STATE.md"));
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).map_or("", |(_, rest)| rest);
        rest.split_once(to).map_or("", |(said, _)| said).to_owned()
    };
    let said = vec![
        between(&road, "Log in** (", " plans)"),
        between(&road, "**Plans**: ", " plans"),
        between(&road, "| 1. Log in | ", " |"),
        between(&state, "completed_plans: ", "\n"),
    ];
    (said, planned.notes)
}

#[test]
fn a_figure_that_was_right_stays_right_wherever_it_stands() {
    for (boxes, figure, counted, expected) in [
        ("x", "2/3", (3, 2), ["3/3", "3/3", "3/3", "3"]),
        // The boxes were left as they are, and whoever counted has counted the summaries.
        (" ", "2/3", (3, 2), ["3/3", "3/3", "3/3", "3"]),
        (" ", "0/3", (3, 0), ["1/3", "1/3", "1/3", "1"]),
        // A plan is counted that is not written yet.
        ("x", "2/4", (5, 2), ["3/4", "3/4", "3/4", "3"]),
        // What was wrong is left to its own finding.
        ("x", "1/3", (3, 1), ["1/3", "1/3", "1/3", "1"]),
        ("x", "2/2", (2, 2), ["2/2", "2/2", "2/2", "2"]),
    ] {
        let (said, _) = third(&road(boxes, figure, counted));
        assert_eq!(said, expected, "{boxes:?} {figure} {counted:?}");
    }
}

#[test]
fn a_figure_that_is_left_behind_is_told() {
    let told = |figure: &str| third(&road("x", figure, (3, 2))).1;
    let is_told = |notes: &[String], figure: &str| {
        notes.iter().any(|note| note.starts_with(&format!("{figure} at .planning/ROADMAP.md:")))
    };
    assert!(is_told(&told("2/2"), "2/2"), "{:?}", told("2/2"));
    // These are followed, or have a finding of their own.
    for figure in ["2/3", "1/3", "2/4"] {
        let notes = told(figure);
        assert!(!notes.iter().any(|note| note.contains("ROADMAP.md:")), "{figure}: {notes:?}");
    }
    let bare = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Phase | Plans | Status |\n  |---|---|---|\n  | 1. Log in | 0/3 | In Progress |\n";
    let (before, _) = analysis(bare);
    let planned = plan(&before, &intent(&before, "1", None, "complete")).expect("it is planned");
    assert!(is_told(&planned.notes, "0/3"), "{:?}", planned.notes);
}

#[test]
fn a_figure_in_the_line_of_a_box_is_no_part_of_its_title() {
    let (analysis, _) = analysis(&road("x", "2/3", (3, 2)));
    let task = analysis.task("1").expect("a phase");
    assert_eq!(analysis.index.title(task), "Log in - with a form");
}

#[test]
fn a_row_that_was_left_behind_is_mended_whole() {
    let road = "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Log in** - form (completed 2026-01-02)\n\n  ### Phase 1: Log in\n  - [x] 01-01-PLAN.md -- Draw it\n  - [x] 01-02-PLAN.md -- Test it\n\n  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n  | 1. Log in | 1/2 | In Progress | |\n";
    let (before, _) = analysis(road);
    let planned = plan(&before, &intent(&before, "1", None, "complete")).expect("it is planned");
    let after = before.with_texts(&planned.change.after());
    let text = after.index.document(".planning/ROADMAP.md").expect("a file").1.text.to_string();
    assert!(text.contains("| 1. Log in | 2/2 | Complete | 2026-01-02 |"), "{text}");
}

/// A road map in which a phase that was put in between has no box, with what the state counts.
fn inserted(box_of_2: &str, box_of_plan: &str, counted: (u32, u32)) -> String {
    let (done, percent) = counted;
    format!(
        "\
//- /.planning/ROADMAP.md
  - [x] **Phase 1: Draw** - with a pen
  - [{box_of_2}] **Phase 2: Print** - with a press

  ### Phase 01.1: Ink (INSERTED)
  - [{box_of_plan}] 01.1-01-PLAN.md
//- /.planning/STATE.md
  ---
  progress:
    total_phases: 3
    completed_phases: {done}
    percent: {percent}
  ---
"
    )
}

#[test]
fn a_phase_that_only_its_plans_name_is_counted_where_it_was() {
    for (was, id, to, is) in [
        ((" ", "x", (2, 67)), "2", "complete", ("x", "x", (3, 100))),
        (("x", "x", (3, 100)), "2", "not_started", (" ", "x", (2, 67))),
        // The state may leave it out.
        ((" ", "x", (1, 33)), "2", "complete", ("x", "x", (2, 67))),
        ((" ", " ", (1, 33)), "2", "complete", ("x", " ", (2, 67))),
    ] {
        let (before, _) = analysis(&inserted(was.0, was.1, was.2));
        let (expected, _) = analysis(&inserted(is.0, is.1, is.2));
        let planned = plan(&before, &intent(&before, id, None, to)).expect("a plan");
        let after = before.with_texts(&planned.change.after());
        let texts = |of: &crate::analysis::Analysis| {
            of.index.docs.iter().map(|it| it.text.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&after), texts(&expected), "{id} {to}");
    }
}

/// A road map with a phase that has not begun, when a plan of it has a status.
fn begun(boxes: [&str; 2], row: &str, to: (&str, &str)) -> String {
    let [first, second] = boxes;
    let road = format!(
        "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Draw** - with a pen\n\n  ### Phase 1: Draw\n  - [{first}] 01-01-PLAN.md -- Paper\n  - [{second}] 01-02-PLAN.md -- Pen\n\n  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n  | 1. Draw | {row} | - |\n"
    );
    let (before, _) = analysis(&road);
    let planned = plan(&before, &intent(&before, to.0, None, to.1)).expect("it is planned");
    let after = before.with_texts(&planned.change.after());
    let text = after.index.document(".planning/ROADMAP.md").expect("a file").1.text.to_string();
    let row = text.lines().find(|line| line.starts_with("| 1. Draw")).expect("a row");
    row.to_owned()
}

/// The row of a phase with one plan once that is complete.
fn begun_alone() -> String {
    let (before, _) = analysis(
        "//- /.planning/ROADMAP.md\n  ### Phase 1: Draw\n  - [ ] 01-01-PLAN.md -- Paper\n\n  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n  | 1. Draw | 0/1 | Not started | - |\n",
    );
    let planned =
        plan(&before, &intent(&before, "01-01", None, "complete")).expect("it is planned");
    let after = before.with_texts(&planned.change.after());
    let text = after.index.document(".planning/ROADMAP.md").expect("a file").1.text.to_string();
    text.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_row_that_counts_its_first_part_says_that_it_is_under_way() {
    let first = ("01-01", "complete");
    for word in ["Not started", "Planned"] {
        let row = begun([" ", " "], &format!("0/2 | {word}"), first);
        assert_eq!(row, "| 1. Draw | 1/2 | In Progress | - |");
    }
    let only = begun_alone();
    assert_eq!(only, "| 1. Draw | 1/1 | In Progress | - |");
    // A figure that was wrong says nothing of the status beside it; what waits goes on waiting.
    assert_eq!(
        begun(["x", " "], "0/2 | Planned", ("01-02", "complete")),
        "| 1. Draw | 0/2 | Planned | - |"
    );
    assert_eq!(begun([" ", " "], "1/3 | Planned", first), "| 1. Draw | 1/3 | Planned | - |");
    assert_eq!(begun([" ", " "], "0/2 | Blocked", first), "| 1. Draw | 1/2 | Blocked | - |");
    // Nobody knows whether it was begun before.
    let last = ("01-01", "not_started");
    assert_eq!(begun(["x", " "], "1/2 | In Progress", last), "| 1. Draw | 0/2 | In Progress | - |");
}

#[test]
fn what_only_tells_of_a_phase_is_no_part_of_one_that_no_file_has() {
    let (before, _) = analysis(
        "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Draw** - with a pen\n  - [ ] **Phase 2: Print** - with a press\n//- /.planning/STATE.md\n  ---\n  progress:\n    completed_phases: 2\n  ---\n//- /.planning/REQUIREMENTS.md\n  | Requirement | Phase | Status |\n  |---|---|---|\n  | MAP-09 | Phase 9 | Complete |\n",
    );
    let planned = plan(&before, &intent(&before, "2", None, "complete")).expect("a plan");
    let files: Vec<String> = planned.change.after().into_keys().map(|it| it.to_string()).collect();
    assert_eq!(files, [".planning/ROADMAP.md"]);
}
