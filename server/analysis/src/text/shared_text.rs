//! A text of which a copy with another part costs what is other.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use crate::text::looks;

/// Shorter texts stay in one piece. In bytes.
const LONG: usize = if cfg!(test) { 64 } else { 32 * 1024 };

/// Pieces are at least as long where a text is cut. In bytes.
const PIECE: usize = if cfg!(test) { 16 } else { 4 * 1024 };

/// A text is cut into about so many pieces at most.
const PIECES: usize = 2048;

/// An immutable text. Copies share what they have in common.
///
/// It is a `str` too, but one that is made when somebody first asks for it: where a part is enough,
/// ask for the part.
#[derive(Clone)]
pub struct SharedText(Arc<Pieces>);

struct Pieces {
    /// In order; none is empty.
    pieces: Vec<TextPiece>,
    length: usize,
    whole: OnceLock<Arc<str>>,
}

#[derive(Clone)]
struct TextPiece {
    /// Where in the text it begins.
    at: usize,
    source: Arc<str>,
    range: Range<usize>,
}

impl TextPiece {
    fn text(&self) -> &str {
        &self.source[self.range.clone()]
    }

    /// The same as bytes: where it begins and ends, nothing is looked at.
    fn bytes(&self) -> &[u8] {
        &self.source.as_bytes()[self.range.clone()]
    }

    fn end(&self) -> usize {
        self.at + self.range.len()
    }

    #[cfg(test)]
    fn is(&self, other: &TextPiece) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.range == other.range
    }
}

/// The pieces of a text that is made from another.
struct PiecesDraft<'t> {
    text: &'t SharedText,
    all: Vec<TextPiece>,
    /// How many pieces of the other text are taken, the last of them up to `at`.
    next: usize,
    at: usize,
    /// What is in the place of those that are changed, and no piece yet.
    middle: String,
}

impl PiecesDraft<'_> {
    /// Takes what is left of the piece that is changed, and the others before `end` as they are.
    fn take(&mut self, end: usize) {
        let pieces = &self.text.0.pieces;
        let changed = self.next.checked_sub(1).map_or(0, |last| pieces[last].end());
        self.middle.push_str(&self.text.copy(self.at..changed));
        let middle = std::mem::take(&mut self.middle);
        self.push(0..middle.len(), middle.into());
        for TextPiece { source, range, .. } in &pieces[self.next..end] {
            self.push(range.clone(), source.clone());
        }
        let taken = end.checked_sub(1).map_or(0, |last| pieces[last].end());
        (self.next, self.at) = (end, taken);
    }

    fn push(&mut self, range: Range<usize>, source: Arc<str>) {
        let at = self.all.last().map_or(0, TextPiece::end);
        self.all.extend((!range.is_empty()).then_some(TextPiece { at, source, range }));
    }
}

/// Where two texts differ, on boundaries of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where it begins in both.
    pub start: usize,
    /// Where it ends in the first.
    pub old_end: usize,
    /// Where it ends in the second.
    pub new_end: usize,
}

impl SharedText {
    fn new(pieces: Vec<TextPiece>, whole: OnceLock<Arc<str>>) -> SharedText {
        let length = pieces.last().map_or(0, TextPiece::end);
        SharedText(Arc::new(Pieces { pieces, length, whole }))
    }

    /// How long it is, in bytes.
    pub fn len(&self) -> usize {
        self.0.length
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.length == 0
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(&self) -> bool {
        self.0.pieces.iter().all(|piece| piece.text().trim().is_empty())
    }

    /// All of it.
    pub fn whole(&self) -> &Arc<str> {
        self.0.whole.get_or_init(|| {
            looks::copied(self.0.length);
            let mut whole = String::with_capacity(self.0.length);
            self.0.pieces.iter().for_each(|piece| whole.push_str(piece.text()));
            whole.into()
        })
    }

    /// All of it, as text.
    pub fn as_str(&self) -> &str {
        self.whole()
    }

    /// Its parts in order.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.pieces.iter().map(TextPiece::text)
    }

