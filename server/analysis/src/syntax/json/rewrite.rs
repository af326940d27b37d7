//! Edits of JSON text that look as if its author had made them: separators, indentation and line
//! endings are copied from what stands next to the change, and every other byte stays.

mod elements;
mod objects;

pub use elements::{ElementLayout, add_elements, remove_elements};
pub use objects::object_like;

use super::{JsonKind, JsonMember, JsonValue};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// `text` as a JSON string. Only what JSON demands is escaped.
pub fn quote(text: &str) -> String {
    let mut res = String::with_capacity(text.len() + 2);
    res.push('"');
    for char in text.chars() {
        match char {
            '"' => res.push_str("\\\""),
            '\\' => res.push_str("\\\\"),
            '\n' => res.push_str("\\n"),
            '\r' => res.push_str("\\r"),
            '\t' => res.push_str("\\t"),
            '\u{8}' => res.push_str("\\b"),
            '\u{c}' => res.push_str("\\f"),
            '\0'..'\u{20}' => res.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => res.push(char),
        }
    }
    res.push('"');
    res
}

/// Adds a member behind the one named `after`, or behind the last if there is none of that name;
/// `json_text` goes in as it is.
///
/// Nothing if `object` is no object or not whole, if it has the key already, if the member before
/// is half-written, or if it holds nothing but what is not JSON.
pub fn insert_member(
    text: &str,
    object: &JsonValue,
    key: &str,
    json_text: &str,
    after: Option<&str>,
) -> Option<TextEdit> {
    let JsonKind::Object(members) = &object.kind else { return None };
    if !object.is_complete() || object.get(key).is_some() {
        return None;
    }
    let Some(last) = members.len().checked_sub(1) else {
        let colon = if is_compact(text) { ":" } else { ": " };
        return fill_empty(text, object, &format!("{}{colon}{json_text}", quote(key)));
    };
    let named = |after| members.iter().rposition(|member| member.key == after);
    let idx = after.and_then(named).unwrap_or(last);
    let previous = &members[idx];
    if !previous.value.is_complete() {
        return None;
    }
    let colon = colon_of(text, previous).unwrap_or(": ");
    let ranges: Vec<TextRange> = members.iter().map(|member| member.range).collect();
    let separator = separator_after(text, object, &ranges, idx, !colon.ends_with(':'));
    let member = format!("{separator}{}{colon}{json_text}", quote(key));
    Some(TextEdit::insert(previous.range.end as usize, member))
}

/// Takes a member out, with the comma and the blanks that part it from its neighbour.
///
/// Nothing if `object` is no object or not whole, if the key is not there or stands twice, or if
/// more than a comma parts the member from its neighbour.
pub fn remove_member(text: &str, object: &JsonValue, key: &str) -> Option<TextEdit> {
    let members = object.members();
    if !object.is_complete() {
        return None;
    }
    let mut named = members.iter().enumerate().filter(|(_, member)| member.key == key);
    let (idx, member) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let (start, end) = (member.range.start as usize, member.range.end as usize);
    let goes = if let Some(previous) = idx.checked_sub(1).map(|idx| &members[idx]) {
        let gap = TextRange { start: previous.range.end, end: member.range.start };
        split_gap(gap.of(text))?;
        TextRange { start: gap.start, end: member.range.end }
    } else if let Some(next) = members.get(1) {
        let gap = TextRange { start: member.range.end, end: next.range.start };
        split_gap(gap.of(text))?;
        TextRange { start: member.range.start, end: gap.end }
    } else {
        let inside = inside(object);
        let before = text.get(inside.start as usize..start)?;
        let behind = text.get(end..inside.end as usize)?;
        if !is_blank(before) || !is_blank(behind) {
            return None;
        }
        inside
    };
    Some(TextEdit::delete(goes))
}

/// What stands between the brackets of a whole container.
fn inside(container: &JsonValue) -> TextRange {
    TextRange { start: container.range.start + 1, end: container.range.end - 1 }
}

/// Puts the first item into an empty container: on a line of its own if the brackets are on two.
fn fill_empty(text: &str, container: &JsonValue, item: &str) -> Option<TextEdit> {
    let inside = inside(container);
    let blanks = inside.of(text);
    if !is_blank(blanks) {
        return None;
    }
    let last_line = last_line(blanks);
    let insert = if last_line.starts_with(['\n', '\r']) {
        format!("{last_line}{}{item}{last_line}", indent_unit(text))
    } else {
        format!("{blanks}{item}{blanks}")
    };
    Some(TextEdit::replace(inside, insert))
}

