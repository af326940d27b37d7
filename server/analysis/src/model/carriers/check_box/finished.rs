//! `- [x] Draw it — ✅ DONE in spring`: what somebody has written behind the words of a finished box,
//! which is not true of one that is open again.

use crate::model::carrier::Form;
use crate::profile::vocabulary::Category;
use crate::text::TextRange;

/// Signs that say that something is finished to whoever reads them, whatever the profile knows.
const SIGNS: [char; 4] = ['✅', '☑', '✔', '✓'];

/// Where something begins that is beside the words.
const BEGINS: [&str; 4] = [" — ", " – ", " - ", "("];

/// What goes on behind a word that tells when, how or by whom something was finished.
const TELLING: [&str; 5] = [" in ", " by ", " on ", " via ", " at "];

/// What the words of a finished box say of its end, in a form that does not go with its mark.
pub(super) fn aside<'a>(form: Form<'a>, words: TextRange) -> Option<&'a str> {
    let status = form.occurrence.reading.status?;
    if form.vocabulary.get(status).category != Category::Done {
        return None;
    }
    let said = words.of(form.text).trim_end();
    for begin in BEGINS {
        for (at, _) in said.match_indices(begin) {
            let aside = &said[at + begin.len()..];
            if at > 0 && says_end(form, aside) {
                return Some(aside.trim());
            }
        }
    }
    // At its beginning a sign is part of what is to be.
    let last = said.trim_end_matches(['*', '_', ')', '.', ' ', '\u{fe0f}']);
    let sign = last.strip_suffix(SIGNS).filter(|before| !before.trim().is_empty())?;
    Some(said[sign.len()..].trim())
}

/// Whether a text begins with what says that something is finished: a sign, a word in capitals, or a
/// word that is set apart.
fn says_end(form: Form<'_>, aside: &str) -> bool {
    let aside = aside.trim_start_matches(['*', '_', ' ']);
    if aside.starts_with(SIGNS) {
        return true;
    }
    let Some((status, len)) = form.vocabulary.lookup_prefix(aside) else { return false };
    let (word, behind) = aside.split_at(len);
    let is_loud = !word.chars().any(char::is_lowercase) && word.chars().any(char::is_uppercase);
    let behind = behind.trim_start_matches(['*', '_']);
    let is_apart = behind.is_empty() || behind.starts_with([',', ';', '.', ')']);
    // `— completed in spring`, but `— complete in every browser` tells what is to be.
    let is_past = !word.eq_ignore_ascii_case("complete");
    let is_told = is_past && TELLING.iter().any(|it| behind.starts_with(it));
    let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    form.vocabulary.get(status).category == Category::Done
        && ends
        && (is_loud || is_apart || is_told)
}

#[cfg(test)]
mod tests {
    use crate::testing::set;

    #[test]
    fn what_says_that_a_box_is_finished_is_not_left_behind_an_open_one() {
        for (words, aside) in [
            ("Draw it — ✅ DONE in 5", Some("✅ DONE in 5")),
            ("Draw it — ✅ DONE; tested", Some("✅ DONE; tested")),
            ("Draw it - **DONE** by Ann", Some("**DONE** by Ann")),
            ("Draw it — done, tested", Some("done, tested")),
            ("Draw it (DONE, see 5)", Some("DONE, see 5)")),
            ("Draw it ✅", Some("✅")),
            ("Draw it **✔️**", Some("✔️**")),
            ("Draw it — completed in spring", Some("completed in spring")),
            ("Draw it — complete in every browser", None),
            ("Draw it — completed forms as well", None),
            ("Draw it - done-ness is asked for", None),
            ("✅ Draw it", None),
            ("Draw ✅ in green", None),
        ] {
            let fixture = format!("//- /.kiro/specs/a/tasks.md\n  - [x] 1. {words}\n");
            match (set(&fixture, "1", "not_started"), aside) {
                (Ok(after), None) => assert!(after.contains(&format!("[ ] 1. {words}")), "{after}"),
                (Err(refused), Some(aside)) => {
                    let message = refused.message;
                    assert!(message.contains(&format!("`{aside}` behind it")), "{message}");
                }
                (is, _) => panic!("{words}: {is:?}"),
            }
        }
    }
}
