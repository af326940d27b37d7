//! What beside a status speaks of that status, in words that no change of it finds: behind another one it
//! would be untrue, so that nothing is written there.

use crate::model::carrier::{Form, Unspelled};
use crate::model::carriers::check_box::given_up;
use crate::model::carriers::{links, status_words};
use crate::model::time::TimeStamp;
use crate::profile::reading::{self, Shape};
use crate::profile::vocabulary::{Category, StatusDef, Vocabulary};
use crate::text::TextRange;

/// Letters that a word in capitals has at least which is taken for a status; shorter ones are names.
const LEAST_CAPITALS: usize = 4;

/// What emphasises words, and stands around code.
const EMPHASIS: [char; 4] = ['*', '_', '`', '~'];

/// Words that turn the status behind them.
const TURNING: &[&str] = &["not", "not yet", "still", "never", "no longer"];

/// Where something begins that is beside the words.
const BESIDE: &[&str] = &[" - ", " – ", " — ", "("];

/// Where a status in capitals begins besides: `[BLOCKED: no key]`, `**Log in.** DONE 2026-01-02.`
const LOUDLY: &[&str] = &["[", ". ", "** ", "~~ ", "` "];

/// What goes on behind a word that tells when, how or by whom something was finished.
const TELLING: [&str; 5] = [" in ", " by ", " on ", " via ", " at "];

/// Refuses where the line of a status tells by its words, before or behind, that it had the old one.
pub(super) fn unbound(form: Form<'_>, words: TextRange, def: &StatusDef) -> Result<(), Unspelled> {
    let said = links::unlinked(words.of(form.text).trim_end());
    let said = &*said;
    if !def.category.is_closed() && given_up::is_struck(said.trim_start()) {
        return Err("its words are struck out, which belongs to its old status".to_owned());
    }
    let is_worked_on = matches!(def.category, Category::Done | Category::Active);
    let put_off = given_up::remark(said).filter(|_| is_worked_on);
    if let Some(aside) = finished(form, said, def) {
        return Err(format!("`{aside}` behind it belongs to its old status"));
    }
    if let Some(aside) = undone(said).filter(|_| def.category == Category::Done) {
        return Err(format!("it also says `{aside}`"));
    }
    let other = span_in_front(form.vocabulary, said, def)
        .or_else(|| cried(form.vocabulary, said, def))
        .or(put_off)
        .or_else(|| foreign_at_end(said, def));
    other.map_or(Ok(()), |other| Err(format!("it also says `{other}`")))
}

/// Refuses where a line ends in a word of another language for another status, which is never read as one.
pub(super) fn unspoken(form: Form<'_>, words: TextRange, def: &StatusDef) -> Result<(), Unspelled> {
    match foreign_at_end(words.of(form.text).trim_end(), def) {
        Some(word) => Err(format!("it also says `{word}`")),
        None => Ok(()),
    }
}

/// Refuses where what stands behind a status, up to the end of its field, tells more of that status.
pub(super) fn unexplained(
    form: Form<'_>,
    behind: TextRange,
    def: &StatusDef,
) -> Result<(), Unspelled> {
    let said = behind.of(form.text).split('|').next().unwrap_or_default();
    if let Some(more) = emphasised_with(form, said) {
        return Err(format!("`{more}` behind it belongs to its old status"));
    }
    let is_between = |c: char| ",;.()—–".contains(c);
    // A dash between words is one of them: `on-hold`.
    for part in said.split(is_between).flat_map(|part| part.split(" - ")) {
        let part =
            part.trim_matches(|c: char| c.is_whitespace() || EMPHASIS.contains(&c) || c == '-');
        if is_turned(form.vocabulary, part) {
            return Err(format!("it also says `{part}`"));
        }
        // One word may be of the sentence around it, two are a status.
        let status = form.vocabulary.lookup(part).filter(|_| part.contains(' '));
        let is_other = status.is_some_and(|it| form.vocabulary.get(it).category != def.category);
        if is_other {
            return Err(format!("it also says `{part}`"));
        }
    }
    let note = said.trim_start_matches(|c: char| c.is_whitespace() || "*_-–—:".contains(c));
    match status_words::foreign(note).filter(|(category, _)| *category != def.category) {
        Some((_, len)) => Err(format!("it also says `{}`", &note[..len])),
        None => Ok(()),
    }
}

/// What follows a status behind a dash in one emphasis with it: `**OPEN — for reference only.**`
fn emphasised_with<'t>(form: Form<'_>, behind: &'t str) -> Option<&'t str> {
    let (line, own) = (form.occurrence.line, form.occurrence.reading.range);
    let before = TextRange::new(line.start as usize, own.start as usize).of(form.text);
    let mark = ["**", "__", "*", "_"].into_iter().find(|mark| before.ends_with(mark))?;
    let (inner, _) = behind.split_once(mark)?;
    let rest = [" - ", " – ", " — "].into_iter().find_map(|dash| inner.strip_prefix(dash))?;
    rest.starts_with(char::is_alphabetic).then(|| rest.trim_end_matches(['.', ' ']))
}

