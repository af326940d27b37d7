//! A whole whose work is done before what it was to cover is. Which of the two is behind, nobody knows, so that
//! there is no fix.

use crate::index::{Index, Spot, Task};
use crate::profile::vocabulary::Category;
use crate::rules::{Diagnostic, Finding, Findings, Related};
use crate::snapshot::Snapshot;

/// So many of the parts are named in a message.
const MOST_NAMED: usize = 3;

/// So many of the parts are told with their places.
const MOST: usize = 8;

pub(super) fn check(analysis: &Snapshot, task: &Task, findings: &mut Findings<'_>) {
    let index = &analysis.index;
    if index.relations().tell_nothing() || task.places.is_empty() {
        return;
    }
    let (open, all) = open(index, task);
    let Some(first) = open.first().filter(|_| is_done(index, task)) else { return };
    let profile = index.profile_of(task);
    let Some(at) = said(index, task) else { return };
    let named: Vec<_> = open.iter().take(MOST_NAMED).map(|part| index.called(part)).collect();
    let more = match open.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "the work of {} {} is done, but {} of its {all} {}s {} not; not finished: {}{more}",
        profile.word_for(task.what()),
        index.called(task),
        open.len(),
        profile.word_for(first.what()),
        if open.len() == 1 { "is" } else { "are" },
        named.join(", "),
    );
    let mut finding = Finding { message, ..at }.task(&task.id);
    for part in open.iter().take(MOST) {
        if let Some(spot) = index.authority(part) {
            let text = format!("{} is {} here", index.called(part), spot.shown());
            finding = finding.related(Related::spot(&spot, text));
        }
    }
    findings.push(finding);
}

/// What a person can do: commands.
pub(super) fn by_hand(analysis: &Snapshot, diagnostic: &Diagnostic) -> Option<String> {
    let index = &analysis.index;
    let task = index.tasks.get(diagnostic.task.as_ref()?)?;
    let (open, _) = open(index, task);
    let vocabulary = index.vocabulary_of(open.first()?);
    let (_, done) = vocabulary.iter().find(|(_, def)| def.category == Category::Done)?;
    let ids: Vec<String> =
        open.iter().take(MOST_NAMED).map(|part| analysis.name_of(&part.id)).collect();
    let more = if open.len() > MOST_NAMED { " ..." } else { "" };
    Some(format!("finish them: `lockstep set {}{more} {}`", ids.join(" "), done.id))
}

/// The parts that all their places say are not finished, without a word of why; and how many parts there are.
fn open<'a>(index: &'a Index, task: &Task) -> (Vec<&'a Task>, usize) {
    let parts: Vec<&Task> = index.told_children(task).map(|(_, part)| part).collect();
    let is_open = |part: &&Task| {
        let vocabulary = index.vocabulary_of(part);
        let done = vocabulary.iter().find(|(_, def)| def.category == Category::Done);
        let is_begun = matches!(index.category(part), Some(Category::Open | Category::Active));
        let is_explained = done.is_some_and(|(done, _)| {
            let is_told = |spot: &Spot<'_>| has_remark(spot) || spot.remark(done).is_some();
            index.statuses(part).any(|spot| is_told(&spot) || spot.is_put_off())
        });
        is_begun && index.agreed(part) && !part.places.is_empty() && !is_explained
    };
    let open = parts.iter().filter(|part| is_open(part)).copied().collect();
    (open, parts.len())
}

/// Whether a remark in brackets stands right behind a status, however short: `Pending (UAT)`.
fn has_remark(spot: &Spot<'_>) -> bool {
    let (end, line) = (spot.occurrence.reading.range.end, spot.occurrence.line);
    let behind = spot.document.text.copy(end as usize..line.end.max(end) as usize);
    behind.trim_start_matches(['*', '_', '`', ' ']).starts_with(['(', '（', '['])
}

/// Whether a task is finished, or will be as soon as somebody has it follow its own parts.
fn is_done(index: &Index, task: &Task) -> bool {
    match index.category(task) {
        Some(Category::Done) => true,
        Some(Category::Open | Category::Active) => {
            let mut parts = index.children(task).filter(|part| !part.places.is_empty()).peekable();
            parts.peek().is_some()
                && parts.all(|part| is_carried_out(index, part))
                && index.held(task).is_none()
        }
        _ => false,
    }
}

/// Whether one of its places, or a file by being there, says that a part is over.
fn is_carried_out(index: &Index, part: &Task) -> bool {
    let vocabulary = index.vocabulary_of(part);
    let by_file = index.said_by_file(part).map(|(_, said)| said);
    let mut said = index.statuses(part).filter_map(|spot| spot.status()).chain(by_file);
    said.any(|status| vocabulary.get(status).category.is_closed())
}

/// Where it is said how far a task is, without a message yet.
fn said(index: &Index, task: &Task) -> Option<Finding> {
    match index.authority(task) {
        Some(spot) => Some(Finding::at(&spot, String::new())),
        None => {
            let (place, _) = index.said_by_file(task)?;
            Some(Finding::new(place.doc, index.entity(place).name, String::new()).place(place))
        }
    }
}
