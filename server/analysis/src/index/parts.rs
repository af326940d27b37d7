//! Names for phases and boxes that people type, made of their file and their words and not of where
//! they stand, so that they stay when lines are added above: `PLAN.md#phase-2/choose-a-store`. Only
//! what has no other name is told apart by its line: `PLAN.md:9#choose-a-store`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::index::{DocIdx, Index, Place, Task};
use crate::model::{Entity, EntityIdx, slug};
use crate::profile::EntityKind;
use crate::profile::id::TaskId;

/// The places of tasks by what they share with others: their ids, but for what tells them apart.
pub(super) type Alike = BTreeMap<String, Vec<Place>>;

/// So many words of a title are its name; all of them are, too.
const WORDS: usize = 6;

impl Index {
    /// The live phases and boxes that a name means, and tasks whose ids hold in their file only.
    /// Folders before the file may be left out, and so may be whatever is around the last part of
    /// the name.
    pub fn named(&self, name: &str) -> Vec<Place> {
        let Some((file, name)) = name.rsplit_once('#') else { return Vec::new() };
        let by_line = file.rsplit_once(':').and_then(|(file, at)| Some((file, at.parse().ok()?)));
        let (file, line) = by_line.map_or((file, None), |(file, line)| (file, Some(line)));
        let parts: Vec<String> = name.split('/').map(|part| part.trim().to_lowercase()).collect();
        let is_meant = |place: Place| is_part(self.entity(place)) || self.is_local(place);
        let named = |place: &Place| {
            line.is_none_or(|line: u32| line == self.line(*place)) && self.is_named(*place, &parts)
        };
        let mut found = self.live_in(Some(file), &is_meant);
        found.retain(named);
        // Of files that end alike the one that is spelled in full is meant.
        let is_whole = |place: &Place| self.docs[place.doc].path.as_str() == file;
        if found.iter().any(is_whole) {
            found.retain(is_whole);
        }
        // Neither is another meant where all that is around one of them is named.
        let full = |place: &Place| self.full_name(*place);
        let is_all = |place: &Place| {
            full(place).rsplit_once('#').is_some_and(|(_, own)| own.eq_ignore_ascii_case(name))
        };
        if found.len() > 1 && found.iter().any(is_all) {
            found.retain(is_all);
        }
        self.one_of_each(found)
    }

    /// Of several places of one task the first.
    fn one_of_each(&self, places: Vec<Place>) -> Vec<Place> {
        let mut told = BTreeSet::new();
        let mut is_first =
            |place: &Place| self.by_place.get(place).is_none_or(|id| told.insert(id));
        places.into_iter().filter(|place| is_first(place)).collect()
    }

    /// The live phases and boxes of a file. Folders before it may be left out.
    pub fn parts_in(&self, file: &str) -> Vec<Place> {
        self.live_in(Some(file), &|place| is_part(self.entity(place)))
    }

    /// The live phases and boxes whose own words are the last part of a name, in every file.
    pub fn parts_called(&self, name: &str) -> Vec<Place> {
        let last = slug(name.rsplit(['#', '/']).next().unwrap_or(name), usize::MAX);
        let mut found = self.live_in(None, &|place| is_part(self.entity(place)));
        found.retain(|it| {
            let words = |words| self.own_name(it.doc, it.entity, words) == last;
            !last.is_empty() && (words(WORDS) || words(usize::MAX))
        });
        found
    }

    /// The live tasks that only their order tells from `task`, itself among them: those of the same
    /// title, or with the same id that holds in one file only.
    pub fn twins(&self, task: &Task) -> Vec<Place> {
        let Some(own) = task.places.first() else { return Vec::new() };
        let name = bare(self.entity(*own));
        let is_twin = |at: Place| self.is_local(at) && bare(self.entity(at)) == name;
        match is_twin(*own) {
            true => self.one_of_each(self.live_in(None, &is_twin)),
            false => Vec::new(),
        }
    }

