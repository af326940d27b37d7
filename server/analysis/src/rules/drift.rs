//! Places that disagree on one task's status.

use crate::change::{Intent, Mode, Subject, unproven};
use crate::index::{Index, Place, Spot, Task};
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::profile::{EntityKind, Severity};
use crate::rules::{
    Check, Diagnostic, Finding, Findings, Fix, Related, Rule, is_judged, left_parts, progress,
    ways_out,
};
use crate::snapshot::Snapshot;

/// So much of a remark is quoted, in characters.
const LONGEST_REMARK: usize = 80;

/// The rule.
pub static RULE: Rule = Rule {
    id: "drift",
    severity: Severity::Warning,
    summary: "the places of a task disagree about its status",
    doc: include_str!("drift.md"),
    checks: &[Check::Task(of_task), Check::Entity(of_entity)],
    fix: Some(fix),
};

fn of_task(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    task_places(analysis, task, findings);
    if let Some((header, authority)) = analysis.index.plan_disagreement(task) {
        let known = Sameness::of(&analysis.index, task);
        report(&analysis.index, (task, &known), &header, &authority, findings);
    }
}

fn of_entity(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if is_judged(analysis, place.doc) && index.entity(place).kind != EntityKind::Task {
        within(analysis, place, findings);
    }
}

fn task_places(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let vocabulary = index.vocabulary_of(task);
    let Some(authority) = index.authority(task) else { return };
    if let Some((file, said)) = index.said_by_file(task) {
        let category = |status| vocabulary.get(status).category;
        let differs =
            |spot: &Spot<'_>| spot.status().is_some_and(|it| category(it) != category(said));
        for spot in index.statuses(task).filter(differs) {
            report_file(index, task, &spot, (file, said), findings);
        }
        return;
    }
    let mut known = None;
    for spot in index.statuses(task).filter(|spot| !index.is_echo(spot)) {
        let differs = spot.status().is_some() && !spot.agrees(&authority, vocabulary);
        if differs && !index.is_said_by_twin(task, &spot, &authority) {
            let known = known.get_or_insert_with(|| Sameness::of(index, task));
            report(index, (task, known), &spot, &authority, findings);
        }
    }
}

/// Whether the places of a task are of one thing.
struct Sameness {
    /// Of two tasks with one id nobody knows which is meant.
    is_one: bool,
    /// What may be another task.
    others: Vec<Place>,
}

impl Sameness {
    fn of(index: &Index, task: &Task) -> Sameness {
        Sameness { is_one: index.is_certain(task), others: index.otherwise_called(task) }
    }
}

/// A place that does not say what a file says by being there.
fn report_file(
    index: &Index,
    task: &Task,
    spot: &Spot<'_>,
    (file, said): (Place, StatusIdx),
    findings: &mut Findings<'_>,
) {
    let (name, path) = (index.called(task), &index.docs[file.doc].path);
    let word = index.profile_of(task).word_for(task.what());
    let status = &index.vocabulary_of(task).get(said).marker;
    let message = format!("{word} {name} is {} here, but {status} by {path}", spot.shown());
    let text = format!("{word} {name} is {status} by this file");
    let related = Related { path: path.clone(), range: index.entity(file).name, message: text };
    findings.push(Finding::at(spot, message).task(&task.id).related(related).fixable(true));
}

fn report(
    index: &Index,
    (task, known): (&Task, &Sameness),
    spot: &Spot<'_>,
    authority: &Spot<'_>,
    findings: &mut Findings<'_>,
) {
    let Sameness { is_one, others } = known;
    // By two titles they are two.
    if others.contains(&spot.place) || others.contains(&authority.place) {
        findings.push(otherwise_called(index, task, spot, authority));
        return;
    }
    let titles = [&spot.entity.title, &authority.entity.title].map(|title| title.to_lowercase());
    if !*is_one && titles[0] != titles[1] && titles.iter().all(|title| !title.is_empty()) {
        return;
    }
    let name = index.called(task);
    let what = match spot.entity.kind {
        EntityKind::Plan => "the plan of task",
        _ => "task",
    };
    let message = format!(
        "{what} {} is {} here, but the task is {} in {}",
        name,
        spot.shown(),
        authority.shown(),
        authority.document.path,
    );
    let related = Related::spot(authority, format!("task {name} is {} here", authority.shown()));
    let finding = Finding::at(spot, message).task(&task.id).related(related).fixable(*is_one);
    findings.push(finding.lenient(spot.occurrence.untouched || authority.occurrence.untouched));
}

