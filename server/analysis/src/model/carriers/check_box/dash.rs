//! Dashes between the words of a box.

use std::ops::Range;

const DASHES: [&str; 4] = ["-", "–", "—", "--"];

/// Where the last dash with a blank on either side stands in a text, with its blanks.
pub(super) fn last_dash(text: &str) -> Option<Range<usize>> {
    text.rmatch_indices(' ').find_map(|(blank, _)| {
        let before = DASHES.iter().filter_map(|dash| text[..blank].strip_suffix(dash));
        let start = before.filter_map(|it| it.strip_suffix(' ')).map(str::len).min()?;
        Some(start..blank + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::last_dash;

    #[test]
    fn the_last_dash_between_blanks_is_found() {
        let dashes = [
            ("Print it - by hand", Some(" - ")),
            ("Print – it — by hand", Some(" — ")),
            ("Print - it -- by hand", Some(" -- ")),
            ("Print -- it - by hand-made", Some(" - ")),
            ("Print hand-made", None),
            ("- Print", None),
            ("Print -", None),
            ("", None),
        ];
        for (text, dash) in dashes {
            assert_eq!(last_dash(text).map(|it| &text[it]), dash, "{text}");
        }
        assert_eq!(last_dash("One - two - three").map(|it| it.start), Some(9));
    }
}
