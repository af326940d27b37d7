//! What something is called: its title without the id that it says as well, and without what links name.

use std::borrow::Cow;

/// A title with the words of its links, and not where they lead: `[Log in](a.md) first`.
pub(crate) fn without_targets(title: &str) -> Cow<'_, str> {
    let mut rest = title;
    let mut out = String::new();
    while let Some(at) = rest.find("](") {
        let (before, behind) = (&rest[..at], &rest[at + 2..]);
        let opening = before.rfind('[').filter(|opening| !before[*opening..].contains(']'));
        let closing = behind.find(')').filter(|end| !behind[..*end].contains([' ', '(']));
        let (Some(opening), Some(closing)) = (opening, closing) else {
            out.push_str(&rest[..at + 2]);
            rest = behind;
            continue;
        };
        out.push_str(before[..opening].strip_suffix('!').unwrap_or(&before[..opening]));
        out.push_str(&before[opening + 1..]);
        rest = &behind[closing + 1..];
    }
    if out.is_empty() && rest.len() == title.len() {
        return Cow::Borrowed(title);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A title without the attributes in code that stand behind its bold words: `**Log in** `risk:low``.
pub(crate) fn without_attributes(title: &str) -> &str {
    let mut rest = title.trim_end();
    while let Some(before) = rest.strip_suffix('`')
        && let Some((words, code)) = before.rsplit_once('`')
        && let Some((name, _)) = code.split_once(':')
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    {
        rest = words.trim_end();
    }
    if rest.ends_with("**") { rest } else { title }
}

/// The words of a title behind the id that it begins with: `Log in` of `PM-05.7: Log in`, where the id is
/// `pm-05-7`. `None` where it begins with no id, or where the id may be words of the title.
pub(crate) fn behind_id<'t>(title: &'t str, id: &str) -> Option<&'t str> {
    if !id.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let is_told = |c: &char| c.is_alphanumeric();
    let mut left = id.chars().filter(is_told).flat_map(char::to_lowercase).peekable();
    let mut rest = title;
    while left.peek().is_some() {
        let letter = rest.chars().next()?;
        if is_told(&letter) && !letter.to_lowercase().all(|own| left.next() == Some(own)) {
            return None;
        }
        if !is_told(&letter) && !letter.is_ascii_punctuation() {
            return None;
        }
        rest = &rest[letter.len_utf8()..];
    }
    let rest = rest.trim_start_matches(['\\', ']', ')', '`']);
    let words = rest.trim_start();
    let is_apart = |c: char| matches!(c, ':' | '.' | '-' | '–' | '—');
    let behind = words.strip_prefix(is_apart)?;
    // A point or a dash within a word, or between two figures, ends no id.
    let words = behind.trim_start();
    let is_own = behind.starts_with(char::is_whitespace) && !words.is_empty();
    (is_own && !words.starts_with(|c: char| c.is_ascii_digit())).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{behind_id, without_attributes, without_targets};

    #[test]
    fn attributes_in_code_behind_a_title_are_none_of_its_words() {
        for (title, told) in [
            ("Log in** `risk:low` `depends:[S01]`", "Log in**"),
            ("Log in** `est:30m` ", "Log in**"),
            ("Log in `node:fs`", "Log in `node:fs`"),
            ("Rename `a` to `b:c` in code", "Rename `a` to `b:c` in code"),
            ("Call `log::info`", "Call `log::info`"),
            ("`risk:low`", "`risk:low`"),
        ] {
            assert_eq!(without_attributes(title), told, "{title}");
        }
    }

    #[test]
    fn a_title_is_told_without_where_its_links_lead() {
        for (title, told) in [
            ("[T1](a/b.md) Log in", "T1 Log in"),
            ("Log in, as [here](a.md) and [there](b.md#c)", "Log in, as here and there"),
            ("![shape](a.png) Log in", "shape Log in"),
            ("[ ](x) f[i](j k) [l]( m", "  f[i](j k) [l]( m"),
            ("Log in [x]", "Log in [x]"),
        ] {
            assert_eq!(without_targets(title), told);
        }
    }

    #[test]
    fn a_title_is_told_without_the_id_before_it() {
        let called = |title: &'static str| behind_id(title, "pm-05-7");
        for title in [
            "PM-05.7: Log in",
            "[PM_05_7] – Log in",
            r"\[PM_05_7\] – Log in",
            r"\[PM_05_7] – Log in",
            "`PM-05.7` - Log in",
            "PM-05-7. Log in",
            "pm057 - Log in",
        ] {
            assert_eq!(called(title), Some("Log in"), "{title}");
        }
        for title in
            ["PM-05.70: Log in", "PM-05.7", "PM-05.7:", "PM-05.7 Log in", "Log in: PM-05.7"]
        {
            assert_eq!(called(title), None, "{title}");
        }
        assert_eq!(behind_id("Log in: with a key", "log-in"), None);
        assert_eq!(behind_id("2 - 5 tries", "2"), None);
        assert_eq!(behind_id("2.5 is out", "2"), None);
    }
}
