//! Two texts compared.
use similar::{ChangeTag, TextDiff};
use crate::text::TextRange;
use crate::text::text_edit::{TextEdit, TextEdits};

/// The difference as a unified diff with `context` lines around each hunk; empty where there is none.
pub fn unified(path: &str, old: &str, new: &str, context: usize) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().context_radius(context).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}

/// Edits that make `new` of `old`, line by line.
pub fn edits(old: &str, new: &str) -> TextEdits {
    let diff = TextDiff::from_lines(old, new);
    let mut edits: Vec<TextEdit> = Vec::new();
    let mut at = 0;
    let mut open = false;
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => { at += text.len(); open = false; }
            tag => {
                if !open { edits.push(TextEdit { range: TextRange::empty(at), insert: String::new() }); open = true; }
                if let Some(edit) = edits.last_mut() {
                    if tag == ChangeTag::Delete { at += text.len(); edit.range = TextRange::new(edit.range.start as usize, at); }
                    else { edit.insert.push_str(text); }
                }
            }
        }
    }
    TextEdits::new(edits).unwrap_or_default().minimal(old)
}
