//! A task whose status the boxes of its plan contradict, where the plan says none by itself.

use crate::change::{Intent, Mode, Subject, unproven};
use crate::index::Task;
use crate::index::boxes::Boxes;
use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::Category;
use crate::rules::{Diagnostic, Finding, Findings, Fix, Related, is_judged, progress};
use crate::snapshot::Snapshot;

pub(super) fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let Some((plan, said, wanted)) = index.contradicted_by_boxes(task) else {
        return untouched(analysis, task, findings);
    };
    let Some(spot) = index.statuses(task).find(|spot| spot.status() == Some(said)) else { return };
    if !is_judged(analysis, plan.doc) || !is_judged(analysis, spot.place.doc) {
        return;
    }
    let (profile, vocabulary) = (index.profile_of(task), index.vocabulary_of(task));
    let boxes = index.boxes_below(plan, Boxes::WithPhases);
    let is_finished = vocabulary.get(said).category == Category::Done;
    let telling: Vec<_> = match index.boxes_say(plan) {
        RollUp::Done => Vec::new(),
        _ if is_finished => boxes.iter().filter(|(_, it)| !it.is_closed()).collect(),
        _ => boxes.iter().filter(|(_, it)| *it != Category::Open).collect(),
    };
    let (n, all) = (telling.len(), boxes.len());
    let are = if n == 1 { "is" } else { "are" };
    let they = match index.boxes_say(plan) {
        RollUp::Done if all == 1 => "the only box of its plan is ticked".to_owned(),
        RollUp::Done => format!("all {all} boxes of its plan are ticked"),
        _ if is_finished => {
            let begun = telling.iter().filter(|(_, it)| *it != Category::Open).count();
            let how = match begun {
                0 => "open".to_owned(),
                _ if begun == n => "not finished".to_owned(),
                _ => format!("not finished, {begun} of them begun"),
            };
            format!("{n} of the {all} boxes of its plan {are} {how}")
        }
        _ => format!("{n} of the {all} boxes of its plan {are} ticked or begun"),
    };
    let word = profile.word_for(task.what());
    let wanted = index.written(task, wanted);
    let called = index.called(task);
    let message =
        format!("{word} {called} says {}, but {they}; it should say {wanted}", spot.shown());
    let mut finding = Finding::at(&spot, message).task(&task.id).fixable(true);
    for (place, _) in telling.into_iter().take(8) {
        if let Some(spot) = index.spots(*place).next() {
            let text = format!("this box is {} here", spot.shown());
            finding = finding.related(Related::spot(&spot, text));
        }
    }
    findings.push(finding);
}

/// A finished task over a plan in which nothing is ticked: a person knows which of the two was left as it was.
fn untouched(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    let Some((plan, spot)) = index.untouched_plan(task).zip(index.authority(task)) else { return };
    if !is_judged(analysis, plan.doc) || !is_judged(analysis, spot.place.doc) {
        return;
    }
    let word = index.profile_of(task).word_for(task.what());
    let (called, n) = (index.called(task), index.boxes_below(plan, Boxes::WithPhases).len());
    let none = match n {
        1 => "the only box of its plan is not ticked".to_owned(),
        _ => format!("none of the {n} boxes of its plan is ticked"),
    };
    let message = format!("{word} {called} says {}, but {none}", spot.shown());
    findings.push(Finding::at(&spot, message).task(&task.id).lenient(true));
}

/// The task follows the boxes, unless it is finished: then a box may be what is wrong. That it is
/// finished itself does not follow from boxes alone: somebody may have to look at it still.
pub(super) fn fix(analysis: &Snapshot, diagnostic: &Diagnostic, at: &str) -> Vec<Fix> {
    let index = &analysis.index;
    let task = diagnostic.task.as_ref().and_then(|id| index.tasks.get(id));
    let fix = || {
        let task = task?;
        let (_, said, wanted) = index.contradicted_by_boxes(task)?;
        let (profile, vocabulary) = (index.profile_of(task), index.vocabulary_of(task));
        let marker = index.written(task, wanted);
        let (word, called) = (profile.word_for(task.what()), index.called(task));
        let title = format!("Set {word} {called} to {marker}, as the boxes of its plan say");
        let category = |status| vocabulary.get(status).category;
        let preferred = category(said) != Category::Done
            && (category(wanted) != Category::Done || progress::is_told_finished(analysis, task));
        // Who begins and ends a task in one go passes over what lies between.
        let (subject, mode) = (Subject::Task(task.id.clone()), Mode::Force);
        let intent = Intent { subject, to: wanted, reason: None, at: at.to_owned(), mode };
        Some(Fix { title, preferred, change: unproven(analysis, &intent).ok()?.change })
    };
    fix().into_iter().collect()
}
