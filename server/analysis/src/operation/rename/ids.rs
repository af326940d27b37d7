//! The edits that give a task another id where it stands and where it is named.

use crate::analysis::Analysis;
use crate::index::{DocIdx, Index, Place};
use crate::mentions::ids::{token, told_of_document};
use crate::mentions::{depended_on, parent_named};
use crate::model::Document;
use crate::model::title::behind_id;
use crate::operation::Refused;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::{Edits, unwritable};
use crate::profile::Format;
use crate::profile::id::{self, TaskId};
use crate::syntax::front_matter;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// Adds the edits of all places, dependencies and parents.
pub(super) fn edits(
    state: &Analysis,
    subject: &RenameSubject<'_>,
    id: &str,
    edits: &mut Edits,
) -> Result<(), Refused> {
    let index = &state.index;
    let new = subject.parsed(state, id).unwrap_or_else(|| subject.id.clone());
    let mut add = |doc: DocIdx, range: TextRange| {
        let insert = spelled(range.of(&index.docs[doc].text), &new);
        let edit = TextEdit { range, insert };
        let all = edits.entry(doc).or_default();
        if !all.contains(&edit) {
            all.push(edit);
        }
    };
    for place in &subject.places {
        own_ids(index, *place, &subject.id).into_iter().for_each(|range| add(place.doc, range));
    }
    if subject.is_twin {
        return Ok(());
    }
    for (doc, document) in index.docs.iter().enumerate().filter(|(_, it)| !it.facts.history) {
        for (entity, fact) in document.facts.entities.iter().enumerate() {
            if !fact.depends.is_empty() {
                let place = Place { doc, entity };
                for range in dependencies(state, place, subject)? {
                    add(doc, range);
                }
            }
        }
    }
    let told = index.told_children(subject.task).map(|(_, child)| child);
    for place in index.children(subject.task).chain(told).flat_map(|child| &child.places) {
        if let Some((id, value)) = parent_named(index, *place)
            && id == subject.task.id
            && let Some(range) = token(&index.docs[place.doc], value, &subject.id)
        {
            add(place.doc, range);
        }
    }
    Ok(())
}

/// Where the id of an entity stands that is at a place: in its name, the front matter, a field.
pub(in crate::operation) fn own_ids(index: &Index, place: Place, id: &TaskId) -> Vec<TextRange> {
    let (document, entity) = (&*index.docs[place.doc], index.entity(place));
    if entity.id.as_ref() != Some(id) {
        return Vec::new();
    }
    let in_name = token(document, entity.name, id);
    if document.role().format != Format::Markdown {
        return in_name.into_iter().collect();
    }
    if !(entity.parent.is_none() && index.is_document(place)) {
        return in_name.into_iter().collect();
    }
    let told = told_of_document(document, id);
    let by_path = document.facts.captures.id.is_some();
    let titles = titles(document, entity.name, id);
    let is_certain = |range: &TextRange| {
        (told.is_empty() && !by_path)
            || is_prefixed(document, entity.name, *range)
            || titles.contains(range)
    };
    let own = tokens(document, entity.name, id).find(is_certain);
    let mut own: Vec<TextRange> = told.iter().copied().chain(own).collect();
    own.extend(titles.iter().filter(|range| !entity.name.contains_range(**range)));
    own
}

/// Where the title of a document begins with its id: in its heading and in its front matter.
fn titles(document: &Document, name: TextRange, id: &TaskId) -> Vec<TextRange> {
    let key = document.role().document.as_ref().and_then(|rule| rule.title_key.as_deref());
    let front = key.and_then(|_| front_matter::of_shared(&document.text));
    let entries = front.iter().flat_map(|front| &front.entries);
    let own = entries.filter(|entry| key.is_some_and(|key| entry.path.as_slice() == [key]));
    let told =
        own.map(|entry| (entry.value, &*entry.text)).chain([(name, name.of(&document.text))]);
    let is_said = told.filter(|(_, text)| behind_id(text, id.as_str()).is_some());
    is_said.filter_map(|(range, _)| token(document, range, id)).collect()
}

/// Every place within a range where a text is the id.
fn tokens<'d>(
    document: &'d Document,
    range: TextRange,
    id: &'d TaskId,
) -> impl Iterator<Item = TextRange> + 'd {
    let behind = move |found: &TextRange| {
        let rest = TextRange { start: found.end, end: range.end };
        token(document, rest, id)
    };
    std::iter::successors(token(document, range, id), behind)
}

/// Whether what stands before an id says that it is one: `Task 007`, `#7`.
fn is_prefixed(document: &Document, name: TextRange, id: TextRange) -> bool {
    let before = TextRange { start: name.start, end: id.start };
    let before = before.of(&document.text).to_ascii_lowercase();
    let prefixes = document.profile.ids.prefixes.iter();
    let mut prefixes = prefixes.map(|it| it.to_ascii_lowercase()).filter(|it| !it.starts_with('*'));
    prefixes.any(|prefix| before.ends_with(&prefix))
}

/// Where an entity names the id among what it depends on.
fn dependencies(
    state: &Analysis,
    place: Place,
    subject: &RenameSubject<'_>,
) -> Result<Vec<TextRange>, Refused> {
    let index = &state.index;
    if !index.depends_at(place).any(|id| id == subject.task.id) {
        return Ok(Vec::new());
    }
    let document = &*index.docs[place.doc];
    let named = depended_on(index, place);
    let own: Vec<TextRange> =
        named.iter().filter(|(id, _)| *id == subject.task.id).map(|(_, range)| *range).collect();
    let start = index.entity(place).name.start as usize;
    if own.is_empty() {
        let what = format!("depends on {} in a form that cannot be changed", subject.id);
        return Err(unwritable(state, place.doc, start, &what, "change that place by hand first"));
    }
    let mut found = Vec::new();
    for range in own {
        let is_range = named.iter().filter(|(_, it)| it.contains_range(range)).count() > 1
            || named.iter().any(|(_, it)| *it != range && range.contains_range(*it))
            || is_end_of_range(document, &named, range);
        let token = token(document, range, &subject.id).filter(|_| !is_range);
        let (what, remedy) = match is_range {
            true => (
                format!("names {} as one of a range", subject.id),
                "write the range as a list of ids first",
            ),
            false => {
                let said = range.of(&document.text);
                (format!("names {} as `{said}`", subject.id), "write the whole id there first")
            }
        };
        let at = range.start as usize;
        found.push(token.ok_or_else(|| unwritable(state, place.doc, at, &what, remedy))?);
    }
    Ok(found)
}

/// Whether a text names an end of a range that names nothing between: `1-2`.
fn is_end_of_range(document: &Document, named: &[(TaskId, TextRange)], own: TextRange) -> bool {
    let ends = |one: TextRange, two: TextRange| {
        let between =
            document.text.copy(one.end as usize..(two.start as usize).max(one.end as usize));
        (one == own || two == own) && id::is_range(&between)
    };
    named.windows(2).any(|pair| ends(pair[0].1, pair[1].1))
}

/// An id in the width in which the old one is written.
pub(in crate::operation) fn spelled(old: &str, new: &TaskId) -> String {
    match new.number() {
        Some(number) if old.starts_with('0') => format!("{number:0width$}", width = old.len()),
        _ => new.to_string(),
    }
}
