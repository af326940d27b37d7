//! Fields below a heading: `- **Dependencies**: `.

use crate::analysis::Analysis;
use crate::change::markdown_edit::like_line;
use crate::completion::Line;
use crate::completion::fields::{FieldSlot, FieldText, has, status_for, status_of};
use crate::index::{DocIdx, Place};
use crate::model::{Document, EntityIdx, FieldRole};
use crate::profile::EntityKind;
use crate::text::TextRange;

/// The field that is typed at the end of a line right below a heading or another field.
pub(super) fn find(analysis: &Analysis, doc: DocIdx, line: &Line) -> Option<FieldSlot> {
    let document = &*analysis.index.docs[doc];
    let typed = typed(line)?;
    let (entity, model) = above(document, line)?;
    let place = Place { doc, entity };
    let own = analysis.index.entity(place);
    if own.mention || !matches!(own.kind, EntityKind::Task | EntityKind::Plan) {
        return None;
    }
    let start = line.start + line.before.len() - line.before.trim_start().len();
    let indent = &line.before[..start - line.start];
    let model = model.unwrap_or_else(|| "- **a**: b".to_owned());
    let names = &document.profile.fields;
    let mut fields = Vec::new();
    let mut push = |name: &str, value: &str, detail| {
        let text = like_line(model.trim(), name, value);
        let (name, is_status) = (name.to_owned(), detail == "status");
        fields.push(FieldText { name, text, detail, is_status });
    };
    if let (Some(name), Some(def)) = (names.status.first(), status_for(analysis, place)) {
        push(name, &document.profile.markers.write(&def.marker), "status");
    }
    let lacks = |role: &FieldRole| !has(document, place, role);
    if let Some(name) = names.dependencies.first().filter(|_| own.depends.is_empty())
        && lacks(&FieldRole::Dependencies)
    {
        push(name, "", "what it depends on");
    }
    if let Some(name) = names.parent.first().filter(|_| lacks(&FieldRole::Parent)) {
        push(name, "", "what it is part of");
    }
    let def = status_of(analysis, place);
    if let Some(name) = def.and_then(|def| def.reason.as_ref())
        && lacks(&FieldRole::Reason)
    {
        push(name, "", "why it is so");
    }
    if let Some(name) = def.and_then(|def| def.stamp.as_deref())
        && lacks(&FieldRole::Stamp(name.into()))
    {
        push(name, "", "since when it is so");
    }
    // The line is no field as long as it is typed.
    let (range, untyped) =
        (TextRange::new(start, line.offset), TextRange::new(line.start, line.offset));
    let untyped = if indent.is_empty() { range } else { untyped };
    Some(FieldSlot { place, range, typed, untyped, fields })
}

/// The letters of a name at the begin of a line of which nothing else is written.
fn typed(line: &Line) -> Option<String> {
    let text = line.before.trim_start();
    let is_bullet = text.starts_with(['-', '*', '+']) && text[1..].starts_with(' ');
    let body = if is_bullet { text[2..].trim_start() } else { text };
    let name = body.strip_prefix("**").or_else(|| body.strip_prefix('*')).unwrap_or(body);
    let is_name = name.chars().all(|c| c.is_alphabetic() || c == ' ') && name.len() < 40;
    let is_begun = !name.is_empty() || is_bullet || matches!(text, "-" | "*" | "**" | "+");
    (line.behind.trim().is_empty() && is_name && is_begun).then(|| name.to_owned())
}

/// What has the field or heading above a line, and a field of the document as it is written.
fn above(document: &Document, line: &Line) -> Option<(EntityIdx, Option<String>)> {
    let nth = document.lines.line_col(line.offset).line;
    let line_of = |nth: u32| document.lines.line_range(nth);
    let is_blank = |nth: &u32| document.text.copy(line_of(*nth).bytes()).trim().is_empty();
    let over = (0..nth).rev().find(|nth| !is_blank(nth))?;
    let range = line_of(over);
    let touches = |it: &TextRange| range.start <= it.start && it.start < range.end;
    let facts = &document.facts;
    let statuses = facts.occurrences.iter().filter(|it| it.carrier.is_line);
    let statuses = statuses.map(|it| (it.entity, it.line));
    let fields = facts.fields.iter().map(|it| (it.entity, it.line));
    let mut lines = statuses.chain(fields).filter(|(_, it)| touches(it));
    let text = |range: TextRange| range.of(&document.text).to_owned();
    if let Some((entity, own)) = lines.next() {
        // Behind a blank line the fields are at their end.
        return (over + 1 == nth).then(|| (entity, Some(text(own))));
    }
    let mut headed = facts.entities.iter().enumerate();
    let (entity, _) = headed.find(|(_, it)| touches(&it.name))?;
    let model = facts.occurrences.iter().find(|it| it.carrier.is_line).map(|it| it.line);
    let model = model.or_else(|| facts.fields.iter().next().map(|it| it.line));
    let own = model.map(text).and_then(|text| text.lines().next().map(str::to_owned));
    Some((entity, own.filter(|text| text.contains(':'))))
}
