//! `lockstep next`: what may begin.

use serde_json::json;

use super::support::Place;

fn place() -> Place {
    let todo = "\
# Tasks

### 1. Draw the form
- **Status**: [COMPLETED]

### 2. Add login
- **Status**: [PLANNED]
- **Dependencies**: 1, 6

### 3. Write docs
- **Status**: [NOT STARTED]
- **Dependencies**: 2, 99

### 4. Release
- **Status**: [NOT STARTED]
- **Dependencies**: All tasks

### 5. Tell the users
- **Status**: [IMPLEMENTING]
- **Dependencies**: 3

### 6. Ask the lawyers
- **Status**: [ABANDONED]
";
    Place::new(&[("specs/TODO.md", todo), ("specs/state.json", r#"{ "active_projects": [] }"#)])
}

#[test]
fn what_is_ready_is_told_and_why_the_others_wait() {
    let place = place();
    let out = place.run(&["next", "--why"]).out;
    assert_eq!(
        out,
        "2  planned  Add login
3 Write docs
  depends on 2 (planned); depends on 99, which does not exist
4 Release
  depends on \"All tasks\", which names no task
note: 2 depends on 6, which was dropped
1 task can begin, 2 wait
"
    );
    let found = place.json(&["next", "--format", "json"]);
    assert_eq!(found["tasks"][0]["id"], "2");
    assert_eq!(
        found["waiting"][0]["why"],
        json!([
            { "kind": "unfinished", "task": "2", "status": "planned", "text": null },
            { "kind": "unknown", "task": "99", "status": null, "text": null },
        ])
    );
    assert_eq!(found["waiting"][1]["why"][0]["text"], "All tasks");
}

#[test]
fn the_graph_holds_what_is_left_and_what_that_depends_on() {
    let out = place().run(&["next", "--format", "dot"]).out;
    assert!(out.contains("\"1\" -> \"2\";\n") && out.contains("\"3\" -> \"5\";\n"), "{out}");
    let out = place().run(&["next", "--format", "mermaid"]).out;
    assert!(out.starts_with("graph LR\n  t0[\"1 Draw the form (completed)\"]\n"), "{out}");
    assert!(out.contains("  t0 --> t1\n"), "{out}");
}
