//! The form of a task that stands in a list, with another id, title and status in it. A task that says more
//! than these on its lines shows no form.

use crate::analysis::Analysis;
use crate::index::Place;
use crate::model::carrier::Form;
use crate::model::{Document, Occurrence};
use crate::operation::add::Written;
use crate::operation::rename::ids::{own_ids, spelled};
use crate::operation::rename::titles::title_edit;
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The lines of a task with what is new in them; `None` where they are no form.
pub(super) fn copied(
    state: &Analysis,
    like: Place,
    new: &Written<'_>,
    is_last: bool,
) -> Option<String> {
    let (document, entity) = (&*state.index.docs[like.doc], state.index.entity(like));
    if entity.derived_id != new.id.is_none() || entity.title.is_empty() {
        return None;
    }
    let own: Vec<&Occurrence> = document.facts.occurrences_of(like.entity).collect();
    let first = line_around(&document.text, entity.name.start as usize);
    let mut lines = vec![first];
    for occurrence in &own {
        let line = line_around(&document.text, occurrence.reading.range.start as usize);
        if !lines.contains(&line) && occurrence.carrier.is_line {
            lines.push(line);
        }
    }
    lines.sort_unstable_by_key(|line| line.start);
    let mut edits = Vec::new();
    let mut said = Vec::new();
    if let Some(id) = &new.id {
        let range = *own_ids(&state.index, like, entity.id.as_ref()?).first()?;
        said.push(range);
        edits.push(TextEdit { range, insert: spelled(range.of(&document.text), id) });
    }
    let (title, edit) = titled(document, like, new.title)?;
    said.push(title);
    edits.extend(edit);
    if own.is_empty() {
        return None;
    }
    for occurrence in &own {
        said.push(occurrence.reading.range);
        edits.extend(stated(document, like, occurrence, &own, new)?);
    }
    let number = numbered(document, first, is_last)?;
    said.extend(number.iter().map(|edit| edit.range));
    edits.extend(number);
    let are_said = lines.iter().all(|line| says_no_more(document, *line, &said));
    if !are_said || !edits.iter().all(|edit| lines.iter().any(|it| it.contains_range(edit.range))) {
        return None;
    }
    let made = lines.iter().map(|line| {
        let start = line.start;
        let own = edits.iter().filter(|edit| line.contains_range(edit.range));
        let moved = own.map(|edit| TextEdit {
            range: TextRange { start: edit.range.start - start, end: edit.range.end - start },
            insert: edit.insert.clone(),
        });
        Some(TextEdits::new(moved.collect()).ok()?.apply(line.of(&document.text)))
    });
    let made: Option<Vec<String>> = made.collect();
    Some(made?.join(crate::change::eol(&document.text)))
}

/// The line of a text that holds a place, without its end.
pub(super) fn line_around(text: &str, at: usize) -> TextRange {
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |len| at + len);
    TextRange::new(start, start + text[start..end].trim_end().len())
}

/// Where the title stands, and the edit that makes it another.
fn titled(document: &Document, like: Place, title: &str) -> Option<(TextRange, Option<TextEdit>)> {
    let entity = &document.facts.entities[like.entity];
    if *entity.title != *title {
        let edit = title_edit(document, like, title)?;
        return Some((edit.range, Some(edit)));
    }
    let line = line_around(&document.text, entity.name.start as usize);
    let at = line.start as usize + line.of(&document.text).find(title)?;
    Some((TextRange::new(at, at + title.len()), None))
}

/// The edits that have a place of the status say the new one.
fn stated(
    document: &Document,
    like: Place,
    occurrence: &Occurrence,
    all: &[&Occurrence],
    new: &Written<'_>,
) -> Option<Vec<TextEdit>> {
    let vocabulary = document.vocabulary_of(like.entity);
    let def = vocabulary.get(vocabulary.lookup(&new.def.id)?);
    let style = &document.profile.markers;
    let own = &document.facts.occurrences;
    let form = Form { text: &document.text, occurrence, vocabulary, style, all: own };
    // What is written wrong is no form to copy.
    if form.mended().is_some() {
        return None;
    }
    let is_finer = |it: &&&Occurrence| !it.carrier.is_coarse();
    match occurrence.carrier.beside.filter(|_| all.iter().any(|it| is_finer(&it))) {
        Some(beside) => beside(form, new.status).ok(),
        None => form.respelled(def, None).ok(),
    }
}

/// The next number of a list that is numbered, which only the last item shows.
fn numbered(document: &Document, line: TextRange, is_last: bool) -> Option<Option<TextEdit>> {
    let text = line.of(&document.text);
    let start = text.len() - text.trim_start().len();
    let rest = &text[start..];
    let n = rest.bytes().take_while(u8::is_ascii_digit).count();
    if n == 0 || !rest[n..].starts_with([')', '.']) {
        return Some(None);
    }
    let next = rest[..n].parse::<u64>().ok().filter(|_| is_last)? + 1;
    let at = line.start as usize + start;
    Some(Some(TextEdit { range: TextRange::new(at, at + n), insert: next.to_string() }))
}

/// Whether a line says nothing but what is known of it, the name of a field, and a word such as `Task`.
fn says_no_more(document: &Document, line: TextRange, said: &[TextRange]) -> bool {
    let text = line.of(&document.text);
    let start = line.start as usize;
    let mut left = String::new();
    for (at, c) in text.char_indices() {
        let is_said =
            said.iter().any(|it| (it.start as usize..it.end as usize).contains(&(start + at)));
        left.push(if is_said { ' ' } else { c });
    }
    // What is struck out or hidden would be so again.
    if left.contains(['~', '<']) {
        return false;
    }
    let profile = &document.profile;
    let prefixes = profile.ids.prefixes.iter().map(|it| it.trim_matches(['#', ' ', '-']));
    let known: Vec<&str> =
        profile.fields.status.iter().map(String::as_str).chain(prefixes).collect();
    let mut words = left.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| known.iter().any(|it| it.eq_ignore_ascii_case(word)))
}
