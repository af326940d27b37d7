//! Markdown as headings, list items, lines of prose, tables, links and comments, each with its
//! exact place. Structure comes from pulldown-cmark; `walk` reads its events, `prose` splits text
//! into lines, `source` knows lines, markers and check boxes, `heading` and `link` their own
//! syntax; `unclosed` mends what would swallow the rest of the document, `depth` what would nest
//! without bounds.
//!
//! Wider than CommonMark where people write tasks all the same: any single character in a check
//! box, list items indented so far that they count as code, list items between HTML tags. Not
//! here: what a line means.

mod depth;
mod heading;
mod link;
#[cfg(test)]
mod properties;
mod prose;
mod source;
mod unclosed;
mod walk;

use std::borrow::Cow;

use crate::syntax::SyntaxError;
use crate::syntax::front_matter::{self, FrontMatter};
use crate::text::TextRange;

/// A Markdown document as read. Every range is in the text that was parsed and lies on character
/// boundaries; every list is in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markdown {
    /// The YAML between `---` lines at the very start.
    pub front_matter: Option<FrontMatter>,
    /// All headings, those in block quotes and list items included.
    pub headings: Vec<Heading>,
    /// All list items.
    pub items: Vec<ListItem>,
    /// Lines of paragraphs and list items. Never empty ones, headings, tables or fenced code.
    pub lines: Vec<ContentLine>,
    /// All tables.
    pub tables: Vec<Table>,
    /// Links and images whose target stands beside their text.
    pub links: Vec<Link>,
    /// HTML comments. What they hold is not read as anything else.
    pub comments: Vec<Comment>,
    /// Fenced code blocks from fence to fence. What they hold is not read.
    pub fences: Vec<TextRange>,
    /// What could not be read, except for what [`FrontMatter::problems`] lists.
    pub problems: Vec<SyntaxError>,
}

/// A heading, underlined (setext) ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The whole heading without its last line break.
    pub range: TextRange,
    /// Its trimmed content, without any `#` or underline around it.
    pub text: TextRange,
    /// From the heading to the next one of the same or a higher level, or to the end of the text.
    /// A heading in a block quote rules only to the end of that quote, and ends no section
    /// outside.
    pub section: TextRange,
    /// Index of the heading whose section this one is directly in.
    pub parent: Option<usize>,
    /// Whether it stands in a block quote.
    pub in_quote: bool,
}

/// How a list item is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// `-`, `*` or `+`.
    Bullet(char),
    /// A number and the character after it, `.` or `)`.
    Ordered(u64, char),
}

/// The brackets at the start of a list item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckBox {
    /// With the brackets.
    pub range: TextRange,
    /// What is between them: nothing, blanks, or one grapheme, perhaps between blanks.
    pub mark: TextRange,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// From the marker to the end of the last thing in it, nested items included.
    pub range: TextRange,
    /// The source line its marker stands on, without the line break.
    pub line: TextRange,
    /// `-`, `12.`, `1)`.
    pub marker: TextRange,
    /// The marker as read.
    pub kind: ItemKind,
    /// The check box after the marker.
    pub check_box: Option<CheckBox>,
    /// What stands on that line after marker and check box, trimmed. Empty where a heading, another
    /// list or the like begins there.
    pub text: TextRange,
    /// 0 in a list at the top.
    pub depth: usize,
    /// Index of the item it is nested in.
    pub parent: Option<usize>,
    /// Index of the heading whose section it is directly in.
    pub heading: Option<usize>,
}

/// One line of a paragraph or of a list item's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentLine {
    /// Its trimmed content, without quote markers, list marker, check box, or comments at its ends.
    pub range: TextRange,
    /// Index of the innermost list item it belongs to.
    pub item: Option<usize>,
    /// Whether it is the line with that item's marker.
    pub first_of_item: bool,
    /// Index of the heading whose section it is directly in.
    pub heading: Option<usize>,
    /// 0 outside lists, 1 in an item of a list at the top, and so on.
    pub depth: usize,
}

/// A table with a header row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// From the header row to the last row, without the last line break.
    pub range: TextRange,
    /// Trimmed cells of the header row.
    pub header: Vec<TextRange>,
    /// Trimmed cells of the other rows, as many as the header has; missing ones are empty ranges at
    /// the end of their row.
    pub rows: Vec<Vec<TextRange>>,
    /// Index of the heading whose section it is directly in.
    pub heading: Option<usize>,
}

/// `[text](target)` or `![text](target)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The whole construct.
    pub range: TextRange,
    /// Between the square brackets.
    pub text: TextRange,
    /// The destination as written, without title and angle brackets.
    pub target: TextRange,
    /// Whether it is an image.
    pub image: bool,
    /// Index of the heading whose section it is directly in.
    pub heading: Option<usize>,
}

/// `<!-- body -->`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// With the delimiters.
    pub range: TextRange,
    /// Between the delimiters, trimmed.
    pub body: TextRange,
}

impl Markdown {
    /// Reads `text`. Never fails; time grows in step with the length.
    pub fn parse(text: &str) -> Markdown {
        let mut text = with_plain_breaks(text);
        let front = front_matter::read(&text);
        let mut mended = unclosed::Mended::default();
        if let Some((shallow, problems)) = depth::limit(&text, front.body) {
            text = Cow::Owned(shallow);
            mended.problems = problems;
        }
        loop {
            let (mut markdown, openers) = walk::read(&text, front.body);
            if let Some(next) = mended.mend(&text, &openers) {
                text = Cow::Owned(next);
                continue;
            }
            markdown.problems.extend(front.problem);
            markdown.problems.append(&mut mended.problems);
            markdown.problems.sort_by_key(|problem| problem.range);
            markdown.comments.append(&mut mended.comments);
            markdown.comments.sort_by_key(|comment| comment.range);
            markdown.front_matter = front.matter;
            return markdown;
        }
    }
}

/// Whether `text` starts with a check box.
pub(super) fn starts_with_check_box(text: &str) -> bool {
    source::check_box(text).is_some()
}

/// `text` with every lone carriage return as a line feed, so that lines end in `\n` alone from here
/// on. No offset changes.
fn with_plain_breaks(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|(at, _)| lone(at)) {
        return Cow::Borrowed(text);
    }
    let mut chars = text.chars().peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(char) = chars.next() {
        plain.push(if char == '\r' && chars.peek() != Some(&'\n') { '\n' } else { char });
    }
    Cow::Owned(plain)
}
