//! Which of the files that are called by the id of a task are the task. Files are numbered by hand, and
//! two of them may get one number.

use std::collections::{BTreeMap, BTreeSet};

use crate::index::likeness::{likeness, words};
use crate::index::reused::{is_latin, is_one_word};
use crate::index::{DocIdx, Docs, Index, Place, Task};
use crate::model::{Document, Entity, link_path};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::normalise;
use crate::profile::{Format, Profile};

/// A longer row is no row of a list, in bytes.
const LONGEST_ROW: usize = 1_000;

/// What the entries and records of a task say of its file.
struct NamedFile<'a> {
    /// The names of the files that they link to, and the keys of records.
    names: Vec<&'a str>,
    titles: Vec<&'a str>,
    /// What records are called by, and their ids.
    keys: Vec<(&'a str, &'a TaskId)>,
}

impl<'a> NamedFile<'a> {
    fn by(docs: &'a Docs, entries: &[Place]) -> NamedFile<'a> {
        let mut named = NamedFile { names: Vec::new(), titles: Vec::new(), keys: Vec::new() };
        for place in entries {
            let document = &docs[place.doc];
            let entity = &document.facts.entities[place.entity];
            let links = document.facts.links_of(place.entity);
            named.names.extend(links.filter_map(|link| link.target.rsplit('/').next()));
            let name = entity.name.of(&document.text);
            named.names.push(name);
            let key = entity.id.as_ref().map(|id| (name, id));
            named.keys.extend(key.filter(|_| document.role().format != Format::Markdown));
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

    /// Whether the words in the key of a record are all others than those in the name of a file and in its
    /// title. One word for one other may be another name of the same, and a title may be in another
    /// language: alone it tells nothing.
    fn is_apart(&self, document: &Document, place: Place, id: &TaskId) -> bool {
        let entity = &document.facts.entities[place.entity];
        let behind_id = stem(document.path.name()).split_once(id.as_str()).map(|(_, it)| it);
        let of_file = [behind_id.unwrap_or_default(), &*entity.title].map(normalise);
        let of_name = told(&of_file[0]).len();
        let of_file: BTreeSet<&str> = of_file.iter().flat_map(|name| told(name)).collect();
        let keys = self.keys.iter().filter_map(|(name, id)| key_words(name, id));
        let keys: Vec<String> = keys.map(normalise).collect();
        let is_apart = |key: &String| {
            let own = told(key);
            let (fewer, more) = (own.len().min(of_name), own.len().max(of_name));
            let is_shared = |a: &&str| of_file.iter().any(|b| is_one_word(a, b));
            let of_one_script = is_latin(key) && behind_id.is_some_and(is_latin);
            fewer > 0 && more > 1 && of_one_script && !own.iter().any(is_shared)
        };
        !keys.is_empty() && keys.iter().all(is_apart)
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

/// What stands behind the id in the key of a record: `log-in` in `33-1-log-in`.
fn key_words<'a>(name: &'a str, id: &TaskId) -> Option<&'a str> {
    let words = name.trim_matches(['"', '\'']).strip_prefix(id.as_str())?;
    words.strip_prefix(['-', '_']).filter(|words| !words.contains('.'))
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The places of a task that are not the task: rows that speak of another, companions of the file that
/// is named, and a single file with another title where another file is named.
pub(super) fn strangers(docs: &Docs, places: &[Place]) -> Vec<Place> {
    let (whole, mut entries): (Vec<Place>, Vec<Place>) =
        places.iter().partition(|place| is_whole(docs, **place));
    if whole.is_empty() {
        return Vec::new();
    }
    let of_others: Vec<Place> =
        entries.iter().filter(|row| speaks_of_another(docs, **row, &whole)).copied().collect();
    entries.retain(|it| !of_others.contains(it));
    if entries.is_empty() {
        return of_others;
    }
    let of_old = in_strange_folders(docs, &whole, &entries);
    let whole: Vec<Place> = whole.into_iter().filter(|it| !of_old.contains(it)).collect();
    let files = strange_files(docs, &whole, &entries);
    [of_others, of_old, files].concat()
}

/// The files that lie in a folder of something else with the number of what the task is part of, where files
/// by being there say how far it is: one folder is called as that is, and others are not.
fn in_strange_folders(docs: &Docs, whole: &[Place], entries: &[Place]) -> Vec<Place> {
    let folder = |place: &Place| docs[place.doc].path.folder();
    let entity = |place: &Place| &docs[place.doc].facts.entities[place.entity];
    let is_other = |it: &Place| whole.first().is_some_and(|first| folder(first) != folder(it));
    if !whole.iter().any(is_other) || whole.iter().all(|it| entity(it).fixed.is_none()) {
        return Vec::new();
    }
    let around: Vec<String> =
        entries.iter().filter_map(|entry| title_around(docs, *entry)).collect();
    let is_like = |place: &Place| {
        let name = normalise(&folder(place).replace('/', " "));
        around.iter().any(|title| {
            let title = told(title);
            !title.is_empty() && likeness(&title, &told(&name)) > 0
        })
    };
    let (own, others): (Vec<Place>, Vec<Place>) = whole.iter().partition(|it| is_like(it));
    if own.is_empty() { Vec::new() } else { others }
}

/// What that is called which an entry stands in, by its section.
fn title_around(docs: &Docs, entry: Place) -> Option<String> {
    let entities = &docs[entry.doc].facts.entities;
    let own = entities[entry.entity].range;
    let near = entities.near(own.start as usize).map(|(_, entity)| entity);
    let around = near.filter(|it| it.range != own && it.range.contains_range(own));
    let innermost = around.filter(|it| !it.title.is_empty()).min_by_key(|it| it.range.len());
    innermost.map(|it| normalise(&it.title))
}

/// Whether what else is of a task is told by the titles of what its entries stand in.
pub(super) fn asks_around(profile: &Profile) -> bool {
    profile.roles.iter().any(|role| role.document.as_ref().is_some_and(|it| it.status.is_some()))
}

/// Whether an entity may be a row that speaks of another task, by what else stands in it than its title.
pub(super) fn is_row(entity: &Entity) -> bool {
    entity.mention && entity.range.len() <= LONGEST_ROW
}

/// Whether a row that only mentions a task links to another file with its id, and neither the name of
/// that file nor the title of the row is like one of the files that there are.
fn speaks_of_another(docs: &Docs, row: Place, files: &[Place]) -> bool {
    let (from, entity) = (&docs[row.doc], &docs[row.doc].facts.entities[row.entity]);
    if !is_row(entity) {
        return false;
    }
    let raw = entity.range.of(&from.text);
    let targets = raw.split("](").skip(1).filter_map(|it| link_path(it.split([')', ' ']).next()?));
    let linked: Vec<String> =
        targets.filter_map(|it| it.rsplit('/').next().map(str::to_owned)).collect();
    let means_same_id = |name: &String| {
        files.iter().map(|file| &docs[file.doc]).any(|document| {
            let beside = format!("{}/{name}", document.path.folder());
            let id = document.role().captures(&beside).id;
            id.and_then(|it| document.profile.ids.parse(&it)) == entity.id
        })
    };
    let mut others = linked.iter().filter(|name| means_same_id(name)).peekable();
    if others.peek().is_none() {
        return false;
    }
    let own: Vec<String> =
        others.map(|name| stem(name)).chain([&*entity.title]).map(normalise).collect();
    !files.iter().any(|file| {
        let document = &docs[file.doc];
        let title = &document.facts.entities[file.entity].title;
        let theirs = [normalise(stem(document.path.name())), normalise(title)];
        linked.iter().any(|name| *name == document.path.name())
            || own.iter().any(|one| theirs.iter().any(|two| likeness(&told(one), &told(two)) > 0))
    })
}

/// The words of a name but for the number that all of a task's names have.
fn told(name: &str) -> Vec<&str> {
    words(name).into_iter().filter(|word| !word.chars().all(|c| c.is_ascii_digit())).collect()
}

/// The files of a task that are not the task, by its entries.
fn strange_files(docs: &Docs, whole: &[Place], entries: &[Place]) -> Vec<Place> {
    let Some(first) = whole.first() else { return Vec::new() };
    let named = NamedFile::by(docs, entries);
    let is_named = |place: &Place| named.means(&docs[place.doc]);
    let is_apart = |place: &Place| {
        let document = &docs[place.doc];
        let id = document.facts.entities[place.entity].id.as_ref();
        id.is_some_and(|id| named.is_apart(document, *place, id))
    };
    if whole.len() > 1 {
        let takes = |place: &Place| {
            docs[place.doc].role().document.as_ref().is_some_and(|it| it.companions)
        };
        let is_bare = |place: &Place| named.means_bare(&docs[place.doc]);
        let is_near = |place: &Place| !is_apart(place);
        let ways: [&dyn Fn(&Place) -> bool; 3] = [&is_named, &is_bare, &is_near];
        let is_sure =
            |way: &&dyn Fn(&Place) -> bool| whole.iter().filter(|it| way(it)).count() == 1;
        let Some(way) = ways.into_iter().find(is_sure).filter(|_| whole.iter().all(takes)) else {
            return Vec::new();
        };
        return whole.iter().filter(|it| !way(it)).copied().collect();
    }
    let document = &docs[first.doc];
    let Some(id) = document.facts.entities[first.entity].id.as_ref() else { return Vec::new() };
    let is_other =
        named.means_another(document, id) && !named.is_like(document, *first) || is_apart(first);
    whole.iter().copied().filter(|_| is_other && !is_named(first)).collect()
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
