//! A task that waits for one that there is not.

use std::collections::BTreeSet;

use crate::profile::Severity;
use crate::profile::id::TaskId;
use crate::rules::{Check, Finding, Findings, Rule, dependencies_at, waits};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unknown-dependency",
    severity: Severity::Warning,
    summary: "a task depends on a task that does not exist",
    doc: include_str!("unknown_dependency.md"),
    checks: &[Check::Workspace(check)],
    fix: None,
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    // A task says it in several files.
    let mut told = BTreeSet::new();
    for (place, missing) in analysis.index.graph().unknown() {
        let Some(task) = analysis.index.task_at(*place).filter(|task| waits(analysis, task)) else {
            continue;
        };
        if !analysis.index.could_be_task(*place, &task.id, missing)
            || is_elsewhere(analysis, missing)
            || is_longer(analysis, missing)
            || !told.insert((&task.id, missing))
        {
            continue;
        }
        let message = format!(
            "task {} depends on {}, which does not exist",
            analysis.index.called(task),
            analysis.index.named_at(*place, missing)
        );
        let range = dependencies_at(analysis, *place);
        findings.push(Finding::new(place.doc, range, message).task(&task.id).place(*place));
    }
}

/// Whether a task of another folder is called by an id that nobody has by chance.
fn is_elsewhere(analysis: &Snapshot, missing: &TaskId) -> bool {
    let own = TaskId::new(last_part(missing));
    own.is_telling() && analysis.index.tasks.keys().any(|id| last_part(id) == own.as_str())
}

/// Whether an id is that of a task with a word behind it, as names of its file are: `T-002-P1` of `T-002`.
fn is_longer(analysis: &Snapshot, missing: &TaskId) -> bool {
    let shorter = missing.as_str().rsplit_once(['-', '_']).map(|(head, _)| head);
    let shorter =
        shorter.filter(|it| it.ends_with(|c: char| c.is_ascii_digit()) && it.contains(['-', '_']));
    shorter.is_some_and(|id| analysis.index.tasks.contains_key(&TaskId::new(id)))
}

/// An id without the folder that it holds in.
fn last_part(id: &TaskId) -> &str {
    id.as_str().rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn a_task_that_is_none_is_called_as_it_is_written() {
        check_rule(
            &RULE,
            "\
//- /TODO.md
  - [ ] Buy paint
//- /.planning/ROADMAP.md
  - [ ] **Phase 7: Log in**

  ### Phase 7: Log in
  **Depends on**: Phase 6
//                ^^^^^^^ warning[unknown-dependency]: task 7 depends on 6, which does not exist
",
        );
    }

    #[test]
    fn a_number_is_no_task_where_tasks_have_names() {
        check_rule(
            &RULE,
            "\
//- /docs/roadmap/pending/high/backend/cache/cache-index.md
  # Cache
  **Status**: pending
//- /docs/roadmap/pending/high/backend/cache/cache-phase-2.md
  # Phase 2
  **Status**: pending
  **Dependencies**: Phase 1
",
        );
    }
}
