//! A derived number that does not follow the tasks.

use std::collections::BTreeMap;

use crate::change::SourceChange;
use crate::index::counters;
use crate::profile::{CounterValue, Severity};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Rule};
use crate::snapshot::Snapshot;
use crate::text::text_edit::TextEdit;

/// The rule.
pub static RULE: Rule = Rule {
    id: "stale-counter",
    severity: Severity::Warning,
    summary: "a counter does not match the tasks",
    doc: include_str!("stale_counter.md"),
    checks: &[Check::Workspace(check)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    for (doc, document) in index.counting() {
        for fact in &document.facts.counters {
            let counter = &document.profile.counters[fact.counter];
            if !counter.judged {
                continue;
            }
            let Some(wanted) = counters::expected(index, doc, counter, &BTreeMap::new()) else {
                continue;
            };
            if fact.value == Some(wanted) {
                continue;
            }
            let name = counter.key.join(".");
            let said = fact.range.of(&document.text).trim();
            let why = match &counter.equals {
                CounterValue::NextId
                    if fact.value.is_some_and(|v| counters::is_taken(index, doc, v)) =>
                {
                    format!("{said} is taken; the next free number is {wanted}")
                }
                CounterValue::NextId => format!("the next free number is {wanted} elsewhere"),
                CounterValue::Count { .. } => format!("this file has {wanted} such tasks"),
            };
            let message = format!("`{name}` is {said}, but {why}");
            // What is no number may be anything, and perhaps more than one line of it.
            let is_certain = fact.value.is_some() || is_blank(said);
            let is_fixable = is_certain && document.facts.broken.is_none();
            findings.push(Finding::new(doc, fact.range, message).fixable(is_fixable));
        }
    }
}

fn is_blank(said: &str) -> bool {
    said.is_empty() || matches!(said, "null" | "~")
}

fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, _at: &str) -> Vec<Fix> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(diagnostic.path.as_str()) else { return Vec::new() };
    let mut facts = document.facts.counters.iter();
    let Some(fact) = facts.find(|fact| fact.range == diagnostic.range) else { return Vec::new() };
    let counter = &document.profile.counters[fact.counter];
    let wanted = counters::expected(index, doc, counter, &BTreeMap::new());
    let Some(wanted) = wanted else { return Vec::new() };
    let edit = TextEdit { range: fact.range, insert: wanted.to_string() };
    let title = format!("Set `{}` to {wanted}", counter.key.join("."));
    vec![Fix { title, preferred: true, change: SourceChange::single(document, edit) }]
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::mending::fix_all;
    use crate::testing::{AT, analysis, check_fix, check_rule};

    #[test]
    fn two_counters_of_one_kind_agree_on_the_larger() {
        let before = r#"
//- /specs/TODO.md
  ---
  next_project_number: 9
  ---
  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  { "next_project_number": 8, "active_projects": [] }
//                         ^ info[stale-counter]: the next free number is 9 elsewhere
"#;
        check_rule(&RULE, before);
        check_fix(
            &RULE,
            before,
            r#"
//- /specs/state.json
  { "next_project_number": 9, "active_projects": [] }
"#,
        );
    }

    #[test]
    fn what_is_no_number_and_what_stands_in_a_broken_file_is_left() {
        let todo = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n";
        for text in [
            "{ \"next_project_number\": (Planned),\n    \"active_projects\": [] }",
            "{ \"next_project_number\": \"soon\",\n    \"active_projects\": [] }",
            "{ \"next_project_number\": 7,\n    \"active_projects\": [] ",
        ] {
            let (analysis, _) = analysis(&format!("{todo}//- /specs/state.json\n  {text}\n"));
            let (change, n) = fix_all(&analysis, AT, &|found| found.rule == RULE.id);
            assert!(change.is_empty() && n == 0, "{text}: {}", change.diff());
        }
        let lines = "//- /specs/TODO.md\n  ---\n  next_project_number: 9\n\n    active: 3\n  ---\n";
        let (analysis, _) = analysis(&format!(
            "{lines}  ### 7. Add login\n  - **Status**: [PLANNED]\n//- /specs/state.json\n  {{ \"active_projects\": [] }}\n"
        ));
        let (change, _) = fix_all(&analysis, AT, &|found| found.rule == RULE.id);
        assert!(change.is_empty(), "{}", change.diff());
    }

    #[test]
    fn each_tree_counts_for_itself() {
        let tree = |folder: &str, next: u32| {
            format!(
                "//- /{folder}/TODO.md\n  ---\n  next_project_number: {next}\n  ---\n  ### 7. Add login\n  - **Status**: [PLANNED]\n//- /{folder}/state.json\n  {{ \"active_projects\": [] }}\n"
            )
        };
        check_rule(&RULE, &format!("{}{}", tree("a", 9), tree("b", 30)));
        let taken = "//- /b/TODO.md\n  ---\n  next_project_number: 8\n  ---\n";
        check_fix(
            &RULE,
            &format!("{}{}", tree("a", 9), tree("b", 7)),
            &format!("{taken}  ### 7. Add login\n  - **Status**: [PLANNED]\n"),
        );
    }
}
