//! What can be renamed where a cursor is.

use crate::analysis::Analysis;
use crate::index::{DocIdx, Place};
use crate::mentions::ids::token;
use crate::mentions::{self, Mention, Named};
use crate::operation::rename::NewName;
use crate::operation::rename::ids::own_ids;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::titles::{slug_of, title_edit};
use crate::operation::{Code, Refused, Whose};
use crate::profile::EntityKind;
use crate::syntax::front_matter;
use crate::text::TextRange;

/// What can be renamed at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamable {
    /// The text that names it.
    pub range: TextRange,
    /// The name that is to be changed.
    pub text: String,
    /// Where what is renamed stands.
    pub place: Place,
    /// What of it.
    pub part: RenamedPart,
}

/// What of a task has another name then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenamedPart {
    /// What people call it.
    Title,
    /// Its id.
    Id,
    /// The words behind the id in the name of its folder.
    Slug,
}

impl Renamable {
    /// The wish for another name.
    pub fn to<'n>(&self, name: &'n str) -> NewName<'n> {
        let none = NewName::default();
        match self.part {
            RenamedPart::Title => NewName { title: Some(name), ..none },
            RenamedPart::Id => NewName { id: Some(name), ..none },
            RenamedPart::Slug => NewName { slug: Some(name), ..none },
        }
    }
}

/// What can be renamed at `offset` of a file: the title or id of what stands there, or the id of a task
/// that is named there.
pub fn renamable(state: &Analysis, path: &str, offset: usize) -> Result<Renamable, Refused> {
    let index = &state.index;
    let found = index.document(path).and_then(|(doc, document)| {
        // A link in a title is no title.
        let mention = mentions::at(state, doc, offset).or_else(|| in_front(state, doc, offset))?;
        Some((doc, document, mention))
    });
    let Some((doc, document, mention)) = found else {
        let message = "no title and no id of a task stands here".to_owned();
        let remedy = "put the cursor on the title or id of a task; what is said in prose is no id";
        return Err(Refused::new(Code::NotAllowed, message, remedy));
    };
    if let Named::File(file) = &mention.named {
        let message = format!("this is a link to {file}");
        let remedy = "rename that file in the editor, and the link follows";
        return Err(Refused::new(Code::NotAllowed, message, remedy));
    }
    match (mention.own, &mention.named) {
        (Some(place), _) => own(state, doc, place, offset),
        (None, Named::Task(id)) => {
            let task = index.tasks.get(id);
            let place = task.and_then(|task| task.places.first().or(task.plans.first()));
            let place = place.copied().ok_or_else(neither)?;
            let named = index.entity(place).id.as_ref();
            let range = named.and_then(|id| token(document, mention.range, id));
            let range = range.unwrap_or(mention.range);
            let text = range.of(&document.text).to_owned();
            Ok(Renamable { range, text, place, part: RenamedPart::Id })
        }
        (None, _) => Err(neither()),
    }
}

/// What front matter names at `offset`: the task that a document is as a whole, or one that it depends on.
fn in_front(state: &Analysis, doc: DocIdx, offset: usize) -> Option<Mention> {
    let (index, place) = (&state.index, Place { doc, entity: 0 });
    let front = front_matter::of_shared(&index.docs[doc].text)?;
    let is_whole = !index.docs[doc].facts.entities.is_empty() && index.is_document(place);
    if !front.range.touches(offset) || !is_whole {
        return None;
    }
    let others = mentions::depended_on(index, place).into_iter();
    let mut others = others.chain(mentions::parent_named(index, place));
    Some(match others.find(|(_, range)| range.touches(offset)) {
        Some((id, range)) => Mention { range, named: Named::Task(id), own: None },
        None => {
            let named = mentions::named_at(index, place);
            Mention { range: front.range, named, own: Some(place) }
        }
    })
}

fn own(state: &Analysis, doc: DocIdx, place: Place, offset: usize) -> Result<Renamable, Refused> {
    let index = &state.index;
    let (document, entity) = (&index.docs[doc], index.entity(place));
    let subject = RenameSubject::new(state, Whose::Place(place), false).ok();
    if let Some(subject) = subject.as_ref().filter(|_| document.facts.history) {
        return Err(subject.kept(state, place));
    }
    let is_part = matches!(entity.kind, EntityKind::Phase | EntityKind::Item);
    let id = subject.as_ref().filter(|_| !is_part && !entity.derived_id);
    let ids = id.map(|it| own_ids(index, place, &it.id)).unwrap_or_default();
    if let Some(range) = ids.into_iter().find(|range| range.touches(offset)) {
        let text = range.of(&document.text).to_owned();
        return Ok(Renamable { range, text, place, part: RenamedPart::Id });
    }
    let line = document.lines.line_range(document.lines.line_col(offset).line);
    let is_near = line.touches(entity.name.start as usize) || entity.range.touches(offset);
    // What a title is written as shows where another would be written.
    let other = format!("{}x", entity.title);
    let edit = (is_near && !entity.title.is_empty()).then(|| title_edit(document, place, &other));
    let range = edit.flatten().map(|edit| inside(edit.range.of(&document.text), edit.range));
    match range.filter(|range| range.touches(offset)) {
        Some(range) => {
            let slug = subject.as_ref().and_then(|it| slug_of(index, it));
            let is_slug = slug.is_some_and(|slug| *slug == *entity.title);
            let part = if is_slug { RenamedPart::Slug } else { RenamedPart::Title };
            let text = entity.title.to_string();
            Ok(Renamable { range, text, place, part })
        }
        None => Err(neither()),
    }
}

/// What stands in quotes.
fn inside(raw: &str, range: TextRange) -> TextRange {
    let is_in = |quote: char| raw.len() > 1 && raw.starts_with(quote) && raw.ends_with(quote);
    let quotes = u32::from(is_in('"') || is_in('\''));
    TextRange { start: range.start + quotes, end: range.end - quotes }
}

fn neither() -> Refused {
    let message = "neither a title nor an id of a task stands here".to_owned();
    let remedy = "put the cursor on one; a status is changed by `lockstep.setStatus`";
    Refused::new(Code::NotAllowed, message, remedy)
}
