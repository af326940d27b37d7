//! JSON as values with ranges. Reading keeps what is sound around what is not; `rewrite` plans
//! edits that leave every other byte alone. Comments and other dialects are problems, not features.

mod read;
pub mod rewrite;

use std::borrow::Cow;

use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// A JSON document as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Json<'t> {
    /// The value; nothing if there is only white space.
    pub root: Option<JsonValue<'t>>,
    /// What is wrong, in order; empty if and only if the document is strictly JSON without
    /// duplicate keys. A byte order mark at the start is no problem.
    pub problems: Vec<SyntaxError>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonValue<'t> {
    /// From its first byte to after its last; a container that is never closed ends with its last
    /// item, and a value that is missing is empty.
    pub range: TextRange,
    /// What it is.
    pub kind: JsonKind<'t>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonKind<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number: its digits are in the text.
    Number,
    /// A string, decoded.
    String(Cow<'t, str>),
    /// The elements, also the invalid ones.
    Array(Vec<JsonValue<'t>>),
    /// The members in order, also duplicate and half-written ones.
    Object(Vec<JsonMember<'t>>),
    /// Missing, or something that is not JSON.
    Invalid,
}

/// A key and its value in an object.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonMember<'t> {
    /// The key, decoded.
    pub key: Cow<'t, str>,
    /// Where the key stands, with its quotes.
    pub key_range: TextRange,
    /// The value.
    pub value: JsonValue<'t>,
    /// From the start of the key to the end of the value.
    pub range: TextRange,
}

impl<'t> Json<'t> {
    /// Reads `text`, whatever it is, in time proportional to its length.
    pub fn parse(text: &'t str) -> Json<'t> {
        read::JsonReader::new(text).document()
    }

    /// The value that begins at `start`; `None` where it is not well formed.
    pub fn value_at(text: &'t str, start: usize) -> Option<JsonValue<'t>> {
        read::JsonReader::new(text).value_at(start)
    }
}

impl<'t> JsonValue<'t> {
    /// The value of the last member of that name, as JSON has it.
    pub fn get(&self, key: &str) -> Option<&JsonValue<'t>> {
        let member = self.members().iter().rfind(|member| member.key == key)?;
        Some(&member.value)
    }

    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[JsonMember<'t>] {
        match &self.kind {
            JsonKind::Object(members) => members,
            _ => &[],
        }
    }

    /// What `get` finds key after key.
    pub fn path(&self, keys: &[&str]) -> Option<&JsonValue<'t>> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The decoded text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            JsonKind::String(string) => Some(string),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[JsonValue<'t>]> {
        match &self.kind {
            JsonKind::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            JsonKind::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    /// A number without fraction and exponent that fits; `text` is the document it was read from.
    pub fn as_integer(&self, text: &str) -> Option<i64> {
        match self.kind {
            JsonKind::Number => self.range.of(text).parse().ok(),
            _ => None,
        }
    }

    /// Whether the value itself is all there: valid, and closed if it is a container. What it holds
    /// may still be broken.
    pub fn is_complete(&self) -> bool {
        let last = match &self.kind {
            JsonKind::Invalid => return false,
            JsonKind::Array(elements) => elements.last().map(|element| element.range),
            JsonKind::Object(members) => members.last().map(|member| member.range),
            _ => return true,
        };
        self.range.end > last.map_or(self.range.start + 1, |last| last.end)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// What serde_json would make of the same value.
    fn to_serde(value: &JsonValue, text: &str) -> Value {
        match &value.kind {
            JsonKind::Null => Value::Null,
            JsonKind::Bool(bool) => Value::Bool(*bool),
            JsonKind::Number => serde_json::from_str(value.range.of(text)).unwrap(),
            JsonKind::String(string) => Value::String(string.to_string()),
            JsonKind::Array(elements) => elements.iter().map(|it| to_serde(it, text)).collect(),
            JsonKind::Object(members) => {
                members.iter().map(|it| (it.key.to_string(), to_serde(&it.value, text))).collect()
            }
            JsonKind::Invalid => panic!("an invalid value without a problem"),
        }
    }

    fn only_duplicates(json: &Json) -> bool {
        json.problems.iter().all(|problem| problem.message.starts_with("duplicate key"))
    }

    /// serde_json and we agree on what is JSON, and on what it says.
    #[track_caller]
    fn check_oracle(text: &str) {
        let json = Json::parse(text);
        check_ranges(&json, text);
        match serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(value) => {
                assert!(only_duplicates(&json), "{text:?} is JSON, but: {:?}", json.problems);
                assert_eq!(to_serde(json.root.as_ref().unwrap(), text), value, "{text:?}");
            }
            Err(error) => assert!(!only_duplicates(&json), "{text:?} is not JSON: {error}"),
        }
    }

    /// Ranges nest, are in order, and fall between characters.
    #[track_caller]
    fn check_ranges(json: &Json, text: &str) {
        let fits = |range: TextRange| text.get(range.bytes()).is_some();
        assert!(json.problems.iter().all(|problem| fits(problem.range)), "{text:?}");
        assert!(json.problems.is_sorted_by_key(|problem| problem.range), "{text:?}");
        let mut open: Vec<&JsonValue> = json.root.iter().collect();
        while let Some(value) = open.pop() {
            assert!(fits(value.range), "{text:?}");
            let mut end = value.range.start;
            let mut inside = |range: TextRange| {
                assert!(end <= range.start && value.range.contains_range(range), "{text:?}");
                end = range.end;
            };
            for member in value.members() {
                inside(member.range);
                assert!(member.range.contains_range(member.key_range) && fits(member.key_range));
                assert!(member.key_range.end <= member.value.range.start);
                assert_eq!(member.range.end, member.value.range.end);
                open.push(&member.value);
            }
            for element in value.as_array().unwrap_or_default() {
                inside(element.range);
                open.push(element);
            }
        }
    }

    /// Problems as `text: message` lines, then the document as far as it was understood.
    #[track_caller]
    pub(super) fn check(text: &str, expected: Expect) {
        check_oracle(text);
        let json = Json::parse(text);
        let mut res = String::new();
        for problem in &json.problems {
            res.push_str(&format!("{:?}: {}\n", problem.range.of(text), problem.message));
        }
        res.push_str(&json.root.map_or("nothing".to_owned(), |root| sketch(&root, text)));
        expected.assert_eq(&res);
    }

    /// A value on one line: `!` for an invalid one, `…` in a container that is never closed.
    fn sketch(value: &JsonValue, text: &str) -> String {
        let more = if value.is_complete() { "" } else { " …" };
        match &value.kind {
            JsonKind::Invalid => "!".to_owned(),
            JsonKind::Array(elements) => {
                let parts: Vec<_> = elements.iter().map(|it| sketch(it, text)).collect();
                format!("[{}{more}]", parts.join(", "))
            }
            JsonKind::Object(members) => {
                let part = |it: &JsonMember| format!("{}: {}", it.key, sketch(&it.value, text));
                let parts: Vec<_> = members.iter().map(part).collect();
                format!("{{{}{more}}}", parts.join(", "))
            }
            _ => to_serde(value, text).to_string(),
        }
    }

    #[test]
    fn values_are_read_with_their_ranges() {
        let text = "\u{feff}{ \"a\": [1, -2.5e+3, \"\\u00e9\\n\"], \"b\": { \"c\": true } }";
        let json = Json::parse(text);
        assert_eq!(json.problems, []);
        let root = json.root.unwrap();
        assert_eq!(root.range, TextRange::new(3, text.len()));
        let a = root.get("a").and_then(JsonValue::as_array).unwrap();
        let texts: Vec<_> = a.iter().map(|it| it.range.of(text)).collect();
        assert_eq!(texts, ["1", "-2.5e+3", "\"\\u00e9\\n\""]);
        assert_eq!((a[0].as_integer(text), a[1].as_integer(text)), (Some(1), None));
        assert_eq!(a[2].as_str(), Some("é\n"));
        let c = root.path(&["b", "c"]).unwrap();
        assert_eq!((c.as_bool(), c.range.of(text)), (Some(true), "true"));
        assert_eq!(root.path(&["b", "x"]), None);
        assert_eq!(root.path(&[]), Some(&root));
        let b = &root.members()[1];
        assert_eq!(b.key_range.of(text), "\"b\"");
        assert_eq!(b.range.of(text), "\"b\": { \"c\": true }");
    }

    #[test]
    fn the_last_member_of_a_name_counts() {
        let text = r#"{ "a": 1, "a": 2 }"#;
        let root = Json::parse(text).root.unwrap();
        assert_eq!(root.get("a").and_then(|it| it.as_integer(text)), Some(2));
        check(
            text,
            expect![[r#"
                "\"a\"": duplicate key `a`, only the last one counts
                {a: 1, a: 2}"#]],
        );
    }

    #[test]
    fn duplicate_keys_are_found_in_large_objects_too() {
        let members: Vec<_> = (0..20).map(|idx| format!("\"k{}\": {idx}", idx % 19)).collect();
        let text = format!("{{{}}}", members.join(", "));
        let json = Json::parse(&text);
        assert_eq!(json.problems.len(), 1);
        assert_eq!(json.problems[0].message, "duplicate key `k0`, only the last one counts");
    }

    #[test]
    fn an_empty_document_has_no_value() {
        check(
            "",
            expect![[r#"
                "": expected a JSON value, the document is empty
                nothing"#]],
        );
        check(
            "\u{feff} \n",
            expect![[r#"
                "": expected a JSON value, the document is empty
                nothing"#]],
        );
    }

    #[test]
    fn a_document_is_one_value() {
        check(
            "{} {} x \n",
            expect![[r#"
                "{} x": expected nothing more after the value
                {}"#]],
        );
        check(
            "}",
            expect![[r#"
                "": expected a value
                "}": expected nothing more after the value
                !"#]],
        );
        check(
            "[1] // done",
            expect![[r#"
                "// done": JSON has no comments
                [1]"#]],
        );
    }

    #[test]
    fn commas_are_where_they_belong() {
        check(
            r#"{ "a": 1, "b": [1, 2,], }"#,
            expect![[r#"
                ",": trailing `,`, remove it
                ",": trailing `,`, remove it
                {a: 1, b: [1, 2]}"#]],
        );
        check(
            r#"{ "a": 1 "b": [1 {} "x"] "c": 3 }"#,
            expect![[r#"
                "\"b\"": expected `,` before this member
                "{": expected `,` before this element
                "\"x\"": expected `,` before this element
                "\"c\"": expected `,` before this member
                {a: 1, b: [1, {}, "x"], c: 3}"#]],
        );
        check(
            r#"{ , "a": 1,, "b": [,1,,2] }"#,
            expect![[r#"
                ",": expected a member before this `,`
                ",": expected a member before this `,`
                ",": expected an element before this `,`
                ",": expected an element before this `,`
                {a: 1, b: [1, 2]}"#]],
        );
    }

    #[test]
    fn colons_and_values_may_be_missing() {
        check(
            r#"{ "a" 1, "b" "x", "c" "d": 4, "e", "f" }"#,
            expect![[r#"
                "\"a\"": expected `:` after this key
                "\"b\"": expected `:` after this key
                "\"c\"": expected `:` and a value after this key
                "\"e\"": expected `:` and a value after this key
                "\"f\"": expected `:` and a value after this key
                {a: 1, b: "x", c: !, d: 4, e: !, f: !}"#]],
        );
        check(
            r#"{ "a": , "b": "c": 3, "d": }"#,
            expect![[r#"
                "": expected a value for `a`
                "": expected a value for `b`
                "": expected a value for `d`
                {a: !, b: !, c: 3, d: !}"#]],
        );
        check(
            r#"{ "a" = 1, "b": 2, "c": : 3, "d": 4 }"#,
            expect![[r#"
                "\"a\"": expected `:` and a value after this key
                "": expected a value for `c`
                {a: !, b: 2, c: !, d: 4}"#]],
        );
    }

    #[test]
    fn keys_may_lack_their_quotes() {
        check(
            r#"{ a: 1, 'b': 'x\'y', 3: 3, c }"#,
            expect![[r#"
                "a": the key `a` needs double quotes
                "'b'": strings need double quotes
                "'x\\'y'": strings need double quotes
                "3": the key `3` needs double quotes
                "c": expected a key and a value, found `c`
                {a: 1, b: "x'y", 3: 3}"#]],
        );
    }

    #[test]
    fn comments_are_no_json() {
        check(
            "{ // one\n  /* two */ \"a\": 1 /* three\n}",
            expect![[r#"
                "{": this `{` is never closed
                "// one": JSON has no comments
                "/* two */": JSON has no comments
                "/* three\n}": JSON has no comments
                {a: 1 …}"#]],
        );
    }

    #[test]
    fn nesting_is_as_deep_as_serde_json_allows() {
        for depth in [126, 127, 128, 129, 1000] {
            check_oracle(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
            check_oracle(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
        }
        let text = format!("[{}{}, 1]", "[".repeat(500), "]".repeat(500));
        let json = Json::parse(&text);
        assert_eq!(json.problems.len(), 1);
        assert_eq!(json.problems[0].message, "nested deeper than 127 levels");
        assert_eq!(json.root.unwrap().as_array().unwrap()[1].as_integer(&text), Some(1));
    }

    #[test]
    fn hostile_documents_take_linear_time() {
        // A quadratic reader would not come back from these.
        let pieces = [
            "[",
            "{",
            "\"a\":",
            "{\"a\":",
            "[\n\"a\":",
            "\"a\" ",
            "'\\",
            "x",
            ",",
            "\"\n",
            "{\"a\" ",
            "{x[",
            "\\u",
            "/*",
            "/",
            "]",
            "}",
            ":",
            "[{",
            "[[[{\n\"a\":",
            "{\"a\":1 \n{",
            "\u{feff}",
            "{\"a\":\"b\":",
            "\n",
            "\"\\\"",
            "{'a':'",
        ];
        for piece in pieces {
            for prefix in ["", "{", "{\"a\":[", "[{\"a\": x "] {
                let text = format!("{prefix}{}", piece.repeat(400_000 / piece.len()));
                check_ranges(&Json::parse(&text), &text);
            }
        }
    }

    pub(super) fn values() -> impl Strategy<Value = Value> {
        let strings = prop_oneof!["[a-c]{0,2}", "\\PC{0,4}", "[\\x00-\\x22é\\\\/🦀]{0,4}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            strings.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, move |inner| {
            let members = prop::collection::vec((strings.clone(), inner.clone()), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::from),
                members.prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    fn documents() -> impl Strategy<Value = String> {
        (values(), any::<bool>()).prop_map(|(value, pretty)| {
            if pretty { format!("{value:#}") } else { value.to_string() }
        })
    }

    const TOKENS: [&str; 44] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\":",
        "\"",
        "'",
        "\\",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "00",
        "1",
        "-",
        ".5",
        "1.",
        "e5",
        "1e400",
        "true",
        "nul",
        "NaN",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\u{1}",
        "é",
        "🦀",
        "//",
        "/*",
        "*/",
        "\u{feff}",
        "\u{a0}",
        "a:",
        "{\"a\":1}",
    ];

    fn token_soup() -> impl Strategy<Value = String> {
        let token = prop::sample::select(TOKENS.as_slice());
        prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn whatever_is_json_is_read_like_serde_json_reads_it(text in documents()) {
            check_oracle(&text);
            prop_assert_eq!(Json::parse(&text).problems, vec![]);
            check_oracle(&format!("\u{feff}{text}"));
        }

        #[test]
        fn a_truncated_document_is_judged_like_serde_json_does(
            text in documents(), at in any::<prop::sample::Index>(),
        ) {
            let mut end = at.index(text.len() + 1);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            check_oracle(&text[..end]);
        }

        #[test]
        fn a_mutated_document_is_judged_like_serde_json_does(
            text in documents(),
            mutations in prop::collection::vec(
                (any::<prop::sample::Index>(), 0usize..3, prop::sample::select(TOKENS.as_slice())),
                1..4,
            ),
        ) {
            let mut chars: Vec<char> = text.chars().collect();
            for (at, n_gone, token) in mutations {
                let start = at.index(chars.len() + 1);
                let end = (start + n_gone).min(chars.len());
                chars.splice(start..end, token.chars());
            }
            check_oracle(&chars.into_iter().collect::<String>());
        }

        #[test]
        fn token_soup_is_judged_like_serde_json_does(text in token_soup()) {
            check_oracle(&text);
        }

        #[test]
        fn any_text_is_judged_like_serde_json_does(text in "\\PC{0,20}") {
            check_oracle(&text);
        }
    }
}
