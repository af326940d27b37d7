//! Names for phases and boxes that people type, made of their file and their words and not of where
//! they stand, so that they stay when lines are added above: `PLAN.md#phase-2/choose-a-store`.

use crate::index::{DocIdx, Index, Place};
use crate::model::{Entity, EntityIdx, slug};
use crate::profile::{EntityKind, Profile};

/// So many words of a title are its name; all of them are, too.
const WORDS: usize = 6;

impl Index {
    /// The live phases and boxes that a name means. Folders before the file may be left out, and so
    /// may be whatever is around the last part of the name.
    pub fn parts(&self, profile: &Profile, name: &str) -> Vec<Place> {
        let Some((file, name)) = name.rsplit_once('#') else { return Vec::new() };
        let parts: Vec<String> = name.split('/').map(|part| part.trim().to_lowercase()).collect();
        let named = |place: &Place| self.is_named(profile, *place, &parts);
        self.parts_in(file).into_iter().filter(named).collect()
    }

    /// The live phases and boxes of a file. Folders before it may be left out.
    pub fn parts_in(&self, file: &str) -> Vec<Place> {
        let is_meant = |path: &str| {
            let rest = path.strip_suffix(file).filter(|_| !file.is_empty());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let live = |doc: &DocIdx| {
            let document = &self.docs[*doc];
            is_meant(document.path.as_str()) && !document.facts.history && !self.is_superseded(*doc)
        };
        let docs = (0..self.docs.len()).filter(live);
        let places = docs.flat_map(|doc| {
            let entities = self.docs[doc].facts.entities.iter().enumerate();
            let is_part = |kind| matches!(kind, EntityKind::Phase | EntityKind::Item);
            let parts = entities.filter(move |(_, entity)| is_part(entity.kind));
            parts.map(move |(entity, _)| Place { doc, entity })
        });
        places.collect()
    }

    /// The name of a phase or box, with its file and all that is around it.
    pub fn part_name(&self, place: Place) -> String {
        let document = &self.docs[place.doc];
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
    fn is_named(&self, profile: &Profile, place: Place, parts: &[String]) -> bool {
        let mut parts = parts.iter().rev();
        let is = |entity: EntityIdx, name: &str| {
            let id = self.docs[place.doc].facts.entities[entity].id.as_ref();
            let by_id = || id.is_some() && id == profile.ids.parse(name).as_ref();
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
