//! The marks of boxes that a file explains itself: `- `[d]` = deferred`.

/// Whether a text says in words what the mark of a box means, outside of boxes. Nobody but its authors
/// knows in which status such a box is.
pub(crate) fn explains(text: &str, mark: &str) -> bool {
    let quoted = format!("`[{mark}]`");
    let said = |line: &str, at: usize| {
        let before = line[..at].trim_end();
        let behind = line[at + quoted.len()..].trim_start();
        let meaning = behind.trim_start_matches(['=', ':', '→', '–', '—', '-', '>', ' ']);
        let is_first = before.trim_start_matches(['-', '*', '+', '>', ' ', '\t']).is_empty();
        let is_next = before.ends_with([':', '·', ',', ';', '/', '|']);
        meaning.starts_with(char::is_alphabetic)
            && (meaning.len() < behind.len() || is_first || is_next)
    };
    text.lines().any(|line| line.match_indices(&quoted).any(|(at, _)| said(line, at)))
}

/// Whether a text names a mark where it may explain it.
pub(super) fn may_explain(text: &str) -> bool {
    text.match_indices("`[").any(|(at, _)| {
        let mut rest = text[at + 2..].chars();
        rest.next().is_some() && rest.as_str().starts_with("]`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_explained_where_words_follow_it() {
        let legends = [
            "- `[d]` = deferred (mobile)",
            "- `[d]` Deferred",
            "> `[d]`: deferred",
            "Legend: `[x]` done · `[d]` deferred",
            "Marks: `[d]` → deferred",
        ];
        let others =
            ["- [d] Log in", "Stories for phones = `[d]`.", "They write `[d]` there", "`[d]`"];
        for text in legends {
            assert!(explains(text, "d") && may_explain(text) && !explains(text, "e"), "{text}");
        }
        for text in others {
            assert!(!explains(text, "d"), "{text}");
        }
        assert!(!may_explain("`[name]` and `[` and `[é"));
    }
}
