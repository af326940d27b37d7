//! Which tasks are put away, and what of them.

use std::collections::BTreeSet;

use crate::change::archive::{Fate, Parts, Wish, below, is_before};
use crate::change::refuse;
use crate::change::{Refusal, RefusalKind};
use crate::index::{Place, Task};
use crate::model::FieldRole;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusDef};
use crate::profile::{Archive, EntityKind, Format, RecordList};
use crate::snapshot::Snapshot;

/// The tasks that are finished and of which something may be put away, in order.
pub fn finished(analysis: &Snapshot) -> Vec<TaskId> {
    let Some(rule) = &analysis.profile.archive else { return Vec::new() };
    let tasks = analysis.index.tasks.values();
    let done = tasks.filter(|task| status(analysis, task).is_some_and(is_finished));
    let with_parts = done.filter(|task| {
        let (records, entries) = places(analysis, rule, task);
        !records.is_empty() || !entries.is_empty() || !folders(analysis, rule, task).is_empty()
    });
    with_parts.map(|task| task.id.clone()).collect()
}

/// The folders of a task, from where to where they go.
pub(super) fn folders(analysis: &Snapshot, rule: &Archive, task: &Task) -> Vec<(String, String)> {
    let Some(archive) = &rule.folders else { return Vec::new() };
    let places = task.places.iter().chain(&task.plans);
    let own = places.filter_map(|p| analysis.index.docs[p.doc].facts.captures.folder.as_deref());
    let own: BTreeSet<&str> = own.collect();
    let to = |folder: &str| {
        let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        below(above, &format!("{archive}/{name}")).to_string()
    };
    own.into_iter().map(|folder| (folder.to_owned(), to(folder))).collect()
}

fn status<'a>(analysis: &'a Snapshot, task: &Task) -> Option<&'a StatusDef> {
    let status = analysis.index.status(task)?;
    Some(analysis.profile.vocabulary(EntityKind::Task).get(status))
}

fn is_finished(def: &StatusDef) -> bool {
    matches!(def.category, Category::Done | Category::Dropped)
}

/// The records in active lists, and the entries in Markdown, of one task.
fn places(analysis: &Snapshot, rule: &Archive, task: &Task) -> (Vec<Place>, Vec<Place>) {
    let (mut records, mut entries) = (Vec::new(), Vec::new());
    for place in &task.places {
        let document = &*analysis.index.docs[place.doc];
        if document.facts.captures.folder.is_some() {
            continue;
        }
        let entity = analysis.index.entity(*place);
        let is_document = entity.range.len() == document.text.len();
        match analysis.profile.role(document.facts.role).format {
            Format::Json if entity.list == RecordList::Active && !is_document => {
                records.push(*place);
            }
            Format::Markdown if !is_document => entries.push(*place),
            _ => {}
        }
    }
    if rule.records.is_empty() {
        records.clear();
    }
    if rule.entries.is_none() {
        entries.clear();
    }
    (records, entries)
}

/// What of a task is put away; its fate where nothing is.
pub(super) fn parts(
    analysis: &Snapshot,
    rule: &Archive,
    wish: &Wish<'_>,
    id: &TaskId,
) -> Result<Parts, Fate> {
    let Some(task) = analysis.index.tasks.get(id) else {
        let message = format!("no task {id}");
        let remedy = "`lockstep list` shows the tasks";
        return Err(Fate::Refused(refuse(RefusalKind::NotFound, message, remedy)));
    };
    let unchanged = |why: &str| Fate::Unchanged(why.to_owned());
    if task.places.is_empty() && task.plans.is_empty() {
        return Err(unchanged("archived already"));
    }
    let def = is_allowed(analysis, task).map_err(Fate::Refused)?;
    let (records, entries) = places(analysis, rule, task);
    let (own, stay): (Vec<_>, Vec<_>) = folders(analysis, rule, task)
        .into_iter()
        .partition(|(folder, _)| wish.folders.contains_key(folder));
    let notes: Vec<String> = stay
        .iter()
        .map(|(folder, to)| {
            format!(
                "{folder} is not moved: it has files other than Markdown and JSON, or {to} exists"
            )
        })
        .collect();
    if records.is_empty() && entries.is_empty() && own.is_empty() {
        return Err(Fate::Unchanged(match notes.is_empty() {
            true => "archived already".to_owned(),
            false => notes.join("; "),
        }));
    }
    if let Some(day) = wish.before {
        match was_before(analysis, task, def, day) {
            Some(true) => {}
            Some(false) => {
                return Err(Fate::Unchanged(format!("it was finished on {day} or later")));
            }
            None => return Err(unchanged("it has no date of completion")),
        }
    }
    let places = task.places.iter().chain(&task.past);
    let mut documents = places.map(|place| &analysis.index.docs[place.doc]);
    let is_recorded = documents.any(|document| {
        let json = analysis.profile.role(document.facts.role).format == Format::Json;
        json && document.facts.captures.folder.is_none()
    });
    let files = own.iter().filter_map(|(folder, _)| wish.folders.get(folder));
    let files = files.flatten().cloned().collect();
    Ok(Parts { records, entries, folders: own, files, is_recorded, notes })
}

/// The status of a task that is finished wherever it stands.
fn is_allowed<'a>(analysis: &'a Snapshot, task: &'a Task) -> Result<&'a StatusDef, Refusal> {
    let (index, id) = (&analysis.index, &task.id);
    let def = status(analysis, task).filter(|def| is_finished(def)).ok_or_else(|| {
        let is = status(analysis, task).map_or("without a status", |def| def.id.as_str());
        let message = format!("task {id} is {is}, and only finished tasks are archived");
        refuse(RefusalKind::NotAllowed, message, "finish it first with `lockstep set`")
    })?;
    let vocabulary = analysis.profile.vocabulary(EntityKind::Task);
    if let Some(authority) = index.authority(task)
        && let Some(other) = index.statuses(task).find(|spot| !spot.agrees(&authority, vocabulary))
    {
        let message = format!(
            "task {id} is {} in {}, but {} in {}",
            authority.raw(),
            authority.document.path,
            other.raw(),
            other.document.path
        );
        let remedy = format!("run `lockstep fix {id}` first");
        return Err(refuse(RefusalKind::NotAllowed, message, &remedy));
    }
    Ok(def)
}

/// Whether the task was finished before a day; `None` where it does not say when.
fn was_before(analysis: &Snapshot, task: &Task, def: &StatusDef, day: &str) -> Option<bool> {
    let stamp = FieldRole::Stamp(def.stamp.as_deref()?.into());
    let mut places = task.places.iter().chain(&task.past);
    places.find_map(|place| {
        let document = &analysis.index.docs[place.doc];
        let mut fields = document.facts.fields_of(place.entity);
        let field = fields.find(|field| field.role == stamp)?;
        is_before(field.value.of(&document.text), day)
    })
}
