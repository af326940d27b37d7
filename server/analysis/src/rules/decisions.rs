//! What somebody may decide where phases are open below something that is finished: finish them, give
//! them up, or open the whole again. Each is offered, and none is ever chosen.

use std::collections::BTreeMap;

use crate::change::{Intent, Mode, SourceChange, Subject, plan};
use crate::index::{Place, Task};
use crate::profile::EntityKind;
use crate::profile::vocabulary::StatusIdx;
use crate::rules::Fix;
use crate::snapshot::Snapshot;

/// The ways out for the phases of `place`, and for its task, if that is to follow them.
pub(crate) fn ways_out(analysis: &Snapshot, place: Place, at: &str) -> Vec<Fix> {
    let (index, profile) = (&analysis.index, analysis.index.profile_at(place));
    let vocabulary = profile.vocabulary(EntityKind::Phase);
    let is_open = |phase: &Place| {
        let status = index.status_at(*phase);
        status.is_some_and(|status| !vocabulary.get(status).category.is_closed())
    };
    let open: Vec<Place> = index.phases_below(place).into_iter().filter(is_open).collect();
    let phases = match open.len() {
        1 => "the open phase".to_owned(),
        n => format!("the {n} open phases"),
    };
    let closed = vocabulary.iter().filter(|(_, def)| def.category.is_closed());
    let mut fixes: Vec<Fix> = closed
        .filter_map(|(to, def)| {
            let title = format!("Set {phases} to {}", profile.markers.write(&def.marker));
            Some(Fix { title, preferred: false, change: all(analysis, &open, to, at)? })
        })
        .collect();
    fixes.extend(index.task_at(place).and_then(|task| reopened(analysis, place, task, at)));
    fixes
}

/// A status for several phases.
fn all(analysis: &Snapshot, phases: &[Place], to: StatusIdx, at: &str) -> Option<SourceChange> {
    let (mut state, mut texts) = (analysis.clone(), BTreeMap::new());
    for phase in phases {
        let (subject, mode) = (Subject::Place(*phase), Mode::Force);
        let intent = Intent { subject, to, reason: None, at: at.to_owned(), mode };
        let after = plan(&state, &intent).ok()?.change.after();
        state = state.with_texts(&after);
        texts.extend(after);
    }
    Some(SourceChange::between(analysis, &texts))
}

/// The task in the status that goes with what the phases say of their plan.
fn reopened(analysis: &Snapshot, place: Place, task: &Task, at: &str) -> Option<Fix> {
    let (index, profile) = (&analysis.index, analysis.index.profile_at(place));
    let rolled = index.rolled(place);
    let said = index.plan_statuses(task, index.status(task)?)?.first()?;
    let wanted = crate::index::rollup::asked(profile.vocabulary(EntityKind::Plan), rolled, *said)?;
    let (to, _) = profile.agreement.iter().find(|(_, plans)| plans.first() == Some(&wanted))?;
    let marker = &index.vocabulary_of(task).get(*to).marker;
    let title = format!(
        "Set task {} to {}, as its phases say",
        index.called(task),
        profile.markers.write(marker)
    );
    let (subject, mode) = (Subject::Task(task.id.clone()), Mode::Force);
    let intent = Intent { subject, to: *to, reason: None, at: at.to_owned(), mode };
    Some(Fix { title, preferred: false, change: plan(analysis, &intent).ok()?.change })
}
