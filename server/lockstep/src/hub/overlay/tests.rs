//! Overlays against a plain string that is edited the same way.

use proptest::prelude::*;

use super::*;

const ENCODINGS: [PositionEncoding; 3] =
    [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32];

fn change(start: (u32, u32), end: (u32, u32), text: &str) -> TextChange {
    let at = |(line, character)| Position { line, character };
    TextChange { range: Some((at(start), at(end))), text: text.into() }
}

fn whole(text: &str) -> TextChange {
    TextChange { range: None, text: text.into() }
}

/// The text after one edit in UTF-16.
fn edited(text: &str, start: (u32, u32), end: (u32, u32), new: &str) -> Result<String, OutOfSync> {
    let mut overlay = Overlay::open(text, 1, "markdown");
    overlay.apply(&[change(start, end, new)], 2, PositionEncoding::Utf16)?;
    Ok(overlay.text().to_string())
}

#[test]
fn each_change_applies_to_the_result_of_the_one_before() {
    let mut overlay = Overlay::open("one\ntwo", 1, "markdown");
    let changes = [
        change((0, 0), (0, 0), "new\n"),
        change((1, 0), (1, 3), "1"),
        whole("a\nb"),
        change((1, 0), (1, 1), "c"),
    ];
    overlay.apply(&changes[..2], 2, PositionEncoding::Utf8).expect("in sync");
    assert_eq!(overlay.text().as_str(), "new\n1\ntwo");
    overlay.apply(&changes[2..], 3, PositionEncoding::Utf8).expect("in sync");
    assert_eq!((overlay.text().as_str(), overlay.version()), ("a\nc", 3));
    assert_eq!(overlay.language_id(), "markdown");
}

#[test]
fn columns_count_the_units_of_the_session() {
    for (encoding, column) in ENCODINGS.into_iter().zip([4, 2, 1]) {
        let mut overlay = Overlay::open("🟢x", 1, "markdown");
        overlay.apply(&[change((0, column), (0, column), "|")], 2, encoding).expect("in sync");
        assert_eq!(overlay.text().as_str(), "🟢|x", "{encoding:?}");
    }
}

#[test]
fn a_column_inside_a_character_is_its_start() {
    assert_eq!(edited("🟢x", (0, 1), (0, 1), "|").as_deref(), Ok("|🟢x"));
    let mut overlay = Overlay::open("a🟢x", 1, "markdown");
    overlay.apply(&[change((0, 4), (0, 5), "|")], 2, PositionEncoding::Utf8).expect("in sync");
    assert_eq!(overlay.text().as_str(), "a|x");
}

#[test]
fn a_column_after_the_line_is_its_end_before_the_line_break() {
    for line_break in ["\n", "\r\n", "\r"] {
        let text = format!("a{line_break}b");
        let expected = format!("a|{line_break}b");
        assert_eq!(edited(&text, (0, 9), (0, u32::MAX), "|"), Ok(expected));
    }
}

#[test]
fn only_the_line_breaks_of_the_protocol_break_lines() {
    let text = "a\u{B}b\u{C}c\u{85}d\u{2028}e\u{2029}f\rg";
    assert_eq!(edited(text, (1, 0), (1, 0), "|"), Ok(text.replace('g', "|g")));
}

#[test]
fn the_line_after_the_last_is_the_end_of_the_text() {
    assert_eq!(edited("a\nb", (1, 0), (2, 0), "").as_deref(), Ok("a\n"));
    assert_eq!(edited("a\n", (2, 7), (2, 7), "b").as_deref(), Ok("a\nb"));
    assert_eq!(edited("", (0, 0), (1, 0), "a").as_deref(), Ok("a"));
}

#[test]
fn a_range_that_cannot_be_meant_is_out_of_sync() {
    assert!(edited("a\nb", (0, 0), (3, 0), "").is_err());
    assert!(edited("a\nb", (u32::MAX, 0), (u32::MAX, 0), "").is_err());
    assert!(edited("a\nb", (1, 0), (0, 0), "").is_err());
    let error = edited("a\nb", (0, 1), (0, 0), "").expect_err("the range is inverted");
    assert_eq!(
        error.to_string(),
        "version 2 changes 0:1-0:0, which a text of 2 lines does not have"
    );
}

#[test]
fn an_overlay_out_of_sync_is_unchanged() {
    let mut overlay = Overlay::open("a", 1, "markdown");
    let changes = [whole("b"), change((5, 0), (5, 0), "")];
    assert!(overlay.apply(&changes, 2, PositionEncoding::Utf16).is_err());
    assert_eq!((overlay.text().as_str(), overlay.version()), ("a", 1));
}

