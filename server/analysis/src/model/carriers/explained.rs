//! What a text says that signs mean.

use crate::profile::reading::is_sign;
use crate::profile::vocabulary::{StatusIdx, Vocabulary};

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
