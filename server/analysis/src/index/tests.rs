//! Which places are one task, and what it is called, depends on and says.

mod abroad;
mod apart;
mod below;
mod code;
mod former;
mod letters;
mod plans;
mod prose;
mod row_files;
mod rows;
mod shared_rows;

use crate::profile::EntityKind;
use crate::profile::id::TaskId;
use crate::testing::analysis;

/// Every task as `id status depends`, with `!` where its places disagree.
#[track_caller]
fn check_tasks(fixture: &str, expected: &[&str]) {
    let (analysis, _) = analysis(fixture);
    let vocabulary = analysis.profile.vocabulary(EntityKind::Task);
    let index = &analysis.index;
    let tasks = index.tasks.values().map(|task| {
        let status = index.status(task).map_or("-", |status| vocabulary.get(status).id.as_str());
        let depends: Vec<String> = index.depends(task).iter().map(ToString::to_string).collect();
        let disagree = if index.agreed(task) { "" } else { "!" };
        format!("{} {status}{disagree} {}", task.id, depends.join(",")).trim_end().to_owned()
    });
    let found: Vec<String> = tasks.collect();
    assert_eq!(found, expected);
}

#[test]
fn a_heading_may_be_dressed_up() {
    let headings = [
        "### 7. Add login",
        "### 007. Add login",
        "### #7. Add login",
        "### Task 7: Add login",
        "## 7 - Add login",
        "### [x] 7. Add login",
        "### ~~7. Add login~~",
        "### 7. ~~Add login~~",
        "### \u{2705} 7. Add login",
        "### **7. Add login**",
        "Task 7: Add login\n  -----------------",
    ];
    let fields = [
        "- **Status**: [PLANNED]",
        "* **Status**: `[PLANNED]`",
        "**Status:** [PLANNED]",
        "__Status__: [PLANNED]",
        "- **Status**: ~~[RESEARCHED]~~ [PLANNED]",
    ];
    for heading in headings {
        for field in fields {
            let fixture = format!(
                "//- /specs/TODO.md\n  {heading}\n  {field}\n//- /specs/state.json\n  {{ \"active_projects\": [{{ \"project_number\": \"007\", \"status\": \"planned\" }}] }}\n"
            );
            check_tasks(&fixture, &["7 planned"]);
            let (analysis, _) = analysis(&fixture);
            assert_eq!(analysis.diagnostics(), [], "{fixture}");
            let task = analysis.task("7").expect("the task");
            assert_eq!(analysis.index.title(task), "Add login");
        }
    }
}

