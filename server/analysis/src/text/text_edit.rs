//! Replacements in one text: checked, applied, inverted and trimmed. Knows no file.

use super::common::{CommonEnds, common_ends};
use std::error::Error;
use std::fmt;

use super::TextRange;
use super::line_index::floor_char_boundary;
use super::shared_text::{SharedText, Source};

/// One replacement. An empty range inserts, an empty `insert` deletes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextEdit {
    /// What goes.
    pub range: TextRange,
    /// What comes in its place.
    pub insert: String,
}

impl TextEdit {
    /// Puts `insert` in the place of `range`.
    pub fn replace(range: TextRange, insert: impl Into<String>) -> TextEdit {
        TextEdit { range, insert: insert.into() }
    }

    /// Inserts at `offset`.
    pub fn insert(offset: usize, insert: impl Into<String>) -> TextEdit {
        TextEdit::replace(TextRange::empty(offset), insert)
    }

    /// Deletes `range`.
    pub fn delete(range: TextRange) -> TextEdit {
        TextEdit::replace(range, "")
    }
}

/// Replacements in one text, sorted and disjoint; all ranges speak of the text before the first.
///
/// The methods that take a text expect the one the edits were made for. Given another they still
/// do not panic: a range past its end or inside a character is rounded down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextEdits {
    edits: Vec<TextEdit>,
}

/// Two edits want the same bytes, or one inserts inside what the other replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlapError {
    /// The edit that starts first.
    pub first: TextRange,
    /// The edit that starts inside it.
    pub second: TextRange,
}

impl fmt::Display for OverlapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the edits of bytes {:?} and {:?} overlap", self.first, self.second)
    }
}

impl Error for OverlapError {}

impl From<TextEdit> for TextEdits {
    fn from(edit: TextEdit) -> TextEdits {
        TextEdits { edits: vec![edit] }
    }
}

impl TextEdits {
    /// Sorts `edits`. Insertions at one offset all stay, in their order, and come before a
    /// replacement that starts there; identical replacements count once.
    pub fn new(mut edits: Vec<TextEdit>) -> Result<TextEdits, OverlapError> {
        edits.sort_by_key(|edit| edit.range);
        edits.dedup_by(|second, first| second == first && !first.range.is_empty());
        for pair in edits.windows(2) {
            let (first, second) = (pair[0].range, pair[1].range);
            let same_replacement = first == second && !first.is_empty();
            if second.start < first.end || same_replacement {
                return Err(OverlapError { first, second });
            }
        }
        Ok(TextEdits { edits })
    }

