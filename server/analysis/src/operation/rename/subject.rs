//! What is renamed: a task everywhere, one of two with one id, or one plan or phase.

use std::collections::BTreeMap;

use regex::Regex;

use crate::analysis::Analysis;
use crate::index::{DocIdx, Index, Place, Task};
use crate::model::{Document, Entity, slug};
use crate::operation::rename::{Edits, NewName};
use crate::operation::unclosed::before_unclosed;
use crate::operation::{Code, Meant, Refused, Whose, meant};
use crate::profile::id::TaskId;
use crate::profile::{EntityKind, RecordList};
use crate::text::TextRange;

/// What is renamed.
pub(super) struct RenameSubject<'a> {
    /// The task; of a part that around it.
    pub(super) task: &'a Task,
    /// The place that was pointed at.
    pub(super) at: Option<Place>,
    /// The places that get another name.
    pub(super) places: Vec<Place>,
    /// Whether others keep the id that these have.
    pub(super) is_twin: bool,
    /// The id, as the files of its tree have it.
    pub(super) id: TaskId,
}

impl<'a> RenameSubject<'a> {
    /// `renumbers` is whether it gets another id: then of two entries in one list that are the same but
    /// for what they say, that one is meant which is pointed at.
    pub(super) fn new(
        state: &'a Analysis,
        whose: Whose<'_>,
        renumbers: bool,
    ) -> Result<RenameSubject<'a>, Refused> {
        let index = &state.index;
        let (task, at) = match whose {
            Whose::Task(name) | Whose::Phase(name, _) => match meant(state, name)? {
                Meant::Task(task) => (task, None),
                Meant::Part(place) => (index.task_at(place).ok_or_else(no_task)?, Some(place)),
            },
            Whose::Twin(name, at) => {
                let place = standing_at(state, at)?;
                let task = index.task_at(place).ok_or_else(no_task)?;
                if !index.spelled(name).iter().any(|it| it.id == task.id) {
                    let found = state.name_of(&task.id);
                    let message = format!("at {at} stands task {found}, not {name}");
                    let remedy = "`lockstep check` shows where tasks with one id stand";
                    return Err(Refused::new(Code::UnknownTask, message, remedy));
                }
                (task, Some(place))
            }
            Whose::Place(place) => (index.task_at(place).ok_or_else(no_task)?, Some(place)),
        };
        let all = task.places.iter().chain(&task.plans).chain(&task.past);
        let mut places: Vec<Place> = all.copied().collect();
        let first = places.iter().find_map(|place| index.entity(*place).id.clone());
        let id = first.ok_or_else(no_task)?;
        let is_entry =
            |at: &Place| index.twin_entries(task).iter().any(|entries| entries.places.contains(at));
        let is_twin = !index.is_certain(task) || renumbers && at.as_ref().is_some_and(is_entry);
        if is_twin {
            let at = at.ok_or_else(|| several(state, task))?;
            places = own_of_twin(state, task, at)?;
        }
        Ok(RenameSubject { task, at, places, is_twin, id })
    }

    /// What a result calls it.
    pub(super) fn called(&self, state: &Analysis) -> String {
        state.name_of(&self.task.id)
    }

    /// What is to be changed, as it is.
    pub(super) fn name(&self, state: &Analysis, to: &NewName<'_>) -> String {
        let index = &state.index;
        let title = || match self.at {
            Some(at) => &*index.entity(at).title,
            None => index.title(self.task),
        };
        let slug = || {
            let mut slugs =
                self.places.iter().map(|it| index.docs[it.doc].facts.captures.slug.as_deref());
            slugs.find_map(|slug| slug)
        };
        let parts = [
            to.id.map(|_| self.id.as_str()),
            to.slug.and_then(|_| slug()),
            to.title.map(|_| title()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Refuses where a text that may hold the name cannot be read in full.
    pub(super) fn readable(&self, state: &Analysis) -> Result<(), Refused> {
        let remedy = "correct that first; a name is changed in all files or in none";
        if let Some(unread) = state.unread.first() {
            let message = format!("{} cannot be read: {}", unread.path, unread.reason);
            return Err(Refused::new(Code::Unreadable, message, remedy));
        }
        for place in &self.places {
            let name = state.index.entity(*place).name;
            before_unclosed(&state.index.docs[place.doc], name)?;
        }
        let profile = state.index.profile_of(self.task);
        let incomplete = state.incomplete().iter().map(|doc| &state.index.docs[*doc]);
        let own = incomplete.filter(|it| std::ptr::eq(&*it.profile, profile));
        let mut broken = own.filter(|it| it.facts.broken.is_some());
        match broken.next() {
            Some(document) => {
                let why = document.facts.broken.as_ref().map_or("", |why| &why.message);
                let message = format!("{} cannot be read in full: {why}", document.path);
                Err(Refused::new(Code::Unreadable, message, remedy))
            }
            None => Ok(()),
        }
    }

    /// The names that are wanted, without those that it has already.
    pub(super) fn checked<'n>(
        &self,
        state: &Analysis,
        to: NewName<'n>,
    ) -> Result<NewName<'n>, Refused> {
        let misuse = |message: String, remedy: &str| Refused::new(Code::Usage, message, remedy);
        let title = to.title.map(str::trim);
        let is_title = |title: &str| {
            title.contains(char::is_alphanumeric) && !title.contains(char::is_control)
        };
        if title.is_some_and(|title| !is_title(title)) {
            let message = "a title is one line with at least one letter or digit".to_owned();
            return Err(misuse(message, "give another title"));
        }
        let is_name = |name: &str| {
            let part = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
            name.chars().all(part) && name.starts_with(char::is_alphanumeric)
        };
        // Not every system has folders whose name ends with a dot.
        let is_slug = |slug: &str| is_name(slug) && !slug.contains(':') && !slug.ends_with('.');
        if let Some(slug) = to.slug.filter(|slug| !is_slug(slug)) {
            let message = format!("`{slug}` is no name of a folder");
            return Err(misuse(message, "write letters, digits, `_` and `-`"));
        }
        let id = to.id.map(str::trim);
        if let Some(id) = id {
            self.free(state, id, is_name(id.trim_start_matches('#')))?;
        }
        let id = id.filter(|id| self.parsed(state, id).as_ref() != Some(&self.id));
        Ok(NewName { title, id, slug: to.slug })
    }

    /// An id as the profile has it.
    pub(super) fn parsed(&self, state: &Analysis, id: &str) -> Option<TaskId> {
        state.index.profile_of(self.task).ids.parse(id)
    }

    /// Refuses an id that is none, or that another task has.
    fn free(&self, state: &Analysis, id: &str, is_name: bool) -> Result<(), Refused> {
        let (index, old) = (&state.index, &self.id);
        let parsed = self.parsed(state, id).filter(|_| is_name);
        let Some(new) = parsed.filter(|new| new.number().is_some() == old.number().is_some())
        else {
            let message = format!("`{id}` is no id like {old}");
            return Err(Refused::new(Code::Usage, message, "write it in the same form"));
        };
        if new == *old {
            return Ok(());
        }
        if self.places.iter().any(|place| index.entity(*place).derived_id) {
            let message = format!("the id of task {} is made from its title", self.called(state));
            return Err(Refused::new(Code::NotAllowed, message, "rename the title"));
        }
        self.alone(state, &new)?;
        let taken =
            self.places.iter().find_map(|place| index.tasks.get(&index.id_in(place.doc, &new)));
        if let Some(other) = taken {
            let title = index.title(other);
            let message = format!("the id {new} is taken by `{title}`");
            return Err(Refused::new(Code::NotAllowed, message, "choose one that is free"));
        }
        Ok(())
    }

    /// Refuses another id where not everything that has or names the old one can follow: what is
    /// archived stays as it is, what depends on one of several may mean another, and what nobody has may
    /// be meant already.
    fn alone(&self, state: &Analysis, new: &TaskId) -> Result<(), Refused> {
        let index = &state.index;
        if let Some(other) = index.dependents(self.task).first().filter(|_| self.is_twin) {
            let name = state.name_of(other);
            let message =
                format!("task {name} depends on {}, which several tasks are called", self.id);
            let remedy = "take the dependency out first";
            return Err(Refused::new(Code::Ambiguous, message, remedy));
        }
        let ids: Vec<TaskId> =
            self.places.iter().map(|place| index.id_in(place.doc, new)).collect();
        let meant =
            index.tasks.values().find(|it| index.depends(it).iter().any(|id| ids.contains(id)));
        if let Some(other) = meant {
            let name = state.name_of(&other.id);
            let message = format!("task {name} depends on {new}, which no task has");
            return Err(Refused::new(Code::NotAllowed, message, "choose another id"));
        }
        let is_old = |place: &&Place| {
            let document = &index.docs[place.doc];
            let facts = &document.facts;
            let is_beside = || document.role().is_old(document.path.as_str());
            (facts.history && !is_beside()) || index.entity(**place).list == RecordList::Archived
        };
        let Some(old) = self.places.iter().find(is_old) else { return Ok(()) };
        Err(self.kept(state, *old))
    }

    /// That a place is history, or in a list of what is archived, and keeps its names.
    pub(super) fn kept(&self, state: &Analysis, place: Place) -> Refused {
        let index = &state.index;
        let document = &index.docs[place.doc];
        let name = self.called(state);
        let message = match document.facts.history {
            true => {
                format!("{name} stands in {}, which is history and is not edited", document.path)
            }
            false => {
                let line = index.line(place);
                format!("{name} is archived at {}:{line}, and keeps its id there", document.path)
            }
        };
        let is_live = |place: &Place| !index.docs[place.doc].facts.history;
        let remedy = match self.places.iter().any(is_live) {
            true => "choose a title instead, or change it by hand",
            false => "change it by hand",
        };
        Refused::new(Code::NotAllowed, message, remedy)
    }

    /// Where live files name the id in a form that is certain, or what moves, and are not edited there.
    pub(super) fn left(
        &self,
        state: &Analysis,
        edits: &Edits,
        ways: &BTreeMap<String, String>,
    ) -> Vec<String> {
        let id = self.id.as_str();
        let escaped = regex::escape(id);
        // An id with letters is one wherever it is a word.
        let word = match id.contains(char::is_alphabetic) {
            true => escaped,
            false => format!(r"(?i)(?:\btask[ #]+|#)0*{escaped}"),
        };
        let own = Regex::new(&word).ok().and_then(|word| still(state, edits, id, &word));
        let paths = ways.keys().filter_map(|from| {
            let name = from.rsplit('/').next()?;
            still(state, edits, name, &Regex::new(&regex::escape(name)).ok()?)
        });
        own.into_iter().chain(self.in_own_titles(state, edits)).chain(paths).collect()
    }

    /// Where its own titles say an id of several numbers with dots, as `Story 1.1` does of `1-1`.
    fn in_own_titles(&self, state: &Analysis, edits: &Edits) -> Option<String> {
        let id = self.id.as_str();
        let is_numbers = id.contains('-') && id.split('-').all(|it| it.parse::<u64>().is_ok());
        let dotted = Some(id.replace('-', ".")).filter(|_| is_numbers)?;
        let index = &state.index;
        self.places.iter().find_map(|place| {
            let (document, name) = (&index.docs[place.doc], index.entity(*place).name);
            let at = name.of(&document.text).find(&*dotted)? + name.start as usize;
            let range = TextRange::new(at, at + dotted.len());
            let is_left = is_word(document, range) && !is_edited(edits, place.doc, range);
            is_left.then(|| {
                format!("text still says {dotted} at {}:{}", document.path, index.line(*place))
            })
        })
    }
}

