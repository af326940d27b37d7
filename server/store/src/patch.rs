//! Floor 0: what takes the change of a text back, also where the text has changed elsewhere since.
//!
//! A patch holds only what changed and the text around it, for a history that keeps whole files
//! grows with the files. A piece is put back where it stands with the most of what surrounded it, and
//! only if no other place is nearly as good: rather nothing than the wrong place.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How much of the text around a piece is kept on either side, in bytes.
const CONTEXT: usize = 240;
/// So much is compared at once, in bytes.
const BLOCK: usize = 4096;
/// A line is kept with all of its text up to so many bytes on either side of a piece.
const LONGEST_LINE: usize = 2_000;
/// How long one character may be, which is cut off whole, in bytes.
const MOST_CHAR: usize = 4;
/// How much more of the surrounding text the right place has than any other, in bytes.
const TELLING: usize = 8;

/// Makes the text before a change of the text after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Patch {
    pieces: Vec<PatchPiece>,
}

/// One place of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PatchPiece {
    /// Where it stood after the change, as a byte offset.
    at: usize,
    /// What stood before it.
    before: Bytes,
    /// What the change put there.
    new: Bytes,
    /// What had been there.
    old: Bytes,
    /// What stood after it.
    after: Bytes,
}

/// Some bytes: text where they are UTF-8, numbers where they are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Bytes {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Raw(Vec<u8>),
}

impl Bytes {
    /// Keeps `bytes`.
    pub(crate) fn of(bytes: &[u8]) -> Bytes {
        match std::str::from_utf8(bytes) {
            Ok(text) => Bytes::Text(text.to_owned()),
            Err(_) => Bytes::Raw(bytes.to_vec()),
        }
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Bytes::Text(text) => text.as_bytes(),
            Bytes::Raw(bytes) => bytes,
        }
    }
}

impl Patch {
    /// What makes `old` of `new`.
    pub(crate) fn reversing(old: &[u8], new: &[u8]) -> Patch {
        let start = same_start(old, new);
        let end = same_end(&old[start..], &new[start..]);
        let (old_lines, new_lines) =
            (lines(&old[start..old.len() - end]), lines(&new[start..new.len() - end]));
        let mut pieces = Vec::new();
        let (mut old_at, mut new_at) = (start, start);
        for op in capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines) {
            let len = |lines: &[&[u8]]| lines.iter().map(|line| line.len()).sum::<usize>();
            let old_len = len(old_lines.get(op.old_range()).unwrap_or_default());
            let new_len = len(new_lines.get(op.new_range()).unwrap_or_default());
            if !matches!(op, DiffOp::Equal { .. }) {
                pieces.push(piece(
                    old,
                    new,
                    (old_at, old_at + old_len),
                    (new_at, new_at + new_len),
                ));
            }
            old_at += old_len;
            new_at += new_len;
        }
        Patch { pieces }
    }

    /// The lines that the change put in place of others, one for one: what stood above each, what it was
    /// and what it became. A line of which only a part is kept, or whose bytes are no text, is left out.
    pub(crate) fn replaced_lines(&self) -> Vec<[String; 3]> {
        self.pieces.iter().flat_map(|piece| piece.replaced_lines().unwrap_or_default()).collect()
    }

    /// What was changed, where that was more than lines put in place of others, one for one: of each place
    /// what stood before it, what was put there, what had been there, and what stood after it. Nothing
    /// where its bytes are no text.
    pub(crate) fn rearranged(&self) -> Option<Vec<[String; 4]>> {
        let n_lines = |bytes: &Bytes| bytes.as_bytes().iter().filter(|it| **it == b'\n').count();
        let is_moved = |piece: &PatchPiece| n_lines(&piece.old) != n_lines(&piece.new);
        let text = |bytes: &Bytes| std::str::from_utf8(bytes.as_bytes()).ok().map(str::to_owned);
        let whole = |it: &PatchPiece| {
            Some([text(&it.before)?, text(&it.new)?, text(&it.old)?, text(&it.after)?])
        };
        let pieces = self.pieces.iter().any(is_moved).then_some(&self.pieces)?;
        pieces.iter().map(whole).collect()
    }

    /// The text without the change. `None` where a piece of it is not there any more, or might be in
    /// several places.
    pub(crate) fn apply(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut result = Vec::with_capacity(text.len());
        let mut done = 0;
        for piece in &self.pieces {
            let at = piece.find(text)?;
            result.extend_from_slice(text.get(done..at)?);
            result.extend_from_slice(piece.old.as_bytes());
            done = at + piece.new.as_bytes().len();
        }
        result.extend_from_slice(text.get(done..)?);
        Some(result)
    }
}

