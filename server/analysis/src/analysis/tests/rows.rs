//! Of what a change makes of lists of tasks no row is left out.

use crate::task_view::row;
use crate::testing;
use crate::{AnalysisHost, Change};

/// Tasks that are parts of others, wait for others and for a signal, in a profile of their own.
const FLOW: &str = "\
//- /lockstep.toml
  markers = { bare = true }
  fields = { status = [\"Status\"], parent = [\"Part of\"], dependencies = [\"After\"] }

  [[vocabulary.task]]
  id = \"open\"
  category = \"open\"

  [[vocabulary.task]]
  id = \"waiting\"
  category = \"waiting\"

  [[vocabulary.task]]
  id = \"done\"
  category = \"done\"

  [[relation]]
  by = \"field\"

  [[role]]
  id = \"tasks\"
  files = [\"TASKS.md\"]

  [[role.section]]
  kind = \"task\"
  heading = '^(?<id>[0-9]+)\\. (?<title>.+)$'
//- /TASKS.md
  # 1. Signal
  - **Type**: signal
  - **Raises**: approved
  - **Status**: open
  # 2. Wait
  - **Type**: wait
  - **Waits for**: approved
  - **Status**: waiting
  # 3. Whole
  - **Type**: composite
  - **Status**: open
  # 4. First part
  - **Part of**: 3
  - **Status**: open
  # 5. Second part
  - **Part of**: 3
  - **Status**: open
  # 6. Later
  - **After**: 4
  - **Status**: open
";

const OPENCODE: &str = r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Log out
  - **Status**: [PLANNED]

  ### 9. Log in again
  - **Status**: [PLANNED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "status": "planned" },
    { "project_number": 8, "status": "researched" },
    { "project_number": 9, "status": "planned" }
  ] }
"#;

/// The tasks of which the row is another once `from` is `to` in a file; all of them must be named.
fn other_rows(fixture: &str, path: &str, (from, to): (&str, &str)) -> Vec<String> {
    let (analysis, _) = testing::analysis(fixture);
    let mut host = AnalysisHost::new(analysis.profile.clone(), (*analysis.config).clone());
    let docs = analysis.index.docs.iter();
    let files = docs.map(|it| (it.path.clone(), Some(it.content()))).collect();
    host.apply_change(Change { files, ..Change::default() });
    let before = host.analysis();
    let _ = (before.diagnostics(), before.tasks_other_than(&before));
    let (_, document) = before.index.document(path).expect("the file is there");
    let text = document.text.replacen(from, to, 1);
    assert_ne!(text, document.text.as_str(), "{from}");
    let files = vec![(document.path.clone(), Some(text.as_str().into()))];
    host.apply_change(Change { files, ..Change::default() });
    let after = host.analysis();
    let named = after.tasks_other_than(&before).expect("it is certain");
    let mut other = Vec::new();
    for id in after.index.tasks.keys() {
        let row = |analysis: &crate::Analysis| {
            analysis.index.tasks.get(id).map(|task| row::row(analysis, task))
        };
        let is_same = row(&before)
            .zip(row(&after))
            .is_some_and(|(before, after)| after.shows_the_same(&before));
        if !is_same {
            assert!(named.contains(id), "{id} is other by {from} -> {to}, of {named:?}");
            other.push(id.to_string());
        }
    }
    other
}

#[test]
fn what_may_begin_with_a_task_is_told_with_it() {
    let done = |title: &str, kind: &str| {
        let from = format!("{title}\n{kind}- **Status**: open");
        let to = from.replace("open", "done");
        other_rows(FLOW, "TASKS.md", (&from, &to))
    };
    assert_eq!(done("Signal", "- **Type**: signal\n- **Raises**: approved\n"), ["1", "2"]);
    assert_eq!(done("First part", "- **Part of**: 3\n"), ["3", "4", "5", "6"]);
    // One that has come to wait waits from then on.
    let typed = ("- **After**: 4", "- **Type**: wait\n- **Waits for**: 4");
    assert_eq!(other_rows(FLOW, "TASKS.md", typed), Vec::<String>::new());
}

#[test]
fn what_is_found_and_allowed_is_told_and_what_only_moves_is_not() {
    let todo = |from: &str, to: &str| other_rows(OPENCODE, "specs/TODO.md", (from, to));
    assert_eq!(todo("# TODO\n", "# TODO\n\nWords.\n"), Vec::<String>::new());
    assert_eq!(todo("Log out", "Log off"), ["8"]);
    let allowed = "### 8. Log out\n<!-- lockstep: allow drift -->";
    assert_eq!(todo("### 8. Log out", allowed), ["8"]);
    assert_eq!(
        todo(
            "9. Log in again\n- **Status**: [PLANNED]",
            "9. Log in again\n- **Status**: [REVISED]"
        ),
        ["9"]
    );
    let state = |from: &str, to: &str| other_rows(OPENCODE, "specs/state.json", (from, to));
    assert_eq!(state("researched", "planned"), ["8"]);
}
