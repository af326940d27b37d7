//! What stands in the brackets of a check box.

/// The length of what stands between the brackets of the check box `text` starts with. A star may stand
/// right behind them: `[ ]* 1.2 Write tests` may be left out.
pub(crate) fn check_box(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let len = inner.char_indices().take(12).find(|(_, char)| *char == ']')?.0;
    let after = inner.get(len + 1..)?;
    let starred = after.strip_prefix('*').filter(|it| it.starts_with(char::is_whitespace));
    let after = starred.unwrap_or(after);
    let closed = after.is_empty() || after.starts_with(char::is_whitespace);
    (closed && is_mark(inner.get(..len)?)).then_some(len)
}

fn is_mark(text: &str) -> bool {
    let mark = text.trim();
    let blanks = text.chars().filter(|char| char.is_whitespace()).count();
    !text.contains(['[', '\n', '\r']) && blanks <= 3 && (mark.is_empty() || is_one_grapheme(mark))
}

/// Whether a reader sees one character. Not the whole of Unicode's rules: only what emoji and
/// accents are put together with.
fn is_one_grapheme(text: &str) -> bool {
    let flag = |char: char| ('\u{1F1E6}'..='\u{1F1FF}').contains(&char);
    let mut chars = text.chars();
    let Some(mut before) = chars.next() else { return false };
    for char in chars {
        let extends = matches!(char,
            '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}' | '\u{200D}'
            | '\u{0300}'..='\u{036F}' | '\u{1F3FB}'..='\u{1F3FF}');
        if !extends && before != '\u{200D}' && !(flag(before) && flag(char)) {
            return false;
        }
        before = char;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_box_holds_at_most_one_grapheme() {
        let emoji = "👩\u{200D}💻";
        let marks = ["", " ", "x", "X", "-", "~", "✅", "✔\u{FE0F}", "1\u{FE0F}\u{20E3}", emoji];
        for mark in marks {
            assert_eq!(check_box(&format!("[{mark}] a")), Some(mark.len()), "{mark}");
            assert_eq!(check_box(&format!("[{mark}]")), Some(mark.len()), "{mark}");
        }
        for text in [
            "[ab] c",
            "[NOT STARTED]",
            "[x](y)",
            "[x][y]",
            "[x",
            "[[] a",
            "x] a",
            "[ ]*a*",
            "[ ]** a",
            "",
        ] {
            assert_eq!(check_box(text), None, "{text}");
        }
        assert_eq!(check_box("[x ] a"), Some(2));
        assert_eq!(check_box("[ ]* a"), Some(1));
    }
}
