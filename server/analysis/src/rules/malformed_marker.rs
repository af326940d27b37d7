//! A status that is known but not written as the profile writes it.

use crate::change::{SourceChange, mended};
use crate::index::{Place, Spot};
use crate::profile::Severity;
use crate::profile::reading::Shape;
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Rule, is_judged};
use crate::snapshot::Snapshot;
use crate::text::text_edit::TextEdit;

/// The rule.
pub static RULE: Rule = Rule {
    id: "malformed-marker",
    severity: Severity::Info,
    summary: "a status marker is malformed",
    doc: include_str!("malformed_marker.md"),
    checks: &[Check::Entity(check)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    for occurrence in document.facts.occurrences_of(place.entity) {
        let reading = &occurrence.reading;
        let what = match reading.shape {
            Shape::Exact | Shape::Sign => continue,
            Shape::Unclosed => "lacks a bracket",
            Shape::WrongCase => occurrence.carrier.wrong_case,
            Shape::WrongBrackets => "is not in square brackets",
        };
        let entity = index.entity(place);
        let spot = Spot { place, document, occurrence, entity };
        let Some(right) = mended(&spot) else { continue };
        let message = format!("the status `{}` {what}; write {right}", spot.raw());
        // What is history stays as it is.
        let fixable = is_judged(analysis, place.doc);
        let finding = Finding::new(place.doc, reading.range, message).place(place);
        let mut finding = finding.fixable(fixable);
        finding.task = index.task_at(place).map(|task| task.id.clone());
        findings.push(finding);
    }
}

fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, _at: &str) -> Vec<Fix> {
    let Some(place) = diagnostic.place else { return Vec::new() };
    let mut spots = analysis.index.spots(place);
    let spot = spots.find(|s| s.occurrence.reading.range == diagnostic.range);
    spot.and_then(|spot| rewrite(&spot)).into_iter().collect()
}

fn rewrite(spot: &Spot<'_>) -> Option<Fix> {
    let insert = mended(spot)?;
    let title = format!("Write {insert}");
    let edit = TextEdit { range: spot.occurrence.reading.range, insert };
    Some(Fix { title, preferred: true, change: SourceChange::single(spot.document, edit) })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check_fix, check_rule};

    #[test]
    fn a_name_in_other_letters_is_written_as_the_profile_has_it() {
        check_fix(
            &RULE,
            "//- /.taskmaster/tasks/tasks.json\n  { \"master\": { \"tasks\": [{ \"id\": 1, \"title\": \"Draw\", \"status\": \"in_progress\" }] } }\n",
            "//- /.taskmaster/tasks/tasks.json\n  { \"master\": { \"tasks\": [{ \"id\": 1, \"title\": \"Draw\", \"status\": \"in-progress\" }] } }\n",
        );
    }

    #[test]
    fn the_words_of_the_author_stay() {
        let cases = [
            ("SUPERSEDED by Task 806", "[SUPERSEDED] by Task 806"),
            ("Skipped - optional", "[SKIPPED] - optional"),
            ("[Completed, see below]", "[COMPLETED, see below]"),
            ("✅ Done (2026-01-02)", "✅ [DONE] (2026-01-02)"),
            ("(Partially completed)", "[PARTIALLY COMPLETED]"),
            ("[NOT_STARTED", "[NOT STARTED]"),
            ("Completed]", "[COMPLETED]"),
            ("COMPLETED] (all of it)", "[COMPLETED] (all of it)"),
        ];
        let path = "//- /specs/007_add_login/plans/implementation-001.md\n  # Plan\n\n";
        for (before, after) in cases {
            let (before, after) = (
                format!("{path}  - **Status**: {before}\n"),
                format!("{path}  - **Status**: {after}\n"),
            );
            check_fix(&RULE, &before, &after);
        }
    }

    #[test]
    fn a_record_keeps_its_word_in_the_letters_of_json() {
        let fixture = |word: &str| {
            format!(
                "//- /specs/TODO.md\n  # Tasks\n//- /specs/state.json\n  {{ \"active_projects\": [{{ \"project_number\": 7, \"status\": \"{word}\" }}] }}\n"
            )
        };
        let after = fixture("superseded").replace("//- /specs/TODO.md\n  # Tasks\n", "");
        check_fix(&RULE, &fixture("Superseded"), &after);
    }

    #[test]
    fn history_is_told_of_and_stays() {
        let archived = "\
//- /specs/archive/007_add_login/plans/implementation-001.md
  # Plan

  - **Status**: Completed
//              ^^^^^^^^^ info[malformed-marker]: the status `Completed` is not in square brackets; write [COMPLETED]
//- /specs/TODO.md
  # Tasks
";
        check_rule(&RULE, archived);
        let (analysis, _) = crate::testing::analysis(archived);
        assert!(analysis.diagnostics().iter().all(|found| !found.fixable));
    }
}
