//! The mark of a check box, where a status has several or the format has none: as the boxes of the
//! repository have it.

use std::borrow::Cow;
use std::sync::Arc;

use super::PlanDraft;
use crate::change::SourceChange;
use crate::index::{Index, Place, Spot};
use crate::profile::vocabulary::{StatusDef, StatusIdx};
use crate::snapshot::Snapshot;

/// A status with its marks in such an order that the first is the one that other files use, where this
/// one has none of them.
pub(super) fn as_elsewhere<'d>(
    index: &Index,
    spot: &Spot<'_>,
    own: Cow<'d, StatusDef>,
) -> Cow<'d, StatusDef> {
    let is_choice = own.boxes.len() > 1 && spot.occurrence.carrier.is_coarse();
    let in_file = |mark: &String| spot.document.text.contains(&*format!("[{mark}] "));
    if !is_choice || own.boxes.iter().any(in_file) {
        return own;
    }
    let mut times = vec![0; own.boxes.len()];
    for mark in boxes(index, spot) {
        let at = own.boxes.iter().position(|own| own == mark);
        at.into_iter().for_each(|at| times[at] += 1);
    }
    let most = (0..times.len()).rev().max_by_key(|at| times[*at]).unwrap_or_default();
    if most == 0 {
        return own;
    }
    let mut own = own.into_owned();
    let mark = own.boxes.remove(most);
    own.boxes.insert(0, mark);
    Cow::Owned(own)
}

/// The marks of all boxes in files of the same profile.
fn boxes<'a>(index: &'a Index, spot: &Spot<'_>) -> impl Iterator<Item = &'a str> {
    let profile = spot.document.profile.clone();
    let documents = index.docs.iter().filter(move |it| Arc::ptr_eq(&it.profile, &profile));
    documents.flat_map(|document| {
        let all = document.facts.occurrences.iter().filter(|it| it.carrier.is_coarse());
        all.map(|it| document.raw(it))
    })
}

/// What to know of a mark that a box at a place would get for a status: its format knows none, and no
/// other box has it.
pub fn strange_mark(analysis: &Snapshot, place: Place, to: StatusIdx) -> Option<String> {
    let index = &analysis.index;
    let def = index.vocabulary_at(place).get(to);
    let mut own = index.spots(place).filter(|it| it.occurrence.carrier.is_coarse());
    let spot = own.next().filter(|_| def.seldom)?;
    let is_own = |mark: &str| def.boxes.iter().any(|own| own == mark);
    let is_used = boxes(index, &spot).any(is_own);
    let mark = def.boxes.first().filter(|_| !is_used)?;
    Some(format!("no other box has `[{mark}]`; what knows only `[ ]` and `[x]` shows it as text"))
}

impl PlanDraft<'_> {
    /// Tells of marks that no other box has, where somebody asked for the status.
    pub(super) fn note_marks(&mut self, change: &SourceChange) {
        if self.intent.mode.mends() {
            return;
        }
        let index = &self.analysis.index;
        let is_edited = |spot: &Spot<'_>| {
            let edits = change.edits.get(&spot.document.path);
            let mark = spot.occurrence.reading.range;
            spot.occurrence.carrier.is_coarse()
                && edits.is_some_and(|edits| edits.iter().any(|edit| edit.range == mark))
        };
        let edited =
            self.desired.iter().filter(|(at, _)| index.spots(**at).any(|it| is_edited(&it)));
        let told = edited.filter_map(|(at, to)| strange_mark(self.analysis, *at, *to));
        let mut told: Vec<String> = told.collect();
        told.sort();
        told.dedup();
        self.notes.extend(told);
    }
}