    /// What a message beside a task calls it, as its author does: without what only tells it from
    /// others.
    pub fn called<'a>(&'a self, task: &'a Task) -> Cow<'a, str> {
        let places = || task.places.iter().chain(&task.past).map(|place| self.entity(*place));
        let own = places().find(|it| !it.derived_id).or_else(|| places().next());
        let is_numbered = |own: &&Entity| own.derived_id || task.id.as_str().contains('#');
        match own.filter(is_numbered) {
            Some(own) => Cow::Borrowed(bare(own)),
            None if self.scopes.are_several() => Cow::Owned(self.name_of(&task.id)),
            None => Cow::Borrowed(task.id.as_str()),
        }
    }

    /// The line of a place, from 1.
    pub fn line(&self, place: Place) -> u32 {
        let document = &self.docs[place.doc];
        document.lines.line_col(self.entity(place).name.start as usize).line + 1
    }

    /// Names by which each of several places is meant and no other of them.
    pub fn telling_names(&self, places: &[Place]) -> Vec<String> {
        let names: Vec<String> = places.iter().map(|place| self.full_name(*place)).collect();
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        names.iter().for_each(|name| *times.entry(name).or_default() += 1);
        let is_shared = |name: &String| times[name.as_str()] > 1;
        let each = names.iter().zip(places).map(|(name, place)| match name.rsplit_once('#') {
            Some((file, rest)) if is_shared(name) => format!("{file}:{}#{rest}", self.line(*place)),
            _ => name.clone(),
        });
        each.collect()
    }

    /// The live entities of a kind in a file, or in all.
    fn live_in(&self, file: Option<&str>, is_meant: &dyn Fn(Place) -> bool) -> Vec<Place> {
        let is_file = |path: &str| {
            file.is_none_or(|file| {
                let rest = path.strip_suffix(file).filter(|_| !file.is_empty());
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            })
        };
        let live = |doc: &DocIdx| {
            let document = &self.docs[*doc];
            is_file(document.path.as_str()) && !document.facts.history && !self.is_superseded(*doc)
        };
        let docs = (0..self.docs.len()).filter(live);
        let places = docs.flat_map(|doc| {
            let entities = 0..self.docs[doc].facts.entities.len();
            entities.map(move |entity| Place { doc, entity }).filter(|place| is_meant(*place))
        });
        places.collect()
    }

    /// A name that means this phase or box and no other, as long as the text stays.
    pub fn part_name(&self, place: Place) -> String {
        let name = self.full_name(place);
        let found = self.named(&name);
        let own = found.iter().position(|it| *it == place).filter(|_| found.len() > 1);
        own.map(|at| self.telling_names(&found).swap_remove(at)).unwrap_or(name)
    }

    /// The name of a task whose id holds in its file only; `None` where no other is called alike.
    pub(super) fn telling_name(&self, place: Place) -> Option<String> {
        let alike = self.alike.get_or_init(|| self.find_alike());
        let places = alike.get(bare(self.entity(place)))?;
        let at = places.binary_search(&place).ok()?;
        // Those of one file stand together.
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let is_other = |other: &&Place| other.doc == place.doc && !self.are_one(place, **other);
        let beside = beside.filter_map(|at| places.get(at)).find(is_other);
        let told = [Some(&place), beside].map(|it| it.copied());
        let told: Vec<Place> = told.into_iter().flatten().collect();
        Some(self.telling_names(&told).swap_remove(0))
    }

    fn find_alike(&self) -> Alike {
        let mut alike = Alike::new();
        for place in self.live_in(None, &|place| self.is_local(place)) {
            alike.entry(bare(self.entity(place)).to_owned()).or_default().push(place);
        }
        alike.retain(|_, places| places.iter().any(|place| !self.are_one(places[0], *place)));
        alike
    }

    /// Whether two places are of one task.
    fn are_one(&self, one: Place, other: Place) -> bool {
        self.by_place.get(&one) == self.by_place.get(&other)
    }