/// Where live files say a name that is not edited there.
fn still(state: &Analysis, edits: &Edits, name: &str, word: &Regex) -> Option<String> {
    let index = &state.index;
    let (mut first, mut all) = (None, 0);
    for (doc, document) in index.docs.iter().enumerate().filter(|(_, it)| !it.facts.history) {
        for found in word.find_iter(&document.text) {
            let range = TextRange::new(found.start(), found.end());
            if is_word(document, range) && !is_edited(edits, doc, range) {
                let line = document.lines.line_col(found.start()).line + 1;
                first.get_or_insert_with(|| format!("{}:{line}", document.path));
                all += 1;
            }
        }
    }
    let at = first?;
    let more = if all > 1 { format!(" and in {} more places", all - 1) } else { String::new() };
    Some(format!("text still says {name} at {at}{more}"))
}

/// Whether a range is no part of a longer word, id or name.
fn is_word(document: &Document, range: TextRange) -> bool {
    let text = document.text.as_str();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let behind = &text[range.end as usize..];
    let is_number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    !text[..range.start as usize].ends_with(is_part)
        && !behind.starts_with(is_part)
        && !behind.strip_prefix('.').is_some_and(is_number)
}

/// Whether something is edited in a range.
fn is_edited(edits: &Edits, doc: DocIdx, range: TextRange) -> bool {
    edits.get(&doc).is_some_and(|all| all.iter().any(|edit| edit.range.intersects(range)))
}

