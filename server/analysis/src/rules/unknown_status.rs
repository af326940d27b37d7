//! A status that the profile does not know.

use crate::change::{SourceChange, with_word};
use crate::index::{Place, Spot, Task};
use crate::profile::vocabulary::StatusDef;
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Related, Rule, is_judged};
use crate::snapshot::Snapshot;
use crate::text::text_edit::TextEdit;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unknown-status",
    severity: Severity::Warning,
    summary: "status not defined in the profile",
    doc: include_str!("unknown_status.md"),
    checks: &[Check::Entity(check), Check::Task(beside_known)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if !is_judged(analysis, place.doc) {
        return;
    }
    let document = &index.docs[place.doc];
    for occurrence in document.facts.occurrences_of(place.entity) {
        if occurrence.reading.status.is_some() {
            continue;
        }
        let kind = index.entity(place).kind;
        let near = nearest(analysis, place, occurrence.reading.word.of(&document.text));
        let entity = index.entity(place);
        let spot = Spot { place, document, occurrence, entity };
        let is_box = occurrence.carrier.is_coarse();
        let mark = occurrence.reading.word.of(&document.text).chars().next();
        if is_box && mark.is_some_and(|mark| document.facts.legend.contains(&mark)) {
            continue;
        }
        // What is left out by its own words may have a mark for that.
        if is_box && entity.optional && matches!(mark, Some('~' | '-')) {
            continue;
        }
        let is_free = document.profile.free_words && !is_box;
        if is_free && spot.slip().is_none() {
            continue;
        }
        let meant = near.as_ref().map(|near| spelled(&spot, near));
        let hint = match meant {
            Some(meant) => format!("; did you mean {meant}?"),
            None if is_box => "; it counts as not done".to_owned(),
            None => format!("; known: {}", known(analysis, place)),
        };
        let shown = spot.shown();
        let a = if kind == EntityKind::Item { "an" } else { "a" };
        let message = format!("{shown} is not a status of {a} {}{hint}", kind.name());
        let mut finding = Finding::new(place.doc, occurrence.reading.range, message)
            .place(place)
            .fixable(spot.slip().is_some());
        finding.task = index.task_at(place).map(|task| task.id.clone());
        findings.push(finding);
    }
}

/// A word that anybody may write, where another place of the task has a status: nobody knows whether the
/// two say the same, and a list that shows the task says that they do not.
fn beside_known(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let Some(authority) = index.authority(task).filter(|_| index.is_apart(task)) else { return };
    for spot in index.statuses(task) {
        let is_free = spot.document.profile.free_words && !spot.occurrence.carrier.is_coarse();
        let is_unknown = spot.status().is_none() && spot.slip().is_none();
        if !is_free || !is_unknown || !is_judged(analysis, spot.place.doc) {
            continue;
        }
        if tells_no_other(&spot, &authority) {
            continue;
        }
        let (shown, path) = (spot.shown(), &authority.document.path);
        let message = format!(
            "{shown} is not a status that is known, and task {} is {} in {path}",
            index.called(task),
            authority.shown(),
        );
        let told = format!("task {} is {} here", index.called(task), authority.shown());
        let related = Related::spot(&authority, told);
        findings.push(Finding::at(&spot, message).task(&task.id).related(related).lenient(true));
    }
}

/// Whether words in the same document that are no status hold the same as a word, `proposed master plan`, and no
/// other; or hold none and stand in a quote, where they say of which kind the document is.
fn tells_no_other(spot: &Spot<'_>, authority: &Spot<'_>) -> bool {
    let text = &spot.document.text;
    let Some(own) = authority.status().filter(|_| spot.place == authority.place) else {
        return false;
    };
    let vocabulary = spot.vocabulary();
    let words = spot.occurrence.reading.word.of(text).replace('-', " ");
    let begins = words.match_indices(' ').map(|(at, _)| at + 1);
    let said =
        std::iter::once(0).chain(begins).filter_map(|at| vocabulary.lookup_prefix(&words[at..]));
    let category = |status| vocabulary.get(status).category;
    let said: Vec<bool> = said.map(|(it, _)| category(it) == category(own)).collect();
    let is_quoted = || spot.occurrence.line.of(text).trim_start().starts_with('>');
    said.iter().all(|is_same| *is_same) && (!said.is_empty() || is_quoted())
}

fn nearest(analysis: &Snapshot, place: Place, word: &str) -> Option<StatusDef> {
    let vocabulary = analysis.index.vocabulary_at(place);
    if word.chars().count() < 2 { None } else { vocabulary.nearest(word.trim_matches('"')) }
}

/// A status as it would stand in the place of another.
fn spelled(spot: &Spot<'_>, def: &StatusDef) -> String {
    with_word(spot, &def.marker)
}

