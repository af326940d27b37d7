//! The text of an open document and the changes a client makes to it. Knows no path and no session.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;

use lockstep_analysis::text::line_index::{Position, PositionEncoding};
use lockstep_analysis::text::shared_text::SharedText;
use ropey::{Rope, RopeSlice};

/// An open document: its text as the client has it.
#[derive(Debug, Clone)]
pub struct Overlay {
    rope: Rope,
    /// The same, as the analysis takes it.
    text: SharedText,
    /// What it was before, as far as the client may be writing it, the newest last. They are many, so
    /// none stands in memory as a whole.
    earlier: VecDeque<SharedText>,
    version: i32,
    language_id: String,
}

/// So many keys are not pressed while a client writes a file.
const EARLIER: usize = 256;

/// A change that a client makes to the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// From where to where, in the client's columns; `None` for the whole text.
    pub range: Option<(Position, Position)>,
    /// What stands there from now on.
    pub text: String,
}

/// A change that the text does not allow: client and server hold different texts, and only the
/// whole text, sent again, can mend that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfSync {
    /// The range the client sent.
    pub range: (Position, Position),
    /// How many lines the text has at this change.
    pub n_lines: usize,
    /// The version which the change makes.
    pub version: i32,
}

impl fmt::Display for OutOfSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = self.range;
        write!(
            f,
            "version {} changes {}:{}-{}:{}, which a text of {} lines does not have",
            self.version, start.line, start.character, end.line, end.character, self.n_lines
        )
    }
}

impl std::error::Error for OutOfSync {}

impl Overlay {
    /// A document as `didOpen` gives it.
    pub fn open(text: &str, version: i32, language_id: impl Into<String>) -> Overlay {
        let (rope, text) = (Rope::from_str(text), SharedText::from(text).in_lines());
        let earlier = VecDeque::new();
        Overlay { rope, text, earlier, version, language_id: language_id.into() }
    }

    /// Applies `changes` in order, each to the result of the one before, and takes on `version`.
    ///
    /// A column after the end of its line means the end of the line, one inside a character the
    /// start of the character, and the line after the last one the end of the text.
    ///
    /// # Errors
    ///
    /// A range that starts after its end or reaches past the line after the last one. The document
    /// is then unchanged.
    pub fn apply(
        &mut self,
        changes: &[TextChange],
        version: i32,
        encoding: PositionEncoding,
    ) -> Result<(), OutOfSync> {
        // Clones of a rope share their text.
        let (mut rope, mut text) = (self.rope.clone(), self.text.clone());
        for change in changes {
            let Some(range) = change.range else {
                rope = Rope::from_str(&change.text);
                text = text.shared_with(&SharedText::from(change.text.as_str()));
                continue;
            };
            let out_of_sync = || OutOfSync { range, n_lines: rope.len_lines(), version };
            if range.0 > range.1 {
                return Err(out_of_sync());
            }
            let start = char_index(&rope, range.0, encoding).ok_or_else(out_of_sync)?;
            let end = char_index(&rope, range.1, encoding).ok_or_else(out_of_sync)?;
            let bytes = rope.char_to_byte(start)..rope.char_to_byte(end);
            text = text.replaced(bytes, &change.text);
            rope.remove(start..end);
            rope.insert(start, &change.text);
        }
        self.rope = rope;
        self.earlier.push_back(std::mem::replace(&mut self.text, text).in_parts());
        self.earlier.drain(..self.earlier.len().saturating_sub(EARLIER));
        self.version = version;
        Ok(())
    }

    /// Which text the client has written when it says so, by what is on disk: its user may have typed on
    /// meanwhile. The newest, unless one since the last time is there.
    pub fn written(&mut self, is_on_disk: impl Fn(&SharedText) -> bool) -> SharedText {
        let there = match is_on_disk(&self.text) {
            true => None,
            false => self.earlier.iter().rposition(is_on_disk),
        };
        match there {
            Some(at) => self.earlier.drain(..=at).next_back().unwrap_or_else(|| self.text.clone()),
            None => {
                self.earlier.clear();
                self.text.clone()
            }
        }
    }

    /// The whole text.
    pub fn text(&self) -> &SharedText {
        &self.text
    }

    /// Takes over how `text` is kept in memory, if it is the same.
    pub fn share(&mut self, text: &SharedText) {
        if self.text == *text {
            self.text = text.clone();
        }
    }

    /// The text, without a copy.
    pub fn rope(&self) -> &Rope {
        &self.rope
    }

    /// The version the client gave with the latest change.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// The language the client takes the document for.
    pub fn language_id(&self) -> &str {
        &self.language_id
    }
}

/// The index of the character at `position`, `None` for a line that cannot be meant.
fn char_index(rope: &Rope, position: Position, encoding: PositionEncoding) -> Option<usize> {
    let line = usize::try_from(position.line).ok()?;
    let column = usize::try_from(position.character).ok()?;
    if line == rope.len_lines() {
        return Some(rope.len_chars());
    }
    let content = without_line_break(rope.get_line(line)?);
    let column = match encoding {
        PositionEncoding::Utf8 => content.byte_to_char(column.min(content.len_bytes())),
        PositionEncoding::Utf16 => content.utf16_cu_to_char(column.min(content.len_utf16_cu())),
        PositionEncoding::Utf32 => column.min(content.len_chars()),
    };
    Some(rope.line_to_char(line) + column)
}

fn without_line_break(line: RopeSlice<'_>) -> RopeSlice<'_> {
    let mut end = line.len_chars();
    if end > 0 && line.char(end - 1) == '\n' {
        end -= 1;
    }
    if end > 0 && line.char(end - 1) == '\r' {
        end -= 1;
    }
    line.slice(..end)
}
