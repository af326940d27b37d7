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
    let facts = &document.facts;
    let own = document.lines.line_col(line.offset).line;
    let mut model = None;
    let mut is_apart = false;
    for nth in (0..own).rev() {
        let range = document.lines.line_range(nth);
        let text = document.text.copy(range.bytes());
        let text = text.trim();
        if text.is_empty() {
            // Behind a blank line the fields are at their end.
            if model.is_some() {
                is_apart = true;
            }
            continue;
        }
        // What stands below a row is one more row.
        if text.starts_with('|') {
            return None;
        }
        let is_here = |it: &TextRange| range.start <= it.start && it.start < range.end;
        if let Some((entity, _)) =
            facts.entities.iter().enumerate().find(|(_, it)| is_here(&it.name))
        {
            return Some((entity, model.or_else(|| any_field(document))));
        }
        if is_apart || nth + 1 < own && model.is_none() {
            return None;
        }
        model.get_or_insert_with(|| text.to_owned());
        if let Some(entity) = field_at(document, range) {
            return Some((entity, model));
        }
        // One that the profile does not read may stand between.
        if !text.contains("**") || !text.contains(':') {
            return None;
        }
    }
    None
}

/// What the field is of that stands on a line.
fn field_at(document: &Document, range: TextRange) -> Option<EntityIdx> {
    let facts = &document.facts;
    let statuses = facts.occurrences.around(range).map(|(_, it)| it);
    let statuses = statuses.filter(|it| it.carrier.is_line).map(|it| (it.entity, it.line));
    let fields = facts.fields.around(range).map(|(_, it)| (it.entity, it.line));
    let is_here =
        |(_, it): &(EntityIdx, TextRange)| range.start <= it.start && it.start < range.end;
    statuses.chain(fields).find(is_here).map(|(entity, _)| entity)
}

/// A field of a document as it is written.
fn any_field(document: &Document) -> Option<String> {
    let facts = &document.facts;
    let status = facts.occurrences.iter().find(|it| it.carrier.is_line).map(|it| it.line);
    let line = status.or_else(|| facts.fields.iter().next().map(|it| it.line))?;
    let text = line.of(&document.text).lines().next()?.to_owned();
    Some(text).filter(|text| text.contains(':'))
}
