//! Completions for clients that replace only what stands before the cursor.

use crate::completion::{Completion, Rest};
use crate::text::TextRange;
use crate::text::line_index::LineIndex;
use crate::text::shared_text::SharedText;
use crate::text::text_edit::TextEdit;

/// A status that a command sets from what stood there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByCommand {
    /// What puts back what stood there.
    pub edit: TextEdit,
    /// What the command does then: all.
    pub rest: Rest,
}

impl Completion {
    /// The same for a client that puts one line in the place of what stands before the cursor, keeps what
    /// stands behind it, and makes the other edits where their places were before; `None` if there is none.
    pub fn narrowed(mut self) -> Option<Completion> {
        if self.is_narrow {
            return Some(self);
        }
        let ByCommand { edit, rest } = self.by_command.take()?;
        let is_narrow = true;
        Some(Completion { edit, rest: Some(rest), others: Vec::new(), is_narrow, ..self })
    }
}

/// Has edits end at a cursor where what stands behind it stays, and notes which of them do.
pub(super) fn fit(items: &mut [Completion], text: &SharedText, lines: &LineIndex, offset: usize) {
    let line = lines.line_range(lines.line_col(offset).line);
    for item in items {
        let is_narrow = keep_behind(&mut item.edit, text, offset)
            && !item.edit.insert.contains('\n')
            && !item.others.iter().any(|other| moves(other.range, item.edit.range, line));
        item.is_narrow = is_narrow;
        let by_command = item.by_command.take();
        item.by_command =
            by_command.and_then(|mut by| keep_behind(&mut by.edit, text, offset).then_some(by));
    }
}

/// Leaves out of an edit what stands behind the cursor and would stand there again. Whether it ends there.
fn keep_behind(edit: &mut TextEdit, text: &SharedText, offset: usize) -> bool {
    let end = edit.range.end as usize;
    if end <= offset {
        return true;
    }
    let behind = text.copy(offset..end);
    let Some(kept) = edit.insert.strip_suffix(&*behind) else { return false };
    edit.insert.truncate(kept.len());
    edit.range = TextRange::new(edit.range.start as usize, offset);
    true
}

/// Whether a place is elsewhere once another one of its line is edited.
fn moves(place: TextRange, edited: TextRange, line: TextRange) -> bool {
    place.start >= edited.end && place.start <= line.end
}
