//! Edits of a JSON text that keep its layout: separators and indentation are those of the members
//! or elements next to the change, and no byte outside the edit's range changes.

use super::{JsonKind, JsonMember, JsonValue};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// `text` as a JSON string with its quotes. What is not ASCII stays as it is.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\0'..='\u{1f}' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Writes `json_text` in place of `value`.
pub fn set_value(value: &JsonValue, json_text: &str) -> TextEdit {
    TextEdit { range: value.range, insert: json_text.to_owned() }
}

/// Writes a member `key` with the value `json_text` behind the last member named `after`, or at the
/// end where that is none of `object`'s. `text` is the text that `object` was read from.
///
/// Between members nothing is replaced: several such edits after the same member can be applied
/// together, in order. Into an object without members only one can.
///
/// None where `object` is no object, or where what the member would follow is broken.
pub fn insert_member(
    text: &str,
    object: &JsonValue,
    key: &str,
    json_text: &str,
    after: Option<&str>,
) -> Option<TextEdit> {
    let JsonKind::Object(members) = &object.kind else { return None };
    let Some(end) = members.len().checked_sub(1) else {
        let member = format!("{}: {json_text}", quote(key));
        return fill(text, object, b"{}", &member);
    };
    let at = after.and_then(|after| members.iter().rposition(|member| member.key == after));
    let at = at.unwrap_or(end);
    let anchor = members.get(at)?;
    if !is_whole(text, &anchor.value) {
        return None;
    }
    let colon = colon(text, members, at);
    let parts: Vec<TextRange> = members.iter().map(|member| member.range).collect();
    let spaced = colon.ends_with(char::is_whitespace);
    let separator = separator(text, object, &parts, at, spaced);
    let insert = format!("{separator}{}{colon}{json_text}", quote(key));
    Some(TextEdit { range: TextRange::empty(anchor.range.end as usize), insert })
}

/// Writes an element `json_text` at the end of `array`; otherwise as [`insert_member`].
pub fn insert_element(text: &str, array: &JsonValue, json_text: &str) -> Option<TextEdit> {
    let elements = array.as_array()?;
    let Some(last) = elements.last() else {
        return fill(text, array, b"[]", json_text);
    };
    if !is_whole(text, last) {
        return None;
    }
    let parts: Vec<TextRange> = elements.iter().map(|element| element.range).collect();
    let separator = separator(text, array, &parts, parts.len().checked_sub(1)?, true);
    let insert = format!("{separator}{json_text}");
    Some(TextEdit { range: TextRange::empty(last.range.end as usize), insert })
}

/// Takes the last member named `key` out of `object`, together with one comma. An earlier member of
/// that name stays.
///
/// None where there is no such member, or where more than a comma stands between it and its
/// neighbours.
pub fn remove_member(text: &str, object: &JsonValue, key: &str) -> Option<TextEdit> {
    let members = object.members();
    let at = members.iter().rposition(|member| member.key == key)?;
    let member = members.get(at)?;
    let gap = |from: u32, to: u32| TextRange { start: from, end: to };
    let previous = at.checked_sub(1).and_then(|at| members.get(at));
    let range = match (previous, members.get(at + 1)) {
        (Some(previous), _) => {
            comma_only(text, gap(previous.range.end, member.range.start))?;
            gap(previous.range.end, member.range.end)
        }
        (None, Some(next)) => {
            comma_only(text, gap(member.range.end, next.range.start))?;
            gap(member.range.start, next.range.start)
        }
        (None, None) => {
            let inner = inner(text, object, b"{}")?;
            let before = gap(inner.start, member.range.start).of(text);
            let behind = gap(member.range.end, inner.end);
            if !before.trim().is_empty() || !matches!(behind.of(text).trim(), "" | ",") {
                return None;
            }
            inner
        }
    };
    Some(TextEdit { range, insert: String::new() })
}

/// Fills an array or object that holds nothing but white space.
fn fill(text: &str, value: &JsonValue, brackets: &[u8; 2], part: &str) -> Option<TextEdit> {
    let range = inner(text, value, brackets)?;
    let space = range.of(text);
    if !space.trim().is_empty() {
        return None;
    }
    let insert = match last_line(space) {
        None => format!("{space}{part}{space}"),
        Some(line) => {
            let indent = line.trim_start_matches(['\r', '\n']);
            let unit = indent_unit(text, indent);
            format!("{line}{unit}{part}{line}")
        }
    };
    Some(TextEdit { range, insert })
}