fn known(analysis: &Snapshot, place: Place) -> String {
    let names = analysis.index.vocabulary_at(place).iter().map(|(_, def)| def.id.clone());
    names.collect::<Vec<_>>().join(", ")
}

fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, _at: &str) -> Vec<Fix> {
    let Some(place) = diagnostic.place else { return Vec::new() };
    let mut spots = analysis.index.spots(place);
    let Some(spot) = spots.find(|s| s.occurrence.reading.range == diagnostic.range) else {
        return Vec::new();
    };
    replace(&spot).into_iter().collect()
}

fn replace(spot: &Spot<'_>) -> Option<Fix> {
    let reading = &spot.occurrence.reading;
    let to = spot.slip()?;
    let insert = spelled(spot, &to);
    let title = format!("Change {} to {insert}", spot.raw());
    let edit = TextEdit { range: reading.range, insert };
    Some(Fix { title, preferred: true, change: SourceChange::single(spot.document, edit) })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check_fix, check_rule};

    #[test]
    fn a_record_is_mended_in_the_words_of_json() {
        let before = r#"
//- /specs/TODO.md
  # Tasks
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "implementin" }] }
//                                                       ^^^^^^^^^^^^^ warning[unknown-status]: `implementin` is not a status of a task; did you mean "implementing"?
"#;
        check_rule(&RULE, before);
        check_fix(
            &RULE,
            before,
            r#"
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "implementing" }] }
"#,
        );
    }

    #[test]
    fn another_word_of_the_language_stays() {
        let fixture = "\
//- /specs/007_add_login/plans/implementation-001.md
  ### Phase 1: Store [PAUSED]
//                   ^^^^^^^^ warning[unknown-status]: [PAUSED] is not a status of a phase; did you mean [PASSED]?
";
        check_rule(&RULE, fixture);
        let (analysis, _) = crate::testing::analysis(fixture);
        assert!(analysis.diagnostics().iter().all(|found| !found.fixable));
    }

    #[test]
    fn brackets_are_boxes_where_a_box_beside_them_is_known() {
        check_rule(
            &RULE,
            "\
//- /TODO.md
  # Keys
  - [B] books a room
  - [T] tells the time
  - [$] #path
    - [.] maps it

  # Work
  - [x] Draw it
  - [b] Print it
//   ^ warning[unknown-status]: [b] is not a status of a task; it counts as not done

  # Later
  - [?] Sell it
//   ^ warning[unknown-status]: [?] is not a status of a task; it counts as not done
",
        );
    }

    #[test]
    fn a_list_in_which_a_letter_stands_twice_or_a_mark_is_known_to_many_is_of_boxes() {
        check_rule(
            &RULE,
            "\
//- /TODO.md
  # Keys
  - [.] maps the year
  - [.] maps the month

  # Work
  - [q] Draw it
//   ^ warning[unknown-status]: [q] is not a status of a task; it counts as not done
  - [q] Print it
//   ^ warning[unknown-status]: [q] is not a status of a task; it counts as not done

  # More
  - [D] Sell it
//   ^ warning[unknown-status]: [D] is not a status of a task; it counts as not done
//- /openspec/changes/add-login/tasks.md
  - [b] 1.1 Draw it
//   ^ warning[unknown-status]: [b] is not a status of an item; it counts as not done
",
        );
    }

    #[test]
    fn what_a_list_shows_as_apart_is_told() {
        let fixture = |word: &str| {
            format!(
                "//- /tickets/02-draw.md\n  # Draw\n\n  **Status:** {word}\n\
                 //- /tickets/03-print.md\n  # Print\n\n  **Status:** FRAMED\n\
                 //- /tickets/README.md\n  | # | Ticket | Status |\n  |---|---|---|\n  | 2 | Draw | TODO |\n"
            )
        };
        let told = fixture("FRAMED").replacen(
            "FRAMED\n",
            "FRAMED\n//            ^^^^^^ info[unknown-status]: `FRAMED` is not a status that is known, and task 2 is `TODO` in tickets/README.md\n",
            1,
        );
        check_rule(&RULE, &told);
        check_rule(&RULE, &fixture("Open"));
    }

    #[test]
    fn archives_and_replaced_plans_are_not_judged() {
        check_rule(
            &RULE,
            "\
//- /specs/archive/TODO.md
  ### 6. Draw a logo
  - **Status**: [FRAMED]
//- /specs/007_add_login/plans/implementation-001.md
  ### Phase 1: Store [THROWN AWAY]
//- /specs/007_add_login/plans/implementation-002.md
  ### Phase 1: Store [COMPLETED]
",
        );
    }
}
