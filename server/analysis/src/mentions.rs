//! Floor 10: what a place in a text names: the task or part that stands there, a task that it depends
//! on, a file that it links to.

pub mod ids;
mod references;

pub use references::{Reference, ReferenceKind, references};

use crate::analysis::Analysis;
use crate::index::{DocIdx, Index, Place, Task};
use crate::model::{Document, FieldRole};
use crate::profile::id::TaskId;
use crate::profile::relation::PartOf;
use crate::profile::{EntityKind, Format};
use crate::snapshot::Resolved;
use crate::syntax::json::{Json, JsonKind};
use crate::text::TextRange;

/// What is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A task, or the plan of one.
    Task(TaskId),
    /// A phase or box, or a plan of no task.
    Part(Place),
    /// A file, which need not hold tasks.
    File(String),
}

/// A text that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The text.
    pub range: TextRange,
    /// What it names.
    pub named: Named,
    /// The entity itself, where it stands here.
    pub own: Option<Place>,
}

/// What the text at `offset` of a document names: nothing in prose.
pub fn at(analysis: &Analysis, doc: DocIdx, offset: usize) -> Option<Mention> {
    let index = &analysis.index;
    let document = &*index.docs[doc];
    if let Some(link) = document.link_at(offset) {
        let path = file(analysis, document, &link.target)?;
        return Some(Mention { range: link.range, named: Named::File(path), own: None });
    }
    let place = Place { doc, entity: document.entity_at(offset)? };
    let depends = depended_on(index, place).into_iter();
    let whole = parent_named(index, place);
    let mut others = depends.chain(whole).filter(|(_, range)| range.touches(offset));
    if let Some((id, range)) = others.next() {
        return Some(Mention { range, named: Named::Task(id), own: None });
    }
    if !is_on_header(document, place, offset) {
        return None;
    }
    let said = document.facts.occurrences_of(place.entity).map(|it| it.reading.range);
    let told = told_of(document, place).into_iter();
    let here = said.into_iter().chain(told).find(|range| range.touches(offset));
    let range = here.unwrap_or(index.entity(place).name);
    Some(Mention { range, named: named_at(index, place), own: Some(place) })
}

/// The file that a link leads to, if it is there.
pub fn file(analysis: &Analysis, document: &Document, target: &str) -> Option<String> {
    match analysis.resolve(document, target) {
        Resolved::Present(path) | Resolved::Empty(path) => Some(path),
        Resolved::Absent | Resolved::Unknown => None,
    }
}

/// What stands at a place.
pub fn named_at(index: &Index, place: Place) -> Named {
    let is_part = matches!(index.entity(place).kind, EntityKind::Phase | EntityKind::Item);
    match index.task_at(place).filter(|_| !is_part) {
        Some(task) => Named::Task(task.id.clone()),
        None => Named::Part(place),
    }
}

/// The task that a file is of as a whole: its plan, its own file.
pub fn task_of_file<'a>(index: &'a Index, path: &str) -> Option<(&'a Task, Place)> {
    task_of_document(index, index.document(path)?.0)
}

/// The task that a document is of as a whole.
pub fn task_of_document(index: &Index, doc: DocIdx) -> Option<(&Task, Place)> {
    let first = index.docs[doc].facts.entities.first()?;
    let place = Place { doc, entity: 0 };
    let is_whole = index.is_document(place) && first.kind != EntityKind::Item;
    Some((index.task_at(place).filter(|_| is_whole)?, place))
}

/// Whether an offset is on a line that tells who an entity is or how it stands, rather than in the
/// prose below.
pub fn is_on_header(document: &Document, place: Place, offset: usize) -> bool {
    let line = document.lines.line_col(offset).line;
    let at = |range: TextRange| {
        let first = document.lines.line_col(range.start as usize).line;
        let last = document.lines.line_col(range.end as usize).line;
        (first..=last).contains(&line)
    };
    let entity = &document.facts.entities[place.entity];
    let start = entity.range.start as usize;
    document.text.copy(start..start + 1) == "{"
        || at(entity.name)
        || document.facts.occurrences_of(place.entity).any(|it| at(it.line))
        || document.facts.fields_of(place.entity).any(|it| at(it.line))
        || told_of(document, place).into_iter().any(at)
}

/// Where a file says of which task it is, as the plan of one, where the whole file is meant.
pub(crate) fn told_of(document: &Document, place: Place) -> Vec<TextRange> {
    let entity = &document.facts.entities[place.entity];
    let is_whole = place.entity == 0 && entity.parent.is_none();
    let id = entity.id.as_ref().filter(|_| is_whole);
    id.map(|id| ids::told_of_document(document, id)).unwrap_or_default()
}

/// What an entity depends on, each with the text that says so; nothing where it is not certain which
/// text that is.
pub fn depended_on(index: &Index, place: Place) -> Vec<(TaskId, TextRange)> {
    let entity = index.entity(place);
    if entity.depends.is_empty() {
        return Vec::new();
    }
    let document = &*index.docs[place.doc];
    let fields = document.facts.fields_of(place.entity);
    let fields = fields.filter(|field| field.role == FieldRole::Dependencies);
    let mut spelled: Vec<TextRange> =
        fields.flat_map(|field| ids_in(document, field.value)).collect();
    if spelled.is_empty() {
        spelled.extend(ids_in_box(document, entity.name));
    }
    let ids: Vec<TaskId> = index.depends_at(place).collect();
    match ids.len() == spelled.len() {
        true => ids.into_iter().zip(spelled).collect(),
        false => Vec::new(),
    }
}

/// Where the ids of a list stand.
fn ids_in(document: &Document, value: TextRange) -> Vec<TextRange> {
    let text = value.of(&document.text);
    let start = value.start as usize;
    let moved =
        |range: TextRange| TextRange::new(start + range.start as usize, start + range.end as usize);
    let listed = || {
        let all = document.profile.listed_places(text).into_iter();
        all.map(|(_, range)| moved(range.into())).collect()
    };
    if document.role().format != Format::Json {
        return listed();
    }
    match Json::parse(text).root.map(|root| root.kind) {
        Some(JsonKind::Array(items)) => {
            let is_id =
                |kind: &JsonKind<'_>| matches!(kind, JsonKind::Number | JsonKind::String(_));
            items.iter().filter(|it| is_id(&it.kind)).map(|it| moved(it.range)).collect()
        }
        _ => listed(),
    }
}

/// Where the ids stand that a box says it depends on.
fn ids_in_box(document: &Document, name: TextRange) -> Vec<TextRange> {
    let text = name.of(&document.text);
    let rule = document.role().box_rule(text).depends.as_ref();
    let found = rule.and_then(|own| own.captures(text));
    let Some(list) = found.as_ref().and_then(|found| found.name("ids")) else { return Vec::new() };
    let start = name.start as usize + list.start();
    let all = document.profile.listed_places(list.as_str()).into_iter();
    all.map(|(_, range)| TextRange::new(start + range.start, start + range.end)).collect()
}

/// What an entity says in a field that it is part of.
pub fn parent_named(index: &Index, place: Place) -> Option<(TaskId, TextRange)> {
    let document = &*index.docs[place.doc];
    let mut fields = document.facts.fields_of(place.entity);
    let field = fields.find(|field| field.role == FieldRole::Parent)?;
    let task = index.task_at(place)?;
    let mut parents = index.parents(task).filter(|(it, _)| matches!(it.by, PartOf::Field { .. }));
    let parent = parents.next().map(|(_, parent)| &parent.id);
    parent.or_else(|| index.told_parents(task).next()).map(|id| (id.clone(), field.value))
}
