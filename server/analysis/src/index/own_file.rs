//! Which of the files that are called by the id of a task are the task. Files are numbered by hand, and
//! two of them may get one number.

use std::collections::BTreeMap;

use crate::index::likeness::{likeness, words};
use crate::index::{DocIdx, Docs, Index, Place, Task};
use crate::model::Document;
use crate::profile::Format;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::normalise;

/// What the entries and records of a task say of its file.
struct NamedFile<'a> {
    /// The names of the files that they link to, and the keys of records.
    names: Vec<&'a str>,
    titles: Vec<&'a str>,
}

impl<'a> NamedFile<'a> {
    fn by(docs: &'a Docs, entries: &[Place]) -> NamedFile<'a> {
        let mut named = NamedFile { names: Vec::new(), titles: Vec::new() };
        for place in entries {
            let document = &docs[place.doc];
            let entity = &document.facts.entities[place.entity];
            let links = document.facts.links_of(place.entity);
            named.names.extend(links.filter_map(|link| link.target.rsplit('/').next()));
            named.names.push(entity.name.of(&document.text));
            named.titles.extend(Some(&*entity.title).filter(|title| !title.is_empty()));
        }
        named
    }

    /// Whether a file is named as it is called.
    fn means(&self, document: &Document) -> bool {
        let name = document.path.name();
        self.names.iter().any(|it| *it == name || *it == stem(name))
    }

    /// Whether a file is named but for what stands before ids.
    fn means_bare(&self, document: &Document) -> bool {
        let bare = document.profile.ids.parse(stem(document.path.name()));
        bare.is_some_and(|bare| self.names.iter().any(|it| *it == bare.as_str()))
    }

    /// Whether another file of the same kind and id is named.
    fn means_another(&self, document: &Document, id: &TaskId) -> bool {
        let (own, role) = (document.path.as_str(), document.role());
        let folder = document.path.folder();
        self.names.iter().filter(|name| name.contains('.')).any(|name| {
            let beside = format!("{folder}/{name}");
            let captured = role.captures(&beside).id;
            beside != own
                && captured.and_then(|it| document.profile.ids.parse(&it)).as_ref() == Some(id)
        })
    }

    /// Whether some title is like what a file is called.
    fn is_like(&self, document: &Document, place: Place) -> bool {
        let title = &document.facts.entities[place.entity].title;
        let of_file = [normalise(stem(document.path.name())), normalise(title)];
        let titles: Vec<String> = self.titles.iter().map(|title| normalise(title)).collect();
        titles.is_empty()
            || titles
                .iter()
                .any(|title| of_file.iter().any(|file| likeness(&words(title), &words(file)) > 0))
    }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The files among the places of a task that are not the task: companions of the one that is named, and
/// a single file with another title where another file is named.
pub(super) fn strangers(docs: &Docs, places: &[Place]) -> Vec<Place> {
    let is_whole = |place: &&Place| is_whole(docs, **place);
    let whole: Vec<Place> = places.iter().filter(is_whole).copied().collect();
    let Some(first) = whole.first().filter(|_| whole.len() < places.len()) else {
        return Vec::new();
    };
    let entries: Vec<Place> = places.iter().filter(|it| !is_whole(it)).copied().collect();
    let named = NamedFile::by(docs, &entries);
    let is_named = |place: &Place| named.means(&docs[place.doc]);
    if whole.len() > 1 {
        let takes = |place: &Place| {
            docs[place.doc].role().document.as_ref().is_some_and(|it| it.companions)
        };
        let is_bare = |place: &Place| named.means_bare(&docs[place.doc]);
        let ways: [&dyn Fn(&Place) -> bool; 2] = [&is_named, &is_bare];
        let is_sure =
            |way: &&dyn Fn(&Place) -> bool| whole.iter().filter(|it| way(it)).count() == 1;
        let Some(way) = ways.into_iter().find(is_sure).filter(|_| whole.iter().all(takes)) else {
            return Vec::new();
        };
        return whole.iter().filter(|it| !way(it)).copied().collect();
    }
    let document = &docs[first.doc];
    let id = document.facts.entities[first.entity].id.as_ref();
    let other = id.is_some_and(|id| named.means_another(document, id));
    let is_stranger = other && !is_named(first) && !named.is_like(document, *first);
    whole.into_iter().filter(|_| is_stranger).collect()
}

/// Adds the files to their tasks that are known by the key of a record alone.
pub(super) fn join_by_key(
    docs: &Docs,
    files: Vec<(Place, TaskId)>,
    by_task: &mut BTreeMap<TaskId, Vec<Place>>,
    by_place: &mut Vec<(Place, TaskId)>,
) {
    for (place, id) in files {
        let Some(all) = by_task.get_mut(&id) else { continue };
        if is_key(docs, all, &docs[place.doc]) {
            all.push(place);
            all.sort_unstable();
            by_place.push((place, id));
        }
    }
}

/// Whether a record among the places of a task has the name of a file for its key.
fn is_key(docs: &Docs, places: &[Place], document: &Document) -> bool {
    let is_record = |place: &&Place| {
        let of = &docs[place.doc];
        of.role().format != Format::Markdown && !of.facts.history
    };
    let records: Vec<Place> = places.iter().filter(is_record).copied().collect();
    let named = NamedFile::by(docs, &records);
    named.means(document) || named.means_bare(document)
}

impl Index {
    /// The task that a whole document is of: that of the first entity with an id.
    pub(super) fn head(&self, doc: DocIdx) -> Option<(&Task, Place)> {
        let mut entities = self.docs[doc].facts.entities.iter();
        let place = Place { doc, entity: entities.position(|entity| entity.id.is_some())? };
        Some((self.task_at(place)?, place))
    }

    /// Whether another document stands for its task, or it is a file with the number of a task that is none.
    pub(super) fn find_superseded(&self, doc: DocIdx) -> bool {
        let latest = || self.docs[doc].role().latest;
        let first = self.docs[doc].facts.entities.iter().next();
        if first.is_some_and(|first| first.by_key) && self.head(doc).is_none() {
            return true;
        }
        self.head(doc).is_some_and(|(task, place)| {
            let is_other_plan = || task.plans.iter().skip(1).any(|plan| plan.doc == doc);
            task.past.contains(&place) || (latest() && is_other_plan())
        })
    }
}

/// Whether a place is a file as a whole, without a folder of its own.
pub(super) fn is_whole(docs: &Docs, place: Place) -> bool {
    let document = &docs[place.doc];
    let is_all = document.facts.entities[place.entity].range.len() == document.text.len();
    is_all && document.facts.captures.folder.is_none()
}
