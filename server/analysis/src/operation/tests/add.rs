//! New tasks.

use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::{NewTask, Operation, Planner, Refused, Whose, Wish, plan_one};
use crate::testing::{
    AT, analysis, examples, findings_by_rule, new_findings, normal, result, silent_examples,
};

fn planned(analysis: &Analysis, new: NewTask<'_>) -> Result<(SourceChange, String), Refused> {
    let (change, outcome) = plan_one(analysis, &Operation::Add(new), AT, Planner::STILL)?;
    Ok((change, outcome.expect("an outcome").task))
}

#[track_caller]
fn check(fixture: &str, new: NewTask<'_>, id: &str, after: &str) {
    let (analysis, _) = analysis(fixture);
    let (change, task) = planned(&analysis, new).expect("it is planned");
    assert_eq!(result(&change), normal(after));
    assert_eq!(task, id);
}

#[track_caller]
fn refusal(fixture: &str, new: NewTask<'_>) -> String {
    let (analysis, _) = analysis(fixture);
    planned(&analysis, new).map(|(change, _)| result(&change)).expect_err("refused").to_string()
}

fn called(title: &str) -> NewTask<'_> {
    NewTask { title, ..NewTask::default() }
}

const SPECS: &str = r#"
//- /specs/TODO.md
  ---
  next_project_number: 12
  task_counts:
    active: 2
    not_started: 1
  ---
  # TODO

  ### Task 7: Add login
  - **Effort**: 2 hours
  - **Status**: [PLANNED]
  - **Dependencies**: None

  **Description**: A form.

  ---

  ### Task 8: Add logout
  - **Status**: [NOT STARTED]

  ---
//- /specs/state.json
  {
    "next_project_number": 12,
    "active_projects": [
      {
        "project_number": 7,
        "project_name": "add_login",
        "status": "planned",
        "last_updated": "2026-01-01"
      },
      {
        "project_number": 8,
        "project_name": "add_logout",
        "status": "not_started",
        "last_updated": "2026-01-01"
      }
    ]
  }
"#;

#[test]
fn a_task_stands_in_every_file_in_the_form_of_its_neighbours_and_counters_follow() {
    check(
        SPECS,
        called("Write the \"docs\""),
        "12",
        r#"
//- /specs/TODO.md
  ---
  next_project_number: 13
  task_counts:
    active: 3
    not_started: 2
  ---
  # TODO

  ### Task 7: Add login
  - **Effort**: 2 hours
  - **Status**: [PLANNED]
  - **Dependencies**: None

  **Description**: A form.

  ---

  ### Task 8: Add logout
  - **Status**: [NOT STARTED]

  ---

  ### Task 12: Write the "docs"
  - **Status**: [NOT STARTED]

  ---
//- /specs/state.json
  {
    "next_project_number": 13,
    "active_projects": [
      {
        "project_number": 7,
        "project_name": "add_login",
        "status": "planned",
        "last_updated": "2026-01-01"
      },
      {
        "project_number": 8,
        "project_name": "add_logout",
        "status": "not_started",
        "last_updated": "2026-01-01"
      },
      {
        "project_number": 12,
        "project_name": "write_the_docs",
        "status": "not_started",
        "last_updated": "2026-01-02T03:04:05Z"
      }
    ]
  }
"#,
    );
}

#[test]
fn it_stands_behind_the_task_that_is_named() {
    let new = NewTask { after: Some("7"), id: Some("#9"), ..called("Write docs") };
    let (analysis, _) = analysis(SPECS);
    let (change, id) = planned(&analysis, new).expect("it is planned");
    let text = result(&change);
    assert_eq!(id, "9");
    assert!(
        text.contains("A form.\n\n  ---\n\n  ### Task 9: Write docs\n  - **Status**: [NOT STARTED]\n\n  ---\n\n  ### Task 8:"),
        "{text}"
    );
    assert!(text.contains("next_project_number: 12"), "{text}");
}

