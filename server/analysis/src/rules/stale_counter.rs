//! A derived number that does not follow the tasks.

use std::collections::BTreeMap;

use crate::change::SourceChange;
use crate::index::figures::{
    endless_figures, figures_of, finished_parts, parts_agree, parts_are_known,
};
use crate::index::{DocIdx, Index, Place, Task, counters, shares};
use crate::model::{CounterFact, Document};
use crate::profile::vocabulary::Category;
use crate::profile::{CounterValue, Severity};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Rule};
use crate::snapshot::Snapshot;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The rule.
pub static RULE: Rule = Rule {
    id: "stale-counter",
    severity: Severity::Warning,
    summary: "a counter does not match the tasks",
    doc: include_str!("stale_counter.md"),
    checks: &[Check::Workspace(check), Check::Task(figures)],
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
                more_than_all(document, doc, fact).into_iter().for_each(|it| findings.push(it));
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
                CounterValue::OfType { .. } => format!("the files say {wanted}"),
            };
            let message = format!("`{name}` is {said}, but {why}");
            // What is no number may be anything, and perhaps more than one line of it.
            let is_certain = fact.value.is_some() || is_blank(said);
            // What somebody has counted may be left unsaid elsewhere.
            let counts_work = matches!(&counter.equals, CounterValue::OfType { categories, .. } if !categories.is_empty());
            let takes_back = counts_work
                && document.profile.keeps_progress
                && fact.value.is_some_and(|said| wanted < said);
            let is_fixable = is_certain && !takes_back && document.facts.broken.is_none();
            findings.push(Finding::new(doc, fact.range, message).fixable(is_fixable));
        }
    }
}

/// A number of tasks that is larger than that of all of them beside it. Where nobody knows how many there
/// are, a person has to say which of the two is right.
fn more_than_all(document: &Document, doc: DocIdx, fact: &CounterFact) -> Option<Finding> {
    let counter = &document.profile.counters[fact.counter];
    let CounterValue::OfType { total: Some(total), .. } = &counter.equals else { return None };
    let mut facts = document.facts.counters.iter();
    let all = facts.find(|it| document.profile.counters[it.counter].key == *total)?.value?;
    let said = fact.value.filter(|said| *said > all)?;
    let (name, of) = (counter.key.join("."), total.join("."));
    let message = format!("`{name}` is {said}, but `{of}` is {all}");
    Some(Finding::new(doc, fact.range, message))
}

/// Figures that stand beside a task. One that counts other parts as well says nothing certain.
fn figures(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    for (place, figure) in figures_of(index, task) {
        let (done, total) = finished_parts(index, task, &|part| index.status(part));
        let is_certain = parts_agree(index, task) && parts_are_known(index, task);
        if total != figure.total && figure.done == 0 && figure.total > 0 {
            let all = figure.total.to_string();
            not_begun(index, task, (place, figure.range), &all, findings);
        }
        if total != figure.total || done == figure.done || !is_certain {
            continue;
        }
        let word = index.profile_of(task).word_for(task.what());
        let name = index.called(task);
        let be = if done == 1 { "is" } else { "are" };
        let message = format!(
            "{} of {total} parts of {word} {name} are finished here, but {done} {be}",
            figure.done
        );
        let finding = Finding::new(place.doc, figure.range, message).task(&task.id);
        // Parts may be left unticked by whoever has counted them.
        let takes_back = done < figure.done && index.profile_of(task).keeps_progress;
        let is_fixable = !takes_back && index.docs[place.doc].facts.broken.is_none();
        findings.push(finding.fixable(is_fixable));
    }
    for (place, range) in endless_figures(index, task) {
        not_begun(index, task, (place, range), "its", findings);
    }
}

/// What is finished, and of whose parts none is by the figure beside it. Which they are nobody knows, so that
/// a person has to say which of the two is right.
fn not_begun(
    index: &Index,
    task: &Task,
    (place, range): (Place, TextRange),
    all: &str,
    findings: &mut Findings<'_>,
) {
    // What says itself that nothing is begun is told of by that.
    let own = index.status_at(place).map(|said| index.vocabulary_at(place).get(said).category);
    let is_told = own.is_some_and(|own| own != Category::Done);
    if index.category(task) != Some(Category::Done) || is_told {
        return;
    }
    let word = index.profile_of(task).word_for(task.what());
    let name = index.called(task);
    let message = format!("{word} {name} is finished, but 0 of {all} parts are here");
    findings.push(Finding::new(place.doc, range, message).task(&task.id));
}

fn is_blank(said: &str) -> bool {
    said.is_empty() || matches!(said, "null" | "~")
}

fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, _at: &str) -> Vec<Fix> {
    let index = &analysis.index;
    let Some((doc, document)) = index.document(diagnostic.path.as_str()) else { return Vec::new() };
    if let Some(task) = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id)) {
        return figure_fix(index, task, diagnostic);
    }
    let mut facts = document.facts.counters.iter();
    let Some(fact) = facts.find(|fact| fact.range == diagnostic.range) else { return Vec::new() };
    let counter = &document.profile.counters[fact.counter];
    let wanted = counters::expected(index, doc, counter, &BTreeMap::new());
    let Some(wanted) = wanted else { return Vec::new() };
    let mut edits = vec![TextEdit { range: fact.range, insert: wanted.to_string() }];
    edits.extend(shares::follow(document, &edits, &|_| None));
    let title = format!("Set `{}` to {wanted}", counter.key.join("."));
    vec![Fix { title, preferred: true, change: SourceChange::within(document, edits) }]
}

fn figure_fix(index: &Index, task: &Task, diagnostic: &Diagnostic) -> Vec<Fix> {
    let mut figures = figures_of(index, task).into_iter();
    let found = figures.find(|(place, figure)| {
        let path = &index.docs[place.doc].path;
        *path == diagnostic.path && figure.range == diagnostic.range
    });
    let Some((place, figure)) = found else { return Vec::new() };
    let (done, total) = finished_parts(index, task, &|part| index.status(part));
    if total != figure.total {
        return Vec::new();
    }
    let edit = TextEdit { range: figure.range, insert: done.to_string() };
    let title = format!("Set the figure to {done}/{total}");
    let change = SourceChange::single(&index.docs[place.doc], edit);
    vec![Fix { title, preferred: true, change }]
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::Analysis;
    use crate::analysis::mending::fix_all;
    use crate::change::{Intent, Mode, Subject, plan};
    use crate::testing::{AT, analysis, check_fix, check_rule};

    /// The workspace when a plan has been set to complete.
    fn completed(analysis: &Analysis, plan_id: &str) -> Analysis {
        let task = analysis.task(plan_id).expect("a plan");
        let to = analysis.index.vocabulary_of(task).lookup("complete").expect("a status");
        let subject = Subject::Task(task.id.clone());
        let (reason, at) = (None, AT.to_owned());
        let intent = Intent { subject, to, reason, at, mode: Mode::Transition };
        analysis.with_texts(&plan(analysis, &intent).expect("a plan").change.after())
    }

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
    fn work_that_somebody_has_counted_is_not_taken_back() {
        let state = |done: u8| {
            format!(
                "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: A**

  ### Phase 1: A
  Plans:
  - [x] 01-01-PLAN.md
  - [ ] 01-02-PLAN.md
//- /.planning/STATE.md
  ---
  progress:
    total_plans: 2
    completed_plans: {done}
  ---
"
            )
        };
        let fixable = |text: &str| {
            let (analysis, _) = analysis(text);
            let found = analysis.diagnostics().iter().filter(|it| it.rule == RULE.id);
            found.map(|it| it.fixable).collect::<Vec<_>>()
        };
        assert_eq!(fixable(&state(2)), [false]);
        assert_eq!(fixable(&state(1)), [false; 0]);
        assert_eq!(fixable(&state(0)), [true]);
        // Nobody says how far the plan is that the roadmap does not name.
        let unnamed = state(0).replace("  - [x] 01-01-PLAN.md\n", "");
        let plan = "//- /.planning/phases/01-a/01-01-PLAN.md\n  # Plan\n";
        assert_eq!(fixable(&(unnamed + plan)), [false; 0]);
    }

    /// A milestone that is over, and another one of which one phase of two is complete.
    fn of_two_milestones(total: u8, done: u8) -> String {
        format!(
            "\
//- /.planning/ROADMAP.md
  - ✅ **v1.0 First** — Phases 1-2 (shipped 2026-01-02)
  - 🚧 **v1.1 Second** — Phases 4-5

  <details>
  <summary>✅ v1.0 First (Phases 1-2) — SHIPPED 2026-01-02</summary>

  - [x] **Phase 1: Log in** (completed 2026-01-01)
  - [x] **Phase 2: Log out** (completed 2026-01-02)

  </details>

  - [x] **Phase 4: Search** (completed 2026-01-04)
  - [ ] **Phase 5: Find**
//- /.planning/STATE.md
  ---
  milestone: v1.1
  progress:
    total_phases: {total}
    completed_phases: {done}
  ---
"
        )
    }

    #[test]
    fn what_was_finished_before_is_not_counted() {
        let messages = |total: u8, done: u8| {
            let (analysis, _) = analysis(&of_two_milestones(total, done));
            let found = analysis.diagnostics().iter().filter(|it| it.rule == RULE.id);
            found.map(|it| it.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(messages(4, 1), [""; 0]);
        assert_eq!(messages(2, 1), [""; 0]);
        assert_eq!(messages(2, 0), ["`progress.completed_phases` is 0, but the files say 1"]);
        for (total, done, becomes) in [(4, 1, 2), (2, 1, 2), (4, 3, 4), (4, 2, 2), (2, 0, 0)] {
            let (before, _) = analysis(&of_two_milestones(total, done));
            let after = completed(&before, "5");
            let state = &after.index.document(".planning/STATE.md").expect("a file").1.text;
            let said = format!("completed_phases: {becomes}");
            assert!(state.to_string().contains(&said), "{total} {done}: {state}");
        }
    }

    /// What stands beside the counters of a project of GSD after a change: percentage, and line of progress.
    #[test]
    fn what_shows_a_counter_as_a_share_follows_it() {
        let fixture = |done: u8, percent: &str, line: &str| {
            format!(
                "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: A**

  ### Phase 1: A
  Plans:
  - [x] 01-01-PLAN.md
  - [x] 01-02-PLAN.md
  - [ ] 01-03-PLAN.md
  - [ ] 01-04-PLAN.md
  - [ ] 01-05-PLAN.md
//- /.planning/STATE.md
  ---
  progress:
    total_phases: 1
    completed_phases: 0
    total_plans: 5
    completed_plans: {done}
    percent: {percent}
  ---

  # State

  Progress: {line}
"
            )
        };
        let state = |text: &str| {
            let value = |key: &str| {
                let line = text.lines().find_map(|line| line.trim().strip_prefix(key));
                line.unwrap_or_default().trim().to_owned()
            };
            [value("completed_plans:"), value("percent:"), value("Progress:")]
        };
        // A stale counter is mended with what shows it.
        let (before, _) = analysis(&fixture(1, "20", "[██░░░░░░░░] 20% (1/5 plans)"));
        let (change, n) = fix_all(&before, AT, &|found| found.rule == RULE.id);
        let after = before.with_texts(&change.after());
        let after = after.index.document(".planning/STATE.md").expect("a file").1.text.to_string();
        assert_eq!(
            (n, state(&after)),
            (1, ["2", "40", "[████░░░░░░] 40% (2/5 plans)"].map(str::to_owned))
        );
        // A right one that is changed takes it along; what says something else stays.
        for (percent, line, becomes) in [
            ("40", "[████░░░░░░] 40%", ["3", "60", "[██████░░░░] 60%"]),
            ("\"40\"", "████░░░░░░ 40%", ["3", "\"60\"", "██████░░░░ 60%"]),
            ("20", "[████░░░░░░] 30%", ["3", "20", "[████░░░░░░] 30%"]),
            ("soon", "3/3 plans in phase 1", ["3", "soon", "3/3 plans in phase 1"]),
        ] {
            let (before, _) = analysis(&fixture(2, percent, line));
            let after = completed(&before, "01-03");
            let (_, after) = after.index.document(".planning/STATE.md").expect("a file");
            let after = after.text.to_string();
            assert_eq!(state(&after), becomes.map(str::to_owned), "{percent} {line}");
        }
    }

    #[test]
    fn nothing_is_called_finished_beside_a_figure_that_counts_none_of_its_parts() {
        let road = |figure: &str, status: &str, mark: &str| {
            format!(
                "//- /.planning/ROADMAP.md
  - [{mark}] **Phase 2: Print** - print it

  ### Phase 2: Print
  Plans:
  - [x] 02-01-PLAN.md — a
  - [x] 02-02-PLAN.md — b
  - [x] 02-03-PLAN.md — c

  | Phase | Plans Complete | Status | Completed |
  |---|---|---|---|
  | 2. Print | {figure} | {status} | - |
"
            )
        };
        for (figure, told) in [("0/2", "0 of 2"), ("0/TBD", "0 of its"), ("0/?", "0 of its")] {
            for mark in [" ", "x"] {
                let (analysis, _) = analysis(&road(figure, "Not started", mark));
                let diff = fix_all(&analysis, AT, &|_| true).0.diff();
                let row = "+| 2. Print | 3/3 | Complete | - |";
                assert!(diff.contains(row), "{figure}: {diff}");
            }
            let (analysis, _) = analysis(&road(figure, "Complete", "x"));
            let found: Vec<_> = analysis.diagnostics().iter().map(|it| &it.message).collect();
            let said = format!("phase 2 is finished, but {told} parts are here");
            assert!(found.contains(&&said), "{found:?}");
        }
        // What it counts besides is to come.
        let (analysis, _) = analysis(&road("0/4", "Not started", " "));
        let (change, _) = fix_all(&analysis, AT, &|_| true);
        assert!(change.is_empty(), "{}", change.diff());
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
    fn what_somebody_has_typed_stays() {
        let road = |done: u32| {
            format!(
                "  - [ ] **Phase 1: Log in**\n  - [x] 01-01-PLAN.md -- Draw it\n  - [ ] 01-02-PLAN.md -- Test it\n\n  | Phase | Plans | Status |\n  |---|---|---|\n  | 1. Log in | {done}/2 | In Progress |\n"
            )
        };
        let todo = |next: u32| {
            format!(
                "  ---\n  next_project_number: {next}\n  ---\n  ### 7. Add login\n  - **Status**: [PLANNED]\n"
            )
        };
        let state =
            "//- /specs/state.json\n  { \"next_project_number\": 9, \"active_projects\": [] }\n";
        for (rest, path, right, wrong) in [
            ("", ".planning/ROADMAP.md", road(1), road(0)),
            (state, "specs/TODO.md", todo(9), todo(8)),
        ] {
            let fixable = |files: &str| {
                let (analysis, _) = analysis(&format!("{files}{rest}"));
                let told = analysis.diagnostics().iter().filter(|found| found.rule == RULE.id);
                let is_told = told.count() == 1;
                let (change, n) = fix_all(&analysis, AT, &|_| true);
                (is_told, n, change.files().len())
            };
            let typed = format!("//- /{path}\n{right}//- /{path} overlay\n{wrong}");
            assert_eq!(fixable(&typed), (true, 0, 0), "{path}");
            assert_eq!(fixable(&format!("//- /{path}\n{wrong}")), (true, 1, 1), "{path}");
        }
    }

    #[test]
    fn a_number_in_quotes_is_one_and_keeps_them() {
        for quote in ['"', '\''] {
            let todo = |next: u32| {
                format!(
                    "//- /specs/TODO.md\n  ---\n  next_project_number: {quote}{next}{quote}\n  ---\n  ### 7. Add login\n  - **Status**: [PLANNED]\n"
                )
            };
            let state = |next: u32| {
                format!(
                    "//- /specs/state.json\n  {{ \"next_project_number\": \"{next}\", \"active_projects\": [] }}\n"
                )
            };
            let right = format!("{}{}", todo(8), state(8));
            check_rule(&RULE, &right);
            check_fix(&RULE, &format!("{}{}", todo(7), state(8)), &todo(8));
            check_fix(&RULE, &format!("{}{}", todo(9), state(8)), &state(9));
        }
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

    #[test]
    fn figures_follow_what_they_count_and_stay_wrong_where_they_were() {
        let fixture = |done: u32, state: u32| {
            format!(
                "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n  - [ ] 01-01-PLAN.md -- Draw it\n  - [ ] 01-02-PLAN.md -- Test it\n\n  | Phase | Plans | Status |\n  |---|---|---|\n  | 1. Log in | {done}/2 | In Progress |\n//- /.planning/STATE.md\n  ---\n  progress:\n    total_plans: 2\n    completed_plans: {state}\n  ---\n"
            )
        };
        for (done, state, follow) in [(0, 0, (1, 1)), (2, 1, (2, 1))] {
            let (analysis, _) = analysis(&fixture(done, state));
            let after = completed(&analysis, "01-01");
            let text = |path: &str| after.index.document(path).expect("a file").1.text.to_string();
            let (road, state) = (text(".planning/ROADMAP.md"), text(".planning/STATE.md"));
            assert!(road.contains(&format!("| {}/2 |", follow.0)), "{road}");
            assert!(state.contains(&format!("completed_plans: {}\n", follow.1)), "{state}");
        }
    }

    #[test]
    fn what_is_of_two_minds_is_not_counted() {
        let (analysis, _) = analysis(
            "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Log in**\n  - [ ] 01-01-PLAN.md -- Draw it\n\n  | Phase | Plans | Status |\n  |---|---|---|\n  | 1. Log in | 1/1 | In Progress |\n//- /.planning/STATE.md\n  ---\n  progress:\n    total_phases: 1\n    completed_phases: 1\n    total_plans: 1\n    completed_plans: 1\n  ---\n//- /.planning/phases/01-log-in/01-01-SUMMARY.md\n  # Done\n",
        );
        let told = || analysis.diagnostics().iter().filter(|found| found.rule == RULE.id);
        assert_eq!(told().count(), 0, "{:?}", told().collect::<Vec<_>>());
        let (change, _) = fix_all(&analysis, AT, &|_| true);
        let after = analysis.with_texts(&change.after());
        assert!(
            after.diagnostics().iter().all(|found| !found.fixable),
            "{:?}",
            after.diagnostics()
        );
    }
}