/// Two places with one id, of which nothing tells that they are one task.
fn otherwise_called(index: &Index, task: &Task, spot: &Spot<'_>, authority: &Spot<'_>) -> Finding {
    let (name, path) = (index.called(task), &authority.document.path);
    let [own, there] = [spot, authority].map(|spot| &spot.entity.title);
    let message = format!(
        "`{own}` has the id {name} of `{there}` in {path}: it is {} here, and {} there",
        spot.shown(),
        authority.shown(),
    );
    let related = Related::spot(authority, format!("task {name} is {} here", authority.shown()));
    Finding::at(spot, message).task(&task.id).related(related)
}

/// Two statuses of one plan, phase or item in one document.
fn within(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let vocabulary = index.vocabulary_at(place);
    let mut known = index.spots(place).filter(|spot| spot.status().is_some());
    let Some(first) = known.next() else { return };
    for spot in known.filter(|spot| !spot.agrees(&first, vocabulary)) {
        let kind = spot.entity.kind.name();
        let number = spot.entity.number.as_deref().unwrap_or_default();
        let name = format!("{kind} {number}");
        let name = name.trim_end();
        let begin = spot.occurrence.carrier.whereabouts;
        let message = format!("{name} is {} here, but {} {begin}", spot.shown(), first.shown());
        let related = Related::spot(&first, format!("{name} is {} here", first.shown()));
        let mut finding = Finding::at(&spot, message).related(related).fixable(true);
        finding.task = index.task_at(place).map(|task| task.id.clone());
        findings.push(finding);
    }
}

/// One fix for each status that some place has, the authority's first.
pub fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let mut fixes = planned(analysis, ways(analysis, diagnostic), at);
    if !is_decided(analysis, diagnostic) {
        fixes.iter_mut().for_each(|fix| fix.preferred = false);
    }
    // Where its phases contradict the task, somebody must decide what becomes of them.
    if let Some(plan) = undecided(analysis, diagnostic) {
        fixes.extend(ways_out(analysis, plan, at));
    }
    fixes
}

/// What the fixes of a finding are called, the best first, without an edit; `None` where that takes
/// one.
pub(super) fn titles(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<Vec<String>> {
    let ways = ways(analysis, diagnostic).into_iter().map(|way| way.title);
    let is_plain = undecided(analysis, diagnostic).is_none() && is_decided(analysis, diagnostic);
    is_plain.then(|| ways.collect())
}

/// Whether one of the ways is certain.
fn is_decided(analysis: &Snapshot, diagnostic: &Diagnostic) -> bool {
    let task = diagnostic.task.as_ref().and_then(|id| analysis.index.tasks.get(id));
    let typed = task.and_then(|task| typed_by_plan(analysis, task));
    let begun = task.and_then(|task| progress::begun(analysis, task));
    let tells_more = task.is_some_and(|task| progress::tells_more(analysis, task));
    (begun.is_some() || !takes_back(analysis, diagnostic))
        && !tells_more
        && !is_twofold(analysis, diagnostic)
        && !is_doubted(analysis, diagnostic)
        && typed.is_none_or(|(_, fitting)| fitting.len() == 1)
}

/// The newest plan of a task, where it contradicts the task by a status that was typed, and the statuses of
/// the task that fit this one.
fn typed_by_plan<'a>(analysis: &'a Snapshot, task: &'a Task) -> Option<(Spot<'a>, Vec<StatusIdx>)> {
    let index = &analysis.index;
    let (header, _) = index.plan_disagreement(task)?;
    let said = header.status().filter(|_| analysis.is_typed(&header))?;
    let all = index.vocabulary_of(task).iter().map(|(status, _)| status);
    let fits = |to: &StatusIdx| index.plan_statuses(task, *to).is_some_and(|it| it.contains(&said));
    Some((header, all.filter(fits).collect()))
}

