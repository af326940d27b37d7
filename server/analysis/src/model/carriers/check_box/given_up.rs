//! Boxes whose text says itself that nobody means to tick them.

use super::dash::last_dash;
use crate::model::carriers::status_words;
use crate::profile::reading::{is_sign, is_sign_part};

/// What such a text begins with, or its last remark, besides words of other languages.
const WORDS: &[&str] = &["deferred", "not applicable", "not needed", "skipped"];

/// What only a text as a whole begins with: a remark may mean a part of the work.
const WORDS_IN_FRONT: &[&str] = &["n/a", "none", "optional"];

/// How words go on that are about the box, and not the beginning of what is to be done.
const GOING_ON: &[&str] = &[" to ", " until ", ", "];

/// The same of words of other languages.
const GOING_ON_ABROAD: &[&str] = &[
    ", ", " à ", " au ", " pour ", " auf ", " bis ", " a ", " al ", " para ", " hasta ", " até ",
    " на ", " до ", "到", "至",
];

/// How *none* goes on where nothing is to be done.
const NONE: &[&str] = &["none at this stage", "none for now", "none needed", "none required"];

/// How many bytes of a text that is struck out over several lines are looked at.
const LONGEST_STRUCK: usize = 1_000;

/// Whether the text of a box says itself that nobody means to tick it: `~~Print it~~ (by hand)`,
/// `**Deferred:** print it`, `Print it (deferred: no printer)`, `Print it - DEFERRED`, `None - words only`.
/// What may be part of the work, as `Show none (N/A)` and `~~Ink~~ Laser printer`, says nothing. `from_here` is the document from the beginning of the box's text on.
pub(super) fn is_given_up(text: &str, from_here: &str) -> bool {
    let own = in_front(text);
    is_struck(text)
        || is_struck(own)
        || is_struck_over_lines(text, from_here)
        || behind_word(own).is_some_and(is_label)
        || behind_any(own, WORDS_IN_FRONT).is_some_and(is_label)
        || behind_any(own, NONE)
            .is_some_and(|behind| behind.trim_end_matches(['.', '*', '_']).is_empty())
        || remark_at_end(text).is_some()
        || before_reason(text).is_some()
}

/// What the text of a box says of its being given up in words of their own, which are not true any more
/// of what is worked on: `deferred: no printer`.
pub(in crate::model::carriers) fn remark(text: &str) -> Option<&str> {
    let own = in_front(text);
    let label = behind_word(own).filter(|behind| is_label(behind));
    let label = label.and_then(|_| own.split([':', ')', ';', ' ', '：', '（']).next());
    label.or_else(|| remark_at_end(text)).or_else(|| before_reason(text))
}

fn remark_at_end(text: &str) -> Option<&str> {
    let is_own = |remark: &&str| is_about_the_box(remark);
    last_remark(text).filter(is_own).or_else(|| behind_dash(text).filter(is_own))
}

/// A text without its emphasis and its number.
fn in_front(text: &str) -> &str {
    behind_number(text.trim_start_matches(['*', '_', '(', ' ']))
}

/// The word of another language before the brackets that a text ends in: `Imprimer reporté (trop cher)`.
/// The English one tells of the work as well: `Draw deferred (by default)`.
fn before_reason(text: &str) -> Option<&str> {
    let remark = last_remark(text)?;
    let at = text.rfind(remark)?;
    let before = text[..at].trim_end_matches(['(', '（', '*', '_', ' ']);
    let word = before.rsplit([' ', '*', '_']).next()?;
    let is_word = status_words::put_off(word) == Some(word.len());
    (is_word && word.len() < before.len()).then_some(word)
}

fn is_about_the_box(remark: &str) -> bool {
    let remark = match behind_any(remark, &["deviation"]) {
        Some(behind) => behind.trim_start_matches([':', ' ']),
        None => remark,
    };
    // In a list beside something else, only what cries is no word of the work: `(AC-3, DEFERRED)`.
    let last = remark.rsplit_once(", ").map_or("", |(_, last)| last);
    let cries = WORDS.iter().any(|word| last == word.to_ascii_uppercase());
    cries
        || behind_word(remark).is_some_and(|behind| {
            let is_own = behind_any(remark, WORDS).is_some();
            let going_on = if is_own { GOING_ON } else { GOING_ON_ABROAD };
            let goes_on = going_on.iter().any(|it| behind.starts_with(it));
            is_label(behind) || (goes_on && !(remark.contains(", ") && is_list(remark)))
        })
}

/// A text without the number in front of it: `Task 6: Print it`, `6.3 Print it`.
fn behind_number(text: &str) -> &str {
    let number = behind_any(text, &["task"]).map_or(text, str::trim_start);
    let behind = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if behind.len() == number.len() {
        return text;
    }
    behind.trim_start_matches([':', ')', '*', '_', '(', ' '])
}

/// Whether words are single ones with commas between them, as `skipped, failed`.
fn is_list(words: &str) -> bool {
    words.split(", ").all(|word| !word.trim().contains(' '))
}

/// Whether what stands behind a word makes it a remark of its own.
fn is_label(behind: &str) -> bool {
    const MARKS: &[&str] = &[":", ")", ";", " (", " -", " –", " —", "：", "）", "；", "（"];
    let behind = behind.trim_end_matches('.');
    behind.is_empty() || MARKS.iter().any(|mark| behind.starts_with(mark))
}

