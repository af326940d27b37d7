//! `- [x] Do it **Status: in progress**`: a field at the end of what a check box is for.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::reading::{Reading, Shape, trim};
use crate::profile::vocabulary::Vocabulary;
use crate::syntax::markdown::ListItem;
use crate::text::TextRange;

/// What emphasises a name or a field.
const EMPHASIS: [char; 2] = ['*', '_'];

impl MarkdownReader<'_> {
    /// The words of an item before a field at its end that says a known status, and what it says. The
    /// field is emphasised, or its name is, or it stands in brackets; anything else is prose.
    pub(super) fn field_at_end(
        &self,
        vocabulary: &Vocabulary,
        item: &ListItem,
    ) -> Option<(TextRange, Reading)> {
        item.check_box.as_ref()?;
        let names = &self.profile.fields.status;
        let text = item.text.of(self.text).lines().next()?.trim_end_matches([' ', '.']);
        let colon = text.rfind(':').filter(|_| !names.is_empty())?;
        let (before, behind) = (text[..colon].trim_end_matches(EMPHASIS), &text[colon + 1..]);
        let is_name = |name: &&String| {
            let start = before.len().checked_sub(name.len());
            start.and_then(|at| before.get(at..)).is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        let head = &before[..before.len() - names.iter().find(is_name)?.len()];
        let is_closed = match head.chars().next_back()? {
            '(' => behind.trim_end_matches(EMPHASIS).ends_with(')'),
            '*' | '_' => {
                before.len() < colon || behind.starts_with(EMPHASIS) || behind.ends_with(EMPHASIS)
            }
            _ => false,
        };
        let start = item.text.start as usize;
        let value = TextRange::new(start + colon + 1, start + text.len());
        let is_edge = |c: char| c.is_whitespace() || EMPHASIS.contains(&c) || c == ')';
        let word = trim(self.text, value, is_edge);
        let status = Some(vocabulary.lookup(word.of(self.text)).filter(|_| is_closed)?);
        let is_between = |c: char| c.is_whitespace() || "*_(-–—|,;".contains(c);
        let len = head.trim_end_matches(is_between).len();
        let words = TextRange::new(start, start + len);
        (len > 0).then_some((words, Reading { range: word, word, status, shape: Shape::Exact }))
    }
}
