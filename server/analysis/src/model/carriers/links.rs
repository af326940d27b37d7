//! Links within what a line says.

/// A text with blanks for its links: what they are called, and lead to, says nothing of the line.
pub(super) fn unlinked(text: &str) -> String {
    let mut out = text.to_owned();
    let mut from = 0;
    while let Some(middle) = text[from..].find("](").map(|at| from + at) {
        let end = text[middle..].find(')').map_or(text.len(), |at| middle + at + 1);
        let start = text[from..middle].rfind('[').map_or(middle, |at| from + at);
        out.replace_range(start..end, &" ".repeat(end - start));
        from = end;
    }
    out
}