#[test]
fn a_status_may_stand_in_front_of_a_heading() {
    check_tasks(
        "\
//- /specs/TODO.md
  ### [BLOCKED] 7. Add login
  - **Blocked by**: the designer
//- /specs/state.json
  { \"active_projects\": [] }
",
        &["7 blocked"],
    );
    check_tasks("//- /TODO.md\n  ### [x] 1. One\n  ### [ ] 2. Two\n", &["1 done", "2 todo"]);
}

#[test]
fn tasks_depend_on_tasks_of_their_own_tree() {
    let tree = |folder: &str| {
        format!(
            "\
//- /{folder}/TODO.md
  ### 3. Base
  - **Status**: [PLANNED]

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Dependencies**: Task 3 (phase 2)
//- /{folder}/state.json
  {{ \"active_projects\": [] }}
"
        )
    };
    let fixture = format!("{}{}", tree("a"), tree("b"));
    check_tasks(&fixture, &["3 planned", "7 planned 3", "b/3 planned", "b/7 planned b/3"]);
    let (analysis, _) = analysis(&fixture);
    let base = analysis.task("b/3").expect("the base of the second tree");
    assert_eq!(analysis.index.dependents(base).len(), 1);
    let names = analysis.index.tasks.keys().map(|id| analysis.name_of(id)).collect::<Vec<_>>();
    assert_eq!(names, ["a/3", "a/7", "b/3", "b/7"]);
    assert_eq!(analysis.task("a/3").map(|task| task.id.as_str()), Some("3"));
    assert_eq!(analysis.index.spelled("3").len(), 2);
}

#[test]
fn in_a_check_list_a_number_means_the_task_of_its_own_file_or_folder() {
    let file = |path: &str, status: &str, rest: &str| {
        format!("//- /{path}.md\n  ---\n  status: {status}\n{rest}  ---\n\n  # A task\n\n")
    };
    let depends = |ids: &str| format!("  dependencies: [{ids}]\n");
    let fixture = [
        file("docs/tasks/a/task_05", "todo", ""),
        file("docs/tasks/b/task_05", "done", ""),
        file("docs/tasks/b/task_06", "done", &depends("task_05")),
        file("docs/tasks/c/task_07", "done", &depends("task_05")),
    ];
    let (analysis, _) = analysis(&fixture.concat());
    let depends = |id: &str| {
        let task = analysis.task(id).expect(id);
        let depends = analysis.index.depends(task).into_iter();
        depends.filter(|id| analysis.index.tasks.contains_key(id)).collect::<Vec<_>>()
    };
    assert_eq!(depends("6"), [TaskId::new("docs/tasks/b/task_05.md#5")]);
    assert_eq!(depends("7"), []);
    assert_eq!(analysis.diagnostics(), []);
}

#[test]
fn in_a_check_list_the_same_number_is_another_task() {
    check_tasks(
        "\
//- /backend/TODO.md
  - [ ] **1.** Setup
  - [ ] Fix crash (#12)
  - [x] Add test (#12)
//- /frontend/TODO.md
  ## Forms
  ### 1. Setup
  **Status**: Done

  ## Styles
  ### 1. Setup
  **Status**: Pending
",
        &[
            "1 todo",
            "12 todo",
            "backend/TODO.md#12 done",
            "frontend/TODO.md#1 done",
            "frontend/TODO.md#1-2 todo",
        ],
    );
}

#[test]
fn a_box_tells_only_whether_work_is_left() {
    check_tasks(
        "\
//- /TODO.md
  - [ ] Blocked [BLOCKED]
  - [x] Cancelled [CANCELLED]
  - [x] Contradictory [IN PROGRESS]
  - [ ] \u{1f6a7} Started
",
        &["blocked blocked", "cancelled cancelled", "contradictory done!", "started in_progress"],
    );
}

#[test]
fn the_newest_plan_speaks_unless_it_was_given_up() {
    let plan = |path: &str, status: &str| {
        format!("//- /specs/007_add_login/plans/{path}.md\n  # Plan\n  - **Status**: [{status}]\n")
    };
    let todo = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [IMPLEMENTING]\n";
    for (newer, older) in [
        ("implementation-002", "implementation-001"),
        ("v2/implementation-001", "v1/implementation-002"),
        ("v2/implementation-001", "implementation-003"),
        ("18_plan", "9_plan_v4"),
    ] {
        let older = plan(older, "NOT STARTED");
        check_tasks(&format!("{todo}{}{older}", plan(newer, "IN PROGRESS")), &["7 implementing"]);
        check_tasks(&format!("{todo}{}{older}", plan(newer, "COMPLETED")), &["7 implementing!"]);
    }
    let current = plan("implementation-001", "IN PROGRESS");
    let given_up = plan("implementation-002", "SUPERSEDED");
    check_tasks(&format!("{todo}{current}{given_up}"), &["7 implementing"]);
}

#[test]
fn a_box_is_about_the_task_of_its_last_link() {
    check_tasks(
        "\
//- /process/tasks.md
  - [ ] One [#001](process/tasks/001-one.md)
  - [+] Two: see [#001](process/tasks/001-one.md) first [#002](process/tasks/002-two.md)
  - [x] Nine [009](process/tasks/009-nine.md)
  - [!] Eleven [#011][eleven]

  [eleven]: process/tasks/011-eleven.md
//- /process/tasks/001-one.md
  ## Status
  TODO
//- /process/tasks/009-nine.md
  ## Status
  DONE
",
        &["1 todo", "2 in_progress", "9 done", "11 blocked"],
    );
}

#[test]
fn a_row_names_its_task_by_a_link_and_what_it_depends_on_by_ranges() {
    check_tasks(
        "\
//- /tasks/store/_tasks.md
  | # | Title | Status | Dependencies |
  |---|---|---|---|
  | 1 | One | completed | - |
  | 2 | Two | completed | 1 |
  | [03](./task_03.md) | Three | in_progress | 1-2 |
  | [4][four] | Four | pending | task_01 - task_03 |
//- /tasks/store/task_03.md
  ## status: in_progress
",
        &["1 completed", "2 completed 1", "3 in_progress 1,2", "4 pending 1,2,3"],
    );
}

#[test]
fn a_profile_that_is_extended_is_at_the_folders_where_it_would_be_found() {
    let fixture = |settings: &str| {
        format!(
            "//- /lockstep.toml\n  {settings}\n//- /apps/process/tasks.md\n  - [-] One [#001](process/tasks/001-one.md)\n//- /apps/process/tasks/001-one.md\n  ## Status\n  IN-REVIEW\n"
        )
    };
    check_tasks(&fixture("extends = \"minsky\""), &["1 in_review"]);
    let boxes = "extends = \"minsky\"\n  [[vocabulary.task]]\n  id = \"in_review\"\n  box = [\"+\"]\n  [[vocabulary.task]]\n  id = \"in_progress\"\n  box = [\"-\"]";
    check_tasks(&fixture(boxes), &["1 in_progress!"]);
}

#[test]
fn one_place_with_a_word_that_is_not_known_is_apart_from_nothing() {
    let apart = |files: &str| {
        let (analysis, _) = analysis(&format!("//- /PLAN.md\n  # Plan\n  {files}"));
        let task = analysis.index.tasks.values().next().expect("a task");
        analysis.index.is_apart(task)
    };
    assert!(!apart("**Status**: Implemented baseline\n"));
    assert!(!apart("**Status**: Done\n"));
    let row = |said: &str, field: &str| {
        let table = "| ID | Task | Status |\n  |---|---|---|\n";
        let fixture = format!(
            "//- /docs/TASKS.md\n  {table}  | AUTH-1 | Log in | {said} |\n\n  ### AUTH-1: Log in\n  **Status**: {field}\n"
        );
        let (analysis, _) = analysis(&fixture);
        let task = analysis.index.tasks.values().next().expect("a task");
        analysis.index.is_apart(task)
    };
    assert!(row("Done", "Open"));
    assert!(!row("Done", "Done"));
}
