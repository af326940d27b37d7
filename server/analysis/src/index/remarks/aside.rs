//! What the text of a box says beside the work itself: in brackets at its end, or behind a dash.

const DASHES: [&str; 6] = [" - ", " -- ", " – ", " — ", "——", " ― "];

/// The brackets that an aside may stand in.
const BRACKETS: [(char, char); 2] = [('(', ')'), ('（', '）')];

/// A word of so many letters may tell something.
const TELLING: usize = 3;

/// What the words of a box end in: `Log in (mail is left)`, `Log in — mail is left`. The target of a link, a
/// reference such as `(AC: #2)`, a figure such as `(2 hours)` and a title behind a number say nothing of
/// how far the work is.
pub(super) fn of(line: &str) -> Option<&str> {
    let line = trimmed(line);
    told(in_brackets(line).or_else(|| behind_dash(line))?)
}

/// As [`of`], in brackets alone: behind a dash, what is still to be done is described.
pub(super) fn of_open(line: &str) -> Option<&str> {
    told(in_brackets(trimmed(line))?)
}

fn trimmed(line: &str) -> &str {
    line.trim_end_matches([' ', '\r', '*', '_', '.', '。'])
}

fn told(aside: &str) -> Option<&str> {
    let aside = aside.trim_matches(|c: char| c.is_whitespace() || "*_`".contains(c));
    tells(aside).then_some(aside)
}

fn in_brackets(line: &str) -> Option<&str> {
    let (open, close) = BRACKETS.into_iter().find(|(_, close)| line.ends_with(*close))?;
    let inner = &line[..line.len() - close.len_utf8()];
    let mut depth = 0;
    let opens = |(_, c): &(usize, char)| {
        match *c {
            c if c == close => depth += 1,
            c if c == open && depth == 0 => return true,
            c if c == open => depth -= 1,
            _ => {}
        }
        false
    };
    let (at, _) = inner.char_indices().rev().find(opens)?;
    (!inner[..at].ends_with(']')).then(|| &inner[at + open.len_utf8()..])
}

/// What stands behind the last dash, unless what stands before the first is the number of a title.
fn behind_dash(line: &str) -> Option<&str> {
    let first = DASHES.iter().filter_map(|dash| line.find(dash)).min()?;
    let (at, dash) = DASHES.iter().filter_map(|dash| Some((line.rfind(dash)?, dash))).max()?;
    let title = line[..first].trim_end_matches([' ', '*', '_', ':', '.']);
    let is_number = title.ends_with(|c: char| c.is_ascii_digit());
    (!is_number && title.contains(char::is_alphabetic)).then(|| &line[at + dash.len()..])
}

/// Whether words tell something by themselves: at least one, that counts or names no figure beside it.
fn tells(aside: &str) -> bool {
    let parts: Vec<&str> = aside
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '\\' | '_' | '.'))
        .filter(|part| !part.is_empty())
        .collect();
    let is_figure = |at: Option<usize>| {
        let part = at.and_then(|at| parts.get(at));
        part.is_some_and(|part| part.contains(|c: char| c.is_ascii_digit()))
    };
    parts.iter().enumerate().any(|(at, part)| {
        let word = part.trim_end_matches('.');
        let is_word = word.chars().all(char::is_alphabetic)
            && (word.len() >= TELLING || !word.is_ascii())
            || part.contains(|c: char| c.is_alphabetic() && !c.is_ascii());
        is_word && !is_figure(at.checked_sub(1)) && !is_figure(Some(at + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn an_aside_stands_in_brackets_or_behind_a_dash() {
        for (line, expected) in [
            ("] Log in (mail is left)", Some("mail is left")),
            ("] Log in *(mail is left)*.", Some("mail is left")),
            ("] Log in (mail (and print) is left)", Some("mail (and print) is left")),
            (
                "] 4. Slice 3 — 名（name）・号（表示 完了・配線は later）",
                Some("表示 完了・配線は later"),
            ),
            ("] 登录——缺邮件", Some("缺邮件")),
            ("] Log in — reste le courrier", Some("reste le courrier")),
            ("] Log in - by hand - ohne Mail", Some("ohne Mail")),
            ("] Log in", None),
            ("] Log in (mail) twice", None),
            ("] Log-in of ann-b", None),
            ("] [Log in](docs/log/in.md)", None),
            ("] Log in (docs/log/in.md)", None),
            ("] Log in (AC: #1, #2)", None),
            ("] Log in (Req 2.3)", None),
            ("] Log in (2 hours)", None),
            ("] Log in (P)", None),
            ("] Phase 1 - Log in", None),
            ("] 1. - Log in", None),
            ("] **1.2** — Log in", None),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
    }
}
