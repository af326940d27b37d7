//! What operations come to.

use super::*;
use crate::testing::{AT, analysis};

const TASKS: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 12. Add logout
  - **Status**: [NOT STARTED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "status": "researched" },
    { "project_number": 12, "status": "not_started" }
  ] }
"#;

fn tasks(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn set(ids: &[&'static str], wish: Wish<'_>) -> Result<Plan, Refused> {
    let (analysis, _) = analysis(TASKS);
    let whose = ids.iter().map(|id| Whose::Task(id)).collect();
    plan(&analysis, &Operation::Set { whose, wish, atomic: false }, AT)
}

fn fix(fix: Fix<'_>) -> Result<Plan, Refused> {
    let (analysis, _) = analysis(TASKS);
    plan(&analysis, &Operation::Fix(fix), AT)
}

fn codes(plan: &Plan) -> Vec<Option<&'static str>> {
    plan.results.iter().map(|result| result.code.map(Code::name)).collect()
}

#[test]
fn each_refusal_has_a_code_and_a_remedy() {
    let wish = |status| Wish { status, ..Wish::default() };
    for (id, wish, code, remedy) in [
        ("7", wish("completed"), "not-allowed", "revising, implementing, blocked"),
        ("7", wish("blocked"), "needs-reason", "give one"),
        ("17", wish("blocked"), "unknown-task", "near ids: 12, 7"),
        (
            "7",
            Wish { expect: Some("revised"), ..wish("implementing") },
            "not-expected",
            "look at it again",
        ),
        ("7", Wish { force: true, ..wish("completed") }, "needs-reason", "add a reason"),
    ] {
        let plan = set(&[id], wish).expect("an operation");
        let [result] = &plan.results[..] else { panic!("{:?}", plan.results) };
        assert_eq!(result.code.map(Code::name), Some(code), "{result:?}");
        assert!(result.remedy.as_deref().is_some_and(|it| it.contains(remedy)), "{result:?}");
        assert!(plan.change.is_empty(), "{result:?}");
    }
}

#[test]
fn a_status_among_the_tasks_is_told_before_anything_is_planned() {
    let wish = Wish { status: "implementing", ..Wish::default() };
    let refused = set(&["7", "planned", "12"], wish).expect_err("it is no operation");
    assert_eq!(refused.code, Code::Usage);
    assert!(refused.message.starts_with("`planned` is a status and no task"), "{refused}");
    let refused = set(&["7"], Wish { status: "flying", ..Wish::default() });
    assert_eq!(refused.expect_err("it is no status").code, Code::UnknownStatus);
}

#[test]
fn a_preference_that_names_no_place_mends_nothing_towards_another() {
    let seven = tasks(&["7"]);
    for (prefer, says) in [
        ("sate.json", "did you mean state.json?"),
        ("specs/TODO.m", "did you mean specs/TODO.md?"),
        ("completed", "it is planned in specs/TODO.md, researched in specs/state.json"),
        ("nowhere/at-all.toml", "name a file in which the task stands"),
    ] {
        let prefer = Some(prefer);
        let refused = fix(Fix { tasks: &seven, prefer, ..Fix::default() });
        let refused = refused.expect_err("it names nothing");
        assert_eq!(refused.code, Code::Usage, "{prefer:?}");
        assert!(refused.remedy.contains(says), "{prefer:?}: {refused}");
    }
}

#[test]
fn a_preference_is_a_status_or_a_file_by_its_path_or_end() {
    let seven = tasks(&["7"]);
    for prefer in ["state.json", "./specs/state.json", "specs/state.json", "[RESEARCHED]"] {
        let prefer = Some(prefer);
        let plan = fix(Fix { tasks: &seven, prefer, ..Fix::default() }).expect("a plan");
        assert_eq!(plan.results[0].to, "researched", "{prefer:?}");
        assert_eq!(plan.change.files().len(), 1, "{prefer:?}");
    }
}

#[test]
fn of_all_or_none_the_rest_is_refused_with_one() {
    let (analysis, _) = analysis(TASKS);
    let whose = vec![Whose::Task("7"), Whose::Task("99")];
    let wish = Wish { status: "implementing", ..Wish::default() };
    let plan = plan(&analysis, &Operation::Set { whose, wish, atomic: true }, AT).expect("a plan");
    assert_eq!(codes(&plan), [Some("not-allowed"), Some("unknown-task")]);
    assert!(plan.change.is_empty() && plan.texts.is_empty());
}
