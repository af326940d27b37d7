//! Members of a record: `"dependencies": []`.

use crate::analysis::Analysis;
use crate::completion::Line;
use crate::completion::fields::{FieldSlot, FieldText, status_for, status_of};
use crate::index::{DocIdx, Place};
use crate::profile::EntityKind;
use crate::syntax::json::rewrite::quote;
use crate::syntax::json::{Json, JsonMember};
use crate::text::TextRange;

/// The member that is typed in a record.
pub(super) fn find(analysis: &Analysis, doc: DocIdx, line: &Line, at: &str) -> Option<FieldSlot> {
    let document = &*analysis.index.docs[doc];
    let place = Place { doc, entity: document.entity_at(line.offset)? };
    let entity = analysis.index.entity(place);
    let text = document.text.copy(entity.range.bytes());
    if entity.kind != EntityKind::Task || !text.starts_with('{') {
        return None;
    }
    let key = typed(&text, line, entity.range.start as usize)?;
    let Json { root, .. } = Json::parse(&text);
    let members = root.as_ref()?.members();
    // Where it stands in what another one says, it is no key of this record.
    let is_own = |it: &JsonMember<'_>| !it.value.range.contains_range(key.inner);
    if !members.iter().all(is_own) {
        return None;
    }
    let lacks = |names: &[String]| !members.iter().any(|it| names.iter().any(|own| *own == it.key));
    let mut fields = Vec::new();
    let mut push = |name: &str, value: &str, detail| {
        let text = format!("{}{}: {value}{}", key.before, quote(name), key.behind);
        let (name, is_status) = (name.to_owned(), detail == "status");
        fields.push(FieldText { name, text, detail, is_status });
    };
    let mut keys = document.role().records.iter().map(|rule| &rule.status);
    let first = keys.next().filter(|first| keys.all(|it| it == *first));
    if let (Some(name), Some(def)) = (first, status_for(analysis, place))
        && lacks(std::slice::from_ref(name))
    {
        push(name, &quote(&def.json), "status");
    }
    let names = &document.profile.fields;
    let mut lists = vec![(&names.json_dependencies, "[]", "what it depends on")];
    lists.push((&names.json_artifacts, "[]", "files that it has made"));
    let has_reason = status_of(analysis, place).is_some_and(|def| def.reason.is_some());
    let (now, none) = (quote(at), quote(""));
    lists.push((&names.json_touch, &now, "when it was last changed"));
    if has_reason {
        lists.push((&names.json_reason, &none, "why it is so"));
    }
    for (names, value, detail) in lists {
        if let Some(name) = names.first().filter(|_| lacks(names)) {
            push(name, value, detail);
        }
    }
    let typed = key.letters;
    Some(FieldSlot { place, range: key.range, typed, untyped: key.untyped, fields })
}

/// A key that is typed.
struct TypedKey {
    /// What of it is there, with quotes.
    range: TextRange,
    /// The same within the record.
    inner: TextRange,
    letters: String,
    /// What goes with it that stands there only for its sake.
    untyped: TextRange,
    /// What must stand before it and behind it.
    before: &'static str,
    behind: &'static str,
}

fn typed(text: &str, line: &Line, start: usize) -> Option<TypedKey> {
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let at = line.offset - start;
    let (head, tail) = text.split_at_checked(at)?;
    let letters = &head[head.trim_end_matches(is_key).len()..];
    let opened = head[..head.len() - letters.len()].strip_suffix('"');
    let before = opened.unwrap_or(&head[..head.len() - letters.len()]);
    let closed = usize::from(opened.is_some() && tail.starts_with('"'));
    let tail = &tail[closed..];
    let next = tail.trim_start();
    let (last, is_last) = (before.trim_end(), next.starts_with('}'));
    if opened.is_none() && letters.is_empty() || !last.ends_with(['{', ',']) {
        return None;
    }
    let behind = match next.chars().next()? {
        '}' => "",
        '"' => ",",
        _ => return None,
    };
    let inner = TextRange::new(before.len(), at + closed);
    // A comma before the end is there for what is typed.
    let comma = usize::from(is_last && last.ends_with(','));
    let untyped = TextRange::new(start + last.len() - comma, start + at + closed);
    let range = TextRange::new(start + before.len(), start + at + closed);
    let letters = letters.to_owned();
    Some(TypedKey { range, inner, letters, untyped, before: "", behind })
}
