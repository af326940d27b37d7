//! Where a text names files beside inline links: definitions of links, and attributes of HTML tags.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

use crate::text::TextRange;

/// The attributes of HTML that name a file.
const ATTRIBUTES: [&str; 2] = ["href", "src"];

/// Whether [`named_targets`] may find something: asked first, since reading all of a text costs more.
pub(crate) fn may_name_targets(text: &str) -> bool {
    text.contains("]:") || ATTRIBUTES.iter().any(|name| text.contains(name))
}

/// The targets of definitions, `[name]: target`, and of `href` and `src` in HTML tags, in order, as they
/// are written, without angle brackets or quotes. What stands in code or in a comment names nothing.
pub(crate) fn named_targets(text: &str) -> Vec<TextRange> {
    let mut parser = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let mut found = Vec::new();
    // The first of two definitions with one name is the one that counts; the others are not told.
    let all = parser.reference_definitions().iter();
    let definitions: Vec<_> = all.map(|(_, definition)| definition.span.clone()).collect();
    found.extend(definitions.into_iter().filter_map(|span| defined(text, span.start, span.end)));
    // A block comes line by line, a tag in it may go over several.
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for (event, range) in parser.by_ref() {
        match (event, blocks.last_mut()) {
            (Event::Html(_), Some(last)) if last.end == range.start => last.end = range.end,
            (Event::Html(_) | Event::InlineHtml(_), _) => blocks.push(range),
            _ => {}
        }
    }
    for block in blocks {
        let tags = text.get(block.clone()).unwrap_or_default();
        found.extend(attributes(tags, block.start));
    }
    found.sort_unstable();
    found
}

/// The target of a definition.
fn defined(text: &str, start: usize, end: usize) -> Option<TextRange> {
    let span = text.get(start..end)?;
    let behind = span.find("]:")? + 2;
    let rest = span.get(behind..)?;
    let skipped =
        rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '>').len();
    let rest = rest.get(skipped..)?;
    let (opening, len) = match rest.strip_prefix('<') {
        Some(inner) => (1, inner.find('>')?),
        None => (0, rest.find(char::is_whitespace).unwrap_or(rest.len())),
    };
    let from = start + behind + skipped + opening;
    (len > 0).then(|| TextRange::new(from, from + len))
}

/// The values of attributes that name a file, in HTML that begins at `start`.
fn attributes(html: &str, start: usize) -> Vec<TextRange> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = html[at..].find('<').map(|open| at + open) {
        if html[open..].starts_with("<!--") {
            at = html[open..].find("-->").map_or(html.len(), |len| open + len);
            continue;
        }
        let close = html[open..].find('>').map_or(html.len(), |len| open + len);
        let tag = &html[open..close];
        for name in ATTRIBUTES {
            found.extend(tag.match_indices(name).filter_map(|(place, _)| {
                let is_own = tag[..place].ends_with(char::is_whitespace);
                let rest = tag[place + name.len()..].trim_start().strip_prefix('=')?.trim_start();
                let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'') && is_own)?;
                let value = &rest[1..];
                let from = start + close - value.len();
                let len = value.find(quote)?;
                (len > 0).then(|| TextRange::new(from, from + len))
            }));
        }
        at = close;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::named_targets;

    #[test]
    fn definitions_and_tags_name_files_and_code_and_comments_do_not() {
        let text = "\
See [a], [b] and `<a href=\"no.md\">`, \\<a href=\"no.md\">.

[a]: one.md \"title\"
[b]: <two words.md>
[^1]: a remark

    [c]: no.md

```
[d]: no.md
<img src=\"no.md\">
```

<!-- [e]: no.md <a href=\"no.md\"> -->
<p><a class='x' href='three.md'>three</a>
<img data-src=\"no.md\"
  src=\"four.png\"></p>

Some <a href=\"five.md\">five</a> here.

> [f]: six.md
";
        let found: Vec<&str> = named_targets(text).iter().map(|range| range.of(text)).collect();
        assert_eq!(found, ["one.md", "two words.md", "three.md", "four.png", "five.md", "six.md"]);
    }
}
