//! What was finished and is open again, and tasks of which little is written yet.

use crate::change::{Intent, Mode, Refusal, RefusalKind, Subject, plan};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::testing::{AT, set, set_phase, set_with};

const FINISHED: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2025-12-01
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "completed", "completed": "2025-12-01" }] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan
  - **Status**: [COMPLETED]

  ### Phase 1: Store [COMPLETED]
  - **Completed**: 2025-12-01

  ### Phase 2: Form [COMPLETED]
"#;

fn forced(phase: Option<&str>, status: &str) -> String {
    try_forced(FINISHED, phase, status).expect("it is forced")
}

fn try_forced(fixture: &str, phase: Option<&str>, status: &str) -> Result<String, Refusal> {
    set_with(fixture, |analysis| {
        let (id, kind) = (TaskId::new("7"), EntityKind::Task);
        let (subject, kind) = match phase {
            Some(number) => (Subject::Phase(id, number.to_owned()), EntityKind::Phase),
            None => (Subject::Task(id), kind),
        };
        let to = analysis.profile.vocabulary(kind).by_id(status).expect("known");
        let reason = Some("it was not".to_owned());
        Intent { subject, to, reason, at: AT.to_owned(), mode: Mode::Force }
    })
}

#[test]
fn a_phase_is_not_open_below_a_task_that_is_finished() {
    let refusal = set_phase(FINISHED, "7", "1", "in_progress").expect_err("it is refused");
    assert_eq!(refusal.kind, RefusalKind::NotAllowed, "{refusal}");
}

#[test]
fn a_phase_that_is_forced_open_opens_its_task_and_takes_the_time_of_its_end_back() {
    let after = forced(Some("1"), "in_progress");
    for part in ["Store [IN PROGRESS]", "# Plan\n  - **Status**: [IN PROGRESS]", "[IMPLEMENTING]"] {
        assert!(after.contains(part), "{part}: {after}");
    }
    assert!(!after.contains("ompleted\": ") && !after.contains("**Completed**"), "{after}");
}

/// Whoever forces a phase open is refused, or nothing says any more that the task is finished.
#[track_caller]
fn is_not_left_open(fixture: &str, status: &str) {
    let (analysis, _) = crate::testing::analysis(fixture);
    let to = analysis.profile.vocabulary(EntityKind::Phase).by_id(status).expect("known");
    let subject = Subject::Phase(TaskId::new("7"), "1".to_owned());
    let reason = Some("it was not".to_owned());
    let intent = Intent { subject, to, reason, at: AT.to_owned(), mode: Mode::Force };
    match plan(&analysis, &intent) {
        Err(refusal) => {
            assert_eq!(refusal.kind, RefusalKind::NotAllowed, "{refusal}");
            assert!(refusal.remedy.contains("lockstep set 7"), "{refusal}");
        }
        Ok(planned) => {
            let after = analysis.with_texts(&planned.change.after());
            let task = after.task("7").expect("it is there");
            let statuses = after.index.statuses(task);
            let says: Vec<String> = statuses.map(|spot| spot.raw().to_owned()).collect();
            assert!(!says.concat().to_uppercase().contains("COMPLETED"), "{status}: {says:?}");
        }
    }
}

#[test]
fn no_phase_is_forced_open_below_a_task_that_stays_finished() {
    let own_phases = "//- /TODO.md\n  ## 7. Add login\n  - **Status**: [COMPLETED]\n\n  \
                      ### Phase 1: Store [COMPLETED]\n";
    for status in ["not_started", "in_progress", "partial", "blocked"] {
        is_not_left_open(FINISHED, status);
        is_not_left_open(
            &FINISHED.replace("# Plan\n  - **Status**: [COMPLETED]", "# Plan"),
            status,
        );
        let ahead =
            FINISHED.replace("# Plan\n  - **Status**: [COMPL", "# Plan\n  - **Status**: [PARTIAL");
        is_not_left_open(&ahead.replace("[PARTIALETED]", "[PARTIAL]"), status);
    }
    ["todo", "in_progress", "blocked"]
        .iter()
        .for_each(|status| is_not_left_open(own_phases, status));
}

