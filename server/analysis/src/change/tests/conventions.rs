//! Names, letters and lines of one convention alone, as its people write them.

use std::collections::BTreeSet;

use crate::analysis::mending;
use crate::operation::task_meant;
use crate::testing::{AT, analysis, findings_by_rule, result, set};

fn ids(fixture: &str) -> Vec<String> {
    let (analysis, _) = analysis(fixture);
    analysis.index.tasks.keys().map(ToString::to_string).collect()
}

#[test]
fn a_task_between_two_has_a_number_between_theirs() {
    let tasks = "//- /specs/001-login/tasks.md\n  - [ ] T009 Draw\n  - [ ] T009.5 Paint\n  - [ ] T010 Ship\n";
    let ids: BTreeSet<String> = ids(tasks).into_iter().collect();
    assert_eq!(ids.len(), 3, "{ids:?}");
    let done = set(tasks, "T009.5", "done").expect("a change");
    assert!(done.contains("[ ] T009 Draw") && done.contains("[X] T009.5 Paint"), "{done}");
}

#[test]
fn a_box_is_ticked_with_the_letter_of_its_file() {
    for letter in ["x", "X"] {
        let tasks =
            format!("//- /specs/001-login/tasks.md\n  - [{letter}] T001 Ask\n  - [ ] T002 Draw\n");
        let done = set(&tasks, "T002", "done").expect("a change");
        assert!(done.contains(&format!("[{letter}] T002 Draw")), "{done}");
    }
}

#[test]
fn a_story_of_three_numbers_is_one_task_with_its_file() {
    for heading in ["Story Information", "Metadata"] {
        let fixture = format!(
            "//- /docs/sprint-status.yaml\n  development_status:\n    epic-4: in-progress\n    4-3-1-safety: ready-for-dev\n\
             //- /docs/4-3-1-safety.md\n  # Story 4.3.1: Safety\n\n  ## {heading}\n\n  - **Story ID:** 4.3.1\n  - **Status:** review\n"
        );
        assert_eq!(ids(&fixture), ["4-3-1", "epic-4"]);
        let (analysis, _) = analysis(&fixture);
        assert_eq!(findings_by_rule(&analysis).get("drift"), Some(&1), "{heading}");
        let set = set(&fixture, "4-3-1", "in-progress").expect("a change");
        assert!(set.contains("4-3-1-safety: in-progress\n"), "{set}");
        assert!(set.contains("**Status:** in-progress\n"), "{set}");
        // With dots it may be another: a phase between two is called so elsewhere.
        let refused = task_meant(&analysis, "4.3.1").expect_err("it is not called so");
        assert_eq!(refused.remedy, "near ids: 4-3-1");
    }
}

#[test]
fn a_row_of_several_phases_is_none_of_the_first() {
    let roadmap = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n  - [x] **Phase 1-11: What was shipped**\n  - [ ] **Phase 12: Log out**\n\n  | Phase | Status | Completed |\n  |---|---|---|\n  | 1-11. What was shipped | Complete | 2025-12-24 |\n  | 12. Log out | Not Started | - |\n";
    assert_eq!(ids(roadmap), ["1", "12"]);
    let (analysis, _) = analysis(roadmap);
    assert_eq!(analysis.diagnostics().len(), 0);
    let done = set(roadmap, "1", "complete").expect("a change");
    let kept = "  - [x] **Phase 1-11: What was shipped**\n";
    assert!(
        done.contains(kept.trim_start())
            && done.contains("| 1-11. What was shipped | Complete | 2025-12-24 |"),
        "{done}"
    );
}

#[test]
fn two_tasks_with_one_id_do_not_disagree() {
    let entry =
        |title: &str, status: &str| format!("  ### 7. {title}\n  - **Status**: [{status}]\n\n");
    let two = |second: &str| {
        format!(
            "//- /specs/TODO.md\n{}{}//- /specs/state.json\n  {{ \"active_projects\": [] }}\n",
            entry("Login form", "PLANNED"),
            entry(second, "COMPLETED"),
        )
    };
    for (second, drift) in [("Release notes", None), ("Login form", Some(&1))] {
        let (analysis, _) = analysis(&two(second));
        let found = findings_by_rule(&analysis);
        assert_eq!(found.get("drift"), drift, "{second}: {found:?}");
        assert_eq!(found.get("duplicate-task"), Some(&1), "{second}: {found:?}");
        assert_eq!(result(&mending::fix_all(&analysis, AT, &|_| true).0), "", "{second}");
    }
}