/// Whether words say that something does not have a status, or still has it: `not closed`, `STILL OPEN`.
fn is_turned(vocabulary: &Vocabulary, words: &str) -> bool {
    TURNING.iter().any(|turning| {
        let behind = words.split_at_checked(turning.len());
        let behind = behind.filter(|(head, _)| head.eq_ignore_ascii_case(turning));
        let status = behind.and_then(|(_, rest)| vocabulary.lookup(rest.strip_prefix(' ')?));
        // `not started` is a status of its own.
        status.is_some() && vocabulary.lookup(words).is_none()
    })
}

/// A span in front of the words that is one status in capitals: `` `DONE` Log in ``. What goes on in small
/// letters speaks of a state of that name: `` `BLOCKED` tasks are red ``.
fn span_in_front<'t>(vocabulary: &Vocabulary, said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let said = said.trim_start();
    let (inner, behind) = reading::span(said)?;
    let status = vocabulary.lookup(inner).filter(|_| reading::is_in_capitals(inner))?;
    let goes_on = behind.trim_start().starts_with(|c: char| c.is_ascii_lowercase());
    let is_other = vocabulary.get(status).category != def.category;
    (is_other && !goes_on).then_some(inner)
}

/// A sign that something is finished with the day since which it is, among other words: `✅ 2026-01-02`.
fn dated_sign(said: &str) -> Option<&str> {
    said.char_indices().filter(|(_, c)| status_words::DONE_SIGNS.contains(c)).find_map(|(at, _)| {
        let rest = &said[at..];
        let sign = rest.chars().next()?.len_utf8();
        let behind = rest[sign..].trim_start_matches(['\u{fe0f}', ' ']);
        let day = behind.get(..10).filter(|day| TimeStamp::parse(day).is_some())?;
        Some(&rest[..rest.len() - behind.len() + day.len()])
    })
}

/// What the words of something finished say of its end, `Draw it — ✅ DONE in spring`, which is not true of
/// what is not finished any more.
fn finished<'t>(form: Form<'_>, said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let old = form.vocabulary.get(form.occurrence.reading.status?).category;
    if old != Category::Done || def.category == Category::Done {
        return None;
    }
    let asides = BESIDE.iter().flat_map(|begin| {
        said.match_indices(begin).filter(|(at, _)| *at > 0).map(|(at, _)| &said[at + begin.len()..])
    });
    let asides = asides.filter(|aside| says_end(form.vocabulary, aside)).map(str::trim);
    let signs = signed(form.vocabulary, said).into_iter().chain(signed_end(form.vocabulary, said));
    asides.chain(signs).next().or_else(|| dated_sign(said)).or_else(|| {
        // At its beginning a sign is part of what is to be.
        let last = said.trim_end_matches(['*', '_', ')', '.', ' ', '\u{fe0f}']);
        let before = last.strip_suffix(status_words::DONE_SIGNS)?;
        (!before.trim().is_empty()).then(|| said[before.len()..].trim())
    })
}

/// A sign behind some words with a word for it that nothing goes on behind: `Draw it ✅ **Done (2026-01-02)**`.
fn signed<'t>(vocabulary: &Vocabulary, said: &'t str) -> Option<&'t str> {
    let signs = said.match_indices(status_words::DONE_SIGNS);
    signs.map(|(at, _)| said.split_at(at)).find_map(|(before, own)| {
        let is_between = |c: char| reading::is_sign_part(c) || c == ' ' || EMPHASIS.contains(&c);
        let words = own.trim_start_matches(is_between);
        let (category, len) = in_front(vocabulary, words)?;
        let behind = words[len..].trim_start_matches(EMPHASIS).trim_start();
        let ends = behind.is_empty()
            || behind.starts_with(|c: char| c.is_ascii_digit() || "(,;.—–-".contains(c));
        let is_behind = before.contains(char::is_alphanumeric);
        (is_behind && category == Category::Done && ends).then_some(own.trim())
    })
}

