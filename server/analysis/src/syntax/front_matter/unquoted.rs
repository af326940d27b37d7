//! Values that YAML asks to be put in quotes, in a text that is YAML but for them:
//! `folder: {project-root}/docs`. What such a line means is certain, and so is all the rest.

use super::{FrontMatter, key_len, lines, read_events, without_note};
use crate::syntax::SyntaxError;
use crate::text::TextRange;

/// More of them are no slip.
const MOST: usize = 8;

/// The text with other letters in place of such values, as long as they are, and where they stand; the
/// text as it is where it is no YAML then either.
pub(super) fn filled_in(text: &str, start: usize) -> (Option<String>, Vec<SyntaxError>) {
    let mut filled: Option<String> = None;
    let mut unquoted = Vec::new();
    loop {
        let yaml = filled.as_deref().unwrap_or(text).get(start..).unwrap_or_default();
        let Some((offset, _)) = read_events(yaml, start, &mut FrontMatter::default()) else {
            return (filled, unquoted);
        };
        let Some(value) = value_at(yaml, start, offset).filter(|_| unquoted.len() < MOST) else {
            return (None, Vec::new());
        };
        let message = format!(
            "`{}` must stand in quotes: other programs cannot read this file",
            value.of(text)
        );
        unquoted.push(SyntaxError { range: value, message });
        let mut next = filled.unwrap_or_else(|| text.to_owned());
        next.replace_range(value.bytes(), &"x".repeat(value.len()));
        filled = Some(next);
    }
}

/// The value of the line at an offset, if it is one that needs quotes.
fn value_at(yaml: &str, base: usize, offset: usize) -> Option<TextRange> {
    let line = lines(yaml, base).take_while(|line| line.start <= offset).last()?;
    let indented = line.text.trim_start();
    let content = indented.strip_prefix("- ").unwrap_or(indented).trim();
    let key = key_len(content)?;
    let rest = content.get(key..)?.trim_start().strip_prefix(':')?.trim_start();
    let value = without_note(rest);
    let at = line.text.rfind(rest).filter(|_| needs_quotes(value))?;
    Some(TextRange::new(line.start + at, line.start + at + value.len()))
}

/// What is wrong with a line of front matter, for a person to read.
pub(super) fn legible(line: &str, message: String) -> String {
    let content = line.strip_prefix("- ").unwrap_or(line).trim();
    let key = key_len(content).and_then(|len| content.split_at_checked(len));
    let value =
        key.and_then(|(key, rest)| Some((key, rest.trim_start().strip_prefix(':')?.trim())));
    match value.filter(|(_, value)| needs_quotes(without_note(value))) {
        Some((key, _)) => {
            format!("the value of `{key}` must stand in quotes: other programs cannot read this")
        }
        None => match message.strip_prefix("unexpected character: `") {
            Some(rest) => format!("unexpected character {}", rest.trim_end_matches('\'')),
            None => message,
        },
    }
}

/// Whether a value is a text that only lacks its quotes. A bracket that is open still, or words in quotes,
/// may be half of something else.
fn needs_quotes(value: &str) -> bool {
    let goes_on =
        |close: char| value.find(close).is_some_and(|at| !value[at + 1..].trim().is_empty());
    let is_text = match value.chars().next() {
        Some('{') => goes_on('}'),
        Some('[') => goes_on(']'),
        Some('@' | '`' | '%') => true,
        Some('"' | '\'' | '|' | '>' | '&' | '*' | '!') | None => false,
        Some(_) => value.contains(": "),
    };
    is_text && !value.contains(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::super::read_whole;

    /// What is read of a text, and how much of it needs quotes and is no YAML.
    fn read(text: &str) -> (Vec<String>, usize, usize) {
        let whole = read_whole(text);
        let entry = |it: &super::super::FrontEntry| format!("{}={}", it.path.join("."), it.text);
        (whole.entries.iter().map(entry).collect(), whole.unquoted.len(), whole.problems.len())
    }

    #[test]
    fn a_value_that_lacks_its_quotes_is_read_as_it_stands() {
        let (entries, unquoted, problems) =
            read("\u{FEFF}a: {root}/é # so\nb:\n  c: [x] y\n  d: one: two\n  e: @f\ng: 1\n");
        let all = ["a={root}/é", "b.c=[x] y", "b.d=one: two", "b.e=@f", "g=1"];
        assert_eq!((&entries[..], unquoted, problems), (&all.map(str::to_owned)[..], 4, 0));
    }

    #[test]
    fn what_is_wrong_is_told_in_words() {
        let told = |line: &str, message: &str| super::legible(line, message.to_owned());
        let quotes = "the value of `why` must stand in quotes: other programs cannot read this";
        assert_eq!(told("why: `a` is first", "unexpected character: ``'"), quotes);
        assert_eq!(told("- why: one: two # so", "mapping values"), quotes);
        assert_eq!(told("`a` is first", "unexpected character: ``'"), "unexpected character `");
        assert_eq!(told("why: [a", "expected ',' or ']'"), "expected ',' or ']'");
    }

    #[test]
    fn what_is_no_yaml_then_either_is_a_fault() {
        for text in [
            "a: {root}/x\nb: {open\nc: 1\n",
            "a: {open\nb: 1\n",
            "a: [open, \"x\n",
            "a: [x] \"y\n",
            "a: 1\n  b: 2\n",
            "a: \"x\" y\nb: 1\n",
            "a: {b: 1}\nc: [1, 2]\nd: &e f: g\nh\n",
        ] {
            let (_, unquoted, problems) = read(text);
            assert!(unquoted == 0 && problems > 0, "{text}");
        }
        assert_eq!(read("a: {b: 1}\nc: [1]\n").1, 0);
    }
}
