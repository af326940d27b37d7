//! Two entries or records of one task in the same file, or two files of it.

use crate::index::{Place, Task};
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Related, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "duplicate-task",
    severity: Severity::Warning,
    summary: "two tasks in one file, or two files, have the same id",
    doc: include_str!("duplicate_task.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    for twins in index.twin_entries(task) {
        let (doc, places) = (twins.places[0].doc, twins.places);
        let document = &index.docs[doc];
        let first = index.entity(places[0]);
        for place in &places[1..] {
            let entity = index.entity(*place);
            let message = format!("task {} is twice in this file", index.called(task));
            let related = Related {
                path: document.path.clone(),
                range: first.name,
                message: format!("task {} is here first", index.called(task)),
            };
            let finding = Finding::new(doc, entity.name, message).task(&task.id).place(*place);
            findings.push(finding.related(related));
        }
    }
    files(analysis, task, findings);
    put_away(analysis, task, findings);
    strangers(analysis, task, findings);
}

/// Files with the number of another task, whose entry names another file.
fn strangers(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let Some(own) = task.places.first().copied() else { return };
    for place in index.strangers(task) {
        let rule = index.docs[place.doc].role().document.as_ref();
        // What lies in the folder of something else was of that.
        if rule.is_some_and(|rule| rule.companions || rule.by_name || rule.status.is_some()) {
            continue;
        }
        let (path, called) = (&index.docs[own.doc].path, index.called(task));
        let title = index.title(task);
        let message = format!("this file has the id {called} of another task: `{title}` in {path}");
        let range = index.entity(own).name;
        let related = Related {
            path: path.clone(),
            range,
            message: format!("task {called} is here, with a link to another file"),
        };
        let finding = Finding::new(place.doc, index.entity(place).name, message);
        findings.push(finding.task(&task.id).place(place).related(related));
    }
}

/// A folder of the task that was put away, and is still where it was.
fn put_away(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let folder = |place: &Place| index.docs[place.doc].facts.captures.folder.as_deref();
    let name = |place: &Place| folder(place).and_then(|folder| folder.rsplit('/').next());
    let is_past = |place: &&Place| index.docs[place.doc].facts.history;
    for place in task.places.iter().filter(|place| name(place).is_some()) {
        let past = task.past.iter().filter(is_past).find(|past| name(past) == name(place));
        let Some((past, there)) = past.and_then(|past| Some((past, folder(past)?))) else {
            continue;
        };
        let message =
            format!("task {} was put away as {there}, and is still here too", index.called(task));
        let related = Related {
            path: index.docs[past.doc].path.clone(),
            range: index.entity(*past).name,
            message: format!("task {} is put away here", index.called(task)),
        };
        let finding = Finding::new(place.doc, index.entity(*place).name, message);
        findings.push(finding.task(&task.id).place(*place).related(related));
        return;
    }
}

/// Files that are the same task.
fn files(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let twins = index.twin_files(task);
    let role = |place: &Place| index.docs[place.doc].facts.role;
    for (at, place) in twins.iter().enumerate().filter(|(_, it)| is_judged(analysis, it.doc)) {
        // An index and a plan are two files of one task.
        let Some(first) = twins[..at].iter().find(|it| role(it) == role(place)) else { continue };
        let path = &index.docs[first.doc].path;
        let called = index.called(task);
        let message = format!("task {called} is in two files: see {path}");
        let message_there = format!("task {called} is here too");
        let range = index.entity(*first).name;
        let related = Related { path: path.clone(), range, message: message_there };
        let finding = Finding::new(place.doc, index.entity(*place).name, message);
        findings.push(finding.task(&task.id).place(*place).related(related));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn files_of_two_roles_are_files_of_one_task() {
        check_rule(
            &RULE,
            "\
//- /docs/pending/high/api/login/login-index.md
  # Login
//- /docs/pending/high/api/login/login-implementation.md
  # Plan
//- /docs/pending/low/web/login-implementation.md
  # Plan
//  ^^^^ warning[duplicate-task]: task login is in two files: see docs/pending/high/api/login/login-implementation.md
//  | docs/pending/high/api/login/login-implementation.md: task login is here too
",
        );
    }

    #[test]
    fn a_range_of_phases_is_none_of_them() {
        check_rule(
            &RULE,
            "
//- /.planning/ROADMAP.md
  - [x] **Phase 8: Log in**
  - [x] **Phase 8.1–8.9: What was forgotten**
  - [x] **Phase 9. Log out**
",
        );
    }
}
