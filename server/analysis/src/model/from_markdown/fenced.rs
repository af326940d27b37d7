//! A document that stands in one code block as a whole, as some agents write it: nothing of it is read.

use crate::model::carrier::markdown_reader::MarkdownReader;
use crate::syntax::SyntaxError;
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;

/// What a block is called that holds Markdown.
const MARKDOWN: &[&str] = &["", "md", "markdown"];

impl MarkdownReader<'_> {
    /// Tells where check boxes that would be read stand in a block which is all that there is.
    pub(super) fn fenced(&mut self) {
        let [fence] = self.markdown.fences[..] else { return };
        let is_empty = self.facts.entities.len() <= usize::from(self.document.is_some());
        if !is_empty || !self.boxes_count(None) {
            return;
        }
        let front = self.markdown.front_matter.as_ref().map_or(0, |it| it.range.end as usize);
        let around = [front..fence.start as usize, fence.end as usize..self.text.len()];
        let is_all = around.into_iter().all(|it| {
            self.text.get(it).is_some_and(|it| it.trim_matches(['\u{feff}', '-']).trim().is_empty())
        });
        let block = fence.of(self.text);
        let (first, inside) = block.split_once('\n').unwrap_or((block, ""));
        let name = first.trim().trim_matches(['`', '~']).trim().to_ascii_lowercase();
        if !is_all || !MARKDOWN.contains(&name.as_str()) {
            return;
        }
        if Markdown::parse(inside).items.iter().any(|item| item.check_box.is_some()) {
            let start = fence.start as usize;
            let range = TextRange::new(start, start + first.trim_end().len());
            let message = "this code block holds the whole document, and nothing in it is read";
            self.facts.problems.push(SyntaxError { range, message: message.to_owned() });
        }
    }
}
