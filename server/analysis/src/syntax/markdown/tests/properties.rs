//! What holds for every document, tried on mutated ones.

use proptest::prelude::*;

use crate::syntax::markdown::{Markdown, walk};
use crate::text::TextRange;

/// Panics unless what holds for every document holds for `text`.
fn check(text: &str) {
    assert_eq!(walk::read(text, 0), walk::read_whole(text, 0), "read in parts and all at once");
    let markdown = Markdown::parse(text);
    check_places(text, &markdown);
    check_headings(&markdown);
    check_items(text, &markdown);
    check_lines(text, &markdown);
    check_others(text, &markdown);
    check_front_matter(&markdown);
}

fn check_places(text: &str, markdown: &Markdown) {
    let mut ranges: Vec<TextRange> = Vec::new();
    ranges.extend(markdown.headings.iter().flat_map(|it| [it.range, it.text, it.section]));
    ranges.extend(markdown.items.iter().flat_map(|it| [it.range, it.line, it.marker, it.text]));
    let boxes = markdown.items.iter().filter_map(|it| it.check_box);
    ranges.extend(boxes.flat_map(|it| [it.range, it.mark]));
    ranges.extend(markdown.lines.iter().map(|it| it.range));
    ranges.extend(
        markdown
            .tables
            .iter()
            .flat_map(|it| it.rows.iter().chain([&it.header]).flatten().copied().chain([it.range])),
    );
    ranges.extend(markdown.links.iter().flat_map(|it| [it.range, it.text, it.target]));
    ranges.extend(markdown.comments.iter().flat_map(|it| [it.range, it.body]));
    ranges.extend(&markdown.fences);
    ranges.extend(markdown.problems.iter().map(|it| it.range));
    if let Some(front) = &markdown.front_matter {
        ranges.extend(front.entries.iter().flat_map(|it| [it.key, it.value]));
        ranges.extend(front.problems.iter().map(|it| it.range).chain([front.range]));
    }
    for range in ranges {
        assert!(text.get(range.bytes()).is_some(), "{range:?} is no range of the text");
    }
}

fn check_headings(markdown: &Markdown) {
    let headings = &markdown.headings;
    assert!(headings.is_sorted_by_key(|it| it.range), "headings out of order");
    for (index, heading) in headings.iter().enumerate() {
        assert!(heading.range.contains_range(heading.text), "{heading:?}");
        assert!(heading.section.contains_range(heading.range), "{heading:?}");
        if let Some(parent) = heading.parent {
            assert!(parent < index, "{heading:?}");
            let parent = headings.get(parent).expect("a parent is a heading");
            assert!(parent.section.contains_range(heading.section), "{parent:?} {heading:?}");
        }
        for before in headings.iter().take(index) {
            let apart = before.section.end <= heading.section.start;
            assert!(apart || before.section.contains_range(heading.section), "{heading:?}");
        }
    }
}

fn check_items(text: &str, markdown: &Markdown) {
    let items = &markdown.items;
    assert!(items.is_sorted_by_key(|it| it.range.start), "items out of order");
    for (index, item) in items.iter().enumerate() {
        assert!(item.line.contains_range(item.marker), "{item:?}");
        assert!(item.line.contains_range(item.text), "{item:?}");
        assert!(item.range.contains_range(item.marker), "{item:?}");
        assert!(item.range.contains_range(item.text), "{item:?}");
        assert_eq!(item.text.of(text).trim(), item.text.of(text), "{item:?}");
        assert!(!item.line.of(text).contains('\n'), "{item:?}");
        if let Some(boxed) = item.check_box {
            assert!(item.line.contains_range(boxed.range), "{item:?}");
            assert_eq!(boxed.range.of(text), format!("[{}]", boxed.mark.of(text)), "{item:?}");
        }
        let parent = item.parent.map(|parent| items.get(parent).expect("a parent is an item"));
        assert!(item.parent.is_none_or(|parent| parent < index), "{item:?}");
        assert_eq!(item.depth, parent.map_or(0, |parent| parent.depth + 1), "{item:?}");
        if let Some(parent) = parent {
            assert!(parent.range.contains_range(item.range), "{parent:?} {item:?}");
        }
        assert!(item.heading.is_none_or(|at| at < markdown.headings.len()), "{item:?}");
    }
}

