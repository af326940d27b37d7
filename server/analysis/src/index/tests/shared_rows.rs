//! Rows that say one status of several tasks.

use crate::change::plan;
use crate::testing::{analysis, intent};

/// Requirements of which the first `done` are ticked, with a row.
fn file(done: usize, row: &str) -> String {
    let boxes = (1..5).map(|at| {
        let mark = if at <= done { 'x' } else { ' ' };
        format!("  - [{mark}] **AUTH-0{at}**: Something\n")
    });
    let boxes: String = boxes.collect();
    format!(
        "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n//- /.planning/REQUIREMENTS.md\n{boxes}\n  | Requirement | Phase | Status |\n  |---|---|---|\n  | {row} |\n"
    )
}

/// What is found of the row.
fn found(done: usize, row: &str) -> Vec<String> {
    let (analysis, _) = analysis(&file(done, row));
    let found = analysis.diagnostics().iter();
    assert!(analysis.diagnostics().iter().all(|it| !it.fixable));
    found.map(|it| format!("{}: {}", it.rule, it.message)).collect()
}

#[test]
fn a_row_of_several_tasks_is_compared_with_them() {
    for name in [
        "AUTH-01..04",
        "AUTH-01...AUTH-04",
        "AUTH-01–AUTH-04",
        "AUTH-01 - 04",
        "AUTH-01 to AUTH-04",
        "AUTH-01 through 04",
        "AUTH-01 ~ AUTH-04",
        "AUTH-01-04 (v1)",
    ] {
        let row = |said: &str| format!("{name} | Phase 1 | {said}");
        let told = |they: &str, said: &str| {
            vec![format!("stale-rollup: `{said}` is said of {name}, but {they}")]
        };
        assert_eq!(found(4, &row("Complete")), [""; 0], "{name}");
        assert_eq!(found(0, &row("Pending")), [""; 0], "{name}");
        assert_eq!(found(2, &row("In Progress")), [""; 0], "{name}");
        assert_eq!(found(3, &row("Complete")), told("1 of 4 is not finished", "Complete"));
        assert_eq!(found(2, &row("Complete")), told("2 of 4 are not finished", "Complete"));
        assert_eq!(found(4, &row("Pending")), told("all 4 are finished", "Pending"));
        assert_eq!(found(4, &row("Deferred")), [""; 0], "{name}");
    }
}

#[test]
fn a_row_of_several_phases_is_compared_with_them() {
    let found = |name: &str, said: &str| {
        let fixture = format!(
            "//- /.planning/ROADMAP.md
  - [x] **Phase 23: Log in**
  - [ ] **Phase 24: Log out**

  | Phase | Plans Complete | Status | Completed |
  |---|---|---|---|
  | {name} | 4/4 | {said} | - |
"
        );
        let (analysis, _) = analysis(&fixture);
        analysis.diagnostics().iter().map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    for name in ["23-24", "23–24", "Phase 23 - 24", "Phases 23-24", "23-24 (both)", "23 to 24"] {
        let told = format!("`Complete` is said of {name}, but 1 of 2 is not finished");
        assert_eq!(found(name, "Complete"), [told], "{name}");
        assert_eq!(found(name, "In Progress"), [""; 0], "{name}");
    }
    for name in ["23-25", "023-024", "23-24 forms", "24-23", "23.1-23.2", "2026-23-24"] {
        assert_eq!(found(name, "Complete"), [""; 0], "{name}");
    }
}

#[test]
fn what_names_no_tasks_from_one_to_another_says_nothing() {
    for name in [
        "AUTH-01, AUTH-04",
        "AUTH-01..09",
        "AUTH-02..01",
        "AUTH-01..AUTH-01",
        "AUTH-01..MISC-04",
        "AUTH-01..04, MISC-01",
        "AUTH-01..104",
        "AUTH-01 to be split",
        "AUTH-01..99999999999999999999",
    ] {
        let known = ["duplicate-task", "drift"];
        let found = found(1, &format!("{name} | Phase 1 | Complete"));
        let is_row = |it: &&String| !known.iter().any(|rule| it.starts_with(rule));
        assert_eq!(found.iter().find(is_row), None, "{name}");
    }
}

#[test]
fn it_stays_and_whoever_contradicts_it_is_told() {
    let notes = |done: usize, id: &str, to: &str, said: &str| {
        let (before, _) = analysis(&file(done, &format!("AUTH-01..04 | Phase 1 | {said}")));
        let planned = plan(&before, &intent(&before, id, None, to)).expect("it is planned");
        let after = before.with_texts(&planned.change.after());
        let (_, document) = after.index.document(".planning/REQUIREMENTS.md").expect("a file");
        assert!(document.text.contains(&*format!("| AUTH-01..04 | Phase 1 | {said} |")));
        planned.notes
    };
    let told = |said: &str| {
        vec![format!("{said} at .planning/REQUIREMENTS.md:8:27 is said of AUTH-01..04 and stays")]
    };
    assert_eq!(notes(3, "AUTH-04", "complete", "Pending"), told("Pending"));
    assert_eq!(notes(4, "AUTH-01", "pending", "Complete"), told("Complete"));
    assert_eq!(notes(2, "AUTH-03", "complete", "Pending"), [""; 0]);
    // It was so before.
    assert_eq!(notes(2, "AUTH-03", "complete", "Complete"), [""; 0]);
}

#[test]
fn a_row_is_read_again_with_its_tasks() {
    let (mut analysis, _) = analysis(&file(3, "AUTH-01..04 | Phase 1 | Complete"));
    let told = |analysis: &crate::analysis::Analysis| analysis.diagnostics().len();
    assert_eq!(told(&analysis), 1);
    for (from, to, n) in [
        ("[ ] **AUTH-04**", "[x] **AUTH-04**", 0),
        ("| Complete |", "| Pending |", 1),
        ("AUTH-01..04", "AUTH-01..09", 0),
        ("AUTH-01..09", "AUTH-01..03", 1),
        ("[x] **AUTH-01**", "[ ] **AUTH-01**", 0),
    ] {
        let path = crate::model::FilePath::new(".planning/REQUIREMENTS.md");
        let text = analysis.index.document(path.as_str()).expect("a file").1.text.to_string();
        let text = text.replacen(from, to, 1);
        analysis = analysis.with_texts(&[(path, Some(text.into()))].into_iter().collect());
        assert_eq!(told(&analysis), n, "{to}");
    }
}

#[test]
fn an_id_of_no_end_is_not_repeated_for_each_task() {
    let kept = |zeros: usize| {
        let zeros = "0".repeat(zeros);
        let row = format!("AUTH-{zeros}1..{zeros}4 | Phase 1 | Complete");
        let (analysis, _) = analysis(&file(1, &row));
        analysis.index.docs.iter().map(|it| it.facts.shared.len()).sum::<usize>()
    };
    assert_eq!((kept(1), kept(200)), (1, 0));
}
