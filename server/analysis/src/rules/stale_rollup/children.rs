//! A task whose status the tasks that are part of it contradict.

use crate::change::{Intent, Mode, Subject, unproven};
use crate::index::Task;
use crate::index::relations::ParentContradiction;
use crate::profile::relation::RollUp;
use crate::profile::vocabulary::Category;
use crate::rules::{Diagnostic, Finding, Findings, Fix, Related, progress};
use crate::snapshot::Snapshot;

pub(super) fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.relations().is_empty() || task.places.is_empty() {
        return;
    }
    for found in index.parent_contradictions(task, &|task| index.status(task)) {
        let Some(spot) = index.statuses(task).find(|spot| spot.status() == Some(found.said)) else {
            continue;
        };
        let profile = index.profile_of(task);
        let wanted = index.vocabulary_of(task).get(found.wanted);
        let message = format!(
            "{} {} says {}, but {}; it should say {}",
            profile.word_for(task.what()),
            index.called(task),
            spot.shown(),
            they_say(analysis, &found),
            profile.markers.write(&wanted.marker),
        );
        let mut finding = Finding::at(&spot, message).task(&task.id).fixable(true);
        for child in telling(analysis, &found).into_iter().take(8) {
            if let Some(spot) = index.authority(child) {
                let text = format!("{} is {} here", index.called(child), spot.shown());
                finding = finding.related(Related::spot(&spot, text));
            }
        }
        findings.push(finding);
    }
}

/// The children because of which a task cannot say what it says.
fn telling<'a>(analysis: &Snapshot, found: &ParentContradiction<'a>) -> Vec<&'a Task> {
    let index = &analysis.index;
    let tells = |child: &&&Task| match (found.rolled, index.category(child)) {
        (_, None) => false,
        (RollUp::Done, Some(category)) => category.is_closed(),
        (RollUp::Open, Some(category)) => !category.is_closed(),
        (_, Some(category)) if is_said_finished(analysis, found) => !category.is_closed(),
        (_, Some(category)) => matches!(category, Category::Done | Category::Active),
    };
    found.children.iter().filter(tells).copied().collect()
}

fn is_said_finished(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    analysis.index.vocabulary_of(found.parent).get(found.said).category == Category::Done
}

fn they_say(analysis: &Snapshot, found: &ParentContradiction<'_>) -> String {
    let (n, all) = (telling(analysis, found).len(), found.children.len());
    let are = if n == 1 { "is" } else { "are" };
    match found.rolled {
        RollUp::Done => "all its parts are finished".to_owned(),
        RollUp::Open => "none of its parts is begun".to_owned(),
        _ if is_said_finished(analysis, found) => {
            format!("{n} of its {all} parts {are} not finished")
        }
        _ => format!("{n} of its {all} parts {are} begun or finished"),
    }
}

/// The task follows its parts, unless it is finished: then a part may be what is wrong.
pub(super) fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let Some(task) = task else { return Vec::new() };
    let found = index.parent_contradictions(task, &|task| index.status(task));
    let each = found.iter().filter_map(|found| {
        let vocabulary = index.vocabulary_of(task);
        let marker = &vocabulary.get(found.wanted).marker;
        let title = format!(
            "Set {} {} to {}, as its parts say",
            index.profile_of(task).word_for(task.what()),
            index.called(task),
            index.profile_of(task).markers.write(marker)
        );
        let preferred = vocabulary.get(found.said).category != Category::Done;
        let mode = if preferred { Mode::Transition } else { Mode::Force };
        let subject = Subject::Task(task.id.clone());
        let intent = Intent { subject, to: found.wanted, reason: None, at: at.to_owned(), mode };
        // Another place of the task may be ahead of the trusted one.
        let preferred = preferred && !progress::takes_back(analysis, task, found.wanted);
        Some(Fix { title, preferred, change: unproven(analysis, &intent).ok()?.change })
    });
    each.collect()
}