/// Whether the trusted place would take work back that another says is begun or done.
fn takes_back(analysis: &Snapshot, diagnostic: &Diagnostic) -> bool {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let task = task.filter(|task| index.said_by_file(task).is_none());
    let said = task.and_then(|task| Some((task, index.status(task)?)));
    said.is_some_and(|(task, said)| progress::takes_back(analysis, task, said))
}

/// Whether the trusted list has the task twice and says two things of it: then it decides nothing.
fn is_twofold(analysis: &Snapshot, diagnostic: &Diagnostic) -> bool {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let trusted = task.and_then(|task| Some((task, index.authority(task)?)));
    trusted.is_some_and(|(task, trusted)| {
        let vocabulary = index.vocabulary_of(task);
        let differs = |place: &Place| {
            index
                .spots(*place)
                .any(|spot| spot.status().is_some() && !spot.agrees(&trusted, vocabulary))
        };
        let twins = index.twin_entries(task).into_iter().map(|it| it.places);
        twins.filter(|places| places.contains(&trusted.place)).any(|it| it.iter().any(differs))
    })
}

/// Whether the trusted place says that all is done, and itself, the plan or a part that work is left.
fn is_doubted(analysis: &Snapshot, diagnostic: &Diagnostic) -> bool {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let trusted = task.and_then(|task| Some((task, index.authority(task)?)));
    trusted.is_some_and(|(task, spot)| {
        let status = spot.status().map(|status| index.vocabulary_of(task).get(status));
        let by_boxes =
            || index.contradicted_by_boxes(task).is_some() || index.untouched_plan(task).is_some();
        let by_plan = || by_boxes() || index.unbegun_plan(task).is_some();
        let by_parts = || left_parts::are_left(analysis, task);
        let is_left = || spot.says_left().is_some() || by_plan() || by_parts();
        status.is_some_and(|it| it.category == Category::Done) && is_left()
    })
}

/// Why the trusted place decides nothing, where somebody has written beside it that work is left.
pub(crate) fn doubt(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<String> {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id))?;
    let said = index.authority(task)?.says_left().filter(|_| is_doubted(analysis, diagnostic))?;
    let which = "say which is right: `--prefer STATUS` or `--prefer PATH`";
    let said = match said.char_indices().nth(LONGEST_REMARK) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said,
    };
    Some(format!("`{said}` beside the status may tell that work is left; {which}"))
}

