//! Which places say something else after a change than before.

use super::PlaceChange;
use crate::analysis::Analysis;
use crate::profile::id::TaskId;

/// The places of every task that say something else in `after` than in `before`; those of the task
/// `own` first, and of others with whose they are.
pub fn place_changes(
    before: &Analysis,
    after: &Analysis,
    own: Option<&TaskId>,
) -> Vec<PlaceChange> {
    let mut changes = own.map(|id| of_task(before, after, id.as_str())).unwrap_or_default();
    let touched = after.index.tasks_other_than(&before.index);
    for id in touched.iter().filter(|id| Some(*id) != own) {
        let name = before.index.tasks.get(id).map(|task| before.index.called(task).into_owned());
        let Some(name) = name else { continue };
        changes.extend(of_task(before, after, id.as_str()).into_iter().map(|change| {
            let what = match change.what.as_str() {
                "task" => format!("task {name}"),
                other => format!("{other} of task {name}"),
            };
            PlaceChange { what, ..change }
        }));
    }
    changes
}

/// The places of a task that say something else after than before.
pub(super) fn of_task(before: &Analysis, after: &Analysis, id: &str) -> Vec<PlaceChange> {
    let (was, is) = (said(before, id), said(after, id));
    if was.len() != is.len() {
        return Vec::new();
    }
    let differ = was.into_iter().zip(is).filter(|(was, is)| was.2 != is.2);
    differ.map(|((what, path, from), (.., to))| PlaceChange { what, from, to, path }).collect()
}

/// What each place of a task, of its newest plan and of its phases is, its file, and what it says.
fn said(analysis: &Analysis, id: &str) -> Vec<(String, String, String)> {
    let index = &analysis.index;
    let Some(task) = analysis.task(id) else { return Vec::new() };
    let places = task.places.iter().chain(task.plans.first()).copied();
    let spots = places.chain(index.phases(task)).flat_map(|place| index.spots(place));
    let said = spots.map(|spot| {
        let entity = index.entity(spot.place);
        let number = entity.number.as_ref().map(|number| format!(" {number}"));
        let what = format!("{}{}", entity.kind.name(), number.unwrap_or_default());
        (what, spot.document.path.to_string(), spot.shown().replace('`', ""))
    });
    said.collect()
}
