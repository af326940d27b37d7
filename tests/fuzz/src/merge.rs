//! Texts beside each other: a difference makes one of the other, a change that is made is seen as made,
//! and a text that is shared in pieces is the text. The input is three texts with `\n====\n` between.

use lockstep_analysis::text::line_index::LineIndex;
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_analysis::text::{diff, merge};

use crate::bounds::within;
use crate::workspace::floor;

pub fn check(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let mut texts = input.splitn(3, "\n====\n");
    let (Some(before), Some(after)) = (texts.next(), texts.next()) else { return };
    let text = texts.next().unwrap_or(before);
    let edits = diff::edits(before, after);
    edits.iter().for_each(|edit| within(before, edit.range, edit));
    assert_eq!(edits.apply(before), after);
    assert_eq!(edits.minimal(before).apply(before), after);
    assert_eq!(edits.invert(before).apply(after), before);
    let _ = diff::unified("a", before, after, 3);
    merge::places(before, after, text).iter().for_each(|range| within(text, *range, text));
    assert_eq!(merge::standing(before, after, after), merge::Standing::Made);
    let merged = merge::three_way(before, after, text);
    if let Some(merged) = merged {
        merged.iter().for_each(|edit| within(text, edit.range, edit));
        let made = merged.apply(text);
        // Beside what somebody else has changed, a change that is made cannot always be told.
        // Of two byte order marks the second is text, and reads as a mark where there was none before.
        let is_told = text == before && !after.starts_with("\u{feff}\u{feff}");
        assert!(!is_told || merge::same(&made, after), "{made:?}");
    }
    shared(before, after);
    lines(after);
}

fn shared(before: &str, after: &str) {
    let one = SharedText::from(before);
    let start = floor(before, before.len() / 2);
    let end = floor(before, start + before.len() / 3);
    let two = one.replaced(start..end, after);
    let expected = format!("{}{after}{}", &before[..start], &before[end..]);
    assert_eq!(two.parts().collect::<String>(), expected);
    if let Some(found) = one.difference(&two) {
        assert_eq!(one.copy(0..found.start), two.copy(0..found.start));
        assert_eq!(one.copy(found.old_end..one.len()), two.copy(found.new_end..two.len()));
    } else {
        assert_eq!(before, expected);
    }
}

fn lines(text: &str) {
    let lines = LineIndex::new(text);
    for line in 0..lines.n_lines() {
        let range = lines.line_range(line);
        within(text, range, line);
        assert_eq!(lines.line_col(range.start as usize).line, line);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "a\nb\nc\n====\na\nB\nc\n====\nx\na\nb\nc",
        "# A\r\n- [ ] x\r\n====\n# A\r\n- [x] x\r\n====\n\u{feff}# A\n- [ ] x",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
