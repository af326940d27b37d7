//! A status that follows from check boxes.

use super::super::{Intent, Mode, Refusal, Subject, plan_ticking};
use crate::profile::id::TaskId;
use crate::testing::{AT, analysis, normal, result, set};

const TASKS: &str = "\
//- /TASKS.md
  ## Task 1: Store
  - [x] Write it
  - [ ] Test it
    - [ ] On a full disk
  - [-] Draw it

  ## Task 2: Server
  - [ ] Write it
";

#[track_caller]
fn ticked(fixture: &str, task: &str, status: &str) -> Result<String, Refusal> {
    let (analysis, _) = analysis(fixture);
    let (_, document) = analysis.index.document("TASKS.md").expect("the document");
    let to = document.profile.task_vocabularies().next().and_then(|it| it.by_id(status));
    let (subject, to) = (Subject::Task(TaskId::new(task)), to.expect("a status"));
    let (at, mode) = (AT.to_owned(), Mode::Transition);
    let plan = plan_ticking(&analysis, &Intent { subject, to, reason: None, at, mode })?;
    Ok(result(&plan.change))
}

#[test]
fn it_is_refused_and_the_way_is_told() {
    let told = |status| set(TASKS, "1", status).expect_err("it is derived").to_string();
    let why = "1 states no status: it follows from its check boxes";
    assert_eq!(told("done"), format!("{why}; `--tick` ticks all 4"));
    assert!(told("todo").ends_with("`--tick` unticks all 4"), "{}", told("todo"));
    assert!(told("blocked").contains("; set the boxes, such as `"), "{}", told("blocked"));
}

#[test]
fn all_boxes_are_ticked_and_what_is_dropped_stays() {
    let after = TASKS.replace("[ ] Test", "[x] Test").replace("[ ] On", "[x] On");
    assert_eq!(ticked(TASKS, "1", "done"), Ok(normal(&after)));
    let none = TASKS.replace("[x] Write", "[ ] Write");
    assert_eq!(ticked(TASKS, "1", "todo"), Ok(normal(&none)));
}

#[test]
fn what_boxes_cannot_say_is_refused() {
    assert!(ticked(TASKS, "1", "blocked").is_err());
}
