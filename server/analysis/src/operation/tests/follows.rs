//! What follows from a fix.

use super::*;

#[test]
fn a_fix_names_each_task_that_it_changes() {
    let (analysis, _) = analysis(
        "
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: One**
  - [x] 01-01-PLAN.md - Draw it
  - [ ] 01-02-PLAN.md - Paint it

  | Phase | Plans Complete | Status |
  |---|---|---|
  | 1. One | 1/2 | In Progress |
//- /.planning/phases/01-one/01-02-SUMMARY.md
  # Done
",
    );
    let plan = plan(&analysis, &Operation::FixOperation(FixOperation::default()), AT)
        .expect("an operation");
    let told: Vec<String> = plan
        .results
        .iter()
        .map(|it| format!("{}: {:?} -> {} {:?}", it.task, it.from, it.to, it.verdict))
        .collect();
    assert_eq!(
        told,
        [
            "01-02: Some(\"not_started\") -> complete Applied",
            "1: Some(\"in_progress\") -> complete Applied"
        ]
    );
    assert_eq!(plan.results[1].changes.len(), 2);
    assert_eq!(plan.results[1].files, [".planning/ROADMAP.md"]);
}

#[test]
fn a_fix_of_one_part_takes_along_what_only_then_is_found_of_the_whole() {
    let fix = |row: &str, second: char, rule: Option<&str>| {
        let (analysis, _) = analysis(&format!(
            "
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: One**
  - [ ] 01-01-PLAN.md - Draw it
  - [{second}] 01-02-PLAN.md - Paint it

  | Phase | Plans Complete | Status |
  |---|---|---|
  | 1. One | {row} |
//- /.planning/phases/01-one/01-01-SUMMARY.md
  # Done
"
        ));
        let tasks = &["01-01".to_owned()];
        let fix = FixOperation { tasks, rule, ..FixOperation::default() };
        let plan = plan(&analysis, &Operation::FixOperation(fix), AT).expect("an operation");
        let told = plan.results.iter().map(|it| format!("{} {:?}", it.task, it.verdict));
        told.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(fix("1/2 | In Progress", 'x', None), "01-01 Applied, 1 Applied");
    assert_eq!(fix("0/2 | In Progress", 'x', None), "01-01 Applied, 1 Applied");
    assert_eq!(fix("1/2 | In Progress", ' ', None), "01-01 Applied");
    assert_eq!(fix("1/2 | In Progress", 'x', Some("drift")), "01-01 Refused");
    // Nobody knows whether the figure was wrong before.
    assert_eq!(fix("2/2 | In Progress", ' ', None), "01-01 Refused");
}

fn set(fixture: &str, task: &'static str, status: &'static str) -> Plan {
    let (analysis, _) = analysis(fixture);
    let wish = Wish { status, ..Wish::default() };
    let operation = Operation::Set { whose: vec![Whose::Task(task)], wish, atomic: false };
    plan(&analysis, &operation, AT).expect("an operation")
}

#[test]
fn what_is_given_up_has_no_ticked_box() {
    let of = |mark, word| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: A**\n//- /.planning/REQUIREMENTS.md\n  - [{mark}] **OPS-01**: a\n\n  | Requirement | Status |\n  |---|---|\n  | OPS-01 | {word} |\n"
        )
    };
    for (mark, word) in [(' ', "Pending"), ('x', "Complete")] {
        let before = of(mark, word);
        let Plan { change, .. } =
            set(&before, "OPS-01", if mark == 'x' { "pending" } else { "deferred" });
        let after = change.after();
        let (_, text) = after.iter().next().expect("a change");
        let text = text.as_ref().map(|it| it.whole().to_string()).unwrap_or_default();
        assert!(text.contains("- [ ] **OPS-01**"), "{text}");
    }
    let (analysis, _) = analysis(&of('x', "Deferred"));
    let found: Vec<&str> = analysis.diagnostics().iter().map(|it| it.rule).collect();
    assert_eq!(found, ["drift"]);
}

const BY_FILE: &str = "
//- /.planning/ROADMAP.md
  - [x] **Phase 1: A**
//- /.planning/phases/01-a/01-01-PLAN.md
  # P
";

#[test]
fn a_plan_without_a_box_has_its_status_from_another_file() {
    let done = format!("{BY_FILE}//- /.planning/phases/01-a/01-01-SUMMARY.md\n  # S\n");
    let refused = set(&done, "01-01", "not_started").results.remove(0);
    let (reason, remedy) = (refused.reason.expect("a reason"), refused.remedy.expect("a remedy"));
    assert_eq!(reason, "01-01 is Complete because .planning/phases/01-a/01-01-SUMMARY.md is there");
    assert_eq!(remedy, "take that file away, or move it or its folder elsewhere");
    for (to, told) in [
        ("complete", "add its check box to .planning/ROADMAP.md, or write its summary"),
        ("not_started", "add its check box to .planning/ROADMAP.md"),
    ] {
        let refused = set(BY_FILE, "01-01", to).results.remove(0);
        assert_eq!(refused.remedy.as_deref(), Some(told));
    }
}

#[test]
fn what_the_folder_of_a_ticket_contradicts_is_refused_where_nothing_says_where_it_goes() {
    let fixture = "
//- /tickets/closed/T-001-log-in.md
  # T-001: Log in

  **Status:** Done
//- /tickets/closed/T-002-log-out.md
  # T-002: Log out

  **Status:** Open
//- /tickets/T-003-look-around.md
  # T-003: Look around

  **Status:** In Progress
  **Depends on:** T-002
";
    let of = |task: &'static str, status: &'static str, stay: bool| {
        let (analysis, _) = analysis(fixture);
        let wish = Wish { status, stay, ..Wish::default() };
        let operation = Operation::Set { whose: vec![Whose::Task(task)], wish, atomic: false };
        let plan = plan(&analysis, &operation, AT).expect("an operation");
        let found = &plan.results[0];
        (found.verdict, found.reason.clone().unwrap_or_default())
    };
    let (verdict, why) = of("T-001", "open", false);
    assert_eq!(verdict, Verdict::Refused, "{why}");
    assert_eq!(why, "tickets/closed/T-001-log-in.md lies in a folder that says closed");
    assert_eq!(of("T-001", "open", true).0, Verdict::Applied);
    assert_eq!(of("T-002", "done", false).0, Verdict::Applied);
    let why = "tickets/closed/T-002-log-out.md lies in a folder that says closed";
    assert_eq!(of("T-002", "in_progress", false), (Verdict::Refused, why.to_owned()));
    assert_eq!(of("T-002", "in_progress", true).0, Verdict::Applied);
    // It lay there before.
    assert_eq!(of("T-002", "open", false).0, Verdict::Unchanged);
    assert_eq!(of("T-003", "done", false).0, Verdict::Applied);
    // What depends on a ticket in such a folder is not told that it is open.
    let (analysis, _) = analysis(fixture);
    let found: Vec<_> = analysis.diagnostics().iter().map(|found| found.rule).collect();
    assert_eq!(found, ["misplaced-file"]);
}

#[test]
fn a_word_that_only_means_a_status_is_told_with_it() {
    let fixture = "//- /TODO.md\n  - [ ] #7 Log in\n  - [ ] #8 Log out\n";
    let told = |task, status| set(fixture, task, status).results[0].reason.clone();
    assert_eq!(told("7", "shipped").as_deref(), Some("`shipped` is done here"));
    assert_eq!(told("8", "Complete"), None);
}