fn check_lines(text: &str, markdown: &Markdown) {
    let mut end = 0;
    for line in &markdown.lines {
        assert!(line.range.start >= end, "{line:?} overlaps the line before it");
        end = line.range.end;
        let words = line.range.of(text);
        assert!(!words.is_empty() && words.trim() == words, "{line:?}");
        assert!(!words.contains(['\n', '\r']), "{line:?}");
        let item = line.item.map(|item| markdown.items.get(item).expect("it is an item"));
        assert_eq!(line.depth, item.map_or(0, |item| item.depth + 1), "{line:?}");
        if let Some(item) = item {
            assert!(item.range.contains_range(line.range), "{item:?} {line:?}");
            assert!(!line.first_of_item || item.text == line.range, "{item:?} {line:?}");
        }
        if let Some(heading) = line.heading {
            let heading = markdown.headings.get(heading).expect("it is a heading");
            assert!(heading.section.contains_range(line.range), "{heading:?} {line:?}");
        }
        for hidden in markdown.comments.iter().map(|it| it.range).chain(markdown.fences.clone()) {
            assert!(!hidden.contains_range(line.range), "{hidden:?} {line:?}");
        }
    }
}

fn check_others(text: &str, markdown: &Markdown) {
    for table in &markdown.tables {
        for row in table.rows.iter().chain([&table.header]) {
            assert_eq!(row.len(), table.header.len(), "{table:?}");
            assert!(row.is_sorted(), "{table:?}");
            assert!(row.iter().all(|cell| table.range.contains_range(*cell)), "{table:?}");
            assert!(row.iter().all(|it| it.of(text).trim() == it.of(text)), "{table:?}");
        }
    }
    for link in &markdown.links {
        assert!(link.range.contains_range(link.text), "{link:?}");
        assert!(link.range.contains_range(link.target), "{link:?}");
        assert!(link.text.end < link.target.start, "{link:?}");
        assert!(link.range.of(text).ends_with(')'), "{link:?}");
    }
    for comment in &markdown.comments {
        assert!(comment.range.contains_range(comment.body), "{comment:?}");
        assert!(comment.range.of(text).starts_with("<!--"), "{comment:?}");
        assert!(comment.range.of(text).ends_with("->"), "{comment:?}");
    }
    assert!(markdown.comments.is_sorted_by_key(|it| it.range), "comments out of order");
    assert!(markdown.fences.is_sorted(), "fences out of order");
    assert!(markdown.fences.iter().all(|it| it.of(text).starts_with(['`', '~'])), "not a fence");
}

fn check_front_matter(markdown: &Markdown) {
    let Some(front) = &markdown.front_matter else { return };
    assert!(markdown.lines.iter().all(|it| it.range.start >= front.range.end), "read twice");
    assert!(front.entries.is_sorted_by_key(|it| it.value.start), "{front:?}");
    for entry in &front.entries {
        assert!(front.range.contains_range(entry.key), "{entry:?}");
        assert!(front.range.contains_range(entry.value), "{entry:?}");
        assert!(!entry.path.is_empty(), "{entry:?}");
    }
}

const DOCUMENTS: [&str; 4] = [
    "\u{FEFF}---\nnext: 12\ncounts:\n  active: 3 # so far\n  names: [a, \"b: c\"]\nnote: |\n  two\n  \
     lines\nbad: Fix: it\n---\n\n# Tasks\n\n## High\n\n### 12. Paint the \u{1F6AA} door\n- **Status**: \
     [IN PROGRESS]\n- **Started**: 2031-02-03\n\n**Plan**: [first plan](plans/a.md \"t\")\n---\n\n\
     ### 13. Oil hinges ###\n  - **Status**: [DONE]\n    1. one\n    2) two\n\n       - [ ] deep\n",
    "Title\r\n=====\r\n\r\n- [ ] a\r\n  continued <!-- hidden\r\n  - [x] no -->\r\n  * [-] b\r\n\r\n    \
     para\r\n    + [\u{2705}] c [x](y)\r\n1. [\u{2714}\u{FE0F}] d\r\n2) [] e\r\n\r\n> - [~] q\r\n>   lazy\r\n\
     still\r\n> ## Quoted\r\n>     - [!] code\r\n\r\n| a | b |\r\n|---|:-:|\r\n| 1 \\| 2 | |\r\n| \
     `x` |\r\nafter\r\n",
    "text\n    - [ ] odd\n        - [x] deeper\n      more\n\n    - [ ] again\n\n<details>\n<summary>s</summary>\n\
     - [ ] in html\n**Key**: v <!-- c -->\n</details>\n\n```rust\n- [ ] code\n```\n~~~\n# no\n~~~\n\
     - x\n  ```\n  open\n- y\n  <!--\n- z\n  -->\n- - [ ] two\n- # head\n-     [x] code\n",
    "# a\n\n<!-- open\n\n- [ ] b\n\n````md\n```\n# c\n```\n- [ ] d [e][f] ![g](<h i>)\n\n[f]: u\n- [k]: v\n\n\
     <pre>\n- [ ] raw\n</pre>\n**Status**: x\n---\n# \u{4E2D}\u{6587} #\n\n\ttab\n\t- [ ] t\n* * *\n",
];

