//! The YAML between `---` lines at the start of a Markdown document, as entries with their exact
//! places. Read with saphyr's event parser; past an error, line by line until the next key at the
//! margin, so that one bad value hides no other.

mod unquoted;

use rustc_hash::FxHashSet;
use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::syntax::SyntaxError;
use crate::syntax::check_box::check_box;
use crate::text::TextRange;
use crate::text::shared_text::SharedText;

/// Front matter as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// Including both fences, without the last line break.
    pub range: TextRange,
    /// Every scalar, in document order.
    pub entries: Vec<FrontEntry>,
    /// What is no YAML.
    pub problems: Vec<SyntaxError>,
    /// Values without which the rest is YAML, and which are read as if they stood in quotes.
    pub unquoted: Vec<SyntaxError>,
}

/// One scalar and the keys that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontEntry {
    /// Keys from the outside in; an element of a sequence has its number as last key.
    pub path: Vec<String>,
    /// The innermost key as written, quotes included.
    pub key: TextRange,
    /// The value as written, quotes included; empty where there is none.
    pub value: TextRange,
    /// The value decoded.
    pub text: String,
    /// Whether it stands in quotes.
    pub quoted: bool,
}

/// What stands before the body of a document.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) matter: Option<FrontMatter>,
    /// Where the body begins.
    pub(super) body: usize,
    /// Front matter that is opened and never closed.
    pub(super) problem: Option<SyntaxError>,
}

/// Deeper entries are passed over, and so are further errors; both bound the time.
const MAX_DEPTH: usize = 32;
const MAX_ERRORS: usize = 16;
/// As much of a long text is looked at first. In bytes.
const HEAD: usize = if cfg!(test) { 8 } else { 4 * 1024 };
/// Longer front matter is read line by line.
const MAX_YAML_LEN: usize = 1 << 20;

/// Reads a text that is YAML as a whole, and whose lines end in `\n` or `\r\n`.
pub fn read_whole(text: &str) -> FrontMatter {
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let range = TextRange::new(start, text.len());
    let (filled, unquoted) = unquoted::filled_in(text, start);
    let read = read_yaml(filled.as_deref().unwrap_or(text), start, text.len());
    let mut whole = FrontMatter { range, unquoted, ..read };
    for error in &whole.unquoted {
        let own = whole.entries.iter_mut().filter(|entry| entry.value == error.range);
        own.for_each(|entry| entry.text = error.range.of(text).to_owned());
    }
    whole.entries.sort_by_key(|entry| entry.value.start);
    whole
}

/// Reads a part of a text that is YAML.
pub(crate) fn of_block(text: &str, block: std::ops::Range<usize>) -> FrontMatter {
    read_yaml(text, block.start, block.end)
}

/// The front matter of a Markdown text, where it has one.
pub fn of(text: &str) -> Option<FrontMatter> {
    read(text).matter
}

/// As [`of`]; of a long text only as much is looked at as its front matter may be long.
pub(crate) fn of_shared(text: &SharedText) -> Option<FrontMatter> {
    let mut length = HEAD;
    loop {
        let head = text.copy(0..text.line_end(length));
        let front = read(&head).matter;
        let is_opened = head.trim_start_matches('\u{FEFF}').starts_with("---");
        if front.is_some() || !is_opened || head.len() == text.len() {
            return front;
        }
        length *= 16;
    }
}

/// Reads the front matter of `text`, whose lines end in `\n` or `\r\n`.
pub(super) fn read(text: &str) -> Front {
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let nothing = Front { body: start, ..Front::default() };
    let mut lines = lines(text.get(start..).unwrap_or(""), start);
    let Some(open) = lines.next().filter(|line| line.text.trim_end() == "---") else {
        return nothing;
    };
    let mut has_key = false;
    let mut is_first = true;
    for line in lines {
        let content = line.text.trim_end();
        if matches!(content, "---" | "...") && (has_key || is_first) {
            let matter = read_yaml(text, open.next, line.start);
            let range = TextRange::new(start, line.start + content.len());
            let mut matter = FrontMatter { range, ..matter };
            // A key that is a list of its own comes after its parts.
            matter.entries.sort_by_key(|entry| entry.value.start);
            return Front { matter: Some(matter), body: line.next, problem: None };
        }
        let significant = !content.is_empty() && !content.starts_with('#');
        if is_markdown(content) || (significant && !has_key && key_len(content).is_none()) {
            break;
        }
        has_key |= significant;
        is_first = false;
    }
    // Without a key below it, `---` is a thematic break.
    let problem = has_key.then(|| SyntaxError {
        range: TextRange::new(start, start + open.text.trim_end().len()),
        message: "this front matter is never closed, and is read as text".to_owned(),
    });
    Front { problem, ..nothing }
}

