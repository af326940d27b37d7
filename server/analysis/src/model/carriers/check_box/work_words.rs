//! The words of an item that name its work, without a status among them: ids are made from these, so that
//! an id stays while the status changes.

use super::dash::last_dash;
use crate::model::carriers::status_words;
use crate::profile::reading;
use crate::profile::vocabulary::Vocabulary;

/// What emphasises words, and stands around code.
const EMPHASIS: [char; 4] = ['*', '_', '`', '~'];

/// How long words behind a dash or in brackets may be that are only a status.
const LONGEST: usize = 32;

/// The words of a text without a status that it begins with or ends in: `DONE Draw it`, `Done: draw it`,
/// `Draw it (done)`, `Draw it — ✅ DONE`.
pub(super) fn work_words<'t>(vocabulary: &Vocabulary, text: &'t str) -> &'t str {
    let behind = behind_status(vocabulary, text).unwrap_or(text);
    let work = before_status(vocabulary, behind).unwrap_or(behind);
    if work.contains(char::is_alphanumeric) { work } else { text }
}

fn behind_status<'t>(vocabulary: &Vocabulary, text: &'t str) -> Option<&'t str> {
    let own = text.trim_start_matches(EMPHASIS);
    let len = own.find(|c: char| !c.is_alphanumeric() && c != ' ' && c != '-').unwrap_or(own.len());
    let is_named = own[len..].trim_start_matches(EMPHASIS).starts_with([':', '：']);
    let first = own.split(' ').next().unwrap_or_default().trim_end_matches(EMPHASIS);
    let first = first.trim_end_matches([':', '：']);
    if is_named && is_status(vocabulary, &own[..len]) {
        let behind = own[len..].trim_start_matches(EMPHASIS);
        return Some(behind.trim_start_matches([':', '：', ' ']).trim_start_matches(EMPHASIS));
    }
    let is_cried = reading::is_in_capitals(first) && is_status(vocabulary, first);
    is_cried.then(|| own[first.len()..].trim_start_matches(EMPHASIS).trim_start())
}

fn before_status<'t>(vocabulary: &Vocabulary, text: &'t str) -> Option<&'t str> {
    let said = text.trim_end_matches(['.', ' ', '*', '_']);
    let bracket =
        || said.strip_suffix(')').and_then(|inner| inner.rfind('(').map(|at| (at, at + 1)));
    let dash = || last_dash(said).map(|dash| (dash.start, dash.end));
    let (end, start) = bracket().or_else(dash)?;
    let aside = said[start..].trim_matches(|c: char| {
        c.is_whitespace() || c == ')' || EMPHASIS.contains(&c) || reading::is_sign_part(c)
    });
    (aside.len() <= LONGEST && is_status(vocabulary, aside)).then(|| &text[..end])
}

/// Whether words are a status and nothing else.
fn is_status(vocabulary: &Vocabulary, words: &str) -> bool {
    let is_whole = |found: Option<(_, usize)>| found.is_some_and(|(_, len)| len == words.len());
    vocabulary.lookup(words).is_some()
        || is_whole(status_words::english(words))
        || is_whole(status_words::foreign(words))
}
