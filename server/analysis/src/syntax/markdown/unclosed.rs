//! Fences, comments and raw HTML that are opened and never closed. CommonMark lets them swallow the
//! rest of the document; here the opening is blanked out, so that no offset changes, and the text
//! is read once more.

use super::Comment;
use super::source::{Fence, LineSource};
use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// What is said of what is never closed.
const NEVER_CLOSED: &str = "is never closed; what follows is read as text";

/// What is said of a fence that is one too many.
const STRAY: &str =
    "this code fence closes nothing, and the next one opens another; it is passed over";

/// How many bytes of `behind`, which follows a problem, may be something else than they are read as: of a
/// fence that is one too many those up to the next one, which opens a block whatever was meant before.
pub(crate) fn doubtful(problem: &SyntaxError, behind: &str) -> usize {
    let mut source = LineSource::new(behind, 0);
    let mut at = 0;
    while problem.message == STRAY && at < behind.len() {
        let line = source.line(at);
        let content = source.get(line.start, line.end).trim_start_matches([' ', '\t', '>']);
        if Fence::read(content).is_some() {
            return line.start;
        }
        at = line.next.max(at + 1);
    }
    behind.len()
}

/// The first of these problems that is that something is never closed: what stands behind it may be meant
/// as text or as a part of that.
pub(crate) fn first_unclosed(problems: &[SyntaxError]) -> Option<&SyntaxError> {
    let unclosed = problems.iter().filter(|it| it.message.ends_with(NEVER_CLOSED));
    unclosed.min_by_key(|it| it.range.start)
}

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenerKind {
    Fence,
    Comment,
    Html,
}

/// Something opened and not closed before the end of what it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opener {
    pub(super) kind: OpenerKind,
    pub(super) at: usize,
    /// End of the line it stands on.
    pub(super) line_end: usize,
    /// End of what it swallows.
    pub(super) end: usize,
}

/// What was mended in the readings so far.
#[derive(Debug, Default)]
pub(super) struct Mended {
    pub(super) problems: Vec<SyntaxError>,
    pub(super) comments: Vec<Comment>,
    readings: usize,
}

/// Blanking one opener can bare another that it had swallowed. Most of those at the top of the document
/// are foreseen; a few more readings do for those in lists and quotes, and a limit keeps
/// the time in step with the length.
const MAX_READINGS: usize = 8;

