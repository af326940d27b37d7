//! Whatever is called by an id is called by all of it.

use crate::testing::analysis;

/// The ids of all tasks, with their titles.
fn ids(fixture: &str) -> Vec<String> {
    let (analysis, _) = analysis(fixture);
    let index = &analysis.index;
    let all = index.tasks.values().map(|task| format!("{} {}", task.id, index.title(task)));
    all.collect()
}

#[test]
fn files_of_tasks_have_their_whole_id() {
    let cases = [
        ("tasks/TID-190--login.md", "TID-190: Log in", "TID-190 Log in"),
        ("tasks/T35-name.md", "T35 - Name", "T35 Name"),
        ("tasks/TSK-012.md", "Things", "TSK-012 Things"),
        ("docs/tasks/open/BUG-001.md", "BUG-001: It falls", "BUG-001 It falls"),
        ("tasks/A1-01.md", "A1-01: First", "A1-01 First"),
        ("tasks/A1-02-second.md", "Second", "A1-02 Second"),
        ("tasks/T-06.6-draw.md", "Draw", "T-06.6 Draw"),
        ("tasks/T-06.6.md", "Draw", "T-06.6 Draw"),
        ("tasks/TASK-A1-01.md", "First", "A1-01 First"),
        ("tasks/TASK-012.md", "Task 12: Log in", "12 Log in"),
        ("tasks/task-3.1.md", "Task 3.1: Draw", "3.1 Draw"),
        ("tasks/003-draw.md", "Draw", "3 Draw"),
        ("tasks/003-2fa.md", "Draw", "3 Draw"),
        ("tasks/01-02-draw.md", "Draw", "01-02 Draw"),
        ("tasks/task_1_02.md", "Draw", "1_02 Draw"),
        ("tasks/adr-0001-T01.md", "Draw", "adr-0001-T01 Draw"),
        ("tasks/add-login.md", "Add a login", "add-login Add a login"),
        ("tasks/2026-01-02-talk.md", "Talk", "document Talk"),
    ];
    for (path, title, expected) in cases {
        let fixture = format!("//- /{path}\n  # {title}\n\n  **Status**: In Progress\n");
        assert_eq!(ids(&fixture), [expected], "{path}");
    }
}

#[test]
fn a_file_without_a_status_is_a_list_as_before() {
    let fixture = "
//- /tasks/T35-name.md
  # Name

  - [ ] Draw it

  ## Task 7: Print it
  - [ ] Boil it
";
    assert_eq!(ids(fixture), ["7 Print it", "draw-it Draw it"]);
    for name in ["WEEK-3", "week-3-tea", "readme"] {
        let week =
            format!("//- /tasks/{name}.md\n  # Week\n\n  **Status**: Done\n\n  - [ ] Draw it\n");
        assert_eq!(ids(&week), ["draw-it Draw it"], "{name}");
    }
}

#[test]
fn boxes_have_their_whole_id_or_none() {
    let cases = [
        ("A1-01 Draw", "A1-01 A1-01 Draw"),
        ("**A1-01**: Draw", "A1-01 A1-01: Draw"),
        ("T-06.6: Draw", "T-06.6 T-06.6: Draw"),
        ("T07. Draw", "T07 T07. Draw"),
        ("LOG-12 - Draw", "LOG-12 LOG-12 - Draw"),
        ("T1", "T1 T1"),
        ("Task 3.1: Draw", "3.1 Task 3.1: Draw"),
        ("Task 3 Draw", "3 Task 3 Draw"),
        ("T1-based Draw", "t1-based-draw T1-based Draw"),
        ("T001–T003 Draw", "t001-t003-draw T001–T003 Draw"),
        ("Task 3-4: Draw", "task-3-4-draw Task 3-4: Draw"),
    ];
    for (text, expected) in cases {
        assert_eq!(ids(&format!("//- /TODO.md\n  - [ ] {text}\n")), [expected], "{text}");
    }
}

#[test]
fn levels_of_priority_are_no_ids() {
    let of = |items: &str| ids(&format!("//- /TODO.md\n{items}"));
    let levels = "  - [ ] **P0** Log in\n  - [ ] P1: Log out\n";
    assert_eq!(of(levels), ["p0-log-in P0 Log in", "p1-log-out P1: Log out"]);
    let counted = of(&format!("{levels}  - [ ] **P4** Sign in\n"));
    assert_eq!(counted, ["P0 P0 Log in", "P1 P1: Log out", "P4 P4 Sign in"]);
}
