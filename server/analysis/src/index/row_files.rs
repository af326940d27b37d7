//! Rows of an index of files, where ids hold in one list only: a row that is called by a link to a file
//! beside it is of the task that the file is.

use std::sync::Arc;

use crate::index::{DocIdx, Index, Place, own_file};
use crate::model::{Document, Entity, EntityIdx, link_path};
use crate::profile::EntityKind;
use crate::snapshot::join;
use crate::text::shared_text::Source as _;

/// A longer row is no row of a list, in bytes.
const LONGEST: usize = 1_000;

/// The targets of the links that a row is called by: one in the cell of its id, or its title.
fn called_by(document: &Document, entity: EntityIdx) -> Vec<String> {
    let fact = &document.facts.entities[entity];
    let (start, end) = (fact.range.start as usize, fact.range.end as usize);
    let is_row = document.profile.ids.local
        && fact.kind == EntityKind::Task
        && end - start <= LONGEST
        && document.text.byte(start) == Some(b'|');
    if !is_row {
        return Vec::new();
    }
    let row = document.text.copy(start..end);
    let links = row.match_indices("](").filter_map(|(at, _)| {
        let name = &row[row[..at].rfind('[')? + 1..at];
        let (target, _) = row[at + 2..].split_once(')')?;
        let is_of_id = fact.name.touches(start + at);
        (is_of_id || name == &*fact.title).then(|| link_path(target))?
    });
    links.collect()
}

/// Whether an entity is a row that is called by another link than before.
pub(super) fn is_called_otherwise(old: &Document, new: &Document, at: EntityIdx) -> bool {
    called_by(old, at) != called_by(new, at)
}

impl Index {
    /// The file that is the task of a row: one that lies beside the table, or in a folder beside it.
    pub(super) fn file_of_row(&self, place: Place) -> Option<DocIdx> {
        let document = &self.docs[place.doc];
        let links = called_by(document, place.entity);
        let (first, others) = links.split_first()?;
        if others.iter().any(|other| other != first) {
            return None;
        }
        let path = join(document.path.folder(), first)?;
        let file = *self.by_path.get(path.as_str())?;
        let other = &self.docs[file];
        let is_other = file != place.doc && Arc::ptr_eq(&other.profile, &document.profile);
        let below = match document.path.folder() {
            "" => Some(path.as_str()),
            folder => path.strip_prefix(folder).and_then(|it| it.strip_prefix('/')),
        };
        let is_near = below.is_some_and(|it| it.matches('/').count() < 2);
        (is_other && is_near && self.whole(file).is_some()).then_some(file)
    }

    /// The task that a document is as a whole.
    pub(super) fn whole(&self, doc: DocIdx) -> Option<Place> {
        let mut all = self.docs[doc].facts.entities.iter();
        let is_task = |it: &Entity| it.id.is_some() && it.kind == EntityKind::Task;
        let place = Place { doc, entity: all.position(is_task)? };
        own_file::is_whole(&self.docs, place).then_some(place)
    }
}
