//! Comments behind a status that is another now: they stay, and whoever sets it is told.

use super::PlanDraft;
use crate::change::{SourceChange, validate};

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
