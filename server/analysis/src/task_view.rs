//! Floor 9: tasks as lists and queries show them.

pub mod rev;
pub mod row;
pub(crate) mod standing;

use crate::analysis::Analysis;
use crate::index::boxes::Boxes;
use crate::index::{Index, Place, Spot, Task};
use crate::model::FilePath;
use crate::model::carrier::Carrier;
use crate::profile::vocabulary::{Category, StatusDef};
use crate::profile::{EntityKind, Format};
use crate::text::TextRange;

/// A task over all files.
#[derive(Clone, Debug)]
pub struct TaskView {
    /// The name by which it is certainly meant: mostly its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The id of its status, by its authority.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<Category>,
    /// Whether every place says the same.
    pub agreed: bool,
    /// What must be done before it.
    pub depends: Vec<String>,
    /// Whether it stands in history only.
    pub archived: bool,
    /// Where its status stands; the header of its newest plan is among them.
    pub occurrences: Vec<OccurrenceView>,
    /// The phases of its newest plan.
    pub phases: Vec<PhaseView>,
    /// What it says at all of these places, as a name: another as soon as one of them says something else.
    pub rev: String,
}

/// One place where a status stands.
#[derive(Clone, Debug)]
pub struct OccurrenceView {
    /// The file.
    pub path: FilePath,
    /// The marker in it.
    pub range: TextRange,
    /// How it stands there.
    pub carrier: &'static Carrier,
    /// What it belongs to.
    pub entity: EntityKind,
    /// The text as it stands.
    pub text: String,
    /// The id of the status, where it is known.
    pub status: Option<String>,
}

/// One phase.
#[derive(Clone, Debug)]
pub struct PhaseView {
    /// Its number as written.
    pub number: String,
    /// What it is called.
    pub title: String,
    /// The id of its status, where it has one that is known.
    pub status: Option<String>,
    /// What that means.
    pub category: Option<Category>,
}

/// Every task, in order of id.
pub fn all(analysis: &Analysis) -> Vec<TaskView> {
    analysis.index.tasks.values().map(|task| view(analysis, task)).collect()
}

/// What a task is called: where no place gives it a title, by the words behind the id in the key of its
/// record, as `33-1-log-in`.
pub fn title(analysis: &Analysis, task: &Task) -> String {
    let index = &analysis.index;
    let title = index.title(task);
    if !title.is_empty() {
        return title.to_owned();
    }
    let places = task.places.iter().chain(&task.past);
    let mut named = places.filter_map(|place| {
        let (document, entity) = (&index.docs[place.doc], index.entity(*place));
        let is_key = document.role().format != Format::Markdown;
        let name = entity.name.of(&document.text).trim_matches(['"', '\'']);
        let id = entity.id.as_ref().filter(|_| is_key)?;
        name.strip_prefix(id.as_str())?.strip_prefix(['-', '_'])
    });
    let words = named.next().unwrap_or_default().replace(['-', '_'], " ");
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

/// One task.
pub fn view(analysis: &Analysis, task: &Task) -> TaskView {
    let index = &analysis.index;
    let def = status(analysis, task);
    let archived = is_archived(task);
    let places: Vec<Place> = match archived {
        true => task.past.clone(),
        false => task.places.iter().copied().chain(task.plans.first().copied()).collect(),
    };
    let occurrences = places.iter().flat_map(|place| index.spots(*place));
    let occurrences: Vec<OccurrenceView> = occurrences.map(|spot| occurrence(&spot)).collect();
    let phases = index.phases(task).into_iter().map(|place| phase(analysis, place));
    let phases: Vec<PhaseView> = phases.collect();
    TaskView {
        rev: rev::rev(task.id.as_str(), &occurrences, &phases, &deciding(index, &places)),
        id: analysis.name_of(&task.id),
        title: title(analysis, task),
        status: def.map(|def| def.id.clone()),
        category: def.map(|def| def.category),
        agreed: !index.is_apart(task),
        depends: index.depends(task).iter().map(|id| analysis.name_of(id)).collect(),
        archived,
        occurrences,
        phases,
    }
}

/// What the boxes say that decide the status of places which state none.
fn deciding(index: &Index, places: &[Place]) -> Vec<Category> {
    let silent = |place: &&Place| index.spots(**place).next().is_none();
    let silent = places.iter().filter(silent).filter(|place| index.entity(**place).derived);
    let boxes = silent.flat_map(|place| index.boxes_below(*place, Boxes::WithPhases));
    boxes.map(|(_, said)| said).collect()
}

/// A phase or a box, by a name that means it.
pub fn part(analysis: &Analysis, place: Place, name: String) -> TaskView {
    let index = &analysis.index;
    let entity = index.entity(place);
    let vocabulary = index.vocabulary_at(place);
    let def = index.status_at(place).map(|status| vocabulary.get(status));
    let occurrences = index.spots(place).map(|spot| occurrence(&spot));
    let occurrences: Vec<OccurrenceView> = occurrences.collect();
    TaskView {
        rev: rev::rev(&entity.title, &occurrences, &[], &deciding(index, &[place])),
        id: name,
        title: entity.title.to_string(),
        status: def.map(|def| def.id.clone()),
        category: def.map(|def| def.category),
        agreed: true,
        depends: Vec::new(),
        archived: false,
        occurrences,
        phases: Vec::new(),
    }
}

/// Whether it stands in history only.
pub fn is_archived(task: &Task) -> bool {
    task.places.is_empty() && task.plans.is_empty()
}

/// A task's status by its authority; where only a plan speaks, what its header says.
pub fn status<'a>(analysis: &'a Analysis, task: &Task) -> Option<&'a StatusDef> {
    let index = &analysis.index;
    let profile = index.profile_of(task);
    let tasks = index.vocabulary_of(task);
    if let Some(status) = index.status(task) {
        return Some(tasks.get(status));
    }
    let header = index.status_at(*task.plans.first()?)?;
    let plan = profile.vocabulary(EntityKind::Plan).get(header);
    tasks.lookup(&plan.id).map(|status| tasks.get(status))
}

fn occurrence(spot: &Spot<'_>) -> OccurrenceView {
    let vocabulary = spot.vocabulary();
    OccurrenceView {
        path: spot.document.path.clone(),
        range: spot.occurrence.reading.range,
        carrier: spot.occurrence.carrier,
        entity: spot.entity.kind,
        text: (spot.occurrence.carrier.text)(spot.raw()),
        status: spot.status().map(|status| vocabulary.get(status).id.clone()),
    }
}

fn phase(analysis: &Analysis, place: Place) -> PhaseView {
    let entity = analysis.index.entity(place);
    let vocabulary = analysis.index.vocabulary_at(place);
    let def = analysis.index.status_at(place).map(|status| vocabulary.get(status));
    PhaseView {
        number: entity.number.as_deref().unwrap_or_default().to_owned(),
        title: entity.title.to_string(),
        status: def.map(|def| def.id.clone()),
        category: def.map(|def| def.category),
    }
}