fn no_task() -> Refused {
    Refused::new(Code::UnknownTask, "no task stands here".to_owned(), "name a task")
}

/// That an id means several tasks.
fn several(state: &Analysis, task: &Task) -> Refused {
    let index = &state.index;
    let twins = index.twin_entries(task).into_iter().flat_map(|it| it.places);
    let twins = twins.chain(index.twin_files(task));
    let told = twins.map(|it| format!("{}:{}", index.docs[it.doc].path, index.line(it)));
    let told: Vec<String> = told.collect();
    let message = format!("the id {} means several tasks: {}", task.id, told.join(", "));
    let remedy = "say which by `--at FILE:LINE`, or rename it in an editor, at its place";
    Refused::new(Code::Ambiguous, message, remedy)
}

/// The task whose name stands in the line that `FILE:LINE` tells.
fn standing_at(state: &Analysis, at: &str) -> Result<Place, Refused> {
    let index = &state.index;
    let told = at.rsplit_once(':').and_then(|(path, line)| {
        let line = line.parse::<u32>().ok()?.checked_sub(1)?;
        Some((path.trim_start_matches("./"), line))
    });
    let Some((path, line)) = told else {
        let message = format!("`{at}` is no FILE:LINE");
        return Err(Refused::new(Code::Usage, message, "write it as in `specs/TODO.md:12`"));
    };
    let found = index.document(path).and_then(|(doc, document)| {
        let line = document.lines.line_range(line);
        let mut entities = document.facts.entities.iter().enumerate();
        let is_here = |fact: &Entity| {
            fact.kind == EntityKind::Task && !fact.mention && line.contains_range(fact.name)
        };
        entities.find(|(_, fact)| is_here(fact)).map(|(entity, _)| Place { doc, entity })
    });
    found.ok_or_else(|| {
        let message = format!("no task has its name at {at}");
        Refused::new(Code::UnknownTask, message, "name the line of its heading, entry or record")
    })
}

