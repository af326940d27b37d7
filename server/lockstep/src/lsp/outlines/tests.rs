//! What is kept of outlines is what would be made anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lockstep_analysis::model::FilePath;
use lockstep_analysis::text::line_index::PositionEncoding;
use lockstep_fixture::{Fixture, Sandbox};
use serde_json::Value;

use super::*;
use crate::workspace::local::LocalWorkspace;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";
const PLAN: &str = "specs/007_a_task/plans/implementation-001.md";

/// A workspace of many tasks, whose records stand on one line by threes; task 7 has a plan.
fn fixture() -> String {
    let mut todo = "//- /specs/TODO.md\n  # TODO\n\n".to_owned();
    let mut state = "//- /specs/state.json\n  {\"active_projects\": [\n  ".to_owned();
    for id in 1..=300 {
        let _ =
            write!(todo, "  ### {id}. Task {id} é\n  - **Status**: [PLANNED]\n\n  - [ ] A box\n\n");
        let _ = write!(
            state,
            r#"{{"project_number": {id}, "project_name": "task", "status": "planned"}}{}"#,
            match id {
                300 => "]}\n",
                id if id % 3 == 0 => ",\n  ",
                _ => ", ",
            }
        );
    }
    let plan = format!(
        "//- /{PLAN}\n  # Plan\n  - **Status**: [IN PROGRESS]\n\n  ### Phase 1: A [COMPLETED]\n\n  \
         ### Phase 2: B [IN PROGRESS]\n"
    );
    todo + &state + &plan
}

fn outline(kept: &mut Outlines, analysis: &Analysis, path: &str, nested: bool) -> String {
    let (text, index) = analysis.source(path).expect("a document");
    let (encoding, marked, held) = (PositionEncoding::Utf16, false, None);
    let lines = Lines { text, index, encoding, marked, held };
    let uri = format!("file:///{path}");
    kept.json(analysis, path, &lines, OutlineForm { nested, tags: true, uri: &uri })
}

fn edited(analysis: &Analysis, path: &str, edit: impl FnOnce(&str) -> String) -> Analysis {
    let (text, _) = analysis.source(path).expect("a document");
    let text = Some(edit(text).into());
    analysis.with_texts(&BTreeMap::from([(FilePath::new(path), text)]))
}

#[test]
fn an_outline_that_is_kept_is_what_would_be_made_anew() {
    let sandbox = Sandbox::new(&Fixture::new(&fixture()));
    let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let replace =
        |from: &'static str, to: &'static str| move |text: &str| text.replacen(from, to, 1);
    type NamedEdit<'a> = (&'a str, &'a dyn Fn(&str) -> String);
    let edits: [NamedEdit<'_>; 14] = [
        (TODO, &replace("Task 150 é", "Task 150 éé")),
        (TODO, &replace("### 151.", "Words.\n\nMore words.\n\n### 151.")),
        (
            TODO,
            &replace(
                "### 20. Task 20 é\n- **Status**: [PLANNED]",
                "### 20. Task 20 é\n- **Status**: [COMPLETED]",
            ),
        ),
        (STATE, &replace(r#"100, "project_name": "task""#, r#"100, "project_name": "tasks""#)),
        (STATE, &replace(r#"{"project_number": 101"#, "{\n\"project_number\": 101")),
        (STATE, &replace(r#""status": "planned"}"#, r#""status": "completed"}"#)),
        (PLAN, &replace("B [IN PROGRESS]", "B [COMPLETED]")),
        (TODO, &replace("\n- [ ] A box\n\n### 9.", "\n- [x] A box\n- [ ] Another\n\n### 9.")),
        (TODO, &replace("### 12. Task", "### 12. \"Task\"\t")),
        (TODO, &replace("# TODO\n\n", "# TODO\n")),
        (TODO, &replace("### 30. Task 30 é\n", "")),
        (TODO, &replace("### 299.", "### 299. é")),
        (STATE, &replace("[\n", "[")),
        (STATE, &replace(r#""project_number": 102, "#, r#""project_number": 102,  "#)),
    ];
    for nested in [true, false] {
        let mut kept = Outlines::default();
        let mut analysis = workspace.analysis().clone();
        for (path, edit) in edits {
            let before = analysis.source(path).map(|(text, _)| text.to_string());
            analysis = edited(&analysis, path, edit);
            assert_ne!(before, analysis.source(path).map(|(text, _)| text.to_string()), "{path}");
            for path in [TODO, STATE, PLAN] {
                let now = outline(&mut kept, &analysis, path, nested);
                let anew = outline(&mut Outlines::default(), &analysis, path, nested);
                assert_eq!(now, anew, "{path}");
                let read: Value = serde_json::from_str(&now).expect("JSON");
                assert!(!read.as_array().expect("a list").is_empty(), "{path}");
            }
        }
    }
}

#[test]
fn only_what_is_other_is_made_again() {
    let sandbox = Sandbox::new(&Fixture::new(&fixture()));
    let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let mut kept = Outlines::default();
    let before = workspace.analysis();
    outline(&mut kept, before, TODO, true);
    let texts = |kept: &Outlines| -> Vec<*const u8> {
        kept.0[0].parts.iter().map(|part| part.json.text().as_ptr()).collect()
    };
    let was = texts(&kept);
    let after = edited(before, TODO, |text| text.replacen("Task 150 é", "Task 150\n\né", 1));
    outline(&mut kept, &after, TODO, true);
    let is = texts(&kept);
    assert_eq!((was.len(), is.len()), (300, 300));
    let other: Vec<usize> = (0..300).filter(|at| was[*at] != is[*at]).collect();
    assert_eq!(other, [149]);
}
