//! Times that contradict the order of statuses.

use crate::analysis::Analysis;
use crate::index::Place;
use crate::model::time::Stamp;
use crate::model::{Field, FieldRole};
use crate::profile::Severity;
use crate::rules::{Finding, Findings, Related, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "timestamp-order",
    severity: Severity::Warning,
    since: "0.1.0",
    summary: "something was finished before it was started",
    doc: include_str!("timestamp_order.md"),
    check,
    fix: None,
};

/// The stamp that begins the work and those that end it.
const FIRST: &str = "Started";
const LAST: [&str; 2] = ["Completed", "Abandoned"];

fn check(analysis: &Analysis, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    for (doc, document) in index.docs.iter().enumerate() {
        if document.facts.history || crate::rules::is_superseded(analysis, doc) {
            continue;
        }
        for entity in 0..document.facts.entities.len() {
            let text = &document.text;
            let stamps = || document.facts.fields_of(entity).filter_map(|field| named(field));
            let time = |field: &Field| Stamp::parse(field.value.of(text));
            let Some((_, first)) = stamps().find(|(name, _)| *name == FIRST) else { continue };
            let Some(started) = time(first) else { continue };
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
                let place = Place { doc, entity };
                let mut finding = Finding::new(doc, last.value, message).place(place);
                finding.task = index.task_at(place).map(|task| task.id.clone());
                findings.push(finding.related(related));
            }
        }
    }
}

fn named(field: &Field) -> Option<(&str, &Field)> {
    match &field.role {
        FieldRole::Stamp(name) => Some((name.as_str(), field)),
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
