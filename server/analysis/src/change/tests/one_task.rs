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
fn a_file_of_data_that_is_empty_still_tells_how_tasks_are_kept() {
    for text in ["", "  \0\n"] {
        let fixture = format!(
            "//- /docs/sprint-status.yaml\n{text}//- /docs/1-1-log-in.md\n  # Story 1.1: Log in\n\n  Status: review\n"
        );
        let (analysis, _) = analysis(&fixture);
        let ids: Vec<&str> = analysis.instances.iter().map(|it| it.id.as_str()).collect();
        assert!(ids.contains(&"bmad"), "{ids:?}");
        let found: Vec<_> =
            analysis.diagnostics().iter().map(|it| (it.rule, &*it.message)).collect();
        assert!(!found.is_empty(), "{text:?} is no tracker");
        assert!(set(&fixture, "1-1", "done").is_err(), "{text:?}");
    }
}

#[test]
fn an_emptied_state_tells_how_the_entries_beside_it_are_kept() {
    let fixture =
        "//- /specs/state.json\n//- /specs/TODO.md\n  ### 1. A\n  - **Status**: [PLANNED]\n";
    check_set(
        fixture,
        "1",
        "implementing",
        expect![
            "specs/state.json:1:1: expected a JSON value, the document is empty; correct the file first; a status is changed in all files or in none"
        ],
    );
    let other = "//- /terraform/state.json\n//- /TODO.md\n  - [ ] A\n";
    let (analysis, _) = analysis(other);
    let ids: Vec<&str> = analysis.instances.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["checklist"], "an empty file elsewhere tells nothing");
}

#[test]
fn an_epic_whose_context_is_written_may_have_finished_stories() {
    check_all_rules(
        "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: contexted\n    1-1-a: done\n",
    );
}
