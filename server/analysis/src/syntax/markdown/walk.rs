//! From pulldown-cmark's events to the parts of a [`Markdown`]. Iterative: nesting lives in the
//! stacks of a [`Walk`].

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::link::OpenLink;
use super::source::{LineSource, list_marker};
use super::unclosed::{Opener, OpenerKind, comment};
use super::{
    CheckBox, Heading, ItemKind, ListItem, Markdown, MarkdownLink, MarkdownTable, heading,
    parted_rows,
};
use crate::syntax::check_box::check_box;
use crate::text::TextRange;

/// A part of a text that pulldown reads at once is at least as long, in bytes: what it makes of a part
/// takes ten times as much room.
const PART: usize = if cfg!(test) { 16 } else { 64 * 1024 };

/// Reads `text` from `body` on, and lists what would swallow the rest of the document.
pub(super) fn read(text: &str, body: usize) -> (Markdown, Vec<Opener>) {
    // Where a link leads may be told in another part.
    let in_parts = memchr::memmem::find(text.as_bytes(), b"]:").is_none();
    let read = if in_parts { read_by(text, body, part_end) } else { None };
    read.unwrap_or_else(|| read_whole(text, body))
}

/// As [`read`], all at once.
pub(super) fn read_whole(text: &str, body: usize) -> (Markdown, Vec<Opener>) {
    read_by(text, body, |_, _| None).unwrap_or_default()
}

/// Reads the parts of `text` that `end` tells the ends of; `None` where one of them is no end.
fn read_by(
    text: &str,
    body: usize,
    end: impl Fn(&str, usize) -> Option<usize>,
) -> Option<(Markdown, Vec<Opener>)> {
    let mut walk = Walk::new(text, body);
    let mut start = body;
    while start < text.len() {
        let end = end(text, start);
        let part = text.get(start..end.unwrap_or(text.len())).unwrap_or("");
        let parser = Parser::new_ext(part, Options::ENABLE_TABLES);
        for (event, range) in parser.into_offset_iter() {
            let is_code = matches!(event, Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock));
            if is_code && end.is_some() && range.end == part.len() {
                // It may go on behind the end of the part.
                return None;
            }
            walk.event(event, range.start + start..range.end + start);
        }
        start = end.unwrap_or(text.len());
    }
    Some(walk.finish())
}

/// Where the part of `text` that begins at `start` ends: before a heading at the beginning of its line
/// below a blank one, which ends all but what [`read_by`] looks for. `None` where no part follows.
fn part_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut from, mut counted, mut fences) = (start + PART, start, 0);
    loop {
        let at = from + memchr::memmem::find(bytes.get(from..)?, b"\n\n#")? + 2;
        let marks = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
        fences += memchr::memmem::find_iter(&bytes[counted..at], b"\n```").count();
        let is_heading = marks <= 6 && bytes.get(at + marks) == Some(&b' ');
        if is_heading && fences % 2 == 0 {
            return Some(at);
        }
        (from, counted) = (at, at);
    }
}

/// The block whose inside is being read.
#[derive(Debug)]
pub(super) enum Leaf {
    /// Paragraphs, and list items that hold text directly.
    Prose,
    /// A heading, or what only looks like one: prose to be read up to the second offset, and the
    /// end of the line below it.
    Heading {
        prose: Option<(usize, usize, usize)>,
    },
    Table(TableRows),
    Fence {
        end_of_text: Option<usize>,
    },
    /// Already read as a whole.
    Done,
}

#[derive(Debug, Default)]
pub(super) struct TableRows {
    header: Vec<TextRange>,
    rows: Vec<Vec<TextRange>>,
    row: Vec<TextRange>,
    /// Where the row being read ends, without the line break.
    row_end: usize,
}

/// An item that later lines may belong to.
#[derive(Debug)]
pub(super) struct OpenItem {
    pub(super) index: usize,
    /// Column of the marker, for an item that only we read as one.
    pub(super) loose: Option<usize>,
    /// Whether its first line is still to be read.
    pub(super) pending: bool,
}

