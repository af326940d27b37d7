//! The edits that give a task another id where it stands and where it is named.

use std::ops::Range;

use crate::analysis::Analysis;
use crate::index::{DocIdx, Index, Place};
use crate::mentions::{depended_on, parent_named};
use crate::model::Document;
use crate::operation::Refused;
use crate::operation::rename::subject::RenameSubject;
use crate::operation::rename::{Edits, unwritable};
use crate::profile::Format;
use crate::profile::id::{self, TaskId};
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// So many zeros stand in front of an id at most.
const WIDEST: usize = 8;

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
    for place in index.children(subject.task).flat_map(|child| &child.places) {
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
    let is_certain = |range: &TextRange| {
        (told.is_empty() && !by_path) || is_prefixed(document, entity.name, *range)
    };
    let own = tokens(document, entity.name, id).find(is_certain);
    told.iter().copied().chain(own).collect()
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

/// Where a document says of which task it is: in its front matter, or in a field above its parts.
fn told_of_document(document: &Document, id: &TaskId) -> Vec<TextRange> {
    let Some(rule) = &document.role().document else { return Vec::new() };
    let starts = document.facts.entities.iter().map(|entity| entity.range.start as usize);
    let head = starts.filter(|start| *start > 0).min().unwrap_or(document.text.len());
    let mut told = Vec::new();
    if let Some(key) = &rule.id_key
        && let Some(front) = Markdown::parse(&document.text.copy(0..head)).front_matter
    {
        let own = front.entries.iter().filter(|entry| entry.path.as_slice() == [key.as_str()]);
        told.extend(own.filter_map(|entry| token(document, entry.value, id)));
    }
    let text = document.text.copy(0..head);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let bare = line.trim_start_matches([' ', '\t', '-', '*', '+']);
        let Some((name, value)) = bare.split_once(':') else { continue };
        let name = name.trim_matches(['*', ' ']);
        if rule.task_fields.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            let from = at + line.len() - value.len();
            let found = token(document, TextRange::new(from, start), id);
            let first = value.trim_start_matches(['#', '[', ' ', '*']);
            let is_first = |range: &TextRange| range.start as usize == start - first.len();
            told.extend(found.filter(is_first));
        }
    }
    told
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

/// The first place within a range where a text is the id, and no part of another word.
pub(in crate::operation) fn token(
    document: &Document,
    range: TextRange,
    id: &TaskId,
) -> Option<TextRange> {
    let text = range.of(&document.text);
    let found = find(text, id)?;
    let (start, end) = (range.start as usize + found.start, range.start as usize + found.end);
    if id.number().is_none() {
        return Some(TextRange::new(start, end));
    }
    // What names it may leave out the zeros in front, which are a part of how it is written.
    let before = document.text.copy(start.saturating_sub(WIDEST)..start);
    let bare = before.trim_end_matches('0');
    let is_other = bare.ends_with(|c: char| c.is_ascii_digit());
    (!is_other).then(|| TextRange::new(start - (before.len() - bare.len()), end))
}

fn find(text: &str, id: &TaskId) -> Option<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric();
    let parts_of_number =
        |rest: &str| rest.starts_with('.') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    let alone = |range: &Range<usize>| {
        let (before, behind) = (&text[..range.start], &text[range.end..]);
        let is_fraction = before.ends_with('.')
            && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_digit());
        !before.ends_with(is_word)
            && !is_fraction
            && !behind.starts_with(is_word)
            && !parts_of_number(behind)
    };
    if id.number().is_none() {
        let all = text.match_indices(id.as_str());
        return all.map(|(at, it)| at..at + it.len()).find(alone);
    }
    let mut at = 0;
    while let Some(from) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + from;
        let len = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
        at = start + len;
        let digits = text[start..at].trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        if digits == id.as_str() && alone(&(start..at)) {
            return Some(start..at);
        }
    }
    None
}

/// An id in the width in which the old one is written.
pub(in crate::operation) fn spelled(old: &str, new: &TaskId) -> String {
    match new.number() {
        Some(number) if old.starts_with('0') => format!("{number:0width$}", width = old.len()),
        _ => new.to_string(),
    }
}
