//! Tasks of several types, each with statuses of its own.

use super::{Code, Operation, Plan, Refused, Whose, Wish, plan};
use crate::testing::{AT, analysis};

const BOARD: &str = r#"
//- /lockstep.toml
  [markers]
  bare = true

  [fields]
  status = ["Status"]

  [[vocabulary.task]]
  id = "todo"
  category = "open"
  next = ["done"]

  [[vocabulary.task]]
  id = "done"
  category = "done"
  next = []

  [[type]]
  id = "epic"

  [[type.status]]
  id = "backlog"
  category = "open"
  next = ["contexted"]

  [[type.status]]
  id = "contexted"
  category = "active"
  next = []

  [[role]]
  id = "board"
  files = ["board.json"]
  format = "json"
  rank = 10

  [[role.records]]
  at = "epics[]"
  type = "epic"

  [[role.records]]
  at = "stories[]"

  [[role]]
  id = "epics"
  files = ["epics.md"]
  rank = 20

  [[role.section]]
  kind = "task"
  type = "epic"
  heading = '^(?<id>E[0-9]+): (?<title>.+)$'
//- /board.json
  { "epics": [{ "id": "E1", "title": "Accounts", "status": "backlog" }],
    "stories": [{ "id": "1", "title": "Login", "status": "todo" }] }
//- /epics.md
  ## E1: Accounts
  - **Status**: backlog
"#;

fn set(fixture: &str, id: &str, status: &'static str) -> Result<Plan, Refused> {
    let (analysis, _) = analysis(fixture);
    let wish = Wish { status, ..Wish::default() };
    plan(&analysis, &Operation::Set { whose: vec![Whose::Task(id)], wish, atomic: false }, AT)
}

#[test]
fn each_type_has_its_own_statuses() {
    let (found, _) = analysis(BOARD);
    assert!(found.diagnostics().is_empty(), "{:#?}", found.diagnostics());
    let planned = set(BOARD, "E1", "contexted").expect("an epic knows it");
    let after = planned.change.after();
    assert_eq!(after.len(), 2, "both files: {after:?}");
    assert!(after.values().flatten().all(|text| text.contains("contexted")), "{after:?}");
    let refused = set(BOARD, "E1", "done").expect_err("only a story can be done");
    assert_eq!(refused.code, Code::UnknownStatus);
    assert!(refused.remedy.contains("backlog, contexted"), "{}", refused.remedy);
    assert!(set(BOARD, "1", "done").is_ok());
    assert_eq!(set(BOARD, "1", "contexted").expect_err("no story").code, Code::UnknownStatus);
}

#[test]
fn a_status_of_another_type_is_not_known() {
    let (found, _) = analysis(&BOARD.replace("**: backlog", "**: done"));
    let rules: Vec<&str> = found.diagnostics().iter().map(|found| found.rule).collect();
    assert_eq!(rules, ["unknown-status"]);
}