/// One step of indentation: that of the first indented line.
fn indent_unit(text: &str) -> &str {
    let indents = text.split(['\n', '\r']).map(|line| {
        let content = line.trim_start_matches([' ', '\t']);
        if content.is_empty() { "" } else { &line[..line.len() - content.len()] }
    });
    match indents.into_iter().find(|indent| !indent.is_empty()) {
        Some(tabs) if tabs.starts_with('\t') => "\t",
        Some(spaces) if spaces.len() <= 8 => spaces,
        _ => "  ",
    }
}

/// What to write between the item at `idx` and a new one behind it.
///
/// That is what stands before the item; behind it if it is the first of several. A single item
/// shows only whether it starts a line; on one line, `spaced` says whether a blank follows the
/// comma.
fn separator_after(
    text: &str,
    container: &JsonValue,
    items: &[TextRange],
    idx: usize,
    spaced: bool,
) -> String {
    let first = idx.saturating_sub(1);
    if let Some(next) = items.get(first + 1) {
        let gap = TextRange { start: items[first].end, end: next.start };
        if let Some((before, behind)) = split_gap(gap.of(text)) {
            return format!("{},{}", last_line(before), last_line(behind));
        }
    }
    let start = items[idx].start as usize;
    let before = text.get(..start).unwrap_or("");
    let line = last_line(&before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..]);
    if line.starts_with(['\n', '\r']) {
        return format!(",{line}");
    }
    let lead = items[0].start > inside(container).start;
    if lead || spaced { ", ".to_owned() } else { ",".to_owned() }
}

/// The blanks before and behind the comma; nothing if there is not one comma, or more than that.
fn split_gap(gap: &str) -> Option<(&str, &str)> {
    let (before, behind) = gap.split_once(',')?;
    (is_blank(before) && is_blank(behind)).then_some((before, behind))
}

/// The last of several line breaks and the indentation behind it; all of `blanks` on one line.
fn last_line(blanks: &str) -> &str {
    let Some(at) = blanks.rfind(['\n', '\r']) else { return blanks };
    let is_crlf = blanks[..at].ends_with('\r') && blanks[at..].starts_with('\n');
    &blanks[at - usize::from(is_crlf)..]
}

/// What stands between key and value, if it is a colon on one line.
fn colon_of<'a>(text: &'a str, member: &JsonMember) -> Option<&'a str> {
    let gap = TextRange { start: member.key_range.end, end: member.value.range.start };
    let colon = gap.of(text);
    (colon.trim_matches([' ', '\t']) == ":").then_some(colon)
}

