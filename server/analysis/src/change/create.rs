//! Files that a task with a folder must have.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::index::Task;
use crate::model::FilePath;
use crate::profile::vocabulary::StatusDef;

/// In a workspace with this many folders of which none has the file, it is not the custom there.
const CUSTOM: usize = 3;

/// The files that are missing in the task's folder, with their texts.
pub(super) fn missing_files(
    analysis: &Analysis,
    task: &Task,
    def: &StatusDef,
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
    for create in &analysis.profile.creates {
        let path = create.path.replace("{folder}", folder);
        if index.document(&path).is_some() || !is_custom(analysis, create.role) {
            continue;
        }
        let id = index.docs
            [task.plans.iter().chain(&task.places).map(|p| p.doc).next().unwrap_or(0)]
        .facts
        .captures
        .id
        .as_deref()
        .and_then(|id| analysis.profile.ids.parse(id));
        let id = id.map_or_else(|| task.id.to_string(), |id| id.to_string());
        let text = create
            .text
            .replace("{id}", &id)
            .replace("{slug}", slug)
            .replace("{status}", &def.json)
            .replace("{time}", at);
        out.push((FilePath::new(&path), text));
    }
    out
}

fn is_custom(analysis: &Analysis, role: crate::profile::RoleIdx) -> bool {
    let live = analysis.index.docs.iter().filter(|doc| !doc.facts.history);
    let mut folders = BTreeSet::new();
    let mut with_file = 0;
    for doc in live {
        if let Some(folder) = &doc.facts.captures.folder {
            folders.insert(folder);
            with_file += usize::from(doc.facts.role == role);
        }
    }
    with_file > 0 || folders.len() < CUSTOM
}
