//! Offsets to lines and columns, and back, in each encoding a client may count in.

use std::fmt;
use std::sync::Arc;

use super::TextRange;
use super::shared_text::{SharedText, Source};

/// Lines that stand together, at least, where an index is cut.
const RUN: usize = if cfg!(test) { 2 } else { 512 };

/// Where the lines of one text begin and end.
///
/// A line break is `\n`, `\r\n` or `\r`, and nothing else. A text has one line more than it has
/// breaks, so the empty text has one line. The index fits only the text it was made from.
#[derive(Clone)]
pub struct LineIndex {
    /// Never empty, nor is any of them.
    runs: Vec<LineRun>,
}

/// Lines that stand together. Indexes of texts that are alike share them.
#[derive(Clone)]
struct LineRun {
    /// The number of its first line.
    first: usize,
    /// Where that begins.
    at: u32,
    /// Each line without its break, in order, by offsets from there.
    lines: Arc<[TextRange]>,
}

impl LineRun {
    fn line(&self, idx: usize) -> Option<TextRange> {
        let line = self.lines.get(idx)?;
        Some(TextRange { start: self.at + line.start, end: self.at + line.end })
    }
}

/// A line and a column within it, both counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LineCol {
    /// The line.
    pub line: u32,
    /// The column, in bytes of UTF-8.
    pub col: u32,
}

/// A line and a column as a client counts them: the unit of the column is the encoding agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in code units of the agreed encoding.
    pub character: u32,
}

/// What one column of a [`Position`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PositionEncoding {
    /// A byte.
    Utf8,
    /// A UTF-16 code unit: characters beyond the basic plane count two.
    Utf16,
    /// A Unicode scalar value.
    Utf32,
}

impl PositionEncoding {
    fn width(self, char: char) -> usize {
        match self {
            PositionEncoding::Utf8 => char.len_utf8(),
            PositionEncoding::Utf16 => char.len_utf16(),
            PositionEncoding::Utf32 => 1,
        }
    }
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub fn new(text: &str) -> LineIndex {
        let mut lines = Vec::new();
        find_lines(text, 0, &mut lines);
        let mut index = LineIndex { runs: Vec::with_capacity(lines.len() / RUN + 1) };
        index.extend(&lines);
        index
    }

    /// Adds lines, by offsets in the text.
    fn extend(&mut self, lines: &[TextRange]) {
        for lines in lines.chunks(RUN) {
            let (first, at) = (self.n_lines() as usize, lines[0].start);
            let relative =
                |line: &TextRange| TextRange { start: line.start - at, end: line.end - at };
            let lines = lines.iter().map(relative).collect();
            self.runs.push(LineRun { first, at, lines });
        }
    }

    /// The lines of `text`, which has `length` bytes in the place of those that were `replaced` in the
    /// text of this index, and is the same before and behind.
    pub(crate) fn edited(
        &self,
        text: &SharedText,
        replaced: TextRange,
        length: usize,
    ) -> LineIndex {
        // A break may be made or lost with the character before it or behind it.
        let first = self.line_at(replaced.start as usize).saturating_sub(1);
        let last = (self.line_at(replaced.end as usize) + 1).min(self.n_lines() as usize - 1);
        let moved = |offset: u32| (offset as usize + length) - replaced.len();
        let (from, to) = (self.run(first), self.run(last));
        let line = |idx: usize| self.line_range(idx as u32);
        let mut lines: Vec<TextRange> = (self.runs[from].first..first).map(line).collect();
        let start = line(first).start as usize;
        find_lines(&text.copy(start..moved(line(last).end)), start, &mut lines);
        let end = self.runs[to].first + self.runs[to].lines.len();
        let place = |line: TextRange| TextRange::new(moved(line.start), moved(line.end));
        lines.extend((last + 1..end).map(|idx| place(line(idx))));
        let mut index = LineIndex { runs: Vec::with_capacity(self.runs.len() + 1) };
        index.runs.extend_from_slice(&self.runs[..from]);
        // A run does not become ever smaller or larger by what is changed in it.
        match lines.len() {
            n if n <= 2 * RUN => index.push(&lines),
            _ => index.extend(&lines),
        }
        for run in &self.runs[to + 1..] {
            let (first, at) = (index.n_lines() as usize, moved(run.at) as u32);
            index.runs.push(LineRun { first, at, lines: run.lines.clone() });
        }
        index
    }

    /// Adds lines as one run.
    fn push(&mut self, lines: &[TextRange]) {
        let (first, at) = (self.n_lines() as usize, lines.first().map_or(0, |line| line.start));
        let relative = |line: &TextRange| TextRange { start: line.start - at, end: line.end - at };
        self.runs.push(LineRun { first, at, lines: lines.iter().map(relative).collect() });
    }

    /// The run that this line is in.
    fn run(&self, line: usize) -> usize {
        self.runs.partition_point(|run| run.first <= line).saturating_sub(1)
    }

