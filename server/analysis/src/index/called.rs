//! What each place is called within the workspace, and so which places are of one task.

use std::collections::BTreeMap;

use crate::index::keyed_files::KeyedRecords;
use crate::index::{DocIdx, Index, Place, numbered, own_file};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;

/// The places of each task, and the task of each place.
#[derive(Default)]
pub(super) struct CalledPlaces {
    pub(super) by_task: BTreeMap<TaskId, Vec<Place>>,
    pub(super) by_place: Vec<(Place, TaskId)>,
    /// How often each id was found taken, in one document.
    clashes: BTreeMap<String, u32>,
    /// What records call files by their names.
    records: KeyedRecords,
    /// The items that are called by the numbers of rows.
    numbered: BTreeMap<Place, TaskId>,
}

impl CalledPlaces {
    /// What the documents of an index call their entities.
    pub(super) fn of(index: &Index) -> CalledPlaces {
        let records = KeyedRecords::of(index);
        let mut called = CalledPlaces { records, ..CalledPlaces::default() };
        let mut by_key: Vec<(Place, TaskId)> = Vec::new();
        let mut of_files: Vec<(Place, DocIdx)> = Vec::new();
        for (doc, document) in index.docs.iter().enumerate() {
            let items = numbered::items_of_rows(document).into_iter();
            called.numbered.extend(items.map(|(entity, id)| (Place { doc, entity }, id)));
            for (entity, fact) in document.facts.entities.iter().enumerate() {
                let place = Place { doc, entity };
                if fact.id.is_none() {
                    continue;
                }
                if let Some(file) = index.file_of_row(place) {
                    of_files.push((place, file));
                    continue;
                }
                let Some(id) = called.id(index, place) else { continue };
                match fact.by_key {
                    true => by_key.push((place, id)),
                    false => called.add(index, place, id),
                }
            }
        }
        own_file::join_by_key(&index.docs, by_key, &mut called.by_task, &mut called.by_place);
        let by_place: BTreeMap<Place, TaskId> = match of_files.is_empty() {
            true => BTreeMap::new(),
            false => called.by_place.iter().cloned().collect(),
        };
        // Several rows that lead to one file are a log of it, or tasks of their own.
        let mut n_rows: BTreeMap<(DocIdx, DocIdx), u32> = BTreeMap::new();
        for (place, file) in &of_files {
            *n_rows.entry((place.doc, *file)).or_default() += 1;
        }
        for (place, file) in of_files {
            let is_only = n_rows.get(&(place.doc, file)) == Some(&1);
            let whole = index.whole(file).filter(|_| is_only);
            let whole = whole.and_then(|whole| by_place.get(&whole)).cloned();
            let id = whole.or_else(|| called.id(index, place));
            id.into_iter().for_each(|id| called.add(index, place, id));
        }
        called
    }

    /// What a place is called: by its id, unless that is of a list and another list has it already.
    fn id(&mut self, index: &Index, place: Place) -> Option<TaskId> {
        let (document, fact) = (&index.docs[place.doc], index.entity(place));
        let own = self.numbered.get(&place).or_else(|| self.records.id_of(index, place));
        let own = own.or(fact.id.as_ref())?;
        let id = index.scopes.id(document, own);
        let local =
            fact.derived_id || (document.profile.ids.local && fact.kind == EntityKind::Task);
        if !local || !self.by_task.contains_key(&id) {
            return Some(id);
        }
        let base = TaskId::new(&format!("{}#{id}", document.path));
        let is_also = |id: &&TaskId| {
            let places = self.by_task.get(*id);
            index.is_also(place, places) || self.is_numbered_pair(index, place, places)
        };
        let own = [&id, &base].into_iter().find(is_also).cloned();
        Some(own.unwrap_or_else(|| told_from_others(base, &mut self.clashes)))
    }

    /// Whether a place and the only one of a task are a row and the item that is called by its number.
    fn is_numbered_pair(&self, index: &Index, place: Place, places: Option<&Vec<Place>>) -> bool {
        let Some(&[other]) = places.map(|places| &places[..]) else { return false };
        let is_of = |item: Place, row: Place| {
            let id = self.numbered.get(&item);
            id.is_some() && id == index.entity(row).id.as_ref()
        };
        other.doc == place.doc && (is_of(place, other) || is_of(other, place))
    }

    fn add(&mut self, index: &Index, place: Place, id: TaskId) {
        let all = self.by_task.entry(id.clone()).or_default();
        if matches!(index.entity(place).kind, EntityKind::Task | EntityKind::Plan) {
            all.push(place);
            self.by_place.push((place, id));
        }
    }
}

/// An id for what another has the id of already, in one document.
fn told_from_others(base: TaskId, clashes: &mut BTreeMap<String, u32>) -> TaskId {
    let times = clashes.entry(base.as_str().to_owned()).or_insert(0);
    *times += 1;
    if *times == 1 { base } else { TaskId::new(&format!("{base}-{times}")) }
}
