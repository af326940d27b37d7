//! Which tasks are put away, and what of them.

use std::collections::BTreeSet;

use crate::change::archive::{ArchiveParts, ArchiveWish, Fate, below, files};
use crate::change::{Refusal, RefusalKind};
use crate::change::{refuse, validate};
use crate::index::{Place, Task};
use crate::model::FieldRole;
use crate::model::time::TimeStamp;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusDef};
use crate::profile::{Archive, Format, Profile, RecordList};
use crate::snapshot::Snapshot;

/// The tasks that are finished and of which something may be put away, in order. Where no profile puts any
/// away, those that are finished: whoever asks is told.
pub fn finished(analysis: &Snapshot) -> Vec<TaskId> {
    let index = &analysis.index;
    let puts_away = |task: &Task| {
        let rule = index.profile_of(task).archive.as_ref();
        rule.is_some_and(|rule| rule.command.is_none())
    };
    if index.tasks.values().any(|task| puts_away(task)) {
        return movable(analysis);
    }
    let done = index.tasks.values().filter(|task| status(analysis, task).is_some_and(is_finished));
    let live = done.filter(|task| index.is_live(task) && index.said_by_file(task).is_none());
    live.map(|task| task.id.clone()).collect()
}

fn movable(analysis: &Snapshot) -> Vec<TaskId> {
    let tasks = analysis.index.tasks.values();
    let done = tasks.filter(|task| status(analysis, task).is_some_and(is_finished));
    // Whoever has no folder for them is told.
    let mut asked: Vec<(&Profile, bool)> = Vec::new();
    let mut lacks_folder = |task: &Task, rule: &Archive| {
        let profile = analysis.index.profile_of(task);
        let known = asked.iter().find(|(it, _)| std::ptr::eq(*it, profile));
        known.map(|(_, lacks)| *lacks).unwrap_or_else(|| {
            let lacks = files::has_none(analysis, profile, rule);
            asked.push((profile, lacks));
            lacks
        })
    };
    let with_parts = done.filter(|task| {
        let Some(rule) = &analysis.index.profile_of(task).archive else { return false };
        let (records, entries) = places(analysis, rule, task);
        let goes = !folders(analysis, rule, task).is_empty() || lacks_folder(task, rule);
        goes || !records.is_empty() || (!entries.is_empty() && !rule.unlist)
    });
    with_parts.map(|task| task.id.clone()).collect()
}

/// The folders of a task, and its files that go alone, from where to where they go.
pub(super) fn folders(analysis: &Snapshot, rule: &Archive, task: &Task) -> Vec<(String, String)> {
    let mut ways = files::files(analysis, rule, task);
    let Some(archive) = &rule.folders else { return ways };
    let places = task.places.iter().chain(&task.plans);
    let own = places.filter_map(|p| analysis.index.docs[p.doc].facts.captures.folder.as_deref());
    let own: BTreeSet<&str> = own.collect();
    let to = |folder: &str| {
        let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        let (above, archive) = match (archive.strip_prefix('/'), archive.strip_prefix("../")) {
            (Some(below), _) => (&*analysis.index.profile_of(task).root, below),
            (_, Some(beside)) => (above.rsplit_once('/').map_or("", |(above, _)| above), beside),
            _ => (above, archive.as_str()),
        };
        below(above, &format!("{archive}/{name}")).to_string()
    };
    ways.extend(own.into_iter().map(|folder| (folder.to_owned(), to(folder))));
    ways
}

fn status<'a>(analysis: &'a Snapshot, task: &Task) -> Option<&'a StatusDef> {
    let status = analysis.index.status(task)?;
    Some(analysis.index.vocabulary_of(task).get(status))
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
        match document.role().format {
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
    if rule.entries.is_none() && !rule.unlist {
        entries.clear();
    }
    (records, entries)
}

/// What of a task is put away; its fate where nothing is.
pub(super) fn parts(
    analysis: &Snapshot,
    rule: &Archive,
    wish: &ArchiveWish<'_>,
    id: &TaskId,
) -> Result<ArchiveParts, Fate> {
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
    let (records, mut entries) = places(analysis, rule, task);
    let (own, stay): (Vec<_>, Vec<_>) = folders(analysis, rule, task)
        .into_iter()
        .partition(|(folder, _)| wish.folders.get(folder).is_some_and(Result::is_ok));
    let keeps = |folder: &str| match wish.folders.get(folder) {
        Some(Err(why)) => why.clone(),
        _ => "it was not looked at".to_owned(),
    };
    let notes = stay.iter().map(|(folder, _)| format!("{folder} is not moved: {}", keeps(folder)));
    let notes: Vec<String> = notes.collect();
    let is_listed_only = rule.unlist && own.is_empty() && !entries.is_empty();
    if is_listed_only {
        entries.clear();
    }
    if records.is_empty() && entries.is_empty() && own.is_empty() {
        if let Some(refusal) = files::without_folder(analysis, rule, task) {
            return Err(Fate::Refused(refusal));
        }
        return Err(Fate::Unchanged(match notes.is_empty() {
            true if is_listed_only => "it has no folder to move".to_owned(),
            true => "archived already".to_owned(),
            false => notes.join("; "),
        }));
    }
    if let Some(day) = wish.before {
        was_before(analysis, task, def, day).map_err(Fate::Unchanged)?;
    }
    let places = task.places.iter().chain(&task.past);
    let mut documents = places.map(|place| &analysis.index.docs[place.doc]);
    let is_recorded = documents.any(|document| {
        let json = document.role().format == Format::Json;
        json && document.facts.captures.folder.is_none()
    });
    let files = own.iter().filter_map(|(folder, _)| wish.folders.get(folder)?.as_ref().ok());
    let files = files.flatten().cloned().collect();
    Ok(ArchiveParts { records, entries, folders: own, files, is_recorded, notes })
}

/// The status of a task that is finished wherever it stands.
fn is_allowed<'a>(analysis: &'a Snapshot, task: &'a Task) -> Result<&'a StatusDef, Refusal> {
    let (index, id) = (&analysis.index, analysis.name_of(&task.id));
    let def = status(analysis, task).filter(|def| is_finished(def)).ok_or_else(|| {
        let is = status(analysis, task).map_or("without a status", |def| def.id.as_str());
        let message = format!("task {id} is {is}, and only finished tasks are archived");
        refuse(RefusalKind::NotAllowed, message, "finish it first with `lockstep set`")
    })?;
    let vocabulary = index.vocabulary_of(task);
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

/// The error says why nobody can be certain that the task was finished before a day: some place says
/// another one, or none that can be read.
fn was_before(analysis: &Snapshot, task: &Task, def: &StatusDef, day: &str) -> Result<(), String> {
    let role = def.stamp.as_deref().map(|stamp| FieldRole::Stamp(stamp.into()));
    let mut is_dated = false;
    for place in task.places.iter().chain(&task.past) {
        let document = &analysis.index.docs[place.doc];
        let fields = document.facts.fields_of(place.entity);
        for field in fields.filter(|field| Some(&field.role) == role.as_ref()) {
            let value = field.value.of(&document.text);
            let at = || validate::location(document, field.value);
            match TimeStamp::parse(value).zip(TimeStamp::parse(day)) {
                Some((stamp, day)) if stamp.is_before(day) => is_dated = true,
                Some(_) => return Err(format!("it was finished on {day} or later: {}", at())),
                None => return Err(format!("its date of completion is no date: {}", at())),
            }
        }
    }
    if is_dated { Ok(()) } else { Err("it has no date of completion".to_owned()) }
}
