//! How a task stands beside its status: how many of its parts are finished, and what it waits for.

use crate::analysis::Analysis;
use crate::index::readiness::Blocker;
use crate::index::{Place, Task};
use crate::profile::vocabulary::Category;

/// How many tasks are named that another waits for.
const NAMED: usize = 3;

/// The first of some names, and how many more there are.
pub(crate) fn some(names: &[String]) -> String {
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} +{more}"),
    }
}

/// How many parts are finished, and how many there are: phases and boxes right below, else the phases of
/// the plan.
pub(crate) fn parts(
    analysis: &Analysis,
    task: Option<&Task>,
    place: Place,
) -> Option<(usize, usize)> {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    let below = document.facts.children(place.entity).filter(|(_, it)| !it.mention);
    let mut parts: Vec<Place> = below.map(|(entity, _)| Place { entity, ..place }).collect();
    if let (true, Some(task)) = (parts.is_empty(), task) {
        parts = index.phases(task);
    }
    let is_closed = |place: &&Place| {
        let status = index.status_at(**place);
        status.is_some_and(|it| Category::is_closed(index.vocabulary_at(**place).get(it).category))
    };
    let closed = parts.iter().filter(is_closed).count();
    (!parts.is_empty()).then_some((closed, parts.len()))
}

/// What an open task waits for.
pub(crate) fn waited_for(analysis: &Analysis, task: &Task) -> Vec<String> {
    if !analysis.index.may_be_next(task) {
        return Vec::new();
    }
    let blockers = analysis.index.blockers(task).into_iter();
    let names = blockers.map(|blocker| match blocker {
        Blocker::Unfinished(id) | Blocker::Unknown(id) => analysis.name_of(&id),
        Blocker::Above(id) | Blocker::Before(id) | Blocker::Decided(id) => analysis.name_of(&id),
        Blocker::Signal(name) | Blocker::Words(name) => format!("\"{name}\""),
    });
    names.collect()
}