impl Mended {
    /// The text to read instead of `text`, or nothing if the reading stands.
    pub(super) fn mend(&mut self, text: &str, openers: &[Opener]) -> Option<String> {
        self.readings += 1;
        if openers.is_empty() {
            return None;
        }
        if self.readings == MAX_READINGS {
            openers.iter().for_each(|it| self.report(it.kind, it.at, it.line_end));
            return None;
        }
        let mut bytes = text.as_bytes().to_vec();
        for opener in openers {
            if opener.kind == OpenerKind::Comment
                && let Some(comment) = closed_elsewhere(text, opener.at)
            {
                blank(&mut bytes, comment.range.start as usize, comment.range.end as usize);
                self.comments.push(comment);
                continue;
            }
            self.report(opener.kind, opener.at, opener.line_end);
            blank(&mut bytes, opener.at, opener.line_end);
            match opener.kind {
                OpenerKind::Fence => self.reopen(text, &mut bytes, opener),
                OpenerKind::Comment => self.reopen_comments(text, &mut bytes, opener),
                OpenerKind::Html => {}
            }
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Blanks out the fences between the lines `opener` had swallowed that nothing closes either.
    fn reopen(&mut self, text: &str, bytes: &mut [u8], opener: &Opener) {
        let mut source = LineSource::new(text, 0);
        let mut fences = Vec::new();
        let mut at = source.line(opener.at).next;
        while at < opener.end {
            let line = source.line(at);
            let content = source.get(line.start, line.end).trim_start_matches([' ', '\t', '>']);
            if let Some(fence) = Fence::read(content) {
                fences.push((fence, line.end - content.len(), line.end));
            }
            at = line.next;
        }
        // How long a closing fence stands after each, for either character.
        let mut longest = [0usize; 2];
        let mut closers = vec![0usize; fences.len()];
        for (closer, (fence, ..)) in closers.iter_mut().zip(&fences).rev() {
            let kind = &mut longest[usize::from(fence.char == b'~')];
            *closer = *kind;
            if fence.bare {
                *kind = fence.len.max(*kind);
            }
        }
        let mut open: Option<Fence> = None;
        for ((fence, start, end), closer) in fences.into_iter().zip(closers) {
            match open {
                Some(opened) if fence.closes(opened) => open = None,
                Some(_) => {}
                None if closer >= fence.len => open = Some(fence),
                None => {
                    self.report(OpenerKind::Fence, start, end);
                    blank(bytes, start, end);
                }
            }
        }
    }

    /// Blanks out what begins a line, and a comment without an end, in what `opener` had swallowed.
    fn reopen_comments(&mut self, text: &str, bytes: &mut [u8], opener: &Opener) {
        let mut source = LineSource::new(text, 0);
        let swallowed = source.get(opener.line_end, opener.end);
        for (at, _) in swallowed.match_indices("<!--") {
            let at = opener.line_end + at;
            let line = source.line(at);
            let before = source.get(line.start, at);
            let begins = before.trim_start_matches([' ', '\t', '>']).is_empty();
            if begins && closed_elsewhere(text, at).is_none() {
                self.report(OpenerKind::Comment, at, line.end);
                blank(bytes, at, line.end);
            }
        }
    }

    fn report(&mut self, kind: OpenerKind, start: usize, end: usize) {
        let what = match kind {
            OpenerKind::Fence => "code fence",
            OpenerKind::Comment => "comment",
            OpenerKind::Html => "HTML block",
        };
        self.problems.push(SyntaxError {
            range: TextRange::new(start, end),
            message: format!("this {what} {NEVER_CLOSED}"),
        });
    }
}

/// The comment that begins at `at`, if its end stands outside of the block CommonMark gives it and
/// before the next comment: it hides everything up to there from readers all the same.
fn closed_elsewhere(text: &str, at: usize) -> Option<Comment> {
    let inside = text.get(at + 4..)?;
    let before_next = inside.get(..inside.find("<!--").unwrap_or(inside.len()))?;
    let len = before_next.find("-->")?;
    Some(comment(text, at, at + 4 + len + 3))
}

/// The comment at `start..end`, delimiters included.
pub(super) fn comment(text: &str, start: usize, end: usize) -> Comment {
    // `<!-->` and `<!--->` are whole comments.
    let inside = text.get(start + 4..end.saturating_sub(3)).unwrap_or("");
    let from = start + 4 + (inside.len() - inside.trim_start().len());
    let from = from.min(end);
    let body = TextRange::new(from, from + inside.trim().len());
    Comment { range: TextRange::new(start, end), body }
}

/// The text from `body` on without fences that open a block where one was meant to be closed: a
/// fence without a language whose next fence names one. CommonMark takes all that follows for code
/// and all code for text, up to the next such slip.
pub(super) fn without_stray_fences(text: &str, body: usize) -> Option<(String, Vec<SyntaxError>)> {
    let has = |fence: &[u8]| memchr::memmem::find(text.as_bytes(), fence).is_some();
    if !has(b"```") && !has(b"~~~") {
        return None;
    }
    let mut source = LineSource::new(text, body);
    let mut fences = Vec::new();
    let mut at = body;
    while at < text.len() {
        let line = source.line(at);
        let content = source.get(line.start, line.end).trim_start_matches([' ', '\t', '>']);
        if let Some(fence) = Fence::read(content) {
            let start = line.end - content.len();
            fences.push((fence, start, line.end, start - line.start));
        }
        at = line.next.max(at + 1);
    }
    let mut open: Option<(Fence, usize)> = None;
    let mut bytes: Option<Vec<u8>> = None;
    let mut problems = Vec::new();
    for (idx, (fence, start, end, indent)) in fences.iter().enumerate() {
        if let Some((opened, outer)) = open {
            // What is indented further by four columns is code, whatever it looks like.
            let closes = fence.closes(opened) && *indent < outer + 4;
            open = if closes { None } else { Some((opened, outer)) };
            continue;
        }
        let next = fences[idx + 1..].iter().filter(|(.., deep)| *deep < indent + 4);
        let mut alike = next
            .map(|(next, ..)| next)
            .filter(|next| next.char == fence.char && next.len >= fence.len);
        if !fence.bare || alike.next().is_none_or(|next| next.bare) {
            open = Some((*fence, *indent));
            continue;
        }
        blank(bytes.get_or_insert_with(|| text.as_bytes().to_vec()), *start, *end);
        problems
            .push(SyntaxError { range: TextRange::new(*start, *end), message: STRAY.to_owned() });
    }
    bytes.map(|bytes| (String::from_utf8_lossy(&bytes).into_owned(), problems))
}

fn blank(bytes: &mut [u8], start: usize, end: usize) {
    for byte in bytes.get_mut(start..end).unwrap_or_default() {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::markdown::Markdown;

    #[test]
    fn a_fence_that_closes_twice_does_not_swallow_what_follows() {
        let text = "```rs\na\n```\n```\n\n# One\n\n```rs\nb\n```\n\n# Two\n";
        let markdown = Markdown::parse(text);
        let titles: Vec<&str> = markdown.headings.iter().map(|h| h.text.of(text)).collect();
        assert_eq!(titles, ["One", "Two"]);
        assert_eq!(markdown.problems.len(), 1, "{:?}", markdown.problems);
        assert_eq!(markdown.problems[0].range.of(text), "```");
    }

    #[test]
    fn a_fence_deep_in_a_block_is_code() {
        let text = "1. a\n   ```xml\n   b\n       ```json\n       ```\n   c\n   ```\n\n2. d\n   ```xml\n   e\n   ```\n";
        let markdown = Markdown::parse(text);
        assert!(markdown.problems.is_empty(), "{:?}", markdown.problems);
        let items: Vec<&str> = markdown.items.iter().map(|item| item.text.of(text)).collect();
        assert_eq!(items, ["a", "d"]);
    }

    #[test]
    fn a_block_without_a_language_between_others_is_code() {
        let text =
            "```rs\na\n```\n\n```\n# no\n```\n\n```rs\nb\n```\n\n````\n```rs\n# no\n```\n````\n";
        let markdown = Markdown::parse(text);
        assert!(markdown.headings.is_empty(), "{:?}", markdown.headings);
        assert!(markdown.problems.is_empty(), "{:?}", markdown.problems);
    }

    /// What is reported, and the text of every item.
    fn read(text: &str) -> (Vec<&str>, Vec<&str>) {
        let markdown = Markdown::parse(text);
        let problems = markdown.problems.iter().map(|it| it.range.of(text)).collect();
        (problems, markdown.items.iter().map(|it| it.text.of(text)).collect())
    }

    #[test]
    fn a_fence_without_an_end_does_not_swallow_the_rest() {
        assert_eq!(read("- a\n\n```rust\n- b\n# c\n"), (vec!["```rust"], vec!["a", "b"]));
        assert_eq!(read("~~~\n- a\n```\n- b\n```\n- c\n"), (vec!["~~~"], vec!["a", "c"]));
        assert_eq!(read("````\n```\n- a\n```\n- b\n"), (vec!["````"], vec!["b"]));
        assert_eq!(read("```x\n- a\n```y\n- b\n"), (vec!["```x", "```y"], vec!["a", "b"]));
        assert_eq!(read("```"), (vec!["```"], vec![]));
    }

    #[test]
    fn a_fence_that_ends_with_its_list_item_or_quote_has_no_end() {
        assert_eq!(read("- a\n  ```\n  - b\n- c\n"), (vec!["```"], vec!["a", "b", "c"]));
        assert_eq!(read("> ```\n> - b\n\n- c\n"), (vec!["```"], vec!["b", "c"]));
    }

    #[test]
    fn a_fence_with_an_end_is_left_alone() {
        for text in
            ["```\n- a\n```", "> ~~~\n> - a\n> ~~~~  \n", "- ```\n  - a\n  ```\n", "```\n```\n"]
        {
            assert_eq!(read(text).0, Vec::<&str>::new(), "{text}");
            assert_eq!(Markdown::parse(text).fences.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_comment_without_an_end_does_not_swallow_the_rest() {
        assert_eq!(read("<!-- a\n- b\n\n- c\n"), (vec!["<!-- a"], vec!["b", "c"]));
        assert_eq!(read("<!-- a\n- b\n\n<!-- c -->\n- d\n").1, ["d"]);
    }

    #[test]
    fn a_comment_may_reach_over_list_items_and_blank_lines_in_html() {
        assert_eq!(read("- a\n  <!--\n- b\n  -->\n- c\n"), (vec![], vec!["a", "c"]));
        assert_eq!(read("<div>\n<!--\n\n- b\n-->\n\n- c\n"), (vec![], vec!["c"]));
    }

    #[test]
    fn raw_html_without_an_end_does_not_swallow_the_rest() {
        assert_eq!(read("<pre>\n- a\n\n- b\n"), (vec!["<pre>"], vec!["a", "b"]));
    }
}
