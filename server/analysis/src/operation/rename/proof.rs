//! Renamed texts are read again at their new paths: every entity is there with what it said, by its new
//! name, and every task is what it was.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::index::{DocIdx, Place, Task};
use crate::model::{Document, Entity, FieldRole, FilePath, slug};
use crate::operation::rename::NewName;
use crate::operation::rename::paths::command;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::titles::{NewTitles, slug_of};
use crate::operation::{Code, Refused};
use crate::profile::id::TaskId;

/// What was, what is, and what was asked for.
pub(super) struct Proof<'a> {
    pub(super) before: &'a Analysis,
    pub(super) after: &'a Analysis,
    pub(super) subject: &'a RenameSubject<'a>,
    pub(super) to: &'a NewName<'a>,
    pub(super) titles: NewTitles,
    pub(super) moves: &'a BTreeMap<FilePath, FilePath>,
}

impl Proof<'_> {
    /// Refuses where anything is other than what was asked for.
    pub(super) fn holds(&self) -> Result<(), Refused> {
        let difference = self.documents().or_else(|| self.tasks());
        difference.map_or(Ok(()), |what| {
            let message = format!("the change cannot be verified: {what}");
            Err(Refused::new(Code::NotAllowed, message, self.remedy()))
        })
    }

    /// What can be done: a folder that tells the old title may be the reason.
    fn remedy(&self) -> String {
        let own = slug_of(&self.before.index, self.subject);
        match (self.to.title, own.filter(|_| self.to.slug.is_none())) {
            (Some(title), Some(old)) => {
                let gap = if old.contains('_') { "_" } else { "-" };
                let slug = slug(title, usize::MAX).replace('-', gap);
                let both = NewName { slug: Some(&slug), ..*self.to };
                let command = command(self.before, self.subject, &both);
                format!("rename its folder too, `{command}`; nothing was written")
            }
            _ => "rename it by hand; nothing was written".to_owned(),
        }
    }

    fn documents(&self) -> Option<String> {
        let (before, after) = (&self.before.index, &self.after.index);
        if before.docs.len() != after.docs.len() {
            return Some("there would be more or fewer files".to_owned());
        }
        // Where nothing moves, what is one in memory is what it was, but for what is to be other.
        let mut docs: BTreeSet<DocIdx> = match self.moves.is_empty() {
            true => after.docs.other_than(&before.docs).into_iter().collect(),
            false => (0..before.docs.len()).collect(),
        };
        docs.extend(self.titles.keys().map(|place| place.doc));
        docs.into_iter().find_map(|doc| {
            let was = &before.docs[doc];
            let path = self.moves.get(&was.path).unwrap_or(&was.path);
            let Some((_, is)) = after.document(path.as_str()) else {
                return Some(format!("{path} would hold no tasks"));
            };
            self.document(doc, was, is).map(|what| format!("{path} would {what}"))
        })
    }

    fn document(&self, doc: DocIdx, was: &Arc<Document>, is: &Arc<Document>) -> Option<String> {
        let (old, new) = (&was.facts, &is.facts);
        if new.problems.len() > old.problems.len() {
            return Some("have an error".to_owned());
        }
        if old.entities.len() != new.entities.len() || old.role != new.role {
            return Some("hold other tasks or parts".to_owned());
        }
        // What was not read again is what it was, but for what is to be other.
        let (read, renamed) = match Arc::ptr_eq(was, is) {
            true => (0..0, &[][..]),
            false => {
                let read = is.lineage.since(&was.lineage);
                (read.unwrap_or(0..old.entities.len()), &*self.subject.places)
            }
        };
        let wanted = self.titles.keys().chain(renamed).filter(|place| place.doc == doc);
        for entity in read.chain(wanted.map(|place| place.entity)) {
            let place = Place { doc, entity };
            if let Some(what) = self.entity(place, &old.entities[entity], &new.entities[entity]) {
                return Some(what);
            }
            let said = |document: &Document| -> Vec<(String, _)> {
                let all = document.facts.occurrences_of(entity);
                all.map(|it| (document.raw(it).to_owned(), it.reading.status)).collect()
            };
            if said(was) != said(is) {
                return Some("change a status".to_owned());
            }
            let fields = |document: &Document| -> Vec<(FieldRole, Option<String>)> {
                let names =
                    |role: &FieldRole| matches!(role, FieldRole::Dependencies | FieldRole::Parent);
                let all = document.facts.fields_of(entity);
                let told = |range: crate::text::TextRange| range.of(&document.text).to_owned();
                all.map(|it| (it.role.clone(), (!names(&it.role)).then(|| told(it.value))))
                    .collect()
            };
            if fields(was) != fields(is) {
                return Some("change a field".to_owned());
            }
        }
        let is_less = old.links.len() != new.links.len()
            || old.counters.len() != new.counters.len()
            || old.allows.len() != new.allows.len();
        is_less.then(|| "have other links, counters or comments".to_owned())
    }

    fn entity(&self, place: Place, was: &Entity, is: &Entity) -> Option<String> {
        let title = self.titles.get(&place);
        let own = self.subject.places.contains(&place);
        let new = self.to.id.and_then(|id| self.subject.parsed(self.before, id));
        let renamed = new.as_ref().filter(|_| own && was.id.as_ref() == Some(&self.subject.id));
        let follows = title.is_some() && was.derived_id && is.derived_id;
        if !follows && is.id.as_ref() != renamed.or(was.id.as_ref()) {
            let id = was.id.as_ref().map_or("", TaskId::as_str);
            return Some(format!("not keep the id {id} as it should"));
        }
        let in_title = |new: &TaskId| {
            // `Task 007: Add login` holds the id.
            let words = |title: &str| -> Vec<String> {
                slug(title, usize::MAX).split('-').map(str::to_owned).collect()
            };
            let id = |word: &String| self.subject.parsed(self.before, word);
            let (old, now) = (words(&was.title), words(&is.title));
            own && old.len() == now.len()
                && old.iter().zip(&now).all(|(a, b)| {
                    a == b
                        || id(a).as_ref() == Some(&self.subject.id) && id(b).as_ref() == Some(new)
                })
        };
        let is_title = match title {
            Some(title) => **title == *is.title,
            None => {
                was.title == is.title
                    || new.as_ref().is_some_and(|new| *is.title == *new.as_str() || in_title(new))
            }
        };
        if !is_title {
            return Some(format!("be called `{}`", is.title));
        }
        let same = (was.kind, &was.number, was.parent, was.mention, was.list)
            == (is.kind, &is.number, is.parent, is.mention, is.list)
            && (was.derived_id, was.rank, was.depends.len())
                == (is.derived_id, is.rank, is.depends.len());
        (!same).then(|| format!("change what stands as `{}`", was.title))
    }

    /// What a task of before is called after.
    fn now(&self, id: &TaskId) -> Option<TaskId> {
        if *id != self.subject.task.id {
            return Some(id.clone());
        }
        let place = self.subject.places.first()?;
        let new = match self.to.id {
            Some(new) => self.subject.parsed(self.before, new)?,
            None => return self.same(place),
        };
        Some(self.after.index.id_in(self.moved(place)?.doc, &new))
    }

    /// The place of before, after.
    fn moved(&self, place: &Place) -> Option<Place> {
        let was = &self.before.index.docs[place.doc].path;
        let path = self.moves.get(was).unwrap_or(was);
        let (doc, _) = self.after.index.document(path.as_str())?;
        Some(Place { doc, entity: place.entity })
    }

    /// The id of the task that stands at a place after, which may be made from its title.
    fn same(&self, place: &Place) -> Option<TaskId> {
        Some(self.after.index.task_at(self.moved(place)?)?.id.clone())
    }

    fn tasks(&self) -> Option<String> {
        let (before, after) = (&self.before.index, &self.after.index);
        let is_derived = |place: &Place| before.entity(*place).derived_id;
        if self.to.id.is_none()
            && self.moves.is_empty()
            && !self.subject.places.iter().any(is_derived)
        {
            // What is no other than before need not be looked at.
            let other = after.tasks_other_than(before);
            let lost = other
                .iter()
                .find(|id| before.tasks.get(id).is_none() != after.tasks.get(id).is_none());
            if let Some(id) = lost {
                let id = self.after.name_of(id);
                return Some(format!(
                    "task {id} would be found where it should not, or not be found"
                ));
            }
            return other.iter().find_map(|id| {
                let what = self.task(before.tasks.get(id)?, after.tasks.get(id)?)?;
                Some(format!("task {} would {what}", self.before.name_of(id)))
            });
        }
        let mut expected: BTreeSet<TaskId> =
            before.tasks.keys().filter_map(|id| self.now(id)).collect();
        if self.subject.is_twin {
            expected.insert(self.subject.task.id.clone());
        }
        let is: BTreeSet<TaskId> = after.tasks.keys().cloned().collect();
        if let Some(id) = expected.symmetric_difference(&is).next() {
            let id = self.after.name_of(id);
            return Some(format!("task {id} would be found where it should not, or not be found"));
        }
        before.tasks.values().find_map(|was| {
            let is = after.tasks.get(&self.now(&was.id)?)?;
            self.task(was, is)
                .map(|what| format!("task {} would {what}", self.before.name_of(&was.id)))
        })
    }

    fn task(&self, was: &Task, is: &Task) -> Option<String> {
        if self.subject.is_twin && was.id == self.subject.task.id {
            return None;
        }
        let (before, after) = (&self.before.index, &self.after.index);
        let moved = |places: &[Place]| -> BTreeSet<Place> {
            places.iter().filter_map(|place| self.moved(place)).collect()
        };
        let held = |places: &[Place]| -> BTreeSet<Place> { places.iter().copied().collect() };
        for (old, new) in
            [(&was.places, &is.places), (&was.plans, &is.plans), (&was.past, &is.past)]
        {
            if moved(old) != held(new) {
                let lost = moved(old).difference(&held(new)).next().copied();
                let path = lost.map(|place| after.docs[place.doc].path.to_string());
                let path = path.unwrap_or_else(|| "a file".to_owned());
                return Some(format!("no longer go with {path}"));
            }
        }
        if before.status(was) != after.status(is) {
            return Some("have another status".to_owned());
        }
        let depends = |ids: Vec<TaskId>| -> BTreeSet<TaskId> {
            ids.iter().filter_map(|id| self.now(id)).collect()
        };
        if depends(before.depends(was)) != after.depends(is).into_iter().collect() {
            return Some("depend on other tasks".to_owned());
        }
        let parents: BTreeSet<TaskId> =
            before.parents(was).filter_map(|(_, it)| self.now(&it.id)).collect();
        let now: BTreeSet<TaskId> = after.parents(is).map(|(_, it)| it.id.clone()).collect();
        (parents != now).then(|| "be part of other tasks".to_owned())
    }
}
