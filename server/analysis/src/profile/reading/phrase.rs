//! Words that make a phrase with a status before them.

/// Words that may stand right behind a status that is written without brackets.
const BEHIND: &[&str] = &[
    "after",
    "again",
    "already",
    "and",
    "as",
    "at",
    "because",
    "but",
    "by",
    "due",
    "except",
    "for",
    "from",
    "in",
    "manually",
    "now",
    "on",
    "per",
    "partially",
    "since",
    "successfully",
    "through",
    "to",
    "today",
    "until",
    "via",
    "with",
    "without",
    "yet",
];

/// Whether `word` names a month, in full or by its first letters: `Done January 2026`.
fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_lowercase();
    word.len() >= 3 && MONTHS.iter().any(|month| month.starts_with(&word))
}

/// Whether words go on behind a status without a mark between: `Research complete`, `Done?`, `Complete
/// rewrite needed`. The words together are the status then, and it is not known.
pub(super) fn goes_on(behind: &str) -> bool {
    // `Partial-pass` is one word, and so is `NEW/SENT`.
    let joined = behind.strip_prefix(['-', '/']).unwrap_or_default();
    if behind.starts_with('?') || joined.starts_with(char::is_alphanumeric) {
        return true;
    }
    let Some(next) = behind.strip_prefix(' ') else { return false };
    let word = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_word =
        word.starts_with(char::is_alphabetic) && !word.contains(|c: char| c.is_ascii_digit());
    is_word && !is_month(word) && !BEHIND.iter().any(|it| it.eq_ignore_ascii_case(word))
}
