//! Files that a task with a folder must have.

use std::sync::Arc;

use crate::change::json_edit;
use crate::index::{Place, Task};
use crate::model::{Document, FilePath};
use crate::profile::vocabulary::StatusDef;
use crate::profile::{Profile, RoleIdx};
use crate::snapshot::Snapshot;
use crate::text::text_edit::TextEdits;

/// In a workspace with this many folders of which none has the file, it is not the custom there.
const CUSTOM: usize = 3;

/// The files that are missing in the task's folder, with their texts.
pub(super) fn missing_files(
    analysis: &Snapshot,
    task: &Task,
    def: &StatusDef,
    reason: Option<&str>,
    at: &str,
) -> Vec<(FilePath, String)> {
    let index = &analysis.index;
    let mut out = Vec::new();
    let places = task.plans.iter().chain(&task.places);
    let captures = places.map(|place| &index.docs[place.doc].facts.captures);
    let mut folders: Vec<(&String, &String)> =
        captures.filter_map(|c| c.folder.as_ref().zip(c.slug.as_ref())).collect();
    folders.dedup();
    let Some((folder, slug)) = folders.first() else { return out };
    for create in &index.profile_of(task).creates {
        let path = create.path.replace("{folder}", folder);
        if index.document(&path).is_some()
            || !is_custom(analysis, index.profile_of(task), create.role)
        {
            continue;
        }
        let id = index.docs
            [task.plans.iter().chain(&task.places).map(|p| p.doc).next().unwrap_or(0)]
        .facts
        .captures
        .id
        .as_deref()
        .and_then(|id| index.profile_of(task).ids.parse(id));
        let id = id.map_or_else(|| task.id.to_string(), |id| id.to_string());
        let text = create
            .text
            .replace("{id}", &id)
            .replace("{slug}", slug)
            .replace("{status}", &def.json)
            .replace("{time}", at);
        let path = FilePath::new(&path);
        let reasoned = def.reason.as_deref().zip(reason);
        let text = match reasoned {
            Some((field, reason)) => with_reason(analysis, &path, &text, field, reason),
            None => text,
        };
        out.push((path, text));
    }
    out
}

/// The text with a reason beside its status, where it is one that has a place for it.
fn with_reason(
    analysis: &Snapshot,
    path: &FilePath,
    text: &str,
    field: &str,
    reason: &str,
) -> String {
    let edit = || {
        let profile = analysis.instances.of(path.as_str())?;
        let document = Document::read(profile, path, Arc::from(text), false)?;
        let place = Place { doc: 0, entity: 0 };
        document.facts.entities.first()?;
        let edit = json_edit::reason(&document, place, &document.profile.fields, field, reason)?;
        TextEdits::new(vec![edit]).ok()
    };
    edit().map_or_else(|| text.to_owned(), |edits| edits.apply(text))
}

/// Whether files of this kind are there in some folder, or there are too few folders to tell.
fn is_custom(analysis: &Snapshot, profile: &Profile, role: RoleIdx) -> bool {
    let index = &analysis.index;
    if index.live(profile, role).any(|doc| index.docs[doc].facts.captures.folder.is_some()) {
        return true;
    }
    let own = index.docs.iter().filter(|doc| std::ptr::eq(&*doc.profile, profile));
    let live = own.filter(|doc| !doc.facts.history);
    // Most have one: the first few tell.
    let mut folders: Vec<String> = Vec::new();
    for folder in live.filter_map(|doc| doc.facts.captures.folder.as_ref()) {
        folders.push(folder.clone());
        folders.sort_unstable();
        folders.dedup();
        if folders.len() >= CUSTOM {
            return false;
        }
    }
    true
}
