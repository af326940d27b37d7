//! A status in the form that other rows of its table have for it.

use super::alone;
use crate::model::carrier::{Form, Unspelled};
use crate::model::carriers::marker;
use crate::model::carriers::spelling::time_in;
use crate::profile::languages;
use crate::profile::reading::{self, is_sign_part};
use crate::profile::vocabulary::{Category, StatusDef};
use crate::syntax::table_row::{cells, rows};
use crate::text::TextRange;
use crate::text::text_edit::TextEdit;

/// The edit that has a cell say a status as the nearest row above says it, or else the nearest below;
/// `None` where none says it, or the cell holds more than its status. Only where words are anybody's.
pub(super) fn as_in_other_rows(
    form: Form<'_>,
    def: &StatusDef,
) -> Result<Option<TextEdit>, Unspelled> {
    if !form.style.bare {
        return Ok(None);
    }
    let text = form.text.copy(0..form.text.len());
    let (own, line) = (form.range(), form.occurrence.line);
    let column = cells(&text, line).iter().position(|cell| cell.contains_range(own));
    let is_alone = |at: usize| alone::bare(&text, cells(&text, line)[at]) == own;
    let Some(column) = column.filter(|at| is_alone(*at)) else { return Ok(None) };
    let is_drawn = |said: &str| said.chars().all(is_sign_part);
    let is_sign = is_drawn(own.of(&*text));
    let in_column = |row: TextRange| cells(&text, row).get(column).map(|cell| cell.of(&*text));
    let beside = || rows(&text, line, true).chain(rows(&text, line, false));
    let mut is_not_yet = None;
    let was_translated = form.vocabulary.is_translated(own.of(&*text));
    let mut said = |row: TextRange| {
        let cell = *cells(&text, row).get(column)?;
        let reading = reading::read_field(form.vocabulary, form.style, &text, cell)?;
        let said = reading.range.of(&*text);
        let mut told = form.vocabulary.get(reading.status?);
        let is_failed = told.category == Category::Failed && is_drawn(said);
        if is_failed && def.category == Category::Open {
            let tells = || alone::tells_not_yet(form.vocabulary, beside().filter_map(in_column));
            if *is_not_yet.get_or_insert_with(tells) {
                told = form.vocabulary.get(alone::open(form.vocabulary)?);
            }
        }
        let is_failed = is_failed && told.category == Category::Failed;
        let is_it = told.id == def.id && reading.range == alone::bare(&text, cell);
        let is_translated = |word: &str| form.vocabulary.is_translated(word);
        let is_of_one = is_translated(said) == was_translated
            && (!was_translated || languages::are_of_one(said, own.of(&*text)));
        let is_of_language = is_sign || is_drawn(said) || is_of_one;
        (is_it && !is_failed && is_of_language).then(|| said.to_owned())
    };
    let mut all: Vec<String> = beside().filter_map(&mut said).collect();
    // A sign stays a sign where another row has one.
    all.sort_by_key(|said| is_drawn(said) != is_sign);
    let Some(insert) = all.into_iter().next() else {
        let is_failed = |sign: &str| {
            let status = form.vocabulary.lookup(sign);
            status.is_some_and(|it| form.vocabulary.get(it).category == Category::Failed)
        };
        let mut signs = beside().chain([line]).filter_map(in_column).map(str::trim);
        return match is_sign {
            true if def.category == Category::Failed => {
                Err("a sign alone may tell what is not yet".to_owned())
            }
            true if def.category != Category::Done && signs.any(is_failed) => {
                Err("no row beside it has a sign for that".to_owned())
            }
            _ => Ok(None),
        };
    };
    Ok(Some(TextEdit { range: own, insert }))
}

/// What tells in brackets, behind the status and in its cell, how it came to it. A day alone is that of
/// the status, a share alone is of its work: they follow.
pub(super) fn note(form: Form<'_>) -> Option<String> {
    let text = form.text.copy(0..form.text.len());
    let own = form.range();
    let cells = cells(&text, form.occurrence.line);
    let cell = cells.into_iter().find(|cell| cell.contains_range(own))?;
    let said = alone::in_brackets(&text, own, alone::bare(&text, cell))?;
    // Where words are the profile's, a figure is one of parts that it counts.
    let is_figure = |it: &str| marker::is_count(it) || it.bytes().all(|byte| byte.is_ascii_digit());
    let is_counted = || !form.style.bare && said.split(' ').next().is_some_and(is_figure);
    let follows = time_in(said) == Some(0..said.len()) || marker::is_share(said) || is_counted();
    (!follows && said.contains(char::is_alphanumeric)).then(|| said.to_owned())
}
