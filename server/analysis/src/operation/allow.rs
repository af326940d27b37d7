//! A comment by which one finding is reported no more.

use super::{Draft, FindingNamed, Refused, gone};
use crate::change::{SourceChange, eol, proven_with};
use crate::model::Document;
use crate::syntax::markdown::Markdown;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

impl Draft<'_> {
    /// The new text is read again: it has one comment more, and says what it said.
    pub(super) fn allow(&mut self, finding: FindingNamed<'_>) -> Result<(), Refused> {
        let lost = || gone("the text here has changed");
        let found = finding.nearest_first(&self.state);
        let meant = found.first().ok_or_else(lost)?;
        let (_, document) = self.state.index.document(finding.path).ok_or_else(lost)?;
        let edit = comment(document, meant.rule, meant.range).ok_or_else(lost)?;
        let change = SourceChange::single(document, edit);
        proven_with(&self.state, &change, None, 1)?;
        self.take(change);
        Ok(())
    }
}

fn comment(document: &Document, rule: &str, range: TextRange) -> Option<TextEdit> {
    let text = &document.text;
    let eol = eol(text);
    if let Some(front) = front_matter_around(document, range) {
        let insert = format!("{eol}{eol}<!-- lockstep: allow-file {rule} -->");
        return Some(TextEdit::insert(front.end as usize, insert));
    }
    let before = text.get(..range.start as usize)?;
    let start = before.rfind(['\n', '\r']).map_or(body_start(text), |at| at + 1);
    let line = &text[start..];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let comment = format!("<!-- lockstep: allow {rule} -->");
    Some(TextEdit::insert(start, format!("{indent}{comment}{eol}")))
}

/// The front matter around a range: YAML, in which an HTML comment would be a fault.
pub(crate) fn front_matter_around(document: &Document, range: TextRange) -> Option<TextRange> {
    // It stands before all entities but the one that is the whole document.
    let mut starts =
        document.facts.entities.iter().take(2).map(|entity| entity.range.start as usize);
    let end = starts.find(|start| *start > 0).unwrap_or(document.text.len());
    if range.start as usize >= end {
        return None;
    }
    let front = Markdown::parse(&document.text.copy(0..end)).front_matter?;
    front.range.contains_range(range).then_some(front.range)
}

/// Behind a byte order mark.
fn body_start(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}