#[test]
fn a_row_that_lacks_a_cell_is_not_left_to_say_what_it_said() {
    let roadmap = |row: &str| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Phase | Milestone | Plans Complete | Status | Completed |\n  |---|---|---|---|---|\n  {row}\n"
        )
    };
    for row in [
        "| 1. Log in | 0/2 | Not started | - |",
        "| 1. Log in | 0/2 | Not started | 2026-01-01 | - |",
    ] {
        let refused = set(&roadmap(row), "1", "complete").expect_err("the row would not follow");
        let told =
            "`Not started` at .planning/ROADMAP.md:5:21 stands beside the column for the status";
        assert_eq!(refused.message, told);
    }
    // What says already what it is to say contradicts nothing.
    let agreed = roadmap("| 1. Log in | 2/2 | Complete | 2026-01-01 | - |");
    let done = set(&agreed, "1", "complete").expect("a change");
    assert_eq!(done, agreed.replace("- [ ]", "- [x]"));
    let whole = set(&roadmap("| 1. Log in | v1 | 0/2 | Not started | - |"), "1", "complete");
    assert!(whole.expect("a change").contains("| Complete | 2026-01-02 |"));
}

#[test]
fn what_stands_in_brackets_behind_an_id_is_no_part_of_the_title() {
    let tasks = "//- /specs/001-login/tasks.md\n  - [ ] T001 [P] [US1] Draw it\n  - [ ] **T002** [US2] Test it\n  - [ ] T003 [P]: Ship it\n  - [ ] T004 [API] Ask\n";
    let (analysis, _) = analysis(tasks);
    let titles = ["T001", "T002", "T003", "T004"]
        .map(|id| analysis.index.title(analysis.task(id).expect("a task")));
    assert_eq!(titles, ["Draw it", "Test it", "Ship it", "[API] Ask"]);
}

#[test]
fn a_status_between_quotes_is_one_and_keeps_them() {
    let story = |said: &str| {
        format!(
            "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-2-log-in: review\n//- /docs/1-2-log-in.md\n  # Story 1.2: Log in\n\n  Status: {said}\n"
        )
    };
    for quote in ['"', '\''] {
        let done = set(&story(&format!("{quote}review{quote}")), "1-2", "done").expect("a change");
        assert!(done.contains(&format!("Status: {quote}done{quote}\n")), "{done}");
    }
    assert!(ids(&story("\"\"")).contains(&"1-2".to_owned()));
}

#[test]
fn a_row_that_says_for_which_phase_a_requirement_is_is_none_of_the_phase() {
    let roadmap = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Requirement | Phase | Status |\n  |---|---|---|\n  | AUTH-01 | Phase 1 | Pending |\n  | AUTH-02 | Phase 1 | Pending |\n";
    assert_eq!(ids(roadmap), ["1", "AUTH-01", "AUTH-02"]);
    let done = set(roadmap, "1", "complete").expect("a change");
    assert!(
        done.contains("[x] **Phase 1") && done.contains("AUTH-01 | Phase 1 | Pending"),
        "{done}"
    );
}

