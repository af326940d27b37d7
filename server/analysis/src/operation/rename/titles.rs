//! The edits that give a task another title in the places that hold the old one.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::index::{Index, Place};
use crate::model::Document;
use crate::model::title::behind_id;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::{Edits, unwritable};
use crate::operation::{Code, Refused};
use crate::profile::{EntityKind, Format};
use crate::syntax::front_matter::{self, FrontEntry, FrontMatter};
use crate::syntax::json::rewrite::quote;
use crate::syntax::yaml_scalar::{YamlStyle, scalar};
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The titles that places have then.
pub(super) type NewTitles = BTreeMap<Place, String>;

/// How often a title is looked for in what belongs to an entity.
const LIMIT: usize = 20;

/// The title of what was pointed at.
pub(super) fn title_of<'a>(index: &'a Index, subject: &RenameSubject<'a>) -> &'a str {
    match subject.at.map(|at| index.entity(at)) {
        Some(entity) => &entity.title,
        None => index.title(subject.task),
    }
}

/// Adds the edits of the title of what was pointed at, in all live places that are called the same.
pub(super) fn edits(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    title: &str,
    edits: &mut Edits,
) -> Result<NewTitles, Refused> {
    let index = &state.index;
    let old = title_of(index, subject);
    if old.is_empty() {
        let message = format!("task {} has no title", subject.called(state));
        return Err(Refused::new(Code::NotAllowed, message, "write one first"));
    }
    let is_part = |at: Place| matches!(index.entity(at).kind, EntityKind::Phase | EntityKind::Item);
    let places = match subject.at.filter(|at| is_part(*at)) {
        Some(part) => vec![part],
        None => subject.places.clone(),
    };
    let is_history = |place: &&Place| index.docs[place.doc].facts.history;
    let is_kept =
        places.iter().all(|place| is_history(&place) || *index.entity(*place).title != *old);
    if let Some(past) = places.iter().find(is_history).filter(|_| is_kept) {
        return Err(subject.kept(state, *past));
    }
    let mut titles = NewTitles::new();
    for place in places {
        let (document, entity) = (&index.docs[place.doc], index.entity(place));
        if document.facts.history || *entity.title != *old {
            continue;
        }
        if document.role().document.as_ref().is_some_and(|it| it.title_from_id)
            && index.is_document(place)
        {
            let message = format!("the title of task {} is its id", subject.called(state));
            return Err(Refused::new(Code::NotAllowed, message, "rename the id"));
        }
        write(state, place, title, edits)?;
        titles.insert(place, title.to_owned());
    }
    Ok(titles)
}

/// Adds the edits of records that are called by the slug of the task's folder.
pub(super) fn slugs(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    slug: &str,
    edits: &mut Edits,
) -> Result<NewTitles, Refused> {
    let index = &state.index;
    let old = slug_of(index, subject).ok_or_else(|| {
        let message = format!("task {} has no folder with a slug", subject.called(state));
        Refused::new(Code::NotAllowed, message, "rename its title")
    })?;
    let mut titles = NewTitles::new();
    for place in &subject.places {
        let document = &index.docs[place.doc];
        let is_record = document.role().format != Format::Markdown && !document.facts.history;
        if is_record && *index.entity(*place).title == *old {
            write(state, *place, slug, edits)?;
            titles.insert(*place, slug.to_owned());
        }
    }
    Ok(titles)
}

/// The words behind the id in the name of the task's folder.
pub(super) fn slug_of<'a>(index: &'a Index, subject: &RenameSubject<'_>) -> Option<&'a str> {
    let mut places = subject.places.iter();
    places.find_map(|place| index.docs[place.doc].facts.captures.slug.as_deref())
}

fn write(state: &Analysis, place: Place, title: &str, edits: &mut Edits) -> Result<(), Refused> {
    let index = &state.index;
    let document = &index.docs[place.doc];
    let Some(edit) = title_edit(document, place, title) else {
        let what = format!("does not take the title `{title}`");
        let start = index.entity(place).name.start as usize;
        let remedy = "change the title there by hand, or choose another";
        return Err(unwritable(state, place.doc, start, &what, remedy));
    };
    if *title != *index.entity(place).title {
        edits.entry(place.doc).or_default().push(edit);
    }
    Ok(())
}

