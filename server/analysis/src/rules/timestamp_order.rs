//! Times that contradict the order of statuses.

use crate::index::Place;
use crate::model::time::TimeStamp;
use crate::model::{Field, FieldRole};
use crate::profile::Severity;
use crate::profile::vocabulary::Category;
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

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if !is_judged(analysis, place.doc) {
        return;
    }
    let document = &index.docs[place.doc];
    let text = &document.text;
    let stamps = || document.facts.fields_of(place.entity).filter_map(|field| named(field));
    if stamps().nth(1).is_none() {
        return;
    }
    let vocabulary = index.vocabulary_at(place);
    // Whether the profile has it written when the work begins, or when it ends.
    let is_of = |name: &str, is: fn(Category) -> bool| {
        let mut of = vocabulary.iter().filter(|(_, def)| def.stamp.as_deref() == Some(name));
        of.any(|(_, def)| is(def.category))
    };
    let time = |field: &Field| TimeStamp::parse(field.value.of(text));
    let begun = stamps().filter(|(name, _)| is_of(name, |category| category == Category::Active));
    let mut begun = begun.filter_map(|(name, field)| Some((name, field, time(field)?)));
    let Some(mut first) = begun.next() else { return };
    for next in begun {
        first = if next.2.is_before(first.2) { next } else { first };
    }
    for (name, last) in stamps().filter(|(name, _)| is_of(name, Category::is_closed)) {
        if !time(last).is_some_and(|ended| ended.is_before(first.2)) {
            continue;
        }
        let message = format!(
            "`{name}` ({}) is before `{}` ({})",
            last.value.of(text).trim_matches('"'),
            first.0,
            first.1.value.of(text).trim_matches('"'),
        );
        let related = Related {
            path: document.path.clone(),
            range: first.1.value,
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

    #[test]
    fn the_profile_says_which_times_begin_and_end_the_work() {
        check_rule(
            &RULE,
            r#"
//- /lockstep.toml
  id = "team"
  [fields]
  status = ["Status"]
  [[vocabulary.task]]
  id = "open"
  category = "open"
  stamp = "Accepted"
  [[vocabulary.task]]
  id = "doing"
  category = "active"
  stamp = "Begun"
  [[vocabulary.task]]
  id = "closed"
  category = "done"
  stamp = "Closed"
  [[role]]
  id = "tasks"
  files = ["*.md"]
  section = [{ kind = "task", heading = '^(?<id>[0-9]+)\. (?<title>.+)$' }]
//- /tasks.md
  # 1. Add login
  - **Status**: closed
  - **Accepted**: 2026-03-05
  - **Begun**: 2026-03-04
  - **Closed**: 2026-03-03
//              ^^^^^^^^^^ warning[timestamp-order]: `Closed` (2026-03-03) is before `Begun` (2026-03-04)
//              | tasks.md: started here
"#,
        );
    }
}
