//! One function for each thing that the façade does.

use std::sync::Arc;

use expect_test::Expect;
use lockstep_fixture::{Annotation, Fixture, FixturePlace};

use crate::actions::{self, Offer};
use crate::analysis::Analysis;
use crate::analysis::mending::{certain, fix_all};
use crate::change::moving::goes;
use crate::change::{self, Intent, Mode, Refusal, RefusalKind, SourceChange, Subject, Transition};
use crate::features::hover::hover;
use crate::index::Task;
use crate::model::FilePath;
use crate::operation::{Planner, Refused};
use crate::profile::EntityKind;
use crate::rules::{self, Diagnostic, Rule};
use crate::testing::AT;
use crate::testing::workspace::{analysis, changed, is_no_op, normal, result};
use crate::text::TextRange;

/// Every finding of the rule is one annotation of the fixture, and the other way round.
///
/// A label reads `warning[drift]: text`, where the text is a part of the message; lines below it
/// that begin with `|` are parts of its related places, written `path: message`.
#[track_caller]
pub(crate) fn check_rule(rule: &Rule, fixture: &str) {
    check_findings(fixture, &|id| id == rule.id);
}

/// As [`check_rule`], for every rule.
#[track_caller]
pub(crate) fn check_all_rules(fixture: &str) {
    check_findings(fixture, &|_| true);
}

#[track_caller]
fn check_findings(fixture: &str, is_meant: &dyn Fn(&str) -> bool) {
    let (analysis, expected) = analysis(fixture);
    let all = analysis.diagnostics().iter();
    let mut found: Vec<&Diagnostic> = all.filter(|d| is_meant(d.rule)).collect();
    let mut missing = 0;
    for file in &expected.files {
        for annotation in &file.annotations {
            let same = |d: &&Diagnostic| {
                d.path.as_str() == file.path && matches(annotation, d, &file.text)
            };
            match found.iter().position(same) {
                Some(at) => drop(found.remove(at)),
                None => missing += 1,
            }
        }
    }
    if missing > 0 || !found.is_empty() {
        let n = found.len();
        panic!(
            "{missing} annotations without finding, {n} findings without annotation; found is:\
             \n\n{}",
            with_findings(&analysis, expected, is_meant)
        );
    }
}

fn matches(annotation: &Annotation, diagnostic: &Diagnostic, text: &str) -> bool {
    let mut lines = annotation.label.split('\n');
    let head = format!("{}[{}]: ", diagnostic.severity, diagnostic.rule);
    let says = lines.next().and_then(|line| line.strip_prefix(head.as_str()));
    let related: Vec<String> =
        diagnostic.related.iter().map(|r| format!("{}: {}", r.path, r.message)).collect();
    says.is_some_and(|part| diagnostic.message.contains(part))
        && lines.all(|line| related.iter().any(|related| related.contains(line)))
        && marks(annotation, diagnostic.range, text)
}

/// Whether an annotation can stand for a range: carets mark one line and one character at least.
fn marks(annotation: &Annotation, range: TextRange, text: &str) -> bool {
    let marked = TextRange::from(annotation.range.clone());
    if annotation.place != FixturePlace::Range {
        return marked == range;
    }
    let line = range.of(text).find(['\n', '\r']).unwrap_or(range.len());
    let first = TextRange::new(range.start as usize, range.start as usize + line);
    let one = range.is_empty() && marked.of(text).chars().count() == 1;
    marked == first || (one && marked.start == range.start)
}

/// The fixture with what was found for annotations, so that it can be pasted.
fn with_findings(
    analysis: &Analysis,
    mut fixture: Fixture,
    is_meant: &dyn Fn(&str) -> bool,
) -> String {
    for file in &mut fixture.files {
        file.annotations.clear();
        let of_file = |d: &&Diagnostic| d.path.as_str() == file.path && is_meant(d.rule);
        for diagnostic in analysis.diagnostics().iter().filter(of_file) {
            let mut label =
                format!("{}[{}]: {}", diagnostic.severity, diagnostic.rule, diagnostic.message);
            for related in &diagnostic.related {
                label.push_str(&format!("\n{}: {}", related.path, related.message));
            }
            let range = diagnostic.range.bytes();
            let past = range.is_empty() && range.start == file.text.len();
            let place = if past { FixturePlace::Eof } else { FixturePlace::Range };
            file.annotations.push(Annotation { range, place, label });
        }
    }
    fixture.to_string()
}

