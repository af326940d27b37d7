//! Comments that suppress findings.

use crate::model::Allow;
use crate::model::from_markdown::MarkdownReader;
use crate::text::TextRange;

impl MarkdownReader<'_> {
    pub(super) fn allows(&mut self) {
        for comment in &self.markdown.comments {
            let Some(body) = comment.body.of(self.text).strip_prefix("lockstep:") else { continue };
            let body = body.trim();
            let (rules, whole) = if let Some(rules) = body.strip_prefix("allow-file ") {
                (rules, true)
            } else if let Some(rules) = body.strip_prefix("allow ") {
                (rules, false)
            } else {
                continue;
            };
            let rules = rules
                .split([',', ' '])
                .filter(|rule| !rule.is_empty())
                .map(str::to_owned)
                .collect();
            let range = if whole {
                TextRange::new(0, self.text.len())
            } else {
                self.allowed_range(comment.range)
            };
            self.facts.allows.push(Allow { rules, range });
        }
    }

    /// A comment speaks for its own line and the next line that is not blank; before a heading,
    /// for the heading's whole section.
    fn allowed_range(&self, comment: TextRange) -> TextRange {
        let start = self.whole_line(comment).start as usize;
        let after = self.text.get(comment.end as usize..).unwrap_or_default();
        let line_end = after.find('\n').map_or(after.len(), |at| at + 1);
        let blank = after[line_end..].len() - after[line_end..].trim_start().len();
        let next = comment.end as usize + line_end + blank;
        let headings = &self.markdown.headings;
        let heading = headings.get(headings.partition_point(|h| (h.range.end as usize) < next));
        if let Some(heading) = heading.filter(|h| h.range.start as usize <= next) {
            return TextRange::new(start, heading.section.end as usize);
        }
        let rest = self.text.get(next..).unwrap_or_default();
        TextRange::new(start, next + rest.find('\n').unwrap_or(rest.len()))
    }
}
