//! The sign for a status: of several, the one that the file has for it in such a place.

use crate::model::carrier::{Form, Unspelled};
use crate::profile::reading::{is_sign, is_sign_part};
use crate::profile::vocabulary::StatusDef;
use crate::text::TextRange;

/// The sign to write in a place that has `old` now. Where the file has none for the status, it is a picture
/// or a character of text, as the old one is.
pub(super) fn of<'d>(form: Form<'_>, def: &'d StatusDef, old: &str) -> Result<&'d str, Unspelled> {
    let is_drawn = |alias: &&String| alias.chars().next().is_some_and(is_sign);
    let mut signs = def.aliases.iter().filter(is_drawn).map(String::as_str);
    let first = signs.next().ok_or_else(|| format!("no sign stands for {}", def.id))?;
    let all = || std::iter::once(first).chain(signs.clone());
    if all().nth(1).is_none() {
        return Ok(first);
    }
    let text = form.text.copy(0..form.text.len());
    let place = SignPlace::of(form);
    let is_used = |sign: &&str| text.lines().any(|line| place.holds(form, line, sign, def));
    let is_alike = |sign: &&str| is_picture(sign) == is_picture(old);
    Ok(all().find(is_used).or_else(|| all().find(is_alike)).unwrap_or(first))
}

/// Whether a sign is a picture, and no character of text as ○ and ✓ are.
fn is_picture(sign: &str) -> bool {
    let is_text = |c| matches!(c, '\u{25a0}'..='\u{25ff}' | '\u{2713}'..='\u{2718}');
    !sign.starts_with(is_text) || sign.contains('\u{fe0f}')
}

/// Where in its line a sign stands.
enum SignPlace {
    /// Before everything but what begins an item or a heading.
    Ahead,
    Last,
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
            false => SignPlace::Beside,
        }
    }

    fn holds(&self, form: Form<'_>, line: &str, sign: &str, def: &StatusDef) -> bool {
        let sign = sign.trim_end_matches('\u{fe0f}');
        match self {
            SignPlace::Ahead => line.trim_start_matches(begins).starts_with(sign),
            SignPlace::Last => line.trim_end_matches(ends).ends_with(sign),
            SignPlace::Beside => line.match_indices(sign).any(|(at, _)| {
                let behind = line[at + sign.len()..].trim_start_matches(['\u{fe0f}', ' ', '*']);
                let said = form.vocabulary.lookup_prefix(behind);
                said.is_some_and(|(status, _)| form.vocabulary.get(status).id == def.id)
            }),
        }
    }
}

fn begins(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_digit() || "#-*+.)_>".contains(c)
}

fn ends(c: char) -> bool {
    c.is_whitespace() || "*_)".contains(c) || c == '\u{fe0f}'
}
