//! What is kept of lenses is what would be made anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::text::line_index::PositionEncoding;
use lockstep_fixture::{Fixture, Sandbox};
use serde_json::{Value, json};

use super::*;
use crate::workspace::local::LocalWorkspace;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";

/// A workspace of many tasks, whose records stand on one line by threes. Every third is under way, and
/// each of the others waits for the one before.
fn fixture() -> String {
    let mut todo = "//- /specs/TODO.md\n  # TODO\n\n".to_owned();
    let mut state = "//- /specs/state.json\n  {\"active_projects\": [\n  ".to_owned();
    for id in 1..=300 {
        let marker = if id % 3 == 0 { "IMPLEMENTING" } else { "PLANNED" };
        let _ = write!(todo, "  ### {id}. Task {id} é\n  - **Status**: [{marker}]\n");
        let needs = if id % 3 == 1 && id > 1 {
            format!("  - **Dependencies**: {}\n", id - 1)
        } else {
            String::new()
        };
        let _ = write!(todo, "{needs}\n  - [ ] A box\n\n");
        let _ = write!(
            state,
            r#"{{"project_number": {id}, "project_name": "task", "status": "{}"}}{}"#,
            marker.to_lowercase(),
            match id {
                300 => "]}\n",
                id if id % 3 == 0 => ",\n  ",
                _ => ", ",
            }
        );
    }
    todo + &state
}

fn told(
    kept: &mut Lenses,
    analysis: &Analysis,
    path: &str,
    holders: &BTreeMap<String, String>,
) -> String {
    let (text, index) = analysis.source(path).expect("a document");
    let (encoding, marked, held) = (PositionEncoding::Utf16, false, None);
    let lines = Lines { text, index, encoding, marked, held };
    let command = |lens: &Lens| json!({"title": lens.title, "task": lens.task}).to_string();
    kept.json(analysis, path, &lines, LensForm { uri: path, holders, command: &command })
}

fn edited(analysis: &Analysis, path: &str, (from, to): (&str, &str)) -> Analysis {
    let (text, _) = analysis.source(path).expect("a document");
    assert!(text.contains(from), "{from:?} is not in {path}");
    let text = Some(text.replacen(from, to, 1).into());
    analysis.with_texts(&BTreeMap::from([(FilePath::new(path), text)]))
}

#[test]
fn lenses_that_are_kept_are_what_would_be_made_anew() {
    let sandbox = Sandbox::new(&Fixture::new(&fixture()));
    let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let edits = [
        (TODO, ("Task 150 é", "Task 150 éé")),
        (TODO, ("### 151.", "Words.\n\nMore words.\n\n### 151.")),
        (
            TODO,
            (
                "### 21. Task 21 é\n- **Status**: [IMPLEMENTING]",
                "### 21. Task 21 é\n- **Status**: [COMPLETED]",
            ),
        ),
        (
            STATE,
            (
                "21, \"project_name\": \"task\", \"status\": \"implementing\"",
                "21, \"project_name\": \"task\", \"status\": \"completed\"",
            ),
        ),
        (
            TODO,
            (
                "### 22. Task 22 é\n- **Status**: [PLANNED]",
                "### 22. Task 22 é\n- **Status**: [IMPLEMENTING]",
            ),
        ),
        (STATE, ("100, \"project_name\": \"task\"", "100, \"project_name\": \"tasks\"")),
        (STATE, ("{\"project_number\": 101", "{\n\"project_number\": 101")),
        (STATE, ("\"status\": \"planned\"}", "\"status\": \"completed\"}")),
        (TODO, ("### 12. Task", "### 12. \"Task\"\t")),
        (TODO, ("# TODO\n\n", "# TODO\n")),
        (TODO, ("### 30. Task 30 é\n", "")),
        (TODO, ("### 299.", "### 299. é")),
        (STATE, ("[\n", "[")),
        (STATE, ("\"project_number\": 102, ", "\"project_number\": 102,  ")),
    ];
    let mut kept = Lenses::default();
    let mut analysis = workspace.analysis().clone();
    for (nth, (path, edit)) in edits.into_iter().enumerate() {
        analysis = edited(&analysis, path, edit);
        let holder = (String::from("33"), format!("agent {}", nth / 5));
        let holders = BTreeMap::from([holder]);
        for path in [TODO, STATE] {
            let now = told(&mut kept, &analysis, path, &holders);
            assert_eq!(now, told(&mut Lenses::default(), &analysis, path, &holders), "{path}");
            let read: Value = serde_json::from_str(&now).expect("JSON");
            assert!(read.as_array().expect("a list").len() > 90, "{path}");
        }
    }
}
