//! What happened between two workspaces, and that telling of it leaves nothing more to tell.

use expect_test::{Expect, expect};

use super::*;
use crate::change::archive::{self, ArchiveWish};
use crate::testing::analysis;

const BEFORE: &str = r#"
//- /specs/TODO.md
  ---
  next_project_number: 10
  ---
  # TODO

  ### 7. Add login
  - **Status**: [IMPLEMENTING]

  ### 8. Add logout
  - **Status**: [NOT STARTED]
  - **Dependencies**: 7

  ### 9. Write docs
  - **Status**: [BLOCKED]
//- /specs/state.json
  {
    "next_project_number": 10,
    "active_projects": [
      { "project_number": 7, "project_name": "add_login", "status": "implementing" }
    ]
  }
//- /specs/007_add_login/plans/implementation-001.md
  # Implementation Plan: Add login

  - **Task**: 7 - Add login
  - **Status**: [IMPLEMENTING]

  ### Phase 1: Form [COMPLETED]

  ### Phase 2: Session [IN PROGRESS]
"#;

fn line(event: &Event) -> String {
    let said = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
    let (part, from, to) = (said(&event.part), said(&event.from), said(&event.to));
    format!("{} {} {part}: {from} -> {to}\n", event.kind, event.task)
}

/// Checks what happens where each text is replaced by the next, and back; and that whoever takes
/// note of the events knows the workspace.
#[track_caller]
fn check(replace: &[(&str, &str)], there: Expect, back: Expect) {
    let after = replace.iter().fold(BEFORE.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    let (before, after) = (analysis(BEFORE).0, analysis(&after).0);
    for (from, to, expected) in [(&before, &after, there), (&after, &before, back)] {
        let found = events(from, to);
        expected.assert_eq(&found.iter().map(line).collect::<String>());
        let mut known = KnownTasks::of(from);
        found.iter().for_each(|event| known.take(event));
        assert_eq!(known, KnownTasks::of(to));
        let all = from.index.tasks.keys().chain(to.index.tasks.keys()).cloned().collect();
        assert_eq!(known.differences(to, &all), []);
    }
}

#[test]
fn nothing_happens_where_nothing_changes() {
    check(&[], expect![[""]], expect![[""]]);
    check(&[("Write docs", "Write more docs")], expect![[""]], expect![[""]]);
}

#[test]
fn a_task_that_is_finished_makes_those_ready_that_wait_for_it() {
    check(
        &[
            ("  - **Status**: [IMPLEMENTING]", "  - **Status**: [COMPLETED]"),
            (r#""implementing""#, r#""completed""#),
            ("[IN PROGRESS]", "[COMPLETED]"),
        ],
        expect![[r#"
            task.completed 7 -: implementing -> completed
            plan.changed 7 -: in_progress -> completed
            phase.completed 7 2: in_progress -> completed
            task.ready 8 -: - -> not_started
        "#]],
        expect![[r#"
            task.started 7 -: completed -> implementing
            plan.changed 7 -: completed -> in_progress
            phase.started 7 2: completed -> in_progress
            task.unready 8 -: - -> not_started
        "#]],
    );
}

#[test]
fn drift_comes_and_goes() {
    check(
        &[(r#""implementing""#, r#""planned""#)],
        expect![[r#"
        drift.appeared 7 -: - -> implementing
    "#]],
        expect![[r#"
        drift.resolved 7 -: - -> implementing
    "#]],
    );
}

#[test]
fn tasks_phases_and_counters_come_and_go() {
    check(
        &[
            ("  ### 9. Write docs\n  - **Status**: [BLOCKED]\n", ""),
            ("  ### Phase 2: Session [IN PROGRESS]\n", ""),
            (r#""next_project_number": 10"#, r#""next_project_number": 11"#),
        ],
        expect![[r#"
            phase.changed 7 2: in_progress -> -
            task.removed 9 -: blocked -> -
            counter.changed  specs/state.json#next_project_number: 10 -> 11
        "#]],
        expect![[r#"
            phase.started 7 2: - -> in_progress
            task.added 9 -: - -> blocked
            counter.changed  specs/state.json#next_project_number: 11 -> 10
        "#]],
    );
}

#[test]
fn a_task_stops_and_goes_on() {
    check(
        &[("[BLOCKED]", "[ABANDONED]")],
        expect![[r#"
        task.abandoned 9 -: blocked -> abandoned
    "#]],
        expect![[r#"
        task.blocked 9 -: abandoned -> blocked
    "#]],
    );
    check(
        &[("[BLOCKED]", "[NOT STARTED]")],
        expect![[r#"
        task.changed 9 -: blocked -> not_started
    "#]],
        expect![[r#"
        task.blocked 9 -: not_started -> blocked
    "#]],
    );
}

#[test]
fn names_are_read_back() {
    for kind in EventKind::ALL {
        assert_eq!(EventKind::parse(kind.name()), Some(*kind));
        assert!(kind.summary().ends_with('.'), "{kind}");
    }
    assert_eq!(EventKind::parse("task.eaten"), None);
}

/// Finished and put away, as the profile says, and live again.
#[test]
fn what_is_put_away_is_archived_and_nothing_is_finished_anew() {
    let done =
        BEFORE.replace("[IMPLEMENTING]", "[COMPLETED]").replace("[IN PROGRESS]", "[COMPLETED]");
    let before = analysis(&done.replace("\"implementing\"", "\"completed\"")).0;
    let folders = [(
        "specs/007_add_login".to_owned(),
        Ok(vec!["specs/007_add_login/plans/implementation-001.md".to_owned()]),
    )];
    let folders = folders.into_iter().collect();
    let wish = ArchiveWish { tasks: &[TaskId::new("7")], before: None, folders: &folders };
    let archived = archive::plan(&before, &wish).expect("it is planned");
    let after = before.with_texts(&archived.texts);
    let told = |from: &Snapshot, to: &Snapshot| {
        let found = events(from, to);
        let mut known = KnownTasks::of(from);
        found.iter().for_each(|event| known.take(event));
        assert_eq!(known, KnownTasks::of(to));
        found.iter().map(line).collect::<String>()
    };
    expect![[r#"
        task.archived 7 -: - -> completed
    "#]]
    .assert_eq(&told(&before, &after));
    expect![[r#"
        task.restored 7 -: - -> completed
    "#]]
    .assert_eq(&told(&after, &before));
    let known =
        KnownTasks::default().differences(&after, &after.index.tasks.keys().cloned().collect());
    let mut again = KnownTasks::default();
    known.iter().for_each(|event| again.take(event));
    assert_eq!(again, KnownTasks::of(&after));
}
