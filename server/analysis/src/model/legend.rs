//! The marks of boxes that a file explains itself, `- `[d]` = deferred`, and its signs.

use crate::profile::reading::{is_sign, is_sign_part};
use crate::profile::vocabulary::{StatusIdx, Vocabulary};

/// How a heading says in a language of people that what marks mean stands below it.
pub(super) const LEGENDS: &[&str] =
    &["legend", "leyenda", "légende", "legenda", "凡例", "图例", "圖例", "범례", "легенда"];

/// What begins a line of a list, a quote or a table.
const BEGINS: [char; 10] = ['-', '*', '+', '>', '#', '|', '_', '`', ' ', '\t'];

/// The signs of which a text says below or behind the word for a legend what they mean, or right behind
/// them with a sign of equality; whatever the words are.
pub(crate) fn signs(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    let (mut is_below, mut has_some) = (false, false);
    for line in text.lines() {
        let words = line.trim_start_matches(BEGINS);
        let first = words.chars().next().filter(|first| is_sign(*first));
        let is_equated = || words.trim_start_matches(is_sign_part).trim_start().starts_with('=');
        if first.is_none() && is_headed(words) {
            let before = found.len();
            found.extend(words.chars().filter(|c| is_sign(*c)));
            (is_below, has_some) = (found.len() == before, false);
            continue;
        }
        let is_row = line.trim_start().starts_with('|');
        match first {
            Some(sign) if is_below || is_equated() => {
                found.push(sign);
                has_some = true;
            }
            Some(_) => {}
            None => is_below &= !has_some && (words.is_empty() || is_row),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether the first words of a line, or all of a short one, are those for a legend.
fn is_headed(words: &str) -> bool {
    let end = words.find([':', '：']).unwrap_or(words.len());
    let said = words[..end].trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_short = said.split_whitespace().count() < 4;
    is_short && LEGENDS.iter().any(|word| said.contains(word))
}

/// Whether a text says somewhere that a sign means another status, and nowhere that it means this one, as
/// legends do: `⏳ In progress`, `| ⏳ | In progress |`. What stands in the next cell of a row that is about something else is no
/// meaning of the sign.
pub(super) fn means_another(
    vocabulary: &Vocabulary,
    text: &str,
    sign: &str,
    status: StatusIdx,
) -> bool {
    let is_mark = |c: char| c.is_whitespace() || "*_`:=-–—→>|\u{fe0f}".contains(c);
    let meanings = text.match_indices(sign).filter_map(|(at, _)| {
        let line = text[at + sign.len()..].split(['\n', '\r']).next().unwrap_or_default();
        let words = line.trim_start_matches(is_mark);
        let is_beside = line[..line.len() - words.len()].contains('|');
        let before = text[..at].rsplit('\n').next().unwrap_or_default();
        if is_beside && !before.chars().all(is_mark) {
            return None;
        }
        let end = words.find(|c: char| "|,;/)(.*`·•".contains(c) || is_sign(c));
        let said = words[..end.unwrap_or(words.len())].trim_end();
        // Where several signs stand, they are explained.
        let line = before.len() + line.len();
        let whole = &text[at - before.len()..][..line + sign.len()];
        let is_legend = !whole.trim_start().starts_with('|') && n_signs(whole) > 1;
        vocabulary.lookup(said).map(|said| (said, is_legend))
    });
    let (mut is_other, mut is_it, mut is_denied) = (false, false, false);
    for (meaning, is_legend) in meanings {
        if is_legend {
            is_it |= meaning == status;
            is_denied |= meaning != status;
        }
        is_other |= meaning != status;
    }
    is_other && (is_denied || !is_it)
}

/// How many different signs stand in a line.
fn n_signs(line: &str) -> usize {
    let mut signs: Vec<char> = line.chars().filter(|c| is_sign(*c)).collect();
    signs.sort_unstable();
    signs.dedup();
    signs.len()
}

/// The marks of which a text says in words what they mean, outside of boxes. Nobody but its authors knows
/// in which status such a box is.
pub(super) fn explained(text: &str) -> Vec<char> {
    // Most texts name no mark: to look for one in all of a text is less work than in each of its lines.
    if !text.contains("`[") {
        return Vec::new();
    }
    let mut marks: Vec<char> = text.lines().flat_map(in_line).collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Whether a text names a mark where it may explain it.
pub(super) fn may_explain(text: &str) -> bool {
    named(text).next().is_some()
}

/// The marks that a text names as `` `[d]` ``, and where that begins and ends.
fn named(text: &str) -> impl Iterator<Item = (char, usize, usize)> {
    text.match_indices("`[").filter_map(|(at, _)| {
        let mut rest = text[at + 2..].chars();
        let mark = rest.next()?;
        let behind = rest.as_str().strip_prefix("]`")?;
        Some((mark, at, text.len() - behind.len()))
    })
}

/// What stands between a mark and what it means.
const BETWEEN: [char; 10] = ['=', ':', '→', '–', '—', '-', '>', ' ', '*', '_'];

/// What a text says that a mark means, up to the end of the line.
pub(crate) fn meaning(text: &str, mark: char) -> Option<&str> {
    let of_line = |line| {
        let own = in_line(line).any(|it| it == mark).then(|| named(line))?;
        own.filter(|(it, ..)| *it == mark).map(|(.., end)| &line[end..]).next()
    };
    text.lines().find_map(of_line).map(|behind| behind.trim_start().trim_start_matches(BETWEEN))
}

/// The marks that a line explains.
fn in_line(line: &str) -> impl Iterator<Item = char> {
    let says = |at: usize, end: usize| {
        let before = line[..at].trim_end();
        let behind = line[end..].trim_start();
        let meaning = behind.trim_start_matches(BETWEEN);
        let is_first = before.trim_start_matches(['-', '*', '+', '>', ' ', '\t']).is_empty();
        let is_next = before.ends_with([':', '·', ',', ';', '/', '|']);
        meaning.starts_with(char::is_alphabetic)
            && (meaning.len() < behind.len() || is_first || is_next)
    };
    named(line).filter(move |(_, at, end)| says(*at, *end)).map(|(mark, ..)| mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_explained_below_a_legend_or_by_a_sign_of_equality() {
        let legends = [
            "## Legend\n\n| ✅ | seen |\n| ❌ | missing |\n\n- 🚧 Draw",
            "| Legend | Meaning |\n|---|---|\n| ✅ | seen |\n| ❌ | missing |",
            "**Legend:** ✅ seen, ❌ missing\n- 🚧 Draw",
            "- ✅ = seen\n- 🚧 Draw\n- ❌ = missing",
        ];
        for text in legends {
            assert_eq!(signs(text), ['✅', '❌'], "{text}");
        }
        let others =
            ["- ✅ The legend of the map", "## Legends of the sea and of others\n- ✅ Draw"];
        for text in others {
            assert_eq!(signs(text), [], "{text}");
        }
    }

    #[test]
    fn a_mark_is_explained_where_words_follow_it() {
        let legends = [
            "- `[d]` = deferred (mobile)",
            "- `[d]` Deferred",
            "> `[d]`: deferred",
            "> - `[d]` — **deferred** until spring",
            "Legend: `[x]` done · `[d]` deferred",
            "Marks: `[d]` → deferred",
        ];
        let others =
            ["- [d] Log in", "Stories for phones = `[d]`.", "They write `[d]` there", "`[d]`"];
        for text in legends {
            assert!(may_explain(text) && explained(text).contains(&'d'), "{text}");
            assert!(!explained(text).contains(&'e'), "{text}");
        }
        for text in others {
            assert_eq!(explained(text), [], "{text}");
        }
        assert!(!may_explain("`[name]` and `[` and `[é"));
    }
}
