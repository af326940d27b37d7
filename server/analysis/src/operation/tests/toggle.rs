//! The circle open → active → done.

use expect_test::expect_file;

use crate::analysis::Analysis;
use crate::index::Place;
use crate::operation::{NextStatus, Operation, Plan, Planner, Refused, Whose, Wish};
use crate::operation::{next_statuses, plan_with};
use crate::testing::{
    AT, OF_WORK, analysis, examples, findings_by_rule, new_findings, silent_examples,
};
use crate::text::TextRange;

const PLAN: &str = "specs/007_add_login/plans/implementation-001.md";

const LOGIN: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Add logout
  - **Status**: [COMPLETED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned" }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [NOT STARTED]

  ### Phase 1: Store [NOT STARTED]
  - [ ] Choose it
  - [x] Ask
  ### Phase 2: Form [IN PROGRESS]
"#;

/// Where the lines begin and end that hold these words.
fn lines(analysis: &Analysis, path: &str, first: &str, last: &str) -> TextRange {
    let (text, _) = analysis.source(path).expect("a file");
    let start = text.find(first).expect("the words");
    TextRange::new(start, text[start..].find(last).expect("the words") + start)
}

fn next(analysis: &Analysis, path: &str, range: TextRange) -> Result<Vec<NextStatus>, Refused> {
    next_statuses(analysis, path, range, None, AT, Planner::STILL)
}

fn planned(analysis: &Analysis, next: &[NextStatus], planner: Planner<'_>) -> Plan {
    let list = next.iter().map(|NextStatus { task, phase, status, .. }| {
        let wish = Wish { status, ..Wish::default() };
        (phase.as_ref().map_or(Whose::Task(task), |it| Whose::Phase(task, it)), wish)
    });
    let operation = Operation::Batch { list: list.collect(), atomic: false };
    plan_with(analysis, &operation, AT, planner).expect("it is planned")
}

fn told(found: Result<Vec<NextStatus>, Refused>) -> String {
    match found {
        Ok(all) => {
            let told = all.into_iter().map(|NextStatus { task, phase, status, .. }| {
                let phase = phase.map(|it| format!(" phase {it}")).unwrap_or_default();
                format!("{task}{phase} {status}")
            });
            told.collect::<Vec<_>>().join(", ")
        }
        Err(why) => format!("refused: {why}"),
    }
}

#[test]
fn what_is_at_the_cursor_goes_on_by_what_leads_to_the_end() {
    let (analysis, _) = analysis(LOGIN);
    for (path, words, expected) in [
        ("specs/TODO.md", "7. Add", "7 implementing"),
        ("specs/TODO.md", "[PLANNED]", "7 implementing"),
        ("specs/state.json", "add_login", "7 implementing"),
        (PLAN, "Phase 1", "7 phase 1 in_progress"),
        (PLAN, "Choose", "implementation-001.md#phase-1/choose-it done"),
        (PLAN, "Ask", "implementation-001.md#phase-1/ask open"),
        (PLAN, "Phase 2", "7 phase 2 completed"),
        (
            "specs/TODO.md",
            "8. Add",
            "refused: nothing follows completed in the circle open, active, done; set a status by its name",
        ),
    ] {
        let range = lines(&analysis, path, words, words);
        let found = told(next(&analysis, path, range)).replace("specs/007_add_login/plans/", "");
        assert_eq!(found, expected, "{words}");
    }
}

#[test]
fn a_box_that_is_nobodys_is_not_that_of_the_task_around_it() {
    let (analysis, _) = analysis(
        "//- /process/tasks.md\n  - [x] Sync them [#193](tasks/193-sync.md)\n//- /process/tasks/193-sync.md\n  # Sync them\n\n  ## Status\n\n  DONE\n\n  ## Criteria\n\n  Prose.\n  - [ ] It is told of\n",
    );
    let path = "process/tasks/193-sync.md";
    for words in ["It is told", "Prose"] {
        let range = lines(&analysis, path, words, words);
        let refused = told(next(&analysis, path, range));
        assert!(refused.starts_with("refused: no task, phase or box stands here"), "{refused}");
    }
    assert!(!told(next(&analysis, path, lines(&analysis, path, "DONE", "DONE"))).contains("here"));
}

#[test]
fn where_places_disagree_what_stands_at_the_cursor_goes_on() {
    let (analysis, _) = analysis(
        "//- /docs/sprint-status.yaml\n  development_status:\n    epic-1: in-progress\n    1-2-log-in: done\n//- /docs/1-2-log-in.md\n  # Story 1.2: Log in\n\n  Status: review\n",
    );
    let path = "docs/1-2-log-in.md";
    let found = next(&analysis, path, lines(&analysis, path, "review", "review"));
    assert_eq!(told(found.clone()), "1-2 done");
    let plan = planned(&analysis, &found.expect("one"), Planner::STILL);
    let after = plan.after.index.document(path).expect("the story").1.text.to_string();
    assert!(after.contains("Status: done"), "{after}");
}

#[test]
fn several_lines_go_where_the_first_goes_and_what_is_around_them_follows() {
    let (analysis, _) = analysis(LOGIN);
    let range = lines(&analysis, PLAN, "Phase 1", "Ask");
    let found = next(&analysis, PLAN, range);
    assert_eq!(told(found.clone()), format!("{PLAN}#phase-1/choose-it done"));
    let plan = planned(&analysis, &found.expect("one"), Planner::STILL);
    let after = plan.after.index.document(PLAN).expect("the plan").1.text.to_string();
    assert!(after.contains("- [x] Choose it\n- [x] Ask"), "{after}");
    let again = next(&plan.after, PLAN, range);
    let both = format!("{PLAN}#phase-1/choose-it open, {PLAN}#phase-1/ask open");
    assert_eq!(told(again), both);
}

/// Toggles everything in a workspace, each by itself, and tells what follows; a new finding that is none
/// of work fails.
fn toggle_all(profile: &str, analysis: &Analysis, out: &mut String) {
    let index = &analysis.index;
    let movable = |from: &str, _: &str| {
        let paths = index.docs.iter().map(|it| it.path.to_string());
        Ok(paths.filter(|path| path.starts_with(from)).collect())
    };
    let planner = Planner { movable: &movable, ..Planner::STILL };
    let was = findings_by_rule(analysis);
    for (doc, document) in index.docs.iter().enumerate() {
        for entity in 0..document.facts.entities.len() {
            let fact = index.entity(Place { doc, entity });
            let range = TextRange::empty(fact.name.start as usize);
            let path = document.path.as_str();
            let found = next_statuses(analysis, path, range, None, AT, planner);
            *out += &format!("{profile} {path} {:?}: {}\n", fact.title, told(found.clone()));
            let Ok(found) = found else { continue };
            let plan = planned(analysis, &found, planner);
            for rule in new_findings(&was, &plan.after) {
                assert!(OF_WORK.contains(&rule), "{out}a new finding of {rule}");
                *out += &format!("  {rule}\n");
            }
        }
    }
}

#[test]
fn in_every_profile_what_is_toggled_is_in_step_everywhere() {
    let mut out = String::new();
    for (profile, analysis) in examples() {
        toggle_all(profile, &analysis, &mut out);
    }
    expect_file!["toggle.txt"].assert_eq(&out);
    for (profile, analysis) in silent_examples() {
        toggle_all(profile, &analysis, &mut String::new());
    }
}
