//! Words of others as they are put into Markdown.

/// Text as it stands: a code span, which needs no escapes that a plain reader would see.
pub(crate) fn code(text: &str) -> String {
    if text.contains(['`', '\n', '\r']) { escape(text) } else { format!("`{text}`") }
}

/// An address that ends where its link does.
pub(crate) fn address(link: &str) -> String {
    link.replace('(', "%28").replace(')', "%29").replace('<', "%3C").replace('>', "%3E")
}

/// Text that means itself in Markdown, also where HTML, icons and bare addresses mean something: no link
/// and no image of a repository's words is ever live.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        let is_escaped = match c {
            '|' | '\\' | '*' | '`' | '<' | '[' | ']' | '~' | '&' | '@' => true,
            // Within a word it is no mark.
            '_' => {
                !(before.ends_with(char::is_alphanumeric)
                    && after.starts_with(char::is_alphanumeric))
            }
            ':' => after.starts_with("//"),
            '$' => after.starts_with('('),
            '.' => {
                before.len() >= 3
                    && before.is_char_boundary(before.len() - 3)
                    && before[before.len() - 3..].eq_ignore_ascii_case("www")
            }
            // A list or a heading at the start of what stands behind a mark of a list.
            '#' | '-' | '+' | '>' | '=' => before.trim().is_empty(),
            _ => false,
        };
        if is_escaped {
            out.push('\\');
        }
        out.push(if c == '\n' || c == '\r' { ' ' } else { c });
    }
    out
}