    /// Whether there is no edit at all.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The edits in order.
    pub fn iter(&self) -> std::slice::Iter<'_, TextEdit> {
        self.edits.iter()
    }

    /// `text` with every edit made.
    pub fn apply(&self, text: &str) -> String {
        let grown: usize = self.edits.iter().map(|edit| edit.insert.len()).sum();
        let mut res = String::with_capacity(text.len() + grown);
        let mut end = 0;
        for edit in &self.edits {
            let range = fit(edit.range, text);
            res.push_str(&text[end..range.start as usize]);
            res.push_str(&edit.insert);
            end = range.end as usize;
        }
        res.push_str(&text[end..]);
        res
    }

    /// As [`TextEdits::apply`]; what stays is shared.
    #[must_use]
    pub fn apply_shared(&self, text: &SharedText) -> SharedText {
        text.edited(self.edits.iter().map(|edit| (edit.range.bytes(), &*edit.insert)))
    }

    /// The same in a text in which as many bytes stand before.
    pub(crate) fn moved(mut self, by: usize) -> TextEdits {
        for TextEdit { range, .. } in &mut self.edits {
            *range = TextRange::new(range.start as usize + by, range.end as usize + by);
        }
        self
    }

    /// The edits that turn `self.apply(text)` back into `text`.
    pub fn invert(&self, text: &str) -> TextEdits {
        let mut acc = Vec::with_capacity(self.edits.len());
        let mut written = 0;
        let mut end = 0;
        for edit in &self.edits {
            let range = fit(edit.range, text);
            written += range.start as usize - end;
            end = range.end as usize;
            let new_range = TextRange::new(written, written + edit.insert.len());
            push_joined(&mut acc, TextEdit::replace(new_range, range.of(text)));
            written += edit.insert.len();
        }
        TextEdits { edits: acc }
    }

    /// Where `offset` of the old text stands in the new one.
    ///
    /// An insertion at the offset pushes it on, a replacement that starts there does not. Inside a
    /// replaced range the offset keeps its distance from the start as far as the new text reaches.
    pub fn shift(&self, offset: usize) -> usize {
        let mut grown = 0;
        let mut gone = 0;
        for edit in &self.edits {
            let range = edit.range.bytes();
            let (start, end) = (range.start, range.end);
            if offset < end {
                if offset <= start {
                    break;
                }
                let within = floor_char_boundary(&edit.insert, offset - start);
                return start + grown - gone + within;
            }
            grown += edit.insert.len();
            gone += end - start;
        }
        offset + grown - gone
    }

    /// The same change with as few bytes as possible: each edit without the prefix and suffix that
    /// it leaves as they are, touching edits as one, and no edit that changes nothing.
    ///
    /// Cuts fall between characters and never inside a `\r\n`, where no [`Position`] points.
    ///
    /// [`Position`]: super::line_index::Position
    pub fn minimal<T: Source + ?Sized>(&self, text: &T) -> TextEdits {
        let mut joined = Vec::with_capacity(self.edits.len());
        let fit = |at: u32| floor_of(text, at as usize);
        for edit in &self.edits {
            let range = TextRange::new(fit(edit.range.start), fit(edit.range.end));
            push_joined(&mut joined, TextEdit::replace(range, edit.insert.as_str()));
        }
        let edits = joined.into_iter().filter_map(|edit| trim(edit, text)).collect();
        TextEdits { edits }
    }
}

impl<'a> IntoIterator for &'a TextEdits {
    type Item = &'a TextEdit;
    type IntoIter = std::slice::Iter<'a, TextEdit>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn fit(range: TextRange, text: &str) -> TextRange {
    let start = floor_char_boundary(text, range.start as usize);
    let end = floor_char_boundary(text, range.end as usize);
    TextRange::new(start, end)
}

