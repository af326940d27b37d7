//! JSON text to values: structure and recovery. Strings, numbers and words are read in `scalar`.

mod scalar;

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::{Json, JsonKind, JsonMember, JsonValue};
use crate::syntax::SyntaxError;
use crate::text::TextRange;
use scalar::{clip, is_word};

/// How many containers may be open at once: what serde_json accepts, so that both agree.
const MAX_DEPTH: usize = 127;

const BOM: &str = "\u{feff}";

pub(super) struct JsonReader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) problems: Vec<SyntaxError>,
    open_objects: usize,
    open_arrays: usize,
    /// The last offset reached that only blanks part from the start of its line.
    fresh_at: usize,
}

/// What stands before the next item of a container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// The opening bracket.
    Start,
    /// A comma, at this offset.
    Comma(usize),
    /// An item.
    Item,
    /// Something already complained about, so that a missing comma is not worth a word.
    Broken,
}

/// What encloses a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    None,
    Object,
    Array,
}

impl<'a> JsonReader<'a> {
    pub(super) fn new(text: &'a str) -> JsonReader<'a> {
        let at = if text.starts_with(BOM) { BOM.len() } else { 0 };
        JsonReader { text, at, problems: Vec::new(), open_objects: 0, open_arrays: 0, fresh_at: at }
    }

    pub(super) fn document(mut self) -> Json<'a> {
        self.trivia();
        if self.peek().is_none() {
            self.problem(TextRange::empty(self.at), "expected a JSON value, the document is empty");
            return Json { root: None, problems: self.problems };
        }
        let root = self.value(Parent::None);
        self.trivia();
        if self.peek().is_some() {
            let end = self.text.trim_end_matches([' ', '\t', '\n', '\r']).len();
            self.problem(self.at..end, "expected nothing more after the value");
        }
        self.problems.sort_by_key(|problem| problem.range);
        Json { root: Some(root), problems: self.problems }
    }

    /// The value that begins at `start`; `None` where it is not well formed.
    pub(super) fn value_at(mut self, start: usize) -> Option<JsonValue<'a>> {
        (self.at, self.fresh_at) = (start, start);
        self.peek()?;
        let value = self.value(Parent::None);
        self.problems.is_empty().then_some(value)
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn problem(&mut self, range: impl Into<TextRange>, message: impl Into<String>) {
        self.problems.push(SyntaxError { range: range.into(), message: message.into() });
    }

    /// Skips blanks, and comments with a complaint.
    fn trivia(&mut self) {
        self.blanks();
        while self.peek() == Some(b'/') && matches!(self.byte(self.at + 1), Some(b'/' | b'*')) {
            self.comment();
            self.blanks();
        }
    }

    fn blanks(&mut self) {
        let mut crossed_line = false;
        while let Some(byte) = self.peek().filter(|&byte| is_blank(byte)) {
            crossed_line |= matches!(byte, b'\n' | b'\r');
            self.at += 1;
        }
        if crossed_line {
            self.fresh_at = self.at;
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let len = if rest.starts_with("//") {
            rest.find(['\n', '\r'])
        } else {
            rest[2..].find("*/").map(|end| end + 4)
        };
        self.at = start + len.unwrap_or(rest.len());
        self.problem(start..self.at, "JSON has no comments");
    }

    /// Reads a value; the caller has skipped the blanks before it.
    fn value(&mut self, parent: Parent) -> JsonValue<'a> {
        match self.peek() {
            Some(b'{' | b'[') if self.open_objects + self.open_arrays >= MAX_DEPTH => {
                self.too_deep()
            }
            Some(b'{') => self.object(parent),
            Some(b'[') => self.array(),
            Some(b'"' | b'\'') => {
                let start = self.at;
                let string = self.string();
                let kind = if string.closed {
                    JsonKind::String(string.decoded)
                } else {
                    JsonKind::Invalid
                };
                self.since(start, kind)
            }
            Some(byte) if is_word(byte) => self.word(),
            Some(byte) if !is_structural(byte) => self.garbage(),
            _ => {
                self.problem(TextRange::empty(self.at), "expected a value");
                self.since(self.at, JsonKind::Invalid)
            }
        }
    }

    pub(super) fn since(&self, start: usize, kind: JsonKind<'a>) -> JsonValue<'a> {
        JsonValue { range: TextRange::new(start, self.at), kind }
    }

    fn object(&mut self, parent: Parent) -> JsonValue<'a> {
        let start = self.at;
        self.at += 1;
        self.open_objects += 1;
        let mut members = Vec::new();
        let mut gap = Gap::Start;
        let closed = loop {
            self.trivia();
            match self.peek() {
                None => break false,
                Some(b'}') => {
                    self.trailing_comma(gap);
                    self.at += 1;
                    break true;
                }
                Some(b',') => gap = self.comma(gap, "member"),
                // The bracket belongs to an array around this object.
                Some(b']') if self.open_arrays > 0 => break false,
                Some(b']') => self.stray_bracket(),
                // The next record of the array; this one was left half-written.
                Some(b'{') if parent == Parent::Array => break false,
                Some(byte) if is_quote(byte) || self.at_key(is_word) => {
                    let (member, next) = self.member(gap, parent);
                    members.push(member);
                    gap = next;
                }
                Some(_) => {
                    self.not_a_member(parent);
                    gap = Gap::Broken;
                }
            }
        };
        self.open_objects -= 1;
        if !closed {
            self.problem(start..start + 1, "this `{` is never closed");
        }
        self.duplicate_keys(&members);
        // There are as many objects as records, all held at once.
        members.shrink_to_fit();
        let last = members.last().map(|member| member.range);
        self.container(start, closed, last, JsonKind::Object(members))
    }