    fn bytes_in_parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.pieces.iter().map(TextPiece::bytes)
    }

    /// The piece that holds `offset`, or the last for the end of the text.
    fn piece(&self, offset: usize) -> Option<usize> {
        self.0.pieces.partition_point(|piece| piece.at <= offset).checked_sub(1)
    }

    /// A part of it; `None` where it does not fit. Costs as much as the whole where the part lies on
    /// both sides of a cut.
    pub fn part(&self, range: Range<usize>) -> Option<&str> {
        match self.piece(range.start).map(|piece| &self.0.pieces[piece]) {
            Some(piece) if (piece.at..=piece.end()).contains(&range.end) => {
                piece.text().get(range.start - piece.at..range.end - piece.at)
            }
            _ => self.whole().get(range),
        }
    }

    /// A part of it, copied where it lies on both sides of a cut; empty where it does not fit.
    pub fn copy(&self, range: Range<usize>) -> Cow<'_, str> {
        let Some(first) = self.piece(range.start).filter(|_| range.start <= range.end) else {
            return Cow::default();
        };
        if range.end <= self.0.pieces[first].end() {
            return self.part(range).unwrap_or_default().into();
        }
        let mut part = String::with_capacity(range.len());
        for piece in self.0.pieces[first..].iter().take_while(|piece| piece.at < range.end) {
            let start = range.start.max(piece.at) - piece.at;
            let end = range.end.min(piece.end()) - piece.at;
            part.push_str(piece.text().get(start..end).unwrap_or_default());
        }
        part.into()
    }

    /// Where the line begins that `offset` is in. Lines end in `\n`.
    pub(crate) fn line_start(&self, offset: usize) -> usize {
        let before = self.0.pieces.iter().rev().skip_while(|piece| piece.at >= offset);
        let mut breaks = before.filter_map(|piece| {
            let text = piece.text().as_bytes();
            Some(piece.at + memchr::memrchr(b'\n', &text[..text.len().min(offset - piece.at)])? + 1)
        });
        breaks.next().unwrap_or_default()
    }

    /// Where the line ends, with its break, that `offset` is in.
    pub(crate) fn line_end(&self, offset: usize) -> usize {
        let behind = self.0.pieces[self.piece(offset).unwrap_or_default()..].iter();
        let mut breaks = behind.filter_map(|piece| {
            let from = offset.saturating_sub(piece.at);
            let text = piece.text().as_bytes().get(from..)?;
            Some(piece.at + from + memchr::memchr(b'\n', text)? + 1)
        });
        breaks.next().unwrap_or(self.len())
    }

    /// The same text, cut at some of these offsets if it is long: they are in order, and each is a
    /// boundary of characters that few parts lie on both sides of.
    #[must_use]
    pub(crate) fn cut(&self, offsets: impl Iterator<Item = usize>) -> SharedText {
        if self.len() < LONG {
            return self.clone();
        }
        let whole = self.whole();
        let piece =
            |range: Range<usize>| TextPiece { at: range.start, source: whole.clone(), range };
        // Of a very long text not ever more pieces are copied at each key.
        let least = PIECE.max(whole.len() / PIECES);
        let (mut pieces, mut at) = (Vec::new(), 0);
        for offset in offsets {
            if offset >= at + least && offset < whole.len() {
                pieces.push(piece(at..offset));
                at = offset;
            }
        }
        pieces.push(piece(at..whole.len()));
        SharedText::new(pieces, OnceLock::from(whole.clone()))
    }

    /// The same with another text in the place of a range that fits it.
    #[must_use]
    pub fn replaced(&self, range: Range<usize>, with: &str) -> SharedText {
        self.edited([(range, with)].into_iter())
    }

    /// The same with other texts in the places of ranges that fit it, in order and disjoint.
    #[must_use]
    pub fn edited<'e>(&self, edits: impl Iterator<Item = (Range<usize>, &'e str)>) -> SharedText {
        let pieces = &self.0.pieces;
        let all = Vec::with_capacity(pieces.len() + 1);
        let mut draft = PiecesDraft { text: self, all, next: 0, at: 0, middle: String::new() };
        for (range, with) in edits {
            let first = self.piece(range.start).unwrap_or_default();
            if first >= draft.next {
                draft.take(first);
            }
            draft.middle.push_str(&self.copy(draft.at..range.start));
            draft.middle.push_str(with);
            let last = first + pieces[first..].partition_point(|it| it.end() < range.end);
            (draft.next, draft.at) = (draft.next.max(last + 1).min(pieces.len()), range.end);
        }
        draft.take(pieces.len());
        SharedText::new(draft.all, OnceLock::new())
    }

    /// Where the other differs from this; `None` where it does not. Nothing is copied, and what is one in
    /// memory is not compared, however the two are cut.
    pub fn difference(&self, other: &SharedText) -> Option<Difference> {
        if self.is_same(other) {
            return None;
        }
        let goes_on =
            |text: &SharedText, at: usize| text.byte(at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let (length, new_length) = (self.len(), other.len());
        let mut start = self.common_prefix(other);
        while start > 0 && (goes_on(self, start) || goes_on(other, start)) {
            start -= 1;
        }
        let mut suffix = self.common_suffix(other, length.min(new_length) - start);
        while suffix > 0 && (goes_on(self, length - suffix) || goes_on(other, new_length - suffix))
        {
            suffix -= 1;
        }
        let (old_end, new_end) = (length - suffix, new_length - suffix);
        (start < old_end || start < new_end).then_some(Difference { start, old_end, new_end })
    }

    /// How many bytes the two begin with alike.
    fn common_prefix(&self, other: &SharedText) -> usize {
        let (mut ones, mut twos) = (self.bytes_in_parts(), other.bytes_in_parts());
        let (mut one, mut two): (&[u8], &[u8]) = (&[], &[]);
        let mut same = 0;
        loop {
            if one.is_empty() {
                let Some(next) = ones.next() else { return same };
                one = next;
            }
            if two.is_empty() {
                let Some(next) = twos.next() else { return same };
                two = next;
            }
            let (length, is_one) =
                (one.len().min(two.len()), std::ptr::eq(one.as_ptr(), two.as_ptr()));
            if !is_one && one[..length] != two[..length] {
                return same + one.iter().zip(two).take_while(|(a, b)| a == b).count();
            }
            same += length;
            (one, two) = (&one[length..], &two[length..]);
        }
    }

    /// How many bytes the two end with alike, of so many at most.
    fn common_suffix(&self, other: &SharedText, most: usize) -> usize {
        let pieces = |text: &'_ SharedText| text.0.pieces.len();
        let (mut left, mut right) = (pieces(self), pieces(other));
        let (mut one, mut two): (&[u8], &[u8]) = (&[], &[]);
        let mut same = 0;
        while same < most {
            if one.is_empty() {
                let Some(next) = left.checked_sub(1) else { break };
                (left, one) = (next, self.0.pieces[next].bytes());
            }
            if two.is_empty() {
                let Some(next) = right.checked_sub(1) else { break };
                (right, two) = (next, other.0.pieces[next].bytes());
            }
            let length = one.len().min(two.len());
            let (head, tail) = one.split_at(one.len() - length);
            let (other_head, other_tail) = two.split_at(two.len() - length);
            if !std::ptr::eq(tail.as_ptr(), other_tail.as_ptr()) && tail != other_tail {
                let pairs = tail.iter().rev().zip(other_tail.iter().rev());
                same += pairs.take_while(|(a, b)| a == b).count();
                break;
            }
            same += length;
            (one, two) = (head, other_head);
        }
        same.min(most)
    }

    /// The other text, which shares with this one what both begin and end with.
    #[must_use]
    pub fn shared_with(&self, other: &SharedText) -> SharedText {
        match self.difference(other) {
            None => self.clone(),
            Some(Difference { start, old_end, new_end }) => {
                self.replaced(start..old_end, &other.copy(start..new_end))
            }
        }
    }

    /// The same text, cut at some of its lines if it is long, for a text that is going to be edited.
    #[must_use]
    pub fn in_lines(&self) -> SharedText {
        self.cut(memchr::memchr_iter(b'\n', self.as_bytes()).map(|at| at + 1))
    }

    /// The same text in its parts alone, for whoever keeps many that differ in little: one that was made
    /// whole shares that with none.
    #[must_use]
    pub fn in_parts(&self) -> SharedText {
        match self.is_cut() && self.is_whole() {
            true => SharedText::new(self.0.pieces.clone(), OnceLock::new()),
            false => self.clone(),
        }
    }

    /// Whether somebody has asked for all of it, so that it stands in memory once more.
    pub fn is_whole(&self) -> bool {
        self.0.whole.get().is_some()
    }

    /// Whether the two are cut, so that one of them may be made from the other.
    pub(crate) fn is_cut(&self) -> bool {
        self.0.pieces.len() > 1
    }

    /// Whether the two are one in memory.
    pub fn is_same(&self, other: &SharedText) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl From<Arc<str>> for SharedText {
    fn from(text: Arc<str>) -> SharedText {
        let range = 0..text.len();
        let piece = TextPiece { at: 0, source: text.clone(), range };
        let pieces = if text.is_empty() { Vec::new() } else { vec![piece] };
        SharedText::new(pieces, OnceLock::from(text))
    }
}

impl From<&str> for SharedText {
    fn from(text: &str) -> SharedText {
        SharedText::from(Arc::<str>::from(text))
    }
}

impl From<String> for SharedText {
    fn from(text: String) -> SharedText {
        SharedText::from(Arc::<str>::from(text))
    }
}

impl Deref for SharedText {
    type Target = str;

    fn deref(&self) -> &str {
        self.whole()
    }
}

impl PartialEq for SharedText {
    fn eq(&self, other: &SharedText) -> bool {
        if self.len() != other.len() {
            return false;
        }
        let (mut ones, mut twos) = (self.bytes_in_parts(), other.bytes_in_parts());
        let (mut one, mut two): (&[u8], &[u8]) = (&[], &[]);
        loop {
            if one.is_empty() {
                let Some(part) = ones.next() else { return true };
                one = part;
            }
            if two.is_empty() {
                let Some(part) = twos.next() else { return true };
                two = part;
            }
            let alike = one.len().min(two.len());
            // What is one in memory is not compared.
            if !std::ptr::eq(one.as_ptr(), two.as_ptr()) && one[..alike] != two[..alike] {
                return false;
            }
            (one, two) = (&one[alike..], &two[alike..]);
        }
    }
}

impl Eq for SharedText {}

impl PartialOrd for SharedText {
    fn partial_cmp(&self, other: &SharedText) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SharedText {
    fn cmp(&self, other: &SharedText) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Default for SharedText {
    fn default() -> SharedText {
        SharedText::from("")
    }
}

impl fmt::Display for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().try_for_each(|part| f.write_str(part))
    }
}

impl fmt::Debug for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// A text of which parts can be had.
pub trait Source {
    /// The part in this range; `None` where it does not fit.
    fn part(&self, range: Range<usize>) -> Option<&str>;

    /// The part in this range, copied where the text is not in one piece there; empty where it does
    /// not fit.
    fn copied(&self, range: Range<usize>) -> Cow<'_, str> {
        self.part(range).unwrap_or_default().into()
    }

    /// The byte at `offset`; `None` behind the end.
    fn byte(&self, offset: usize) -> Option<u8>;

    /// How long it is, in bytes.
    fn length(&self) -> usize;
}

impl Source for SharedText {
    fn part(&self, range: Range<usize>) -> Option<&str> {
        SharedText::part(self, range)
    }

    fn copied(&self, range: Range<usize>) -> Cow<'_, str> {
        self.copy(range)
    }

    fn byte(&self, offset: usize) -> Option<u8> {
        let piece = &self.0.pieces[self.piece(offset)?];
        piece.text().as_bytes().get(offset - piece.at).copied()
    }

    fn length(&self) -> usize {
        self.len()
    }
}

macro_rules! sources {
    ($($text:ty),*) => {$(
        impl Source for $text {
            fn part(&self, range: Range<usize>) -> Option<&str> {
                self.get(range)
            }

            fn byte(&self, offset: usize) -> Option<u8> {
                self.as_bytes().get(offset).copied()
            }

            fn length(&self) -> usize {
                self.len()
            }
        }
    )*};
}

sources!(str, &str, String, Arc<str>, Cow<'_, str>);

#[cfg(test)]
mod tests;
