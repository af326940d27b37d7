//! Which places are one task: what is not certain is refused, and no place is left behind.

use expect_test::{Expect, expect};

use crate::rules::drift;
use crate::testing::{analysis, check_all_rules, check_facts, set};

#[track_caller]
fn check_set(fixture: &str, task: &str, status: &str, expected: Expect) {
    match set(fixture, task, status) {
        Ok(after) => expected.assert_eq(&after),
        Err(refusal) => expected.assert_eq(&refusal.to_string()),
    }
}

const DECIMALS: &str = r#"
//- /docs/sprint-status.yaml
  development_status:
    epic-0: done
    0-1-start: done
    epic-0-5: in-progress
    0-5-1-contact: in-progress
    0-5-2-upload: backlog
    epic-7: in-progress
    7-5-fuzzy: in-progress
    epic-7-5: in-progress
    7-5-1-safety: backlog
"#;

#[test]
fn stories_of_an_epic_between_two_others_are_its_own() {
    check_all_rules(DECIMALS);
    check_set(
        DECIMALS,
        "7-5",
        "review",
        expect![[r#"
        //- /docs/sprint-status.yaml
          development_status:
            epic-0: done
            0-1-start: done
            epic-0-5: in-progress
            0-5-1-contact: in-progress
            0-5-2-upload: backlog
            epic-7: in-progress
            7-5-fuzzy: review
            epic-7-5: in-progress
            7-5-1-safety: backlog
    "#]],
    );
    check_set(
        DECIMALS,
        "7-5-1",
        "in-progress",
        expect![[r#"
        //- /docs/sprint-status.yaml
          development_status:
            epic-0: done
            0-1-start: done
            epic-0-5: in-progress
            0-5-1-contact: in-progress
            0-5-2-upload: backlog
            epic-7: in-progress
            7-5-fuzzy: in-progress
            epic-7-5: in-progress
            7-5-1-safety: in-progress
    "#]],
    );
}

#[test]
fn two_records_with_one_id_are_no_certain_one_task() {
    let fixture = r#"
//- /docs/sprint-status.yaml
  development_status:
    1-2-log-in: in-progress
    1-2-log-out: backlog
"#;
    check_set(
        fixture,
        "1-2",
        "review",
        expect![
            "2 entries of docs/sprint-status.yaml are task 1-2: lines 2, 3; give each of them an id of its own"
        ],
    );
    let (analysis, _) = analysis(fixture);
    let found = analysis.diagnostics().iter();
    assert!(found.clone().any(|it| it.rule == drift::RULE.id));
    assert!(found.filter(|it| it.rule == drift::RULE.id).all(|it| !it.fixable));
}

#[test]
fn an_epic_whose_context_is_written_may_have_finished_stories() {
    check_all_rules(
        "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: contexted\n    1-1-a: done\n",
    );
}
