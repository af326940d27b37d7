//! A new status in the dress of the old one.

use std::ops::Range;

use crate::model::OccurrenceKind;
use crate::model::time::Stamp;
use crate::profile::MarkerStyle;
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::vocabulary::StatusDef;
use crate::syntax::json::rewrite;

/// The text that replaces an occurrence; `None` where the status cannot be written there.
pub(super) fn respell(
    kind: OccurrenceKind,
    reading: &Reading,
    old: &str,
    def: &StatusDef,
    style: &MarkerStyle,
) -> Option<String> {
    match kind {
        OccurrenceKind::Box => def.boxes.first().cloned(),
        OccurrenceKind::Json => Some(rewrite::quote(&def.json)),
        OccurrenceKind::Heading | OccurrenceKind::Field | OccurrenceKind::Entry => {
            Some(marker(reading, old, def, style))
        }
    }
}

fn marker(reading: &Reading, old: &str, def: &StatusDef, style: &MarkerStyle) -> String {
    let sign = def.aliases.iter().find(|alias| alias.chars().next().is_some_and(reading::is_sign));
    if reading.shape == Shape::Sign && reading.range == reading.word {
        return sign.cloned().unwrap_or_else(|| style.write(&def.marker));
    }
    if !style.bare {
        return style.write(&def.marker);
    }
    if old.starts_with('[') {
        let inner = old.trim_start_matches('[').trim_end_matches(']');
        return format!("[{}]", in_case(&def.marker, inner));
    }
    let starts_with_sign = old.chars().next().is_some_and(reading::is_sign);
    let word_at = old.find(char::is_alphabetic).unwrap_or(0);
    let word = in_case(&def.marker, &old[word_at..]);
    match (starts_with_sign, sign) {
        (true, Some(sign)) => format!("{sign} {word}"),
        _ => word,
    }
}

/// `word` in the letter case and with the separator of `model`.
fn in_case(word: &str, model: &str) -> String {
    let separator = ['_', '-'].into_iter().find(|c| model.contains(*c) && !model.contains(' '));
    let word = match separator {
        Some(c) => word.replace(' ', &c.to_string()),
        None => word.to_owned(),
    };
    let mut letters = model.chars().filter(|c| c.is_alphabetic());
    let first_upper = letters.next().is_some_and(char::is_uppercase);
    let any_lower = model.chars().any(char::is_lowercase);
    if !any_lower {
        return word.to_uppercase();
    }
    let word = word.to_lowercase();
    if !first_upper {
        return word;
    }
    let titles = model.split_whitespace().count() < 2
        || model.split_whitespace().all(|w| w.chars().next().is_some_and(char::is_uppercase));
    let mut out = String::with_capacity(word.len());
    let mut start = true;
    for c in word.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = titles && c.is_whitespace();
    }
    out
}

/// A time in the form of `model`: a day where the model is a day.
pub(super) fn time_like(at: &str, model: Option<&str>, default_day: bool) -> String {
    let day = match model.and_then(Stamp::parse) {
        Some(Stamp::Day(_)) => true,
        Some(Stamp::Instant(..)) => false,
        None => default_day,
    };
    if day { at.get(..10).unwrap_or(at).to_owned() } else { at.to_owned() }
}

/// The part of a stamp's old value that a new time takes the place of; `None` where somebody has
/// written something else there.
pub(super) fn time_in(old: &str) -> Option<Range<usize>> {
    if let Some((_, range)) = Stamp::find(old) {
        return Some(range);
    }
    let word = old.trim().to_lowercase();
    let blank = !word.contains(char::is_alphanumeric)
        || ["tbd", "todo", "none", "n/a", "pending", "not yet"].contains(&word.as_str())
        || word.contains("yyyy");
    blank.then_some(0..old.len())
}

/// Whether a field of this name holds what the field `wanted` would: `Blocked Reason` and
/// `Blocking Reason`, but not `Blocked by`, which names somebody, nor the reason of another status.
pub(super) fn same_reason(name: &str, wanted: &str) -> bool {
    let words = |text: &str| StatusDef::json_name(text.trim());
    let (name, wanted) = (words(name), words(wanted));
    let stem = |text: &str| text.chars().take(5).collect::<String>();
    name == wanted || name == "reason" || (stem(&name) == stem(&wanted) && !name.ends_with("_by"))
}

#[cfg(test)]
mod tests {
    use super::in_case;

    #[test]
    fn words_take_the_case_of_what_they_replace() {
        assert_eq!(in_case("IN PROGRESS", "NOT STARTED"), "IN PROGRESS");
        assert_eq!(in_case("IN PROGRESS", "Not Started"), "In Progress");
        assert_eq!(in_case("IN PROGRESS", "Not started"), "In progress");
        assert_eq!(in_case("IN PROGRESS", "not_started"), "in_progress");
        assert_eq!(in_case("IN PROGRESS", "to-do"), "in-progress");
        assert_eq!(in_case("COMPLETED", "Pending"), "Completed");
    }
}