#[test]
fn what_a_long_text_was_before_costs_what_is_other() {
    const LINE: &str = "- [ ] One of many lines\n";
    let long = LINE.repeat(8_000);
    let mut overlay = Overlay::open(&long, 1, "markdown");
    for version in 2..102 {
        let typed = change((4_000, 6), (4_000, 6), "x");
        // Whoever asks for all of it, and a client that sends all of it.
        let all = whole(overlay.text());
        let change = if version % 2 == 0 { typed } else { all };
        overlay.apply(&[change], version, PositionEncoding::Utf8).expect("in sync");
    }
    let mut parts = std::collections::BTreeMap::new();
    for earlier in &overlay.earlier {
        assert_eq!(earlier.parts().map(str::len).sum::<usize>(), earlier.len());
        parts.extend(earlier.parts().map(|part| (part.as_ptr(), part.len())));
    }
    let n_whole = overlay.earlier.iter().filter(|earlier| earlier.is_whole()).count();
    assert!(n_whole <= 1, "{n_whole} stand in memory as a whole");
    let bytes: usize = parts.values().sum();
    assert!(bytes < 6 * long.len(), "{bytes} bytes for {}", long.len());
}

/// Byte ranges of the lines of `text` without their line breaks, found character by character.
fn naive_lines(text: &str) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        if character != '\n' && character != '\r' {
            continue;
        }
        lines.push((start, at));
        start = at + 1;
        if character == '\r' && rest.next_if(|next| next.1 == '\n').is_some() {
            start += 1;
        }
    }
    lines.push((start, text.len()));
    lines
}

fn naive_offset(text: &str, position: Position, encoding: PositionEncoding) -> usize {
    let Some(&(start, end)) = naive_lines(text).get(position.line as usize) else {
        return text.len();
    };
    let mut units = 0;
    for (at, character) in text[start..end].char_indices() {
        units += match encoding {
            PositionEncoding::Utf8 => character.len_utf8(),
            PositionEncoding::Utf16 => character.len_utf16(),
            PositionEncoding::Utf32 => 1,
        };
        if units > position.character as usize {
            return start + at;
        }
    }
    end
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n"),
        Just("\r\n"),
        Just("\r"),
        Just("a"),
        Just("- [ ] "),
        Just("é"),
        Just("e\u{301}"),
        Just("€"),
        Just("🟢"),
        Just("👩\u{200D}💻"),
        Just("\u{2028}"),
        Just("\u{85}"),
        Just("\u{B}"),
        Just("\u{FEFF}"),
    ];
    // Long enough to be split over several chunks of the rope.
    prop_oneof![
        4 => prop::collection::vec(piece.clone(), 0..20),
        1 => prop::collection::vec(piece, 0..2000),
    ]
    .prop_map(|pieces| pieces.concat())
}

/// A new text, and where it goes as shares of the lines and columns there are.
type Edit = (String, [(prop::sample::Index, u32); 2]);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let position = || (any::<prop::sample::Index>(), 0u32..12);
    prop::collection::vec((texts(), [position(), position()]), 1..8)
}

proptest! {
    #[test]
    fn changes_do_what_they_do_to_a_string(
        text in texts(),
        edits in edits(),
        encoding in prop::sample::select(&ENCODINGS[..]),
    ) {
        let mut overlay = Overlay::open(&text, 0, "markdown");
        let mut expected = text;
        let mut changes = Vec::new();
        for (new, places) in edits {
            let n_lines = naive_lines(&expected).len();
            let mut ends = places.map(|(line, column)| {
                let line = u32::try_from(line.index(n_lines + 1)).unwrap_or(u32::MAX);
                Position { line, character: column }
            });
            ends.sort();
            let start = naive_offset(&expected, ends[0], encoding);
            let end = naive_offset(&expected, ends[1], encoding);
            expected.replace_range(start..end, &new);
            changes.push(TextChange { range: Some((ends[0], ends[1])), text: new });
        }
        let together = changes.len() / 2;
        prop_assert_eq!(overlay.apply(&changes[..together], 1, encoding), Ok(()));
        for change in &changes[together..] {
            prop_assert_eq!(overlay.apply(std::slice::from_ref(change), 2, encoding), Ok(()));
        }
        prop_assert_eq!(overlay.text().as_str(), expected);
    }
}
