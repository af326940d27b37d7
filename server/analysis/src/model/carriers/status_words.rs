//! Words and signs that say a status to whoever reads them, whatever the words of a profile are.

use std::sync::LazyLock;

use crate::profile::languages;
use crate::profile::vocabulary::Category;

/// Signs that say that something is finished.
pub(super) const DONE_SIGNS: [char; 4] = ['✅', '☑', '✔', '✓'];

/// English ones, which only are a status where they are in capitals or set apart.
const ENGLISH: &[(Category, &[&str])] = &[
    (Category::Done, &["complete", "completed", "done", "finished"]),
    (Category::Waiting, &["blocked", "on hold", "paused", "waiting"]),
    (
        Category::Dropped,
        &["abandoned", "canceled", "cancelled", "deferred", "obsolete", "postponed", "skipped"],
    ),
];

/// The first letters from which on words are not parted by blanks.
const UNPARTED: u32 = 0x3000;

/// The English word for a status that a text begins with, in any case.
pub(super) fn english(text: &str) -> Option<(Category, usize)> {
    first(
        ENGLISH.iter().flat_map(|(category, words)| words.iter().map(|it| (*category, *it))),
        text,
    )
}

/// The word of another language for a status that a text begins with, in any case.
pub(super) fn foreign(text: &str) -> Option<(Category, usize)> {
    first(languages::words(), text)
}

/// What a text says that is a word of another language for a status, and no more.
pub(super) fn foreign_category(text: &str) -> Option<Category> {
    foreign(text).filter(|(_, len)| *len == text.len()).map(|(category, _)| category)
}

/// How long the word of another language is by which a text begins to say that it was put off.
pub(super) fn put_off(text: &str) -> Option<usize> {
    static PUT_OFF: LazyLock<PutOff> = LazyLock::new(PutOff::new);
    let first = text.chars().next()?.to_lowercase().next()?;
    // Of each box all of this is asked, and few begin like such a word.
    if !PUT_OFF.letters.contains(&first) {
        return None;
    }
    PUT_OFF.words.iter().find_map(|word| len_of(text, word))
}

/// The words of other languages by which something is put off, and the letters that they begin with.
struct PutOff {
    words: Vec<&'static str>,
    letters: Vec<char>,
}

impl PutOff {
    fn new() -> PutOff {
        let said = languages::words().filter(|(category, _)| *category == Category::Dropped);
        let words: Vec<&str> = said.map(|(_, word)| word).collect();
        let mut letters: Vec<char> = words.iter().filter_map(|it| it.chars().next()).collect();
        letters.sort_unstable();
        letters.dedup();
        PutOff { words, letters }
    }
}

/// Whether a word is one of a language that does not part its words.
pub(super) fn is_unparted(word: &str) -> bool {
    word.starts_with(|c: char| u32::from(c) >= UNPARTED)
}

/// The longest word that a text begins with, and how long that is.
fn first<'w>(
    words: impl Iterator<Item = (Category, &'w str)>,
    text: &str,
) -> Option<(Category, usize)> {
    words.filter_map(|(category, word)| Some((category, len_of(text, word)?))).max_by_key(|it| it.1)
}

/// How much of a text is the word, in any case, that it begins with.
fn len_of(text: &str, word: &str) -> Option<usize> {
    let mut len = 0;
    let mut own = text.chars();
    for expected in word.chars() {
        let c = own.next()?;
        let mut small = c.to_lowercase();
        if small.next() != Some(expected) || small.next().is_some() {
            return None;
        }
        len += c.len_utf8();
    }
    let is_whole = is_unparted(word) || !text[len..].starts_with(char::is_alphanumeric);
    is_whole.then_some(len)
}

#[cfg(test)]
mod tests {
    use super::{english, foreign};
    use crate::profile::vocabulary::Category;

    #[test]
    fn a_text_begins_with_a_whole_word_in_any_case() {
        for (text, expected) in [
            ("Erledigt, siehe 5", Some((Category::Done, "Erledigt"))),
            ("TERMINÉE", Some((Category::Done, "TERMINÉE"))),
            ("terminées", None),
            ("В РАБОТЕ", Some((Category::Active, "В РАБОТЕ"))),
            ("完成情况", Some((Category::Done, "完成"))),
            ("reporté à mai", Some((Category::Dropped, "reporté"))),
            ("reporter", None),
            ("DONE", None),
            ("İn corso", None),
        ] {
            let found = foreign(text).map(|(category, len)| (category, &text[..len]));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(english("On hold until May"), Some((Category::Waiting, "On hold".len())));
        assert_eq!(english("doneness"), None);
    }
}