impl PatchPiece {
    fn replaced_lines(&self) -> Option<Vec<[String; 3]>> {
        let [before, new, old, after] = [&self.before, &self.new, &self.old, &self.after]
            .map(|it| std::str::from_utf8(it.as_bytes()).ok());
        let (before, new, old, after) = (before?, new?, old?, after?);
        // Nothing that is kept is cut off but at its ends, and at the end of the file nothing is.
        let line = before.rfind('\n').map(|at| at + 1);
        let line = line.or_else(|| (self.at == before.len()).then_some(0))?;
        let rest = after
            .find('\n')
            .or_else(|| (after.len() + MOST_CHAR < CONTEXT).then_some(after.len()))?;
        let (above, head, tail) = (&before[..line], &before[line..], &after[..rest]);
        let whole = |middle: &str| format!("{head}{middle}{tail}");
        let (was, is) = (whole(old), whole(new));
        if was.split('\n').count() != is.split('\n').count() {
            return None;
        }
        let mut above = above.to_owned();
        let mut lines = Vec::new();
        for (was, is) in was.split('\n').zip(is.split('\n')) {
            if was != is {
                let bare = |line: &str| line.strip_suffix('\r').unwrap_or(line).to_owned();
                lines.push([above.clone(), bare(was), bare(is)]);
            }
            above.push_str(is);
            above.push('\n');
        }
        Some(lines)
    }

    /// Where the piece stands in `text`: among the places that hold it, the one with the most of the
    /// surrounding text that it had.
    fn find(&self, text: &[u8]) -> Option<usize> {
        let [before, new, after] = [&self.before, &self.new, &self.after].map(Bytes::as_bytes);
        let around = |at: usize| -> Option<usize> {
            let (left, rest) = text.split_at_checked(at)?;
            let right = rest.strip_prefix(new)?;
            let left = left.iter().rev().zip(before.iter().rev()).take_while(|(a, b)| a == b);
            let right = right.iter().zip(after).take_while(|(a, b)| a == b);
            Some(left.count() + right.count())
        };
        if around(self.at) == Some(before.len() + after.len()) {
            return Some(self.at);
        }
        let (mut best, mut second) = ((0, 0), 0);
        for at in 0..=text.len() {
            let Some(score) = around(at) else { continue };
            if score > best.0 {
                second = best.0;
                best = (score, at);
            } else {
                second = second.max(score);
            }
        }
        (best.0 >= second + TELLING).then_some(best.1)
    }
}