    fn array(&mut self) -> JsonValue<'a> {
        let start = self.at;
        self.at += 1;
        self.open_arrays += 1;
        let mut elements: Vec<JsonValue<'a>> = Vec::new();
        let mut gap = Gap::Start;
        let closed = loop {
            self.trivia();
            match self.peek() {
                None => break false,
                Some(b']') => {
                    self.trailing_comma(gap);
                    self.at += 1;
                    break true;
                }
                Some(b',') => gap = self.comma(gap, "element"),
                // The bracket belongs to an object around this array.
                Some(b'}') if self.open_objects > 0 => break false,
                Some(b'}') => self.stray_bracket(),
                // The next member of the object; this array was left half-written.
                _ if self.open_objects > 0 && self.is_fresh() && self.at_key(is_quote) => {
                    break false;
                }
                Some(b':') => {
                    self.problem(self.at..self.at + 1, "an array has no keys, unexpected `:`");
                    self.at += 1;
                    gap = Gap::Broken;
                }
                Some(_) => {
                    let element = self.value(Parent::Array);
                    if gap == Gap::Item {
                        self.problem(first_token(&element), "expected `,` before this element");
                    }
                    gap = gap_after(&element);
                    elements.push(element);
                }
            }
        };
        self.open_arrays -= 1;
        if !closed {
            self.problem(start..start + 1, "this `[` is never closed");
        }
        let last = elements.last().map(|element| element.range);
        self.container(start, closed, last, JsonKind::Array(elements))
    }

    /// A container that is never closed ends with its last item, so that its range tells.
    fn container(
        &self,
        start: usize,
        closed: bool,
        last: Option<TextRange>,
        kind: JsonKind<'a>,
    ) -> JsonValue<'a> {
        let mut res = self.since(start, kind);
        if !closed {
            res.range.end = last.map_or(res.range.start + 1, |last| last.end);
        }
        res
    }

    fn trailing_comma(&mut self, gap: Gap) {
        if let Gap::Comma(at) = gap {
            self.problem(at..at + 1, "trailing `,`, remove it");
        }
    }

    fn comma(&mut self, gap: Gap, item: &str) -> Gap {
        let at = self.at;
        if matches!(gap, Gap::Start | Gap::Comma(_)) {
            self.problem(at..at + 1, format!("expected {} {item} before this `,`", article(item)));
        }
        self.at += 1;
        Gap::Comma(at)
    }

    fn stray_bracket(&mut self) {
        let bracket = if self.peek() == Some(b'}') { '}' } else { ']' };
        self.problem(self.at..self.at + 1, format!("unexpected `{bracket}`, nothing opens it"));
        self.at += 1;
    }

    /// Reads `"key": value`, or what there is of it.
    fn member(&mut self, gap: Gap, parent: Parent) -> (JsonMember<'a>, Gap) {
        let start = self.at;
        let (key, key_closed) = self.key();
        let key_range = TextRange::new(start, self.at);
        if gap == Gap::Item {
            self.problem(key_range, "expected `,` before this member");
        }
        let mut after = self.at;
        self.trivia();
        let colon = key_closed && self.peek() == Some(b':');
        if colon {
            self.at += 1;
            after = self.at;
            self.trivia();
        }
        let value = if key_closed && self.at_member_value(colon) {
            if !colon {
                self.problem(key_range, "expected `:` after this key");
            }
            self.value(Parent::Object)
        } else {
            if colon {
                let message = format!("expected a value for `{}`", clip(&key));
                self.problem(TextRange::empty(after), message);
            } else if key_closed {
                self.problem(key_range, "expected `:` and a value after this key");
            }
            JsonValue { range: TextRange::empty(after), kind: JsonKind::Invalid }
        };
        if value.kind == JsonKind::Invalid {
            self.skip_to_next_member(parent);
        }
        let next = gap_after(&value);
        let range = TextRange { start: key_range.start, end: value.range.end };
        (JsonMember { key, key_range, value, range }, next)
    }

    /// Whether a value comes, and not the next key: a string with a `:` behind it is a key.
    fn at_member_value(&self, colon: bool) -> bool {
        match self.peek() {
            Some(byte) if is_quote(byte) => !self.at_key(is_quote),
            Some(b'{' | b'[') => true,
            Some(byte) => is_word(byte) || (colon && !is_structural(byte)),
            None => false,
        }
    }

    /// Reads a key, quoted as it should be or not; says whether it has an end.
    fn key(&mut self) -> (Cow<'a, str>, bool) {
        if self.peek().is_some_and(is_quote) {
            let string = self.string();
            return (string.decoded, string.closed);
        }
        let range = self.take_word();
        let key = Cow::Borrowed(&self.text[range.clone()]);
        self.problem(range, format!("the key `{}` needs double quotes", clip(&key)));
        (key, true)
    }

    /// Complains about what is neither a member nor the end of the object, and passes it.
    fn not_a_member(&mut self, parent: Parent) {
        let start = self.at;
        match self.peek() {
            Some(b'{' | b'[') => {
                self.skip_balanced();
                self.problem(start..start + 1, "expected a key before this value");
            }
            first => {
                match first {
                    Some(byte) if is_word(byte) => self.at = self.word_end(),
                    Some(byte) if is_structural(byte) => self.at += 1,
                    _ => self.take_garbage(),
                }
                let found = clip(&self.text[start..self.at]);
                let message = format!("expected a key and a value, found `{found}`");
                self.problem(start..self.at, message);
            }
        }
        self.skip_to_next_member(parent);
    }

    /// After a broken member: goes on to the next `,`, the closing bracket, a key, or a line that
    /// starts the next record.
    fn skip_to_next_member(&mut self, parent: Parent) {
        let mut depth = 0usize;
        loop {
            self.blanks();
            let Some(byte) = self.peek() else { return };
            if depth == 0 {
                let next_record = byte == b'{' && parent == Parent::Array && self.is_fresh();
                let next_member = self.at_key(|byte| byte == b'"');
                if next_record || next_member || matches!(byte, b',' | b'}' | b']') {
                    return;
                }
            }
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    self.at = self.string_end(self.at).unwrap_or_else(|line_end| line_end);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn is_fresh(&self) -> bool {
        self.fresh_at == self.at
    }

    /// Whether a key with its `:` stands here, in the forms that `starts` admits.
    fn at_key(&self, starts: fn(u8) -> bool) -> bool {
        let Some(first) = self.peek().filter(|&byte| starts(byte)) else { return false };
        let end =
            if is_quote(first) { self.string_end(self.at).ok() } else { Some(self.word_end()) };
        let Some(end) = end else { return false };
        let rest = &self.text.as_bytes()[end..];
        rest.iter().find(|&&byte| !is_blank(byte)) == Some(&b':')
    }

    /// The offset after the string that starts at `start`, or where its line ends before it does.
    fn string_end(&self, start: usize) -> Result<usize, usize> {
        let bytes = self.text.as_bytes();
        let quote = self.byte(start);
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                None | Some(b'\n' | b'\r') => return Err(at.min(bytes.len())),
                Some(b'\\') if !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
                byte if byte.copied() == quote => return Ok(at + 1),
                Some(_) => at += 1,
            }
        }
    }

    fn garbage(&mut self) -> JsonValue<'a> {
        let start = self.at;
        self.take_garbage();
        let found = clip(&self.text[start..self.at]);
        self.problem(start..self.at, format!("expected a value, found `{found}`"));
        self.since(start, JsonKind::Invalid)
    }

    fn take_garbage(&mut self) {
        let ends =
            |byte: u8| is_blank(byte) || is_word(byte) || is_structural(byte) || is_quote(byte);
        self.at += 1;
        while self.peek().is_some_and(|byte| !ends(byte)) {
            self.at += 1;
        }
    }

    fn too_deep(&mut self) -> JsonValue<'a> {
        let start = self.at;
        let message = format!("nested deeper than {MAX_DEPTH} levels");
        self.problem(start..start + 1, message);
        self.skip_balanced();
        self.since(start, JsonKind::Invalid)
    }

    /// Skips a container without reading it, whatever its depth.
    fn skip_balanced(&mut self) {
        let mut depth = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at = self.string_end(self.at).unwrap_or_else(|line_end| line_end);
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn duplicate_keys(&mut self, members: &[JsonMember]) {
        // Most objects are small, and comparing is then cheaper than hashing.
        let is_small = members.len() <= 8;
        let mut seen = FxHashSet::default();
        for (idx, member) in members.iter().enumerate() {
            let duplicate = if is_small {
                members[..idx].iter().any(|earlier| earlier.key == member.key)
            } else {
                !seen.insert(&*member.key)
            };
            if duplicate {
                let key = clip(&member.key);
                let message = format!("duplicate key `{key}`, only the last one counts");
                self.problem(member.key_range, message);
            }
        }
    }
}

/// Where a missing comma before `element` is shown.
fn first_token(element: &JsonValue) -> TextRange {
    match element.kind {
        JsonKind::Array(_) | JsonKind::Object(_) => {
            TextRange { start: element.range.start, end: element.range.start + 1 }
        }
        _ => element.range,
    }
}

fn gap_after(value: &JsonValue) -> Gap {
    if value.is_complete() { Gap::Item } else { Gap::Broken }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with('e') { "an" } else { "a" }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_structural(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

#[cfg(test)]
mod tests;
