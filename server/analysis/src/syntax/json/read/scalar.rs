//! Strings, numbers and words of JSON.

use std::borrow::Cow;
use std::ops::Range;

use super::JsonReader;
use crate::syntax::json::{JsonKind, JsonValue};

/// The longest piece of a document that a message repeats, in characters.
const MAX_QUOTED: usize = 32;

/// A string as it was read.
pub(in crate::syntax::json) struct ReadString<'a> {
    /// Its characters; U+FFFD for an escape that stands for none.
    pub(in crate::syntax::json) decoded: Cow<'a, str>,
    /// Whether the closing quote is there.
    pub(in crate::syntax::json) closed: bool,
}

/// Whether a word, a number or what is meant as one may hold this byte.
pub(in crate::syntax::json) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'.' | b'$' | 0x80..)
}

/// `text` on one line and not longer than a message bears.
pub(in crate::syntax::json) fn clip(text: &str) -> String {
    let mut res = String::new();
    for char in text.chars().take(MAX_QUOTED) {
        if char.is_control() { res.extend(char.escape_default()) } else { res.push(char) }
    }
    if text.chars().nth(MAX_QUOTED).is_some() {
        res.push('…');
    }
    res
}

impl<'a> JsonReader<'a> {
    /// Reads a string in either kind of quotes. A line break ends one that is not closed.
    pub(in crate::syntax::json) fn string(&mut self) -> ReadString<'a> {
        let start = self.at;
        let quote = self.peek();
        let mut decoded = Cow::Borrowed("");
        self.at += 1;
        let closed = loop {
            let rest = &self.text.as_bytes()[self.at..];
            let is_plain = |byte: &u8| *byte >= 0x20 && *byte != b'\\' && Some(*byte) != quote;
            let len = rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
            // As long as nothing stands for something else, it is a part of the text.
            decoded += &self.text[self.at..self.at + len];
            self.at += len;
            match self.peek() {
                None | Some(b'\n' | b'\r') => break false,
                Some(b'\\') => self.escape(decoded.to_mut(), quote),
                byte if byte == quote => {
                    self.at += 1;
                    break true;
                }
                Some(control) => {
                    let message = match control {
                        b'\t' => "a tab in a string is written `\\t`".to_owned(),
                        _ => format!("this control character is written `\\u{control:04x}`"),
                    };
                    self.problem(self.at..self.at + 1, message);
                    decoded.to_mut().push(char::from(control));
                    self.at += 1;
                }
            }
        };
        if !closed {
            self.problem(start..self.at, "this string is never closed");
        } else if quote == Some(b'\'') {
            self.problem(start..self.at, "strings need double quotes");
        }
        ReadString { decoded, closed }
    }

    fn escape(&mut self, decoded: &mut String, quote: Option<u8>) {
        let start = self.at;
        self.at += 1;
        let Some(char) = self.text[self.at..].chars().next() else { return };
        let meant = match char {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '"' | '\\' | '/' => char,
            'u' => return self.unicode_escape(decoded),
            // The string ends with its line, which is complaint enough.
            '\n' | '\r' => return,
            _ => {
                let end = self.at + char.len_utf8();
                if quote != Some(b'\'') || char != '\'' {
                    let message = format!("unknown escape `\\{}`", clip(&char.to_string()));
                    self.problem(start..end, message);
                }
                char
            }
        };
        decoded.push(meant);
        self.at += char.len_utf8();
    }

    /// Reads `uXXXX`, and its second half where the first asks for one.
    fn unicode_escape(&mut self, decoded: &mut String) {
        let start = self.at - 1;
        self.at += 1;
        let Some(unit) = self.hex4() else {
            self.problem(start..self.at, "`\\u` needs four hexadecimal digits");
            decoded.push(char::REPLACEMENT_CHARACTER);
            return;
        };
        let mut char = char::from_u32(unit);
        if (0xd800..0xdc00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            let after_first = self.at;
            self.at += 2;
            char = match self.hex4() {
                Some(low @ 0xdc00..0xe000) => {
                    char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
                }
                _ => None,
            };
            if char.is_none() {
                self.at = after_first;
            }
        }
        if char.is_none() {
            self.problem(start..self.at, "half of a surrogate pair stands for no character");
        }
        decoded.push(char.unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    /// Reads hexadecimal digits, at most four; a value only if there are four.
    fn hex4(&mut self) -> Option<u32> {
        let start = self.at;
        while self.at < start + 4 && self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
            self.at += 1;
        }
        if self.at < start + 4 {
            return None;
        }
        u32::from_str_radix(&self.text[start..self.at], 16).ok()
    }

    /// Reads a literal, a number, or a word that is neither.
    pub(in crate::syntax::json) fn word(&mut self) -> JsonValue<'a> {
        let range = self.take_word();
        let word = &self.text[range.clone()];
        let (kind, fault) = match word {
            "null" => (JsonKind::Null, None),
            "true" => (JsonKind::Bool(true), None),
            "false" => (JsonKind::Bool(false), None),
            _ => match fault_of(word) {
                None => (JsonKind::Number, None),
                fault => (JsonKind::Invalid, fault),
            },
        };
        if let Some(message) = fault {
            self.problem(range.clone(), message);
        }
        self.since(range.start, kind)
    }

    pub(in crate::syntax::json) fn take_word(&mut self) -> Range<usize> {
        let start = self.at;
        self.at = self.word_end();
        start..self.at
    }

    pub(in crate::syntax::json) fn word_end(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        self.at + rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len())
    }
}

