//! Markdown as headings, list items, lines of prose, tables, links and comments, each with its
//! exact place. Structure comes from pulldown-cmark; `walk` reads its events, `prose` splits text
//! into lines, `source` knows lines, markers and check boxes, `heading` and `link` their own
//! syntax, `targets` what else names a file; `conflict` knows unfinished merges; `unclosed` mends what would swallow the rest of the
//! document, `depth` what would nest without bounds.
//!
//! Wider than CommonMark where people write tasks all the same: any single character in a check
//! box, list items indented so far that they count as code, list items between HTML tags. Not
//! here: what a line means.

pub(crate) mod conflict;
mod depth;
mod heading;
mod link;
mod parted_rows;
mod prose;
mod source;
pub(crate) mod targets;
pub(crate) mod unclosed;
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
    pub tables: Vec<MarkdownTable>,
    /// Links and images whose target stands beside their text.
    pub links: Vec<MarkdownLink>,
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
pub struct MarkdownTable {
    /// From the header row to the last row, without the last line break. Blank lines may part rows.
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
pub struct MarkdownLink {
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
        if let Some((paired, problems)) = unclosed::without_stray_fences(&text, front.body) {
            text = Cow::Owned(paired);
            mended.problems.extend(problems);
        }
        loop {
            let (mut markdown, openers) = walk::read(&text, front.body);
            if let Some(next) = mended.mend(&text, &openers) {
                text = Cow::Owned(next);
                continue;
            }
            markdown.problems.extend(front.problem);
            markdown.problems.append(&mut mended.problems);
            markdown.problems.extend(conflict::conflicts(&text, &markdown.fences));
            markdown.problems.sort_by_key(|problem| problem.range);
            markdown.comments.append(&mut mended.comments);
            markdown.comments.sort_by_key(|comment| comment.range);
            markdown.front_matter = front.matter;
            return markdown;
        }
    }
}

