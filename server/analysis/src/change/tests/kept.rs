//! What stands beside a status follows it, or is left alone.

use crate::analysis::mending;
use crate::change::{Intent, Mode, Subject, plan_ticking};
use crate::profile::id::TaskId;
use crate::rules::Diagnostic;
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

/// A row that a fix brings to *Complete* says since when, where the list of phases does.
#[test]
fn a_fix_takes_the_day_from_where_it_is_told() {
    for (cell, box_line, becomes) in [
        ("-", "[x] **Phase 2: Log out** (completed 2026-01-14)", "2026-01-14"),
        ("", "[x] **Phase 2: Log out** — completed 2026-01-14", "2026-01-14"),
        ("2026-01-10", "[x] **Phase 2: Log out** (completed 2026-01-14)", "2026-01-10"),
        ("soon", "[x] **Phase 2: Log out** (completed 2026-01-14)", "soon"),
        // Nobody tells it.
        ("-", "[x] **Phase 2: Log out**", "-"),
        ("-", "[x] **Phase 2: Log out** (planned 2026-01-14)", "-"),
    ] {
        let row = |status: &str, day: &str| format!("| 2. Log out | {status} | {day} |");
        let fixture = ROADMAP
            .replace("[ ] **Phase 2: Log out**", box_line)
            .replace(&row("In Progress", "-"), &row("In Progress", cell));
        let (before, _) = analysis(&fixture);
        let (change, _) = mending::fix_all(&before, AT, &|_| true);
        let after = before.with_texts(&change.after());
        let text = after.index.document(".planning/ROADMAP.md").expect("a file").1.text.to_string();
        assert!(text.contains(&row("Complete", becomes)), "{cell} {box_line}: {text}");
    }
}