/// How many bytes both begin with, in whole lines.
fn same_start(old: &[u8], new: &[u8]) -> usize {
    let both = old.chunks(BLOCK).zip(new.chunks(BLOCK));
    let blocks = both.take_while(|(old, new)| old == new && old.len() == BLOCK).count() * BLOCK;
    let rest = old[blocks..].iter().zip(&new[blocks..]).take_while(|(old, new)| old == new).count();
    let same = &old[..blocks + rest];
    same.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// How many bytes both end with, in whole lines.
fn same_end(old: &[u8], new: &[u8]) -> usize {
    let both = old.rchunks(BLOCK).zip(new.rchunks(BLOCK));
    let blocks = both.take_while(|(old, new)| old == new && old.len() == BLOCK).count() * BLOCK;
    let (old_rest, new_rest) = (&old[..old.len() - blocks], &new[..new.len() - blocks]);
    let rest = old_rest.iter().rev().zip(new_rest.iter().rev());
    let same = blocks + rest.take_while(|(old, new)| old == new).count();
    // A line begins where another has ended.
    let from = old.len() - same;
    let ends = |text: &[u8]| same == text.len() || text[text.len() - same - 1] == b'\n';
    if ends(old) && ends(new) {
        return same;
    }
    old[from..].iter().position(|byte| *byte == b'\n').map_or(0, |at| same - at - 1)
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The smallest piece for two ranges that differ.
fn piece(
    old: &[u8],
    new: &[u8],
    old_range: (usize, usize),
    new_range: (usize, usize),
) -> PatchPiece {
    let (was, is) = (slice(old, old_range), slice(new, new_range));
    let same = was.iter().zip(is).take_while(|(a, b)| a == b).count();
    let prefix = (0..=same).rev().find(|at| splits(was, *at) && splits(is, *at)).unwrap_or(0);
    let (was, is) = (slice(was, (prefix, was.len())), slice(is, (prefix, is.len())));
    let same = was.iter().rev().zip(is.iter().rev()).take_while(|(a, b)| a == b).count();
    let fits = |n: &usize| splits(was, was.len() - n) && splits(is, is.len() - n);
    let suffix = (0..=same).rev().find(fits).unwrap_or(0);
    let (at, end) = (new_range.0 + prefix, new_range.1 - suffix);
    let from = (at.saturating_sub(CONTEXT)..at).find(|from| splits(new, *from)).unwrap_or(at);
    let far = end.saturating_add(CONTEXT).min(new.len());
    let to = (end..=far).rev().find(|to| splits(new, *to)).unwrap_or(end);
    // The line is kept as a whole, so that it is known what it was.
    let line = new[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    // What stands above it tells it from others.
    let above = line.saturating_sub(CONTEXT);
    let above = (above..line).find(|above| splits(new, *above)).unwrap_or(line);
    let from = if at - line <= LONGEST_LINE { from.min(above) } else { from };
    let rest = new[end..].iter().position(|byte| *byte == b'\n').map(|at| end + at + 1);
    let to = rest.filter(|rest| rest - end <= LONGEST_LINE).map_or(to, |rest| to.max(rest));
    PatchPiece {
        at,
        before: Bytes::of(slice(new, (from, at))),
        new: Bytes::of(slice(new, (at, end))),
        old: Bytes::of(slice(was, (0, was.len() - suffix))),
        after: Bytes::of(slice(new, (end, to))),
    }
}

/// Whether no character of UTF-8 goes across this offset.
fn splits(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
}

fn slice(text: &[u8], (start, end): (usize, usize)) -> &[u8] {
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# Tasks\n\n### 7. Login\n- **Effort**: 2 hours\n- **Status**: [PLANNED]\n\n\
                       ### 8. Döcs\n- **Effort**: 2 hours\n- **Status**: [PLANNED]\n";

    fn changed() -> String {
        let changed = OLD.replacen("[PLANNED]", "[IMPLEMENTING]\n- **Started**: 2026-01-02", 1);
        changed.replace("# Tasks\n", "# Tasks in work: 1\n")
    }

    fn undone(text: &str) -> Option<String> {
        let patch = Patch::reversing(OLD.as_bytes(), changed().as_bytes());
        let json = serde_json::to_string(&patch).expect("JSON");
        let patch: Patch = serde_json::from_str(&json).expect("the patch");
        patch.apply(text.as_bytes()).map(|bytes| String::from_utf8(bytes).expect("a text"))
    }

    #[test]
    fn a_text_that_is_as_the_change_left_it_becomes_what_it_was() {
        assert_eq!(undone(&changed()).as_deref(), Some(OLD));
    }

    #[test]
    fn what_changed_elsewhere_since_stays() {
        for (from, to) in [
            ("### 8. Döcs", "### 9. New\n- **Status**: [PLANNED]\n\n### 8. Documents"),
            ("### 7. Login", "### 7. Log in"),
            ("# Tasks", "Preface\n\n# Tasks"),
            // One that is less alike comes first.
            ("# Tasks", "- **Status**: [IMPLEMENTING]\n- **Started**: 2026-01-02\n\n# Tasks"),
            ("7. Login\n- **Effort**: 2 hours", "7. Log in\n- **Effort**: 3 hours"),
        ] {
            let text = undone(&changed().replace(from, to));
            assert_eq!(text, Some(OLD.replace(from, to)), "{from}");
        }
    }

    #[test]
    fn what_changed_in_the_same_place_is_not_taken_back() {
        for (from, to) in [("[IMPLEMENTING]", "[COMPLETED]"), ("2026-01-02", "2026-01-03")] {
            assert_eq!(undone(&changed().replace(from, to)), None, "{from}");
        }
    }

    #[test]
    fn of_two_places_that_look_alike_none_is_taken() {
        let twice = format!("Preface\n{}{}", changed(), changed());
        assert_eq!(undone(&twice), None);
        assert_eq!(undone(""), None);
    }

    #[test]
    fn lines_that_were_replaced_one_for_one_are_told() {
        let told = |old: &str, new: &str| {
            let patch = Patch::reversing(old.as_bytes(), new.as_bytes());
            patch.replaced_lines().into_iter().map(|line| line.join("|")).collect::<Vec<_>>()
        };
        assert_eq!(told("a\nb: open\nc\n", "a\nb: done\nc\n"), ["a\n|b: open|b: done"]);
        assert_eq!(told("b: open", "b: done"), ["|b: open|b: done"]);
        assert_eq!(told("a\r\nb: open\r\n", "a\r\nb: done\r\n"), ["a\r\n|b: open|b: done"]);
        let (old, new) = ("a\nb 1\nc 1\nd\n", "a\nb 2\nc 2\nd\n");
        assert_eq!(told(old, new), ["a\n|b 1|b 2", "a\nb 2\n|c 1|c 2"]);
        // What was put in or taken out replaced nothing.
        assert_eq!(told("a\nc\n", "a\nb\nc\n"), [""; 0]);
        // Of a line that is kept in part nobody knows what it was.
        let long = "x".repeat(2 * CONTEXT);
        let line = |word: &str| format!("a\nb {long} {word} {long}\nc\n");
        assert_eq!(told(&line("open"), &line("done")).len(), 1);
        let long = "x".repeat(2 * LONGEST_LINE);
        assert_eq!(told(&format!("{long} open\n"), &format!("{long} done\n")), [""; 0]);
        assert_eq!(told(&format!("a\nopen {long}\n"), &format!("a\ndone {long}\n")), [""; 0]);
    }

    #[test]
    fn text_is_kept_as_text() {
        let patch = Patch::reversing("ä\n".as_bytes(), "ü\n".as_bytes());
        let is_text = |bytes: &Bytes| matches!(bytes, Bytes::Text(_));
        let [PatchPiece { before, new, old, after, .. }] = &patch.pieces[..] else {
            panic!("{patch:?}")
        };
        assert!([before, new, old, after].into_iter().all(is_text), "{patch:?}");
    }

    #[test]
    fn any_bytes_go_there_and_back() {
        let texts: [&[u8]; 9] = [
            b"",
            b"a",
            b"a\n",
            b"\xff\xfe\n\x80",
            "ä\nö\n".as_bytes(),
            "ä\nü\n".as_bytes(),
            b"a\r\nb\r\n",
            b"a\nb",
            b"b\nb\nb\na\n",
        ];
        for old in texts {
            for new in texts {
                let patch = Patch::reversing(old, new);
                assert_eq!(patch.apply(new).as_deref(), Some(old), "{old:?} {new:?}");
            }
        }
    }
}
