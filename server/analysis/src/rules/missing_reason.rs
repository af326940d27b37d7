//! A status that needs a reason and has none.

use crate::change::has_reason;
use crate::index::Task;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Finding, Findings, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-reason",
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "a blocked or abandoned task has no reason",
    doc: include_str!("missing_reason.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if !index.is_live(task) || has_reason(index, task) {
        return;
    }
    let Some(authority) = index.authority(task) else { return };
    let vocabulary = analysis.profile.vocabulary(EntityKind::Task);
    let Some(def) = authority.status().map(|status| vocabulary.get(status)) else { return };
    let Some(field) = def.reason.as_deref() else { return };
    let message =
        format!("task {} is {} without a reason; add `{field}`", task.id, authority.shown(),);
    findings.push(Finding::at(&authority, message).task(&task.id));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn a_record_without_entry_is_asked_for_its_reason() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  # Tasks
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "status": "blocked" },
//                                     ^^^^^^^^^ warning[missing-reason]: task 7 is `blocked` without
      { "project_number": 8, "status": "blocked", "blocked_by": "the designer" },
      { "project_number": 9, "status": "blocked", "blocked_by": "" }
//                                     ^^^^^^^^^ warning[missing-reason]: task 9 is `blocked` without
    ]
  }
"#,
        );
    }

    #[test]
    fn the_time_of_a_block_is_no_reason_for_it() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [BLOCKED]
//              ^^^^^^^^^ warning[missing-reason]: task 7 is [BLOCKED]
  - **Blocked**: 2026-03-04

  ### 8. Add logout
  - **Status**: [BLOCKED]
  - **Blocked**: the designer is away
//- /specs/state.json
  { "active_projects": [] }
"#,
        );
    }
}
