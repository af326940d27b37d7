//! Times that contradict the order of statuses.

use crate::index::Place;
use crate::model::time::TimeStamp;
use crate::model::{Field, FieldRole};
use crate::profile::Severity;
use crate::rules::{Check, Finding, Findings, Related, Rule, is_judged};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "timestamp-order",
    severity: Severity::Warning,
    summary: "a task or phase was finished before it was started",
    doc: include_str!("timestamp_order.md"),
    checks: &[Check::Entity(check)],
    fix: None,
};

/// The stamp that begins the work and those that end it.
const FIRST: &str = "Started";
const LAST: [&str; 2] = ["Completed", "Abandoned"];

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if !is_judged(analysis, place.doc) {
        return;
    }
    let document = &index.docs[place.doc];
    let text = &document.text;
    let stamps = || document.facts.fields_of(place.entity).filter_map(|field| named(field));
    let time = |field: &Field| TimeStamp::parse(field.value.of(text));
    let Some((_, first)) = stamps().find(|(name, _)| *name == FIRST) else { return };
    let Some(started) = time(first) else { return };
    for (name, last) in stamps().filter(|(name, _)| LAST.contains(name)) {
        if !time(last).is_some_and(|ended| ended.is_before(started)) {
            continue;
        }
        let message = format!(
            "`{name}` ({}) is before `{FIRST}` ({})",
            last.value.of(text).trim_matches('"'),
            first.value.of(text).trim_matches('"'),
        );
        let related = Related {
            path: document.path.clone(),
            range: first.value,
            message: "started here".to_owned(),
        };
        let mut finding = Finding::new(place.doc, last.value, message).place(place);
        finding.task = index.task_at(place).map(|task| task.id.clone());
        findings.push(finding.related(related));
    }
}

fn named(field: &Field) -> Option<(&str, &Field)> {
    match &field.role {
        FieldRole::Stamp(name) => Some((&**name, field)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn records_are_judged_as_entries_are() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [ABANDONED]
  - **Started**: 2026-03-04
  - **Abandoned**: 2026-03-04
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "started": "2026-03-04", "abandoned": "2026-03-03" }
//                                                                 ^^^^^^^^^^^^ warning[timestamp-order]: `Abandoned` (2026-03-03) is before
    ]
  }
"#,
        );
    }
}
