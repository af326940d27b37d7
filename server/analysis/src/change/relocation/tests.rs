//! Files that go where their status says, as whole workspaces.

use expect_test::{Expect, expect};

use crate::change::Refusal;
use crate::change::SourceChange;
use crate::change::moving::Kept;
use crate::change::relocation::{Relocation, relocate};
use crate::profile::id::TaskId;
use crate::testing::{analysis, result};

const AT: &str = "2026-08-09T10:11:12Z";

fn relocated(fixture: &str, id: &str) -> Result<Option<Relocation>, Refusal> {
    let (analysis, fixture) = analysis(fixture);
    let inside = |path: &str, folder: &str| {
        path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let paths = || fixture.files.iter().map(|file| file.path.trim_start_matches('/'));
    relocate(
        &analysis,
        &TaskId::new(id),
        AT,
        &|from, to| match paths().any(|path| inside(path, to)) {
            true => Err(Kept::ByDisk(format!("{to} exists already"))),
            false => Ok(paths().filter(|path| inside(path, from)).map(str::to_owned).collect()),
        },
    )
}

#[track_caller]
fn check(fixture: &str, id: &str, expected: Expect) {
    let told = match relocated(fixture, id) {
        Ok(Some(relocation)) => {
            let (analysis, _) = analysis(fixture);
            let mut change = SourceChange::between(&analysis, &relocation.texts);
            change.moves = relocation.moves.clone();
            let after = analysis.with_texts(&relocation.texts);
            let found: Vec<&str> = after.diagnostics().iter().map(|found| found.rule).collect();
            assert!(!found.contains(&"misplaced-file"), "{found:?}");
            let ways = relocation.ways.iter().map(|(from, to)| format!("{from} -> {to}\n"));
            format!("{}{}", ways.collect::<String>(), result(&change))
        }
        Ok(None) => "nothing\n".to_owned(),
        Err(refusal) => format!("{refusal}\n"),
    };
    expected.assert_eq(&told);
}

#[test]
fn a_folder_that_is_called_as_its_task_goes_as_a_whole_and_links_follow() {
    check(
        r#"
//- /docs/pending/high/api/login/login-index.md
  # Login
  - **Status**: Completed

  [Phase 1](./login-phase-1.md), [all](../../../../README.md), ![a picture](../shape.png)
//- /docs/pending/high/api/login/login-phase-1.md
  # Phase 1
  - **Status**: Completed
//- /docs/pending/high/api/login/notes.md
  Nothing of tasks.
//- /docs/pending/high/api/logout/logout-index.md
  # Logout
  - **Status**: Pending

  After [login](../login/login-index.md#overview) and [its page](docs/pending/high/api/login/login-index.md).
//- /docs/completed/2026-q1/api/store/store-index.md
  # Store
  - **Status**: Completed

  Before [login](<../../../../pending/high/api/login/login-index.md>).
"#,
        "login",
        expect![[r#"
            docs/pending/high/api/login -> docs/completed/2026-q3/api/login
            //- /docs/completed/2026-q1/api/store/store-index.md
              # Store
              - **Status**: Completed

              Before [login](<../../../2026-q3/api/login/login-index.md>).
            //- /docs/completed/2026-q3/api/login/login-index.md
              # Login
              - **Status**: Completed

              [Phase 1](./login-phase-1.md), [all](../../../../README.md), ![a picture](../../../../pending/high/api/shape.png)
            //- /docs/completed/2026-q3/api/login/login-phase-1.md
              # Phase 1
              - **Status**: Completed
            //- /docs/pending/high/api/login/login-index.md deleted
            //- /docs/pending/high/api/login/login-phase-1.md deleted
            //- /docs/pending/high/api/login/notes.md deleted
            //- /docs/pending/high/api/logout/logout-index.md
              # Logout
              - **Status**: Pending

              After [login](../../../../completed/2026-q3/api/login/login-index.md#overview) and [its page](docs/completed/2026-q3/api/login/login-index.md).
        "#]],
    );
}

#[test]
fn beside_other_tasks_the_files_of_a_task_go_alone() {
    check(
        r#"
//- /docs/pending/high/api/login-index.md
  # Login
  - **Status**: In Progress

  See [logout](logout-index.md) and [phase 1](login-phase-1.md).
//- /docs/pending/high/api/login-phase-1.md
  # Phase 1
  - **Status**: In Progress
//- /docs/pending/high/api/logout-index.md
  # Logout
  - **Status**: Pending

  After [login](login-index.md).
"#,
        "login",
        expect![[r#"
            docs/pending/high/api/login-index.md -> docs/in-progress/high/api/login-index.md
            docs/pending/high/api/login-phase-1.md -> docs/in-progress/high/api/login-phase-1.md
            //- /docs/in-progress/high/api/login-index.md
              # Login
              - **Status**: In Progress

              See [logout](../../../pending/high/api/logout-index.md) and [phase 1](login-phase-1.md).
            //- /docs/in-progress/high/api/login-phase-1.md
              # Phase 1
              - **Status**: In Progress
            //- /docs/pending/high/api/login-index.md deleted
            //- /docs/pending/high/api/login-phase-1.md deleted
            //- /docs/pending/high/api/logout-index.md
              # Logout
              - **Status**: Pending

              After [login](../../../in-progress/high/api/login-index.md).
        "#]],
    );
}

#[test]
fn a_part_that_names_its_whole_stays_where_its_own_status_says() {
    check(
        "\
//- /backlog/completed/task-2-search.md
  ---
  id: TASK-2
  status: To Do
  ---
//- /backlog/completed/task-2.1-index.md
  ---
  id: TASK-2.1
  status: Done
  parent_task_id: TASK-2
  ---
",
        "2",
        expect![[r#"
            backlog/completed/task-2-search.md -> backlog/tasks/task-2-search.md
            //- /backlog/completed/task-2-search.md deleted
            //- /backlog/tasks/task-2-search.md
              ---
              id: TASK-2
              status: To Do
              ---
        "#]],
    );
}

#[test]
fn what_is_not_known_of_a_folder_is_left_out() {
    check(
        r#"
//- /docs/completed/2025-q3/api/login/login-index.md
  # Login
  - **Status**: In Progress
//- /docs/pending/x/x-index.md
  # X
  - **Status**: Pending
"#,
        "login",
        expect![[r#"
            docs/completed/2025-q3/api/login -> docs/in-progress/api/login
            //- /docs/completed/2025-q3/api/login/login-index.md deleted
            //- /docs/in-progress/api/login/login-index.md
              # Login
              - **Status**: In Progress
        "#]],
    );
}

#[test]
fn what_is_there_already_is_not_overwritten() {
    check(
        r#"
//- /docs/pending/api/login/login-index.md
  # Login
  - **Status**: Blocked
//- /docs/blocked/api/login/notes.md
  Of another attempt.
"#,
        "login",
        expect![[r#"
            with its status task login moves from docs/pending/api/login to docs/blocked/api/login: docs/blocked/api/login exists already; `lockstep set login blocked --stay` leaves the files where they are
        "#]],
    );
}

#[test]
fn a_status_without_a_folder_moves_nothing() {
    check(
        r#"
//- /docs/in-progress/api/login/login-index.md
  # Login
  - **Status**: Failed
"#,
        "login",
        expect![[r#"
            nothing
        "#]],
    );
}

#[test]
fn a_part_of_the_folder_that_is_needed_and_not_known_is_asked_for() {
    check(
        r#"
//- /lockstep.toml
  extends = "roadmap"

  [folders.to]
  pending = "pending/{priority}/{category?}"
//- /completed/2025-q3/api/login/login-index.md
  # Login
  - **Status**: Pending
"#,
        "login",
        expect![[r#"
            with its status task login changes its folder, and completed/2025-q3/api/login tells no priority; move it by hand, or leave it there with `lockstep set login pending --stay`
        "#]],
    );
}

#[test]
fn definitions_and_targets_in_html_follow() {
    let fixture = r#"
//- /docs/pending/high/api/login/login-index.md
  # Login
  - **Status**: In Progress
//- /docs/in-progress/high/api/other/other-index.md
  # Other
  - **Status**: In Progress

  [login]: ../../../../pending/high/api/login/login-index.md#top "Log in"

  <a href="../../../../pending/high/api/login/login-index.md">Log in</a>
"#;
    let relocation = relocated(fixture, "login").expect("it may go").expect("it goes");
    let mut texts = relocation.texts.values().flatten();
    let text = texts.find(|text| text.contains("# Other")).expect("the other file is changed");
    assert_eq!(text.matches("pending/").count(), 0, "{text}");
    assert_eq!(text.matches("/login/login-index.md").count(), 2, "{text}");
}
