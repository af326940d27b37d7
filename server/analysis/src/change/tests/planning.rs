//! Road maps with phases, plans and requirements.

use super::*;
use crate::change::transitions_of;
use crate::testing::{analysis, check_all_rules};

fn boxed(line: &str) -> String {
    format!("//- /.planning/ROADMAP.md\n  # Roadmap\n  {line}\n")
}

#[test]
fn what_is_opened_again_keeps_no_day_on_which_it_was_finished() {
    for (line, after) in [
        ("Phase 1: A (3/3 plans) -- completed 2026-02-28", "Phase 1: A (3/3 plans)"),
        ("**Phase 1: A** — text. ✅ 2026-06-08.", "**Phase 1: A** — text."),
        ("**Phase 1: A** ✅ 2026-06-08", "**Phase 1: A**"),
        ("Phase 1: A - completed 2026-02-28", "Phase 1: A"),
    ] {
        let opened = set(&boxed(&format!("- [x] {line}")), "1", "not_started").expect(line);
        assert_eq!(opened, boxed(&format!("- [ ] {after}")).trim_start_matches('\n'), "{line}");
    }
    let remarked = boxed("- [x] Phase 1: A — completed 2026-02-28 (by hand)");
    let refused = set(&remarked, "1", "not_started").expect_err("a remark would be lost");
    assert!(refused.message.contains("may belong to its old status"), "{refused}");
}

const REQUIREMENTS: &str = r#"
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: A**
//- /.planning/REQUIREMENTS.md
  - [x] **REQ-DEP-01**: a
  - [x] **DEP-02**: b
  - [x] **V2-UI-03**: c
  - [x] **OPS-04**: d
  - [ ] **OPS-05**: e

  | Requirement | Phase | Status |
  |---|---|---|
  | REQ-DEP-01 | Phase 1 | Pending |
//                         ^^^^^^^ warning[drift]: task REQ-DEP-01 is `Pending` here
  | DEP-02 | Phase 1 | Complete |
  | V2-UI-03 | Phase 1 | Pending |
//                       ^^^^^^^ warning[drift]: task V2-UI-03 is `Pending` here
  | OPS-04 | Phase 1 | Deferred |
//                     ^^^^^^^^ warning[drift]: task OPS-04 is `Deferred` here
  | OPS-05 | Phase 1 | Deferred |

  ## Open Questions

  | ID | Question | Status |
  |---|---|---|
  | OQ-01 | Which colour? | **Resolved** — green |
  | OQ-02 | Which size? | Open — ask |
"#;

#[test]
fn requirements_have_several_hyphens_and_questions_are_none() {
    check_all_rules(REQUIREMENTS);
}

#[test]
fn a_refusal_says_what_a_box_can_say() {
    let refused = set(&boxed("- [ ] Phase 1: A"), "1", "in_progress").expect_err("no mark");
    assert!(refused.remedy.contains("not_started, complete"), "{refused}");
    let (analysis, _) = analysis(&boxed("- [ ] Phase 1: A"));
    let task = analysis.task("1").expect("the phase");
    let next = transitions_of(&analysis, task).into_iter().filter(|it| it.allowed);
    let vocabulary = analysis.index.vocabulary_of(task);
    let next: Vec<&str> = next.map(|it| &*vocabulary.get(it.to).id).collect();
    assert_eq!(next, ["not_started", "complete"]);
}

#[test]
fn a_word_has_the_letters_of_its_table_and_an_empty_cell_gets_the_day() {
    let table = |box_, status: &str, day| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [{box_}] **Phase 1: A**\n\n  | Phase | Status | Completed |\n  |---|---|---|\n  | 1. A | {status} | {day} |\n"
        )
    };
    let after = set(&table('x', "Complete", "2026-01-02"), "1", "not_started").expect("opened");
    assert!(after.contains("| Not started | - |"), "{after}");
    let after = set(&table(' ', "Not started", ""), "1", "complete").expect("finished");
    assert!(after.contains("| Complete | 2026-01-02 |"), "{after}");
}

#[test]
fn a_task_that_another_file_says_is_finished_holds_up_none() {
    check_all_rules(
        "
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: A**
  - [ ] 01-01-PLAN.md - Draw it
//   ^ warning[drift]: plan 01-01 is [ ] here
  - [x] 01-02-PLAN.md - Paint it
  - [ ] 01-03-PLAN.md - Sell it
//- /.planning/phases/01-a/01-01-SUMMARY.md
  # S
//- /.planning/phases/01-a/01-02-PLAN.md
  ---
  depends_on: [01-01]
  ---
",
    );
}

const STATE: &str = "//- /.planning/STATE.md\n  ---\n  progress:\n    total_phases: 2\n    completed_phases: 0\n  ---\n";

#[test]
fn a_count_follows_a_phase_of_which_two_places_disagreed() {
    let roadmap = format!(
        "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: A**\n  - [ ] **Phase 2: B**\n\n  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n  | 1. A | 2/2 | In Progress | - |\n  | 2. B | 0/1 | Not started | - |\n{STATE}"
    );
    let after = set(&roadmap, "1", "complete").expect("finished");
    assert!(after.contains("completed_phases: 1"), "{after}");
}

#[test]
fn a_box_gets_the_day_that_every_finished_box_of_its_list_has() {
    let boil = "- [x] **Phase 1: Boil** — completed 2025-01-02";
    let cases = [
        ([boil, "- [X] **Phase 2: Pour** — completed 2025-01-03"], " — completed 2026-01-02"),
        (
            [
                "- [x] **Phase 1: Boil** - Hot (completed 2025-01-02)",
                "- [x] **Phase 2: Pour** (complete 2025-01-03)",
            ],
            " (complete 2026-01-02)",
        ),
        // One alone, or one without, is no custom.
        ([boil, "- [ ] **Phase 2: Pour**"], ""),
        ([boil, "- [x] **Phase 2: Pour**"], ""),
    ];
    for ([first, second], expected) in cases {
        let before = format!(
            "//- /.planning/ROADMAP.md\n  # Roadmap\n\n  {first}\n  {second}\n  - [ ] **Phase 3: Drink**\n\n  \
             ## Later\n\n  - [x] **Phase 9: Sweep**\n"
        );
        let done = set(&before, "3", "complete").expect("it may be done");
        assert!(done.contains(&format!("] **Phase 3: Drink**{expected}\n")), "{done}");
        let again = set(&done, "3", "not_started").expect("it may be opened again");
        assert!(again.contains("- [ ] **Phase 3: Drink**\n"), "{again}");
    }
}

#[test]
fn no_day_is_written_where_the_words_of_a_box_go_on_or_end_in_no_word() {
    let boxes = |own: &str| {
        format!(
            "//- /.planning/ROADMAP.md\n  # Roadmap\n\n  - [x] **Phase 1: Boil** ✅ 2025-01-02\n  \
             - [x] **Phase 2: Pour** ✅ 2025-01-02\n  - [ ] **Phase 3: Drink** {own}\n  - [ ] **Phase 4: Wash**\n"
        )
    };
    for own in ["it\n    to the end", "<!-- hot -->", "^block1", "`it\n    up`", "it\\"] {
        let done = set(&boxes(own), "3", "complete").expect(own);
        let expected = boxes(own).replace("- [ ] **Phase 3", "- [x] **Phase 3");
        assert_eq!(done, expected, "{own}");
    }
    let apart = boxes("").replace("  - [ ] **Phase 3", "\n  Later:\n\n  - [ ] **Phase 3");
    let done = set(&apart, "3", "complete").expect("it may be done");
    assert!(done.contains("- [x] **Phase 3: Drink** \n"), "{done}");
}
