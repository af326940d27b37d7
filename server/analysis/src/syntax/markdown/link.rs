//! The parts of an inline link.

use super::source::LineSource;

/// A link whose inside is being read.
#[derive(Debug)]
pub(super) struct OpenLink {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the last thing read between its square brackets ends.
    pub(super) inner_end: usize,
    pub(super) image: bool,
}

/// Text and target as offsets.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) text: (usize, usize),
    pub(super) target: (usize, usize),
}

impl OpenLink {
    pub(super) fn new(start: usize, end: usize, image: bool) -> OpenLink {
        OpenLink { start, end, inner_end: start + 1 + usize::from(image), image }
    }

    /// The parts, once everything between the square brackets is read.
    pub(super) fn parts(&self, source: &LineSource<'_>) -> Option<Parts> {
        let text_start = self.start + 1 + usize::from(self.image);
        let close = self.inner_end + source.get(self.inner_end, self.end).find("](")?;
        let open = close + 2;
        let inside = source.get(open, self.end.checked_sub(1)?);
        // A target on a line of its own may stand after quote markers.
        let skipped = inside.len() - inside.trim_start().trim_start_matches(['>', ' ', '\t']).len();
        let on_other_line = inside.get(..skipped).is_some_and(|blank| blank.contains('\n'));
        let blank = inside.len() - inside.trim_start().len();
        let at = if on_other_line { skipped } else { blank };
        let rest = inside.get(at..)?;
        let target = match rest.strip_prefix('<').and_then(angle_len) {
            Some(len) => (open + at + 1, open + at + 1 + len),
            None => (open + at, open + at + bare_len(rest)),
        };
        Some(Parts { text: (text_start, close), target })
    }
}

/// Length of a destination up to its `>`.
fn angle_len(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'>' if !escaped => return Some(at),
            b'\n' => return None,
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    None
}

/// Length of a destination up to blank space or a bracket it did not open.
fn bare_len(text: &str) -> usize {
    let mut escaped = false;
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => return at,
            b'(' if !escaped => depth += 1,
            b')' if !escaped && depth == 0 => return at,
            b')' if !escaped => depth -= 1,
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    text.len()
}
