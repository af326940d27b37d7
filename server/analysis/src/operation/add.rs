//! A new task in every file that its convention keeps it in. Its form is that of a task that stands there,
//! else the one that the profile gives; where neither is certain, the operation is refused. The new texts
//! are read again, and nothing may be found in them that was not found before.

mod ids;
mod in_json;
mod in_markdown;
mod in_yaml;
mod proof;
mod target;

use std::collections::BTreeMap;

use super::counted::counted;
use super::unclosed::before_unclosed;
use super::{Code, Draft, Outcome, Refused, Verdict};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::index::{DocIdx, Place, Task};
use crate::model::slug;
use crate::operation::add::proof::AddProof;
use crate::operation::add::target::AddTarget;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx};
use crate::profile::{EntityKind, EntityType, Format};
use crate::syntax::json::rewrite::quote;
use crate::text::text_edit::TextEdits;

/// So many words of a title stand in a slug.
const SLUG_WORDS: usize = 12;

/// A task that somebody wants to add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewTask<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Its id, where it is not the next one.
    pub id: Option<&'a str>,
    /// The task that it stands behind.
    pub after: Option<&'a str>,
    /// The file that it stands in, or a folder that this is in.
    pub file: Option<&'a str>,
}

/// What is written of a new task.
struct Written<'a> {
    title: &'a str,
    /// As the files of its tree have it; none where it is made from the title.
    id: Option<TaskId>,
    status: StatusIdx,
    def: &'a StatusDef,
    /// The task that it stands behind, where that was said.
    after: Option<&'a TaskId>,
    at: &'a str,
}

impl Written<'_> {
    /// The text that a profile gives, in a file of one format.
    fn fill(&self, text: &str, format: Format, marker: &str) -> String {
        let slug = slug(self.title, SLUG_WORDS);
        let status = match format {
            Format::Markdown => marker,
            Format::Json => &self.def.json,
            Format::Yaml => &self.def.id,
        };
        let id = self.id.as_ref().map_or("", TaskId::as_str);
        let quoted = quote(self.title);
        let title = match format {
            Format::Json => &quoted[1..quoted.len() - 1],
            _ => self.title,
        };
        text.replace("{id}", id)
            .replace("{slug}", &slug)
            .replace("{snake}", &slug.replace('-', "_"))
            .replace("{status}", status)
            .replace("{time}", self.at)
            .replace("{title}", title)
    }
}

impl Draft<'_> {
    pub(super) fn add(&mut self, new: &NewTask<'_>) -> Result<(), Refused> {
        let title = titled(new.title)?;
        let target = AddTarget::new(&self.state, new)?;
        is_new(&self.state, &target, title)?;
        let (status, def) = first_status(&target)?;
        let id = ids::id(&self.state, &target, new.id)?;
        let after = target.after.as_ref();
        let written = Written { title, id, status, def, after, at: self.at };
        let change = written_everywhere(&self.state, &target, &written)?;
        let after = self.state.with_texts(&change.after());
        let proof = AddProof { before: &self.state, after: &after, target: &target, new: &written };
        let id = proof.holds()?;
        let change = with_counters(&self.state, &after, change);
        let after = self.state.with_texts(&change.after());
        nothing_is_found(&self.state, &after)?;
        self.results.push(Outcome {
            task: after.name_of(&id),
            from: None,
            to: def.id.clone(),
            verdict: Verdict::Applied,
            code: None,
            reason: None,
            remedy: None,
            files: change.files().iter().map(ToString::to_string).collect(),
            rev: None,
            changes: Vec::new(),
        });
        self.to_rev.push((self.results.len() - 1, after.name_of(&id)));
        self.take(change);
        Ok(())
    }
}

/// A title that can be written on one line.
fn titled(title: &str) -> Result<&str, Refused> {
    let title = title.trim();
    let has_words = title.contains(char::is_alphanumeric);
    if has_words && !title.contains(char::is_control) {
        return Ok(title);
    }
    let message = "a title is one line with at least one letter".to_owned();
    Err(Refused::new(Code::Usage, message, "give another title"))
}

