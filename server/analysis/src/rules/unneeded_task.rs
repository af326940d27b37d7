//! Tasks that need not be done, for what they are part of is decided by others.

use std::collections::BTreeMap;

use crate::change::{Intent, Mode, SourceChange, Subject, plan};
use crate::index::flow::Decided;
use crate::index::{Index, Task};
use crate::profile::Severity;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::rules::{Check, Diagnostic, Finding, Findings, Fix, Related, Rule};
use crate::snapshot::Snapshot;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unneeded-task",
    severity: Severity::Info,
    summary: "parts of a task are left that its strategy no longer needs",
    doc: include_str!("unneeded_task.md"),
    checks: &[Check::Task(check)],
    fix: Some(fix),
};

fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.relations().is_empty() || task.places.is_empty() {
        return;
    }
    for decided in index.decided(task, &|task| index.status(task)) {
        let spot = index.authority(task);
        let (Some(place), Some(to)) = (task.places.first(), dropping(index, &decided)) else {
            continue;
        };
        let may = |child: &&Task| {
            let from = index.status(child);
            from.is_some_and(|from| index.vocabulary_of(child).allows(from, to))
        };
        let is_fixable = decided.left.iter().all(may);
        let word = index.profile_of(task).word_for(task.what());
        let (n, is) = match decided.left.len() {
            1 => ("1 other part".to_owned(), "is"),
            n => (format!("{n} other parts"), "are"),
        };
        let called = index.called(task);
        let message = format!("{word} {called} is decided: {}; {n} {is} left", decided.why);
        let mut finding = match &spot {
            Some(spot) => Finding::at(spot, message),
            None => Finding::new(place.doc, index.entity(*place).name, message).place(*place),
        };
        for child in decided.left.iter().take(8) {
            if let Some(spot) = index.authority(child) {
                let text = format!("{} is {} here", index.called(child), spot.shown());
                finding = finding.related(Related::spot(&spot, text));
            }
        }
        findings.push(finding.task(&task.id).fixable(is_fixable));
    }
}

/// The status in which the parts that are left are given up, where all of them have one and the same.
fn dropping(index: &Index, decided: &Decided<'_>) -> Option<StatusIdx> {
    let mut each = decided.left.iter().map(|child| {
        let mut all = index.vocabulary_of(child).iter();
        all.find(|(_, def)| def.category == Category::Dropped).map(|(to, _)| to)
    });
    let first = each.next()??;
    each.all(|to| to == Some(first)).then_some(first)
}

/// The parts that are left are given up. Whether that is meant, only a person knows.
fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let decided =
        task.map(|task| index.decided(task, &|task| index.status(task))).unwrap_or_default();
    let each = decided.iter().filter_map(|decided| {
        let to = dropping(index, decided)?;
        let names: Vec<_> = decided.left.iter().map(|child| index.called(child)).collect();
        let child = decided.left.first()?;
        let marker = index.written(child, to);
        let title = format!("Set {} to {marker}: {}", names.join(", "), decided.why);
        Some(Fix { title, preferred: false, change: dropped(analysis, decided, to, at)? })
    });
    each.collect()
}

fn dropped(
    analysis: &Snapshot,
    decided: &Decided<'_>,
    to: StatusIdx,
    at: &str,
) -> Option<SourceChange> {
    let (mut state, mut texts) = (analysis.clone(), BTreeMap::new());
    for child in &decided.left {
        let subject = Subject::Task(child.id.clone());
        let (reason, at) = (Some(decided.why.clone()), at.to_owned());
        let intent = Intent { subject, to, reason, at, mode: Mode::Transition };
        let after = plan(&state, &intent).ok()?.change.after();
        state = state.with_texts(&after);
        texts.extend(after);
    }
    Some(SourceChange::between(analysis, &texts))
}
