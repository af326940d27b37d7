//! Comments behind a status that is another now: they stay, and whoever sets it is told.

use std::borrow::Cow;

use super::PlanDraft;
use crate::change::{SourceChange, validate};
use crate::index::Spot;
use crate::profile::vocabulary::{StatusDef, StatusIdx};

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
