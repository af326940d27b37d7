//! New objects that look as those beside them.

use super::{ElementLayout, colon_of, indent_unit, inside, is_blank, is_compact, last_line, quote};
use crate::syntax::json::{JsonKind, JsonValue};
use crate::text::TextRange;

/// How an object stands in an array.
struct ObjectLayout {
    /// Before the first member.
    lead: String,
    /// Behind the last.
    tail: String,
    /// Between key and value.
    colon: String,
    /// Around it, in an array without elements.
    around: ElementLayout,
}

/// An object of these members, keys with values in JSON, laid out as the last object of `array`; where that
/// shows nothing, on lines of its own if the document has more than one line. With the blanks around it in
/// an array without elements.
pub fn object_like(
    text: &str,
    array: &JsonValue,
    members: &[(String, String)],
) -> (String, ElementLayout) {
    let ObjectLayout { lead, tail, colon, around } =
        beside(text, array).unwrap_or_else(|| alone(text, array));
    let own = members.iter().map(|(key, value)| format!("{}{colon}{value}", quote(key)));
    let own: Vec<String> = own.collect();
    let between = match lead.contains(['\n', '\r']) {
        true => format!(",{}", last_line(&lead)),
        false if is_compact(text) => ",".to_owned(),
        false => ", ".to_owned(),
    };
    (format!("{{{lead}{}{tail}}}", own.join(&between)), around)
}

/// As the last object of an array stands.
fn beside(text: &str, array: &JsonValue) -> Option<ObjectLayout> {
    let object = array.as_array()?.last().filter(|it| it.is_complete())?;
    let JsonKind::Object(members) = &object.kind else { return None };
    let (first, last) = (members.first()?, members.last()?);
    let inside = inside(object);
    let lead = TextRange { start: inside.start, end: first.range.start }.of(text);
    let tail = TextRange { start: last.range.end, end: inside.end }.of(text);
    (is_blank(lead) && is_blank(tail)).then(|| ObjectLayout {
        lead: lead.to_owned(),
        tail: tail.to_owned(),
        colon: colon_of(text, first).unwrap_or(plain_colon(text)).to_owned(),
        around: ElementLayout { lead: String::new(), tail: String::new() },
    })
}

/// As the document is indented around an array.
fn alone(text: &str, array: &JsonValue) -> ObjectLayout {
    let colon = plain_colon(text).to_owned();
    let above = text.get(..array.range.start as usize).unwrap_or_default();
    let Some(start) = above.rfind('\n') else {
        let blank = colon[1..].to_owned();
        let around = ElementLayout { lead: blank.clone(), tail: blank.clone() };
        return ObjectLayout { lead: blank.clone(), tail: blank, colon, around };
    };
    let line = &above[start + 1..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let eol = if above[..start].ends_with('\r') { "\r\n" } else { "\n" };
    let unit = indent_unit(text);
    let tail = format!("{eol}{indent}{unit}");
    let around = ElementLayout { lead: tail.clone(), tail: format!("{eol}{indent}") };
    ObjectLayout { lead: format!("{tail}{unit}"), tail, colon, around }
}

fn plain_colon(text: &str) -> &'static str {
    if is_compact(text) { ":" } else { ": " }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::json::Json;
    use crate::syntax::json::rewrite::add_elements;
    use crate::text::text_edit::TextEdits;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let json = Json::parse(text);
        let array = json.root.as_ref().and_then(|root| root.get("a")).expect("an array");
        let members = [("n".to_owned(), "1".to_owned()), ("s".to_owned(), "\"x\"".to_owned())];
        let (object, around) = object_like(text, array, &members);
        let edit = add_elements(text, array, &[object], &around).expect("an edit");
        assert_eq!(TextEdits::from(edit).apply(text), expected);
    }

    #[test]
    fn an_object_stands_as_its_neighbour_or_as_its_document() {
        check("{\"a\": [{ \"n\": 0 }]}", "{\"a\": [{ \"n\": 0 }, { \"n\": 1, \"s\": \"x\" }]}");
        check("{\"a\":[{\"n\":0}]}", "{\"a\":[{\"n\":0},{\"n\":1,\"s\":\"x\"}]}");
        check(
            "{\n  \"a\": [\n    {\n      \"n\" : 0\n    }\n  ]\n}",
            "{\n  \"a\": [\n    {\n      \"n\" : 0\n    },\n    {\n      \"n\" : 1,\n      \"s\" : \"x\"\n    }\n  ]\n}",
        );
        check(
            "{\n  \"a\": []\n}",
            "{\n  \"a\": [\n    {\n      \"n\": 1,\n      \"s\": \"x\"\n    }\n  ]\n}",
        );
        check(
            "{\r\n\t\"a\": []\r\n}",
            "{\r\n\t\"a\": [\r\n\t\t{\r\n\t\t\t\"n\": 1,\r\n\t\t\t\"s\": \"x\"\r\n\t\t}\r\n\t]\r\n}",
        );
        check("{ \"a\": [] }", "{ \"a\": [ { \"n\": 1, \"s\": \"x\" } ] }");
    }
}
