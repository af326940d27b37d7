//! Edits of Markdown: fields beside a status.

use std::borrow::Cow;
use std::ops::Range;

use crate::index::Place;
use crate::model::carriers::spelling::{same_reason, time_in, time_like};
use crate::model::runs::stamp_mark;
use crate::model::{Document, Field, FieldRole, Occurrence};
use crate::profile::EntityKind;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The document's line break.
pub(crate) fn eol(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if at > 0 && text.as_bytes()[at - 1] == b'\r' => "\r\n",
        None if text.contains('\r') => "\r",
        _ => "\n",
    }
}

/// The text around an entity: that of a long document which was just changed is not put together for a few
/// lines of it.
struct NearText<'a> {
    /// Where it begins in the document.
    start: usize,
    text: Cow<'a, str>,
    eol: &'static str,
}

impl NearText<'_> {
    /// From the line above the entity to the first line below it that is not blank and goes on with nothing.
    fn of(document: &Document, place: Place) -> NearText<'_> {
        let (facts, lines, text) = (&document.facts, &document.lines, &document.text);
        let entity = &facts.entities[place.entity];
        let statuses = facts.occurrences_of(place.entity).map(|it| it.line);
        let fields = facts.fields_of(place.entity).map(|it| it.line);
        let own = [entity.range, entity.name].into_iter().chain(statuses).chain(fields);
        let own = own.reduce(|one, other| TextRange {
            start: one.start.min(other.start),
            end: one.end.max(other.end),
        });
        let own = own.unwrap_or_default();
        let line_of = |offset: u32| lines.line_col(offset as usize).line;
        let start = lines.line_range(line_of(own.start).saturating_sub(1)).start;
        let goes_on = |line: &u32| {
            let line = text.copy(lines.line_range(*line).bytes());
            line.trim().is_empty() || line.starts_with([' ', '\t'])
        };
        let last = (line_of(own.end) + 1..lines.n_lines()).find(|line| !goes_on(line));
        let end = last.map_or(text.len(), |line| lines.line_range(line).end as usize);
        let first = [lines.line_range(0).end, lines.line_range(1).start];
        let eol = match &*text.copy(first[0] as usize..first[1] as usize) {
            "\r\n" => "\r\n",
            "\r" => "\r",
            _ => "\n",
        };
        NearText { start: start as usize, text: text.copy(start as usize..end), eol }
    }

    /// A range of the document here.
    fn here(&self, range: TextRange) -> TextRange {
        let at = |offset: u32| (offset as usize).saturating_sub(self.start);
        TextRange::new(at(range.start), at(range.end))
    }

    /// An edit of this text as one of the document.
    fn edit(&self, edit: TextEdit) -> TextEdit {
        let Range { start, end } = edit.range.bytes();
        TextEdit { range: TextRange::new(start + self.start, end + self.start), ..edit }
    }
}

/// A marker for an entity that has none: at the end of its heading, or as a field below it.
pub(super) fn add_status(document: &Document, place: Place, field: &str, marker: &str) -> TextEdit {
    let entity = &document.facts.entities[place.entity];
    if entity.kind == EntityKind::Phase {
        let end = entity.name.end as usize;
        return TextEdit { range: TextRange::empty(end), insert: format!(" {marker}") };
    }
    let near = NearText::of(document, place);
    let end = heading_end(&near.text, near.here(entity.name));
    near.edit(below_heading(&near, end, field, marker, true))
}

/// Sets a field to a time in the form that the document uses, or writes it beside the status.
pub(super) fn stamp(document: &Document, place: Place, name: &str, at: &str) -> Option<TextEdit> {
    let role = FieldRole::Stamp(name.into());
    let own = document.facts.fields_of(place.entity).find(|field| field.role == role);
    let text = &document.text;
    if let Some(field) = own {
        // A task is started once: the first time stands.
        let old = field.value.of(text);
        if name == "Started" && !old.is_empty() {
            return None;
        }
        let part = time_in(old)?;
        let start = field.value.start as usize;
        let mut insert = time_like(at, Some(old), true);
        let is_close = start > 0 && text.copy(start - 1..start) == ":";
        if is_close && old.is_empty() {
            insert.insert(0, ' ');
        }
        let range = TextRange::new(start + part.start, start + part.end);
        return Some(TextEdit { range, insert });
    }
    let fields = &document.facts.fields;
    let stamps = |field: &Field| matches!(field.role, FieldRole::Stamp(_));
    let same = fields.find_by(stamp_mark(name), |field| field.role == role && stamps(field));
    let like = same.or_else(|| fields.find_by(u64::MAX, stamps));
    let phase = document.facts.entities[place.entity].kind == EntityKind::Phase;
    let value = time_like(at, like.map(|field| field.value.of(text)), !phase);
    Some(add_field(document, place, name, &value))
}

