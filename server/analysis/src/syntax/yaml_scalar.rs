//! A text as a scalar of YAML that every reader takes for that text, whichever version of YAML it knows.

use crate::syntax::json::rewrite::quote;

/// How a scalar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YamlStyle {
    /// As it is; `flow` where it stands between brackets or braces.
    Plain {
        /// Between brackets or braces.
        flow: bool,
    },
    /// In `'…'`.
    Single,
    /// In `"…"`.
    Double,
}

/// The text in this style; in double quotes where that would say something else to some reader.
pub fn scalar(text: &str, style: YamlStyle) -> String {
    let is_printable = !text.chars().any(is_special);
    match style {
        YamlStyle::Plain { flow } if is_plain(text, flow) => text.to_owned(),
        YamlStyle::Single if is_printable => format!("'{}'", text.replace('\'', "''")),
        _ => quote(text).chars().map(escaped).collect(),
    }
}

/// What readers of YAML take for a break, or do not take at all.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn escaped(c: char) -> String {
    if is_special(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
}

/// Whether nobody takes it for anything but this text: YAML 1.2 §7.3.3, and the words, numbers and days
/// of YAML 1.1.
fn is_plain(text: &str, flow: bool) -> bool {
    let begins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '(' | '/' | '.');
    let is_flow = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}');
    text.starts_with(begins)
        && !text.ends_with(|c: char| c.is_whitespace() || c == ':')
        && !text.contains(": ")
        && !text.contains(":\t")
        && !text.contains(" #")
        && !text.contains("\t#")
        && !text.contains(is_special)
        && !(flow && text.contains(is_flow))
        && !is_word_of_yaml(text)
        && !is_like_number(text)
}

fn is_word_of_yaml(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether it may be a number or a time: nothing but what those are written with, or a word of more than
/// digits that begins as one.
fn is_like_number(text: &str) -> bool {
    let of_numbers = |c: char| c.is_ascii_hexdigit() || "+-.:_xXoOtTzZ ".contains(c);
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.chars().all(of_numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::front_matter::read_whole;

    #[test]
    fn a_text_that_some_reader_takes_for_something_else_is_quoted() {
        for text in [
            "a: b",
            "tail:",
            "*a",
            "@a",
            "`a`",
            "[x] a",
            "%x",
            "> y",
            "| y",
            "? q",
            "- a",
            "#a",
            "a #b",
            "yes",
            "No",
            "null",
            "~",
            "1.5",
            "2026-01-02",
            "0x1f",
            "12:30",
            "1e3",
            "",
            " a",
            "a ",
            "\"a\"",
            "'a'",
            "a\u{2028}b",
            "&a",
            "!a",
            ".inf",
        ] {
            let written = scalar(text, YamlStyle::Plain { flow: false });
            assert!(written.starts_with('"'), "{text}: {written}");
        }
        for text in ["Log in", "2 apples", "a, [b] {c}", "it's", "C#", "a:b", "Größe", "v1.2-rc"]
        {
            assert_eq!(scalar(text, YamlStyle::Plain { flow: false }), text);
        }
        assert_eq!(scalar("a, b", YamlStyle::Plain { flow: true }), "\"a, b\"");
        assert_eq!(scalar("don't", YamlStyle::Single), "'don''t'");
        assert_eq!(scalar("a\u{85}\"", YamlStyle::Single), "\"a\\u0085\\\"\"");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "\\PC{0,12}|[-:#'\"\\[\\]{},&*!|>%@`? a1\\\\]{0,8}") {
            for style in [
                YamlStyle::Plain { flow: false },
                YamlStyle::Plain { flow: true },
                YamlStyle::Single,
                YamlStyle::Double,
            ] {
                let written = scalar(&text, style);
                for yaml in [format!("title: {written}\n"), format!("title: {written} # note\n")] {
                    let read = read_whole(&yaml);
                    prop_assert!(read.problems.is_empty(), "{yaml}: {:?}", read.problems);
                    prop_assert_eq!(&read.entries[0].text, &text, "{}", yaml);
                }
            }
        }
    }
}
