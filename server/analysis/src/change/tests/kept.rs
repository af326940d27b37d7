//! What stands beside a status follows it, or is left alone.

use crate::change::{Intent, Mode, Subject, plan_ticking};
use crate::profile::id::TaskId;
use crate::testing::{AT, analysis, check_all_rules, result, set};

const ROADMAP: &str = "\
//- /.planning/ROADMAP.md
  - [x] **Phase 1: Log in**
  - [ ] **Phase 2: Log out**

  | Phase | Status | Completed |
  |---|---|---|
  | 1. Log in | Complete | 2025-12-24 |
  | 2. Log out | In Progress | - |
";

#[test]
fn the_day_in_a_row_is_that_of_the_end() {
    let opened = set(ROADMAP, "1", "not_started").expect("it may be opened");
    assert!(opened.contains("| 1. Log in | Not Started | - |"), "{opened}");
    let done = set(ROADMAP, "2", "complete").expect("it may be finished");
    assert!(done.contains("| 2. Log out | Complete | 2026-01-02 |"), "{done}");
}

#[test]
fn boxes_with_unknown_marks_are_not_ticked_and_optional_ones_stay() {
    let ticked = |boxes: &str| {
        let fixture = format!("//- /openspec/changes/add-a/tasks.md\n  ## 1. Do it\n{boxes}");
        let (analysis, _) = analysis(&fixture);
        let task = analysis.index.tasks.values().next().expect("a task");
        let to = analysis.index.vocabulary_of(task).by_id("done").expect("a status");
        let (subject, mode) = (Subject::Task(TaskId::new(task.id.as_str())), Mode::Transition);
        let intent = Intent { subject, to, reason: None, at: AT.to_owned(), mode };
        plan_ticking(&analysis, &intent).map(|plan| result(&plan.change))
    };
    let refused = ticked("  - [ ] 1.1 Draw\n  - [!] 1.2 Odd\n").expect_err("a mark is unknown");
    assert!(refused.remedy.contains("[!]"), "{refused}");
    let after = ticked("  - [ ] 1.1 Draw\n  - [ ] 1.2 Archive the change\n").expect("it is done");
    assert!(after.contains("[x] 1.1") && after.contains("[ ] 1.2"), "{after}");
}

#[test]
fn a_sign_means_what_the_word_beside_it_says() {
    let plan = "//- /PLAN.md\n  # Plan\n  **Status**: Planning\n\n  ## Phase 1: Store\n  **Status**: 🚧 In progress\n\n  ## Phase 4: Qux ⏳\n  **Status:** ⏳ Pending\n";
    let (analysis, _) = analysis(plan);
    let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
    assert!(!found.contains(&"drift"), "{found:?}");
}

#[test]
fn a_finished_task_does_not_hide_that_others_wait_for_each_other() {
    let entry = |id: u32, status: &str, depends: &str| {
        format!(
            "  ### {id}. Task {id}\n  - **Status**: [{status}]\n  - **Dependencies**: {depends}\n\n"
        )
    };
    let todo =
        [entry(1, "NOT STARTED", "2, 4"), entry(2, "COMPLETED", "1"), entry(4, "NOT STARTED", "1")];
    let fixture = format!(
        "//- /specs/TODO.md\n{}//- /specs/state.json\n  {{ \"active_projects\": [] }}\n",
        todo.concat()
    );
    let (analysis, _) = analysis(&fixture);
    let found = analysis.diagnostics().iter().filter(|it| it.rule == "dependency-cycle");
    assert_eq!(found.count(), 1);
}

#[test]
fn finished_tasks_alone_tell_how_tasks_are_kept() {
    let fixture =
        "//- /backlog/completed/task-1-A.md\n  ---\n  id: task-1\n  status: Done\n  ---\n";
    let (analysis, _) = analysis(fixture);
    assert!(!analysis.index.spelled("1").is_empty());
}

#[test]
fn a_box_of_any_mark_tells_how_tasks_are_kept() {
    let fixture = "//- /specs/001-x/tasks.md\n  - [~] T001 Create\n  - [-] T002 Dropped\n";
    let (analysis, _) = analysis(fixture);
    assert!(analysis.instances.iter().any(|it| it.id == "spec-kit"));
    check_all_rules(fixture);
}

#[test]
fn what_says_no_status_where_nothing_else_can_is_found_and_set_says_why() {
    let silent = "//- /backlog/tasks/task-1-A.md\n  ---\n  id: task-1\n  title: A\n  ---\n  # A\n";
    let record = "//- /.taskmaster/tasks/tasks.json\n  { \"master\": { \"tasks\": [{ \"id\": 1, \"title\": \"A\" }] } }\n";
    for fixture in [silent, record] {
        let (analysis, _) = analysis(fixture);
        let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
        assert_eq!(found, ["missing-status"]);
    }
    let refused = set(silent, "1", "done").expect_err("it has no place");
    assert!(refused.message.contains("has no status in backlog/tasks/task-1-A.md"), "{refused}");
    let folded = silent.replace("title: A", "status: >\n    To Do\n  title: A");
    let refused = set(&folded, "1", "done").expect_err("it is not read");
    assert!(refused.message.contains("is in a form that is not read"), "{refused}");
}

#[test]
fn a_time_beside_a_status_in_front_matter_stands_there() {
    let profile = "\
//- /lockstep.toml
  id = \"decisions\"
  [[vocabulary.task]]
  id = \"open\"
  category = \"open\"
  next = [\"accepted\"]
  [[vocabulary.task]]
  id = \"accepted\"
  category = \"done\"
  stamp = \"Decided\"
  [[role]]
  id = \"adr\"
  files = [\"*.md\"]
  path = '(?<id>[0-9]+)'
  document = { kind = \"task\", front_matter = \"status\" }
//- /7.md
  ---
  status: open
";
    let without = format!("{profile}  title: A\n  ---\n  # A\n");
    let after = set(&without, "7", "accepted").expect("it may be decided");
    assert!(after.contains("status: accepted\n  decided: 2026-01-02\n  title: A\n"), "{after}");
    let with = format!("{profile}  decided: 2025-12-24\n  ---\n  # A\n");
    let after = set(&with, "7", "accepted").expect("it may be decided");
    assert!(after.contains("status: accepted\n  decided: 2026-01-02\n  ---\n"), "{after}");
}