#[test]
fn a_track_in_a_table_is_one_with_its_record() {
    let tracks = "//- /conductor/tracks.md\n  | Status | Track ID | Title |\n  |---|---|---|\n  | `[ ]` | in_1 | Not done - completed 2026-01-02 |\n  | [~] | [out_2](./tracks/out_2/index.md) | Log \\| out |\n\n  | Track | Status |\n  |---|---|\n  | [Find](./tracks/find_3/) | [?] |\n  | Nothing | [x] |\n\
                  //- /conductor/tracks/in_1/metadata.json\n  { \"status\": \"pending\" }\n\
                  //- /conductor/tracks/out_2/metadata.json\n  { \"status\": \"in_progress\" }\n";
    assert_eq!(ids(tracks), ["find_3", "in_1", "out_2"]);
    let (analysis, _) = analysis(tracks);
    let rules = findings_by_rule(&analysis);
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), [("unknown-status", 1)]);
    let begun = set(tracks, "in_1", "in_progress").expect("a change");
    assert!(begun.contains("| `[~]` | in_1 | Not done - completed 2026-01-02 |"), "{begun}");
    assert!(begun.contains(r#""status": "in_progress" }"#), "{begun}");
    let done = set(tracks, "out_2", "completed").expect("a change");
    assert!(done.contains("| [x] | [out_2](./tracks/out_2/index.md) | Log \\| out |"), "{done}");
}

#[test]
fn a_line_of_the_status_below_a_track_is_another_place_of_it() {
    let tracks = "//- /conductor/tracks.md\n  ## [ ] Track: Log in\n  *Link: [./tracks/in_1/](./tracks/in_1/)*\n  *Status: Pending*\n\n  ## [~] Track: Log out\n  **Status:** Held by legal\n  *Link: [./tracks/out_2/](./tracks/out_2/)*\n\n  - [ ] **Track: Find** - Status: pending\n    *Link: [./tracks/find_3/](./tracks/find_3/)*\n\
                  //- /conductor/tracks/in_1/plan.md\n  # Plan\n\n  **Status:** Nearly there\n\n  - [ ] Draw it\n";
    let (analysis, _) = analysis(tracks);
    let rules = findings_by_rule(&analysis);
    assert_eq!((rules.get("unknown-status"), rules.get("drift")), (Some(&1), None));
    let begun = set(tracks, "in_1", "in_progress").expect("a change");
    assert!(begun.contains("## [~] Track: Log in\n"), "{begun}");
    assert!(begun.contains("*Status: In Progress*\n"), "{begun}");
    let prose = set(tracks, "out_2", "completed").expect_err("who holds it?").to_string();
    assert!(prose.contains("`Held by legal`"), "{prose}");
    let done = set(&tracks.replace("Held by legal", "Held"), "out_2", "completed");
    let done = done.expect("a change");
    assert!(done.contains("## [x] Track: Log out\n  **Status:** Completed\n"), "{done}");
    let held = set(&tracks.replace("Held by legal", "In progress"), "out_2", "blocked");
    assert!(held.expect("a change").contains("## [~] Track: Log out\n  **Status:** Blocked\n"));
    let refused = set(tracks, "find_3", "completed").expect_err("it is left so").to_string();
    assert!(refused.contains("it also says `Status: pending`"), "{refused}");
}

#[test]
fn what_stands_below_a_legend_is_no_task() {
    for heading in ["Leyenda", "Status key:", "📌 Legend of marks"] {
        let list = format!(
            "//- /TODO.md\n  # T\n\n  ## {heading}\n  - ✅ Completado\n  - [ ] Pendiente\n\n  ## Keys\n  - ✅ Hervir agua\n  - [ ] Servir\n"
        );
        assert_eq!(ids(&list), ["hervir-agua", "servir"], "{heading}");
    }
}

#[test]
fn what_explains_statuses_and_levels_is_no_task() {
    let work = "  ## Work\n  - ✅ Boil\n  - 🟡 Pour\n";
    for list in [
        "## Status Definitions\n  - ✅ Ready to drink\n  - [ ] Cold",
        "## 优先级说明\n  - 🟡 Tea\n  - 🟢 Water",
        "## Priorities\n  - 🟡 Tea for guests\n  - 🟢 Water",
        "### Prioridade Média (P1)\n  - 🟡 Chá",
        "### Low priority\n  - 🟢 Water",
        "## How we work\n  - ✅ **Done** - tasted\n  - 🚧 **In Progress**: it boils\n  - 📋 Todo",
        "## How we work\n  - ✅ = done\n  - 🚧 = in progress",
    ] {
        let found = ids(&format!("//- /TODO.md\n  # T\n\n{work}\n  {list}\n"));
        assert_eq!(found, ["boil", "pour"], "{list}");
    }
    for list in [
        "## Priorities\n  - [ ] Tea",
        "## Priorities\n  - ✅ Tea",
        "### High priority\n  - 🟢 Tea",
        "## How we work\n  - ✅ **Tea** - tasted\n  - 🚧 **In Progress** - it boils",
        "## How we work\n  - ✅ **Done** - tasted\n  - ✅ **Done** - drunk",
    ] {
        let found = ids(&format!("//- /TODO.md\n  # T\n\n{work}\n  {list}\n"));
        assert!(found.len() > 2, "{list}");
    }
}

#[test]
fn an_id_that_is_made_of_words_holds_no_status() {
    for words in [
        "Draw it",
        "DONE Draw it",
        "**DONE** Draw it",
        "`DONE` Draw it",
        "Done: Draw it",
        "**TODO:** Draw it",
        "In progress: Draw it",
        "Erledigt: Draw it",
        "Draw it (done)",
        "Draw it — ✅ DONE",
        "Draw it - **completed**",
    ] {
        assert_eq!(ids(&format!("//- /TODO.md\n  - [x] {words}\n")), ["draw-it"], "{words}");
    }
    for (words, id) in [
        ("Done and open are drawn", "done-and-open-are-drawn"),
        ("Draw it (done by hand)", "draw-it-done-by-hand"),
        ("DONE", "done"),
        ("Draw: it", "draw-it"),
    ] {
        assert_eq!(ids(&format!("//- /TODO.md\n  - [x] {words}\n")), [id], "{words}");
    }
}

#[test]
fn a_list_of_what_is_to_be_reached_is_no_task() {
    let work = "  ## Work\n  - ✅ Boil\n  - 🟡 Pour\n";
    for list in [
        "## Acceptance criteria\n  - ✅ It is hot\n  - ✅ It is brown",
        "## Cups\n  Tea is poured when:\n\n  1. ✅ It is hot\n  2. ✅ It is brown",
        "## Chá\n  **Deve ser servido quando:**\n\n  1. ✅ Está quente",
    ] {
        let found = ids(&format!("//- /TODO.md\n  # T\n\n{work}\n  {list}\n"));
        assert_eq!(found, ["boil", "pour"], "{list}");
    }
    for list in [
        "## Acceptance criteria\n  - ✅ It is hot\n  - ❌ It is brown",
        "## Acceptance criteria\n  - [x] It is hot\n  - [x] It is brown",
        "## Cups\n  Done:\n\n  1. ✅ Heat\n  2. ✅ Colour",
    ] {
        let found = ids(&format!("//- /TODO.md\n  # T\n\n{work}\n  {list}\n"));
        assert!(found.len() > 2, "{list}");
    }
}

#[test]
fn a_list_that_documentation_shows_is_no_task() {
    let list = "//- /docs/tasklist.md\n  # Lists\n\n  - [ ] Write\n\n  /// html | div.result\n  - [x] Tea\n    - [ ] Milk\n  ///\n\n  - [ ] Print\n";
    assert_eq!(ids(list), ["print", "write"]);
    let open = "//- /TODO.md\n  /// is a comment\n  - [x] Tea\n";
    assert_eq!(ids(open), ["tea"]);
}

#[test]
fn a_box_that_points_back_is_no_second_task() {
    let list = "//- /specs/001-tea/tasks.md\n  # Tasks\n\n  - [x] T002 Boil\n  - [x] T003 Pour (see above)\n  - [ ] T002: Boil (see above)\n";
    assert_eq!(ids(list), ["T002", "T003"]);
    let (analysis, _) = analysis(list);
    assert!(analysis.diagnostics().is_empty(), "{:?}", analysis.diagnostics());
}

#[test]
fn boxes_below_a_numbered_task_are_what_it_is_accepted_by() {
    let list = "//- /specs/1-tea/tasks.md\n  # Tasks\n\n  #### Task 1.1: Boil\n\n  **Acceptance**:\n  - [x] All tests pass\n\n  #### Task 1.2: Pour\n  - [ ] All tests pass\n";
    assert_eq!(ids(list), ["1.1", "1.2"]);
}

#[test]
fn a_box_beside_a_status_in_words_tells_whether_work_is_left() {
    let track = |mark: char, said: &str| {
        format!(
            "//- /conductor/tracks.md\n  - [{mark}] **Track: Sort**\n    - *Type:* feature | *Status:* {said}\n    - *Link:* [./tracks/sort_1/](./tracks/sort_1/)\n//- /conductor/tracks/sort_1/metadata.json\n  {{}}\n"
        )
    };
    let rules = |text: &str| {
        let (analysis, _) = analysis(text);
        findings_by_rule(&analysis).into_iter().collect::<Vec<_>>()
    };
    for (mark, said) in [(' ', "**paused**"), ('~', "paused"), (' ', "In progress"), ('x', "Done")]
    {
        assert_eq!(rules(&track(mark, said)), [], "[{mark}] {said}");
    }
    assert_eq!(rules(&track('x', "paused")), [("drift", 1)]);
    let done = set(&track('~', "**paused**"), "sort_1", "completed").expect("a change");
    assert!(
        done.contains("- [x] **Track: Sort**\n    - *Type:* feature | *Status:* **completed**\n"),
        "{done}"
    );
}

#[test]
fn a_star_behind_a_box_says_that_it_may_be_left() {
    let list = |box_: &str| {
        format!(
            "//- /docs/specs/tea/tasks.md\n  - [x] 1. Boil\n    - [x] 1.1 Fill\n    - {box_} 1.2 Taste\n"
        )
    };
    let rules = |text: &str| {
        let (analysis, _) = analysis(text);
        findings_by_rule(&analysis).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(rules(&list("[ ]*")), []);
    assert_eq!(rules(&list("[ ] **By hand:**")), [("unchecked-work", 1)]);
}

#[test]
fn a_list_of_task_master_may_stand_right_under_its_tag() {
    let list = "//- /.taskmaster/tasks/tasks.json\n  { \"master\": [\n    { \"id\": \"1\", \"title\": \"Boil\", \"status\": \"done\",\n      \"subtasks\": [{ \"id\": \"1.1\", \"title\": \"Fill\", \"status\": \"done\" }] }\n  ] }\n";
    assert_eq!(ids(list), ["1", "1.1"]);
}

#[test]
fn a_summary_is_known_by_its_plan_wherever_its_name_tells_it() {
    let roadmap = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n  - [ ] 01-01-PLAN.md -- Draw it\n  - [ ] 01-02-PLAN.md -- Test it\n";
    let drifts = |path: &str| {
        let (analysis, _) = analysis(&format!("{roadmap}//- /.planning/phases/{path}\n  # S\n"));
        let rules = findings_by_rule(&analysis);
        assert_eq!(analysis.index.tasks.len(), 3, "{path}");
        rules.get("drift").copied().unwrap_or_default()
    };
    for path in [
        "01-log-in/01-02-SUMMARY.md",
        "01-log-in/01-02-test-it-SUMMARY.md",
        "01-log-in/01-02-round-03-SUMMARY.md",
        "01-log-in/01-log-in-02-SUMMARY.md",
        "01-log-in/01-02/SUMMARY.md",
        "01-log-in/01-02/01-02-SUMMARY.md",
        "01-log-in/01-02-test-it/SUMMARY.md",
        "01-log-in/plans/01-02/SUMMARY.md",
        "01-log-in/02/SUMMARY.md",
        "01-log-in/plan-02/SUMMARY.md",
    ] {
        assert_eq!(drifts(path), 1, "{path}");
    }
    for path in [
        // Of the phase, or of something else.
        "01-log-in/01-SUMMARY.md",
        "01-log-in/SUMMARY.md",
        "01-log-02/01-log-02-SUMMARY.md",
        "01-log-02/01-SUMMARY.md",
        "01-log-in/01-E2E-TEST-SUMMARY.md",
        "01-log-in/01-log-2-SUMMARY.md",
        "01-log-in/notes/SUMMARY.md",
        "01-log-in/02-notes/SUMMARY.md",
    ] {
        assert_eq!(drifts(path), 0, "{path}");
    }
}

#[test]
fn a_phase_that_awaits_verification_is_not_finished_by_its_plans() {
    let roadmap = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 3: Log in**\n  - [x] 03-01-PLAN.md -- Draw it\n";
    let verdict = |status: &str| {
        let (folder, file) = (".planning/phases/03-log-in", "03-VERIFICATION.md");
        format!(
            "//- /{folder}/{file}\n  ---\n  phase: 03\n  status: {status}\n  ---\n  - [ ] Look at it\n"
        )
    };
    let state = |lines: &str| format!("//- /.planning/STATE.md\n  # State\n\n  {lines}\n");
    let is_finished = |beside: &str| {
        let text = format!("{roadmap}{beside}");
        let (before, _) = analysis(&text);
        let (change, _) = mending::fix_all(&before, AT, &|_| true);
        assert_eq!(change.is_empty(), before.diagnostics().is_empty(), "{beside}");
        !change.is_empty()
    };
    assert!(is_finished(""));
    assert!(is_finished(&verdict("passed")));
    for status in ["human_needed", "gaps_found", "\"pending\""] {
        assert!(!is_finished(&verdict(status)), "{status}");
    }
    assert!(!is_finished(&verdict("partial").replace("VERIFICATION", "HUMAN-UAT")));
    // Of another phase, or of none.
    assert!(is_finished(&verdict("human_needed").replace("/03-log-in", "/13-log-in")));
    for said in [
        "Phase: 3 of 8 (Log in)\n  Plan: 1 of 1\n  Status: Phase complete — ready for verification",
        "**Current Phase:** 03\n  **Status:** Awaiting UAT",
        "Phase: 03 (log-in) — EXECUTING\n  Status: Code complete, UAT pending",
        "Phase: 3\n  Status: Verifying",
    ] {
        assert!(!is_finished(&state(said)), "{said}");
    }
    for said in [
        "Phase: 4 of 8 (Log out)\n  Status: Phase complete — ready for verification",
        "Phase: 3 of 8 (Log in)\n  Status: Phase complete",
        "Phase: 3 of 8 (Log in)\n\n  ## Other\n\n  Status: Ready for verification",
    ] {
        assert!(is_finished(&state(said)), "{said}");
    }
}

#[test]
fn a_verdict_that_changes_is_told_at_once() {
    let fixture = |status: &str| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 3: Log in**\n  - [x] 03-01-PLAN.md -- Draw it\n//- /.planning/phases/03-log-in/03-UAT.md\n  ---\n  status: {status}\n  ---\n"
        )
    };
    let (before, _) = analysis(&fixture("testing"));
    let (after, _) = analysis(&fixture("complete"));
    let path = ".planning/phases/03-log-in/03-UAT.md";
    let (_, document) = after.index.document(path).expect("a file");
    let texts = [(document.path.clone(), Some(document.text.clone()))].into();
    assert_eq!(before.diagnostics().len(), 0);
    assert_eq!(before.with_texts(&texts).diagnostics().len(), 1);
}

