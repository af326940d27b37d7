//! A task whose status the tasks that are part of it contradict.

use crate::change::{Intent, Mode, Subject, unproven};
use crate::index::relations::ParentContradiction;
use crate::index::{Index, Task, figures};
use crate::profile::flow::TaskKind;
use crate::profile::roll_up::RollUp;
use crate::profile::vocabulary::Category;
use crate::rules::left_parts::{is_put_off, is_said_finished, is_told_as_drift, telling};
use crate::rules::{Diagnostic, Finding, Findings, Fix, Related, progress};
use crate::snapshot::Snapshot;

/// How many parts a message names.
const MOST_NAMED: usize = 3;

pub(super) fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.relations().is_empty() || task.places.is_empty() {
        return;
    }
    for found in index.parent_contradictions(task, &|task| index.status(task)) {
        let Some((at, says, is_file)) = where_said(index, task, &found) else { continue };
        let is_explained = is_put_off(analysis, &found) || is_held(analysis, &found);
        if is_explained || is_told_as_drift(analysis, &found) {
            continue;
        }
        let profile = index.profile_of(task);
        let mut message = format!(
            "{} {} {says}, but {}",
            profile.word_for(task.what()),
            index.called(task),
            they_say(analysis, &found),
        );
        message.push_str(&match doubt(analysis, &found) {
            Some(doubt) => format!("; `{doubt}` beside it may say why"),
            // Nobody who says that it is finished means that nothing is.
            None if is_certain(analysis, &found) && is_unbegun(analysis, &found) => match is_file {
                true => "; finish them, or take the file away".to_owned(),
                false => {
                    format!("; finish them, or set it to {}", index.written(task, found.wanted))
                }
            },
            None if is_certain(analysis, &found) => {
                format!("; it should say {}", index.written(task, found.wanted))
            }
            None => "; their own places disagree".to_owned(),
        });
        message.push_str(&left(analysis, &found));
        let mut finding = Finding { message, ..at }.task(&task.id).fixable(true);
        for child in telling(analysis, &found).into_iter().take(8) {
            if let Some(spot) = index.authority(child) {
                let text = format!("{} is {} here", index.called(child), spot.shown());
                finding = finding.related(Related::spot(&spot, text));
            }
        }
        findings.push(finding);
    }
}

/// Where a task says what its parts contradict, without a message yet, how it does, and whether that is by
/// a file being there.
fn where_said(
    index: &Index,
    task: &Task,
    found: &ParentContradiction<'_>,
) -> Option<(Finding, String, bool)> {
    let spot = index.statuses(task).find(|spot| spot.status() == Some(found.said));
    if let Some(spot) = spot {
        return Some((Finding::at(&spot, String::new()), format!("says {}", spot.shown()), false));
    }
    let (place, _) = index.said_by_file(task).filter(|(_, said)| *said == found.said)?;
    let at = Finding::new(place.doc, index.entity(place).name, String::new()).place(place);
    Some((at, format!("is {} by this file", index.written(task, found.said)), true))
}

/// The parts that are not finished of what is, by name.
fn left(analysis: &Snapshot, found: &ParentContradiction<'_>) -> String {
    let is_begun = !matches!(
        found.rolled,
        RollUp::Done | RollUp::Partial | RollUp::Failed | RollUp::Dropped | RollUp::Open
    );
    if !is_begun || !is_said_finished(analysis, found) {
        return String::new();
    }
    let left = telling(analysis, found);
    let named = left.iter().take(MOST_NAMED).map(|child| analysis.index.called(child));
    let named: Vec<_> = named.collect();
    let more = match left.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("; not finished: {}{more}", named.join(", "))
}

/// Whether nothing is begun of what is said to be finished.
fn is_unbegun(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    found.rolled == RollUp::Open && is_said_finished(analysis, found)
}

