//! Parts of a task that stand in the text which is made for it.

use crate::testing::set;

const TASKS: &str = r#"
//- /.taskmaster/tasks/tasks.json
  { "master": { "tasks": [{ "id": 1, "title": "Log in", "status": "in-progress", "subtasks": [
    { "id": 1, "title": "Draw (done) [x]", "status": "done" },
    { "id": 2, "title": "Mark it (completed)", "status": "pending" }
  ] }] },
  "auth": { "tasks": [{ "id": 1, "title": "Keys", "status": "in-progress", "subtasks": [
    { "id": 1, "title": "Cut", "status": "pending" },
    { "id": 2, "title": "File", "status": "pending" }
  ] }] } }
//- /.taskmaster/tasks/task_001.txt
  # Task ID: 1
  # Title: Log in
  # Status: in-progress
  # Details:
  ## 2. Mark it [pending]

  # Subtasks:
  ## 1. Draw (done) [x] [done]
  ### Dependencies: None

  ## 2. Mark it (completed) [pending]
  ### Dependencies: 1.1
  ### Details:
  # Steps
  ## 3. Look

//- /.taskmaster/tasks/task_001_auth.txt
  # Task ID: 1
  # Title: Keys
  # Status: in-progress

  # Subtasks:
  ## 1. Cut [pending]
  ### Dependencies: None

  ## auth.2. File [pending]
  ## 1.2. File [pending]
"#;

#[test]
fn the_status_of_a_part_changes_in_both() {
    let after = set(TASKS, "1.2", "in-progress").expect("it may be set");
    assert!(after.contains(r#""Mark it (completed)", "status": "in-progress""#), "{after}");
    assert!(after.contains("## 2. Mark it (completed) [in-progress]\n"), "{after}");
    assert!(after.contains("## 2. Mark it [pending]\n"), "{after}");
    assert!(!after.contains("task_001_auth"), "{after}");
}

#[test]
fn the_parts_of_a_tag_are_those_of_its_text() {
    let after = set(TASKS, "auth:1.1", "done").expect("it may be set");
    assert!(after.contains("## 1. Cut [done]\n"), "{after}");
    assert!(!after.contains("task_001.txt"), "{after}");
    let after = set(TASKS, "auth:1.2", "done").expect("it may be set");
    assert!(after.contains("## 1.2. File [done]\n"), "{after}");
    assert!(after.contains("## auth.2. File [pending]\n"), "{after}");
}

#[test]
fn a_part_with_a_word_that_is_no_status_is_left_to_a_person() {
    let tasks = TASKS.replace("(completed) [pending]", "(completed) [see below]");
    let refused = set(&tasks, "1.2", "in-progress").expect_err("it may be no status");
    assert!(refused.to_string().contains("it may not be a status"), "{refused}");
}
