//! Rows of an index of files, where ids hold in one list only: a row that is called by a link to a file
//! beside it is of the task that the file is.

use std::sync::Arc;

use crate::index::{DocIdx, Index, Place, own_file};
use crate::model::{Document, Entity, EntityIdx, join, link_path};
use crate::profile::EntityKind;
use crate::text::shared_text::Source as _;

/// A longer row is no row of a list, in bytes.
const LONGEST: usize = 1_000;

/// What the link leads to by which a row is called: the cell of its id, or its title, is the link and
/// nothing else.
fn called_by(document: &Document, entity: EntityIdx) -> Option<String> {
    let fact = &document.facts.entities[entity];
    let (start, end) = (fact.range.start as usize, fact.range.end as usize);
    let is_row = document.profile.ids.local
        && fact.kind == EntityKind::Task
        && end - start <= LONGEST
        && document.text.byte(start) == Some(b'|');
    if !is_row {
        return None;
    }
    let row = document.text.copy(start..end);
    let mut links = row.split('|').filter_map(|cell| {
        let (name, target) = cell.trim().strip_prefix('[')?.strip_suffix(')')?.split_once("](")?;
        let own = (cell.as_ptr() as usize - row.as_ptr() as usize) + start;
        let is_of_id = fact.name.touches(own + (cell.len() - cell.trim_start().len()));
        let is_plain = !target.contains(['(', '#', '[']) && !name.contains(['[', ']']);
        (is_plain && (is_of_id || name == &*fact.title)).then(|| link_path(target))?
    });
    links.next().filter(|first| links.all(|other| other == *first))
}

/// Whether an entity is a row that is called by another link than before.
pub(super) fn is_called_otherwise(old: &Document, new: &Document, at: EntityIdx) -> bool {
    called_by(old, at) != called_by(new, at)
}

impl Index {
    /// The file that is the task of a row: one that lies beside the table, or in a folder beside it, and
    /// has the row's id for its own or for its name.
    pub(super) fn file_of_row(&self, place: Place) -> Option<DocIdx> {
        let document = &self.docs[place.doc];
        let target = called_by(document, place.entity)?;
        let path = join(document.path.folder(), &target)?;
        let file = *self.by_path.get(path.as_str())?;
        let other = &self.docs[file];
        let is_other = file != place.doc && Arc::ptr_eq(&other.profile, &document.profile);
        let below = match document.path.folder() {
            "" => Some(path.as_str()),
            folder => path.strip_prefix(folder).and_then(|it| it.strip_prefix('/')),
        };
        let is_near = below.is_some_and(|it| it.matches('/').count() < 2);
        let whole = self.whole(file).filter(|_| is_other && is_near)?;
        let id = self.entity(place).id.as_ref()?;
        let name = other.path.name();
        let stem = other.profile.ids.parse(name.strip_suffix(".md").unwrap_or(name));
        let is_own = self.entity(whole).id.as_ref() == Some(id) || stem.as_ref() == Some(id);
        is_own.then_some(file)
    }

    /// The task that a document is as a whole.
    pub(super) fn whole(&self, doc: DocIdx) -> Option<Place> {
        let mut all = self.docs[doc].facts.entities.iter();
        let is_task = |it: &Entity| it.id.is_some() && it.kind == EntityKind::Task;
        let place = Place { doc, entity: all.position(is_task)? };
        own_file::is_whole(&self.docs, place).then_some(place)
    }
}