/// Whether all of a text is struck out, but for a remark about that.
pub(in crate::model::carriers) fn is_struck(text: &str) -> bool {
    let behind = text.strip_prefix("~~").and_then(|struck| struck.split_once("~~"));
    behind.is_some_and(|(_, behind)| !behind.trim_start().starts_with(char::is_alphanumeric))
}

/// The same of a text that goes on in the lines below.
fn is_struck_over_lines(text: &str, from_here: &str) -> bool {
    if !text.starts_with("~~") || text[2..].contains("~~") {
        return false;
    }
    let mut end = from_here.len().min(LONGEST_STRUCK);
    while !from_here.is_char_boundary(end) {
        end -= 1;
    }
    let begins_anew = |line: &str| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with(['#', '-', '*', '+', '>', '`'])
    };
    let mut lines = from_here[..end].lines();
    let first = lines.next().unwrap_or_default();
    let below = lines.take_while(|line| !begins_anew(line));
    let whole = below.fold(first.to_owned(), |whole, line| whole + "\n" + line);
    is_struck(&whole)
}

/// What stands in the round brackets that a text ends in.
pub(super) fn last_remark(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(['*', '_', '.', ' ']).strip_suffix([')', '）'])?;
    text.rsplit_once(['(', '（']).map(|(_, remark)| remark.trim_start_matches(['*', '_', ' ']))
}

/// What stands behind the last dash of a text, without emphasis and brackets at its end.
fn behind_dash(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(['*', '_', '.', ' ']);
    let is_mark = |c: char| matches!(c, '*' | '_' | ' ') || is_sign(c) || is_sign_part(c);
    Some(text[last_dash(text)?.end..].trim_start_matches(is_mark))
}

/// What stands behind the word that says that nobody means to tick a box, where a text begins with one.
fn behind_word(text: &str) -> Option<&str> {
    let abroad = || Some(text[status_words::put_off(text)?..].trim_start_matches(['*', '_']));
    behind_any(text, WORDS).or_else(abroad)
}

/// What stands behind the one of `words` that a text begins with.
fn behind_any<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let behind = words.iter().find_map(|word| {
        let (head, behind) = text.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word).then_some(behind)
    })?;
    let is_whole = !behind.starts_with(char::is_alphanumeric);
    is_whole.then(|| behind.trim_start_matches(['*', '_']))
}

#[cfg(test)]
mod tests {
    use super::is_given_up;

    #[test]
    fn a_box_is_given_up_by_a_remark_and_not_by_a_word_of_its_work() {
        for text in [
            "~~Print it~~",
            "~~Print it~~ (by hand)",
            "~~Print it~~ — by hand",
            "**Deferred:** print it",
            "Deferred - print it",
            "N/A",
            "None - words only",
            "None at this stage",
            "None required.",
            "Optional: print it",
            "*Optional:* print it",
            "**Optional - print it (AC: #2)**",
            "Task 6: Optional - print it",
            "6.3 *Optional:* print it",
            "Print it (deferred)",
            "Print it *(skipped: no printer)*.",
            "Print it *(deviation: skipped -- no printer)*",
            "Print it (deferred to the next version)",
            "Print it (not needed)",
            "**Print it** (AC-3, DEFERRED)",
            "Print it - DEFERRED",
            "Print it (AC: #7) - **Deferred to Story 3**",
            "**Print it** - deferred to the next track",
            "Print it — skipped, no printer here",
            "Print it — skipped (no printer here)",
            "Print it -- not applicable",
            "Print it - ⏭️ Skipped (no printer here)",
            "Imprimer - *reporté*",
            "Imprimer (reporté à mai)",
            "Imprimer en couleur reporté (pas d'encre)",
            "Drucken — aufgeschoben, kein Papier",
            "Aufgeschoben: drucken",
            "Imprimir (pospuesto)",
            "Imprimir — **adiado para maio**",
            "Stampare (rinviato a maggio)",
            "Напечатать — Отложено",
            "打印（推迟到五月）",
            "打印 - 延期",
        ] {
            assert!(is_given_up(text, text), "{text}");
            let numbered = format!("1.2 {text}");
            let is_struck = text.starts_with("~~");
            assert!(!is_struck || is_given_up(&numbered, &numbered), "{numbered}");
        }
        for text in [
            "Test empty values (None, NaN)",
            "Show what is not there (N/A)",
            "Offer colours (none by default)",
            "Count the rows (skipped, failed)",
            "Count the rows (failed, skipped)",
            "Count the rows - skipped, failed",
            "Count (skipped) rows",
            "~~Postgres~~ SQLite driver",
            "None of the words are lost",
            "None required words are lost",
            "Skipped, failed and passed tests are counted",
            "Deferred loading of pictures",
            "Optional fields of a form",
            "Print it (skipped by default)",
            "Print it - deferred rendering",
            "Print it - none",
            "Prix reporté sur la page",
            "Draw deferred (by default)",
            "打印延期通知",
            "Reporter les erreurs (reporting)",
        ] {
            assert!(!is_given_up(text, text), "{text}");
        }
    }

    #[test]
    fn a_text_may_be_struck_out_over_several_lines() {
        let struck = "~~Print it, and\n  fold it~~ — by hand\n- [ ] Send it\n";
        assert!(is_given_up("~~Print it, and", struck));
        for other in [
            "~~Print it, and\n- [ ] send it~~\n",
            "~~Print it, and\n\nfold it~~\n",
            "~~Print it, and\n  fold~~ send it\n",
        ] {
            assert!(!is_given_up("~~Print it, and", other), "{other}");
        }
    }
}