#[test]
fn a_file_with_the_key_of_the_list_is_the_story_by_any_title() {
    let stories = |file: &str| {
        format!(
            "//- /docs/sprint-status.yaml\n  development_status:\n    pm-05: in-progress\n    pm-05-7-reports: done\n    pm-05-8-mail: backlog\n\
             //- /docs/{file}\n  # PM-05.7: Reports\n\n  **Epic:** PM-05\n  **Status:** In Progress\n\n  ## Tasks Checklist\n  - [ ] Draw it\n"
        )
    };
    let own = stories("stories/pm-05-7-reports.md");
    let (found, _) = analysis(&own);
    assert_eq!(findings_by_rule(&found).get("drift"), Some(&1));
    let done = set(&own, "pm-05-7", "review").expect("a change");
    assert!(
        done.contains("pm-05-7-reports: review") && done.contains("**Status:** Review"),
        "{done}"
    );
    let closed = own.replace("In Progress", "Done");
    let (closed, _) = analysis(&closed);
    assert_eq!(findings_by_rule(&closed).get("unchecked-work"), Some(&1));
    // What has the number alone is about the story.
    for other in ["stories/pm-05-7-decision.md", "stories/pm-05-9-plan.md"] {
        let (found, _) = analysis(&stories(other).replace("In Progress", "GO"));
        assert!(findings_by_rule(&found).is_empty(), "{other}");
        assert_eq!(found.index.tasks.len(), 3, "{other}");
    }
}