    /// Whether the same live tasks are called alike as in `before`, of which these entities say
    /// something else.
    pub(super) fn is_alike(&self, before: &Index, differing: &[(DocIdx, Vec<EntityIdx>)]) -> bool {
        differing.iter().all(|(doc, entities)| {
            let (is, was) = (&self.docs[*doc], &before.docs[*doc]);
            let same =
                |at: &EntityIdx| bare(&is.facts.entities[*at]) == bare(&was.facts.entities[*at]);
            Arc::ptr_eq(&is.profile, &was.profile) && entities.iter().all(same)
        })
    }

    /// The name of a task by its id, that of a phase or box by all that is around it; with its file.
    fn full_name(&self, place: Place) -> String {
        let document = &self.docs[place.doc];
        if !is_part(self.entity(place)) {
            return format!("{}#{}", document.path, bare(self.entity(place)));
        }
        let mut names = vec![self.own_name(place.doc, place.entity, WORDS)];
        let mut up = self.entity(place).parent;
        while let Some(entity) = up {
            let around = &document.facts.entities[entity];
            let is_file = around.number.is_none() && around.range.len() == document.text.len();
            if !is_file {
                names.push(match (&around.id, around.derived_id) {
                    (Some(id), false) => id.to_string(),
                    _ => self.own_name(place.doc, entity, WORDS),
                });
            }
            up = around.parent;
        }
        names.reverse();
        format!("{}#{}", document.path, names.join("/"))
    }

    /// Whether the last of `parts` names what stands here, and those before it what is around it.
    fn is_named(&self, place: Place, parts: &[String]) -> bool {
        let mut parts = parts.iter().rev();
        let is = |entity: EntityIdx, name: &str| {
            let own = &self.docs[place.doc].facts.entities[entity];
            let id = self.docs[place.doc].profile.ids.parse(name);
            let is_own = |id: TaskId| id.as_str().eq_ignore_ascii_case(bare(own));
            let by_id = || own.id.is_some() && id.is_some_and(is_own);
            let words = |words| self.own_name(place.doc, entity, words) == name;
            words(WORDS) || words(usize::MAX) || by_id()
        };
        if !parts.next().is_some_and(|name| is(place.entity, name)) {
            return false;
        }
        let mut wanted = parts.next();
        let mut up = self.entity(place).parent;
        while let (Some(name), Some(entity)) = (wanted, up) {
            if is(entity, name) {
                wanted = parts.next();
            }
            up = self.docs[place.doc].facts.entities[entity].parent;
        }
        wanted.is_none()
    }

    /// Whether it is a task whose id holds in its file only.
    pub(crate) fn is_local(&self, place: Place) -> bool {
        let entity = self.entity(place);
        entity.kind == EntityKind::Task
            && entity.id.is_some()
            && (entity.derived_id || self.profile_at(place).ids.local)
    }

    /// A phase by the word and the number in its heading, anything else by the first words of its title.
    fn own_name(&self, doc: DocIdx, entity: EntityIdx, words: usize) -> String {
        let document = &self.docs[doc];
        let entity: &Entity = &document.facts.entities[entity];
        match &entity.number {
            Some(number) => {
                let heading = entity.name.of(&document.text);
                let word =
                    heading.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty());
                let word = word.unwrap_or(entity.kind.name()).to_lowercase();
                format!("{word}-{}", number.trim_start_matches('0').to_lowercase())
            }
            None => slug(&entity.title, words),
        }
    }
}

fn is_part(entity: &Entity) -> bool {
    matches!(entity.kind, EntityKind::Phase | EntityKind::Item)
}
/// The id, without the number that tells it from those of the same title before it.
fn bare(entity: &Entity) -> &str {
    let id = entity.id.as_ref().map_or("", |id| id.as_str());
    let number = |rest: &str| rest.strip_prefix('-').is_some_and(|n| n.parse::<u32>().is_ok());
    let numbered = id.rfind('-').filter(|at| entity.derived_id && number(&id[*at..]));
    let of_title = numbered.filter(|at| slug(&entity.title, WORDS) == id[..*at]);
    of_title.map_or(id, |at| &id[..at])
}
