//! A change within the line of a check box in a list at the top, which leaves everything around the
//! line what it is.

use crate::model::Document;
use crate::text::TextRange;
use crate::text::shared_text::{Difference, SharedText};

impl Document {
    /// Whether the item in `window` is one of a list at the top, and a change stays behind the bracket
    /// that opens a check box in it, on the line of that. Each line begins then as before, so no list,
    /// item or paragraph begins or ends elsewhere. What follows the item is nothing that could belong
    /// to it.
    pub(super) fn changes_box(
        &self,
        window: TextRange,
        change: &Difference,
        now: &SharedText,
    ) -> bool {
        let (text, start) = (&self.text, window.start as usize);
        let item = text.copy(window.bytes());
        let Some(opening) = opening(&item) else { return false };
        let line = item.get(..change.start.saturating_sub(start)).map(|before| {
            let line = before.rfind('\n').map_or(0, |at| at + 1);
            &before[line..]
        });
        let is_behind = line.is_some_and(|line| self::opening(line.trim_start()).is_some());
        let is_one_line = |part: &str| !part.contains(['\n', '\r']);
        is_behind
            && begins_line(text, start)
            && is_one_line(&text.copy(change.start..change.old_end))
            && is_one_line(&now.copy(change.start..change.new_end))
            && self.ends_item(window.end as usize, opening)
    }

    /// Whether the document ends at `end`, or a heading or another item with a check box and the same
    /// bullet begins behind it, with nothing but line breaks between.
    fn ends_item(&self, end: usize, opening: &str) -> bool {
        const NEAR: usize = 16;
        let behind = self.text.copy(end..(end + NEAR).min(self.text.len()));
        let next = behind.trim_start_matches('\n');
        let is_line = next.len() < behind.len() || begins_line(&self.text, end);
        match next.is_empty() {
            true => end + behind.len() == self.text.len(),
            false => is_line && (next.starts_with(opening) || next.starts_with('#')),
        }
    }
}

/// The bullet that a text begins with, and the bracket behind it.
fn opening(text: &str) -> Option<&'static str> {
    ["- [", "* [", "+ ["].into_iter().find(|opening| text.starts_with(opening))
}

fn begins_line(text: &SharedText, at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| text.copy(before..at) == "\n")
}
