//! Plans of whole workspaces.

mod at_end;
mod conventions;
mod fidelity;
mod figures;
mod forms;
mod ids;
mod kept;
mod legends;
mod listed;
mod marks;
mod one_task;
mod padded;
mod parts;
mod planning;
mod remarks;
mod reopening;
mod rows;
mod shapes;
mod signs;
mod stamped;
mod ticking;
mod touched;
mod tracks;
mod words;

use expect_test::{Expect, expect};

use crate::change::{Intent, Mode, RefusalKind, Subject};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::testing::{AT, set, set_phase, set_with};

const TWO_FILES: &str = r#"
//- /specs/TODO.md
  # Tasks

  ### 7. Add login
  - **Status**: [PLANNED]

  Guests have no session yet.
//- /specs/state.json
  {
    "active_projects": [
      {
        "project_number": 7,
        "project_name": "add_login",
        "status": "planned",
        "last_updated": "2025-12-31T00:00:00Z"
      }
    ]
  }
"#;

#[track_caller]
fn check_set(fixture: &str, task: &str, status: &str, expected: Expect) {
    match set(fixture, task, status) {
        Ok(after) => expected.assert_eq(&after),
        Err(refusal) => panic!("refused: {refusal}"),
    }
}

#[test]
fn a_task_changes_wherever_it_stands() {
    check_set(
        TWO_FILES,
        "7",
        "implementing",
        expect![[r#"
        //- /specs/TODO.md
          # Tasks

          ### 7. Add login
          - **Status**: [IMPLEMENTING]
          - **Started**: 2026-01-02

          Guests have no session yet.
        //- /specs/state.json
          {
            "active_projects": [
              {
                "project_number": 7,
                "project_name": "add_login",
                "status": "implementing",
                "started": "2026-01-02",
                "last_updated": "2026-01-02T03:04:05Z"
              }
            ]
          }
    "#]],
    );
}

#[test]
fn a_status_that_stands_already_changes_nothing() {
    check_set(TWO_FILES, "#7", "planned", expect![""]);
}

#[test]
fn a_task_without_status_gets_one_above_its_prose() {
    check_set(
        r#"
//- /specs/TODO.md eol:crlf
  ### 7. Add login
  Guests have no session yet.

  - **Effort**: 2 hours
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "project_name": "add_login" }] }
"#,
        "7",
        "planned",
        expect![[r#"
            //- /specs/TODO.md eol:crlf
              ### 7. Add login
              - **Status**: [PLANNED]
              - **Planned**: 2026-01-02

              Guests have no session yet.

              - **Effort**: 2 hours
            //- /specs/state.json
              { "active_projects": [{ "project_number": 7, "project_name": "add_login", "status": "planned", "planned": "2026-01-02" }] }
        "#]],
    );
}

#[test]
fn counters_follow_the_tasks() {
    check_set(
        r#"
//- /specs/TODO.md
  ---
  next_project_number: 9
  task_counts:
    active: 2
    not_started: 1
    in_progress: 0
  ---
  ### 7. Add login
  - **Status**: [NOT STARTED]

  ### 8. Add logout
  - **Status**: [PLANNED]
//- /specs/007_add_login/plans/implementation-001.md
//- /specs/007_add_login/state.json
  { "status": "not_started" }
"#,
        "7",
        "planning",
        expect![[r#"
            //- /specs/007_add_login/state.json
              { "status": "planning", "started": "2026-01-02" }
            //- /specs/TODO.md
              ---
              next_project_number: 9
              task_counts:
                active: 2
                not_started: 0
                in_progress: 1
              ---
              ### 7. Add login
              - **Status**: [PLANNING]

              ### 8. Add logout
              - **Status**: [PLANNED]
        "#]],
    );
}

#[test]
fn a_phase_takes_its_plan_and_task_along() {
    let after = set_phase(
        r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/007_add_login/state.json
  { "status": "planned" }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [NOT STARTED]

  ### Phase 1: Store [NOT STARTED]

  Choose one first.

  ### Phase 2: Form [NOT STARTED]
"#,
        "7",
        "1",
        "in_progress",
    );
    expect![[r#"
        //- /specs/007_add_login/plans/implementation-001.md
          # Plan for task 7
          - **Status**: [IN PROGRESS]

          ### Phase 1: Store [IN PROGRESS]

          - **Started**: 2026-01-02T03:04:05Z

          Choose one first.

          ### Phase 2: Form [NOT STARTED]
        //- /specs/007_add_login/state.json
          { "status": "implementing", "started": "2026-01-02" }
        //- /specs/TODO.md
          ### 7. Add login
          - **Status**: [IMPLEMENTING]
          - **Started**: 2026-01-02
    "#]]
    .assert_eq(&after.unwrap_or_else(|refusal| panic!("refused: {refusal}")));
}

#[track_caller]
fn check_refused(fixture: &str, task: &str, status: &str, kind: RefusalKind, expected: Expect) {
    match set(fixture, task, status) {
        Ok(after) => panic!("planned:\n{after}"),
        Err(refusal) => {
            expected.assert_eq(&refusal.to_string());
            assert_eq!(refusal.kind, kind);
        }
    }
}

#[test]
fn refusals_say_what_can_be_done() {
    check_refused(
        TWO_FILES,
        "7",
        "completed",
        RefusalKind::NotAllowed,
        expect![
            "task 7 cannot change from planned to completed; allowed next: revising, implementing, blocked"
        ],
    );
    check_refused(
        TWO_FILES,
        "8",
        "planned",
        RefusalKind::NotFound,
        expect!["no task 8; `lockstep list` shows the tasks"],
    );
    check_refused(
        TWO_FILES,
        "7",
        "blocked",
        RefusalKind::ReasonMissing,
        expect![
            "task 7 needs a reason to be blocked; add `--reason \"why\"`; it is written as `Blocking Reason`"
        ],
    );
    let broken = TWO_FILES.replace("\"planned\",", "\"planned\"");
    check_refused(
        &broken,
        "7",
        "implementing",
        RefusalKind::Malformed,
        expect![
            "specs/state.json:7:7: expected `,` before this member; correct the file first; a status is changed in all files or in none"
        ],
    );
    let archived = TWO_FILES.replace("/specs/", "/specs/archive/");
    check_refused(
        &archived,
        "7",
        "implementing",
        RefusalKind::History,
        expect!["task 7 is archived; undo its archiving first; archives are not edited"],
    );
    let twins = |title: &str| {
        format!(
            "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n\n  ### 7. {title}\n  - **Status**: [NOT STARTED]\n//- /specs/state.json\n  {{ \"active_projects\": [] }}\n"
        )
    };
    check_refused(
        &twins("Add logout"),
        "7",
        "implementing",
        RefusalKind::Ambiguous,
        expect![
            "2 entries of specs/TODO.md are task 7: lines 1, 4; give each of them an id of its own"
        ],
    );
    assert!(
        crate::testing::set(&twins("add Login"), "7", "implementing").is_ok(),
        "one title, one task"
    );
}

#[test]
fn a_reason_is_written_beside_the_status() {
    let after = set_with(TWO_FILES, |analysis| Intent {
        subject: Subject::Task(TaskId::new("7")),
        to: analysis.profile.vocabulary(EntityKind::Task).by_id("blocked").unwrap(),
        reason: Some("waits for the \"design\"".to_owned()),
        at: AT.to_owned(),
        mode: Mode::Transition,
    });
    expect![[r#"
        //- /specs/TODO.md
          # Tasks

          ### 7. Add login
          - **Status**: [BLOCKED]
          - **Blocked**: 2026-01-02
          - **Blocking Reason**: waits for the "design"

          Guests have no session yet.
        //- /specs/state.json
          {
            "active_projects": [
              {
                "project_number": 7,
                "project_name": "add_login",
                "status": "blocked",
                "blocked": "2026-01-02",
                "blocking_reason": "waits for the \"design\"",
                "last_updated": "2026-01-02T03:04:05Z"
              }
            ]
          }
    "#]]
    .assert_eq(&after.unwrap_or_else(|refusal| panic!("refused: {refusal}")));
}

#[test]
fn fields_beside_check_boxes_are_no_check_boxes() {
    check_set(
        "\
//- /specs/TODO.md
  ### 7. Add login
  - [x] **Design** the form
  - **Effort**: 2 hours
//- /specs/state.json
  { \"active_projects\": [] }
",
        "7",
        "planned",
        expect![[r#"
            //- /specs/TODO.md
              ### 7. Add login
              - **Status**: [PLANNED]
              - **Planned**: 2026-01-02
              - [x] **Design** the form
              - **Effort**: 2 hours
        "#]],
    );
    let after = set_phase(
        "\
//- /specs/007_add_login/plans/implementation-001.md
  # Plan

  ### Phase 1: Store [NOT STARTED]
  - [ ] **Task 1**: Choose one
",
        "7",
        "1",
        "in_progress",
    );
    expect![[r#"
        //- /specs/007_add_login/plans/implementation-001.md
          # Plan

          ### Phase 1: Store [IN PROGRESS]
          - **Started**: 2026-01-02T03:04:05Z
          - [ ] **Task 1**: Choose one
    "#]]
    .assert_eq(&after.unwrap_or_else(|refusal| panic!("refused: {refusal}")));
}

#[test]
fn an_underlined_heading_keeps_its_underline() {
    check_set(
        "\
//- /specs/TODO.md
  Task 7: Add login
  -----------------
  - **Effort**: 2 hours
//- /specs/state.json
  { \"active_projects\": [] }
",
        "7",
        "planned",
        expect![[r#"
            //- /specs/TODO.md
              Task 7: Add login
              -----------------
              - **Status**: [PLANNED]
              - **Planned**: 2026-01-02
              - **Effort**: 2 hours
        "#]],
    );
}

#[test]
fn what_goes_on_below_a_status_stays_below_it() {
    check_set(
        "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
    since Monday
    - by the designer
  - **Effort**: 2 hours
//- /specs/state.json
  { \"active_projects\": [] }
",
        "7",
        "implementing",
        expect![[r#"
            //- /specs/TODO.md
              ### 7. Add login
              - **Status**: [IMPLEMENTING]
                since Monday
                - by the designer
              - **Started**: 2026-01-02
              - **Effort**: 2 hours
        "#]],
    );
}

#[test]
fn a_stamp_replaces_a_time_and_nothing_else() {
    check_set(
        "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [RESEARCHING]
  - **Researched**: 2025-11-01 (by hand)
//- /specs/007_add_login/state.json
  { \"status\": \"researching\", \"researched\": \"all but the forms\" }
//- /specs/state.json
  { \"active_projects\": [] }
",
        "7",
        "researched",
        expect![[r#"
            //- /specs/007_add_login/state.json
              { "status": "researched", "researched": "all but the forms" }
            //- /specs/TODO.md
              ### 7. Add login
              - **Status**: [RESEARCHED]
              - **Researched**: 2026-01-02 (by hand)
        "#]],
    );
}

#[test]
fn a_reason_replaces_its_own_kind_only() {
    let blocked = |fixture: &str| {
        set_with(fixture, |analysis| Intent {
            subject: Subject::Task(TaskId::new("7")),
            to: analysis.profile.vocabulary(EntityKind::Task).by_id("blocked").unwrap(),
            reason: Some("no designer".to_owned()),
            at: AT.to_owned(),
            mode: Mode::Transition,
        })
    };
    let after = blocked(
        r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
  - **Blocked**: 2026-01-02
  - **Abandonment Reason**: nobody asked
  - **Blocked by**: Task 12
  - **Blocked Reason**: no designer
    to be found
    - asked twice
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "planned", "blocked_by": [12], "abandoned_reason": "nobody asked" }] }
"#,
    );
    expect![[r#"
        //- /specs/TODO.md
          ### 7. Add login
          - **Status**: [BLOCKED]
          - **Blocked**: 2026-01-02
          - **Abandonment Reason**: nobody asked
          - **Blocked by**: Task 12
          - **Blocked Reason**: no designer
            - asked twice
        //- /specs/state.json
          { "active_projects": [{ "project_number": 7, "status": "blocked", "blocked": "2026-01-02", "blocking_reason": "no designer", "blocked_by": [12], "abandoned_reason": "nobody asked" }] }
    "#]]
    .assert_eq(&after.unwrap_or_else(|refusal| panic!("refused: {refusal}")));
}

#[test]
fn a_box_beside_a_marker_changes_only_to_agree_with_it() {
    let list = "//- /TODO.md\n  - [ ] Add login [TODO]\n";
    check_set(
        list,
        "add-login",
        "in_progress",
        expect![[r#"
            //- /TODO.md
              - [ ] Add login [IN PROGRESS]
        "#]],
    );
    check_set(
        list,
        "add-login",
        "done",
        expect![[r#"
            //- /TODO.md
              - [x] Add login [COMPLETED]
        "#]],
    );
}
