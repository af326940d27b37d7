//! Finished tasks of several profiles, put away together.

use std::collections::BTreeMap;

use super::{Operation, Verdict, plan};
use crate::change::archive;
use crate::testing::{AT, analysis, result};

#[test]
fn tasks_of_several_profiles_are_put_away_where_each_keeps_them() {
    let (analysis, fixture) = analysis(
        "
//- /specs/TODO.md
  # Tasks

  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-01
//- /specs/archive/TODO.md
  # Archive
//- /specs/state.json
  { \"active_projects\": [] }
//- /backlog/tasks/task-1-log-in.md
  ---
  id: TASK-1
  status: Done
  ---
//- /checks/TODO.md
  - [x] Draw it
",
    );
    let ids = archive::finished(&analysis);
    let ways = ids.iter().flat_map(|id| archive::folders(&analysis, id));
    let own = |from: &String| fixture.files.iter().map(|it| it.path.clone()).find(|it| it == from);
    let folders: BTreeMap<_, _> =
        ways.map(|(from, _)| (from.clone(), Ok(own(&from).into_iter().collect()))).collect();
    let operation = Operation::Archive { tasks: &[], done_before: None, folders: &folders };
    let plan = plan(&analysis, &operation, AT).expect("a plan");
    let verdicts = plan.results.iter().map(|it| (it.task.as_str(), it.verdict));
    let expected = [("7", Verdict::Applied), ("1", Verdict::Applied)];
    assert_eq!(verdicts.collect::<Vec<_>>(), expected);
    let text = result(&plan.change);
    assert!(text.contains("//- /backlog/completed/task-1-log-in.md"), "{text}");
    assert!(text.contains("# Archive\n\n  ### 7. Add login"), "{text}");
}

#[test]
fn what_has_no_place_to_go_to_is_told_once() {
    let told = |fixture: &str| {
        let (analysis, _) = analysis(fixture);
        let finished = archive::finished(&analysis);
        let folders = BTreeMap::new();
        let operation = Operation::Archive { tasks: &[], done_before: None, folders: &folders };
        let refused = plan(&analysis, &operation, AT).err();
        (finished.len(), refused.map(|it| format!("{}; {}", it.message, it.remedy)))
    };
    let road = "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: A**\n  - [ ] **Phase 2: B**\n";
    let tool = "the tool of `gsd` archives what is finished, by rules of its own; run `/gsd:complete-milestone`";
    assert_eq!(told(road), (1, Some(tool.to_owned())));
    let spec = "//- /.kiro/specs/tea/tasks.md\n  - [x] 1. Draw it\n";
    let (n, why) = told(spec);
    let other = "does not say where finished tasks are put away";
    assert!(
        n > 0 && why.is_some_and(|it| it.starts_with("the profile `kiro`") && it.contains(other))
    );
    let (n, why) = told(&format!("//- /TODO.md\n  - [x] Draw it\n{road}"));
    assert!(n > 1 && why.is_some_and(|it| it == tool));
    let bank =
        "//- /memory-bank/tasks/TASK001-a.md\n  # [TASK001] - A\n\n  **Status:** Completed\n";
    let why = told(bank).1.expect("it has no place");
    assert!(why.ends_with("`lockstep help archive` shows how"), "{why}");
}
