//! JSON: what another reader accepts is accepted, and nothing else; and all that is read is the same.

use std::collections::BTreeSet;

use lockstep_analysis::profile::Format;
use lockstep_analysis::syntax::json::{Json, JsonKind, JsonValue};
use serde_json::Value;

use crate::bounds::{inside, within};
use crate::markdown::facts;

/// The other reader goes no deeper.
const DEEPEST: usize = 120;

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let json = Json::parse(text);
    json.problems.iter().for_each(|problem| within(text, problem.range, problem));
    if let Some(root) = &json.root {
        ranges(text, root);
    }
    compare(text, &json);
    facts(
        text,
        Format::Json,
        &["specs/state.json", ".taskmaster/tasks/tasks.json", ".minsky/tasks.json", "tasks.json"],
    );
}

fn ranges(text: &str, value: &JsonValue<'_>) {
    within(text, value.range, value.range);
    for element in value.as_array().unwrap_or_default() {
        inside(value.range, element.range, "an element");
        ranges(text, element);
    }
    for member in value.members() {
        within(text, member.key_range, member.key_range);
        inside(value.range, member.range, "a member");
        inside(member.range, member.value.range, "a member's value");
        ranges(text, &member.value);
    }
}

fn compare(text: &str, json: &Json<'_>) {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let too_deep = json.root.as_ref().is_some_and(|root| depth(root) > DEEPEST);
    if too_deep {
        return;
    }
    match serde_json::from_str::<Value>(bare) {
        Ok(other) => {
            let root = json.root.as_ref().expect("what is JSON has a value");
            let twice = has_duplicate(root);
            assert_eq!(json.problems.is_empty(), !twice, "{:?}", json.problems);
            same(text, root, &other);
        }
        Err(error) => {
            // The other one knows the size of its numbers, and no half of a pair of surrogates.
            let said = error.to_string();
            let is_own = said.contains("out of range") || text.contains("\\u");
            let is_empty = bare.trim().is_empty();
            let agreed =
                !json.problems.is_empty() || is_own || is_empty || said.contains("recursion");
            assert!(agreed, "accepted what is none: {said}");
        }
    }
}

fn depth(value: &JsonValue<'_>) -> usize {
    let elements = value.as_array().unwrap_or_default().iter();
    let below = elements.chain(value.members().iter().map(|member| &member.value));
    1 + below.map(depth).max().unwrap_or(0)
}

fn has_duplicate(value: &JsonValue<'_>) -> bool {
    let keys: BTreeSet<&str> = value.members().iter().map(|member| &*member.key).collect();
    keys.len() < value.members().len()
        || value.members().iter().any(|member| has_duplicate(&member.value))
        || value.as_array().unwrap_or_default().iter().any(has_duplicate)
}

fn same(text: &str, own: &JsonValue<'_>, other: &Value) {
    match (&own.kind, other) {
        (JsonKind::Null, Value::Null) => {}
        (JsonKind::Bool(one), Value::Bool(two)) => assert_eq!(one, two),
        (JsonKind::Number, Value::Number(two)) => {
            if let Some(one) = own.as_integer(text) {
                assert_eq!(Some(one), two.as_i64().or(Some(one).filter(|one| *one == 0)));
            }
        }
        (JsonKind::String(one), Value::String(two)) => assert_eq!(one, two),
        (JsonKind::Array(one), Value::Array(two)) => {
            assert_eq!(one.len(), two.len());
            one.iter().zip(two).for_each(|(one, two)| same(text, one, two));
        }
        (JsonKind::Object(_), Value::Object(two)) => {
            for (key, two) in two {
                same(text, own.get(key).expect("the member is found"), two);
            }
        }
        (one, two) => panic!("{one:?} is read where another reads {two:?}"),
    }
}
