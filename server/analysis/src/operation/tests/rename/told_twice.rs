//! Titles that say the id as well.

use super::{check, id, title};
use crate::task_view;
use crate::testing::analysis;

const PLAN: &str = "\
//- /docs/plans/PM-05.7.md
  # PM-05.7: Log in
  **Status**: In progress
";

const TASK: &str = "\
//- /backlog/tasks/task-7-log-in.md
  ---
  id: task-7
  title: '7: Log in'
  status: To Do
  ---
";

#[test]
fn a_title_is_shown_and_changed_behind_the_id_that_it_says() {
    let called = |fixture: &str| {
        let (analysis, _) = analysis(fixture);
        let task = analysis.index.tasks.values().next().expect("a task");
        task_view::title(&analysis, task)
    };
    assert_eq!(called(PLAN), "Log in");
    assert_eq!(called(TASK), "Log in");
    check(PLAN, "pm-05-7", title("Sign in"), &PLAN.replace("Log in", "Sign in"));
    check(TASK, "7", title("Sign in"), &TASK.replace("7: Log in", "7: Sign in"));
}

#[test]
fn another_id_is_said_by_the_title_too() {
    let gone = "//- /backlog/tasks/task-7-log-in.md deleted\n";
    let after = TASK.replace("task-7", "task-8").replace("7: Log in", "8: Log in");
    check(TASK, "7", id("8"), &format!("{gone}{after}"));
    let heading = "\
//- /tasks/BUG-001.md
  # BUG-001: Log in
  **Status**: open
";
    let gone = "//- /tasks/BUG-001.md deleted\n";
    let after = heading.replace("BUG-001", "BUG-002");
    check(heading, "BUG-001", id("BUG-002"), &format!("{gone}{after}"));
}
