//! A status that is known but not written as the profile writes it.

use crate::change::{SourceChange, mended};
use crate::index::{Index, Place, Spot};
use crate::profile::RoleIdx;
use crate::profile::reading::Shape;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Rule, is_judged};
use crate::snapshot::Snapshot;
use crate::text::TextRange;
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
        if reading.shape == Shape::WrongBrackets && !asks_brackets(index, &spot) {
            continue;
        }
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

/// Whether a status without brackets is to have them: a list of tasks stands around it, so that
/// somebody reads them, and the word is all of the status.
fn asks_brackets(index: &Index, spot: &Spot<'_>) -> bool {
    let profile = &spot.document.profile;
    let own = spot.document.role().rank;
    let lists = profile.roles.iter().enumerate().filter(|(_, role)| role.rank < own);
    let mut docs = lists.flat_map(|(at, _)| index.live(profile, RoleIdx(at)));
    let path = spot.document.path.as_str();
    let is_above = |list: &str| {
        let folder = list.rfind('/').map_or("", |end| &list[..=end]);
        path.starts_with(folder)
    };
    let mut is_listed = || {
        docs.any(|doc| {
            let list = &index.docs[doc];
            !list.facts.entities.is_empty() && is_above(list.path.as_str())
        })
    };
    let is_list = spot.entity.kind == EntityKind::Task;
    !is_in_sentence(spot) && (is_list || is_listed())
}

/// Whether words go on right behind a status, so that they say something together: `Ready for review`. What
/// leads to a number is a reference or a day.
fn is_in_sentence(spot: &Spot<'_>) -> bool {
    let (start, end) = (spot.occurrence.reading.range.end, spot.occurrence.line.end);
    let behind = TextRange::new(start as usize, end.max(start) as usize).of(&spot.document.text);
    let next = behind.trim_start_matches(['*', '`', '_', ')']).strip_prefix(' ');
    let Some(next) = next.filter(|next| next.starts_with(char::is_alphabetic)) else {
        return false;
    };
    let clause = next.split(['.', ',', ';', '(', '—', '–', '|']).next().unwrap_or_default();
    let clause = clause.split(" - ").next().unwrap_or_default();
    // `by Task 806`, but not `in sprint 3 of it`.
    let last = clause.trim_end().rsplit(' ').next().unwrap_or_default();
    let is_reference = last.starts_with(|c: char| c.is_ascii_digit() || c == '#')
        && clause.split(' ').next().is_some_and(|word| ["by", "in", "on"].contains(&word))
        && clause.split_whitespace().count() <= 3;
    !is_reference
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
    use crate::analysis::mending::fix_all;
    use crate::testing::{AT, analysis, check_fix, check_rule};

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
        let list = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n";
        let path = "//- /specs/007_add_login/plans/implementation-001.md\n  # Plan\n\n";
        for (before, after) in cases {
            let (before, after) = (
                format!("{path}  - **Status**: {before}\n"),
                format!("{path}  - **Status**: {after}\n"),
            );
            check_fix(&RULE, &(list.to_owned() + &before), &after);
        }
    }

    #[test]
    fn a_word_in_a_sentence_is_not_made_a_status() {
        for status in ["Ready for Review", "Deferred to a later year. Ann sends it."] {
            let fixture = format!(
                "//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [COMPLETED]
//- /specs/007_add_login/plans/001.md
  # Plan

  - **Status**: {status}

  ### Phase 1: Draw it [COMPLETED]
"
            );
            let (analysis, _) = analysis(&fixture);
            let (change, _) = fix_all(&analysis, AT, &|found| found.rule != "missing-timestamp");
            assert!(change.is_empty(), "{status}: {change:?}");
        }
    }

    #[test]
    fn brackets_are_asked_where_a_list_of_tasks_has_them() {
        let plan = "\
//- /specs/007_add_login/plans/001.md
  # Plan

  ### Phase 1: Draw it - COMPLETE
  ### Phase 2: Send it
  **Status**: ✅ Completed
  ### Phase 3: Read it [COMPLETED
";
        let told = |fixture: &str| {
            let (analysis, _) = analysis(fixture);
            let found = analysis.diagnostics().iter().filter(|it| it.rule == RULE.id);
            found.count()
        };
        assert_eq!(told(plan), 1);
        assert_eq!(told(&format!("//- /specs/TODO.md\n  # Ideas\n{plan}")), 1);
        let list = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n";
        assert_eq!(told(&format!("{list}{plan}")), 3);
        let other = list.replace("/specs/", "/other/");
        assert_eq!(told(&format!("{other}{plan}")), 1);
        let record = r#"{ "active_projects": [{ "project_number": 7, "status": "planned" }] }"#;
        assert_eq!(told(&format!("//- /specs/state.json\n  {record}\n{plan}")), 3);
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
  ### 8. Add logout
  - **Status**: [PLANNED]
";
        check_rule(&RULE, archived);
        let (analysis, _) = crate::testing::analysis(archived);
        assert!(analysis.diagnostics().iter().all(|found| !found.fixable));
    }
}