/// The plan that the finding is about, where its phases contradict the task.
fn undecided(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<Place> {
    let index = &analysis.index;
    let plan = diagnostic.place.filter(|it| index.entity(*it).kind == EntityKind::Plan)?;
    let task = index.task_at(plan)?;
    index.fitting(task).is_none().then_some(plan)
}

/// The ways to bring a task's places into agreement: each status that some place has.
pub fn candidates(analysis: &Snapshot, task: &Task, at: &str) -> Vec<Fix> {
    planned(analysis, ways_of_task(analysis, task), at)
}

/// A status that somebody is to have, and what that is called.
struct DriftFix {
    title: String,
    subject: Subject,
    to: StatusIdx,
}

fn ways(analysis: &Snapshot, diagnostic: &Diagnostic) -> Vec<DriftFix> {
    let index = &analysis.index;
    let Some(place) = diagnostic.place else { return Vec::new() };
    match index.task_at(place).filter(|_| is_task_level(index, place)) {
        Some(task) => ways_of_task(analysis, task),
        None => ways_of_place(analysis, place),
    }
}

fn ways_of_task(analysis: &Snapshot, task: &Task) -> Vec<DriftFix> {
    let index = &analysis.index;
    let mut ways: Vec<DriftFix> = Vec::new();
    if let Some((file, to)) = index.said_by_file(task) {
        let marker = index.written(task, to);
        let (called, path) = (index.called(task), &index.docs[file.doc].path);
        let title = format!("Set task {called} to {marker} everywhere (as {path} says)");
        ways.push(DriftFix { title, subject: Subject::Task(task.id.clone()), to });
    }
    // What was typed last is meant, where it is one status.
    let typed = analysis.typed_statuses(task);
    let typed = typed.first().copied().filter(|_| typed.len() == 1);
    for spot in index.statuses(task) {
        let is_new = |to: &StatusIdx| ways.iter().all(|way| way.to != *to);
        let Some(to) = spot.status().filter(is_new) else { continue };
        let marker = index.written(task, to);
        let (called, path) = (index.called(task), &spot.document.path);
        let source = if typed == Some(to) { "as typed" } else { "as" };
        let title = format!("Set task {called} to {marker} everywhere ({source} in {path})");
        ways.push(DriftFix { title, subject: Subject::Task(task.id.clone()), to });
    }
    let begun = progress::begun(analysis, task);
    ways.sort_by_key(|way| begun != Some(way.to));
    ways.sort_by_key(|way| typed != Some(way.to));
    if let Some((header, fitting)) = typed_by_plan(analysis, task) {
        let (called, path) = (index.called(task), &header.document.path);
        let way = |to: StatusIdx| {
            let marker = index.written(task, to);
            let title = format!("Set task {called} to {marker} everywhere (as typed in {path})");
            DriftFix { title, subject: Subject::Task(task.id.clone()), to }
        };
        ways.retain(|way| !fitting.contains(&way.to));
        ways.splice(0..0, fitting.into_iter().map(way));
    }
    ways
}

/// Whether two titles name the same way, of which one may be told as typed.
pub(crate) fn is_same_way(one: &str, other: &str) -> bool {
    one.replace("(as typed in", "(as in") == other.replace("(as typed in", "(as in")
}

fn is_task_level(index: &Index, place: Place) -> bool {
    matches!(index.entity(place).kind, EntityKind::Task | EntityKind::Plan)
}

fn ways_of_place(analysis: &Snapshot, place: Place) -> Vec<DriftFix> {
    let index = &analysis.index;
    let entity = index.entity(place);
    let vocabulary = index.vocabulary_at(place);
    let statuses = index.spots(place).filter_map(|spot| spot.status());
    let way = |to: StatusIdx| {
        let title = format!("Set this {} to {}", entity.kind.name(), vocabulary.get(to).id);
        DriftFix { title, subject: Subject::Place(place), to }
    };
    statuses.map(way).collect()
}

fn planned(analysis: &Snapshot, ways: Vec<DriftFix>, at: &str) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = Vec::new();
    // Where the trusted place cannot be followed, another is no more to be trusted than before.
    for (rank, DriftFix { title, subject, to }) in ways.into_iter().enumerate() {
        let intent = Intent { subject, to, reason: None, at: at.to_owned(), mode: Mode::Align };
        let Ok(planned) = unproven(analysis, &intent) else { continue };
        fixes.push(Fix { title, preferred: rank == 0, change: planned.change });
    }
    fixes
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::mending::fix_all;
    use crate::rules::fixes;
    use crate::testing::{AT, analysis, check_fix, check_rule};

    #[test]
    fn what_was_typed_into_a_plan_is_offered_first_and_never_changed_back_by_itself() {
        let said = |typed: &str| {
            let plan = |status: &str| format!("  # Plan for task 7\n  - **Status**: [{status}]\n");
            analysis(&format!(
                "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n//- /specs/state.json\n  {{ \"active_projects\": [{{ \"project_number\": 7, \"status\": \"planned\" }}] }}\n//- /specs/007_x/plans/implementation-001.md open\n{}//- /specs/007_x/plans/implementation-001.md overlay\n{}",
                plan("NOT STARTED"),
                plan(typed),
            ))
            .0
        };
        for (typed, meant) in [("IN PROGRESS", "IMPLEMENTING"), ("COMPLETED", "COMPLETED")] {
            let analysis = said(typed);
            let drift = analysis.diagnostics().iter().find(|it| it.rule == "drift");
            let first = &fixes(&analysis, drift.expect("they disagree"), AT)[0];
            let plan = "specs/007_x/plans/implementation-001.md";
            let title = format!("Set task 7 to [{meant}] everywhere (as typed in {plan})");
            assert_eq!((&first.title, first.preferred), (&title, true));
            let (fixed, _) = fix_all(&analysis, AT, &|found| found.rule == "drift");
            let files: Vec<&str> = fixed.edits.keys().map(|path| path.as_str()).collect();
            assert_eq!(files, ["specs/TODO.md", "specs/state.json"], "{typed}");
        }
    }

    #[test]
    fn what_was_typed_last_is_offered_first_and_kept_by_a_fix_of_all() {
        let said = |typed: &str, open: &str| {
            analysis(&format!(
                r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Log out
  - **Status**: [PLANNED]
//- /specs/state.json {open}
  {{ "active_projects": [{{ "project_number": 7, "status": "planned" }}, {{ "project_number": 8, "status": "researched" }}] }}
//- /specs/state.json overlay
  {{ "active_projects": [{{ "project_number": 7, "status": "{typed}" }}, {{ "project_number": 8, "status": "researched" }}] }}
"#
            ))
            .0
        };
        let analysis = said("revised", "before");
        let of_seven = |it: &&crate::rules::Diagnostic| {
            it.rule == RULE.id && it.task.as_ref().is_some_and(|id| id.as_str() == "7")
        };
        let found = analysis.diagnostics().iter().find(of_seven).expect("a finding");
        let titles: Vec<String> =
            fixes(&analysis, found, AT).into_iter().map(|it| it.title).collect();
        assert_eq!(
            titles,
            [
                "Set task 7 to [REVISED] everywhere (as typed in specs/state.json)",
                "Set task 7 to [PLANNED] everywhere (as in specs/TODO.md)",
            ]
        );
        let (change, _) = fix_all(&analysis, AT, &|found| found.rule == RULE.id);
        let fixed = analysis.with_texts(&change.after());
        let text = |path: &str| fixed.index.document(path).expect("it is there").1.text.to_string();
        assert!(text("specs/TODO.md").contains("[REVISED]"), "{}", change.diff());
        let state = text("specs/state.json");
        assert!(state.contains(r#""status": "revised""#), "{state}");
        assert!(state.contains(r#""status": "planned""#), "what nobody typed follows: {state}");
    }

    #[test]
    fn what_the_trusted_place_is_behind_of_is_offered_and_not_chosen() {
        let fixed = |trusted: &str, other: &str| {
            let (analysis, _) = analysis(&format!(
                "//- /docs/roadmap/pending/login/login-index.md\n  # Login\n  **Status**: {trusted}\n//- /docs/roadmap/pending/login/login-implementation.md\n  # Login\n  **Status**: {other}\n"
            ));
            let found = analysis.diagnostics().iter().find(|found| found.rule == RULE.id);
            let offered = found.map_or(0, |found| fixes(&analysis, found, AT).len());
            (offered, fix_all(&analysis, AT, &|found| found.rule == RULE.id).0.is_empty())
        };
        assert_eq!(fixed("Pending", "Completed"), (2, true));
        assert_eq!(fixed("In Progress", "Completed"), (2, true));
        assert_eq!(fixed("Pending", "Cancelled"), (2, true));
        assert_eq!(fixed("Completed", "Pending"), (2, false));
        assert_eq!(fixed("Cancelled", "In Progress"), (2, false));
    }

    #[test]
    fn a_phase_agrees_with_the_field_below_it() {
        check_rule(
            &RULE,
            "\
//- /specs/007_add_login/plans/implementation-001.md eol:crlf bom
  # Plan for task 7

  ### Phase 1: Sitzungen für Gäste [COMPLETED]
  - **Status**: [IN PROGRESS]
//              ^^^^^^^^^^^^^ warning[drift]: phase 1 is [IN PROGRESS] here, but [COMPLETED] where it begins
",
        );
    }

    #[test]
    fn a_phase_is_brought_into_agreement_with_its_heading() {
        check_fix(
            &RULE,
            "\
//- /specs/007_add_login/plans/implementation-001.md eol:crlf bom
  # Plan for task 7

  ### Phase 1: Sitzungen für Gäste [COMPLETED]
  - **Status**: [IN PROGRESS]
",
            "\
//- /specs/007_add_login/plans/implementation-001.md eol:crlf bom
  # Plan for task 7

  ### Phase 1: Sitzungen für Gäste [COMPLETED]
  - **Status**: [COMPLETED]
",
        );
    }

    #[test]
    fn a_plan_follows_its_task() {
        check_fix(
            &RULE,
            "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [COMPLETED]
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [NOT STARTED]$0
",
            "\
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [COMPLETED]
",
        );
    }

    #[test]
    fn a_status_that_nobody_knows_contradicts_none() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [SOMEDAY]
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "planned" }] }
"#,
        );
    }

    #[test]
    fn a_record_elsewhere_does_not_speak_where_the_ledger_has_its_own() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "planned" }] }
