//! The new texts are read again: every file holds what it held, and the one task more that was asked for.

use std::sync::Arc;

use super::{AddTarget, Written};
use crate::analysis::Analysis;
use crate::index::{Place, Task};
use crate::model::{Document, Entity};
use crate::operation::{Code, Refused};
use crate::profile::Format;
use crate::profile::id::TaskId;

/// What was, what is, and what was asked for.
pub(super) struct AddProof<'a> {
    pub(super) before: &'a Analysis,
    pub(super) after: &'a Analysis,
    pub(super) target: &'a AddTarget<'a>,
    pub(super) new: &'a Written<'a>,
}

impl AddProof<'_> {
    /// The id of the new task within the workspace; refuses where anything is other than what was asked
    /// for.
    pub(super) fn holds(&self) -> Result<TaskId, Refused> {
        self.found().map_err(|what| {
            let path = &self.before.index.docs[self.target.places[0].0].path;
            let message = format!("the change cannot be verified: {what}");
            let remedy = format!("write the task in {path} by hand; nothing was written");
            Refused::new(Code::NotAllowed, message, remedy)
        })
    }

    fn found(&self) -> Result<TaskId, String> {
        let (before, after) = (&self.before.index, &self.after.index);
        if before.docs.len() != after.docs.len() {
            return Err("there would be more or fewer files".to_owned());
        }
        let mut id = None;
        for (doc, _) in &self.target.places {
            let (was, is) = (&before.docs[*doc], &after.docs[*doc]);
            let say = |what: String| format!("{} would {what}", was.path);
            let entity = self.document(was, is).map_err(say)?;
            let task = after.task_at(Place { doc: *doc, entity });
            let own = task.map(|task| task.id.clone());
            if own.is_none() || id.as_ref().is_some_and(|id| Some(id) != own.as_ref()) {
                return Err(say("hold another task than the other files".to_owned()));
            }
            id = own;
        }
        let id = id.ok_or_else(|| "there would be no new task".to_owned())?;
        self.tasks(&id)?;
        Ok(id)
    }

    /// Which entity of a file is the new one, where that is all that is new in it.
    fn document(&self, was: &Document, is: &Document) -> Result<usize, String> {
        let (old, new) = (&was.facts, &is.facts);
        if new.problems.len() > old.problems.len() {
            return Err("have an error".to_owned());
        }
        if new.entities.len() != old.entities.len() + 1 {
            return Err("hold other tasks or parts".to_owned());
        }
        let pairs = old.entities.iter().zip(new.entities.iter());
        let at = pairs.into_iter().position(|(was, is)| !is_same(was, is));
        let at = at.unwrap_or(old.entities.len());
        let behind = |entity: usize| if entity < at { entity } else { entity + 1 };
        for (entity, own) in old.entities.iter().enumerate() {
            let other = &new.entities[behind(entity)];
            if !is_same(own, other) || own.parent.map(behind) != other.parent {
                return Err(format!("change what stands as `{}`", own.title));
            }
            let said = |document: &Document, entity: usize| -> Vec<String> {
                let all = document.facts.occurrences_of(entity);
                let said = all.map(|it| format!("{}{:?}", document.raw(it), it.reading.status));
                let fields = document.facts.fields_of(entity);
                said.chain(fields.map(|it| it.value.of(&document.text).to_owned())).collect()
            };
            if said(was, entity) != said(is, behind(entity)) {
                return Err(format!("change what is said of `{}`", own.title));
            }
        }
        let is_less = old.links.iter().count() > new.links.iter().count()
            || old.counters.len() != new.counters.len()
            || old.allows.len() != new.allows.len();
        if is_less {
            return Err("have other links, counters or comments".to_owned());
        }
        self.entity(is, at)?;
        Ok(at)
    }

    /// Refuses where the new entity is another than the one that was asked for.
    fn entity(&self, document: &Document, at: usize) -> Result<(), String> {
        let (entity, new) = (&document.facts.entities[at], self.new);
        let is_id = match &new.id {
            Some(id) => entity.id.as_ref() == Some(id) && !entity.derived_id,
            None => entity.derived_id,
        };
        if !is_id {
            let id = entity.id.as_ref().map_or("none", TaskId::as_str);
            return Err(format!("have a task with the id {id}"));
        }
        let is_markdown = document.role().format == Format::Markdown;
        if is_markdown && *entity.title != *new.title {
            return Err(format!("have a task that is called `{}`", entity.title));
        }
        let vocabulary = document.vocabulary_of(at);
        let mut said = document.facts.occurrences_of(at).peekable();
        let is_stated = said.peek().is_some();
        let is_so = said.all(|it| match it.reading.status {
            Some(status) if it.carrier.is_coarse() => vocabulary.box_allows(status, new.status),
            status => status == Some(new.status),
        });
        match is_stated && is_so {
            true => Ok(()),
            false => Err(format!("not have the status {}", new.def.id)),
        }
    }

    /// Refuses where any other task is not what it was.
    fn tasks(&self, id: &TaskId) -> Result<(), String> {
        let (before, after) = (&self.before.index, &self.after.index);
        let is_new = |task: &&Arc<Task>| !before.tasks.contains_key(&task.id);
        let new: Vec<&Arc<Task>> = after.tasks.values().filter(is_new).collect();
        let [one] = new.as_slice() else {
            return Err(format!("there would be {} new tasks", new.len()));
        };
        if one.id != *id || one.places.len() != self.target.places.len() {
            return Err("the task would stand elsewhere too".to_owned());
        }
        if after.status(one) != Some(self.new.status) || !after.agreed(one) {
            return Err(format!("the task would not be {}", self.new.def.id));
        }
        // What is called as the task may be called from prose or a title cut short; people see the title.
        if self.new.id.is_none() && *after.title(one) != *self.new.title {
            return Err(format!("the task would be called `{}`", after.title(one)));
        }
        for was in before.tasks.values() {
            let name = || self.before.name_of(&was.id);
            let is = after.tasks.get(&was.id);
            let is = is.ok_or_else(|| format!("task {} would not be found", name()))?;
            let counts = |task: &Task| (task.places.len(), task.plans.len(), task.past.len());
            if counts(was) != counts(is) || before.status(was) != after.status(is) {
                return Err(format!("task {} would be another", name()));
            }
        }
        Ok(())
    }
}

fn is_same(was: &Entity, is: &Entity) -> bool {
    (was.kind, was.task_type, &was.id, was.derived_id, &was.number)
        == (is.kind, is.task_type, &is.id, is.derived_id, &is.number)
        && (&was.title, was.mention, was.list, was.rank, &was.depends)
            == (&is.title, is.mention, is.list, is.rank, &is.depends)
}
