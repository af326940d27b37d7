//! Rows that are called by a link to the file of their task.

use crate::testing::{analysis, findings_by_rule, set};
use crate::text::shared_text::SharedText;

/// A list of two tasks, and the files of both.
fn tasks(link: &str) -> String {
    format!(
        "//- /docs/TASKS.md
  # Tasks

  | id | title | status |
  |----|-------|--------|
  | [T-12-draw]({link}) | Draw it | in-progress |
  | T-13 | [Bind it](tasks/T-13-bind.md) | todo |
//- /docs/tasks/T-12-draw.md
  ---
  id: T-12-draw
  status: done
  ---
  # Draw it
//- /docs/tasks/T-13-bind.md
  # Bind it

  **Status:** todo
"
    )
}

#[test]
fn a_row_that_is_called_by_a_link_to_a_file_beside_it_is_of_its_task() {
    let (now, _) = analysis(&tasks("tasks/T-12-draw.md"));
    let ids: Vec<String> = now.index.tasks.keys().map(|id| id.to_string()).collect();
    assert_eq!(ids, ["T-12", "T-13"]);
    assert_eq!(findings_by_rule(&now).get("drift"), Some(&1));
    let after = set(&tasks("tasks/T-12-draw.md"), "T-13", "done").expect("it may be set");
    assert!(after.contains("| [Bind it](tasks/T-13-bind.md) | done |"), "{after}");
    assert!(after.contains("**Status:** done"), "{after}");
}

#[test]
fn a_row_that_links_elsewhere_is_a_task_of_its_own() {
    for link in ["tasks/T-99-gone.md", "https://a.example/T-12-draw.md", "../other/T-12-draw.md"] {
        let (now, _) = analysis(&tasks(link));
        assert_eq!(now.index.tasks.len(), 3, "{link}");
        assert_eq!(findings_by_rule(&now).get("drift"), None, "{link}");
    }
}

#[test]
fn a_row_that_comes_to_lead_elsewhere_is_read_anew() {
    let (now, _) = analysis(&tasks("tasks/T-12-draw.md"));
    let (doc, document) = now.index.document("docs/TASKS.md").expect("the list");
    let text = document.text.to_string().replace("(tasks/T-12-draw.md)", "(T-99.md)");
    let mut docs = now.index.docs.clone();
    docs.replace(
        doc,
        std::sync::Arc::new(
            document.with_text(SharedText::from(text.as_str())).expect("it is read"),
        ),
    );
    assert!(now.index.updated(&docs).is_none());
}

#[test]
fn rows_of_a_log_or_with_more_than_a_link_are_tasks_of_their_own() {
    for rows in [
        "| [Draw](draw.md) | in progress |\n  | [Draw](draw.md) | todo |",
        "| Review of [draw](draw.md) | todo |",
        "| [Draw](draw.md#ink) | todo |",
        "| [Bind](draw.md) | todo |",
    ] {
        let list = format!("  # Log\n\n  | Task | Status |\n  |------|--------|\n  {rows}\n");
        let file = "//- /tasks/draw.md\n  # Draw\n\n  **Status:** done\n";
        let (now, _) = analysis(&format!("//- /tasks/log.md\n{list}{file}"));
        assert_eq!(findings_by_rule(&now).get("drift"), None, "{rows}");
    }
}