/// Whether no YAML mapping goes on with this line.
fn is_markdown(line: &str) -> bool {
    let item = line.strip_prefix(['-', '*', '+']).unwrap_or("").trim_start();
    line.starts_with("##")
        || line.starts_with("**")
        || line.starts_with("```")
        || item.starts_with("**")
        || check_box(item).is_some()
}

#[derive(Clone, Copy, Debug)]
struct MatterLine<'t> {
    start: usize,
    next: usize,
    /// With its line break.
    text: &'t str,
}

/// The lines of `text`, which stands at `base`.
fn lines(text: &str, base: usize) -> impl Iterator<Item = MatterLine<'_>> {
    text.split_inclusive('\n').scan(base, |at, text| {
        let start = *at;
        *at += text.len();
        Some(MatterLine { start, next: *at, text })
    })
}

/// Length of the key that `line` starts with, quotes included, if a colon follows it.
fn key_len(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let len = if matches!(first, '"' | '\'') {
        line.get(1..)?.find(first)? + 2
    } else if first.is_alphanumeric() || matches!(first, '_' | '$' | '.') {
        line.match_indices(':').map(|(at, _)| at).find(|at| ends_key(line, *at))?
    } else {
        return None;
    };
    let key = line.get(..len)?.trim_end().len();
    let colon = line.get(key..)?.trim_start_matches([' ', '\t']);
    let at = line.len() - colon.len();
    (colon.starts_with(':') && ends_key(line, at)).then_some(key)
}

/// Whether the colon at `at` ends a key.
fn ends_key(line: &str, at: usize) -> bool {
    line.get(at + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

fn read_yaml(text: &str, start: usize, end: usize) -> FrontMatter {
    let mut matter = FrontMatter::default();
    let mut at = start;
    while at < end {
        let yaml = text.get(at..end).unwrap_or("");
        if yaml.len() > MAX_YAML_LEN || matter.problems.len() >= MAX_ERRORS {
            read_lines(yaml, at, at, false, &mut matter.entries);
            break;
        }
        let known = matter.entries.len();
        let Some((offset, message)) = read_events(yaml, at, &mut matter) else { break };
        let bad = lines(yaml, at).take_while(|line| line.start <= offset).last();
        let Some(bad) = bad else { break };
        let content = bad.text.trim_end();
        let indent = content.len() - content.trim_start().len();
        matter.problems.push(SyntaxError {
            range: TextRange::new(bad.start + indent, bad.start + content.len()),
            message: unquoted::legible(content.trim_start(), message),
        });
        let kept = matter.entries.iter().skip(known);
        let kept =
            kept.take_while(|it| (it.key.start.max(it.value.start) as usize) < bad.start).count();
        matter.entries.truncate(known + kept);
        at = read_lines(yaml, at, bad.start, true, &mut matter.entries);
    }
    matter
}

/// Reads simple `key: value` lines of `yaml`, which stands at `base`, and gives those from offset
/// `from` on; with `resume`, only up to the next key at the margin. Returns where it ended.
fn read_lines(
    yaml: &str,
    base: usize,
    from: usize,
    resume: bool,
    entries: &mut Vec<FrontEntry>,
) -> usize {
    let mut parents: Vec<(usize, String)> = Vec::new();
    for line in lines(yaml, base) {
        let content = line.text.trim();
        let indent = line.text.len() - line.text.trim_start().len();
        let key_len = key_len(content);
        if resume && line.start > from && indent == 0 && key_len.is_some() {
            return line.start;
        }
        let Some(key_len) = key_len else { continue };
        while parents.last().is_some_and(|(at, _)| *at >= indent) {
            parents.pop();
        }
        let start = line.start + indent;
        let key = content.get(..key_len).unwrap_or("");
        let colon = key_len + content.get(key_len..).and_then(|rest| rest.find(':')).unwrap_or(0);
        let rest = content.get(colon + 1..).unwrap_or("");
        let value = without_note(rest.trim_start());
        let name = unquote(key).0;
        let value_start = start + content.len() - rest.trim_start().len();
        if line.start >= from && parents.len() < MAX_DEPTH {
            let (decoded, quoted) = unquote(value);
            let path = parents.iter().map(|(_, key)| key.clone()).chain([name.to_owned()]);
            let value_start = if value.is_empty() { start + colon + 1 } else { value_start };
            entries.push(FrontEntry {
                path: path.collect(),
                key: TextRange::new(start, start + key_len),
                value: TextRange::new(value_start, value_start + value.len()),
                text: decoded.to_owned(),
                quoted,
            });
        }
        if value.is_empty() && parents.len() < MAX_DEPTH {
            parents.push((indent, name.to_owned()));
        }
    }
    base + yaml.len()
}

/// A plain value without the ` # note` behind it.
fn without_note(value: &str) -> &str {
    if value.starts_with(['"', '\'']) {
        return value;
    }
    let note = value.match_indices('#').map(|(at, _)| at);
    let note = note
        .filter(|at| value.get(..*at).is_some_and(|it| it.is_empty() || it.ends_with([' ', '\t'])));
    value.get(..note.min().unwrap_or(value.len())).unwrap_or(value).trim_end()
}

/// `text` without the quotes around it, and whether there were any. Escapes stay as they are.
fn unquote(text: &str) -> (&str, bool) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|it| it.strip_suffix(quote)) {
            return (inner, true);
        }
    }
    (text, false)
}