#[test]
fn a_task_is_meant_without_what_its_id_is_written_with_where_one_is() {
    let stories = "//- /docs/sprint-status.yaml\n  development_status:\n    3-2-form: done\n    4-1-log-in: done\n    5-5-1-map: done\n    5.5-1-find: done\n";
    let (stories, _) = analysis(stories);
    for (name, id) in [
        ("Story 3.2", "3-2"),
        ("story-4.1", "4-1"),
        ("4-1-log-in", "4-1"),
        ("Story 5.5-1", "5.5-1"),
    ] {
        let task = task_meant(&stories, name).expect(name);
        assert_eq!(task.id.as_str(), id, "{name}");
    }
    for (name, remedy) in [("3.2", "near ids: 3-2"), ("Story 5.5.1", "name one: ")] {
        let refused = task_meant(&stories, name).expect_err(name);
        assert!(refused.remedy.starts_with(remedy), "{refused}");
    }
    let tracks = |ids: [&str; 2]| {
        ids.map(|id| format!("  ## [ ] Track: It\n  *Link: [it](./tracks/{id}/)*\n\n")).concat()
    };
    let list = |ids| format!("//- /conductor/tracks.md\n{}", tracks(ids));
    let (dated, _) = analysis(&list(["log_in_20260311", "find_20260311"]));
    assert_eq!(task_meant(&dated, "log_in").expect("it").id.as_str(), "log_in_20260311");
    task_meant(&dated, "log").expect_err("no task is called so");
    let beside = "//- /mail/docs/sprint-status.yaml\n  development_status:\n    3-2-form: done\n";
    let (beside, _) = analysis(&format!("{}{beside}", list(["log_in_20260311", "find_20260311"])));
    for name in ["log_in", "Story 3.2"] {
        task_meant(&beside, name).expect("a task of one of two trees");
    }
    let (twice, _) = analysis(&list(["log_in_20260311", "log_in_20260412"]));
    let refused = task_meant(&twice, "log_in").expect_err("two are called so");
    assert_eq!(refused.message, "`log_in` means 2 tasks");
}