/// Whether no blank follows the colons of a document that has some.
fn is_compact(text: &str) -> bool {
    text.contains("\":") && !text.contains("\": ")
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::Value;

    use super::*;
    use crate::syntax::json::Json;
    use crate::syntax::json::tests::values;
    use crate::text::text_edit::TextEdits;

    fn root(text: &str) -> JsonValue<'_> {
        Json::parse(text).root.unwrap()
    }

    fn applied(edit: TextEdit, text: &str) -> String {
        TextEdits::from(edit).apply(text)
    }

    #[track_caller]
    fn check_insert(text: &str, after: Option<&str>, expected: &str) {
        let edit = insert_member(text, &root(text), "n", "0", after).unwrap();
        assert_eq!(applied(edit, text), expected);
    }

    #[track_caller]
    fn check_remove(text: &str, key: &str, expected: &str) {
        assert_eq!(applied(remove_member(text, &root(text), key).unwrap(), text), expected);
    }

    #[test]
    fn strings_are_quoted_no_more_than_needed() {
        assert_eq!(quote("é🦀/\u{7f}\u{2028}"), "\"é🦀/\u{7f}\u{2028}\"");
        assert_eq!(quote("\"\\\n\r\t\u{8}\u{c}\0\u{1f}"), r#""\"\\\n\r\t\b\f\u0000\u001f""#);
    }

    #[test]
    fn a_member_on_one_line_stays_on_it() {
        check_insert(r#"{ "a": 1 }"#, None, r#"{ "a": 1, "n": 0 }"#);
        check_insert(r#"{"a": 1}"#, None, r#"{"a": 1, "n": 0}"#);
        check_insert(r#"{"a":1}"#, None, r#"{"a":1,"n":0}"#);
        check_insert(r#"{ "a" : 1 ,"b":2 }"#, None, r#"{ "a" : 1 ,"b":2 ,"n":0 }"#);
        check_insert(r#"{ "a" : 1, "b":2 }"#, Some("a"), r#"{ "a" : 1, "n" : 0, "b":2 }"#);
    }

    #[test]
    fn a_member_on_its_own_line_gets_one() {
        check_insert("{\n  \"a\": 1\n}\n", None, "{\n  \"a\": 1,\n  \"n\": 0\n}\n");
        check_insert("{\r\n\t\"a\": 1\r\n}", None, "{\r\n\t\"a\": 1,\r\n\t\"n\": 0\r\n}");
        check_insert(
            "{\n  \"a\": 1,\n\n  \"b\": 2\n}",
            None,
            "{\n  \"a\": 1,\n\n  \"b\": 2,\n  \"n\": 0\n}",
        );
        check_insert(
            "{\n  \"a\": 1,\n  \"b\": 2\n}",
            Some("a"),
            "{\n  \"a\": 1,\n  \"n\": 0,\n  \"b\": 2\n}",
        );
        check_insert(
            "{ \"a\": 1\n, \"b\": 2\n}",
            Some("x"),
            "{ \"a\": 1\n, \"b\": 2\n, \"n\": 0\n}",
        );
        check_insert("{\r  \"a\": 1\r}", None, "{\r  \"a\": 1,\r  \"n\": 0\r}");
    }

    #[test]
    fn an_empty_object_is_filled() {
        check_insert("{}", None, r#"{"n": 0}"#);
        check_insert("{ }", Some("a"), r#"{ "n": 0 }"#);
        check_insert("{\n}", None, "{\n  \"n\": 0\n}");
        check_insert("{\r\n\r\n}", None, "{\r\n  \"n\": 0\r\n}");
        let text = "{\n\t\"a\": {\n\t}\n}";
        let edit = insert_member(text, root(text).get("a").unwrap(), "n", "0", None).unwrap();
        assert_eq!(applied(edit, text), "{\n\t\"a\": {\n\t\t\"n\": 0\n\t}\n}");
        let text = "{\"a\":{}}";
        let edit = insert_member(text, root(text).get("a").unwrap(), "n", "0", None).unwrap();
        assert_eq!(applied(edit, text), "{\"a\":{\"n\":0}}");
    }

    #[test]
    fn a_removed_member_takes_its_comma_along() {
        check_remove(r#"{ "a": 1 }"#, "a", "{}");
        check_remove(r#"{ "a": 1, "b": 2 }"#, "a", r#"{ "b": 2 }"#);
        check_remove(r#"{ "a": 1, "b": 2 }"#, "b", r#"{ "a": 1 }"#);
        let text = "{\r\n  \"a\": 1,\r\n  \"b\": 2,\r\n  \"c\": 3\r\n}";
        check_remove(text, "a", "{\r\n  \"b\": 2,\r\n  \"c\": 3\r\n}");
        check_remove(text, "b", "{\r\n  \"a\": 1,\r\n  \"c\": 3\r\n}");
        check_remove(text, "c", "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}");
    }

    #[test]
    fn what_is_not_whole_is_left_alone() {
        for text in ["[1]", "{ \"n\": 1 }", "{ \"a\": 1", "{ \"a\": {}", "{ \"a\": }", "{ x }", "1"]
        {
            assert_eq!(insert_member(text, &root(text), "n", "0", None), None, "{text}");
        }
        for text in [
            "[]",
            "{}",
            "{ \"n\": 1",
            "{ \"n\": 1, \"n\": 2 }",
            "{ \"n\": 1 \"a\": 2 }",
            "{ \"a\": 1, /* c */ \"n\": 2 }",
            "{ \"n\": 1 /* c */ }",
        ] {
            assert_eq!(remove_member(text, &root(text), "n"), None, "{text}");
        }
    }

    /// Lays a value out on one line with blanks inside the brackets.
    fn on_one_line(value: &Value) -> String {
        let parts: Vec<String> = match value {
            Value::Array(elements) => elements.iter().map(on_one_line).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(key, value)| format!("{} : {}", quote(key), on_one_line(value)))
                .collect(),
            _ => return value.to_string(),
        };
        let (open, close) = if value.is_array() { ("[", "]") } else { ("{", "}") };
        if parts.is_empty() {
            return format!("{open} {close}");
        }
        format!("{open} {} {close}", parts.join(", "))
    }

    /// Indents the lines of pretty JSON with tabs.
    fn with_tabs(pretty: &str) -> String {
        let indented = pretty.lines().map(|line| {
            let content = line.trim_start_matches(' ');
            format!("{}{content}\n", "\t".repeat((line.len() - content.len()) / 2))
        });
        indented.collect()
    }

    /// Puts the commas of pretty JSON first in their lines, and empty objects on several.
    fn with_leading_commas(pretty: &str) -> String {
        let spread = pretty.lines().map(|line| match line.strip_suffix("{},") {
            Some(before) => format!("{before}{{\n\n}},\n"),
            None => format!("{line}\n"),
        });
        spread.collect::<String>().replace(",\n", "\n,")
    }

    /// Values and a text of each, in one of several layouts.
    fn laid_out() -> impl Strategy<Value = (Value, String)> {
        (values(), 0..6).prop_map(|(value, layout)| {
            let pretty = format!("{value:#}\n");
            let text = match layout {
                0 => value.to_string(),
                1 => pretty,
                2 => pretty.replace('\n', "\r\n"),
                3 => format!("\u{feff}{}", on_one_line(&value)),
                4 => with_tabs(&pretty),
                _ => with_leading_commas(&pretty),
            };
            // serde_json reads some numbers one unit off what it wrote.
            let value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            (value, text)
        })
    }

    /// The ways to all values below, each a list of child numbers.
    fn ways(value: &Value) -> Vec<Vec<usize>> {
        let children: Vec<&Value> = match value {
            Value::Array(elements) => elements.iter().collect(),
            Value::Object(members) => members.values().collect(),
            _ => vec![],
        };
        let below = children.iter().enumerate().flat_map(|(idx, child)| {
            ways(child).into_iter().map(move |way| [vec![idx], way].concat())
        });
        [vec![]].into_iter().chain(below).collect()
    }

    fn in_model<'a>(model: &'a mut Value, way: &[usize]) -> &'a mut Value {
        way.iter().fold(model, |value, &idx| match value {
            Value::Array(elements) => &mut elements[idx],
            Value::Object(members) => members.values_mut().nth(idx).unwrap(),
            _ => unreachable!(),
        })
    }

    fn in_tree<'a>(root: &'a JsonValue<'a>, way: &[usize]) -> &'a JsonValue<'a> {
        way.iter().fold(root, |value, &idx| match &value.kind {
            JsonKind::Array(elements) => &elements[idx],
            JsonKind::Object(members) => &members[idx].value,
            _ => unreachable!(),
        })
    }

    /// The new text is the model's, in its order, and laid out like the old one.
    #[track_caller]
    fn check_edit(text: &str, container: &JsonValue, edit: TextEdit, model: &Value) {
        assert!(container.range.contains_range(edit.range));
        let one_line = !container.range.of(text).contains(['\n', '\r']);
        assert!(!one_line || !edit.insert.contains(['\n', '\r']), "{text:?} {edit:?}");
        let n_bare = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
        let is_crlf = text.contains("\r\n") && n_bare(text) == 0;
        let new = applied(edit, text);
        assert!(!is_crlf || n_bare(&new) == 0, "{new:?}");
        let value: Value = serde_json::from_str(new.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(value.to_string(), model.to_string(), "{text:?} became {new:?}");
    }

    proptest! {
        #[test]
        fn quoted_strings_mean_the_same(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&quote(&text)).unwrap(), text);
        }

        #[test]
        fn inserting_adds_one_member(
            (mut model, text) in laid_out(), at in any::<Index>(), after in any::<Option<Index>>(),
        ) {
            let ways = ways(&model);
            let way = at.get(&ways);
            let root = root(&text);
            let container = in_tree(&root, way);
            let edit = match in_model(&mut model, way) {
                Value::Object(members) => {
                    let after = after.filter(|_| !members.is_empty());
                    let idx = after.map(|after| after.index(members.len()));
                    let name = idx.and_then(|idx| members.keys().nth(idx).cloned());
                    let idx = idx.map_or(members.len(), |idx| idx + 1);
                    members.shift_insert(idx, "neu \"".to_owned(), Value::from(7));
                    insert_member(&text, container, "neu \"", "7", name.as_deref())
                }
                _ => return Ok(()),
            };
            check_edit(&text, container, edit.unwrap(), &model);
        }

        #[test]
        fn removing_takes_one_member(
            (mut model, text) in laid_out(), at in any::<Index>(), which in any::<Index>(),
        ) {
            let ways = ways(&model);
            let way = at.get(&ways);
            let root = root(&text);
            let object = in_tree(&root, way);
            let Value::Object(members) = in_model(&mut model, way) else { return Ok(()) };
            if members.is_empty() {
                return Ok(());
            }
            let key = members.keys().nth(which.index(members.len())).cloned().unwrap();
            members.shift_remove(&key);
            let edit = remove_member(&text, object, &key).unwrap();
            prop_assert!(edit.insert.is_empty());
            check_edit(&text, object, edit, &model);
        }
    }
}