/// What the events read so far are in.
#[derive(Debug)]
enum KeyLevel {
    /// A mapping, with the key whose value comes next, whether that key is itself a collection being
    /// read, and all keys so far.
    Mapping(Option<(String, TextRange)>, bool, FxHashSet<String>),
    /// A sequence, with the number of its next element and the key it is the value of.
    Sequence(usize, TextRange),
}

#[derive(Debug)]
struct MatterReader<'y, 'e> {
    yaml: &'y str,
    base: usize,
    levels: Vec<KeyLevel>,
    path: Vec<String>,
    entries: &'e mut Vec<FrontEntry>,
    /// Keys that their mapping has already.
    twice: &'e mut Vec<SyntaxError>,
}

/// Reads `yaml`, which stands at `base`. At an error returns its offset and what it is.
fn read_events(yaml: &str, base: usize, matter: &mut FrontMatter) -> Option<(usize, String)> {
    let mut places = CharPlaces { yaml, char: 0, byte: 0 };
    let FrontMatter { entries, problems: twice, .. } = matter;
    let mut reader =
        MatterReader { yaml, base, levels: Vec::new(), path: Vec::new(), entries, twice };
    for event in Parser::new_from_str(yaml) {
        match event {
            Ok((event, span)) => {
                let start = places.byte_of(span.start.index());
                reader.event(event, start, places.byte_of(span.end.index()).max(start));
            }
            Err(error) => {
                let at = base + places.byte_of(error.marker().index());
                return Some((at, error.info().to_owned()));
            }
        }
    }
    None
}

/// From saphyr's character indices to bytes. Indices mostly grow, so it goes on from the last one.
#[derive(Debug)]
struct CharPlaces<'y> {
    yaml: &'y str,
    char: usize,
    byte: usize,
}

impl CharPlaces<'_> {
    fn byte_of(&mut self, index: usize) -> usize {
        if index >= self.char {
            let rest = self.yaml.get(self.byte..).unwrap_or("");
            let skipped = rest.chars().take(index - self.char).map(char::len_utf8);
            self.byte += skipped.sum::<usize>();
        } else {
            let head = self.yaml.get(..self.byte).unwrap_or("");
            let skipped = head.chars().rev().take(self.char - index).map(char::len_utf8);
            self.byte -= skipped.sum::<usize>();
        }
        self.char = index;
        self.byte
    }
}

