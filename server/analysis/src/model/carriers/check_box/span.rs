//! ``- [x] `DONE` **F-11** Log in``: a status in a span of its own, between a box and an id.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::EntityType;
use crate::profile::reading::{self, Reading, Shape};
use crate::syntax::markdown::ListItem;
use crate::text::TextRange;

impl MarkdownReader<'_> {
    /// The status in capitals that is a span of code or emphasis, where an id stands right behind it:
    /// before other words it may be the name of a state, `` `BLOCKED` tasks are red``.
    pub(super) fn span(&mut self, what: EntityType, item: &ListItem) -> Option<Reading> {
        if !self.profile.markers.bare || item.check_box.is_none() {
            return None;
        }
        let text = item.text.of(self.text);
        let (inner, behind) = reading::span(text)?;
        let status = self.profile.vocabulary_of(what).lookup(inner)?;
        let is_apart = reading::is_in_capitals(inner) && behind.starts_with(' ');
        if !is_apart || self.written_id(behind.trim_start()).is_none() {
            return None;
        }
        let (start, len) = (item.text.start as usize, text.len() - behind.len());
        let mark = (len - inner.len()) / 2;
        let word = TextRange::new(start + mark, start + mark + inner.len());
        let range = TextRange::new(start, start + len);
        Some(Reading { range, word, status: Some(status), shape: Shape::Exact })
    }
}
