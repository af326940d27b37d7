//! Which places are one task: what is not certain is refused, and no place is left behind.

use expect_test::{Expect, expect};

use crate::rules::drift;
use crate::testing::{analysis, check_all_rules, check_facts, set};

#[track_caller]
fn check_set(fixture: &str, task: &str, status: &str, expected: Expect) {
    match set(fixture, task, status) {
        Ok(after) => expected.assert_eq(&after),
        Err(refusal) => expected.assert_eq(&refusal.to_string()),
    }
}

const DECIMALS: &str = r#"
//- /docs/sprint-status.yaml
  development_status:
    epic-0: done
    0-1-start: done
    epic-0-5: in-progress
    0-5-1-contact: in-progress
    0-5-2-upload: backlog
    epic-7: in-progress
    7-5-fuzzy: in-progress
    epic-7-5: in-progress
    7-5-1-safety: backlog
"#;

#[test]
fn stories_of_an_epic_between_two_others_are_its_own() {
    check_all_rules(DECIMALS);
    check_set(
        DECIMALS,
        "7-5",
        "review",
        expect![[r#"
        //- /docs/sprint-status.yaml
          development_status:
            epic-0: done
            0-1-start: done
            epic-0-5: in-progress
            0-5-1-contact: in-progress
            0-5-2-upload: backlog
            epic-7: in-progress
            7-5-fuzzy: review
            epic-7-5: in-progress
            7-5-1-safety: backlog
    "#]],
    );
    check_set(
        DECIMALS,
        "7-5-1",
        "in-progress",
        expect![[r#"
        //- /docs/sprint-status.yaml
          development_status:
            epic-0: done
            0-1-start: done
            epic-0-5: in-progress
            0-5-1-contact: in-progress
            0-5-2-upload: backlog
            epic-7: in-progress
            7-5-fuzzy: in-progress
            epic-7-5: in-progress
            7-5-1-safety: in-progress
    "#]],
    );
}

#[test]
fn the_key_of_a_record_is_a_name_of_its_task() {
    let (analysis, _) = analysis(DECIMALS);
    let id = |name| crate::operation::task_meant(&analysis, name).map(|task| task.id.to_string());
    assert_eq!(id("0-5-1-contact").as_deref(), Ok("0-5-1"));
    assert!(id("0-5-1-cont").is_err());
}

#[test]
fn two_records_with_one_id_are_no_certain_one_task() {
    let fixture = r#"
//- /docs/sprint-status.yaml
  development_status:
    1-2-log-in: in-progress
    1-2-log-out: backlog
"#;
    check_set(
        fixture,
        "1-2",
        "review",
        expect![
            "2 entries of docs/sprint-status.yaml are task 1-2: lines 2, 3; give each of them an id of its own"
        ],
    );
    let (analysis, _) = analysis(fixture);
    let found = analysis.diagnostics().iter();
    assert!(found.clone().any(|it| it.rule == drift::RULE.id));
    assert!(found.filter(|it| it.rule == drift::RULE.id).all(|it| !it.fixable));
}

#[test]
fn a_file_of_data_that_is_empty_still_tells_how_tasks_are_kept() {
    for text in ["", "  \0\n"] {
        let fixture = format!(
            "//- /docs/sprint-status.yaml\n{text}//- /docs/1-1-log-in.md\n  # Story 1.1: Log in\n\n  Status: review\n"
        );
        let (analysis, _) = analysis(&fixture);
        let ids: Vec<&str> = analysis.instances.iter().map(|it| it.id.as_str()).collect();
        assert!(ids.contains(&"bmad"), "{ids:?}");
        let found: Vec<_> =
            analysis.diagnostics().iter().map(|it| (it.rule, &*it.message)).collect();
        assert!(!found.is_empty(), "{text:?} is no tracker");
        assert!(set(&fixture, "1-1", "done").is_err(), "{text:?}");
    }
}

#[test]
fn an_emptied_state_tells_how_the_entries_beside_it_are_kept() {
    let fixture =
        "//- /specs/state.json\n//- /specs/TODO.md\n  ### 1. A\n  - **Status**: [PLANNED]\n";
    check_set(
        fixture,
        "1",
        "implementing",
        expect![
            "specs/state.json:1:1: expected a JSON value, the document is empty; correct the file first; a status is changed in all files or in none"
        ],
    );
    let null = fixture.replace("state.json\n", "state.json\n  null\n");
    let refused = set(&null, "1", "implementing").expect_err("it may hold the task");
    assert!(refused.message.contains("the document is null"), "{refused}");
    let other = "//- /terraform/state.json\n//- /TODO.md\n  - [ ] A\n";
    let (analysis, _) = analysis(other);
    let ids: Vec<&str> = analysis.instances.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["checklist"], "an empty file elsewhere tells nothing");
}

const DEFERRED: &str = r#"
//- /.planning/ROADMAP.md
  - [ ] **Phase 2: Log out** - with a button

  | Phase | Plans Complete | Status | Completed |
  |-------|----------------|--------|-----------|
  | 2. Log out | 0/1 | Not started | - |
"#;

#[test]
fn what_is_dropped_has_an_open_box_where_the_box_has_no_mark_for_it() {
    check_set(
        DEFERRED,
        "2",
        "deferred",
        expect![[r#"
        //- /.planning/ROADMAP.md
          - [ ] **Phase 2: Log out** - with a button

          | Phase | Plans Complete | Status | Completed |
          |-------|----------------|--------|-----------|
          | 2. Log out | 0/1 | Deferred | - |
    "#]],
    );
    check_all_rules(&DEFERRED.replace("Not started", "Deferred"));
}

#[test]
fn a_row_of_several_tasks_is_no_row_of_one() {
    for several in ["1-2", "1, 2", "1 & 2", "1 to 2", "Phase 1–2 (both)"] {
        let fixture = format!(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Phase | Status |\n  |---|---|\n  | {several} | Not started |\n"
        );
        let after = set(&fixture, "1", "complete").expect("the box may be ticked");
        assert!(after.contains("- [x]") && after.contains("| Not started |"), "{several}: {after}");
    }
    let one = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Phase | Status |\n  |---|---|\n  | 1 - 2 forms | Not started |\n";
    let after = set(one, "1", "complete").expect("it is its row");
    assert!(after.contains("| Complete |"), "{after}");
}

const TRACKS: &str = r#"
//- /conductor/tracks.md
  # Project Tracks

  ## [ ] Track: A
  *Link: [./tracks/a_1/](./tracks/a_1/)*

  - [ ] See the [plan](./tracks/a_1/plan.md) first

  ---
  - [~] **Track: B**
    *Link: [./tracks/b_2/](./tracks/b_2/)*
  - [ ] no track

  ## [x] Track: D
  Begun with [A](./tracks/a_1/plan.md).
  *Link: [./tracks/d_4/](./tracks/d_4/)*

  ## [~] Track: F
  | Status | Track | Link |
  |---|---|---|
  | [ ] | G | [g](./tracks/g_7/) |
"#;

#[test]
fn a_track_is_the_one_that_its_own_link_leads_to() {
    check_facts(
        TRACKS,
        "conductor/tracks.md",
        expect![[r#"
        task a_1 "A"
          [ ] new
        task b_2 "Track: B" in "A"
          [~] in_progress
        task d_4 "D"
          [x] completed
        link ./tracks/g_7/
        link ./tracks/a_1/
        link ./tracks/a_1/plan.md
        link ./tracks/b_2/
        link ./tracks/a_1/plan.md
        link ./tracks/d_4/
    "#]],
    );
}

#[test]
fn a_track_is_called_by_its_folder_whatever_its_record_says() {
    let record = "//- /conductor/tracks/b_2/metadata.json\n  { \"track_id\": \"b-2\", \"status\": \"in_progress\" }\n";
    check_set(
        &format!("{TRACKS}{record}"),
        "b_2",
        "completed",
        expect![[r#"
        //- /conductor/tracks.md
          # Project Tracks

          ## [ ] Track: A
          *Link: [./tracks/a_1/](./tracks/a_1/)*

          - [ ] See the [plan](./tracks/a_1/plan.md) first

          ---
          - [x] **Track: B**
            *Link: [./tracks/b_2/](./tracks/b_2/)*
          - [ ] no track

          ## [x] Track: D
          Begun with [A](./tracks/a_1/plan.md).
          *Link: [./tracks/d_4/](./tracks/d_4/)*

          ## [~] Track: F
          | Status | Track | Link |
          |---|---|---|
          | [ ] | G | [g](./tracks/g_7/) |
        //- /conductor/tracks/b_2/metadata.json
          { "track_id": "b-2", "status": "completed" }
    "#]],
    );
}

#[test]
fn a_star_behind_a_box_makes_it_optional() {
    let fixture = "//- /.kiro/specs/login/tasks.md\n  - [ ] 1. Set up\n    - [x] 1.1 Draw it\n    - [ ]* 1.2 Test it\n";
    check_set(
        fixture,
        "1.2",
        "completed",
        expect![[r#"
        //- /.kiro/specs/login/tasks.md
          - [ ] 1. Set up
            - [x] 1.1 Draw it
            - [x]* 1.2 Test it
    "#]],
    );
}

#[test]
fn dependencies_are_the_ids_between_two_and_no_numbers_of_folders() {
    let depends = |words: &str| {
        let fixture = format!(
            "//- /specs/001-x/tasks.md\n  - [ ] T001 One\n  - [ ] T002 Two\n  - [ ] T003 Three\n  - [ ] T004 Four {words}\n"
        );
        let (analysis, _) = analysis(&fixture);
        let task = analysis.index.spelled("T004")[0];
        let place = task.places[0];
        let ids = analysis.index.entity(place).depends.iter().map(|id| id.as_str().to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(depends("(depends on T001-T003)"), "T001 T002 T003");
    assert_eq!(depends("(depends on T001 to T003)"), "T001 T002 T003");
    assert_eq!(depends("- depends on T001, T002"), "T001 T002");
    assert_eq!(depends("(depends on T001 from 002-y)"), "T001");
    assert_eq!(depends("which depends on nothing"), "");
}

const PHASES: &str = r#"
//- /docs/in-progress/login/login-index.md
  # Login

  **Status**: In Progress

  | Phase | File | Status | Time | Progress |
  |---|---|---|---|---|
  | 2 | [Phase 2](login-phase-2.md#top) | 🔄 In Progress (50%) | 2h | 50% |
  | 4 | `login-phase-4.md` | Pending | 2h | |

  - [ ] **[Ship it](./login-phase-3.md)** — Pending — 0% complete (was 10%)
//- /docs/in-progress/login/login-phase-2.md
  # Phase 2

  **Status**: 🔄 In Progress
//- /docs/in-progress/login/login-phase-3.md
  # Phase 3

  **Status**: Pending
//- /docs/in-progress/login/login-phase-4.md
  # Phase 4

  **Status**: Pending
"#;

#[test]
fn a_row_of_a_phase_follows_however_its_file_is_named() {
    check_set(
        PHASES,
        "login-phase-2",
        "completed",
        expect![[r#"
        //- /docs/in-progress/login/login-index.md
          # Login

          **Status**: In Progress

          | Phase | File | Status | Time | Progress |
          |---|---|---|---|---|
          | 2 | [Phase 2](login-phase-2.md#top) | ✅ Completed (100%) | 2h | 100% |
          | 4 | `login-phase-4.md` | Pending | 2h | |

          - [ ] **[Ship it](./login-phase-3.md)** — Pending — 0% complete (was 10%)
        //- /docs/in-progress/login/login-phase-2.md
          # Phase 2

          **Status**: ✅ Completed
    "#]],
    );
    check_set(
        PHASES,
        "login-phase-3",
        "in_progress",
        expect![[r#"
        //- /docs/in-progress/login/login-index.md
          # Login

          **Status**: In Progress

          | Phase | File | Status | Time | Progress |
          |---|---|---|---|---|
          | 2 | [Phase 2](login-phase-2.md#top) | 🔄 In Progress (50%) | 2h | 50% |
          | 4 | `login-phase-4.md` | Pending | 2h | |

          - [ ] **[Ship it](./login-phase-3.md)** — In Progress — 0% complete (was 10%)
        //- /docs/in-progress/login/login-phase-3.md
          # Phase 3

          **Status**: In Progress
    "#]],
    );
    check_set(
        PHASES,
        "login-phase-4",
        "in_progress",
        expect![[r#"
        //- /docs/in-progress/login/login-index.md
          # Login

          **Status**: In Progress

          | Phase | File | Status | Time | Progress |
          |---|---|---|---|---|
          | 2 | [Phase 2](login-phase-2.md#top) | 🔄 In Progress (50%) | 2h | 50% |
          | 4 | `login-phase-4.md` | In Progress | 2h | |

          - [ ] **[Ship it](./login-phase-3.md)** — Pending — 0% complete (was 10%)
        //- /docs/in-progress/login/login-phase-4.md
          # Phase 4

          **Status**: In Progress
    "#]],
    );
}

#[test]
fn a_status_in_a_section_stands_below_comments_in_quotes_and_in_fields() {
    for said in ["<!-- one of TODO, DONE -->\n  DONE", "> DONE", "**Status**: DONE"] {
        for heading in ["## Status", "## Current Status"] {
            let fixture = format!(
                "//- /process/tasks.md\n  - [x] Two [#002](process/tasks/002-two.md)\n//- /process/tasks/002-two.md\n  # Two\n\n  {heading}\n\n  {said}\n"
            );
            let after = set(&fixture, "2", "todo").expect("both places may change");
            assert!(after.contains("- [ ] Two") && after.contains("TODO\n"), "{said}: {after}");
        }
    }
}

#[test]
fn a_fix_takes_no_work_back() {
    for fixture in [
        "//- /tasks/d/_tasks.md\n  | # | Title | Status |\n  |---|---|---|\n  | 01 | One | completed |\n//- /tasks/d/task_01.md\n  ## status: pending\n",
        "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n\n  | Phase | Status | Completed |\n  |---|---|---|\n  | 1. Log in | Complete | 2026-01-01 |\n",
        "//- /docs/sprint-status.yaml\n  development_status:\n    1-1-log-in: ready-for-dev\n//- /docs/1-1-log-in.md\n  # Story 1.1: Log in\n\n  Status: in-progress\n",
    ] {
        let (analysis, _) = analysis(fixture);
        let found = analysis.diagnostics().iter().any(|it| it.rule == drift::RULE.id);
        let (change, _) =
            crate::analysis::mending::fix_all(&analysis, crate::testing::AT, &|_| true);
        assert!(found && change.is_empty(), "{}", change.diff());
    }
}

#[test]
fn the_text_of_a_task_of_a_tag_follows_it() {
    let fixture = "//- /.taskmaster/tasks/tasks.json\n  { \"auth\": { \"tasks\": [{ \"id\": 1, \"title\": \"A\", \"status\": \"pending\" }] } }\n//- /.taskmaster/tasks/task_001_auth.txt\n  # Task ID: 1\n  # Status: pending\n";
    let after = set(fixture, "auth:1", "in-progress").expect("both may change");
    assert!(after.contains("# Status: in-progress"), "{after}");
}

#[test]
fn an_epic_whose_context_is_written_may_have_finished_stories() {
    check_all_rules(
        "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: contexted\n    1-1-a: done\n",
    );
}

#[test]
fn the_whole_id_of_a_part_is_known_in_every_list_of_tasks() {
    let list = |id: &str, part: &str| {
        format!(
            r#"{{ "tasks": [{{ "id": {id}, "title": "F", "status": "done", "subtasks": [{{ "id": {part}, "title": "a", "status": "done" }}] }}] }}"#
        )
    };
    let fixture = format!(
        "//- /.taskmaster/tasks/tasks.json\n  {{ \"master\": {}, \"feat\": {}, \"docs\": {} }}\n",
        list("1", "\"1.1\""),
        list("1", "\"1.1\""),
        list("1", "1"),
    );
    let (analysis, _) = analysis(&fixture);
    let ids: Vec<String> = analysis.index.tasks.keys().map(ToString::to_string).collect();
    assert_eq!(ids, ["1", "1.1", "docs:1", "docs:1.1", "feat:1", "feat:1.1"]);
}

#[test]
fn a_value_that_lacks_quotes_keeps_no_status_from_a_change() {
    let list = "//- /docs/sprint-status.yaml\n  story_location: {project-root}/docs\n  development_status:\n    1-1-log-in: review\n";
    let after = set(list, "1-1", "done").expect("it may be set");
    assert!(
        after.contains("{project-root}/docs\n") && after.contains("1-1-log-in: done"),
        "{after}"
    );
    let broken = list.replace("{project-root}/docs", "{project-root");
    assert!(set(&broken, "1-1", "done").is_err());
}