/// What begins with a sign for the end, and then says it in words: `Draw it ✅ DONE on 2026-01-02`.
fn signed_end<'t>(vocabulary: &Vocabulary, said: &'t str) -> Option<&'t str> {
    let signs = said.match_indices(status_words::DONE_SIGNS).filter(|(at, _)| *at > 0);
    let said_so = signs.filter(|(at, sign)| {
        let rest = said[at + sign.len()..].trim_start_matches(['\u{fe0f}', ' ', '*', '_']);
        let is_foreign =
            status_words::foreign(rest).is_some_and(|(category, _)| category == Category::Done);
        let is_apart = said[..*at].ends_with([' ', '*', '_', '(']);
        // `Draw ✅ done in green` tells what is to be.
        let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let is_told = reading::is_in_capitals(word) && says_end(vocabulary, rest);
        is_apart && (is_foreign || is_told)
    });
    said_so.map(|(at, _)| said[at..].trim()).next()
}

/// Refuses where the first words behind a sign end in one that says that the work is over, `**✅ Search
/// completed** - all of it`, which is not true of what is not finished any more. Behind a box such words
/// may tell what is to be.
pub(super) fn over(form: Form<'_>, words: TextRange, def: &StatusDef) -> Result<(), Unspelled> {
    let reading = &form.occurrence.reading;
    let is_done = |it| form.vocabulary.get(it).category == Category::Done;
    let is_reopened = reading.status.is_some_and(is_done) && def.category != Category::Done;
    if !is_reopened || reading.shape != Shape::Sign {
        return Ok(());
    }
    let said = words.of(form.text).trim();
    let ends = BESIDE.iter().copied().chain(["**", "__", ": ", "; ", ". "]);
    let said = said.trim_start_matches(['*', '_', '\u{fe0f}', ' ']);
    let end = ends.filter_map(|end| said.find(end)).min().unwrap_or(said.len());
    let first = said[..end].trim_end_matches(['.', '!', ' ']);
    let last = first.rsplit(' ').next().unwrap_or_default();
    let is_over = ["completed", "done", "finished"].iter().any(|it| it.eq_ignore_ascii_case(last));
    // `Make it look done` tells what is to be.
    let behind = said[end..].trim_start();
    let before = first.rsplit(' ').nth(1).unwrap_or_default();
    let is_apart = ["**", "__", "-", "–", "—"].iter().any(|it| behind.starts_with(it))
        || ["is", "are", "was", "were", "been"].contains(&before);
    match is_over && is_apart && last.len() < first.len() {
        true => Err(format!("`{last}` behind it belongs to its old status")),
        false => Ok(()),
    }
}

/// What words behind a dash say at their end of work that is not done, or in part: `Ink — not started yet`.
fn undone(said: &str) -> Option<&str> {
    const UNDONE: &[&str] = &["not done", "not started", "still open", "unfinished"];
    const IN_PART: &[&str] = &["partially", "partly"];
    let dashes = [" - ", " – ", " — "].into_iter();
    let at = dashes.filter_map(|dash| Some(said.rfind(dash)? + dash.len())).max()?;
    let aside = said[at..].trim_start_matches(EMPHASIS);
    let aside = aside.trim_end_matches(EMPHASIS).trim_end_matches(['.', '!']);
    let words: Vec<&str> = aside.split(' ').collect();
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    // `partially filled bars` are something else.
    let is_in_part = words.len() == 2
        && IN_PART.iter().any(|it| is(it, words[0]))
        && ["ed", "en", "wn", "done", "ilt", "made"]
            .iter()
            .any(|end| words[1].to_lowercase().ends_with(end));
    let bare = words.strip_suffix(&["yet"]).unwrap_or(&words).join(" ");
    (is_in_part || UNDONE.iter().any(|it| is(it, &bare))).then_some(aside)
}

/// Whether a text begins with what says that something is finished: a sign, a word in capitals, or a
/// word that is set apart.
fn says_end(vocabulary: &Vocabulary, aside: &str) -> bool {
    let aside = aside.trim_start_matches(['*', '_', ' ']);
    if aside.starts_with(status_words::DONE_SIGNS) {
        return true;
    }
    let Some((category, len)) = in_front(vocabulary, aside) else { return false };
    let (word, behind) = aside.split_at(len);
    let behind = behind.trim_start_matches(['*', '_']);
    let is_apart = behind.is_empty() || behind.starts_with([',', ';', '.', ')']);
    // `— completed in spring`, but `— complete in every browser` tells what is to be.
    let is_past = !word.eq_ignore_ascii_case("complete");
    let is_told = is_past && TELLING.iter().any(|it| behind.starts_with(it));
    let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '-');
    let is_loud = reading::is_in_capitals(word);
    category == Category::Done && ends && (is_loud || is_apart || is_told)
}

