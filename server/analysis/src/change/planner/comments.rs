//! Comments behind a status that is another now: they stay, and whoever sets it is told.

use std::borrow::Cow;

use super::PlanDraft;
use crate::change::{SourceChange, validate};
use crate::index::Spot;
use crate::model::legend;
use crate::profile::reading::{self, Shape};
use crate::profile::vocabulary::{Category, StatusDef, StatusIdx};
use crate::text::text_edit::TextEdit;

/// So many signs at least are explained in a legend.
const LEGEND: usize = 3;

/// Refuses edits of a sign that write another one than those which the file explains for its statuses.
pub(super) fn in_legend(spot: &Spot<'_>, edits: &[TextEdit]) -> Result<(), String> {
    let text = &spot.document.text;
    let own = spot.occurrence.reading.word.of(text);
    let is_own_sign = own.starts_with(reading::is_sign);
    if spot.occurrence.reading.shape != Shape::Sign && !is_own_sign {
        return Ok(());
    }
    let mut written = edits.iter().flat_map(|edit| edit.insert.chars());
    let Some(sign) = written.find(|c| reading::is_sign(*c)) else { return Ok(()) };
    let named = Some(explained(spot)).filter(|signs| signs.len() >= LEGEND);
    let told = Some(legend::signs(text.whole())).filter(|signs| signs.len() > 1);
    let own = own.chars().next();
    let lacks =
        |signs: &Vec<char>| own.is_some_and(|own| signs.contains(&own)) && !signs.contains(&sign);
    if named.iter().chain(&told).any(lacks) {
        return Err(format!("its file explains other signs than `{sign}`"));
    }
    match two_signs(spot).filter(|signs| !signs.contains(&sign)) {
        Some([done, not]) => Err(format!("its file has no other signs than `{done}` and `{not}`")),
        None => Ok(()),
    }
}

/// The sign of what is done and that of what has failed, where the items of a list have these and no others:
/// the one for what has failed may tell what is not yet.
fn two_signs(spot: &Spot<'_>) -> Option<[char; 2]> {
    let document = spot.document;
    let own = spot.occurrence.carrier;
    let entities = 0..document.facts.entities.len();
    let (mut done, mut not) = (None, None);
    for other in entities.flat_map(|entity| document.facts.occurrences_of(entity)) {
        if other.carrier != own || other.reading.shape != Shape::Sign {
            continue;
        }
        let sign = other.reading.word.of(&document.text).chars().next();
        let status = other.reading.status?;
        match document.vocabulary_of(other.entity).get(status).category {
            Category::Done => done = sign,
            Category::Failed => not = sign,
            _ => return None,
        }
    }
    Some([done?, not?])
}

/// The signs in front of which lines that name a status and nothing else stand.
fn explained(spot: &Spot<'_>) -> Vec<char> {
    let vocabulary = spot.vocabulary();
    let sign = |line: &str| {
        let line = line.trim_start_matches(['-', '*', '+', '>', ' ', '\t']);
        let sign = line.chars().next().filter(|first| reading::is_sign(*first))?;
        let words = line.trim_start_matches(reading::is_sign_part);
        let words = words.trim_matches(|c: char| c.is_whitespace() || "*_`=:→-".contains(c));
        vocabulary.lookup(words).map(|_| sign)
    };
    let mut signs: Vec<char> = spot.document.text.whole().lines().filter_map(sign).collect();
    signs.sort_unstable();
    signs.dedup();
    signs
}

/// A status in the word that the comment behind the old one lists for it; why it has none, where the
/// comment lists words and not just one of them says the status.
pub(super) fn as_listed<'d>(
    spot: &Spot<'_>,
    to: StatusIdx,
    own: Cow<'d, StatusDef>,
) -> Result<Cow<'d, StatusDef>, String> {
    let listed = spot.listed_words();
    if listed.is_empty() || listed.iter().any(|word| *word == own.json || *word == own.marker) {
        return Ok(own);
    }
    let says = |word: &&String| spot.vocabulary().lookup(word) == Some(to);
    match &listed.iter().filter(says).collect::<Vec<_>>()[..] {
        [word] => {
            let word = (*word).clone();
            let json = word.clone();
            Ok(Cow::Owned(StatusDef { marker: word, json, exact: true, ..own.into_owned() }))
        }
        [] => Err(format!("the comment behind it lists `{}`", listed.join("`, `"))),
        several => {
            let words: Vec<_> = several.iter().map(|word| word.as_str()).collect();
            Err(format!("the comment behind it lists `{}` for it", words.join("` and `")))
        }
    }
}

impl PlanDraft<'_> {
    /// Tells of the comments that stand behind a status which changes.
    pub(super) fn note_comments(&mut self, change: &SourceChange) {
        if self.intent.mode.mends() {
            return;
        }
        let index = &self.analysis.index;
        let spots = self.desired.keys().flat_map(|place| index.spots(*place));
        let told = spots.filter_map(|spot| {
            let range = spot.occurrence.reading.range;
            let edits = change.edits.get(&spot.document.path)?;
            let is_edited = edits.iter().any(|edit| range.contains_range(edit.range));
            let comment = spot.comment_behind().filter(|_| is_edited)?;
            let at = validate::location(spot.document, range);
            Some(format!("the comment `{comment}` behind {at} stays"))
        });
        let mut told: Vec<String> = told.collect();
        told.dedup();
        self.notes.extend(told);
    }
}