/// The first fix of the rule's first finding, or of the finding at the cursor, makes `after`: a
/// fixture of the changed files. Afterwards the finding is gone and the fix has nothing to do.
#[track_caller]
pub(crate) fn check_fix(rule: &Rule, before: &str, after: &str) {
    let (analysis, fixture) = analysis(before);
    let cursor =
        fixture.files.iter().any(|file| !file.markers.is_empty()).then(|| fixture.cursor());
    let meant = |d: &&Diagnostic| {
        d.rule == rule.id
            && cursor.is_none_or(|(path, at)| d.path.as_str() == path && d.range.touches(at))
    };
    let Some(diagnostic) = analysis.diagnostics().iter().find(meant) else {
        panic!("`{}` finds nothing to fix in:\n\n{fixture}", rule.id);
    };
    let Some(fix) = rules::fixes(&analysis, diagnostic, AT).into_iter().next() else {
        panic!("`{}` offers no fix for: {}", rule.id, diagnostic.message);
    };
    assert_eq!(result(&fix.change), normal(after), "the result of `{}`", fix.title);

    let fixed = changed(&analysis, &fix.change);
    let same = |d: &&Diagnostic| {
        (d.rule, &d.path, &d.message) == (rule.id, &diagnostic.path, &diagnostic.message)
    };
    let left = fixed.diagnostics().iter().find(same);
    assert_eq!(left, None, "the finding is gone");
    let again = rule.fix.map(|fix| fix(&fixed, diagnostic, AT)).unwrap_or_default();
    let again = again.iter().filter(|again| again.title == fix.title);
    for again in again {
        assert!(is_no_op(&fixed, &again.change), "the fix changes nothing a second time");
    }
}

#[track_caller]
fn offers(id: &str, before: &str) -> (Analysis, Vec<Offer>) {
    assert!(actions::ACTIONS.iter().any(|action| action.id == id), "there is no action `{id}`");
    let (analysis, fixture) = analysis(before);
    let (path, range) = fixture.selection();
    let all = actions::offers(&analysis, path, TextRange::from(range));
    let own = all.into_iter().map(|(_, offer)| offer).filter(|offer| offer.choice.action == id);
    (analysis.clone(), own.collect())
}

/// The action's first offer at the cursor whose title contains `title` makes `after`: a fixture of
/// the changed files. Chosen a second time, it changes nothing or is refused.
#[track_caller]
pub(crate) fn check_action(id: &str, before: &str, title: &str, after: &str) {
    let (analysis, offers) = offers(id, before);
    let Some(offer) = offers.iter().find(|offer| offer.title.contains(title)) else {
        let titles: Vec<&str> = offers.iter().map(|offer| offer.title.as_str()).collect();
        panic!("no offer of `{id}` is titled `{title}`; offered is {titles:#?}");
    };
    let change = match resolve(&analysis, offer) {
        Ok(change) => change,
        Err(refusal) => panic!("`{}` is refused: {refusal}", offer.title),
    };
    assert_eq!(result(&change), normal(after), "the result of `{}`", offer.title);
    let after = changed(&analysis, &change);
    if let Ok(again) = resolve(&after, offer) {
        assert!(is_no_op(&after, &again), "`{}` changes nothing a second time", offer.title);
    }
}

/// What an offer comes to where all files may be moved.
fn resolve(analysis: &Analysis, offer: &Offer) -> Result<SourceChange, Refused> {
    let movable = |from: &str, _: &str| {
        let paths = analysis.index.docs.iter().map(|document| document.path.as_str());
        Ok(paths.filter(|path| goes(path, from)).map(str::to_owned).collect())
    };
    actions::resolve(analysis, &offer.choice, AT, Planner { movable: &movable, ..Planner::STILL })
}

/// The action offers nothing at the cursor.
#[track_caller]
pub(crate) fn check_no_action(id: &str, before: &str) {
    let (_, offers) = offers(id, before);
    assert!(offers.is_empty(), "offered is {offers:#?}");
}

/// What a hover at the cursor says; empty where there is none.
#[track_caller]
pub(crate) fn check_hover(fixture: &str, expect: Expect) {
    let (analysis, fixture) = analysis(fixture);
    let (path, offset) = fixture.cursor();
    let link = |path: &FilePath, line: u32| format!("/{path}#L{line}");
    let hover = hover(&analysis, path, offset, &link, &|_| None);
    expect.assert_eq(&hover.map(|hover| hover.markdown).unwrap_or_default());
}