/// One step of indentation, as the text has it.
fn indent_unit<'t>(text: &'t str, indent: &str) -> &'t str {
    let widths = text.lines().map(|line| {
        let len = line.len() - line.trim_start_matches([' ', '\t']).len();
        line.get(..len).unwrap_or("")
    });
    match widths.into_iter().find(|space| !space.is_empty()) {
        Some(space) if space.starts_with('\t') => "\t",
        Some(space) if indent.is_empty() || indent.len() % space.len() == 0 => space,
        _ => "  ",
    }
}

/// Between the brackets; none where one of them is missing.
fn inner(text: &str, value: &JsonValue, brackets: &[u8; 2]) -> Option<TextRange> {
    let raw = value.range.of(text).as_bytes();
    let [open, .., close] = raw else { return None };
    let inner = TextRange { start: value.range.start + 1, end: value.range.end - 1 };
    ([*open, *close] == *brackets).then_some(inner)
}

/// What stands between two parts; `at` is the one that the new one follows.
fn separator(
    text: &str,
    whole: &JsonValue,
    parts: &[TextRange],
    at: usize,
    spaced: bool,
) -> String {
    let between = |first: usize| {
        let (a, b) = (parts.get(first)?, parts.get(first + 1)?);
        comma_only(text, TextRange { start: a.end, end: b.start })
    };
    let copied = at.checked_sub(1).and_then(between).or_else(|| between(at));
    if let Some((before, behind)) = copied {
        return format!("{},{}", one_line(before), one_line(behind));
    }
    let first = parts.first().map_or(whole.range.end, |part| part.start);
    let lead = TextRange { start: whole.range.start.saturating_add(1), end: first }.of(text);
    let space = lead.get(lead.trim_end().len()..).unwrap_or("");
    match last_line(space) {
        Some(line) => format!(",{line}"),
        None if space.is_empty() && spaced => ", ".to_owned(),
        None => format!(",{space}"),
    }
}

/// The white space before and behind the comma in `range`; none where anything else stands there.
fn comma_only(text: &str, range: TextRange) -> Option<(&str, &str)> {
    let (before, behind) = range.of(text).split_once(',')?;
    (before.trim().is_empty() && behind.trim().is_empty()).then_some((before, behind))
}

/// White space without its blank lines.
fn one_line(space: &str) -> &str {
    last_line(space).unwrap_or(space)
}

/// The last line break of `space` and what follows it.
fn last_line(space: &str) -> Option<&str> {
    let at = space.rfind(['\n', '\r'])?;
    let at = if space.get(..at).is_some_and(|s| s.ends_with('\r')) { at - 1 } else { at };
    space.get(at..)
}

/// The colon with its spaces, as the member at `at` has it, or else the first that has it on one
/// line.
fn colon<'t>(text: &'t str, members: &[JsonMember], at: usize) -> &'t str {
    let own = members.get(at).into_iter();
    own.chain(members)
        .map(|m| TextRange { start: m.key_range.end, end: m.value.range.start }.of(text))
        .find(|colon| colon.trim() == ":" && !colon.contains(['\n', '\r']))
        .unwrap_or(": ")
}

/// Whether `value` is read to its end, so that something may follow it.
fn is_whole(text: &str, value: &JsonValue) -> bool {
    let raw = value.range.of(text);
    let closed = |open: char, close: char, last: Option<u32>| {
        raw.len() >= 2
            && raw.starts_with(open)
            && raw.ends_with(close)
            && last.is_none_or(|end| end < value.range.end)
    };
    match &value.kind {
        JsonKind::Invalid => false,
        JsonKind::Null | JsonKind::Bool(_) | JsonKind::Number => true,
        JsonKind::String(_) => ['"', '\''].into_iter().any(|quote| {
            let escapes = raw.strip_suffix(quote).map_or("", |s| s).bytes().rev();
            closed(quote, quote, None) && escapes.take_while(|b| *b == b'\\').count() % 2 == 0
        }),
        JsonKind::Array(elements) => closed('[', ']', elements.last().map(|e| e.range.end)),
        JsonKind::Object(members) => closed('{', '}', members.last().map(|m| m.range.end)),
    }
}
