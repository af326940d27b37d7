//! Edits of JSON records.

use crate::index::Place;
use crate::model::carriers::spelling::{same_reason, time_in, time_like};
use crate::model::{Document, Field, FieldRole};
use crate::profile::vocabulary::StatusDef;
use crate::profile::{FieldNames, RecordRule};
use crate::syntax::json::{Json, JsonKind, JsonValue, rewrite};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// Calls `edit` with the record that stands at `place`.
pub(super) fn with_record<T>(
    document: &Document,
    place: Place,
    edit: impl FnOnce(&JsonValue) -> T,
) -> Option<T> {
    let range = document.facts.entities[place.entity].range;
    // A record that is whole reads the same alone.
    let alone = Json::value_at(&document.text, range.start as usize);
    if let Some(record) = alone.filter(|record| record.range == range) {
        return Some(edit(&record));
    }
    let json = Json::parse(&document.text);
    find(json.root.as_ref()?, range).map(edit)
}

fn find<'j>(value: &'j JsonValue<'j>, range: TextRange) -> Option<&'j JsonValue<'j>> {
    if value.range == range {
        return Some(value);
    }
    let inside = |value: &&JsonValue| value.range.contains_range(range);
    match &value.kind {
        JsonKind::Array(items) => find(items.iter().find(inside)?, range),
        JsonKind::Object(members) => {
            find(members.iter().map(|member| &member.value).find(inside)?, range)
        }
        _ => None,
    }
}

/// Writes a status into a record that has none; `None` where something stands there that is no text.
pub(super) fn add_status(
    document: &Document,
    place: Place,
    rule: &RecordRule,
    def: &StatusDef,
) -> Option<TextEdit> {
    with_record(document, place, |record| {
        let value = def.json_value();
        if rule.without.iter().any(|key| record.get(key).is_some()) {
            return None;
        }
        if let Some(own) = record.get(&rule.status) {
            let is_null = matches!(own.kind, JsonKind::Null);
            return is_null.then_some(TextEdit { range: own.range, insert: value });
        }
        let after = [&rule.title, &rule.id].into_iter().find(|key| record.get(key).is_some());
        rewrite::insert_member(
            &document.text,
            record,
            &rule.status,
            &value,
            after.map(String::as_str),
        )
    })?
}

/// Takes a member out that holds nothing but a time.
pub(super) fn remove(document: &Document, place: Place, field: &Field) -> Option<TextEdit> {
    let text = &document.text;
    let old = field.value.of(text).trim_matches('"');
    if time_in(old) != Some(0..old.len()) {
        return None;
    }
    with_record(document, place, |record| {
        let own = record.members().iter().find(|member| member.range == field.line)?;
        rewrite::remove_member(text, record, &own.key)
    })?
}

/// Stamps the record: the status's own field, and every field that tells of the last change.
pub(super) fn stamps(
    document: &Document,
    place: Place,
    names: &FieldNames,
    stamp: Option<&str>,
    at: &str,
) -> Vec<TextEdit> {
    let text = &document.text;
    let mut edits = Vec::new();
    for field in document.facts.fields_of(place.entity) {
        let started = stamp == Some("Started");
        let own = stamp.is_some_and(|s| field.role == FieldRole::Stamp(s.into()));
        if (field.role == FieldRole::Touch || (own && !started)) && is_string(field.value.of(text))
        {
            let old = field.value.of(text).trim_matches('"');
            if field.role != FieldRole::Touch && time_in(old).is_none() {
                continue;
            }
            let insert = rewrite::quote(&time_like(at, Some(old), false));
            edits.push(TextEdit { range: field.value, insert });
        }
    }
    let Some(stamp) = stamp else { return edits };
    let role = FieldRole::Stamp(stamp.into());
    if document.facts.fields_of(place.entity).any(|field| field.role == role) {
        return edits;
    }
    let like =
        document.facts.fields.find_by(u64::MAX, |field| matches!(field.role, FieldRole::Stamp(_)));
    let like = like.map(|field| field.value.of(text).trim_matches('"'));
    let value = rewrite::quote(&time_like(at, like, true));
    let key = StatusDef::json_name(stamp);
    let before = [&["created", "status"].map(str::to_owned)[..], &names.json_touch].concat();
    edits.extend(add_member(document, place, &key, &value, &before));
    edits
}

/// Sets a reason, under the record's own name for it or the status's.
pub(super) fn reason(
    document: &Document,
    place: Place,
    names: &FieldNames,
    field: &str,
    value: &str,
) -> Option<TextEdit> {
    let key = StatusDef::json_name(field);
    let value = rewrite::quote(value);
    let own = with_record(document, place, |record| {
        let alike = names.json_reason.iter().filter(|name| same_reason(name, field));
        let text = |value: &&JsonValue| matches!(value.kind, JsonKind::String(_) | JsonKind::Null);
        let named = alike.filter_map(|name| record.get(name)).find(text);
        record.get(&key).or(named).map(|value| value.range)
    })?;
    match own {
        Some(range) => Some(TextEdit { range, insert: value }),
        None => add_member(document, place, &key, &value, &["status".to_owned()]),
    }
}

fn add_member(
    document: &Document,
    place: Place,
    key: &str,
    value: &str,
    after: &[String],
) -> Option<TextEdit> {
    with_record(document, place, |record| {
        let after = after.iter().find(|name| record.get(name).is_some());
        rewrite::insert_member(&document.text, record, key, value, after.map(String::as_str))
    })?
}

fn is_string(raw: &str) -> bool {
    raw.len() >= 2 && raw.starts_with('"') && raw.ends_with('"')
}
