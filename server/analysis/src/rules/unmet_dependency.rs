//! A task that is worked on, or done, before one that it depends on.

use std::collections::BTreeMap;

use crate::index::{Place, Task};
use crate::profile::Severity;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::Category;
use crate::rules::{Check, Finding, Findings, Related, Rule, dependency_at};
use crate::snapshot::Snapshot;
use crate::text::TextRange;

/// How many of what a task depends on a message names.
const MOST_NAMED: usize = 8;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unmet-dependency",
    severity: Severity::Warning,
    summary: "a task is active or done before a task that it depends on",
    doc: include_str!("unmet_dependency.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let mut by_place: BTreeMap<(Place, TextRange), Vec<&Task>> = BTreeMap::new();
    for before in unmet(analysis, task) {
        if let Some(place) = index.says_depends(task, &before.id) {
            let range = dependency_at(analysis, place, before);
            by_place.entry((place, range)).or_default().push(before);
        }
    }
    for ((place, range), all) in by_place {
        findings.push(finding(analysis, task, (place, range), &all));
    }
}

/// What a task that is begun depends on and is not.
fn unmet<'a>(analysis: &'a Snapshot, task: &'a Task) -> impl Iterator<Item = &'a Task> {
    let index = &analysis.index;
    let is_begun = matches!(index.category(task), Some(Category::Active | Category::Done));
    let is_judged = is_begun && !task.places.is_empty();
    let depends = if is_judged { index.depends(task) } else { Vec::new() }.into_iter();
    // What it is part of is finished with it.
    let depends = depends.filter(move |id| !index.is_part_of(task, id));
    let before = depends.filter_map(move |id| index.tasks.get(&id).map(|before| &**before));
    before.filter(move |before| is_unmet(analysis, before))
}

/// What is found of the dependencies of a task and of those that depend on it in `after`, and was not
/// `before`.
pub(crate) fn new_unmet(before: &Snapshot, after: &Snapshot, id: &TaskId) -> Vec<String> {
    let Some(task) = after.index.tasks.get(id) else { return Vec::new() };
    if super::severity(after, after.index.profile_of(task), &RULE).is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let was = |id: &TaskId, on: &Task| {
        let was = before.index.tasks.get(id);
        was.is_some_and(|task| unmet(before, task).any(|it| it.id == on.id))
    };
    let status = |task: &Task| {
        let status = after.index.status(task).map(|it| after.index.vocabulary_of(task).get(it));
        status.map_or("unknown", |def| &def.id).to_owned()
    };
    for on in unmet(after, task).filter(|on| !was(id, on)) {
        found.push(format!("it depends on {}, which is {}", after.index.called(on), status(on)));
    }
    let dependents = after.index.dependents(task).into_iter();
    for other in dependents.filter_map(|it| after.index.tasks.get(&it)) {
        let is_new = unmet(after, other).any(|on| on.id == *id) && !was(&other.id, task);
        if is_new {
            found.push(format!(
                "{}, which is {}, depends on it",
                after.index.called(other),
                status(other)
            ));
        }
    }
    found
}

/// Whether a task was not begun, or has failed, and no place says that it is finished: where places
/// disagree, that is to be settled first.
fn is_unmet(analysis: &Snapshot, before: &Task) -> bool {
    let index = &analysis.index;
    let (status, is_told_done) = index.told_dependents(before);
    let category = status.map(|status| index.vocabulary_of(before).get(status).category);
    matches!(category, Some(Category::Open | Category::Failed)) && !is_told_done
}

/// One finding for all that a place names.
fn finding(
    analysis: &Snapshot,
    task: &Task,
    (place, range): (Place, TextRange),
    all: &[&Task],
) -> Finding {
    let index = &analysis.index;
    let status = |task: &Task| {
        let vocabulary = index.vocabulary_of(task);
        index.status(task).map_or("", |status| vocabulary.get(status).id.as_str())
    };
    let mut said: Vec<&str> = all.iter().map(|before| status(before)).collect();
    said.sort_unstable();
    said.dedup();
    let (s, are) = if all.len() == 1 { ("", "is") } else { ("s", "are") };
    let named = all.iter().take(MOST_NAMED).map(|before| index.called(before));
    let named: Vec<_> = named.collect();
    let more = match all.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "task {} is {}, but depends on task{s} {}{more}, which {are} {}",
        index.called(task),
        status(task),
        named.join(", "),
        said.join(" or "),
    );
    let mut finding = Finding::new(place.doc, range, message).task(&task.id).place(place);
    for before in all.iter().take(MOST_NAMED) {
        if let Some(at) = before.places.first().or(before.past.first()) {
            let path = index.docs[at.doc].path.clone();
            let range = index.entity(*at).name;
            let message = format!("task {} stands here", index.called(before));
            finding = finding.related(Related { path, range, message });
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::analysis;

    #[test]
    fn what_one_line_names_is_one_finding() {
        let boxes: String = (1..=10).map(|n| format!("  - [ ] **Phase {n}: Tea**\n")).collect();
        let text = format!(
            "//- /.planning/ROADMAP.md\n{boxes}  - [x] **Phase 11: Cake**\n\n  ### Phase 11: Cake\n  **Depends on**: Phases 1-10\n"
        );
        let (analysis, _) = analysis(&text);
        let told: Vec<&str> = analysis.diagnostics().iter().map(|it| &*it.message).collect();
        assert_eq!(
            told,
            [
                "task 11 is complete, but depends on tasks 1, 2, 3, 4, 5, 6, 7, 8 and 2 more, which are not_started"
            ]
        );
    }

    #[test]
    fn a_dependency_that_is_no_prerequisite_in_part_is_not_judged() {
        let found = |remark: &str| {
            let text = format!(
                "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Tea**\n  - [x] **Phase 2: Cake**\n\n  ### Phase 2: Cake\n  **Depends on**: Phase 1{remark}\n"
            );
            analysis(&text).0.diagnostics().len()
        };
        assert_eq!(found(""), 1);
        assert_eq!(found(" (the pot is hot)"), 1);
        assert_eq!(found(" (the pot is hot; the cup is NOT a prerequisite)"), 0);
    }

    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn of_a_list_the_line_is_told_that_names_what_is_unmet() {
        check_rule(
            &RULE,
            "
//- /backlog/config.yml
  statuses: [\"To Do\", \"In Progress\", \"Done\"]
//- /backlog/tasks/task-1-one.md
  ---
  id: task-1
  status: Done
  ---
//- /backlog/tasks/task-2-two.md
  ---
  id: task-2
  status: To Do
  ---
//- /backlog/tasks/task-3-three.md
  ---
  id: task-3
  status: In Progress
  dependencies:
    - task-1
    - task-2
//    ^^^^^^ warning[unmet-dependency]: depends on task 2, which is to_do
  ---
",
        );
    }
}