impl MatterReader<'_, '_> {
    fn event(&mut self, event: Event<'_>, start: usize, end: usize) {
        match event {
            Event::Scalar(text, style, ..) => {
                let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                self.scalar(&text, quoted, start, end);
            }
            Event::Alias(_) => {
                let source = self.yaml.get(start..end).unwrap_or("");
                self.scalar(source, false, start, end);
            }
            Event::MappingStart(..) => {
                self.descend(start);
                self.levels.push(KeyLevel::Mapping(None, false, FxHashSet::default()));
            }
            Event::SequenceStart(..) => {
                let key = self.descend(start);
                self.levels.push(KeyLevel::Sequence(0, key));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                self.levels.pop();
                self.path.truncate(self.levels.len().saturating_sub(1));
                self.advance();
            }
            Event::DocumentEnd => {
                self.levels.clear();
                self.path.clear();
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
    }

    /// Adds the name of the value that begins at `start` to the path, and returns where its key stands.
    fn descend(&mut self, start: usize) -> TextRange {
        let (name, key) = match self.levels.last_mut() {
            None => return TextRange::empty(self.base + start),
            Some(KeyLevel::Sequence(number, key)) => (number.to_string(), *key),
            // A key that is itself a collection has no name, only a place.
            Some(KeyLevel::Mapping(key @ None, in_key, _)) => {
                *in_key = true;
                let place = TextRange::empty(self.base + start);
                *key = Some((String::new(), place));
                (String::new(), place)
            }
            Some(KeyLevel::Mapping(Some((name, key)), ..)) => (name.clone(), *key),
        };
        self.path.push(name);
        key
    }

    /// Passes to what follows the value just read.
    fn advance(&mut self) {
        match self.levels.last_mut() {
            Some(KeyLevel::Sequence(number, _)) => *number += 1,
            Some(KeyLevel::Mapping(_, in_key @ true, _)) => *in_key = false,
            Some(KeyLevel::Mapping(key, ..)) => *key = None,
            None => {}
        }
    }

    fn scalar(&mut self, text: &str, quoted: bool, start: usize, end: usize) {
        let source = self.yaml.get(start..end).unwrap_or("");
        // A parser counts what follows a closing quote on its line as a part of the value.
        let source = if quoted { in_quotes(source) } else { source.trim_end() };
        let end = start + source.len();
        if let Some(KeyLevel::Mapping(key @ None, _, keys)) = self.levels.last_mut() {
            let place = TextRange::new(self.base + start, self.base + end);
            *key = Some((text.to_owned(), place));
            // Several of a merge key are allowed.
            if text != "<<" && !keys.insert(text.to_owned()) {
                let message = format!(
                    "duplicate key `{text}`: programs take the last one, or refuse the file"
                );
                self.twice.push(SyntaxError { range: place, message });
            }
            return;
        }
        if self.levels.is_empty() {
            return;
        }
        let depth = self.path.len();
        let key = self.descend(start);
        let absent = text.is_empty() && !quoted && !source.starts_with(['|', '>', '*']);
        let value = match self.levels.last() {
            Some(KeyLevel::Mapping(..)) if absent => TextRange::empty(self.after_colon(key)),
            _ if absent => TextRange::empty(self.base + start),
            _ => TextRange::new(self.base + start, self.base + end),
        };
        if self.path.len() <= MAX_DEPTH {
            let path = self.path.clone();
            self.entries.push(FrontEntry { path, key, value, text: text.to_owned(), quoted });
        }
        self.path.truncate(depth);
        self.advance();
    }

    /// The place of a value that is not there.
    fn after_colon(&self, key: TextRange) -> usize {
        let end = key.end as usize;
        let rest = self.yaml.get(end - self.base.min(end)..).unwrap_or("");
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let colon = rest.get(blank..).is_some_and(|rest| rest.starts_with(':'));
        if colon { end + blank + 1 } else { end }
    }
}

/// A value in quotes up to the closing one.
fn in_quotes(source: &str) -> &str {
    let mut chars = source.char_indices().peekable();
    let Some((_, quote)) = chars.next() else { return source };
    while let Some((at, char)) = chars.next() {
        let is_next = chars.peek().is_some_and(|(_, next)| *next == quote);
        let escapes = (quote == '"' && char == '\\') || (quote == '\'' && char == quote && is_next);
        if escapes {
            chars.next();
        } else if char == quote {
            return &source[..at + char.len_utf8()];
        }
    }
    source.trim_end()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_found_in_the_head_of_a_text_is_what_is_found_in_all(
            lines in prop::collection::vec("---|[.]{3}|a: b|c: \\[1,|## x|\u{FEFF}---|", 0..12),
        ) {
            let text = lines.join("\n");
            prop_assert_eq!(of_shared(&text.as_str().into()), of(&text));
        }
    }

    /// Path, value as written and value decoded of every entry.
    fn entries(text: &str) -> Vec<(String, &str, String)> {
        let matter = read(text).matter.expect("there is front matter");
        let entry = |it: FrontEntry| (it.path.join("."), it.value.of(text), it.text);
        matter.entries.into_iter().map(entry).collect()
    }

    fn owned<'t>(entries: &[(&str, &'t str, &str)]) -> Vec<(String, &'t str, String)> {
        let owned = |(path, value, text): &(&str, &'t str, &str)| {
            ((*path).to_owned(), *value, (*text).to_owned())
        };
        entries.iter().map(owned).collect()
    }

    #[test]
    fn nested_keys_and_elements_have_paths() {
        let text = "---\nnext: 12 # so far\nq: \"a\\\"b\" # so far\nr: 'it''s' # so far\ncounts:\n  active: 3\n  names: [a, \"b: c\"]\n---\n# T\n";
        let expected = [
            ("next", "12", "12"),
            ("q", r#""a\"b""#, r#"a"b"#),
            ("r", "'it''s'", "it's"),
            ("counts.active", "3", "3"),
            ("counts.names.0", "a", "a"),
            ("counts.names.1", "\"b: c\"", "b: c"),
        ];
        assert_eq!(entries(text), owned(&expected));
        assert_eq!(read(text).body, text.len() - 4);
    }

    #[test]
    fn places_count_bytes_after_a_byte_order_mark_and_wide_characters() {
        let text = "\u{FEFF}---\r\ntítle: \u{1F6AA} ü\r\nstatus: 'x'\r\n...\r\nbody";
        let expected = [("títle", "\u{1F6AA} ü", "\u{1F6AA} ü"), ("status", "'x'", "x")];
        assert_eq!(entries(text), owned(&expected));
        let front = read(text);
        assert_eq!(text.get(front.body..), Some("body"));
        assert!(front.matter.is_some_and(|it| it.range.of(text).ends_with("\r\n...")));
    }

    #[test]
    fn a_value_that_is_absent_is_an_empty_range_after_the_colon() {
        let text = "---\na:\nb: {c, d: }\n---\n";
        let matter = read(text).matter.expect("there is front matter");
        let places: Vec<_> = matter.entries.iter().map(|it| it.value.bytes()).collect();
        assert_eq!(places, [6..6, 12..12, 16..16]);
    }

    #[test]
    fn one_bad_value_hides_no_other() {
        let text = "---\na: 1\ntitle: Fix: it # note\nb: [x]\nc: \"open\nd:\n  e: @f\ng: 2\n---\n";
        let expected = [
            ("a", "1", "1"),
            ("title", "Fix: it", "Fix: it"),
            ("b.0", "x", "x"),
            ("c", "\"open", "\"open"),
            ("d.e", "@f", "@f"),
            ("g", "2", "2"),
        ];
        assert_eq!(entries(text), owned(&expected));
        let matter = read(text).matter.expect("there is front matter");
        let problems: Vec<_> = matter.problems.iter().map(|it| it.range.of(text)).collect();
        assert_eq!(problems, ["title: Fix: it # note", "c: \"open", "e: @f"]);
    }

    #[test]
    fn a_key_twice_in_one_mapping_is_a_problem() {
        let text = "---\na: {x: 1, y: 2}\nb: {x: 1}\n<<: {}\n<<: {}\na: 2\n---\n";
        let matter = read(text).matter.expect("there is front matter");
        let problems: Vec<_> = matter.problems.iter().map(|it| it.range.bytes()).collect();
        assert_eq!((problems.len(), problems.first()), (1, Some(&(44..45))));
    }

    #[test]
    fn anchors_aliases_and_nameless_keys_are_passed_safely() {
        let text = "---\na: &x 1\nb: *x\n? [k]\n: v\nc: d\n---\n";
        let entries = entries(text);
        assert!(entries.contains(&("b".to_owned(), "*x", "*x".to_owned())));
        assert!(entries.contains(&("c".to_owned(), "d", "d".to_owned())));
    }

    #[test]
    fn front_matter_that_is_never_closed_is_reported_and_not_read() {
        for text in
            ["---\nstatus: x\n\n## T\n- **a**: b\n---\n", "---\na: b\n", "---\na: b\n- [ ] c\n---"]
        {
            let front = read(text);
            assert!(front.matter.is_none() && front.body == 0, "{text}");
            assert_eq!(front.problem.map(|it| it.range.bytes()), Some(0..3), "{text}");
        }
    }

    #[test]
    fn a_thematic_break_is_no_front_matter() {
        for text in
            ["---\n\n# T\n\n---\n", "---\ntext\n---\n", "---", "----\na: b\n---\n", "x\n---\n"]
        {
            let front = read(text);
            assert!(front.matter.is_none() && front.problem.is_none(), "{text}");
        }
    }
}
