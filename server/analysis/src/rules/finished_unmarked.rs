//! Something whose boxes are all ticked, but which is not marked as finished.

use crate::change::{Intent, Mode, Subject, plan};
use crate::index::boxes::Boxes;
use crate::index::{Index, Place, Spot};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx, Vocabulary};
use crate::profile::{EntityKind, Severity};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Rule, is_judged, progress};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "finished-unmarked",
    severity: Severity::Warning,
    summary: "all check boxes are ticked, but the status is not finished",
    doc: include_str!("finished_unmarked.md"),
    checks: &[Check::Entity(check)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if !index.is_around(place) || !is_judged(analysis, place.doc) {
        return;
    }
    let fact = index.entity(place);
    // A plan follows from its phases, and an item that is no box has nothing to tick.
    if fact.kind == EntityKind::Plan {
        return;
    }
    // A mistyped status counts as not done; another word that is not known may mean just that.
    let status = index.status_at(place);
    let is_foreign = |spot: Spot<'_>| !spot.occurrence.carrier.is_coarse() && spot.slip().is_none();
    if status.is_none() && index.spots(place).any(is_foreign) {
        return;
    }
    let def = status.map(|status| index.vocabulary_at(place).get(status));
    let may_be_unmarked =
        |def: &StatusDef| matches!(def.category, Category::Open | Category::Active);
    if !def.is_none_or(may_be_unmarked) {
        return;
    }
    let boxes = index.boxes_below(place, Boxes::Own);
    // Whether somebody still means to do it, nobody else knows.
    if fact.optional || index.leaves_open(place, Boxes::Own) {
        return;
    }
    let done = boxes.iter().filter(|(_, c)| *c == Category::Done).count();
    if done == 0 || boxes.iter().any(|(_, c)| !c.is_closed()) {
        return;
    }
    // Beside a bullet with ✅ others may have none and be open: only boxes are ticked.
    let is_box = |below: Place| index.spots(below).any(|spot| spot.occurrence.carrier.is_coarse());
    if !boxes.iter().any(|(below, _)| is_box(*below)) {
        return;
    }
    // A task with phases still to come is not finished by the boxes beside them.
    if fact.kind == EntityKind::Task
        && !index.phases_below(place).iter().all(|it| are_ticked(index, *it))
    {
        return;
    }
    // That another place says so is told as the disagreement of the two.
    let task = index.task_at(place).filter(|_| fact.kind == EntityKind::Task);
    if task.is_some_and(|it| index.is_certain(it) && progress::is_told_finished(analysis, it)) {
        return;
    }
    let spot = index.spots(place).find(|spot| spot.status() == status);
    let Some(spot) = spot.filter(|spot| !spot.may_be_ticked()) else { return };
    let kind = fact.kind.name();
    let all = match boxes.len() {
        1 => format!("the only box of this {kind} is ticked"),
        n if n > done => format!("all {n} boxes of this {kind} are ticked or given up"),
        n => format!("all {n} boxes of this {kind} are ticked"),
    };
    let message = format!("{all}, but it is {}", spot.shown());
    let fixable = done_status(index.vocabulary_at(place)).is_some();
    let mut finding = Finding::at(&spot, message).fixable(fixable);
    finding.task = index.task_at(place).map(|task| task.id.clone());
    findings.push(finding);
}

/// Whether a phase states no status, and has boxes that are told with those of its whole.
fn are_ticked(index: &Index, phase: Place) -> bool {
    index.spots(phase).next().is_none() && !index.boxes_below(phase, Boxes::Own).is_empty()
}

fn done_status(vocabulary: &Vocabulary) -> Option<StatusIdx> {
    vocabulary.iter().find(|(_, def)| def.category == Category::Done).map(|(idx, _)| idx)
}

fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let Some(place) = diagnostic.place else { return Vec::new() };
    let entity = analysis.index.entity(place);
    let vocabulary = analysis.index.vocabulary_at(place);
    let Some(to) = done_status(vocabulary) else { return Vec::new() };
    let subject = Subject::at(analysis, place);
    let id = &vocabulary.get(to).id;
    let title = format!("Set this {} to {id}", entity.kind.name());
    let mode = Mode::Force;
    let intent = Intent { subject, to, reason: None, at: at.to_owned(), mode };
    let planned = plan(analysis, &intent).ok();
    // Ticked boxes tell that the work is done, not that its owner agrees.
    planned.map(|p| Fix { title, preferred: false, change: p.change }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_fix;

    #[test]
    fn a_box_follows_the_boxes_below_it() {
        check_fix(
            &RULE,
            "\
//- /TODO.md
  - [ ] Add login
    - [x] Form
    - [x] Errors
  - [ ] Add logout
",
            "\
//- /TODO.md
  - [x] Add login
    - [x] Form
    - [x] Errors
  - [ ] Add logout
",
        );
    }

    #[test]
    fn a_task_changes_in_all_its_files() {
        check_fix(
            &RULE,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [IMPLEMENTING]

  - [x] Form
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "implementing" }] }
"#,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-02

  - [x] Form
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "completed", "completed": "2026-01-02" }] }
"#,
        );
    }
}
