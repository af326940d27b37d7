//! The sign for a status: of several, the one that the file has for it in such a place.

use crate::model::carrier::{Form, Unspelled};
use crate::model::carriers::status_words;
use crate::model::legend;
use crate::profile::reading::{is_sign, is_sign_part};
use crate::profile::vocabulary::{Category, StatusDef};
use crate::text::TextRange;

/// The sign to write in a place that has `old` now. Where the file has none for the status, it is a picture
/// or a character of text, as the old one is.
pub(super) fn of<'d>(form: Form<'_>, def: &'d StatusDef, old: &str) -> Result<&'d str, Unspelled> {
    let is_drawn = |alias: &&String| alias.chars().next().is_some_and(is_sign);
    let text = form.text.copy(0..form.text.len());
    let status = form.vocabulary.by_id(&def.id);
    let means_another = |sign: &str| {
        let bare = sign.trim_end_matches('\u{fe0f}');
        status.is_some_and(|status| legend::means_another(form.vocabulary, &text, bare, status))
    };
    let signs = def.aliases.iter().filter(is_drawn).map(String::as_str);
    let mut signs = signs.filter(|sign| !means_another(sign));
    let first = signs.next().ok_or_else(|| format!("no sign stands for {}", def.id))?;
    let all = || std::iter::once(first).chain(signs.clone());
    if all().nth(1).is_none() {
        return Ok(first);
    }
    let place = SignPlace::of(form);
    let is_alike = |sign: &&str| is_picture(sign) == is_picture(old);
    let here = |sign: &&str| in_places(form, sign, &|it| it == place, def);
    let elsewhere = |sign: &&str| is_alike(sign) && in_places(form, sign, &|_| true, def);
    if let Some(own) = all().find(here) {
        return Ok(own);
    }
    let explained = |sign: &&str| is_explained(form, &text, sign, def);
    let own = all().find(explained).or_else(|| all().find(elsewhere));
    let in_line = |sign: &&str| is_alike(sign) && stands_in_front(&text, sign, def);
    let in_such_place = |sign: &&str| place.is_in(form, &text, sign, def);
    let own = own.or_else(|| all().find(in_such_place)).or_else(|| all().find(in_line));
    Ok(own.or_else(|| all().find(is_alike)).unwrap_or(first))
}

/// Whether some line begins with a sign. Circles there have the colour of something else, and what is open
/// is no picture of a list in front of a heading.
fn stands_in_front(text: &str, sign: &str, def: &StatusDef) -> bool {
    let bare = sign.trim_end_matches('\u{fe0f}');
    let is_told = |line: &str| def.category != Category::Open || !line.starts_with('#');
    let mut lines = text.lines().map(str::trim_start).filter(|line| is_told(line));
    let is_circle = matches!(bare.chars().next(), Some('🟠'..='🟫' | '🔴' | '🔵' | '⚪' | '⚫'));
    !is_circle && lines.any(|line| line.trim_start_matches(begins).starts_with(bare))
}

/// Whether a sign stands in such a place of another status in the file.
fn in_places(
    form: Form<'_>,
    sign: &str,
    is_meant: &dyn Fn(SignPlace) -> bool,
    def: &StatusDef,
) -> bool {
    let bare = sign.trim_end_matches('\u{fe0f}');
    form.all.iter().any(|other| {
        let other = Form { occurrence: other, ..form };
        let is_drawn = || {
            let line = other.occurrence.line.of(form.text);
            other.raw().starts_with(bare) || SignPlace::of(other).holds(form, line, sign, def)
        };
        is_meant(SignPlace::of(other)) && is_drawn()
    })
}

/// Whether a text has a word for the status right behind a sign, as a legend has it.
fn is_explained(form: Form<'_>, text: &str, sign: &str, def: &StatusDef) -> bool {
    let bare = sign.trim_end_matches('\u{fe0f}');
    text.match_indices(bare).any(|(at, _)| {
        let behind = text[at + bare.len()..].trim_start_matches(BEHIND);
        let said = form.vocabulary.lookup_prefix(behind);
        said.is_some_and(|(status, _)| form.vocabulary.get(status).id == def.id)
            || status_words::foreign(behind).is_some_and(|(category, _)| category == def.category)
    })
}

/// What stands between a sign and its word.
const BEHIND: [char; 9] = ['\u{fe0f}', ' ', '*', '`', '=', ':', '→', '–', '-'];

/// Whether a sign is a picture, and no character of text as ○ and ✓ are.
fn is_picture(sign: &str) -> bool {
    let is_text = |c| matches!(c, '\u{25a0}'..='\u{25ff}' | '\u{2713}'..='\u{2718}');
    !sign.starts_with(is_text) || sign.contains('\u{fe0f}')
}

/// Where in its line a sign stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SignPlace {
    /// Before everything but what begins an item or a heading.
    Ahead,
    Last,
    /// With nothing else in a cell.
    Cell,
    /// Before a word for the same status.
    Beside,
}

impl SignPlace {
    fn of(form: Form<'_>) -> SignPlace {
        let (line, own) = (form.occurrence.line, form.occurrence.reading.range);
        let said = line.of(form.text);
        let before = TextRange::new(line.start as usize, own.start.max(line.start) as usize);
        let (before, raw) = (before.of(form.text), own.of(form.text));
        if !raw.chars().all(is_sign_part) {
            return SignPlace::Beside;
        }
        match before.chars().all(begins) {
            true => SignPlace::Ahead,
            false if said.trim_end_matches(ends).ends_with(raw.trim_end_matches(ends)) => {
                SignPlace::Last
            }
            false if before.trim_end().ends_with('|') => SignPlace::Cell,
            false => SignPlace::Beside,
        }
    }

    /// Whether a sign stands in such a place of a line that says no status, but for the front of one.
    fn is_in(&self, form: Form<'_>, text: &str, sign: &str, def: &StatusDef) -> bool {
        *self != SignPlace::Ahead && text.lines().any(|line| self.holds(form, line, sign, def))
    }

    fn holds(&self, form: Form<'_>, line: &str, sign: &str, def: &StatusDef) -> bool {
        let sign = sign.trim_end_matches('\u{fe0f}');
        match self {
            SignPlace::Ahead => line.trim_start_matches(begins).starts_with(sign),
            SignPlace::Last => line.trim_end_matches(ends).ends_with(sign),
            SignPlace::Cell => false,
            SignPlace::Beside => is_explained(form, line, sign, def),
        }
    }
}

fn begins(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_digit() || "#-*+.)_>".contains(c)
}

fn ends(c: char) -> bool {
    c.is_whitespace() || "*_)".contains(c) || c == '\u{fe0f}'
}