#[test]
fn a_task_that_is_forced_open_has_no_time_of_its_end_anywhere() {
    let record = "//- /specs/007_add_login/state.json\n  { \"project_number\": 7, \"status\": \
                  \"completed\", \"completed\": \"2025-12-01\" }\n";
    for (phase, status) in [(None, "implementing"), (Some("1"), "in_progress")] {
        let after =
            try_forced(&format!("{FINISHED}{record}"), phase, status).expect("it is forced");
        assert_eq!(after.matches("\"implementing\"").count(), 2, "{after}");
        assert!(!after.contains("\"completed\"") && !after.contains("\"2025-12-01"), "{after}");
        let entry = after.split("- **Status**: [IMPLEMENTING]").nth(1).expect("an entry");
        assert!(!entry.contains("**Completed**"), "{after}");
    }
}

#[test]
fn a_time_with_words_beside_it_stays() {
    let noted = FINISHED.replace("**Completed**: 2025-12-01", "**Completed**: 2025-12-01 by Ann");
    let after = set_with(&noted, |analysis| Intent {
        subject: Subject::Task(TaskId::new("7")),
        to: analysis.profile.vocabulary(EntityKind::Task).by_id("implementing").expect("known"),
        reason: Some("it was not".to_owned()),
        at: AT.to_owned(),
        mode: Mode::Force,
    });
    assert!(after.expect("it is forced").contains("**Completed**: 2025-12-01 by Ann"));
}

#[test]
fn a_status_that_would_stand_nowhere_is_refused() {
    let plan =
        "//- /specs/TODO.md\n  # Tasks\n//- /specs/state.json\n  { \"active_projects\": [] }\n";
    let plan = format!("{plan}//- /specs/007_add_login/plans/implementation-001.md\n  # Plan\n");
    let others: String = (1..=3)
        .map(|n| format!("//- /specs/00{n}_other/plans/implementation-001.md\n  # Plan\n"))
        .collect();
    let refusal = set(&format!("{plan}{others}"), "7", "planned").expect_err("it is refused");
    assert_eq!(refusal.kind, RefusalKind::NotAllowed, "{refusal}");
}

#[test]
fn a_record_that_is_made_holds_the_reason() {
    let (_, plan) = FINISHED.split_once("//- /specs/007").expect("a plan");
    let after = set_with(&format!("//- /specs/007{plan}"), |analysis| Intent {
        subject: Subject::Task(TaskId::new("7")),
        to: analysis.profile.vocabulary(EntityKind::Task).by_id("blocked").expect("known"),
        reason: Some("no network".to_owned()),
        at: AT.to_owned(),
        mode: Mode::Force,
    });
    let after = after.expect("it is made");
    assert!(after.contains("\"blocking_reason\": \"no network\""), "{after}");
}

#[test]
fn a_number_with_a_minus_is_no_task() {
    let (analysis, _) = crate::testing::analysis(
        "//- /specs/TODO.md\n  ### -7. Add login\n  - **Status**: [PLANNED]\n//- /specs/state.json\n  { \"active_projects\": [] }\n",
    );
    assert!(analysis.task("7").is_none());
}

#[test]
fn the_day_at_a_box_goes_with_that_in_the_row_of_its_task() {
    let road = |day: &str| {
        format!(
            "//- /.planning/ROADMAP.md
  - [x] **Phase 1: Draw** - draw it ({day})
  - [x] **Phase 2: Print** - print it (2026-01-03)

  | Phase | Plans Complete | Status | Completed |
  |---|---|---|---|
  | 1. Draw | 1/1 | Complete | 2026-01-02 |
  | 2. Print | 1/1 | Complete | 2026-01-03 |
"
        )
    };
    let after = set(&road("2026-01-02"), "1", "in_progress").expect("it is open again");
    assert!(after.contains("- [ ] **Phase 1: Draw** - draw it\n"), "{after}");
    assert!(after.contains("print it (2026-01-03)\n") && after.contains("| - |"), "{after}");
    // Another day is of something else.
    let after = set(&road("2025-10-10"), "1", "in_progress").expect("it is open again");
    assert!(after.contains("- [ ] **Phase 1: Draw** - draw it (2025-10-10)\n"), "{after}");
}