/// `text` with every lone carriage return as a line feed, so that lines end in `\n` alone from here
/// on. No offset changes.
fn with_plain_breaks(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(lone) {
        return Cow::Borrowed(text);
    }
    let mut chars = text.chars().peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(char) = chars.next() {
        plain.push(if char == '\r' && chars.peek() != Some(&'\n') { '\n' } else { char });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    mod properties;

    use super::*;

    /// Depth, mark and text of every item.
    fn items(text: &str) -> Vec<(usize, Option<&str>, &str)> {
        let items = Markdown::parse(text).items;
        let item =
            |it: ListItem| (it.depth, it.check_box.map(|it| it.mark.of(text)), it.text.of(text));
        items.into_iter().map(item).collect()
    }

    fn lines(text: &str) -> Vec<&str> {
        Markdown::parse(text).lines.iter().map(|line| line.range.of(text)).collect()
    }

    /// Level, text, section and parent of every heading.
    fn headings(text: &str) -> Vec<(u8, &str, &str, Option<usize>)> {
        let headings = Markdown::parse(text).headings;
        let heading = |it: Heading| (it.level, it.text.of(text), it.section.of(text), it.parent);
        headings.into_iter().map(heading).collect()
    }

    #[test]
    fn every_bullet_may_have_a_box_with_any_one_mark() {
        let text =
            "- [ ] a\n\n* [X] b\n\n+ [-] c\n\n1. [\u{2705}] d\n\n2) [] e\n\n- [NO] f\n- [x](y)\n";
        let expected = [
            (0, Some(" "), "a"),
            (0, Some("X"), "b"),
            (0, Some("-"), "c"),
            (0, Some("\u{2705}"), "d"),
            (0, Some(""), "e"),
            (0, None, "[NO] f"),
            (0, None, "[x](y)"),
        ];
        assert_eq!(items(text), expected);
        let kinds: Vec<ItemKind> = Markdown::parse(text).items.iter().map(|it| it.kind).collect();
        assert_eq!(
            kinds.get(3..5),
            Some(&[ItemKind::Ordered(1, '.'), ItemKind::Ordered(2, ')')][..])
        );
    }

    #[test]
    fn an_item_reaches_to_the_last_thing_in_it() {
        let text = "> - [~] a\r\n>   more  \r\n>\r\n>   - b\r\n>\r\n> c\r\n";
        let markdown = Markdown::parse(text);
        let item = markdown.items.first().expect("there is an item");
        assert_eq!(item.range.of(text), "- [~] a\r\n>   more  \r\n>\r\n>   - b");
        assert_eq!(item.line.of(text), "> - [~] a");
        assert_eq!(item.marker.of(text), "-");
        assert_eq!(markdown.items.get(1).and_then(|it| it.parent), Some(0));
        assert_eq!(lines(text), ["a", "more", "b", "c"]);
    }

    #[test]
    fn lines_know_their_item_heading_and_depth() {
        let text = "a\n# H\nb\n- c\n  d\n  - e\n\n  f\n";
        let markdown = Markdown::parse(text);
        let line = |it: &ContentLine| (it.item, it.first_of_item, it.heading, it.depth);
        let expected = [
            (None, false, None, 0),
            (None, false, Some(0), 0),
            (Some(0), true, Some(0), 1),
            (Some(0), false, Some(0), 1),
            (Some(1), true, Some(0), 2),
            (Some(0), false, Some(0), 1),
        ];
        assert_eq!(markdown.lines.iter().map(line).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_list_indented_like_code_is_a_list() {
        let expected = [
            (0, Some(" "), "odd"),
            (1, Some("x"), "deeper"),
            (0, Some(" "), "again"),
            (1, None, "sub"),
        ];
        for before in ["", "text\n", "text\n\n", "# H\n", "# H\n\n"] {
            let text = format!(
                "{before}    - [ ] odd\n        - [x] deeper\n      more\n\n    - [ ] again\n\n\t  1. sub\n"
            );
            assert_eq!(items(&text), expected, "{text}");
            assert!(lines(&text).contains(&"more"), "{text}");
        }
        assert_eq!(items("- a\n      - [ ] b\n"), [(0, None, "a"), (1, Some(" "), "b")]);
        assert_eq!(items("-      [ ] a\n"), [(0, Some(" "), "a")]);
    }

    #[test]
    fn a_number_that_begins_a_wrapped_line_is_no_item() {
        assert_eq!(items("since\n1984. it was\n"), []);
        assert_eq!(items("since\n2. [ ] it was\n"), [(0, Some(" "), "it was")]);
    }

    #[test]
    fn fenced_code_is_not_read() {
        let text = "```\n- [ ] a\n```\n~~~~ x\n# b\n~~~\n~~~~\n- c\n  ```\n  d\n  ```\n\n        ```\n        - e\n        ```\n";
        assert_eq!(items(text), [(0, None, "c")]);
        let markdown = Markdown::parse(text);
        assert_eq!(markdown.fences.len(), 4);
        assert!(markdown.headings.is_empty() && markdown.problems.is_empty());
    }

    #[test]
    fn lines_between_html_tags_are_read() {
        let text = "<details>\n<summary>s</summary>\n- [ ] a [b](c)\n  - [x] d\n**Key**: v <!-- e -->\n</details>\n";
        assert_eq!(items(text), [(0, Some(" "), "a [b](c)"), (1, Some("x"), "d")]);
        assert_eq!(lines(text).last(), Some(&"**Key**: v"));
        let links = Markdown::parse(text).links;
        assert_eq!(links.iter().map(|it| it.target.of(text)).collect::<Vec<_>>(), ["c"]);
        assert_eq!(items("<pre>\n- [ ] a\n</pre>\n"), []);
    }

    #[test]
    fn a_commented_out_task_is_no_task() {
        let text =
            "a <!-- x --> b <!-- y\n- z -->\n\n<!--\n- [ ] c\n\n- [ ] d\n--> e\n- f <!-- g -->\n";
        assert_eq!(items("<!--\n- [ ] c\n\n- [ ] d\n-->\n- e <!-- f -->\n"), [(0, None, "e")]);
        let comments = Markdown::parse("a <!--b-->\n\n<!--\n- c\n-->\n").comments;
        assert_eq!(comments.iter().map(|it| it.body.bytes()).collect::<Vec<_>>(), [6..7, 17..20]);
        assert!(lines(text).contains(&"e") && lines(text).contains(&"f"));
    }

    #[test]
    fn sections_nest_and_end_at_the_next_heading_of_their_level() {
        let text = "# a #\n## b\nx\n### c\n## d\n# e\n";
        let expected = [
            (1, "a", "# a #\n## b\nx\n### c\n## d\n", None),
            (2, "b", "## b\nx\n### c\n", Some(0)),
            (3, "c", "### c\n", Some(1)),
            (2, "d", "## d\n", Some(0)),
            (1, "e", "# e\n", None),
        ];
        assert_eq!(headings(text), expected);
    }

    #[test]
    fn a_quoted_heading_rules_only_its_quote() {
        let text = "## a\n> # b\n> c\n\nd\n";
        let markdown = Markdown::parse(text);
        assert_eq!(
            markdown.headings.iter().map(|it| it.in_quote).collect::<Vec<_>>(),
            [false, true]
        );
        let expected = [(2, "a", text, None), (1, "b", "# b\n> c", Some(0))];
        assert_eq!(headings(text), expected);
        assert_eq!(
            markdown.lines.iter().map(|it| it.heading).collect::<Vec<_>>(),
            [Some(1), Some(0)]
        );
    }

    #[test]
    fn underlined_text_is_a_heading_and_prose_over_a_separator_is_not() {
        assert_eq!(headings("Title\n=====\nPart\n----\n").len(), 2);
        for text in ["**Status**: x\n---\n", "a\nb\n---\n", "It works.\n---\n", "- [ ] a\n  ---\n"]
        {
            assert_eq!(headings(text), [], "{text}");
            assert!(!lines(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn cells_are_trimmed_and_missing_ones_empty() {
        let text = "| a | b\\|c |\n|---|:-:|\n| `x` |  |\n| 1\n**K**: v\n";
        let markdown = Markdown::parse(text);
        let table = markdown.tables.first().expect("there is a table");
        let cells = |row: &Vec<TextRange>| row.iter().map(|it| it.of(text)).collect::<Vec<_>>();
        assert_eq!(cells(&table.header), ["a", "b\\|c"]);
        assert_eq!(table.rows.iter().map(cells).collect::<Vec<_>>(), [["`x`", ""], ["1", ""]]);
        assert_eq!(lines(text), ["**K**: v"]);
    }

    #[test]
    fn blank_lines_part_no_row_from_its_table() {
        let read = |below: &str| {
            let text = format!("| a | b |\n|---|---|\n\n{below}");
            let markdown = Markdown::parse(&text);
            let rows = markdown.tables.first().map(|it| it.rows.clone()).unwrap_or_default();
            let cells =
                |row: &Vec<TextRange>| row.iter().map(|it| it.of(&text).to_owned()).collect();
            let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
            let is_left =
                |word: &str| markdown.lines.iter().any(|it| it.range.of(&text).contains(word));
            (rows, is_left("1"))
        };
        let two = vec![vec!["1".to_owned(), "2".to_owned()], vec!["3".to_owned(), String::new()]];
        assert_eq!(read("| 1 | 2 |\n\n\n| 3 |  |\n"), (two.clone(), false));
        assert_eq!(read("| 1 | 2 |\n| 3 |  |\nText.\n"), (two, false));
        // Another number of cells, another header, or something between.
        assert_eq!(read("| 1 | 2 | 3 |\n"), (vec![], true));
        assert_eq!(read("| 1 | 2\n"), (vec![], true));
        assert_eq!(read("| 1 | 2 |\n|---|---|\n| 3 | 4 |\n"), (vec![], false));
        assert_eq!(read("Text.\n\n| 1 | 2 |\n"), (vec![], true));
        assert_eq!(read("<!-- x -->\n\n| 1 | 2 |\n"), (vec![], true));
        assert_eq!(read("# H\n\n| 1 | 2 |\n"), (vec![], true));
    }

    #[test]
    fn links_give_their_target_as_written() {
        let text = "[a `]` b](c%20d \"t\") ![i](j(k)) [l]( <m n> ) [o](p\\)q) [r]\n\n[r]: s\n";
        let links = Markdown::parse(text).links;
        let parts: Vec<_> =
            links.iter().map(|it| (it.text.of(text), it.target.of(text), it.image)).collect();
        let expected = [
            ("a `]` b", "c%20d", false),
            ("i", "j(k)", true),
            ("l", "m n", false),
            ("o", "p\\)q", false),
        ];
        assert_eq!(parts, expected);
    }

    #[test]
    fn a_line_keeps_the_backslash_it_begins_with() {
        assert_eq!(lines("\\*a\n\\# b\n"), ["\\*a", "\\# b"]);
        assert_eq!(lines("- \\[ ] a &amp; b  \n"), ["\\[ ] a &amp; b"]);
    }

    #[test]
    fn an_item_that_is_a_link_definition_keeps_its_text() {
        assert_eq!(lines("- [T1]: pending\n  - a\n"), ["[T1]: pending", "a"]);
    }

    #[test]
    fn an_item_has_no_text_where_another_block_begins_on_its_line() {
        assert_eq!(
            items("- - [ ] a\n- # b\n- > c\n"),
            [(0, None, ""), (1, Some(" "), "a"), (0, None, ""), (0, None, ""),]
        );
    }

    #[test]
    fn every_line_break_is_a_line_break() {
        for line_break in ["\n", "\r\n", "\r"] {
            let text =
                "\u{FEFF}# a\n\n- [ ] b\n  c\n\n| d | e |\n|---|---|\n| f | g |\n\n```\nh\n```\n";
            let text = text.replace('\n', line_break);
            assert_eq!(lines(&text), ["b", "c"], "{text:?}");
            let markdown = Markdown::parse(&text);
            assert_eq!(markdown.tables.len(), 1, "{text:?}");
            assert_eq!(
                markdown.headings.first().map(|it| it.range.of(&text)),
                Some("# a"),
                "{text:?}"
            );
            assert!(markdown.problems.is_empty(), "{text:?}");
        }
    }
}
