//! A limit to nesting. pulldown-cmark tries every open list and quote on every line, so without one
//! its time would grow with depth times lines.

use super::source::list_marker;
use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// List and quote markers further from the start of their line than this are not read. No line
/// written by hand has any there.
const MAX_PREFIX: usize = 256;

/// `text` with the markers blanked out that would nest too deeply, and where they were; nothing if
/// there are none. No offset changes.
pub(super) fn limit(text: &str, body: usize) -> Option<(String, Vec<SyntaxError>)> {
    let mut problems = Vec::new();
    let mut start = body;
    // Only where no line ends for so long is there a line to look at.
    while let Some(near) = text.as_bytes().get(start..start + MAX_PREFIX) {
        if let Some(end) = near.iter().rposition(|byte| *byte == b'\n') {
            start += end + 1;
            continue;
        }
        let Some(line) = text.get(start..)?.split_inclusive('\n').next() else { break };
        if let Some((from, to)) = deep_markers(line) {
            problems.push(SyntaxError {
                range: TextRange::new(start + from, start + to),
                message: "lists and quotes nested this deep are not read".to_owned(),
            });
        }
        start += line.len();
    }
    if problems.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for problem in &problems {
        bytes.get_mut(problem.range.bytes())?.fill(b' ');
    }
    Some((String::from_utf8(bytes).ok()?, problems))
}

/// From the first to the last marker that stands too far from the start of `line`.
fn deep_markers(line: &str) -> Option<(usize, usize)> {
    let mut from = None;
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let at = line.len() - rest.len();
        let len = if rest.starts_with('>') { 1 } else { list_marker(rest).map_or(0, |it| it.1) };
        if len == 0 {
            return from;
        }
        if at >= MAX_PREFIX {
            from = Some((from.map_or(at, |(from, _)| from), at + len));
        }
        rest = rest.get(len..)?;
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::markdown::Markdown;

    #[test]
    fn markers_far_to_the_right_are_reported_and_the_words_behind_them_kept() {
        let text = format!("{}{}words\n", "- ".repeat(200), "> ".repeat(9));
        let markdown = Markdown::parse(&text);
        assert_eq!(markdown.items.len(), 128);
        let words: Vec<&str> = markdown.lines.iter().map(|line| line.range.of(&text)).collect();
        assert_eq!(words, ["words"]);
        let problem = markdown.problems.first().map(|it| it.range.bytes());
        assert_eq!(problem, Some(256..417));
    }
}