/// Takes a field's line out that holds nothing but a time.
pub(super) fn remove(document: &Document, place: Place, field: &Field) -> Option<TextEdit> {
    let near = NearText::of(document, place);
    let (line, text) = (near.here(field.line), &*near.text);
    let old = field.value.of(&document.text);
    let is_alone = item_end(text, line, true) == line.end as usize;
    if !is_alone || time_in(old) != Some(0..old.len()) {
        return None;
    }
    // With the line break before it, so that what is added below it stands in its place.
    let before = text.get(..line.start as usize)?;
    let above = before.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text))?;
    let range = TextRange::new(above.len(), line.end as usize);
    Some(near.edit(TextEdit::delete(range)))
}

/// Sets a field that gives a reason, or writes it beside the status.
pub(super) fn reason(document: &Document, place: Place, name: &str, value: &str) -> TextEdit {
    let near = NearText::of(document, place);
    let text = &*near.text;
    let reasons =
        document.facts.fields_of(place.entity).filter(|field| field.role == FieldRole::Reason);
    let own = reasons.into_iter().find(|field| same_reason(field_name(document, field), name));
    match own {
        Some(field) => {
            let own = near.here(field.value);
            let end = item_end(text, near.here(field.line), false);
            let end = text[..end].trim_end_matches([' ', '\t']).len().max(own.end as usize);
            let range = TextRange::new(own.start as usize, end);
            near.edit(TextEdit { range, insert: value.to_owned() })
        }
        None => add_field(document, place, name, value),
    }
}

fn field_name<'a>(document: &'a Document, field: &Field) -> &'a str {
    let line = field.line.of(&document.text);
    let name = line.split(':').next().unwrap_or(line);
    name.trim_matches(|c: char| !c.is_alphabetic())
}

/// The end of the list item that the line begins: past lines that are indented further. Nested
/// items count only if `nested`. For a line that is no list item, its own end.
fn item_end(text: &str, line: TextRange, nested: bool) -> usize {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_item = |line: &str| {
        let line = line.trim_start();
        line.starts_with(['-', '*', '+']) && line[1..].starts_with([' ', '\t'])
    };
    let mut end = line.end as usize;
    let own = line.of(text);
    if !is_item(own) {
        return end;
    }
    while let Some(next) = below(text, end)
        && indent(next) > indent(own)
        && (nested || !is_item(next))
    {
        end = next.as_ptr() as usize - text.as_ptr() as usize + next.len();
    }
    end
}

/// Writes a new field below the status field, or where the entity's fields begin.
fn add_field(document: &Document, place: Place, name: &str, value: &str) -> TextEdit {
    let near = NearText::of(document, place);
    let (text, eol) = (&*near.text, near.eol);
    let status = document
        .facts
        .occurrences_of(place.entity)
        .find(|occurrence| occurrence.carrier.is_line)
        .map(|occurrence: &Occurrence| occurrence.line);
    let unread = || {
        let mut fields = document.facts.fields_of(place.entity);
        fields.find(|field| field.role == FieldRole::UnreadStatus).map(|field| field.line)
    };
    let status = status.or_else(unread).map(|line| near.here(line));
    let last_stamp = document
        .facts
        .fields_of(place.entity)
        .filter(|field| matches!(field.role, FieldRole::Stamp(_)))
        .map(|field| near.here(field.line))
        .max_by_key(|line| line.end);
    let anchor = match (status, last_stamp) {
        (Some(status), Some(stamp))
            if stamp.start > status.end && adjacent(text, status, stamp) =>
        {
            Some(stamp)
        }
        (Some(status), _) => Some(status),
        (None, stamp) => stamp,
    };
    if let Some(line) = anchor {
        let insert = format!("{eol}{}", like_line(line.of(text), name, value));
        let range = TextRange::empty(item_end(text, line, true));
        return near.edit(TextEdit { range, insert });
    }
    let entity = &document.facts.entities[place.entity];
    let heading_end = heading_end(text, near.here(entity.name));
    // An entity without a status gets one in the same place, and the field goes right below it.
    let silent = document.facts.occurrences_of(place.entity).next().is_none();
    let tight = silent && entity.kind != EntityKind::Phase;
    near.edit(below_heading(&near, heading_end, name, value, tight))
}

