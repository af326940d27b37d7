//! Which times are written beside a status: those that the list keeps.

use crate::change::{Intent, Mode, Refusal};
use crate::model::FilePath;
use crate::testing::{analysis, intent, set_phase, set_with};
use crate::{AnalysisHost, Change};

/// What becomes of a list when its second task gets a status, whatever it had.
fn forced(list: &str, status: &str) -> Result<String, Refusal> {
    set_with(list, |analysis| Intent { mode: Mode::Force, ..intent(analysis, "2", None, status) })
}

/// Two tasks, the first of which says this, and their records, with these members in that of the first.
fn list(entry: &str, record: &str) -> String {
    format!(
        "//- /specs/TODO.md
  # TODO

  ### 1. Draw the map
  {entry}

  ### 2. Ink the map
  - **Status**: [REVISING]
//- /specs/state.json
  {{ \"active_projects\": [
    {{ \"project_number\": 1, {record}, \"last_updated\": \"2025-12-01T10:00:00Z\" }},
    {{ \"project_number\": 2, \"status\": \"revising\", \"last_updated\": \"2025-12-01T10:00:00Z\" }}
  ] }}
"
    )
}

#[test]
fn a_list_that_keeps_no_times_gets_none() {
    let plain = list("- **Status**: [COMPLETED]", "\"status\": \"completed\"");
    for status in ["implementing", "completed"] {
        let after = forced(&plain, status).expect("it may be set");
        assert!(!after.contains("**Started**") && !after.contains("**Completed**"), "{after}");
        assert!(!after.contains("started\":") && !after.contains("completed\":"), "{after}");
        let touched = "\"last_updated\": \"2026-01-02T03:04:05Z\"";
        assert!(after.contains(touched), "{after}");
    }
}

#[test]
fn each_file_gets_the_times_that_it_keeps() {
    let entry = "- **Status**: [IMPLEMENTING]\n  - **Started**: 2025-12-01";
    let in_list = list(entry, "\"status\": \"implementing\"");
    let after = forced(&in_list, "planning").expect("it may be set");
    assert!(after.contains("[PLANNING]\n  - **Started**: 2026-01-02"), "{after}");
    assert!(!after.contains("\"started\""), "{after}");
    let record = "\"status\": \"completed\", \"completed\": \"2025-12-01\"";
    let in_records = list("- **Status**: [COMPLETED]", record);
    let after = forced(&in_records, "completed").expect("it may be set");
    assert!(after.contains("\"completed\": \"2026-01-02\""), "{after}");
    assert!(!after.contains("**Completed**"), "{after}");
}

#[test]
fn where_nothing_tells_yet_the_times_of_the_convention_are_written() {
    let fresh = list("- **Status**: [NOT STARTED]", "\"status\": \"not_started\"");
    let after = forced(&fresh, "planning").expect("it may be set");
    assert!(after.contains("[PLANNING]\n  - **Started**: 2026-01-02"), "{after}");
}

#[test]
fn a_phase_is_stamped_as_others_of_its_plan() {
    let plan = |first: &str| {
        format!(
            "//- /specs/TODO.md
  ### 7. Draw the map
  - **Status**: [IMPLEMENTING]
//- /specs/007_map/plans/plan-001.md
  # Plan
  - **Status**: [IN PROGRESS]

  ### Phase 1: Paper [COMPLETED]
  {first}

  ### Phase 2: Pen [COMPLETED]
  {first}

  ### Phase 3: Ink [NOT STARTED]
  - **Goal**: All lines are dark.
"
        )
    };
    let stamped = |first: &str| {
        let after = set_phase(&plan(first), "7", "3", "in_progress");
        after.expect("it may be set").contains("**Started**: 2026-01-02")
    };
    assert!(!stamped("- **Goal**: There is some."));
    assert!(stamped("- **Started**: 2025-12-01"));
}

#[test]
fn what_most_of_a_list_have_is_missed_and_no_more_when_they_have_it_no_longer() {
    let entry = |id: u8, stamp: &str| {
        format!("  ### {id}. Map {id}\n  - **Status**: [COMPLETED]\n{stamp}\n")
    };
    let stamp = "  - **Completed**: 2026-01-02\n";
    let all = |stamps: [&str; 3]| {
        let entries = stamps.iter().zip(1..).map(|(stamp, id)| entry(id, stamp));
        let records = "//- /specs/state.json\n  { \"active_projects\": [] }\n";
        format!("{records}//- /specs/TODO.md\n{}", entries.collect::<String>())
    };
    let missed = |fixture: &str| {
        let (analysis, _) = analysis(fixture);
        let found = analysis.diagnostics().iter().filter(|it| it.rule == "missing-timestamp");
        found.map(|it| it.task.clone().expect("a task").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(missed(&all([stamp, stamp, ""])), ["3"]);
    assert!(missed(&all([stamp, "", ""])).is_empty());
    assert!(missed(&all(["", "", ""])).is_empty());
    let path = FilePath::new("specs/TODO.md");
    let (before, _) = analysis(&all([stamp, "", ""]));
    let first = before.index.document(path.as_str()).expect("a file").1.text.to_string();
    let without = "Map 2\n- **Status**: [COMPLETED]\n";
    let text = first.replacen(without, &format!("{without}- **Completed**: 2026-01-03\n"), 1);
    let mut host = AnalysisHost::new(before.instances.clone(), (*before.config).clone());
    let change =
        |text: &str| Change { files: vec![(path.clone(), Some(text.into()))], ..Change::default() };
    host.apply_change(change(&first));
    assert!(host.analysis().diagnostics().is_empty());
    host.apply_change(change(&text));
    assert_eq!(host.analysis().diagnostics().len(), 1, "the third lacks it now");
    host.apply_change(change(&first));
    assert!(host.analysis().diagnostics().is_empty());
}