/// All that is fixable is fixed: what changes is `after`, and nothing fixable is left.
#[track_caller]
pub(crate) fn check_fix_all(before: &str, after: &str) {
    let (analysis, _) = analysis(before);
    let (change, _) = fix_all(&analysis, AT, &|_| true);
    assert_eq!(result(&change), normal(after), "what is fixed");
    let fixed = changed(&analysis, &change);
    let left = fixed.diagnostics().iter().zip(certain(&fixed)).filter(|(_, certain)| *certain);
    let left: Vec<&str> = left.map(|(found, _)| found.message.as_str()).collect();
    assert!(left.is_empty(), "fixable is still: {left:#?}");
}

/// Whatever status each task that states one may take next, all its places say it then; any other is
/// refused.
#[track_caller]
pub(crate) fn check_transitions(fixture: &str) {
    let (analysis, _) = analysis(fixture);
    let index = &analysis.index;
    let states = |task: &&Arc<Task>| index.is_live(task) && index.statuses(task).next().is_some();
    for task in index.tasks.values().filter(states) {
        let vocabulary = index.vocabulary_of(task);
        for Transition { to, allowed, why } in change::transitions(vocabulary, index.status(task)) {
            let (subject, reason) = (Subject::Task(task.id.clone()), Some("why".to_owned()));
            let (at, mode) = (AT.to_owned(), Mode::Transition);
            let intent = Intent { subject, to, reason, at, mode };
            let what = format!("{} -> {}", task.id, vocabulary.get(to).id);
            let plan = match change::plan(&analysis, &intent) {
                Ok(_) if !allowed => panic!("{what} is not refused, but {why}"),
                Ok(plan) => plan,
                // What its file says by being there cannot be unsaid in a text.
                Err(_) if index.said_by_file(task).is_some_and(|(_, said)| said != to) => continue,
                // Not every form has a word for every status.
                Err(refusal) if allowed && refusal.kind != RefusalKind::NoSpelling => {
                    panic!("{what}: {refusal}")
                }
                Err(_) => continue,
            };
            let after = changed(&analysis, &plan.change);
            let Some(same) = after.index.tasks.get(&task.id) else { panic!("{what}: it is gone") };
            let is_so = after.index.status(same) == Some(to) && after.index.agreed(same);
            assert!(is_so, "{what}:\n{}", result(&plan.change));
        }
    }
}

/// The files that change when a task is given a status.
#[track_caller]
pub(crate) fn set(fixture: &str, task: &str, status: &str) -> Result<String, Refusal> {
    set_with(fixture, |analysis| intent(analysis, task, None, status))
}

/// The files that change when a phase of a task is given a status.
#[track_caller]
pub(crate) fn set_phase(
    fixture: &str,
    task: &str,
    phase: &str,
    status: &str,
) -> Result<String, Refusal> {
    set_with(fixture, |analysis| intent(analysis, task, Some(phase), status))
}

/// The files that change by an intent; planning it again changes nothing more.
#[track_caller]
pub(crate) fn set_with(
    fixture: &str,
    intent: impl FnOnce(&Analysis) -> Intent,
) -> Result<String, Refusal> {
    let (analysis, _) = analysis(fixture);
    let intent = intent(&analysis);
    let plan = change::plan(&analysis, &intent)?;
    let after = changed(&analysis, &plan.change);
    match change::plan(&after, &intent) {
        Ok(again) if is_no_op(&after, &again.change) => {}
        Ok(again) => panic!("a second time it changes\n{}", result(&again.change)),
        Err(refusal) => panic!("what is so already is refused: {refusal}"),
    }
    Ok(result(&plan.change))
}

/// The intent to give a task, or one of its phases, a status by its id.
#[track_caller]
pub(crate) fn intent(analysis: &Analysis, task: &str, phase: Option<&str>, status: &str) -> Intent {
    let spelled = analysis.profile.ids.parse(task);
    let Some(id) = spelled else { panic!("`{task}` is no id") };
    let kind = if phase.is_some() { EntityKind::Phase } else { EntityKind::Task };
    let own = analysis.index.tasks.get(&id).filter(|_| phase.is_none());
    let vocabulary = match own {
        Some(task) => analysis.index.vocabulary_of(task),
        None => analysis.profile.vocabulary(kind),
    };
    let Some(to) = vocabulary.by_id(status) else {
        panic!("`{status}` is no status of a {}", kind.name());
    };
    let subject = match phase {
        Some(phase) => Subject::Phase(id, phase.to_owned()),
        None => Subject::Task(id),
    };
    Intent { subject, to, reason: None, at: AT.to_owned(), mode: Mode::Transition }
}
