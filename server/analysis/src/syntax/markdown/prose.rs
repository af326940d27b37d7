//! Prose split into lines: paragraphs, and what CommonMark reads as code or HTML though people
//! write lists there.

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use super::ContentLine;
use super::link::OpenLink;
use super::source::{Fence, SourceLine, columns, is_rule, list_marker};
use super::unclosed::{Opener, OpenerKind, comment};
use super::walk::{Walk, interrupts};
use crate::syntax::check_box::check_box;
use crate::text::TextRange;

/// Where lines stand that may be list items though CommonMark does not say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loose {
    /// In a paragraph that begins at this column.
    Paragraph(usize),
    IndentedCode,
    Html,
}

/// The fences of one block that are known to have no end in it.
#[derive(Debug)]
struct Unclosed {
    /// Length of the shortest, of backticks and of tildes.
    shortest: [usize; 2],
    /// How often the block was searched to its end.
    searches: usize,
}

/// Fences that grow shorter line by line would each be looked for through the whole block.
const MAX_SEARCHES: usize = 8;

impl Walk<'_> {
    /// Reads the paragraph, or part of one, whose first and last words are at `start` and `end`.
    pub(super) fn prose(&mut self, start: usize, end: usize) {
        let line = self.source.line(start);
        let before = self.source.get(line.start, start);
        // A backslash that escapes the first character is not part of what pulldown reports.
        let start = start - usize::from(before.ends_with('\\'));
        if !self.first_line_at(start, line) {
            self.see(start, line.end);
            let (from, to) = self.visible(start, line.end);
            self.push_line(from, to, false);
        }
        if line.next < end {
            let base = self.source.get(line.start, start);
            let quoted = base.rsplit_once('>').map(|(_, it)| it.strip_prefix(' ').unwrap_or(it));
            let base = columns(quoted.unwrap_or(base));
            self.loose_lines(line.next, end, Loose::Paragraph(base));
        }
    }

    /// Reads an indented code block, each line of which may be a list item.
    pub(super) fn indented(&mut self, start: usize, end: usize) {
        let line = self.source.line(start);
        let read = self.first_line_at(start, line);
        let from = if read { line.next } else { self.first_of_line(start) };
        self.loose_lines(from, end, Loose::IndentedCode);
        self.see(start, end);
    }

    /// Reads an HTML block: its comments, and the lines between its tags.
    pub(super) fn html(&mut self, start: usize, end: usize) {
        let text = self.source.get(start, end);
        let line_end = self.source.line(start).end;
        if let Some(closing) = raw_html_end(text) {
            if !contains_ignoring_case(text, closing) {
                self.openers.push(Opener { kind: OpenerKind::Html, at: start, line_end, end });
            }
            self.see(start, end);
            return;
        }
        let mut at = start;
        while let Some(found) = self.source.get(at, end).find("<!--") {
            let open = at + found;
            let Some(len) = self.source.get(open + 2, end).find("-->") else {
                let line_end = self.source.line(open).end;
                self.openers.push(Opener { kind: OpenerKind::Comment, at: open, line_end, end });
                return;
            };
            at = open + 2 + len + 3;
            self.out.comments.push(comment(self.source.text, open, at));
        }
        let from = self.first_of_line(start);
        self.loose_lines(from, end, Loose::Html);
        self.close_loose();
        self.see(start, end);
    }

    /// `start`, if a list marker stands before it on its line; the start of the line otherwise.
    fn first_of_line(&mut self, start: usize) -> usize {
        let line = self.source.line(start);
        let (content, _) = self.source.content(line, self.quotes.len());
        if content < start { start } else { line.start }
    }

    /// Reads the innermost item's first line, if that is `line` and still to be read.
    fn first_line_at(&mut self, start: usize, line: SourceLine) -> bool {
        let Some(open) = self.items.last().filter(|open| open.pending) else { return false };
        let Some(item) = self.out.items.get(open.index) else { return false };
        let (from, to) = (item.range.start as usize, item.line.end as usize);
        from <= start && start <= to && self.first_line(line.end)
    }

    /// Reads the innermost item's first line up to `end`, if it is still to be read.
    pub(super) fn first_line(&mut self, end: usize) -> bool {
        let Some(open) = self.items.last_mut().filter(|open| open.pending) else { return false };
        open.pending = false;
        let index = open.index;
        let Some(text) = self.out.items.get(index).map(|item| item.text) else { return false };
        let (start, end) = self.visible(text.start as usize, end);
        let Some(item) = self.out.items.get_mut(index) else { return false };
        item.text = TextRange::new(start, end);
        let heading = item.heading;
        let n_before = self.out.lines.len();
        self.push_line(start, end, true);
        // A line given late comes after headings inside the item.
        if let Some(line) = self.out.lines.get_mut(n_before) {
            line.heading = heading;
        }
        true
    }

    pub(super) fn push_line(&mut self, start: usize, end: usize, first_of_item: bool) {
        if start >= end {
            return;
        }
        self.seen_end = self.seen_end.max(end);
        self.out.lines.push(ContentLine {
            range: TextRange::new(start, end),
            item: self.items.last().map(|open| open.index),
            first_of_item,
            heading: self.heading(),
            depth: self.items.len(),
        });
    }

    /// `start..end` trimmed of blank space and of comments at either end.
    pub(super) fn visible(&self, start: usize, end: usize) -> (usize, usize) {
        let start = start.min(end);
        let comments = &self.out.comments;
        let first = comments.partition_point(|comment| comment.range.end as usize <= start);
        let inside = comments.get(first..).unwrap_or_default();
        let inside = inside.get(..inside.partition_point(|it| (it.range.start as usize) < end));
        let inside = inside.unwrap_or_default();
        let trim = |start: usize, end: usize| {
            let text = self.source.get(start, end);
            (end - text.trim_start().len(), start + text.trim_end().len())
        };
        let (mut start, mut end) = trim(start, end);
        for comment in inside.iter().filter(|comment| !comment.range.is_empty()) {
            if comment.range.start as usize <= start {
                start = trim((comment.range.end as usize).max(start).min(end), end).0;
            }
        }
        for comment in inside.iter().rev() {
            if comment.range.end as usize >= end {
                end = trim(start, (comment.range.start as usize).max(start).min(end)).1;
            }
        }
        // What is all blank was trimmed past itself from both ends.
        (start.min(end), end)
    }

    /// Reads the lines from offset `from` to `end`.
    fn loose_lines(&mut self, from: usize, end: usize, place: Loose) {
        let mut at = from;
        let mut in_tag = false;
        let mut unclosed = Unclosed { shortest: [usize::MAX; 2], searches: 0 };
        while at < end {
            let line = self.source.line(at);
            let (content, column) = match at > line.start {
                true => (at, 0),
                false => self.source.content(line, self.quotes.len()),
            };
            at = line.next.max(at + 1);
            let (start, stop) = self.visible(content.min(line.end), line.end);
            let text = self.source.get(start, stop);
            if text.is_empty() {
                continue;
            }
            if let Some(next) = self.skip_fence(start, text, line, end, &mut unclosed) {
                at = next;
            } else if place == Loose::Html && (in_tag || text.starts_with('<')) {
                in_tag = !text.contains('>');
            } else {
                self.loose_line(start, stop, column, place);
            }
        }
    }

    /// Passes over the fenced code that begins on `line`, if it ends before `end`.
    fn skip_fence(
        &mut self,
        start: usize,
        text: &str,
        line: SourceLine,
        end: usize,
        unclosed: &mut Unclosed,
    ) -> Option<usize> {
        let open = Fence::read(text)?;
        let known = unclosed.shortest.get_mut(usize::from(open.char == b'~'))?;
        if open.len >= *known || unclosed.searches >= MAX_SEARCHES {
            return None;
        }
        let mut at = line.next;
        while at < end {
            let line = self.source.line(at);
            let (content, _) = self.source.content(line, self.quotes.len());
            let fence = Fence::read(self.source.get(content, line.end));
            if fence.is_some_and(|fence| fence.closes(open)) {
                let stop = self.see(content, line.end);
                self.out.fences.push(TextRange::new(start, stop));
                return Some(line.next.max(at + 1));
            }
            at = line.next.max(at + 1);
        }
        *known = open.len;
        unclosed.searches += 1;
        None
    }

    fn loose_line(&mut self, start: usize, end: usize, column: usize, place: Loose) {
        while self.items.last().is_some_and(|open| open.loose.is_some_and(|at| at >= column)) {
            self.close_item();
        }
        let text = self.source.get(start, end);
        let marked = list_marker(text).filter(|(kind, len)| {
            let rest = text.get(*len..).unwrap_or("").trim_start();
            let Loose::Paragraph(base) = place else { return !is_rule(text) };
            let deep = interrupts(*kind) || column >= base + 4 || check_box(rest).is_some();
            !rest.is_empty() && deep && !is_rule(text)
        });
        if marked.is_some() {
            self.push_item(start, Some(column));
            self.first_line(end);
        } else {
            self.push_line(start, end, false);
        }
        if !matches!(place, Loose::Paragraph(_)) && text.contains("](") {
            self.loose_links(start, end);
        }
    }

    /// Reads the links in a line whose inline syntax pulldown did not read.
    fn loose_links(&mut self, start: usize, end: usize) {
        let mut open: Vec<OpenLink> = Vec::new();
        let text = self.source.get(start, end).trim_start_matches(['-', '*', '+', ' ', '\t']);
        let base = end - text.len();
        for (event, range) in Parser::new(text).into_offset_iter() {
            let (from, to) = (range.start + base, range.end + base);
            if let Some(link) = open.last_mut().filter(|link| to < link.end) {
                link.inner_end = link.inner_end.max(to);
            }
            match event {
                Event::Start(Tag::Link { link_type: LinkType::Inline, .. }) => {
                    open.push(OpenLink::new(from, to, false));
                }
                Event::Start(Tag::Image { link_type: LinkType::Inline, .. }) => {
                    open.push(OpenLink::new(from, to, true));
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    let Some(link) = open.pop_if(|link| (link.start, link.end) == (from, to))
                    else {
                        continue;
                    };
                    if let Some(parts) = link.parts(&self.source) {
                        self.push_link(&link, parts.text, parts.target);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What ends the HTML block `text`, if it holds no prose: CommonMark's kinds 1 and 3 to 5.
fn raw_html_end(text: &str) -> Option<&'static str> {
    const TAGS: [(&str, &str); 4] = [
        ("<script", "</script>"),
        ("<pre", "</pre>"),
        ("<style", "</style>"),
        ("<textarea", "</textarea>"),
    ];
    if text.starts_with("<!--") {
        return None;
    }
    for (open, close) in TAGS {
        let head = text.get(..open.len()).unwrap_or("");
        let after = text.get(open.len()..).unwrap_or("");
        let whole = after.is_empty() || after.starts_with([' ', '\t', '\n', '\r', '>']);
        if head.eq_ignore_ascii_case(open) && whole {
            return Some(close);
        }
    }
    [("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">")]
        .into_iter()
        .find_map(|(open, close)| text.starts_with(open).then_some(close))
}

fn contains_ignoring_case(text: &str, needle: &str) -> bool {
    let needle = needle.as_bytes();
    text.as_bytes().windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
}
