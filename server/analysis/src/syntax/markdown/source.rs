//! The source text line by line, and the small syntax read from it directly: quote prefixes, list
//! markers, check boxes, code fences.

use super::ItemKind;

/// A source line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SourceLine {
    pub(super) start: usize,
    /// Before the line break.
    pub(super) end: usize,
    /// After the line break.
    pub(super) next: usize,
}

/// The text, with the line asked for last: a long line is searched once, not once for each thing on
/// it.
#[derive(Debug)]
pub(super) struct LineSource<'t> {
    pub(super) text: &'t str,
    /// Where the first line begins: after a byte order mark or front matter.
    body: usize,
    last: SourceLine,
}

impl<'t> LineSource<'t> {
    pub(super) fn new(text: &'t str, body: usize) -> LineSource<'t> {
        LineSource { text, body, last: SourceLine::default() }
    }

    /// `start..end`, or nothing where that is no range of the text.
    pub(super) fn get(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    /// The line `offset` is on. The end of the text is on the line before it, unless a line break
    /// is last.
    pub(super) fn line(&mut self, offset: usize) -> SourceLine {
        let last = self.last;
        if last.start <= offset && offset < last.next {
            return last;
        }
        let bytes = self.text.as_bytes();
        let start = if offset == last.next && offset > last.end {
            offset
        } else {
            let head = bytes.get(..offset).unwrap_or(bytes);
            memchr::memrchr(b'\n', head).map_or(0, |at| at + 1).max(self.body)
        };
        let rest = bytes.get(start..).unwrap_or_default();
        self.last = match memchr::memchr(b'\n', rest) {
            Some(at) => {
                let line = self.get(start, start + at).trim_end_matches('\r');
                SourceLine { start, end: start + line.len(), next: start + at + 1 }
            }
            None => SourceLine { start, end: bytes.len(), next: start + rest.len() },
        };
        self.last
    }

    /// Where the content of a line in `quotes` block quotes begins, and at which column after the
    /// last quote marker.
    pub(super) fn content(&self, line: SourceLine, quotes: usize) -> (usize, usize) {
        let text = self.get(line.start, line.end);
        let mut rest = text;
        for _ in 0..quotes {
            let Some(inner) = rest.trim_start_matches([' ', '\t']).strip_prefix('>') else { break };
            rest = inner.strip_prefix(' ').unwrap_or(inner);
        }
        let inner = rest.trim_start();
        let blank = rest.get(..rest.len() - inner.len()).unwrap_or("");
        (line.end - inner.len(), columns(blank))
    }

    /// `end` without the blank space before it, quote markers on lines of their own included, but
    /// not before `start`.
    pub(super) fn trim_end(&mut self, start: usize, end: usize, quotes: usize) -> usize {
        let mut end = end;
        loop {
            end = start + self.get(start, end).trim_end().len();
            if quotes == 0 || end <= start || !self.get(start, end).ends_with('>') {
                return end;
            }
            let line = self.line(end - 1);
            let (content, _) = self.content(SourceLine { end, ..line }, quotes);
            if line.start <= start || content < end {
                return end;
            }
            end = line.start;
        }
    }
}

/// How many columns `blank` fills from column 0.
pub(super) fn columns(blank: &str) -> usize {
    blank.chars().fold(0, |column, char| if char == '\t' { column / 4 * 4 + 4 } else { column + 1 })
}

/// The list marker `text` starts with: its kind and its length.
pub(super) fn list_marker(text: &str) -> Option<(ItemKind, usize)> {
    let first = text.chars().next()?;
    let (kind, len) = match first {
        '-' | '*' | '+' => (ItemKind::Bullet(first), 1),
        '0'..='9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).take(10).count();
            let delimiter = text.get(digits..)?.chars().next()?;
            if digits > 9 || !matches!(delimiter, '.' | ')') {
                return None;
            }
            (ItemKind::Ordered(text.get(..digits)?.parse().ok()?, delimiter), digits + 1)
        }
        _ => return None,
    };
    let rest = text.get(len..)?;
    (rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r'])).then_some((kind, len))
}

/// The code fence a line's content starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    pub(super) char: u8,
    pub(super) len: usize,
    /// Whether nothing follows it, as after a closing fence.
    pub(super) bare: bool,
}

impl Fence {
    pub(super) fn read(text: &str) -> Option<Fence> {
        let char = *text.as_bytes().first().filter(|char| matches!(char, b'`' | b'~'))?;
        let len = text.bytes().take_while(|byte| *byte == char).count();
        let info = text.get(len..)?;
        let opens = len >= 3 && !(char == b'`' && info.contains('`'));
        opens.then(|| Fence { char, len, bare: info.trim().is_empty() })
    }

    /// Whether this fence ends the block that `open` began.
    pub(super) fn closes(self, open: Fence) -> bool {
        self.bare && self.char == open.char && self.len >= open.len
    }
}

/// Whether `text` is a thematic break, which looks like a list marker at first.
pub(super) fn is_rule(text: &str) -> bool {
    let Some(first) = text.chars().next().filter(|char| matches!(char, '-' | '*' | '_')) else {
        return false;
    };
    text.chars().all(|char| char == first || char == ' ' || char == '\t')
        && text.chars().filter(|char| *char == first).count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_marker_needs_space_or_the_end_after_it() {
        assert_eq!(list_marker("- a"), Some((ItemKind::Bullet('-'), 1)));
        assert_eq!(list_marker("+"), Some((ItemKind::Bullet('+'), 1)));
        assert_eq!(list_marker("12) a"), Some((ItemKind::Ordered(12, ')'), 3)));
        for text in ["-a", "**a**", "1.a", "1:", "1234567890. a", "a", ""] {
            assert_eq!(list_marker(text), None, "{text}");
        }
    }

    #[test]
    fn content_begins_after_quote_markers_and_tabs_count_to_the_next_stop() {
        let mut source = LineSource::new("> >  \ta\nb", 0);
        let line = source.line(0);
        assert_eq!(source.content(line, 2), (6, 4));
        let line = source.line(8);
        assert_eq!(source.content(line, 2), (8, 0));
    }

    #[test]
    fn a_line_ends_before_its_break() {
        let mut source = LineSource::new("a\r\n\nb", 0);
        assert_eq!(source.line(1), SourceLine { start: 0, end: 1, next: 3 });
        assert_eq!(source.line(3), SourceLine { start: 3, end: 3, next: 4 });
        assert_eq!(source.line(5), SourceLine { start: 4, end: 5, next: 5 });
    }
}