/// The places of that one of several tasks with one id that stands at a place. What else has the id
/// must be told to be of one of them by its title.
fn own_of_twin(state: &Analysis, task: &Task, at: Place) -> Result<Vec<Place>, Refused> {
    let index = &state.index;
    let lists = index.twin_entries(task).into_iter().map(|it| it.places);
    let twins: Vec<Place> = lists.chain([index.twin_files(task)]).flatten().collect();
    if !twins.contains(&at) {
        return Err(several(state, task));
    }
    let name = |place: Place| name_of(index, place);
    let own = name(at);
    let others: Vec<String> = twins.iter().filter(|it| **it != at).map(|it| name(*it)).collect();
    let mut places = Vec::new();
    for place in task.places.iter().chain(&task.plans).chain(&task.past) {
        let called = name(*place);
        let is_own = *place == at || !twins.contains(place) && called == own;
        if is_own && (*place == at || !others.contains(&own)) {
            places.push(*place);
        } else if !twins.contains(place) && !others.contains(&called) {
            let path = &index.docs[place.doc].path;
            let message = format!("nobody knows which task {} of several {path} is of", task.id);
            return Err(Refused::new(Code::Ambiguous, message, "change that file by hand first"));
        }
    }
    Ok(places)
}

/// What a place calls its task, in a form that can be compared: its folder or its title.
fn name_of(index: &Index, place: Place) -> String {
    let own: &Entity = index.entity(place);
    let folder = index.docs[place.doc].facts.captures.slug.as_deref();
    let folder = folder.filter(|_| own.kind == EntityKind::Plan || own.title.is_empty());
    slug(folder.unwrap_or(&own.title), usize::MAX)
}