/// A phase of GSD with two plans, and what its row says of it.
fn phase(boxes: [char; 2], header: &str, row: &str) -> String {
    let [one, two] = boxes;
    let bar = "---|".repeat(header.matches('|').count() - 1);
    format!(
        "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: A**\n\n  ### Phase 1: A\n  Plans:\n  - [{one}] 01-01-PLAN.md\n  - [{two}] 01-02-PLAN.md\n\n  {header}\n  |{bar}\n  {row}\n"
    )
}

#[test]
fn the_figure_of_a_phase_that_ends_says_all_plans_where_all_are_finished() {
    let header = "| Phase | Plans | Status |";
    let row = "| 1. A | 1/2 | In Progress |";
    let done = set(&phase(['x', 'x'], header, row), "1", "complete").expect("a change");
    assert!(done.contains("| 1. A | 2/2 | Complete |"), "{done}");
    let open = set(&phase(['x', ' '], header, row), "1", "complete").expect("a change");
    assert!(open.contains("| 1. A | 1/2 | Complete |"), "{open}");
    let more = set(&phase(['x', 'x'], header, "| 1. A | 1/3 | In Progress |"), "1", "complete");
    assert!(more.expect("a change").contains("| 1. A | 1/3 | Complete |"));
}

#[test]
fn a_figure_in_brackets_behind_the_status_of_a_row_counts_the_plans() {
    let fixture = |boxes, row: &str| phase(boxes, "| Phase | Name | Status |", row);
    let stale = fixture(['x', ' '], "| 1 | A | In Progress (0/2 plans) |");
    let (found, _) = analysis(&stale);
    assert_eq!(findings_by_rule(&found).get("stale-counter"), Some(&1));
    let right = fixture(['x', ' '], "| 1 | A | In Progress (1/2 plans) |");
    let (found, _) = analysis(&right);
    assert_eq!(findings_by_rule(&found).get("stale-counter"), None);
    let done = set(&right, "01-02", "complete").expect("a change");
    assert!(done.contains("(2/2 plans)"), "{done}");
    let all = fixture(['x', 'x'], "| 1 | A | In Progress (0/2 plans) |");
    let done = set(&all, "1", "complete").expect("a change");
    assert!(done.contains("| Complete (2/2 plans) |"), "{done}");
    // What counts nothing of the phase stays.
    let other = fixture(['x', 'x'], "| 1 | A | In Progress (2 plans) |");
    let done = set(&other, "1", "complete").expect("a change");
    assert!(done.contains("| Complete (2 plans) |"), "{done}");
}

#[test]
fn a_plan_that_is_carried_out_by_its_summary_is_not_offered_next() {
    let road = phase([' ', ' '], "| Phase | Status |", "| 1. A | In Progress |");
    let fixture = format!("{road}//- /.planning/phases/01-a/01-01-SUMMARY.md\n  # Done\n");
    let (analysis, _) = analysis(&fixture);
    let may = |id| analysis.index.may_be_next(analysis.task(id).expect("a task"));
    assert!(!may("01-01") && may("01-02"));
}