#[test]
fn the_day_in_a_row_is_that_of_the_end() {
    let opened = set(ROADMAP, "1", "not_started").expect("it may be opened");
    assert!(opened.contains("| 1. Log in | Not started | - |"), "{opened}");
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
fn a_line_for_the_status_that_is_not_read_gets_no_second_one_beside_it() {
    let entry = |status: &str| {
        let record = r#"{"active_projects": [{"project_number": 1, "project_name": "first", "status": "not_started"}]}"#;
        format!(
            "//- /specs/TODO.md\n  # TODO\n\n  ## Tasks\n\n  ### 1. First\n  - **Status**: {status}\n  - **Effort**: 1h\n\
             //- /specs/state.json\n  {record}\n"
        )
    };
    let sentence = "We must talk to Bob before anything can begin";
    for said in [sentence, "not yet begun at all", "~~[NOT STARTED]~~", "[NOT STARTED](#legend)"] {
        let refused = set(&entry(said), "1", "researching").expect_err("it is not read");
        let told = format!("`{said}` at specs/TODO.md:6:15 is in the place of the status");
        assert!(refused.message.starts_with(&told), "{refused}");
    }
    let refused = set(&entry("waiting for Bob to answer"), "1", "researching");
    let refused = refused.expect_err("who waits for Bob does not look for him");
    assert!(
        refused.message.contains("`for Bob to answer` behind it belongs to its old status"),
        "{refused}"
    );
    for said in
        ["Researched, but not written down", "researched; see the notes", "researched (3/5)"]
    {
        let refused = set(&entry(said), "1", "planning").expect_err("it is told of the old status");
        assert!(refused.message.contains("behind it belongs to its old status"), "{refused}");
    }
    // What says nothing yet is filled in, and a field beside the status is none.
    for (said, after) in [
        ("", "[RESEARCHING]"),
        ("[NOT STARTED] | **Blocked by**: none", "[RESEARCHING] | **Blocked by**: none"),
    ] {
        let set = set(&entry(said), "1", "researching").expect("a change");
        assert!(set.contains(&format!("- **Status**: {after}\n")), "{set}");
        assert_eq!(set.matches("**Status**").count(), 1, "{set}");
    }
}

#[test]
fn what_may_be_an_example_or_a_draft_is_neither_changed_nor_a_witness() {
    for open in ["```\n  example", "<!-- draft"] {
        let record = |id: u8, status: &str| {
            format!(
                "{{ \"project_number\": {id}, \"project_name\": \"x\", \"status\": \"{status}\" }}"
            )
        };
        let entry = |id: u8| format!("  ### {id}. Task\n  - **Status**: [NOT STARTED]\n\n");
        let fixture = format!(
            "//- /specs/TODO.md\n  # TODO\n\n{}  {open}\n\n{}//- /specs/state.json\n  {{ \"active_projects\": [{}, {}] }}\n",
            entry(1),
            entry(2),
            record(1, "not_started"),
            record(2, "completed"),
        );
        let (analysis, _) = analysis(&fixture);
        let is_drift = |it: &&Diagnostic| it.rule == "drift";
        assert_eq!(analysis.diagnostics().iter().filter(is_drift).count(), 1, "{open}");
        let (fixed, _) = mending::fix_all(&analysis, AT, &|_| true);
        assert_eq!(result(&fixed), "", "{open}");
        let refused = set(&fixture, "2", "researching").expect_err("it may be no task");
        assert!(refused.message.contains("is never closed; what follows"), "{refused}");
        assert!(set(&fixture, "1", "researching").is_ok(), "it stands before");
    }
}

#[test]
fn a_fix_leaves_a_status_whose_words_go_on() {
    let fixture = |behind: &str| {
        let tracker = "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-2-log-in: done\n";
        format!(
            "{tracker}//- /docs/1-2-log-in.md\n  # Story 1.2: Log in\n\n  Status: review{behind}\n"
        )
    };
    let fixed = |behind: &str| {
        let (analysis, _) = analysis(&fixture(behind));
        result(&mending::fix_all(&analysis, AT, &|_| true).0)
    };
    assert!(fixed(" (since May)").contains("Status: done (since May)"));
    assert_eq!(fixed(" — code is complete, smoke test is still to come"), "");
}

#[test]
fn no_file_is_changed_beside_one_whose_status_is_not_read() {
    let tracker = "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-2-log-in: done\n";
    let story = "//- /docs/1-2-log-in.md\n  # Story 1.2: Log in\n\n  Status: In progress thanks to Bob and his team\n";
    let refused = set(&format!("{tracker}{story}"), "1-2", "review").expect_err("it is not read");
    assert!(
        refused.message.contains("docs/1-2-log-in.md:3:9 is in the place of the status"),
        "{refused}"
    );
    let spec = "//- /process/tasks.md\n  - [ ] Log in [#001](tasks/001-log-in.md)\n";
    let section = |said: &str| {
        format!("{spec}//- /process/tasks/001-log-in.md\n  # Log in\n\n  ## Status\n\n  {said}\n")
    };
    let refused = set(&section("All of it works as it should by now"), "1", "in_progress");
    assert!(refused.expect_err("it is not read").message.contains("001-log-in.md:5:1"));
    let both = set(&section("TODO | blocked by nothing"), "1", "in_progress").expect("a change");
    assert!(both.contains("IN-PROGRESS | blocked by nothing"), "{both}");
}

#[test]
fn of_a_key_that_stands_twice_nobody_knows_which_is_believed() {
    let twice = "//- /backlog/tasks/task-1-A.md\n  ---\n  id: task-1\n  status: To Do\n  status: Done\n  ---\n  # A\n";
    let refused = set(twice, "1", "done").expect_err("it has two");
    assert!(
        refused.message.contains("`status` of backlog/tasks/task-1-A.md stands twice"),
        "{refused}"
    );
    let (analysis, _) = analysis(twice);
    assert!(analysis.diagnostics().iter().any(|it| it.rule == "malformed-file"));
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

const PHASE: &str = "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 4: Costs** - each call

  | Phase | Plans Complete | Status | Completed |
  |-------|----------------|--------|-----------|
  | 4. Costs | 0/TBD | Not started | - |
//- /.planning/phases/04-costs/04-01-SUMMARY.md
  # Plan 04-01
";

#[test]
fn a_phase_is_not_finished_while_a_plan_is_not_carried_out() {
    let fixed = |more: &str| {
        let (analysis, _) = analysis(&format!("{PHASE}{more}"));
        result(&mending::fix_all(&analysis, AT, &|_| true).0)
    };
    assert!(fixed("").contains("- [x] **Phase 4"), "{}", fixed(""));
    let plan = "//- /.planning/phases/04-costs/04-02-PLAN.md\n  - [x] read the bill\n";
    assert!(!fixed(plan).contains("- [x]"), "{}", fixed(plan));
    let counted = PHASE.replace("0/TBD", "1/3");
    let (told, _) = analysis(&counted);
    let of_all = result(&mending::fix_all(&told, AT, &|_| true).0);
    assert!(!of_all.contains("- [x]"), "{of_all}");
    let paused = PHASE
        .replace("  # Plan 04-01", "  ---\n  status: checkpoint-pending\n  ---\n  # Plan 04-01");
    let (analysis, _) = analysis(&paused);
    assert_eq!(result(&mending::fix_all(&analysis, AT, &|_| true).0), "");
}