    /// The line that holds `offset`.
    fn line_at(&self, offset: usize) -> usize {
        let run = self.runs.partition_point(|run| run.at as usize <= offset).saturating_sub(1);
        let LineRun { first, at, lines } = &self.runs[run];
        let within = offset - *at as usize;
        first + lines.partition_point(|line| line.start as usize <= within).saturating_sub(1)
    }

    /// How many lines there are; at least one.
    pub fn n_lines(&self) -> u32 {
        let n_lines = self.runs.last().map_or(0, |run| run.first + run.lines.len());
        u32::try_from(n_lines).unwrap_or(u32::MAX)
    }

    /// The range of `line` without its break; the empty range at the end of the text for a line
    /// past the last.
    pub fn line_range(&self, line: u32) -> TextRange {
        self.get(line as usize).unwrap_or_else(|| TextRange::empty(self.text_end()))
    }

    fn get(&self, line: usize) -> Option<TextRange> {
        let run = &self.runs[self.run(line)];
        run.line(line - run.first)
    }

    /// The line and byte column of `offset`.
    ///
    /// An offset inside a `\r\n` counts as the end of its line, one past the text as its end.
    pub fn line_col(&self, offset: usize) -> LineCol {
        let line = self.line_at(offset);
        let range = self.line_range(line as u32);
        let col = offset.min(range.end as usize) - range.start as usize;
        LineCol { line: line as u32, col: col as u32 }
    }

    /// The position of `offset`; one inside a character counts as the start of that character.
    pub fn to_position<T: Source + ?Sized>(
        &self,
        text: &T,
        offset: usize,
        enc: PositionEncoding,
    ) -> Position {
        let LineCol { line, col } = self.line_col(offset);
        let content = self.line_range(line).of(text);
        let before = &content[..floor_char_boundary(content, col as usize)];
        let character = match enc {
            PositionEncoding::Utf8 => before.len(),
            _ if before.is_ascii() => before.len(),
            _ => before.chars().map(|char| enc.width(char)).sum(),
        };
        Position { line, character: character as u32 }
    }

    /// The offset of `position`.
    ///
    /// A column past the end of its line is the end of that line, before the break; one inside a
    /// character is its start; a line past the last is the end of the text.
    pub fn from_position<T: Source + ?Sized>(
        &self,
        text: &T,
        position: Position,
        enc: PositionEncoding,
    ) -> usize {
        let Some(range) = self.get(position.line as usize) else { return text.length() };
        let content = range.of(text);
        let target = position.character as usize;
        let mut units = 0;
        let mut col = content.len();
        for (idx, char) in content.char_indices() {
            units += enc.width(char);
            if units > target {
                col = idx;
                break;
            }
        }
        range.start as usize + col
    }

    fn text_end(&self) -> usize {
        let last = self.runs.last().and_then(|run| run.line(run.lines.len() - 1));
        last.map_or(0, |line| line.end as usize)
    }
}

/// Indexes of the same lines are the same, however they are cut.
impl PartialEq for LineIndex {
    fn eq(&self, other: &LineIndex) -> bool {
        let lines =
            |index: &LineIndex| (0..index.n_lines()).map(|it| index.line_range(it)).collect();
        let (one, two): (Vec<_>, Vec<_>) = (lines(self), lines(other));
        one == two
    }
}

impl Eq for LineIndex {}

impl fmt::Debug for LineIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.n_lines()).map(|line| self.line_range(line))).finish()
    }
}

/// Adds the lines of what stands at `start`, up to the end of a line.
fn find_lines(text: &str, start: usize, lines: &mut Vec<TextRange>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
        // The second half of a break that is known.
        if at < from {
            continue;
        }
        let is_pair = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
        lines.push(TextRange::new(start + from, start + at));
        from = at + 1 + usize::from(is_pair);
    }
    lines.push(TextRange::new(start + from, start + text.len()));
}