#[derive(Debug)]
pub(super) struct Walk<'t> {
    pub(super) source: LineSource<'t>,
    pub(super) out: Markdown,
    pub(super) openers: Vec<Opener>,
    pub(super) items: Vec<OpenItem>,
    /// For each open block quote, how many headings were open before it.
    pub(super) quotes: Vec<usize>,
    headings: Vec<usize>,
    leaf: Leaf,
    /// Prose met and not yet split into lines.
    run: Option<(usize, usize)>,
    links: Vec<OpenLink>,
    /// Where the last thing read ends.
    pub(super) seen_end: usize,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str, body: usize) -> Walk<'t> {
        Walk {
            source: LineSource::new(text, body),
            out: Markdown {
                // Lists that grow are moved, and a long one is moved to memory that nobody has used.
                headings: Vec::with_capacity(text.len() / 192),
                items: Vec::with_capacity(text.len() / 64),
                lines: Vec::with_capacity(text.len() / 56),
                ..Markdown::default()
            },
            openers: Vec::new(),
            items: Vec::new(),
            quotes: Vec::new(),
            headings: Vec::new(),
            leaf: Leaf::Prose,
            run: None,
            links: Vec::new(),
            seen_end: 0,
        }
    }

    fn finish(mut self) -> (Markdown, Vec<Opener>) {
        self.flush();
        self.close_loose();
        self.close_headings(0, self.source.text.len());
        // An item that held nothing but a link definition gave its line late.
        if !self.out.lines.is_sorted_by_key(|line| line.range) {
            self.out.lines.sort_by_key(|line| line.range);
        }
        parted_rows::join(self.source.text, &mut self.out);
        (self.out, self.openers)
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Rule => {
                self.begin_block(range.start);
                self.see(range.start, range.end);
            }
            Event::Html(_) => {}
            Event::Text(_) => {
                if let Leaf::Fence { end_of_text } = &mut self.leaf {
                    *end_of_text = Some(range.end);
                }
                self.inline(range);
            }
            Event::InlineHtml(html) => {
                if html.starts_with("<!--") {
                    self.out.comments.push(comment(self.source.text, range.start, range.end));
                }
                self.inline(range);
            }
            _ => self.inline(range),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.flush();
                self.close_loose();
            }
            Tag::List(_) => self.begin_block(range.start),
            Tag::BlockQuote(_) => {
                self.begin_block(range.start);
                self.quotes.push(self.headings.len());
            }
            Tag::Item => self.start_item(range.start),
            Tag::Heading { level, .. } => self.start_heading(*level as u8, range),
            Tag::Table(_) => {
                self.begin_block(range.start);
                self.leaf = Leaf::Table(TableRows::default());
            }
            Tag::TableHead | Tag::TableRow => {
                let end = self.source.trim_end(range.start, range.end, 0);
                if let Leaf::Table(table) = &mut self.leaf {
                    table.row_end = end;
                }
            }
            Tag::TableCell => self.cell(range),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.begin_block(range.start);
                self.leaf = Leaf::Fence { end_of_text: None };
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.flush();
                self.leaf = Leaf::Done;
                self.indented(range.start, range.end);
            }
            Tag::HtmlBlock => {
                self.begin_block(range.start);
                self.leaf = Leaf::Done;
                self.html(range.start, range.end);
            }
            Tag::Link { link_type, .. } => self.start_link(*link_type, range, false),
            Tag::Image { link_type, .. } => self.start_link(*link_type, range, true),
            _ => self.inline(range),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph | TagEnd::List(_) => self.flush(),
            TagEnd::Item => self.end_item(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.close_loose();
                let open = self.quotes.pop().unwrap_or(0);
                self.close_headings(open, self.seen_end);
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::HtmlBlock => self.leaf = Leaf::Prose,
            TagEnd::CodeBlock => self.end_code(range),
            TagEnd::Table => self.end_table(range),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.end_row(range.start, tag == TagEnd::TableHead);
            }
            TagEnd::Link | TagEnd::Image => self.end_link(range),
            _ => {}
        }
    }

    /// Index of the heading whose section is being read.
    pub(super) fn heading(&self) -> Option<usize> {
        self.headings.last().copied()
    }

    /// Notes that what stands at `start..end` was read.
    pub(super) fn see(&mut self, start: usize, end: usize) -> usize {
        let end = self.source.trim_end(start, end, self.quotes.len());
        // What was blanked out may have had characters across `start`.
        if end > start {
            self.seen_end = self.seen_end.max(end);
        }
        end
    }

    fn inline(&mut self, range: Range<usize>) {
        if let Some(link) = self.links.last_mut() {
            link.inner_end = link.inner_end.max(range.end);
        }
        if !matches!(self.leaf, Leaf::Prose) {
            return;
        }
        match &mut self.run {
            Some((_, end)) => *end = range.end.max(*end),
            None => {
                self.close_loose();
                self.run = Some((range.start, range.end));
            }
        }
    }

    fn flush(&mut self) {
        if let Some((start, end)) = self.run.take() {
            self.prose(start, end);
        }
    }

    /// Begins a block other than prose. An item whose line it stands on has no text of its own.
    fn begin_block(&mut self, start: usize) {
        self.flush();
        self.close_loose();
        if let Some(open) = self.items.last_mut().filter(|open| open.pending)
            && let Some(item) = self.out.items.get_mut(open.index)
            && start <= item.line.end as usize
        {
            open.pending = false;
            item.text = TextRange::empty(item.text.start as usize);
        }
    }

    fn start_item(&mut self, start: usize) {
        self.flush();
        self.close_loose();
        let line = self.source.line(start);
        let indented = self.source.get(start, line.end);
        self.push_item(line.end - indented.trim_start().len(), None);
    }

    /// Opens the item whose marker stands at `start`.
    pub(super) fn push_item(&mut self, start: usize, loose: Option<usize>) {
        let line = self.source.line(start);
        let rest = self.source.get(start, line.end);
        // pulldown and `list_marker` agree on what a marker is; if not, the item has an empty one.
        let (kind, len) = list_marker(rest).unwrap_or((ItemKind::Bullet('-'), 0));
        let after = rest.get(len..).unwrap_or("");
        let mut at = line.end - after.trim_start().len();
        let mut boxed = None;
        if let Some(mark) = check_box(self.source.get(at, line.end)) {
            let range = TextRange::new(at, at + mark + 2);
            boxed = Some(CheckBox { range, mark: TextRange::new(at + 1, at + 1 + mark) });
            let rest = self.source.get(at + mark + 2, line.end);
            at = line.end - rest.trim_start().len();
        }
        let text_end = self.source.trim_end(at, line.end, 0);
        let marker = TextRange::new(start, start + len);
        let end = if text_end > at { text_end } else { start + len };
        let end = boxed.map_or(end, |boxed| end.max(boxed.range.end as usize));
        // Blanks before nothing belong to nobody.
        let text = if text_end > at { (at, text_end) } else { (end, end) };
        self.seen_end = self.seen_end.max(end);
        let index = self.out.items.len();
        self.out.items.push(ListItem {
            range: TextRange::new(start, end),
            line: TextRange::new(line.start, line.end),
            marker,
            kind,
            check_box: boxed,
            text: TextRange::new(text.0, text.1),
            depth: self.items.len(),
            parent: self.items.last().map(|open| open.index),
            heading: self.heading(),
        });
        self.items.push(OpenItem { index, loose, pending: true });
    }

    fn end_item(&mut self) {
        self.flush();
        self.close_loose();
        let end = self.source.line(self.items_start()).end;
        self.first_line(end);
        self.close_item();
    }

    fn items_start(&self) -> usize {
        let index = self.items.last().map_or(usize::MAX, |open| open.index);
        self.out.items.get(index).map_or(0, |item| item.range.start as usize)
    }

    /// Closes the innermost item at the last thing read.
    pub(super) fn close_item(&mut self) {
        let Some(open) = self.items.pop() else { return };
        if let Some(item) = self.out.items.get_mut(open.index) {
            let start = item.range.start as usize;
            item.range = TextRange::new(start, self.seen_end.max(item.range.end as usize));
        }
    }

    /// Closes the items that only we read as such.
    pub(super) fn close_loose(&mut self) {
        while self.items.last().is_some_and(|open| open.loose.is_some()) {
            self.close_item();
        }
    }

    fn start_heading(&mut self, level: u8, range: Range<usize>) {
        self.flush();
        self.close_loose();
        let end = self.source.trim_end(range.start, range.end, 0);
        let underlined = self.source.get(range.start, end).contains('\n');
        let text = if underlined {
            (range.start, heading::underlined_text_end(&self.source, range.start, end))
        } else {
            heading::hash_text(&self.source, range.start, end)
        };
        self.leaf = Leaf::Heading { prose: None };
        let words = self.source.get(text.0, text.1);
        if underlined
            && level == 2
            && (!self.items.is_empty() || heading::is_prose_over_rule(words))
        {
            // Its comments are yet to come.
            self.leaf = Leaf::Heading { prose: Some((text.0, text.1, end)) };
            return;
        }
        self.begin_block(range.start);
        self.see(range.start, end);
        let floor = self.quotes.last().copied().unwrap_or(0);
        let outer = self.headings.iter().skip(floor).rposition(|index| {
            self.out.headings.get(*index).is_some_and(|outer| outer.level < level)
        });
        self.close_headings(outer.map_or(floor, |at| floor + at + 1), range.start);
        let parent = self.heading();
        self.headings.push(self.out.headings.len());
        self.out.headings.push(Heading {
            level,
            range: TextRange::new(range.start, end),
            text: TextRange::new(text.0, text.1),
            section: TextRange::new(range.start, end),
            parent,
            in_quote: !self.quotes.is_empty(),
        });
    }

    fn end_heading(&mut self) {
        let leaf = std::mem::replace(&mut self.leaf, Leaf::Prose);
        if let Leaf::Heading { prose: Some((start, text_end, end)) } = leaf {
            self.prose(start, text_end);
            self.see(start, end);
        }
    }

    /// Ends the sections of all open headings but the first `keep` at `end`.
    fn close_headings(&mut self, keep: usize, end: usize) {
        for index in self.headings.drain(keep.min(self.headings.len())..) {
            if let Some(heading) = self.out.headings.get_mut(index) {
                heading.section = TextRange::new(heading.section.start as usize, end);
            }
        }
    }

    fn cell(&mut self, range: Range<usize>) {
        let Leaf::Table(table) = &mut self.leaf else { return };
        // A cell that is missing is given at the start of the next line.
        let end = range.end.min(table.row_end);
        let start = range.start.min(end);
        let cell = self.source.get(start, end);
        let from = start + (cell.len() - cell.trim_start().len());
        let from = if cell.trim().is_empty() { start } else { from };
        table.row.push(TextRange::new(from, from + cell.trim().len()));
    }

    fn end_row(&mut self, start: usize, head: bool) {
        let Leaf::Table(table) = &mut self.leaf else { return };
        let cells = std::mem::take(&mut table.row);
        if head {
            table.header = cells;
            return;
        }
        let end = table.row_end;
        if self.source.get(start, end).contains('|') {
            table.rows.push(cells);
        } else {
            // A line right below a table is its last row to CommonMark, and prose to its writer.
            let (start, end) = self.visible(start, end);
            self.push_line(start, end, false);
        }
    }

    fn end_table(&mut self, range: Range<usize>) {
        let end = self.see(range.start, range.end);
        let Leaf::Table(table) = std::mem::replace(&mut self.leaf, Leaf::Prose) else { return };
        self.out.tables.push(MarkdownTable {
            range: TextRange::new(range.start, end),
            header: table.header,
            rows: table.rows,
            heading: self.heading(),
        });
    }

    fn end_code(&mut self, range: Range<usize>) {
        let Leaf::Fence { end_of_text } = std::mem::replace(&mut self.leaf, Leaf::Prose) else {
            return;
        };
        let line_end = self.source.line(range.start).end;
        let code = self.source.get(range.start, range.end);
        let char = code.as_bytes().first();
        let closed = range.end > line_end
            && !code.ends_with('\n')
            && end_of_text.is_none_or(|end| end < range.end)
            && code.trim_end().as_bytes().last() == char;
        let end = self.see(range.start, range.end);
        self.out.fences.push(TextRange::new(range.start, end));
        if !closed {
            let kind = OpenerKind::Fence;
            self.openers.push(Opener { kind, at: range.start, line_end, end: range.end });
        }
    }

    fn start_link(&mut self, kind: LinkType, range: Range<usize>, image: bool) {
        self.inline(range.clone());
        if kind != LinkType::Inline {
            return;
        }
        if let Some(outer) = self.links.last_mut() {
            outer.inner_end = outer.inner_end.max(range.end);
        }
        self.links.push(OpenLink::new(range.start, range.end, image));
    }

    fn end_link(&mut self, range: Range<usize>) {
        let Some(open) =
            self.links.pop_if(|open| (open.start, open.end) == (range.start, range.end))
        else {
            return;
        };
        if let Some(parts) = open.parts(&self.source) {
            self.push_link(&open, parts.text, parts.target);
        }
    }

    pub(super) fn push_link(
        &mut self,
        open: &OpenLink,
        text: (usize, usize),
        target: (usize, usize),
    ) {
        self.out.links.push(MarkdownLink {
            range: TextRange::new(open.start, open.end),
            text: TextRange::new(text.0, text.1),
            target: TextRange::new(target.0, target.1),
            image: open.image,
            heading: self.heading(),
        });
    }
}

/// Whether an item of this kind may begin a list in the middle of a paragraph.
pub(super) fn interrupts(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Bullet(_))
}
