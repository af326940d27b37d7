//! A plan or task whose status its parts contradict.

mod boxes;
mod children;
mod shared;
mod told;

use crate::change::{Intent, Mode, Subject, unproven};
use crate::index::{Place, Task};
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::profile::{EntityKind, Severity};
use crate::rules::{
    Check, Diagnostic, Finding, Findings, Fix, Related, Rule, is_judged, progress, ways_out,
};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "stale-rollup",
    severity: Severity::Warning,
    summary: "a status does not follow from those of its parts",
    doc: include_str!("stale_rollup.md"),
    checks: &[Check::Entity(check), Check::Task(of_task), Check::Workspace(shared::check)],
    fix: Some(fix),
};

/// What a person can do about a finding, by commands.
pub(crate) fn by_hand(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<String> {
    children::by_hand(analysis, diagnostic)
}

fn of_task(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    children::check(analysis, task, findings);
    boxes::check(analysis, task, findings);
    told::check(analysis, task, findings);
}

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    if !is_judged(analysis, place.doc) {
        return;
    }
    let Some((said, wanted)) = analysis.index.contradiction(place) else {
        return;
    };
    if !is_told_as_drift(analysis, place) {
        report(analysis, place, said, wanted, findings);
    }
}

/// Whether the plan contradicts its task as well, which is the finding then.
fn is_told_as_drift(analysis: &Snapshot, place: Place) -> bool {
    let index = &analysis.index;
    let task = index.task_at(place).filter(|task| task.plans.first() == Some(&place));
    task.is_some_and(|task| index.plan_disagreement(task).is_some())
}

/// Whether a plan that says `wanted` would agree with the task that stands beside it.
fn agrees(analysis: &Snapshot, place: Place, wanted: StatusIdx) -> bool {
    let index = &analysis.index;
    let task = index.task_at(place).filter(|_| index.entity(place).kind == EntityKind::Plan);
    let says = task.and_then(|task| Some((task, index.authority(task)?.status()?)));
    let allowed = says.and_then(|(task, status)| index.plan_statuses(task, status));
    allowed.is_none_or(|allowed| allowed.contains(&wanted))
}

fn report(
    analysis: &Snapshot,
    place: Place,
    said: StatusIdx,
    wanted: StatusIdx,
    findings: &mut Findings<'_>,
) {
    let index = &analysis.index;
    let kind = index.entity(place).kind;
    let profile = index.profile_at(place);
    let vocabulary = index.vocabulary_at(place);
    let phases = profile.vocabulary(EntityKind::Phase);
    let parts = index.phases_below(place);
    let (said_category, wanted_category) =
        (vocabulary.get(said).category, vocabulary.get(wanted).category);
    let telling: Vec<&Place> = parts
        .iter()
        .filter(|p| {
            let category = index.status_at(**p).map(|s| phases.get(s).category);
            match said_category {
                Category::Done => category.is_some_and(|c| !c.is_closed()),
                _ => matches!(category, Some(Category::Done | Category::Active)),
            }
        })
        .collect();
    let n = telling.len();
    let they = match (wanted_category, said_category) {
        (Category::Done, _) => "all its phases are finished".to_owned(),
        (_, Category::Done) => count(n, parts.len(), "not finished"),
        _ => count(n, parts.len(), "begun or finished"),
    };
    let Some(spot) = index.spots(place).find(|spot| spot.status() == Some(said)) else { return };
    let message = format!(
        "the {} says {}, but {they}; it should say {}",
        kind.name(),
        spot.shown(),
        index.written_at(place, wanted),
    );
    let mut finding = Finding::at(&spot, message).fixable(true);
    finding.task = index.task_at(place).map(|task| task.id.clone());
    for spot in telling.iter().filter_map(|p| index.spots(**p).next()).take(8) {
        let number = spot.entity.number.as_deref().unwrap_or_default();
        let text = format!("phase {number} is {} here", spot.shown());
        finding = finding.related(Related::spot(&spot, text));
    }
    findings.push(finding);
}

fn count(n: usize, all: usize, how: &str) -> String {
    let are = if n == 1 { "is" } else { "are" };
    format!("{n} of its {all} phases {are} {how}")
}

fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let Some(place) = diagnostic.place else { return Vec::new() };
    let index = &analysis.index;
    let Some((said, wanted)) = index.contradiction(place) else {
        let by_boxes = boxes::fix(analysis, diagnostic, at);
        return if by_boxes.is_empty() {
            children::fix(analysis, diagnostic, at)
        } else {
            by_boxes
        };
    };
    let kind = index.entity(place).kind;
    let title = format!(
        "Set this {} to {}, as its phases say",
        kind.name(),
        index.written_at(place, wanted)
    );
    let (subject, mode) = match index.task_at(place).filter(|_| kind == EntityKind::Task) {
        Some(task) => (Subject::Task(task.id.clone()), Mode::Follow),
        None => (Subject::Place(place), Mode::Force),
    };
    let intent = Intent { subject, to: wanted, reason: None, at: at.to_owned(), mode };
    // Open phases below something finished may be what is wrong, as may the task beside a plan.
    let vocabulary = index.vocabulary_at(place);
    let is_open = vocabulary.get(said).category != Category::Done;
    let task = index.task_at(place).filter(|_| kind == EntityKind::Task);
    let preferred =
        is_open && task.is_none_or(|task| !progress::takes_back(analysis, task, wanted));
    let planned = unproven(analysis, &intent).ok().filter(|_| agrees(analysis, place, wanted));
    let own = planned.map(|planned| Fix { title, preferred, change: planned.change });
    match own {
        Some(own) if is_open => vec![own],
        own => ways_out(analysis, place, at).into_iter().chain(own).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::mending::{certain, fix_all};
    use crate::rules::fixes;
    use crate::testing::{AT, analysis};

    fn finished(plan: &str) -> String {
        format!(
            "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [COMPLETED]
  - **Completed**: 2026-01-02
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: {plan}

  ### Phase 1: Store [COMPLETED]
  ### Phase 2: Form [NOT STARTED]
"
        )
    }

    /// The rules that find something, and whether `fix` mends it. It mends nothing here, of whatever
    /// rule.
    fn left_alone(fixture: &str) -> Vec<(&'static str, bool)> {
        let (analysis, _) = analysis(fixture);
        for rule in ["drift", "stale-rollup"] {
            let (change, n) = fix_all(&analysis, AT, &|found| found.rule == rule);
            assert!(change.is_empty() && n == 0, "{rule}: {}", change.diff());
        }
        let (change, n) = fix_all(&analysis, AT, &|_| true);
        assert!(change.is_empty() && n == 0, "{}", change.diff());
        let rules = analysis.diagnostics().iter().map(|found| found.rule);
        rules.zip(certain(&analysis)).collect()
    }

    #[test]
    fn a_finished_task_has_parts_that_are_begun_unless_one_is_of_two_minds() {
        let found = |phase: &str| {
            let text = format!(
                "\
//- /docs/pending/high/api/login/login-index.md
  # Login
  - **Status**: Completed

  | Phase | File | Status |
  |-------|------|--------|
  | 1 | [Phase 1](./login-phase-1.md) | Pending |
//- /docs/pending/high/api/login/login-phase-1.md
  # Phase 1
  - **Status**: {phase}
"
            );
            let (analysis, _) = analysis(&text);
            let found = analysis.diagnostics().iter().find(|it| it.rule == "stale-rollup");
            found.map(|it| it.message.clone())
        };
        let said = "task login says `Completed`, but none of its parts is begun; finish them, or set it to Pending";
        assert_eq!(found("Pending").as_deref(), Some(said));
        assert_eq!(found("Completed"), None);
    }

    /// A task with two parts: what each says in the list, and in its own file.
    fn of_two_minds(index: &str, rows: [&str; 2], files: [&str; 2]) -> (String, Vec<bool>) {
        let text = format!(
            "\
//- /docs/pending/high/api/login/login-index.md
  # Login
  - **Status**: {index}

  | Phase | File | Status |
  |-------|------|--------|
  | 1 | [Phase 1](./login-phase-1.md) | {} |
  | 2 | [Phase 2](./login-phase-2.md) | {} |
//- /docs/pending/high/api/login/login-phase-1.md
  # Phase 1
  - **Status**: {}
//- /docs/pending/high/api/login/login-phase-2.md
  # Phase 2
  - **Status**: {}
",
            rows[0], rows[1], files[0], files[1]
        );
        let (analysis, _) = analysis(&text);
        let mut all = analysis.diagnostics().iter();
        let found = all.find(|it| it.rule == "stale-rollup").expect("a contradiction");
        let preferred = fixes(&analysis, found, AT).iter().map(|fix| fix.preferred).collect();
        let told = found.message.rsplit_once(", but ").expect("what the parts say");
        (told.1.to_owned(), preferred)
    }

    #[test]
    fn what_parts_that_contradict_themselves_say_is_told_and_nothing_follows_from_it() {
        let (done, begun, open) = ("Completed", "In Progress", "Pending");
        let all = "all its parts are finished";
        let of_one_mind = format!("{all}; it should say Completed");
        assert_eq!(of_two_minds(begun, [done, done], [done, done]), (of_one_mind, vec![true]));
        let of_two = format!("{all}; their own places disagree");
        assert_eq!(of_two_minds(begun, [open, done], [done, done]), (of_two, vec![false]));
        // One that is certainly begun is enough.
        let begun = "1 of its 2 parts is begun or finished; it should say In Progress".to_owned();
        assert_eq!(of_two_minds(open, [done, done], [done, open]), (begun, vec![true]));
        let begun = "1 of its 2 parts is begun or finished; their own places disagree";
        let found = of_two_minds(open, [open, open], [done, open]);
        assert_eq!(found, (begun.to_owned(), vec![false]));
    }

    /// What is found where phase 2 is said to be finished, and its two plans say something else.
    fn of_phase(row: &str, boxes: [&str; 2], summaries: &[&str]) -> Vec<&'static str> {
        let mut text = format!(
            "\
//- /.planning/ROADMAP.md
  - [x] **Phase 2: Log out**

  ### Phase 2: Log out
  - [{}] 02-01-PLAN.md
  - [{}] 02-02-PLAN.md

  | Phase | Status |
  |-------|--------|
  | 2. Log out | {row} |
",
            boxes[0], boxes[1]
        );
        for plan in summaries {
            text.push_str(&format!(
                "//- /.planning/phases/02-log-out/{plan}-SUMMARY.md\n  # Done\n"
            ));
        }
        let (analysis, _) = analysis(&text);
        let (change, _) = fix_all(&analysis, AT, &|_| true);
        let found: Vec<_> = analysis.diagnostics().iter().map(|found| found.rule).collect();
        let fixed = analysis.with_texts(&change.after());
        let mut left = fixed.diagnostics().iter().map(|found| found.rule);
        assert!(left.all(|rule| found.contains(&rule)), "{found:?}: {}", change.diff());
        found
    }

    #[test]
    fn one_contradiction_is_told_once() {
        let (open, both) = ([" ", " "], ["02-01", "02-02"]);
        assert_eq!(of_phase("Complete", open, &[]), ["stale-rollup"]);
        assert_eq!(of_phase("Not started", open, &[]), ["drift"]);
        assert_eq!(of_phase("Complete", open, &both), ["drift", "drift"]);
        // Which parts are left, and that there are any, no other finding tells.
        assert_eq!(of_phase("Not started", ["x", " "], &[]), ["stale-rollup", "drift"]);
        assert_eq!(of_phase("Complete", open, &both[..1]), ["stale-rollup", "drift"]);
    }

    #[test]
    fn open_phases_of_a_finished_task_are_one_finding_and_somebodys_decision() {
        assert_eq!(left_alone(&finished("[COMPLETED]")), [("stale-rollup", false)]);
        for plan in ["[COMPLETED]", "[IN PROGRESS]"] {
            let (analysis, _) = analysis(&finished(plan));
            let found = &analysis.diagnostics()[0];
            let fixes = fixes(&analysis, found, AT);
            let titles: Vec<&str> = fixes.iter().map(|fix| fix.title.as_str()).collect();
            let expected = [
                "Set the open phase to [COMPLETED]",
                "Set the open phase to [ABANDONED]",
                "Set the open phase to [DEFERRED]",
                "Set task 7 to [IMPLEMENTING], as its phases say",
            ];
            assert_eq!(titles, expected, "{plan}");
            let reopened = analysis.with_texts(&fixes[3].change.after());
            assert_eq!(reopened.diagnostics(), [], "{plan}");
            let finished = analysis.with_texts(&fixes[0].change.after());
            let (change, _) = fix_all(&finished, AT, &|_| true);
            assert_eq!(finished.with_texts(&change.after()).diagnostics(), [], "{plan}");
        }
        assert_eq!(left_alone(&finished("[IN PROGRESS]")), [("drift", false)]);
        assert_eq!(left_alone(&finished("[NOT STARTED]")), [("drift", false)]);
    }

    #[test]
    fn a_plan_that_its_task_and_its_phases_contradict_alike_is_mended_once() {
        let fixture = finished("[NOT STARTED]").replace("Form [NOT STARTED]", "Form [COMPLETED]");
        let (analysis, _) = analysis(&fixture);
        assert_eq!(analysis.diagnostics().len(), 1);
        let (change, n) = fix_all(&analysis, AT, &|_| true);
        assert_eq!(n, 1);
        assert_eq!(analysis.with_texts(&change.after()).diagnostics(), []);
    }
}