/// The last boundary between characters at or before `offset`; the end for an offset past it.
pub(crate) fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: [PositionEncoding; 3] =
        [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32];

    fn lines(text: &str) -> Vec<&str> {
        let index = LineIndex::new(text);
        (0..index.n_lines()).map(|line| index.line_range(line).of(text)).collect()
    }

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn lines_end_at_the_three_breaks_of_the_protocol_only() {
        assert_eq!(lines(""), [""]);
        assert_eq!(lines("\n"), ["", ""]);
        assert_eq!(lines("a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(lines("a\r\r\nb\n\rc"), ["a", "", "b", "", "c"]);
        assert_eq!(lines("a\u{2028}b\u{85}c\x0bd"), ["a\u{2028}b\u{85}c\x0bd"]);
    }

    proptest! {
        #[test]
        fn lines_of_an_edited_text_are_those_of_the_text(
            text in "[ab\r\n]{0,24}",
            insert in "[ab\r\n]{0,4}",
            places in (0..25usize, 0..25usize),
        ) {
            let (one, two) = (places.0.min(text.len()), places.1.min(text.len()));
            let (start, end) = (one.min(two), one.max(two));
            let edited = format!("{}{insert}{}", &text[..start], &text[end..]);
            let replaced = TextRange::new(start, end);
            let lines = LineIndex::new(&text).edited(&edited.as_str().into(), replaced, insert.len());
            prop_assert_eq!(lines, LineIndex::new(&edited));
        }
    }

    #[test]
    fn a_byte_order_mark_is_a_character_of_the_first_line() {
        let text = "\u{feff}ab";
        let index = LineIndex::new(text);
        assert_eq!(index.to_position(text, 3, PositionEncoding::Utf16), at(0, 1));
        assert_eq!(index.from_position(text, at(0, 1), PositionEncoding::Utf16), 3);
    }

    #[test]
    fn columns_count_units_of_the_encoding() {
        let text = "x\né🦀z";
        let index = LineIndex::new(text);
        let end = text.len();
        assert_eq!(index.line_col(end), LineCol { line: 1, col: 7 });
        assert_eq!(index.to_position(text, end, PositionEncoding::Utf8), at(1, 7));
        assert_eq!(index.to_position(text, end, PositionEncoding::Utf16), at(1, 4));
        assert_eq!(index.to_position(text, end, PositionEncoding::Utf32), at(1, 3));
    }

    #[test]
    fn a_column_inside_a_character_rounds_down() {
        let text = "é🦀z";
        let index = LineIndex::new(text);
        assert_eq!(index.from_position(text, at(0, 1), PositionEncoding::Utf8), 0);
        assert_eq!(index.from_position(text, at(0, 4), PositionEncoding::Utf8), 2);
        assert_eq!(index.from_position(text, at(0, 2), PositionEncoding::Utf16), 2);
        assert_eq!(index.to_position(text, 4, PositionEncoding::Utf16), at(0, 1));
    }

    #[test]
    fn a_column_past_the_end_stops_before_the_break() {
        let text = "ab\r\ncd";
        let index = LineIndex::new(text);
        for enc in ENCODINGS {
            assert_eq!(index.from_position(text, at(0, 3), enc), 2);
            assert_eq!(index.from_position(text, at(0, u32::MAX), enc), 2);
            assert_eq!(index.from_position(text, at(1, 9), enc), 6);
            assert_eq!(index.from_position(text, at(2, 0), enc), 6);
            assert_eq!(index.from_position(text, at(u32::MAX, u32::MAX), enc), 6);
            assert_eq!(index.to_position(text, 3, enc), at(0, 2));
            assert_eq!(index.to_position(text, 99, enc), at(1, 2));
        }
    }

    #[test]
    fn a_line_past_the_last_is_empty_at_the_end() {
        assert_eq!(LineIndex::new("ab\n").line_range(2), TextRange::empty(3));
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\n"),
            Just("\r\n"),
            Just("\r"),
            Just("\u{feff}"),
            Just("é"),
            Just("🦀"),
            Just("漢"),
            Just("e\u{301}"),
            Just("\u{2028}"),
            Just("ab "),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn offsets_survive_the_round_trip(text in texts()) {
            let index = LineIndex::new(&text);
            for enc in ENCODINGS {
                let offsets = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
                for offset in offsets {
                    let position = index.to_position(&text, offset, enc);
                    let inside_break = offset > 0
                        && text.as_bytes()[offset - 1] == b'\r'
                        && text.as_bytes().get(offset) == Some(&b'\n');
                    let expected = if inside_break { offset - 1 } else { offset };
                    prop_assert_eq!(index.from_position(&text, position, enc), expected);
                }
            }
        }

        #[test]
        fn any_position_lands_on_a_character_of_its_line(
            text in texts(), line in 0u32..30, character in 0u32..40,
        ) {
            let index = LineIndex::new(&text);
            for enc in ENCODINGS {
                let offset = index.from_position(&text, at(line, character), enc);
                prop_assert!(text.is_char_boundary(offset));
                prop_assert!(index.line_range(line).touches(offset));
                let back = index.to_position(&text, offset, enc);
                prop_assert!(back.line <= line);
                prop_assert!(back.line < line || back.character <= character);
            }
        }

        #[test]
        fn lines_and_breaks_add_up_to_the_text(text in texts()) {
            let index = LineIndex::new(&text);
            let mut end = 0;
            for line in 0..index.n_lines() {
                let range = index.line_range(line).bytes();
                let gap = &text[end..range.start];
                prop_assert!(line == 0 || matches!(gap, "\n" | "\r\n" | "\r"));
                prop_assert!(!text[range.clone()].contains(['\n', '\r']));
                end = range.end;
            }
            prop_assert_eq!(end, text.len());
        }

        #[test]
        fn no_offset_panics(text in ".{0,12}", offset in 0usize..80) {
            let index = LineIndex::new(&text);
            for enc in ENCODINGS {
                index.to_position(&text, offset, enc);
            }
        }
    }
}
