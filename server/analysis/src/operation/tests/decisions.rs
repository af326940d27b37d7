//! What is asked for in a way that cannot be done as it is said.

use super::*;

#[test]
fn a_reason_of_several_lines_adds_no_field() {
    let reason = Some("x\n- **Status**: [COMPLETED]");
    let plan = set(&["7"], Wish { status: "blocked", reason, ..Wish::default() });
    let plan = plan.expect("an operation");
    let after: Vec<_> = plan.change.after().into_values().flatten().collect();
    let todo = after.iter().find(|text| text.contains("###")).expect("the list changes");
    assert!(todo.contains("Reason**: x - **Status**: [COMPLETED]\n"), "{todo}");
}

#[test]
fn what_has_no_status_is_told_so_where_one_is_expected() {
    let (analysis, _) = analysis("//- /TODO.md\n  - [x] a\n\n  ## 3. Base\n  - **Status**: Done\n");
    let wish = Wish { status: "todo", expect: Some("blocked"), ..Wish::default() };
    let of = |task| Operation::Set { whose: vec![Whose::Task(task)], wish, atomic: false };
    let result = plan(&analysis, &of("3"), AT).expect("an operation").results.remove(0);
    assert_eq!(result.reason.as_deref(), Some("the status is done, not blocked"));
}

#[test]
fn a_finding_whose_fix_would_bring_another_says_which() {
    let (analysis, _) = analysis(
        "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: A**

  Plans:
  - [ ] 01-01-PLAN.md
  - [ ] 01-02-PLAN.md
//- /.planning/phases/01-a/01-01-PLAN.md
  # Plan
//- /.planning/phases/01-a/01-02-PLAN.md
  ---
  depends_on: [01-01]
  ---
//- /.planning/phases/01-a/01-02-SUMMARY.md
  # Summary
",
    );
    let operation = Operation::FixOperation(FixOperation::default());
    let plan = plan(&analysis, &operation, AT).expect("an operation");
    let remedies: Vec<String> = plan.results.into_iter().filter_map(|it| it.remedy).collect();
    let told = "settle first what would follow from it in .planning/phases/01-a/01-02-PLAN.md: task 01-02 is complete, but depends on task 01-01, which is not_started";
    assert_eq!(remedies, [told]);
}

#[test]
fn parts_are_mended_all_together_or_not_at_all() {
    let phase = |n: u32, mark: &str, plans: &str| {
        let files: String = (1..=2)
            .map(|plan| format!("//- /.planning/phases/0{n}-a/0{n}-0{plan}-SUMMARY.md\n  # S\n"))
            .collect();
        let list = format!(
            "  - [{mark}] **Phase {n}: A**\n\n  - [ ] 0{n}-01-PLAN.md\n  - [ ] 0{n}-02-PLAN.md\n\n"
        );
        (list, format!("  | {n}. A | {plans} |\n"), files)
    };
    let (one, two) =
        (phase(1, " ", "0/2 | Research complete | -"), phase(2, "x", "2/2 | Complete | -"));
    let (analysis, _) = analysis(&format!(
        "//- /.planning/ROADMAP.md\n{}{}  | Phase | Plans Complete | Status | Completed |\n  |---|---|---|---|\n{}{}{}{}",
        one.0, two.0, one.1, two.1, one.2, two.2
    ));
    let operation = Operation::FixOperation(FixOperation::default());
    let plan = plan(&analysis, &operation, AT).expect("an operation");
    let remedies = plan.results.iter().filter_map(|it| it.remedy.as_deref());
    let remedies: Vec<&str> = remedies.collect();
    assert_eq!(remedies.len(), 2, "{remedies:?}");
    for told in remedies {
        let why = "settle first why 1 cannot follow its parts: `Research complete` at .planning/ROADMAP.md:";
        assert!(told.starts_with(why), "{told}");
    }
    let diff = plan.change.diff();
    // That phase 1 is finished cannot be said in its row.
    assert!(!diff.contains("01-0") && !diff.contains("/2"), "{diff}");
    assert!(diff.contains("+- [x] 02-01-PLAN.md\n+- [x] 02-02-PLAN.md"), "{diff}");
}

#[test]
fn a_task_that_is_to_be_fixed_and_is_for_a_person_to_decide_is_refused() {
    let (analysis, _) = analysis(
        "\
//- /process/tasks.md
  - [ ] One [#001](process/tasks/001-one.md)
//- /process/tasks/001-one.md
  ## Status
  IN-PROGRESS
",
    );
    let told = |tasks: &[String]| {
        let operation = Operation::FixOperation(FixOperation { tasks, ..FixOperation::default() });
        let plan = plan(&analysis, &operation, AT).expect("an operation");
        assert!(plan.change.is_empty());
        plan.results.into_iter().map(|it| (it.verdict, it.code, it.remedy)).next()
    };
    let remedy = Some("say which is right: `--prefer STATUS` or `--prefer PATH`".to_owned());
    let refused = (Verdict::Refused, Some(Code::Ambiguous), remedy.clone());
    assert_eq!(told(&tasks(&["1"])), Some(refused));
    assert_eq!(told(&[]), Some((Verdict::Unchanged, None, remedy)));
}
