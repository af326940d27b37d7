//! A status that needs a reason and has none.

use crate::change::reason::{PLACEHOLDER, has_reason, placeholders};
use crate::index::Task;
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Related, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-reason",
    severity: Severity::Warning,
    summary: "a blocked or abandoned task has no reason",
    doc: include_str!("missing_reason.md"),
    checks: &[Check::Task(check)],
    fix: None,
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if !index.is_live(task) {
        return;
    }
    // Whatever the status is by now, what was to be filled in is no text to keep.
    let mut open = placeholders(index, task);
    if let Some((doc, _, field)) = open.next() {
        let message = format!("task {} still says `{PLACEHOLDER}`; replace it", index.called(task));
        let finding = Finding::new(doc, field.value, message).task(&task.id);
        findings.push(open.fold(finding, |finding, (_, document, field)| {
            let (path, range) = (document.path.clone(), field.value);
            finding.related(Related { path, range, message: "here too".to_owned() })
        }));
        return;
    }
    if has_reason(index, task) {
        return;
    }
    let Some(authority) = index.authority(task) else { return };
    let vocabulary = index.vocabulary_of(task);
    let Some(def) = authority.status().map(|status| vocabulary.get(status)) else { return };
    let Some(field) = def.reason.as_deref() else { return };
    let message = format!(
        "task {} is {} without a reason; add `{field}`",
        index.called(task),
        authority.shown(),
    );
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
    fn what_is_to_be_filled_in_is_asked_for_as_long_as_it_stands_anywhere() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [BLOCKED]
  - **Blocking Reason**: the designer is away

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Blocking Reason**: (fill in the reason) 
//                       ^^^^^^^^^^^^^^^^^^^^ warning[missing-reason]: task 8 still says

  ### 9. Add a search
  - **Status**: [BLOCKED]
  - **Blocking Reason**: (fill in the reason) or the designer
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "status": "blocked", "blocked_reason": "(fill in the reason)" },
//                                                                  ^^^^^^^^^^^^^^^^^^^^^^ warning[missing-reason]: task 7 still says
      { "project_number": 8, "status": "planned" },
      { "project_number": 9, "status": "blocked" }
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