/// The edit after which the entity at a place is called `title`, and nothing else is other.
pub(in crate::operation) fn title_edit(
    document: &Document,
    place: Place,
    title: &str,
) -> Option<TextEdit> {
    let entity = &document.facts.entities[place.entity];
    let old = &*entity.title;
    if old == title {
        return Some(TextEdit {
            range: TextRange::empty(entity.name.start as usize),
            insert: String::new(),
        });
    }
    let (yaml, body) = yaml_of(document);
    let own = yaml.and_then(|yaml| in_yaml(document, &yaml, place, title));
    if let Some(edit) = own.filter(|edit| is_title(document, place, edit, title)) {
        return Some(edit);
    }
    let mut zones = vec![entity.name, entity.range];
    zones.dedup();
    let found = zones.into_iter().flat_map(|zone| {
        let text = zone.of(&document.text);
        let start = zone.start as usize;
        let all = spellings(document, old, title).into_iter();
        all.flat_map(move |(from, to)| {
            let places = text
                .match_indices(&*from)
                .take(LIMIT)
                .map(move |(at, it)| TextRange::new(start + at, start + at + it.len()));
            places.map(move |range| TextEdit { range, insert: to.clone() }).collect::<Vec<_>>()
        })
    });
    let mut found = found.filter(|edit| edit.range.start >= body);
    found.find(|edit| is_title(document, place, edit, title))
}

/// The YAML of a document, and where what is no YAML begins.
fn yaml_of(document: &Document) -> (Option<FrontMatter>, u32) {
    let text = &document.text;
    match document.role().format {
        Format::Json => (None, 0),
        Format::Yaml => (Some(front_matter::read_whole(text)), u32::MAX),
        Format::Markdown => {
            let front = front_matter::of_shared(text);
            let end = front.as_ref().map_or(0, |front| front.range.end);
            (front, end)
        }
    }
}

/// The edit of a title that is a scalar of YAML, in a record or in front matter, on one line.
fn in_yaml(document: &Document, yaml: &FrontMatter, place: Place, title: &str) -> Option<TextEdit> {
    let (entity, text) = (&document.facts.entities[place.entity], &document.text);
    let id = entity.id.as_ref().map(|id| id.as_str());
    let is_own = |entry: &&FrontEntry| {
        let is_here = entity.range.contains_range(entry.value);
        let behind = || id.and_then(|id| behind_id(&entry.text, id));
        is_here && (entry.text == *entity.title || behind() == Some(&*entity.title))
    };
    let mut own = yaml.entries.iter().filter(is_own);
    let entry = own.next()?;
    let title = format!("{}{title}", entry.text.strip_suffix(&*entity.title)?);
    // Of a key that stands twice, nobody knows which is believed.
    if own.any(|it| it.path == entry.path) {
        return None;
    }
    let source = text.copy(entry.value.bytes());
    let start = entry.value.start as usize;
    let line = text.copy(text.line_start(start)..start);
    let style = match source.chars().next() {
        Some('\'') => YamlStyle::Single,
        Some('"') => YamlStyle::Double,
        // An anchor, a tag, a block or a collection is more than the words of the title.
        _ if source != entry.text => return None,
        _ => YamlStyle::Plain { flow: line.contains(['{', '[']) },
    };
    Some(TextEdit { range: entry.value, insert: scalar(&title, style) })
}

/// How a title may be written in a document, and what is written then.
fn spellings(document: &Document, old: &str, new: &str) -> Vec<(String, String)> {
    let plain = (old.to_owned(), new.to_owned());
    match document.role().format {
        Format::Json => vec![(quote(old), quote(new))],
        Format::Yaml => Vec::new(),
        Format::Markdown => vec![plain, (old.replace('|', "\\|"), new.replace('|', "\\|"))],
    }
}

fn is_title(document: &Document, place: Place, edit: &TextEdit, title: &str) -> bool {
    let Ok(edits) = TextEdits::new(vec![edit.clone()]) else { return false };
    let Some(after) = document.with_text(edits.apply_shared(&document.text)) else { return false };
    let (was, is) = (&document.facts.entities, &after.facts.entities);
    // What was not read again is what it was.
    let mut read = after.lineage.since(&document.lineage).unwrap_or(0..was.len());
    let same = was.len() == is.len()
        && after.facts.problems.len() <= document.facts.problems.len()
        && read.all(|at| {
            let (was, is) = (&was[at], &is[at]);
            (at == place.entity || was.title == is.title)
                && (was.kind, was.parent) == (is.kind, is.parent)
                && (was.id == is.id || at == place.entity && was.derived_id && is.derived_id)
        });
    same && is.get(place.entity).is_some_and(|is| *is.title == *title)
}
