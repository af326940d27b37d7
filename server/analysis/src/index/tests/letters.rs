//! Ids of plans with a letter: one that was put in between, or split.

use crate::testing::analysis;

#[test]
fn a_plan_with_a_letter_is_one_in_every_place() {
    let (analysis, _) = analysis(
        "
//- /.planning/ROADMAP.md
  - [ ] **Phase 2.1: Mend**
  - [ ] **Phase 6: Tell**

  - [ ] 02.1-02-PLAN.md -- Mend it
  - [ ] 06-03a-PLAN.md -- Write it
  - [ ] 06-03b: Print it
  - [ ] 06-04-PLAN.md -- Send it
  - [ ] 10-20k readers have it
//- /.planning/phases/02.1-mend/02.1-02-SUMMARY.md
  # Done
//- /.planning/phases/06-tell/06-03a-SUMMARY.md
  # Done
//- /.planning/phases/06-tell/06-03b-words-SUMMARY.md
  # Done
//- /.planning/phases/06-tell/06-04-PLAN.md
  ---
  depends_on: [06-03a, 06-03c]
  ---
",
    );
    let index = &analysis.index;
    let ids: Vec<&str> = index.tasks.values().map(|task| task.id.as_str()).collect();
    assert_eq!(ids, ["2.1", "02.1-02", "6", "06-03a", "06-03b", "06-04"]);
    let parts = |id: &str| {
        let task = analysis.task(id).expect("a phase");
        index.children(task).map(|part| part.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(parts("2.1"), ["02.1-02"]);
    assert_eq!(parts("6"), ["06-03a", "06-03b", "06-04"]);
    let found = analysis.diagnostics().iter().map(|found| found.message.as_str());
    assert_eq!(
        found.filter(|it| it.contains("06-03")).collect::<Vec<_>>(),
        [
            "plan 06-03a is [ ] here, but Complete by .planning/phases/06-tell/06-03a-SUMMARY.md",
            "plan 06-03b is [ ] here, but Complete by .planning/phases/06-tell/06-03b-words-SUMMARY.md",
            "task 06-04 depends on 06-03c, which does not exist",
        ]
    );
}