/// What a person can do where nothing is begun of what is said to be finished: commands.
pub(super) fn by_hand(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<String> {
    let index = &analysis.index;
    let task = index.tasks.get(diagnostic.task.as_ref()?)?;
    let found = index.parent_contradictions(task, &|task| index.status(task));
    let found = found.iter().find(|found| is_said_finished(analysis, found))?;
    let open = telling(analysis, found);
    let done = open.iter().map(|child| index.vocabulary_of(child)).next()?;
    let (_, done) = done.iter().find(|(_, def)| def.category == Category::Done)?;
    let ids: Vec<String> = open.iter().map(|child| analysis.name_of(&child.id)).collect();
    let named = match ids.len() {
        0..=MOST_NAMED => ids.join(" "),
        _ => format!("{} ...", ids[..MOST_NAMED].join(" ")),
    };
    let finish = format!("`lockstep set {named} {}`", done.id);
    let (subject, at) = (Subject::Task(task.id.clone()), String::new());
    let intent = Intent { subject, to: found.wanted, reason: None, at, mode: Mode::Transition };
    let wanted = &index.vocabulary_of(task).get(found.wanted).id;
    Some(match unproven(analysis, &intent) {
        Ok(_) => {
            let name = analysis.name_of(&task.id);
            format!("finish them: {finish}; or open it again: `lockstep set {name} {wanted}`")
        }
        Err(_) => format!("finish them: {finish}"),
    })
}

/// Whether the parts that tell say so in all their places; of a part that is under way, one is enough.
fn is_certain(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    let index = &analysis.index;
    let is_of_one_mind = |child: &&Task| {
        let vocabulary = index.vocabulary_of(child);
        let by_file = index.said_by_file(child).map(|(_, said)| said);
        let said = index.statuses(child).filter_map(|spot| spot.status()).chain(by_file);
        let mut said = said.map(|status| vocabulary.get(status).category);
        let first = said.next();
        index.agreed(child) || said.all(|other| Some(other) == first)
    };
    let telling = telling(analysis, found);
    match found.rolled {
        RollUp::Active => telling.iter().any(is_of_one_mind),
        _ => telling.iter().all(is_of_one_mind),
    }
}

/// What somebody has written beside the status of the parent, and may be why it is so.
fn doubt(analysis: &Snapshot, found: &ParentContradiction<'_>) -> Option<String> {
    let mut spots = analysis.index.statuses(found.parent);
    spots
        .find_map(|spot| spot.remark(found.wanted))
        .filter(|_| found.flow.kind != TaskKind::Aggregate)
}

/// Whether the parts are all that would finish it, and a file says that it waits for more, or what stands beside
/// it that there are to be others.
fn is_held(analysis: &Snapshot, found: &ParentContradiction<'_>) -> bool {
    let index = &analysis.index;
    let is_end = index.vocabulary_of(found.parent).get(found.wanted).category == Category::Done;
    let waits =
        || index.held(found.parent).is_some() || figures::are_more_to_come(index, found.parent);
    is_end && found.flow.kind != TaskKind::Aggregate && waits()
}

fn they_say(analysis: &Snapshot, found: &ParentContradiction<'_>) -> String {
    let (n, all) = (telling(analysis, found).len(), found.counts.all());
    let are = if n == 1 { "is" } else { "are" };
    match found.rolled {
        RollUp::Done if found.counts.have_ended() && found.counts.failed == 0 => {
            "all its parts are finished".to_owned()
        }
        RollUp::Done | RollUp::Partial => {
            format!("{n} of its {all} parts {are} finished, which is enough")
        }
        RollUp::Failed if n == 0 => "all its parts ended too early".to_owned(),
        RollUp::Failed if found.counts.failed > 0 => format!("{n} of its {all} parts failed"),
        RollUp::Failed => format!("{n} of its {all} parts {are} dropped, and none goes on"),
        RollUp::Dropped => "all its parts are dropped".to_owned(),
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
        let title = format!(
            "Set {} {} to {}, as its parts say",
            index.profile_of(task).word_for(task.what()),
            index.called(task),
            index.written(task, found.wanted)
        );
        let is_aggregate = found.flow.kind == TaskKind::Aggregate;
        // That something went wrong, or is given up, somebody has to say.
        let is_end = matches!(found.rolled, RollUp::Failed | RollUp::Dropped);
        let is_said_done = vocabulary.get(found.said).category == Category::Done;
        let preferred = is_aggregate || !(is_said_done || is_end || !is_certain(analysis, found));
        let doubt = doubt(analysis, found);
        let mode = match is_aggregate || is_said_done || doubt.is_some() {
            true => Mode::Force,
            false => Mode::Follow,
        };
        let subject = Subject::Task(task.id.clone());
        let reason = is_end.then(|| they_say(analysis, found));
        let intent = Intent { subject, to: found.wanted, reason, at: at.to_owned(), mode };
        // Another place of the task may be ahead of the trusted one, or count parts that are to come.
        let is_left = found.rolled == RollUp::Done && figures::counts_more(index, task);
        let preferred = preferred
            && doubt.is_none()
            && !is_left
            && !progress::takes_back(analysis, task, found.wanted);
        Some(Fix { title, preferred, change: unproven(analysis, &intent).ok()?.change })
    });
    each.collect()
}
