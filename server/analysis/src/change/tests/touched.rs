//! The time of the last change, which a file tells itself.

use crate::testing::set;

/// What stands in place of a time in front matter, when the task gets a status.
#[track_caller]
fn stamped(line: &str) -> String {
    let fixture = format!(
        "//- /backlog/tasks/task-1-log-in.md\n  ---\n  id: TASK-1\n  status: To Do\n  {line}\n  ---\n"
    );
    let after = set(&fixture, "1", "in_progress").expect("it may be set");
    assert!(after.contains("  status: In Progress\n"), "{after}");
    after.lines().nth(4).unwrap_or_default().trim().to_owned()
}

#[test]
fn a_change_is_stamped_in_the_form_that_stands_there() {
    let cases = [
        ("updated_date: '2025-10-17 23:53'", "updated_date: '2026-01-02 03:04'"),
        ("updated_date: \"2025-10-17 23:53\"", "updated_date: \"2026-01-02 03:04\""),
        ("updated_date: 2025-10-17", "updated_date: 2026-01-02"),
        ("updated_date: 2025-10-17T23:53:00Z", "updated_date: 2026-01-02T03:04:05Z"),
        ("updated_date: 2025-10-17 23:53:01", "updated_date: 2026-01-02 03:04:05"),
    ];
    for (old, new) in cases {
        assert_eq!(stamped(old), new, "{old}");
    }
}

#[test]
fn what_is_no_such_time_stays() {
    let lines = [
        "updated_date: 17.10.2025",
        "updated_date: 2025-10-17T23:53+02:00",
        "updated_date: yesterday",
        "updated_date: ''",
        "created_date: '2025-10-17 23:53'",
    ];
    for line in lines {
        assert_eq!(stamped(line), line);
    }
}

#[test]
fn tasks_lie_in_folders_below_too() {
    let fixture = "
//- /backlog/tasks/task-1-log-in.md
  ---
  id: TASK-1
  status: To Do
  ---
//- /backlog/tasks/epics/task-7-search.md
  ---
  id: TASK-7
  status: To Do
  updated_date: 2025-10-17
  ---
//- /backlog/completed/epics/task-8-index.md
  ---
  id: TASK-8
  status: Done
  ---
";
    let after = set(fixture, "7", "in_progress").expect("it may be set");
    let expected = "status: In Progress\n  updated_date: 2026-01-02\n";
    assert!(after.contains(expected), "{after}");
    let after = set(fixture, "8", "to_do").expect("it may be set");
    assert!(after.contains("  status: To Do\n"), "{after}");
}