/// The last boundary between characters at or before `offset`.
fn floor_of<T: Source + ?Sized>(text: &T, offset: usize) -> usize {
    let goes_on = |at: &usize| text.byte(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let offset = offset.min(text.length());
    (0..=offset).rev().find(|at| !goes_on(at)).unwrap_or_default()
}

/// Appends `edit`, as part of the last one where the two touch.
fn push_joined(acc: &mut Vec<TextEdit>, edit: TextEdit) {
    match acc.last_mut() {
        Some(last) if last.range.end == edit.range.start => {
            last.range.end = edit.range.end;
            last.insert.push_str(&edit.insert);
        }
        _ => acc.push(edit),
    }
}

/// `edit` without what it does not change; nothing if it changes nothing.
fn trim<T: Source + ?Sized>(edit: TextEdit, text: &T) -> Option<TextEdit> {
    let old = text.copied(edit.range.bytes());
    let new = edit.insert.as_str();
    if old == new {
        return None;
    }
    let CommonEnds { prefix, suffix } = common_ends(&old, new);
    let (start, end) = (edit.range.start as usize, edit.range.end as usize);

    let mut cut_start = start + prefix;
    if prefix > 0 && splits_crlf(text, cut_start) {
        cut_start -= 1;
    }
    let mut cut_end = end - suffix;
    if suffix > 0 && splits_crlf(text, cut_end) {
        cut_end += 1;
    }
    let insert = &new[cut_start - start..new.len() - (end - cut_end)];
    Some(TextEdit::replace(TextRange::new(cut_start, cut_end), insert))
}

fn splits_crlf<T: Source + ?Sized>(text: &T, offset: usize) -> bool {
    offset > 0 && text.byte(offset - 1) == Some(b'\r') && text.byte(offset) == Some(b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(start: usize, end: usize, insert: &str) -> TextEdit {
        TextEdit::replace(TextRange::new(start, end), insert)
    }

    fn edits(list: &[(usize, usize, &str)]) -> TextEdits {
        TextEdits::new(list.iter().map(|&(start, end, insert)| edit(start, end, insert)).collect())
            .unwrap()
    }

    fn overlap(a: TextEdit, b: TextEdit) -> OverlapError {
        TextEdits::new(vec![a, b]).unwrap_err()
    }

    #[test]
    fn edits_are_sorted_and_applied_together() {
        let edits = edits(&[(4, 5, "E"), (0, 1, "AA"), (2, 2, "-")]);
        assert_eq!(edits.apply("abcde"), "AAb-cdE");
    }

    #[test]
    fn insertions_at_one_offset_keep_their_order() {
        assert_eq!(edits(&[(1, 1, "2"), (1, 1, "1"), (1, 2, "x")]).apply("ab"), "a21x");
        assert_eq!(edits(&[(1, 2, "x"), (1, 1, "2")]).apply("ab"), "a2x");
    }

    #[test]
    fn identical_replacements_count_once_and_insertions_each_time() {
        let edits = edits(&[(1, 1, "x"), (1, 1, "y"), (1, 1, "x"), (2, 3, ""), (2, 3, "")]);
        assert_eq!(edits.iter().count(), 4);
        assert_eq!(edits.apply("abcd"), "axyxbd");
    }

    #[test]
    fn edits_that_want_the_same_bytes_are_refused() {
        overlap(edit(0, 2, ""), edit(1, 3, ""));
        overlap(edit(0, 3, ""), edit(1, 1, "x"));
        overlap(edit(0, 3, "a"), edit(0, 2, "b"));
        let error = overlap(edit(1, 2, "b"), edit(1, 2, "a"));
        assert_eq!(error.to_string(), "the edits of bytes 1..2 and 1..2 overlap");
    }

    #[test]
    fn edits_may_touch() {
        assert_eq!(edits(&[(0, 1, "A"), (1, 1, "-"), (1, 2, "B")]).apply("ab"), "A-B");
    }

    #[test]
    fn edits_for_another_text_do_not_panic() {
        let edits = edits(&[(1, 2, "x"), (3, 90, "y")]);
        assert_eq!(edits.apply("éa"), "xay");
        assert_eq!(edits.invert("éa").apply("xay"), "éa");
        assert_eq!(edits.minimal("éa").apply("éa"), "xay");
    }

    #[test]
    fn offsets_move_with_the_text_around_them() {
        let edits = edits(&[(1, 1, "++"), (3, 6, "é"), (8, 9, "")]);
        let shifted: Vec<_> = (0..=10).map(|offset| edits.shift(offset)).collect();
        assert_eq!(shifted, [0, 3, 4, 5, 5, 7, 7, 8, 9, 9, 10]);
    }

    #[test]
    fn minimal_edits_change_only_what_differs() {
        let text = "status: open";
        let minimal = edits(&[(0, 12, "status: done")]).minimal(text);
        assert_eq!(minimal, edits(&[(8, 12, "done")]));
        assert_eq!(edits(&[(0, 12, "status: reopen")]).minimal(text), edits(&[(8, 8, "re")]));
        assert!(edits(&[(0, 6, "status"), (7, 7, "")]).minimal(text).is_empty());
    }

    #[test]
    fn minimal_edits_join_neighbours_that_cancel_out() {
        assert!(edits(&[(0, 2, ""), (2, 2, "ab")]).minimal("ab").is_empty());
    }

    #[test]
    fn minimal_edits_cut_between_characters() {
        // é and è share their first byte, ȩ and © their last.
        assert_eq!(edits(&[(0, 2, "è")]).minimal("é"), edits(&[(0, 2, "è")]));
        assert_eq!(edits(&[(0, 2, "©")]).minimal("ȩ"), edits(&[(0, 2, "©")]));
    }

    #[test]
    fn minimal_edits_do_not_split_a_line_break() {
        assert_eq!(edits(&[(0, 3, "a\n")]).minimal("a\r\n"), edits(&[(1, 3, "\n")]));
        assert_eq!(edits(&[(0, 3, "a\r")]).minimal("a\r\n"), edits(&[(1, 3, "\r")]));
        assert_eq!(edits(&[(0, 3, "a\r-\n")]).minimal("a\r\n"), edits(&[(1, 3, "\r-\n")]));
        assert_eq!(edits(&[(0, 2, "a\r\n")]).minimal("a\n"), edits(&[(1, 1, "\r")]));
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece =
            prop_oneof![Just("a"), Just("b"), Just("é"), Just("🦀"), Just("\r"), Just("\n")];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    fn text_and_edits() -> impl Strategy<Value = (String, TextEdits)> {
        let raw = prop::collection::vec((0usize..50, 0usize..6, texts()), 0..6);
        (texts(), raw).prop_map(|(text, raw)| {
            let boundaries: Vec<usize> =
                (0..=text.len()).filter(|&offset| text.is_char_boundary(offset)).collect();
            let mut kept: Vec<TextEdit> = Vec::new();
            for (start, len, insert) in raw {
                let first = start % boundaries.len();
                let last = (first + len).min(boundaries.len() - 1);
                let next = edit(boundaries[first], boundaries[last], &insert);
                let mut tried = kept.clone();
                tried.push(next);
                if TextEdits::new(tried.clone()).is_ok() {
                    kept = tried;
                }
            }
            (text, TextEdits::new(kept).unwrap())
        })
    }

    proptest! {
        #[test]
        fn inverted_edits_give_the_text_back((text, edits) in text_and_edits()) {
            let new = edits.apply(&text);
            let inverse = edits.invert(&text);
            prop_assert_eq!(inverse.apply(&new), text.as_str());
            prop_assert_eq!(inverse.invert(&new).apply(&text), new);
            let rebuilt = TextEdits::new(inverse.iter().cloned().collect());
            prop_assert_eq!(rebuilt, Ok(inverse));
        }

        #[test]
        fn bytes_outside_the_edits_stay((text, edits) in text_and_edits()) {
            let new = edits.apply(&text);
            let mut rest = new.as_str();
            let mut end = 0;
            for edit in &edits {
                let kept = &text[end..edit.range.start as usize];
                rest = rest.strip_prefix(kept).unwrap();
                rest = rest.strip_prefix(edit.insert.as_str()).unwrap();
                end = edit.range.end as usize;
            }
            prop_assert_eq!(rest, &text[end..]);
        }

        #[test]
        fn minimal_edits_give_the_same_text((text, edits) in text_and_edits()) {
            let minimal = edits.minimal(&text);
            prop_assert_eq!(minimal.apply(&text), edits.apply(&text));
            prop_assert_eq!(minimal.minimal(&text), minimal.clone());
            let rebuilt = TextEdits::new(minimal.iter().cloned().collect());
            prop_assert_eq!(rebuilt, Ok(minimal.clone()));
            for edit in &minimal {
                prop_assert_ne!(edit.range.of(&text), edit.insert.as_str());
            }
        }

        #[test]
        fn shifted_offsets_keep_their_order((text, edits) in text_and_edits()) {
            let new = edits.apply(&text);
            let shifted: Vec<_> = (0..=text.len()).map(|offset| edits.shift(offset)).collect();
            prop_assert!(shifted.is_sorted());
            prop_assert_eq!(shifted[text.len()], new.len());
        }
    }
}
