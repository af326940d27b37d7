//! Rows that are called by a link to the file of their task.

use crate::testing::{analysis, findings_by_rule, set};
use crate::text::shared_text::SharedText;

/// A list of two tasks, and the files of both.
fn tasks(link: &str) -> String {
    format!(
        "//- /tasks/_index.md
  # Tasks

  | id | title | status |
  |----|-------|--------|
  | [T-12-draw]({link}) | Draw it | in-progress |
  | T-13 | [Bind it](T-13-bind.md) | todo |
//- /tasks/T-12-draw.md
  ---
  id: T-12-draw
  status: done
  ---
  # Draw it
//- /tasks/T-13-bind.md
  # Bind it

  **Status:** todo
"
    )
}

#[test]
fn a_row_that_is_called_by_a_link_to_a_file_beside_it_is_of_its_task() {
    let (now, _) = analysis(&tasks("T-12-draw.md"));
    let ids: Vec<String> = now.index.tasks.keys().map(|id| id.to_string()).collect();
    assert_eq!(ids, ["T-12", "T-13"]);
    assert_eq!(findings_by_rule(&now).get("drift"), Some(&1));
    let after = set(&tasks("T-12-draw.md"), "T-13", "done").expect("it may be set");
    assert!(after.contains("| [Bind it](T-13-bind.md) | done |"), "{after}");
    assert!(after.contains("**Status:** done"), "{after}");
}

#[test]
fn a_row_that_links_elsewhere_is_a_task_of_its_own() {
    for link in ["T-99-gone.md", "https://a.example/T-12-draw.md", "../other/T-12-draw.md"] {
        let (now, _) = analysis(&tasks(link));
        assert_eq!(now.index.tasks.len(), 3, "{link}");
        assert_eq!(findings_by_rule(&now).get("drift"), None, "{link}");
    }
}

#[test]
fn a_row_that_comes_to_lead_elsewhere_is_read_anew() {
    let (now, _) = analysis(&tasks("T-12-draw.md"));
    let (doc, document) = now.index.document("tasks/_index.md").expect("the list");
    let text = document.text.to_string().replace("(T-12-draw.md)", "(T-99.md)");
    let mut docs = now.index.docs.clone();
    docs.replace(
        doc,
        std::sync::Arc::new(
            document.with_text(SharedText::from(text.as_str())).expect("it is read"),
        ),
    );
    assert!(now.index.updated(&docs).is_none());
}
