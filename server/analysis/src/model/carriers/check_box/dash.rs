//! Dashes between the words of a box.

use std::ops::Range;

const DASHES: [&str; 4] = ["-", "–", "—", "--"];

/// What they end in.
const LAST_BYTES: [u8; 3] = [b'-', 0x93, 0x94];

/// Where the last dash with a blank on either side stands in a text, with its blanks.
pub(super) fn last_dash(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    // Of each box all words are looked at, so that it counts what a byte costs.
    let ends = |blank: &usize| bytes[*blank] == b' ' && LAST_BYTES.contains(&bytes[*blank - 1]);
    (1..bytes.len()).rev().filter(ends).find_map(|blank| {
        let before = DASHES.iter().filter_map(|dash| text[..blank].strip_suffix(dash));
        let start = before.filter_map(|it| it.strip_suffix(' ')).map(str::len).min()?;
        Some(start..blank + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{DASHES, LAST_BYTES, last_dash};

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
        assert!(
            DASHES.iter().all(|it| it.bytes().last().is_some_and(|it| LAST_BYTES.contains(&it)))
        );
        assert_eq!(last_dash("One - two - three").map(|it| it.start), Some(9));
    }
}