const PIECES: [&str; 41] = [
    "\n",
    "\n\n# ",
    "\r\n",
    "\r",
    "\t",
    "    ",
    "> ",
    "- ",
    "1. ",
    "7) ",
    "- [ ] ",
    "[x] ",
    "[\u{2705}]",
    "# ",
    "## ",
    "---\n",
    "===\n",
    "```",
    "````\n",
    "~~~\n",
    "<!--",
    "-->",
    "<div>\n",
    "</pre>",
    "<pre>",
    "|",
    "|--|--|\n",
    "[a](b)",
    "](",
    "\\",
    "**K**: v\n",
    "k: v\n",
    "k: \"",
    "'",
    "\u{FEFF}",
    "\u{A0}",
    "\u{1F469}\u{200D}\u{1F4BB}",
    "&amp;",
    "\0",
    "*",
    "`",
];

#[derive(Clone, Debug)]
enum Mutation {
    Insert(prop::sample::Index, usize),
    Remove(prop::sample::Index, usize),
    Copy(prop::sample::Index, prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        6 => (place(), 0..PIECES.len()).prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        3 => (place(), 1..12usize).prop_map(|(at, len)| Mutation::Remove(at, len)),
        2 => (place(), place(), 1..60usize).prop_map(|(a, b, len)| Mutation::Copy(a, b, len)),
        1 => place().prop_map(Mutation::Cut),
    ]
}

fn mutate(text: &mut Vec<char>, mutation: &Mutation) {
    let len = text.len();
    match mutation {
        Mutation::Insert(at, piece) => {
            let at = at.index(len + 1);
            text.splice(at..at, PIECES[*piece].chars());
        }
        Mutation::Remove(at, count) => {
            let at = at.index(len + 1);
            text.drain(at..len.min(at + count));
        }
        Mutation::Copy(from, to, count) => {
            let (from, to) = (from.index(len + 1), to.index(len + 1));
            let copied = text[from..len.min(from + count)].to_vec();
            text.splice(to..to, copied);
        }
        Mutation::Cut(at) => text.truncate(at.index(len + 1)),
    }
}

fn mutated_document() -> impl Strategy<Value = String> {
    let mutations = prop::collection::vec(mutation(), 0..24);
    (0..DOCUMENTS.len(), mutations).prop_map(|(document, mutations)| {
        let mut text: Vec<char> = DOCUMENTS[document].chars().collect();
        mutations.iter().for_each(|mutation| mutate(&mut text, mutation));
        text.into_iter().collect()
    })
}

fn heap_of_syntax() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(0..PIECES.len(), 0..60);
    pieces.prop_map(|pieces| pieces.into_iter().map(|piece| PIECES[piece]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(768) })]

    #[test]
    fn a_mutated_document_is_read_with_sound_places(text in mutated_document()) {
        check(&text);
    }

    #[test]
    fn a_heap_of_syntax_is_read_with_sound_places(text in heap_of_syntax()) {
        check(&text);
    }
}

#[test]
fn what_went_wrong_before_is_read_with_sound_places() {
    check("[x] <div>\n===\n- ```---\n\t# ---\n\t[x] ");
}

#[test]
fn every_beginning_of_a_document_is_read_with_sound_places() {
    for document in DOCUMENTS {
        for (end, _) in document.char_indices() {
            check(&document[..end]);
        }
    }
}
