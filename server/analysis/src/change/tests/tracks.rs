//! Tracks: a list, a record and a plan, each of which is left behind by the others now and then.

use crate::analysis::mending::fix_all;
use crate::testing::{AT, analysis, result, set};

/// What a fix of everything makes of a track, and the rules that find something then.
fn mended(mark: &str, record: &str, boxes: &str) -> (String, Vec<&'static str>) {
    let fixture = format!(
        "\
//- /conductor/tracks.md
  - [{mark}] **Track: Log in**
    *Link: [./tracks/login_1/](./tracks/login_1/)*
//- /conductor/tracks/login_1/metadata.json
  {{ \"track_id\": \"login_1\", \"status\": \"{record}\" }}
//- /conductor/tracks/login_1/plan.md
  ## Phase 1: Form
{boxes}"
    );
    let (analysis, _) = analysis(&fixture);
    let (change, _) = fix_all(&analysis, AT, &|_| true);
    let after = analysis.with_texts(&change.after());
    let left = after.diagnostics().iter().map(|found| found.rule).collect();
    (result(&change), left)
}

#[test]
fn that_a_track_is_finished_does_not_follow_from_its_boxes_alone() {
    let all = "  - [x] Draw\n  - [x] Print\n";
    let (after, left) = mended(" ", "in_progress", all);
    assert!(after.contains("- [~] **Track: Log in**"), "{after}");
    assert!(!after.contains("completed"), "{after}");
    assert_eq!(left, ["stale-rollup"]);
    let (after, left) = mended("~", "in_progress", all);
    assert_eq!((after.as_str(), left), ("", vec!["stale-rollup"]));
    // Where boxes are open, that it is finished is doubted, and told to no other place.
    let some = "  - [x] Draw\n  - [ ] Print\n";
    assert_eq!(mended("x", "new", some), (String::new(), vec!["stale-rollup", "drift"]));
    let none = "  - [ ] Draw\n  - [ ] Print\n";
    assert_eq!(mended("x", "new", none), (String::new(), vec!["stale-rollup", "drift"]));
    // Who has set one of the two has finished it.
    for (mark, record) in [("x", "in_progress"), ("~", "completed")] {
        let (after, left) = mended(mark, record, all);
        assert!(after.contains("completed") || after.contains("[x]"), "{after}");
        assert_eq!(left, Vec::<&str>::new(), "{mark} {record}");
    }
}

#[test]
fn a_track_of_which_boxes_are_ticked_is_under_way() {
    let (after, left) = mended(" ", "in_progress", "  - [x] Draw\n  - [ ] Print\n");
    assert!(after.contains("- [~] **Track: Log in**"), "{after}");
    assert_eq!(left, Vec::<&str>::new());
    // Nothing shows that it was begun: who is right a person decides.
    let (after, left) = mended(" ", "in_progress", "  - [ ] Draw\n  - [ ] Print\n");
    assert_eq!((after.as_str(), left), ("", vec!["drift"]));
}

#[test]
fn a_slash_and_a_hyphen_say_what_they_say_elsewhere() {
    let (after, left) = mended("~", "in-progress", "  - [/] Draw\n  - [ ] Print\n");
    assert_eq!((after.as_str(), left), ("", Vec::new()));
}

#[test]
fn a_track_that_is_paused_is_not_called_blocked() {
    let fixture = "\
//- /conductor/tracks.md
  - [ ] **Track: Log in**
    *Link: [./tracks/login_1/](./tracks/login_1/)*
    *Status:* **paused** (until May)
//- /conductor/tracks/login_1/metadata.json
  { \"track_id\": \"login_1\", \"status\": \"new\" }
";
    let (analysis, _) = analysis(fixture);
    let (change, _) = fix_all(&analysis, AT, &|_| true);
    let after = result(&change);
    assert!(after.contains("\"status\": \"paused\""), "{after}");
}

#[test]
fn rows_that_blank_lines_part_are_changed_with_the_rest() {
    let fixture = "\
//- /conductor/tracks.md
  | Status | Track ID | Title |
  | --- | --- | --- |

  | [x] | login_1 | Log in |

  | [ ] | logout_2 | Log out |
//- /conductor/tracks/login_1/metadata.json
  { \"track_id\": \"login_1\", \"status\": \"new\" }
//- /conductor/tracks/login_1/plan.md
  - [x] Draw
";
    let (analysis, _) = analysis(fixture);
    let (change, _) = fix_all(&analysis, AT, &|_| true);
    let after = result(&change);
    assert!(after.contains("\"status\": \"completed\""), "{after}");
    assert!(!after.contains("tracks.md"), "{after}");
}

#[test]
fn boxes_that_are_begun_are_not_called_open() {
    let told = |boxes: &str| {
        let fixture = format!(
            "//- /conductor/tracks.md\n  - [x] **Track: Log in**\n    *Link: [./tracks/login_1/](./tracks/login_1/)*\n//- /conductor/tracks/login_1/plan.md\n  ## Phase 1: Form\n{boxes}"
        );
        let (analysis, _) = analysis(&fixture);
        analysis.diagnostics().iter().map(|found| found.message.clone()).collect::<String>()
    };
    for (boxes, how) in [
        ("  - [~] Draw\n  - [~] Print\n", "2 of the 2 boxes of its plan are not finished;"),
        ("  - [~] Draw\n  - [ ] Print\n", "are not finished, 1 of them begun;"),
        ("  - [x] Draw\n  - [ ] Print\n", "1 of the 2 boxes of its plan is open;"),
    ] {
        let told = told(boxes);
        assert!(told.contains(how), "{told}");
    }
}

#[test]
fn a_word_said_twice_is_named_plainly() {
    let fixture = "\
//- /memory-bank/tasks/TASK001-log-in.md
  # [TASK001] - Log in

  **Status:** Pending
//- /memory-bank/tasks/_index.md
  ## Pending
  - [TASK001] Log in - Pending

  ## Completed
";
    let refused = set(fixture, "TASK001", "completed").expect_err("its words say the old one");
    assert!(
        refused
            .message
            .ends_with("cannot say completed: the words beside it say the same once more"),
        "{refused}"
    );
}

#[test]
fn a_box_before_a_heading_and_words_behind_it_are_two_places() {
    let track = |heading: &str| {
        format!(
            "//- /conductor/tracks.md\n  {heading}\n  *Link: [it](./tracks/menu_1/)*\n//- /conductor/tracks/menu_1/metadata.json\n  {{ \"track_id\": \"menu_1\", \"status\": \"completed\" }}\n"
        )
    };
    for (said, becomes) in [
        ("(COMPLETED)", "(IN PROGRESS)"),
        ("— COMPLETED", "— IN PROGRESS"),
        ("[DONE]", "[IN PROGRESS]"),
    ] {
        let fixture = track(&format!("## [x] Track: Menu {said}"));
        let after = set(&fixture, "menu_1", "in_progress").expect("a change");
        assert!(after.contains(&format!("## [~] Track: Menu {becomes}\n")), "{after}");
    }
    let rules = |fixture: &str| -> Vec<&str> {
        let (analysis, _) = analysis(fixture);
        analysis.diagnostics().iter().map(|found| found.rule).collect()
    };
    assert_eq!(rules(&track("## [x] Track: Menu (COMPLETED)")), [""; 0]);
    assert_eq!(rules(&track("## [ ] Track: Menu (COMPLETED)")), ["drift"]);
    let task = "//- /TODO.md\n  # To do\n  ## [x] Task 3: Find (COMPLETED)\n  Words.\n";
    let after = set(task, "3", "in_progress").expect("a change");
    assert!(after.contains("## [/] Task 3: Find (IN PROGRESS)\n"), "{after}");
    // The day belongs to the words, and the box has its mark alone.
    let dated = task.replace("(COMPLETED)", "(completed 2026-01-01)");
    let after = set(&dated, "3", "in_progress").expect("a change");
    assert!(after.contains("## [/] Task 3: Find (in progress 2026-01-02)\n"), "{after}");
}

#[test]
fn a_track_that_is_named_in_bold_is_set_with_the_words_below_it() {
    let track = |mark: &str, status: &str| {
        format!(
            "//- /conductor/tracks.md
  # Tracks

  - [{mark}] **draw_20260108** — Draw the map
    - Plan: `conductor/tracks/draw_20260108/plan.md`
    - Status: {status}
//- /conductor/tracks/draw_20260108/metadata.json
  {{ \"status\": \"new\" }}
//- /conductor/tracks/draw_20260108/plan.md
  ## Phase 1: Paper
  - [ ] Task: Buy it
"
        )
    };
    let after = set(&track(" ", "Not started"), "draw_20260108", "in_progress").expect("it may");
    assert!(after.contains("- [ ] **draw_20260108** — Draw the map"), "{after}");
    assert!(after.contains("- Status: In progress"), "{after}");
}

#[test]
fn a_status_for_which_the_box_of_the_list_has_no_mark_is_not_offered() {
    let fixture = "//- /conductor/tracks.md
  - [ ] **Track: Draw the map**
    *Link: [./tracks/draw_20260108/](./tracks/draw_20260108/)*
//- /conductor/tracks/draw_20260108/metadata.json
  { \"status\": \"new\" }
";
    let (analysis, _) = crate::testing::analysis(fixture);
    let task = analysis.task("draw_20260108").expect("the track");
    let allowed =
        crate::change::transitions_of(&analysis, task).into_iter().filter(|it| it.allowed);
    let vocabulary = analysis.index.vocabulary_of(task);
    let ids: Vec<&str> = allowed.map(|it| vocabulary.get(it.to).id.as_str()).collect();
    assert_eq!(ids, ["new", "in_progress", "completed", "cancelled"]);
    let refused = set(fixture, "draw_20260108", "paused").expect_err("the box cannot say it");
    assert_eq!(refused.remedy, "it can say: new, in_progress, completed, cancelled");
}