/// Whether only field lines stand between the two.
fn adjacent(text: &str, one: TextRange, two: TextRange) -> bool {
    let between = text.get(one.end as usize..two.start as usize).unwrap_or_default();
    between.lines().filter(|line| !line.is_empty()).all(|line| line.contains("**"))
}

fn below_heading(
    near: &NearText<'_>,
    heading_end: usize,
    name: &str,
    value: &str,
    tight: bool,
) -> TextEdit {
    let (text, eol) = (&*near.text, near.eol);
    let rest = text.get(heading_end..).unwrap_or_default();
    let blank = rest.len() - rest.trim_start_matches(['\n', '\r', ' ', '\t']).len();
    let next_start = heading_end + blank;
    let line_start = text[..next_start].rfind(['\n', '\r']).map_or(next_start, |at| at + 1);
    let next = text.get(line_start..line_end(text, next_start)).unwrap_or_default();
    let body = next.trim_start();
    let bullet = body.starts_with(['-', '*', '+'])
        && body[1..].starts_with([' ', '\t'])
        && body[1..].trim_start().starts_with("**");
    if line_start > heading_end && bullet {
        let insert = format!("{}{eol}", like_line(next, name, value));
        return TextEdit { range: TextRange::empty(line_start), insert };
    }
    if line_start > heading_end && body.starts_with("**") {
        let insert = format!("{}{eol}{eol}", like_line(next, name, value));
        return TextEdit { range: TextRange::empty(line_start), insert };
    }
    let field = format!("- **{name}**: {value}");
    let tight = tight || (below(text, heading_end).is_some() && !prose_follows(text, heading_end));
    let gap = if tight { eol.to_owned() } else { format!("{eol}{eol}") };
    TextEdit { range: TextRange::empty(heading_end), insert: format!("{gap}{field}") }
}

/// The line break that keeps prose right below a heading apart from fields that `edits` put between
/// the two.
pub(super) fn part_from_prose(
    document: &Document,
    place: Place,
    edits: &[TextEdit],
) -> Option<TextEdit> {
    if edits.is_empty() {
        return None;
    }
    let near = NearText::of(document, place);
    let end = heading_end(&near.text, near.here(document.facts.entities[place.entity].name));
    let between = edits.iter().any(|edit| {
        near.here(edit.range) == TextRange::empty(end)
            && edit.range.is_empty()
            && edit.insert.starts_with(['\n', '\r'])
    });
    let needed = between && prose_follows(&near.text, end);
    needed.then(|| near.edit(TextEdit::insert(end, near.eol)))
}

/// The line right below the one that ends at `end`; `None` where that is blank or the end.
fn below(text: &str, end: usize) -> Option<&str> {
    let rest = text.get(end..)?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r']))?;
    let line = rest.split(['\n', '\r']).next()?;
    (!line.trim().is_empty()).then_some(line)
}

/// Whether the line right below would go on with a list item that is put in front of it.
fn prose_follows(text: &str, end: usize) -> bool {
    below(text, end).is_some_and(|line| !line.trim_start().starts_with(['-', '*', '+', '#']))
}

/// A field line with the indentation, bullet, emphasis and line end of another.
pub(crate) fn like_line(line: &str, name: &str, value: &str) -> String {
    let at = line.find(char::is_alphabetic).unwrap_or(0);
    let prefix = &line[..at];
    let rest = &line[at..];
    let separator = if !prefix.contains("**") {
        ": "
    } else if rest.find(":**").is_some_and(|colon| rest.find("**:").is_none_or(|b| colon < b)) {
        ":** "
    } else {
        "**: "
    };
    let hard_break = if line.ends_with("  ") { "  " } else { "" };
    format!("{prefix}{name}{separator}{value}{hard_break}")
}

/// Where the lines of the heading that holds `name` end: an underline belongs to it.
fn heading_end(text: &str, name: TextRange) -> usize {
    let end = line_end(text, name.end as usize);
    let before = text.get(..name.start as usize).unwrap_or_default();
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let marked = !before[start..].trim().is_empty();
    let underlines = |line: &&str| {
        let line = line.trim();
        line.bytes().all(|b| b == b'-') || line.bytes().all(|b| b == b'=')
    };
    match below(text, end).filter(underlines) {
        Some(line) if !marked => line.as_ptr() as usize - text.as_ptr() as usize + line.len(),
        _ => end,
    }
}

fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find(['\n', '\r']).unwrap_or(rest.len())
}
