//! Words and times in the letters of those they replace.

use std::ops::Range;

use crate::model::time::TimeStamp;
use crate::profile::vocabulary::StatusDef;

/// `word` in the letter case and with the separator of `model`.
pub(super) fn in_case(word: &str, model: &str) -> String {
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
    // Where each word begins with a capital letter, a marker of mixed letters is as good as that.
    let titles = model.split_whitespace().all(|w| w.chars().next().is_some_and(char::is_uppercase));
    let is_mixed = word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
    if first_upper && is_mixed && titles && separator.is_none() {
        return word;
    }
    let word = word.to_lowercase();
    if !first_upper {
        return word;
    }
    let titles = titles || model.split_whitespace().count() < 2;
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

/// A status as a value for programs, with the letters and the separator of `model`.
pub(super) fn machine_word(def: &StatusDef, model: &str) -> String {
    let plain = model.chars().all(|c| c.is_lowercase() || c == '_' || !c.is_alphabetic());
    if def.exact || (plain && !model.contains([' ', '-'])) {
        return def.json.clone();
    }
    in_case(&def.json.replace('_', " "), model)
}

/// A time in the form of `model`: a day where the model is a day.
pub(crate) fn time_like(at: &str, model: Option<&str>, default_day: bool) -> String {
    let day = match model.and_then(TimeStamp::parse) {
        Some(TimeStamp::Day(_)) => true,
        Some(TimeStamp::Instant(..)) => false,
        None => default_day,
    };
    if day { at.get(..10).unwrap_or(at).to_owned() } else { at.to_owned() }
}

/// A time in just the form of an older one, which is that of `at` with less behind it, or with a blank
/// between day and time; `None` for any other.
pub(crate) fn time_as(at: &str, model: &str) -> Option<String> {
    let is_like = |c: char, model: char| {
        c.is_ascii_digit() == model.is_ascii_digit() && (c.is_ascii_digit() || c == model)
    };
    let form = match model.chars().nth(10) {
        Some(' ') => at.replacen('T', " ", 1),
        _ => at.to_owned(),
    };
    let is_known = matches!(model.len(), 10 | 16 | 19) || model.len() == at.len();
    let own = form.get(..model.len()).filter(|_| is_known)?;
    own.chars().zip(model.chars()).all(|(c, model)| is_like(c, model)).then(|| own.to_owned())
}

/// The part of a stamp's old value that a new time takes the place of; `None` where somebody has
/// written something else there.
pub(crate) fn time_in(old: &str) -> Option<Range<usize>> {
    if let Some((_, range)) = TimeStamp::find(old) {
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
pub(crate) fn same_reason(name: &str, wanted: &str) -> bool {
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
