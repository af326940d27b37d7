//! What may be printed of texts that somebody else wrote: nothing that steers a terminal or a log of
//! CI, nothing that hides, nothing that turns the direction of writing.
//!
//! A character that may not be printed is replaced by one that can be seen, so that columns stay.

use std::borrow::Cow;

/// Text of a file as it may stand in lines of our own; its line breaks stay.
pub(in crate::cli) fn lines(text: &str) -> Cow<'_, str> {
    replaced(text, |c| matches!(c, '\n' | '\t'))
}

/// Text of a file made fit for one line.
pub(in crate::cli) fn one_line(text: &str) -> Cow<'_, str> {
    match text.contains(['\n', '\r', '\t']) {
        true => replaced(&text.replace(['\n', '\r', '\t'], " "), |_| false).into_owned().into(),
        false => replaced(text, |_| false),
    }
}

/// What goes out to a stream: colours of our own stay, and nothing else that is not to be seen.
pub(super) fn painted(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return lines(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        let colour = colour(&rest[at..]);
        let (before, behind) = rest.split_at(if colour == 0 { at + 1 } else { at });
        out.push_str(&lines(before));
        out.push_str(&behind[..colour]);
        rest = &behind[colour..];
    }
    out.push_str(&lines(rest));
    Cow::Owned(out)
}

/// JSON with every character written as an escape that would not be seen. The value stays the same:
/// such a character stands in strings only.
pub(super) fn json(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || !is_unseen(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !is_unseen(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    Cow::Owned(out)
}

/// Lines of which none is a command to a log of CI: GitHub obeys what begins with `::`, and others
/// what has `##` before a name or a bracket.
pub(super) fn obeyed_by_nobody(text: &str, at_start: bool) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (line, starts) in
        text.split_inclusive('\n').zip(std::iter::once(at_start).chain(std::iter::repeat(true)))
    {
        let mut word = line.trim_start();
        while let n @ 1.. = colour(word) {
            word = word[n..].trim_start();
        }
        let (indent, word) = line.split_at(line.len() - word.len());
        out.push_str(indent);
        // A third colon is no part of a name: it stands before the places that explain a finding.
        let is_command = |rest: &&str| starts && !rest.starts_with(": ");
        match word.strip_prefix("::").filter(is_command) {
            Some(rest) => out.push_str(&format!(": :{}", rest.replace("##", "# #"))),
            None => out.push_str(
                &word.replace("##[", "# #[").replace("##v", "# #v").replace("##t", "# #t"),
            ),
        }
    }
    Cow::Owned(out)
}

fn replaced(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control() && !stays(byte.into())) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_seen = stays(c) || (c == '\r' && next == Some('\n') && stays('\n'));
        let is_seen = is_seen || !is_unseen(c) || joins(before, c, next);
        out.push(if is_seen { c } else { picture(c) });
        before = Some(c);
    }
    Cow::Owned(out)
}

/// How many bytes of a text that begins with an escape are a colour as this program writes it.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let Some(end) = rest.find('m') else { return 0 };
    let is_own = |number: &str| {
        matches!(number.parse::<u8>(), Ok(0..=4 | 22..=24 | 30..=39 | 90..=97)) || number.is_empty()
    };
    if rest[..end].split(';').all(is_own) { end + 3 } else { 0 }
}

/// Whether a character steers, hides, or is not to be seen.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, joiners, fillers, and spaces without width.
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            // What turns the direction of writing.
            | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Breaks of lines that not everybody knows.
            | '\u{2028}' | '\u{2029}'
            // Annotations, shapes of the character before, tags, and what is no character.
            | '\u{fff0}'..='\u{fffb}' | '\u{fe00}'..='\u{fe0f}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character that cannot be seen by itself has to do with those beside it, as languages and
/// emoji use it.
fn joins(before: Option<char>, c: char, next: Option<char>) -> bool {
    let is_word = |c: char| !c.is_ascii() && !c.is_control() && !c.is_whitespace();
    let shows = |c: char| is_word(c) && (!is_unseen(c) || ('\u{fe00}'..='\u{fe0f}').contains(&c));
    match c {
        '\u{200c}' | '\u{200d}' => {
            before.is_some_and(shows) && next.is_some_and(|c| is_word(c) && !is_unseen(c))
        }
        '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(|c| {
            (is_word(c) && !is_unseen(c)) || c.is_ascii_digit() || matches!(c, '#' | '*')
        }),
        _ => false,
    }
}

/// What stands for a character that is not printed.
fn picture(c: char) -> char {
    match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown_one_for_one() {
        assert_eq!(
            lines("a\u{1b}[2J\u{7f}\u{9b}b\u{202e}c\u{200b}\n\td\r\n"),
            "a␛[2J␡�b�c�\n\td\r\n"
        );
        assert_eq!(one_line("a\r\nb\tc\u{2028}d"), "a  b c�d");
        assert_eq!(lines("ab\u{200d}c\u{fe0f}"), "ab�c�");
    }

    #[test]
    fn colours_of_our_own_pass_and_no_other_escape() {
        assert_eq!(painted("\u{1b}[1m\u{1b}[31mred\u{1b}[0m"), "\u{1b}[1m\u{1b}[31mred\u{1b}[0m");
        assert_eq!(painted("\u{1b}[8mhidden\u{1b}[41;5m\u{1b}[2J\u{1b}"), "␛[8mhidden␛[41;5m␛[2J␛");
    }

    #[test]
    fn joined_letters_and_emoji_stay() {
        for text in [
            "👩\u{200d}💻",
            "⚠\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "🏳\u{fe0f}\u{200d}🌈",
        ] {
            assert_eq!(lines(text), text);
        }
    }

    #[test]
    fn json_says_the_same_by_escapes() {
        let value = "a\u{1b}\u{7f}\u{85}\u{202e}\u{e0041}\u{feff}é";
        let raw = serde_json::to_string(value).expect("a string");
        let escaped = json(&raw);
        assert_eq!(escaped, "\"a\\u001b\\u007f\\u0085\\u202e\\udb40\\udc41\\ufeffé\"");
        assert_eq!(serde_json::from_str::<String>(&escaped).expect("a string"), value);
    }

    #[test]
    fn no_line_commands_a_log_of_ci() {
        assert_eq!(obeyed_by_nobody("a ::b\n  ::error::c\n", false), "a ::b\n  : :error::c\n");
        assert_eq!(obeyed_by_nobody("::a ##[x]", false), "::a # #[x]");
        assert_eq!(obeyed_by_nobody("### 7. ## title", true), "### 7. ## title");
        assert_eq!(obeyed_by_nobody("::a", true), ": :a");
        assert_eq!(obeyed_by_nobody("  ::: a.md:1:2\n", true), "  ::: a.md:1:2\n");
    }
}
