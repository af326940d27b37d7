//! A document that stands in one code block as a whole, as some agents write it: nothing of it is read.

use crate::model::Facts;
use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::profile::EntityKind;
use crate::syntax::SyntaxError;
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;

/// What a block is called that holds Markdown.
const MARKDOWN: &[&str] = &["", "md", "markdown"];

/// So many lines may follow the block: what was added since.
const BEHIND: usize = 3;

impl MarkdownReader<'_> {
    /// Tells where check boxes that would be read, or the status of what the file is, stand in a block
    /// which is all that there is.
    pub(super) fn fenced(&mut self) {
        let [fence] = self.markdown.fences[..] else { return };
        let is_empty = self.facts.entities.len() <= usize::from(self.document.is_some());
        let is_story = self.role.document.is_some() && self.facts.occurrences.is_empty();
        if !is_empty || !(is_story || self.boxes_count(None)) {
            return;
        }
        let block = fence.of(self.text);
        let (first, inside) = block.split_once('\n').unwrap_or((block, ""));
        let name = first.trim().trim_matches(['`', '~']).trim().to_ascii_lowercase();
        if !self.is_all(fence) || !MARKDOWN.contains(&name.as_str()) {
            return;
        }
        let has_boxes = || {
            self.boxes_count(None)
                && Markdown::parse(inside).items.iter().any(|item| item.check_box.is_some())
        };
        if has_boxes() || is_story && !name.is_empty() && self.has_status(inside) {
            let start = fence.start as usize;
            let range = TextRange::new(start, start + first.trim_end().len());
            let message = "this code block holds the whole document, and nothing in it is read";
            self.facts.problems.push(SyntaxError { range, message: message.to_owned() });
        }
    }

    /// Whether nothing stands around a block but front matter, and a few lines behind it in which nothing
    /// would be read.
    fn is_all(&self, fence: TextRange) -> bool {
        let front = self.markdown.front_matter.as_ref().map_or(0, |it| it.range.end as usize);
        let around = |from: usize, to: usize| {
            self.text.get(from..to).map(|it| it.trim_matches(['\u{feff}', '-']).trim())
        };
        let before = around(front, fence.start as usize);
        let behind = around(fence.end as usize, self.text.len()).unwrap_or_default();
        let is_part = |line: &str| line.starts_with(['#', '`', '~', '-', '*', '+', '|']);
        before.is_some_and(str::is_empty)
            && behind.lines().count() <= BEHIND
            && !behind.lines().any(is_part)
    }

    /// Whether the file would have a status if nothing stood around this.
    fn has_status(&self, inside: &str) -> bool {
        let bare = inside.trim_end().trim_end_matches(['`', '~']);
        let mut facts = Facts::new(self.facts.role, self.facts.captures.clone());
        super::read(self.profile, bare, &mut facts);
        let of_whole = facts.entities.first().map(|it| it.kind);
        matches!(of_whole, Some(EntityKind::Task | EntityKind::Plan))
            && facts.occurrences.iter().any(|it| it.entity == 0 && it.reading.status.is_some())
    }
}
