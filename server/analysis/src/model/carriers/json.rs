//! `"status": "completed"`: the string of a JSON member; `"passes": true`, where the profile has a status
//! with that value.

use crate::model::carrier::{Carrier, Form, LikeWords, Spelled};
use crate::model::carriers::marker;
use crate::model::carriers::spelling::machine_word;
use crate::profile::reading::{self, Reading, Shape};
use crate::profile::vocabulary::{StatusDef, Vocabulary};
use crate::syntax::json::rewrite;
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The carrier.
pub(super) static CARRIER: Carrier = Carrier {
    id: "json",
    of_value: Some(|vocabulary, value| match value.as_bool() {
        Some(said) => of_boolean(vocabulary, said, value.range),
        None => Some(reading::read_json(vocabulary, value.as_str()?, value.range)),
    }),
    text: |raw| raw.trim_matches('"').to_owned(),
    respelled,
    mended,
    with_word: |_, word| rewrite::quote(&StatusDef::json_name(word)),
    wrong_case: "is not spelled as the profile has it",
    words: Some(LikeWords { range: in_quotes, like: machine_word }),
    ..marker::CARRIER
};

/// The word of a string; empty for what is no string, or is not spelled as it should be.
fn in_quotes(form: Form<'_>) -> TextRange {
    let (range, raw) = (form.range(), form.raw());
    if form.occurrence.reading.shape != Shape::Exact {
        return TextRange::empty(range.start as usize);
    }
    let word = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    match word.filter(|word| !word.contains('\\')) {
        Some(word) => {
            TextRange::new(range.start as usize + 1, range.start as usize + 1 + word.len())
        }
        None => TextRange::empty(range.start as usize),
    }
}

fn of_boolean(vocabulary: &Vocabulary, said: bool, range: TextRange) -> Option<Reading> {
    let word = if said { "true" } else { "false" };
    let (status, _) = vocabulary.iter().find(|(_, def)| def.json == word)?;
    Some(Reading { range, word: range, status: Some(status), shape: Shape::Exact })
}

fn respelled(form: Form<'_>, def: &StatusDef, _: Option<&str>) -> Spelled {
    if matches!(form.raw(), "true" | "false") {
        return match def.is_boolean() {
            true => Ok(vec![TextEdit { range: form.range(), insert: def.json.clone() }]),
            false => Err("a boolean is `true` or `false`".to_owned()),
        };
    }
    let insert = rewrite::quote(&machine_word(def, form.raw().trim_matches('"')));
    Ok(vec![TextEdit { range: form.range(), insert }])
}

fn mended(form: Form<'_>) -> Option<String> {
    let reading = &form.occurrence.reading;
    let status = reading.status?;
    if matches!(reading.shape, Shape::Exact | Shape::Sign) {
        return None;
    }
    let raw = form.raw().trim_matches('"').trim();
    // What is its name in other letters is spelled as the name; another word for it stays.
    let def = form.vocabulary.get(status);
    let word = match form.vocabulary.is_name(def, raw) {
        true => def.json.clone(),
        false => StatusDef::json_name(raw),
    };
    let same = form.vocabulary.lookup(&word) == Some(status);
    same.then(|| rewrite::quote(&word))
}