//- /tmp/state.json
  { "active_projects": [{ "project_number": 7, "status": "completed" }] }
//- /TODO.md
  ### 7. Something else
  - **Status**: [BLOCKED]
"#,
        );
    }

    #[test]
    fn two_trees_number_their_tasks_for_themselves() {
        check_rule(
            &RULE,
            r#"
//- /a/specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
//- /a/specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "planned" }] }
//- /b/specs/TODO.md
  ### 7. Write docs
  - **Status**: [COMPLETED]
//- /b/specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "blocked" }] }
//                                                       ^^^^^^^^^ warning[drift]: task b/7 is `blocked` here, but the task is [COMPLETED] in b/specs/TODO.md
"#,
        );
    }

    #[test]
    fn a_prefix_before_a_number_does_not_count() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  ### AB_7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "project_name": "add_login", "status": "blocked" }] }
//                                                                                    ^^^^^^^^^ warning[drift]: task 7 is `blocked` here
//- /specs/AB_7_add_login/plans/implementation-001.md
  # Plan
  - **Status**: [COMPLETED]
//              ^^^^^^^^^^^ warning[drift]: the plan of task 7 is [COMPLETED] here
"#,
        );
    }

    #[test]
    fn a_plan_of_which_nothing_is_begun_is_not_finished_by_its_task() {
        let fixed = |phases: &str| {
            let fixture = format!(
                "//- /specs/TODO.md\n  ### 7. Search\n  - **Status**: [COMPLETED]\n//- /specs/state.json\n  {{ \"active_projects\": [{{ \"project_number\": 7, \"status\": \"completed\" }}] }}\n//- /specs/007_search/plans/01_plan.md\n  # Plan\n  - **Status**: [NOT STARTED]\n{phases}"
            );
            let (analysis, _) = analysis(&fixture);
            assert!(analysis.diagnostics().iter().any(|it| it.rule == RULE.id), "{phases}");
            fix_all(&analysis, AT, &|found| found.rule == RULE.id).1
        };
        let open = "\n  ### Phase 1: Index [NOT STARTED]\n\n  ### Phase 2: Find [NOT STARTED]\n";
        assert_eq!(fixed(open), 0);
        assert_eq!(fixed(&open.replace("NOT STARTED", "COMPLETED")), 1);
        assert_eq!(fixed(""), 1);
    }
}
