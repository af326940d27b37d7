//! Links to files of tasks.

use expect_test::expect;

use super::{accepted, check, complete};

/// Task 7 with a plan, a record, and task 8 with one of its own.
const LINKED: &str = r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan]()

  ### 8. Add logout
  - **Status**: [RESEARCHED]
  - **Research**: [report](007_add_login/reports/r.md)
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned", "artifacts": [""] },
    { "project_number": 8, "project_name": "add_logout", "status": "researched" }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [NOT STARTED]
//- /specs/007_add_login/reports/r.md
  # Report
//- /specs/008_add_logout/plans/implementation-001.md
  # Plan for task 8
  - **Status**: [NOT STARTED]
"#;

#[test]
fn files_of_tasks_are_offered_where_a_link_is_typed_those_of_the_task_itself_first() {
    for (to, range) in [("[plan]($0)", ""), ("[plan]($0", ""), ("[plan](login$0)", "login")] {
        let (analysis, path, found) = complete(&LINKED.replacen("[plan]()", to, 1));
        let first = found.items.first().expect("the plan");
        assert_eq!(first.label, "007_add_login/plans/implementation-001.md", "{to}");
        assert_eq!(first.detail, "plan of task 7 Add login, not_started", "{to}");
        let (text, _) = analysis.source(&path).expect("the file");
        assert_eq!(first.edit.range.of(text), range, "{to}");
        let after = accepted(&analysis, &path, first).source(&path).expect("it").0.to_string();
        assert!(after.contains("[plan](007_add_login/plans/implementation-001.md)\n"), "{after}");
    }
    check(
        &LINKED.replacen("[plan]()", "[plan]($0)", 1),
        expect![[r#"
        007_add_login/plans/implementation-001.md for "" (plan of task 7 Add login, not_started) and 0 edits
        007_add_login/reports/r.md for "" () and 0 edits
        008_add_logout/plans/implementation-001.md for "" (plan of task 8 Add logout, not_started) and 0 edits
    "#]],
    );
    check(
        &LINKED.replacen("[plan]()", "[plan](logout$0", 1),
        expect![[r#"
        008_add_logout/plans/implementation-001.md for "logout" (plan of task 8 Add logout, not_started) and 0 edits
    "#]],
    );
    check(
        &LINKED.replacen("[\"\"]", "[\"$0\"]", 1),
        expect![[r#"
        specs/007_add_login/plans/implementation-001.md for "" (plan of task 7 Add login, not_started) and 0 edits
        specs/007_add_login/reports/r.md for "" () and 0 edits
        specs/008_add_logout/plans/implementation-001.md for "" (plan of task 8 Add logout, not_started) and 0 edits
    "#]],
    );
    for to in ["![plan]($0)", "`[plan]($0)`", "[plan](https://$0)", "[plan](a.md) ($0)"] {
        check(&LINKED.replacen("[plan]()", to, 1), expect![[""]]);
    }
}