/// Refuses a title that a task of the file has that is not finished: an agent that was not answered may ask
/// again.
fn is_new(state: &Analysis, target: &AddTarget<'_>, title: &str) -> Result<(), Refused> {
    let index = &state.index;
    let (doc, _) = target.places[0];
    let entities = index.docs[doc].facts.entities.iter().enumerate();
    let same = entities.filter(|(_, it)| it.kind == EntityKind::Task && *it.title == *title);
    let tasks = same.filter_map(|(entity, _)| index.task_at(Place { doc, entity }));
    let is_left = |task: &&Task| {
        let vocabulary = index.vocabulary_of(task);
        index.status(task).is_none_or(|it| !vocabulary.get(it).category.is_closed())
    };
    let Some(other) = tasks.into_iter().find(is_left) else { return Ok(()) };
    let message = format!("task {} is called so already", state.name_of(&other.id));
    Err(Refused::new(Code::NotAllowed, message, "take that one, or choose another title"))
}

/// The status that a new task has: the first that is open.
fn first_status<'a>(target: &AddTarget<'a>) -> Result<(StatusIdx, &'a StatusDef), Refused> {
    let vocabulary = target.profile.vocabulary_of(EntityType::of(EntityKind::Task));
    let mut open = vocabulary.iter().filter(|(_, def)| def.category == Category::Open);
    open.next().ok_or_else(|| {
        let message = format!("profile `{}` has no status for open tasks", target.profile.id);
        Refused::new(Code::NotAllowed, message, "write the task by hand")
    })
}

/// The edits of every place.
fn written_everywhere(
    state: &Analysis,
    target: &AddTarget<'_>,
    new: &Written<'_>,
) -> Result<SourceChange, Refused> {
    let mut change = SourceChange::default();
    for (doc, place) in &target.places {
        let document = &state.index.docs[*doc];
        let edit = match document.role().format {
            Format::Markdown => in_markdown::edit(state, *doc, place, new)?,
            Format::Json => in_json::edit(state, *doc, place, new)?,
            Format::Yaml => in_yaml::edit(state, *doc, place, new)?,
        };
        before_unclosed(document, edit.range)?;
        change.before.insert(document.path.clone(), document.text.clone());
        change.edits.insert(document.path.clone(), TextEdits::from(edit));
    }
    Ok(change)
}

/// With counters that were right and follow.
fn with_counters(state: &Analysis, after: &Analysis, change: SourceChange) -> SourceChange {
    let mut texts: BTreeMap<_, _> = change.after();
    texts.extend(counted(state, after, &BTreeMap::new()));
    SourceChange::between(state, &texts)
}

/// Refuses where the task would bring a finding: what is out of step is mended before, or the task stands
/// elsewhere.
fn nothing_is_found(before: &Analysis, after: &Analysis) -> Result<(), Refused> {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for found in before.diagnostics() {
        *known.entry((found.rule, &found.path, &found.task)).or_default() += 1;
    }
    let new = after.diagnostics().iter().find(|found| {
        match known.get_mut(&(found.rule, &found.path, &found.task)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        }
    });
    let Some(found) = new else { return Ok(()) };
    let line = after
        .source(found.path.as_str())
        .map_or(0, |(_, lines)| lines.line_col(found.range.start as usize).line + 1);
    let message = format!("then {} at {}:{line}: {}", found.rule, found.path, found.message);
    let remedy = "bring that into step first, or choose another place with `--after` or `--in`";
    Err(Refused::new(Code::NotAllowed, message, remedy))
}

/// That the form of a new task is not known at a place.
fn no_form(state: &Analysis, doc: DocIdx, why: &str) -> Refused {
    let path = &state.index.docs[doc].path;
    let message = format!("the form of a new task in {path} is not known: {why}");
    Refused::new(Code::NotAllowed, message, format!("write it in {path} by hand"))
}

/// Where in a document the task stands that the new one is to stand behind.
fn anchor(state: &Analysis, doc: DocIdx, new: &Written<'_>) -> Option<Place> {
    let task = state.index.tasks.get(new.after?)?;
    task.places.iter().copied().find(|place| place.doc == doc)
}