/// Why a word is not a number; nothing if it is one.
fn fault_of(word: &str) -> Option<String> {
    if word.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '-' | '+' | '.')) {
        return number_fault(word);
    }
    let word = clip(word);
    let remedy = match word.to_ascii_lowercase().as_str() {
        "true" => "write `true`",
        "false" => "write `false`",
        "null" | "none" | "nil" | "undefined" => "write `null`",
        "nan" | "inf" | "infinity" => "it has no such number",
        _ => "text needs double quotes",
    };
    Some(format!("`{word}` is not JSON, {remedy}"))
}

fn number_fault(word: &str) -> Option<String> {
    let not_a_number = || Some(format!("`{}` is not a JSON number", clip(word)));
    if word.starts_with('+') {
        return Some("a number has no leading `+`".to_owned());
    }
    let (int, rest) = split_digits(word.strip_prefix('-').unwrap_or(word));
    if int.is_empty() && !rest.starts_with('.') {
        return not_a_number();
    }
    let (mut rest, fraction_fault) = match rest.strip_prefix('.') {
        Some(fraction) => {
            let (digits, rest) = split_digits(fraction);
            (rest, digits.is_empty())
        }
        None => (rest, false),
    };
    let mut exponent_fault = false;
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let (digits, after) = split_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        exponent_fault = digits.is_empty();
        rest = after;
    }
    if !rest.is_empty() {
        return not_a_number();
    }
    let fault = if int.is_empty() {
        "a number starts with a digit, write `0` before the `.`"
    } else if int.len() > 1 && int.starts_with('0') {
        "a number has no leading zeros"
    } else if fraction_fault {
        "expected a digit after the `.`"
    } else if exponent_fault {
        "expected a digit in the exponent"
    } else if word.parse::<f64>().is_ok_and(f64::is_infinite) {
        "this number is too large to be read"
    } else {
        return None;
    };
    Some(fault.to_owned())
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::syntax::json::tests::check;

    #[test]
    fn words_of_other_languages_are_explained() {
        check(
            "[True, None, NaN, -Infinity, open, undefined, nullx, é, @#]",
            expect![[r#"
                "True": `True` is not JSON, write `true`
                "None": `None` is not JSON, write `null`
                "NaN": `NaN` is not JSON, it has no such number
                "-Infinity": `-Infinity` is not a JSON number
                "open": `open` is not JSON, text needs double quotes
                "undefined": `undefined` is not JSON, write `null`
                "nullx": `nullx` is not JSON, text needs double quotes
                "é": `é` is not JSON, text needs double quotes
                "@#": expected a value, found `@#`
                [!, !, !, !, !, !, !, !, !]"#]],
        );
    }

    #[test]
    fn numbers_are_strict() {
        check(
            "[01, -01, .5, 1., +1, 1e, 1e+, 0x1F, 1_0, -, 1e400, --1, 1.2.3]",
            expect![[r#"
                "01": a number has no leading zeros
                "-01": a number has no leading zeros
                ".5": a number starts with a digit, write `0` before the `.`
                "1.": expected a digit after the `.`
                "+1": a number has no leading `+`
                "1e": expected a digit in the exponent
                "1e+": expected a digit in the exponent
                "0x1F": `0x1F` is not a JSON number
                "1_0": `1_0` is not a JSON number
                "-": `-` is not a JSON number
                "1e400": this number is too large to be read
                "--1": `--1` is not a JSON number
                "1.2.3": `1.2.3` is not a JSON number
                [!, !, !, !, !, !, !, !, !, !, !, !, !]"#]],
        );
        check(
            "[0, -0, 0.0, 1E5, 1e-5, 12345678901234567890123, 1e-400]",
            expect!["[0, -0.0, 0.0, 100000.0, 0.00001, 1.2345678901234568e+22, 0.0]"],
        );
    }

    #[test]
    fn escapes_are_strict() {
        check(
            r#"["\x", "\u12", "\ud83d\ude00", "\ud83d", "\ude00 \ud83d\u0041", "\'"]"#,
            expect![[r#"
                "\\x": unknown escape `\x`
                "\\u12": `\u` needs four hexadecimal digits
                "\\ud83d": half of a surrogate pair stands for no character
                "\\ude00": half of a surrogate pair stands for no character
                "\\ud83d": half of a surrogate pair stands for no character
                "\\'": unknown escape `\'`
                ["x", "�", "😀", "�", "� �A", "'"]"#]],
        );
        check(
            "[\"a\tb\u{1}\u{7f}\", \"\\",
            expect![[r#"
                "[": this `[` is never closed
                "\t": a tab in a string is written `\t`
                "\u{1}": this control character is written `\u0001`
                "\"\\": this string is never closed
                ["a\tb\u0001", ! …]"#]],
        );
    }

    #[test]
    fn long_words_are_clipped_in_messages() {
        check(
            &format!("[{}, \u{feff}1]", "x".repeat(40)),
            expect![[r#"
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` is not JSON, text needs double quotes
                "\u{feff}1": `﻿1` is not JSON, text needs double quotes
                [!, !]"#]],
        );
    }
}
