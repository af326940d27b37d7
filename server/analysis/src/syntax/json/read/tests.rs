//! What is read of JSON that is not well formed.

use expect_test::expect;

use crate::syntax::json::tests::check;

#[test]
fn a_half_written_record_leaves_the_others_alone() {
    check(
        "{ \"active\": [\n  { \"id\": 1, \"status\": \"open\n  { \"id\": 2, \"status\": \n  { \
         \"id\": 3 }\n  ], \"rest\": 1 }",
        expect![[r#"
            "{": this `{` is never closed
            "\"open": this string is never closed
            "{": this `{` is never closed
            {active: [{id: 1, status: ! …}, {id: 2, status: {id: 3} …}], rest: 1}"#]],
    );
    check(
        "[\n  { \"id\": 1, \"status\": \n    \"title\": \"x\" },\n  { \"id\": 2, \"st\n  \
         },\n  { \"id\": 3, \"status\n  { \"id\": 4 \n  { \"id\": 5, }\n]",
        expect![[r#"
            "": expected a value for `status`
            "\"st": this string is never closed
            "{": this `{` is never closed
            "\"status": this string is never closed
            "{": this `{` is never closed
            ",": trailing `,`, remove it
            [{id: 1, status: !, title: "x"}, {id: 2, st: !}, {id: 3, status: ! …}, {id: 4 …}, {id: 5}]"#]],
    );
}

#[test]
fn a_missing_bracket_ends_with_what_is_around() {
    check(
        "{ \"a\": [1, 2,\n  \"b\": [3],\n  \"c\": 4 }",
        expect![[r#"
            "[": this `[` is never closed
            {a: [1, 2 …], b: [3], c: 4}"#]],
    );
    check(
        r#"{ "a": [ { "b": 1 ], "c": [ [ 2 }"#,
        expect![[r#"
            "{": this `{` is never closed
            "[": this `[` is never closed
            "[": this `[` is never closed
            {a: [{b: 1 …}], c: [[2 …] …]}"#]],
    );
    check(
        "{ \"a\": { \"b\": [ 1, ",
        expect![[r#"
            "{": this `{` is never closed
            "{": this `{` is never closed
            "[": this `[` is never closed
            {a: {b: [1 …] …} …}"#]],
    );
    check(
        "[ 1 } ]",
        expect![[r#"
            "}": unexpected `}`, nothing opens it
            [1]"#]],
    );
    check(
        r#"{ "a": 1 ], "b": 2 }"#,
        expect![[r#"
            "]": unexpected `]`, nothing opens it
            {a: 1, b: 2}"#]],
    );
}

#[test]
fn garbage_between_members_is_passed() {
    check(
        "{ \"a\": 1 oops \"x\" { \"y\": 1 } [,], \"b\": 2,\n  # note, here\n  \"c\": 3 }",
        expect![[r##"
            "oops": expected a key and a value, found `oops`
            "#": expected a key and a value, found `#`
            "here": expected a key and a value, found `here`
            {a: 1, b: 2, c: 3}"##]],
    );
    check(
        "{ \"status: \"open\",\n  \"b\": 2 }",
        expect![[r#"
            "\"status: \"": expected `:` after this key
            "open": `open` is not JSON, text needs double quotes
            {status: : !, b: 2}"#]],
    );
    check(
        "{ \"a\": foo bar baz, { \"x\": 1 }, \"b\": 2 }",
        expect![[r#"
            "foo": `foo` is not JSON, text needs double quotes
            "{": expected a key before this value
            {a: !, b: 2}"#]],
    );
}