/// A status in capitals behind a dash, a bracket, a sentence or words in emphasis: `— DEFERRED to May`,
/// `[BLOCKED: no key]`, `**Log in.** DONE 2026-01-02.`
fn cried<'t>(vocabulary: &Vocabulary, said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let marks = BESIDE.iter().chain(LOUDLY);
    let begins = marks.flat_map(|mark| said.match_indices(*mark));
    begins.into_iter().find_map(|(at, mark)| {
        let rest = said[at + mark.len()..].trim_start_matches(EMPHASIS);
        let (category, len) = in_front(vocabulary, rest)?;
        let (word, behind) = rest.split_at(len);
        let behind = behind.trim_start_matches(EMPHASIS);
        let next = behind.trim_start();
        let ends = next.is_empty()
            || behind.starts_with([':', '.', ',', ';', ')', ']', '('])
            || next.starts_with(|c: char| c.is_ascii_digit() || "(—–-".contains(c));
        let is_told = (BESIDE.contains(&mark) || mark == "[")
            && category != Category::Open
            && behind.starts_with(' ')
            && next.starts_with(char::is_lowercase);
        let is_cried = reading::is_in_capitals(word) && word.len() >= LEAST_CAPITALS;
        (is_cried && category != def.category && (ends || is_told)).then_some(word)
    })
}

/// The status that a text begins with, in a word of the profile or one that everybody knows, and how
/// long it is.
fn in_front(vocabulary: &Vocabulary, text: &str) -> Option<(Category, usize)> {
    let own = vocabulary.lookup_prefix(text);
    let own = own.map(|(status, len)| (vocabulary.get(status).category, len));
    own.or_else(|| status_words::english(text)).or_else(|| status_words::foreign(text))
}

/// A word of another language for another status that a text ends in, in emphasis or behind a dash.
fn foreign_at_end<'t>(said: &'t str, def: &StatusDef) -> Option<&'t str> {
    let said = said.trim_end_matches(['.', ' ']);
    let open = |mark: &str| {
        let inner = said.strip_suffix(mark)?;
        Some(&inner[inner.rfind(mark)? + mark.len()..])
    };
    let aside = || {
        let dashes = [" - ", " – ", " — "].into_iter();
        let at = dashes.filter_map(|dash| Some(said.rfind(dash)? + dash.len())).max()?;
        Some(&said[at..])
    };
    let word = open("**").or_else(|| open("__")).or_else(aside)?;
    let word = word.trim_matches(|c: char| c.is_whitespace() || reading::is_sign_part(c));
    let (category, len) = status_words::foreign(word)?;
    let is_worked_on = matches!(def.category, Category::Done | Category::Active);
    // What was put off is open as well.
    let is_other = category != def.category && (category != Category::Dropped || is_worked_on);
    (len == word.len() && is_other).then_some(word)
}

#[cfg(test)]
mod tests {
    use crate::testing::set;

    #[test]
    fn what_says_that_a_box_is_open_is_not_left_behind_a_finished_one() {
        for (words, aside) in [
            ("Draw it - not started yet", Some("not started yet")),
            ("Draw it — **Partially drawn**", Some("Partially drawn")),
            ("Draw it - part by part", None),
            ("Notes - nothing is lost", None),
        ] {
            let fixture = format!("//- /.kiro/specs/a/tasks.md\n  - [ ] 1. {words}\n");
            let refused = set(&fixture, "1", "completed").err().map(|it| it.message);
            let is_told = refused.as_ref().is_some_and(|it| {
                it.contains(&format!("it also says `{}`", aside.unwrap_or_default()))
            });
            assert_eq!((refused.is_some(), is_told), (aside.is_some(), aside.is_some()), "{words}");
        }
    }

    #[test]
    fn what_says_that_a_box_is_finished_is_not_left_behind_an_open_one() {
        for (words, aside) in [
            ("Draw it — ✅ DONE in 5", Some("✅ DONE in 5")),
            ("Draw it — ✅ DONE; tested", Some("✅ DONE; tested")),
            ("Draw it - **DONE** by Ann", Some("**DONE** by Ann")),
            ("Draw it — done, tested", Some("done, tested")),
            ("Draw it (DONE, see 5)", Some("DONE, see 5)")),
            ("Draw it ✅", Some("✅")),
            ("Draw it ✅ DONE on 2026-01-02", Some("✅ DONE on 2026-01-02")),
            ("画表单 ✅ 完成于 2026-01-02", Some("✅ 完成于 2026-01-02")),
            ("Draw ✅ done forms in green", None),
            ("Draw it **✔️**", Some("✔️**")),
            ("Draw it — completed in spring", Some("completed in spring")),
            ("Draw it — finished, see 5", Some("finished, see 5")),
            ("Draw it — erledigt, siehe 5", Some("erledigt, siehe 5")),
            ("Draw it (terminé)", Some("terminé)")),
            ("**Draw it ✅ DONE**", Some("✅ DONE**")),
            ("**Draw it** ✅ **Done (2026-01-02)**", Some("✅ **Done (2026-01-02)**")),
            ("Draw ✅ done in green", None),
            ("Draw it — fertig to print", None),
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