#[test]
fn lines_that_part_tasks_stand_between_them() {
    let last = SPECS
        .replace("  - **Status**: [NOT STARTED]\n\n  ---\n", "  - **Status**: [NOT STARTED]\n");
    let (analysis, _) = analysis(&last);
    let (change, _) = planned(&analysis, called("Write docs")).expect("it is planned");
    let text = result(&change);
    let expected =
        "[NOT STARTED]\n\n  ---\n\n  ### Task 12: Write docs\n  - **Status**: [NOT STARTED]\n//-";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_is_written_wrong_is_not_copied() {
    let fixture = "//- /specs/TODO.md\n  # TODO\n\n  ### 7. Add login\n  - **Status**: [PLANNED]\n\n  ### 8. Log out\n  * **Status**: [Not Started\n//- /specs/state.json\n  { \"active_projects\": [] }\n";
    let (analysis, _) = analysis(fixture);
    let (change, _) = planned(&analysis, called("Write docs")).expect("it is planned");
    let text = result(&change);
    assert!(
        text.contains("[Not Started\n\n  ### 9. Write docs\n  - **Status**: [NOT STARTED]\n"),
        "{text}"
    );
}

#[test]
fn tasks_under_several_headings_need_one_to_stand_behind() {
    let many = SPECS
        .replace("  ### Task 8", "  ## Low\n\n  ### Task 8")
        .replace("  ### Task 7", "  ## High\n\n  ### Task 7");
    let message = refusal(&many, called("Write docs"));
    assert!(message.contains("stand in 2 sections: `High`, `Low`"), "{message}");
    assert!(message.ends_with("for example `--after 7`"), "{message}");
}

#[test]
fn the_newest_stands_first_where_all_stand_so_and_numbers_go_on_without_counters() {
    check(
        r#"
//- /specs/TODO.md
  # TODO

  ### [PLANNED] 9. Add login

  - Status: [PLANNED]

  ### 8. Add logout [BLOCKED]
//- /specs/008_x/plans/plan.md
  # Plan
"#,
        called("Write docs"),
        "10",
        r#"
//- /specs/TODO.md
  # TODO

  ### [NOT STARTED] 10. Write docs
  - Status: [NOT STARTED]

  ### [PLANNED] 9. Add login

  - Status: [PLANNED]

  ### 8. Add logout [BLOCKED]
"#,
    );
}

#[test]
fn a_file_without_tasks_gets_the_form_of_the_profile() {
    check(
        r#"
//- /specs/TODO.md
  ---
  next_project_number: 1
  ---
  # TODO
//- /specs/state.json
  {
    "next_project_number": 1,
    "active_projects": []
  }
"#,
        called("Write docs"),
        "1",
        r#"
//- /specs/TODO.md
  ---
  next_project_number: 2
  ---
  # TODO

  ### 1. Write docs
  - **Status**: [NOT STARTED]
//- /specs/state.json
  {
    "next_project_number": 2,
    "active_projects": [
      {
        "project_number": 1,
        "project_name": "write_docs",
        "status": "not_started",
        "created": "2026-01-02T03:04:05Z",
        "last_updated": "2026-01-02T03:04:05Z"
      }
    ]
  }
"#,
    );
}

#[test]
fn boxes_stand_with_those_that_are_open_in_their_form() {
    check(
        "//- /TODO.md\n  # Work\n\n  ## Next\n  * [x] **Draw it**\n  * [ ] **Test it**\n    with care\n\n  ## Done\n  * [x] Ask\n",
        called("Ship it"),
        "ship-it",
        "//- /TODO.md\n  # Work\n\n  ## Next\n  * [x] **Draw it**\n  * [ ] **Test it**\n    with care\n  * [ ] **Ship it**\n\n  ## Done\n  * [x] Ask\n",
    );
    check(
        "//- /TODO.md\n  1. [x] Draw it\n\n  2. [ ] Test it\n",
        called("Ship it"),
        "ship-it",
        "//- /TODO.md\n  1. [x] Draw it\n\n  2. [ ] Test it\n\n  3. [ ] Ship it\n",
    );
    check(
        "//- /TODO.md\n  # Work\n",
        called("Ship it"),
        "ship-it",
        "//- /TODO.md\n  # Work\n\n  - [ ] Ship it\n",
    );
}

#[test]
fn ids_with_letters_go_on() {
    check(
        "//- /specs/012-login/tasks.md\n  ## Phase 1: Setup\n  - [x] T001 Create the folder\n  - [ ] T009 [P] Draw it\n  - [X] T002 Ask\n",
        called("Ship it"),
        "T010",
        "//- /specs/012-login/tasks.md\n  ## Phase 1: Setup\n  - [x] T001 Create the folder\n  - [ ] T009 [P] Draw it\n  - [X] T002 Ask\n  - [ ] T010 Ship it\n",
    );
}

#[test]
fn a_story_stands_behind_the_last_of_its_epic() {
    let tracker = "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-1-log-in: done # at last\n    epic-1-retrospective: optional\n    epic-2: done\n    2-1-find: done\n";
    check(
        tracker,
        NewTask { id: Some("1-2"), ..called("Log out") },
        "1-2",
        "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-1-log-in: done # at last\n    1-2-log-out: backlog\n    epic-1-retrospective: optional\n    epic-2: done\n    2-1-find: done\n",
    );
    let words = refusal(tracker, called("Log out"));
    assert_eq!(words, "ids are words here, and there is no next one; add `--id ID`");
    let of_done = refusal(tracker, NewTask { id: Some("2-2"), ..called("Search") });
    assert!(of_done.contains("stale-rollup at docs/sprint-status.yaml:5"), "{of_done}");
    let of_none = refusal(tracker, NewTask { id: Some("3-1"), ..called("Search") });
    assert!(of_none.contains("name one by `--after`"), "{of_none}");
}

#[test]
fn what_is_not_certain_is_refused_with_the_reason() {
    let several = "//- /TODO.md\n  ## Now\n  - [ ] Draw it\n\n  ## Later\n  - [ ] Test it\n";
    let named = |new| refusal(several, new);
    let message = named(called("Ship it"));
    assert!(message.contains("stand in 2 sections: `Now`, `Later`; name a task"), "{message}");
    let behind = NewTask { after: Some("draw-it"), ..called("Ship it") };
    check(
        several,
        behind,
        "ship-it",
        "//- /TODO.md\n  ## Now\n  - [ ] Draw it\n  - [ ] Ship it\n\n  ## Later\n  - [ ] Test it\n",
    );
    let twice = named(NewTask { title: "Draw it", ..behind });
    assert!(twice.contains("task draw-it is called so already; take that one"), "{twice}");
    assert!(named(NewTask { id: Some("7"), ..behind }).contains("made from its title"));
    assert!(named(called(" \n")).contains("a title is one line"));
    let files = format!("{several}//- /docs/TODO.md\n  - [ ] Ship it\n");
    assert!(refusal(&files, called("x")).contains("2 files take tasks: TODO.md, docs/TODO.md"));
    let inside = NewTask { file: Some("docs/"), ..called("Sell it") };
    check(&files, inside, "sell-it", "//- /docs/TODO.md\n  - [ ] Ship it\n  - [ ] Sell it\n");
    assert!(
        refusal(&files, NewTask { file: Some("src"), ..called("x") }).contains("src is no file")
    );
    let rows = "//- /TODO.md\n  # T\n\n  | ID | Task | Status |\n  |---|---|---|\n  | A-1 | Draw | Todo |\n";
    for new in [called("x"), NewTask { after: Some("A-1"), ..called("x") }] {
        let message = refusal(rows, new);
        assert!(message.contains("its tasks are rows of a table"), "{message}");
    }
    let taken = refusal(SPECS, NewTask { id: Some("007"), ..called("x") });
    assert!(taken.contains("the id 7 is taken by `Add login`"), "{taken}");
    assert!(refusal(SPECS, NewTask { id: Some("a b"), ..called("x") }).contains("is no id like 8"));
    let waiting = SPECS.replace("Dependencies**: None", "Dependencies**: 12");
    let message = refusal(&waiting, called("x"));
    assert!(message.contains("task 7 depends on 12, which no task has yet"), "{message}");
    let broken = SPECS.replace("\"active_projects\": [", "\"active_projects\": [,");
    assert!(refusal(&broken, called("x")).contains("cannot be read in full"));
    let no_list = SPECS.replace("active_projects", "completed_projects");
    assert!(refusal(&no_list, called("x")).contains("has no list `active_projects`"));
    let none = "//- /.kiro/specs/login/tasks.md\n  - [ ] 1. Set up the form\n";
    assert!(refusal(none, called("x")).contains("profile `kiro` does not say how a task is added"));
    let tool = "//- /backlog/tasks/task-1-log-in.md\n  ---\n  id: TASK-1\n  status: To Do\n  ---\n";
    assert!(refusal(tool, called("x")).contains("run `backlog task create TITLE`"));
}

/// Every example of every page: what is added brings no finding, is found again, and can be begun.
#[test]
fn what_is_added_to_any_example_brings_no_finding_and_can_be_changed() {
    let titles =
        ["Ship it", "A | pipe, `code` & *stars* [x]", "Überprüfen: 7. Teil #3", "[DONE] x"];
    let mut added = std::collections::BTreeMap::new();
    for (profile, before) in examples().chain(silent_examples()) {
        let tasks = before.index.tasks.values().map(|task| before.name_of(&task.id));
        let places = std::iter::once(None).chain(tasks.map(Some));
        for (after, title) in places.flat_map(|after| titles.map(|title| (after.clone(), title))) {
            for id in [None, Some("1-9")] {
                let new = NewTask { title, id, after: after.as_deref(), file: None };
                let Ok((change, id)) = planned(&before, new) else { continue };
                *added.entry(profile).or_insert(0) += 1;
                let known = findings_by_rule(&before);
                let now = before.with_texts(&change.after());
                let new: Vec<&str> = new_findings(&known, &now);
                assert!(
                    new.is_empty(),
                    "{profile} {title} {after:?}: {new:?}\n{}",
                    result(&change)
                );
                let task = now.task(&id).unwrap_or_else(|| panic!("{profile}: no {id}"));
                let vocabulary = now.index.vocabulary_of(task);
                let status = now.index.status(task).expect("a status");
                let to = vocabulary
                    .iter()
                    .find(|(to, def)| vocabulary.allows(status, *to) && def.reason.is_none());
                let (_, to) = to.expect("a status that may follow");
                let wish = Wish { status: &to.id, ..Wish::default() };
                let whose = vec![Whose::Task(&id)];
                let set = Operation::Set { whose, wish, atomic: false };
                let (_, outcome) = plan_one(&now, &set, AT, Planner::STILL)
                    .unwrap_or_else(|why| panic!("{profile} {id} -> {}: {why}", to.id));
                assert_eq!(outcome.expect("an outcome").to, to.id);
            }
        }
    }
    for profile in ["opencode", "checklist", "spec-kit", "bmad"] {
        assert!(added.get(profile).is_some_and(|n| *n > 0), "{profile}: {added:?}");
    }
}

#[test]
fn what_is_struck_out_hidden_or_numbered_is_no_form() {
    let struck = "//- /TODO.md\n  # Work\n\n  - [x] ~~Old thing~~\n  - [ ] Open one\n";
    let behind = NewTask { after: Some("old-thing"), ..called("New one") };
    let (planned, _) = planned(&analysis(struck).0, behind).expect("it is planned");
    assert!(result(&planned).contains("\n  - [ ] New one\n"), "{}", result(&planned));
    let numbered = "//- /TODO.md\n  # Work\n\n  1. [ ] One\n  2. [ ] Two\n";
    let why = refusal(numbered, NewTask { after: Some("one"), ..called("Three") });
    assert!(why.contains("its list is numbered"), "{why}");
    let sharp = refusal(SPECS, called("Learn C #"));
    assert!(sharp.contains("a task that is called `Learn C`"), "{sharp}");
    let open = "//- /TODO.md\n  # Work\n\n  - [ ] One\n\n  ```\n  - [ ] Two\n";
    let why = refusal(open, NewTask { after: Some("two"), ..called("Three") });
    assert!(why.contains("TODO.md:5: this code fence is never closed"), "{why}");
}

#[test]
fn a_line_behind_the_last_task_alone_parts_its_section_from_the_next() {
    let tasks = |new: &str| {
        let one = "  ### Task 1: One\n  - **Status**: [NOT STARTED]\n";
        let two = "  ### Task 2: Two\n  - **Status**: [NOT STARTED]\n";
        let record = |id: u8| {
            format!(
                "{{ \"project_number\": {id}, \"project_name\": \"x\", \"status\": \"not_started\" }}"
            )
        };
        format!(
            "//- /specs/TODO.md\n  # TODO\n\n{one}\n{two}{new}\n  ---\n\n  ## Legend\n\n  Words.\n\
             //- /specs/state.json\n  {{ \"active_projects\": [{}, {}] }}\n",
            record(1),
            record(2),
        )
    };
    let (change, _) = planned(&analysis(&tasks("")).0, called("Three")).expect("it is planned");
    let after = result(&change);
    let new = tasks("\n  ### Task 3: Three\n  - **Status**: [NOT STARTED]\n");
    let new = &new[..new.find("//- /specs/state").unwrap_or_default()];
    assert!(after.starts_with(new), "{after}");
}

#[test]
fn an_id_stands_in_quotes_where_the_others_do() {
    let specs = "\
//- /specs/TODO.md
  ### 1. One
  - **Status**: [NOT STARTED]
//- /specs/state.json
  {
    \"active_projects\": [
      {\"project_number\": \"1\", \"project_name\": \"one\", \"status\": \"not_started\"}
    ]
  }
";
    let (change, _) = planned(&analysis(specs).0, called("Two")).expect("it is planned");
    assert!(result(&change).contains("{\"project_number\": \"2\", \"project_name\": \"two\""));
}
