//! What a heading's own text is, and which underlined lines are no heading.

use super::source::LineSource;
use crate::syntax::check_box::check_box;

/// The content of `# heading ##` at `start..end`, as offsets.
pub(super) fn hash_text(source: &LineSource<'_>, start: usize, end: usize) -> (usize, usize) {
    let whole = source.get(start, end);
    let hashes = whole.bytes().take_while(|byte| *byte == b'#').count();
    let text = whole.get(hashes..).unwrap_or("");
    let open = text.trim_end_matches('#');
    let text = if open.is_empty() || open.ends_with([' ', '\t']) { open } else { text };
    let from = start + hashes + (text.len() - text.trim_start().len());
    (from, from + text.trim().len())
}

/// Where the text over the underline of the heading at `start..end` ends.
pub(super) fn underlined_text_end(source: &LineSource<'_>, start: usize, end: usize) -> usize {
    let whole = source.get(start, end);
    let text = whole.get(..whole.rfind('\n').unwrap_or(0)).unwrap_or("");
    start + text.trim_end().len()
}

/// Whether `text`, underlined with `---`, is prose over a separator: people put `---` right below
/// the last line of an entry, which CommonMark takes for a heading.
pub(super) fn is_prose_over_rule(text: &str) -> bool {
    text.contains('\n')
        || text.starts_with("**")
        || text.starts_with("__")
        || text.starts_with(['|', '<', '>'])
        || text.ends_with(['.', ',', ';', ':', '|'])
        || check_box(text).is_some()
}
