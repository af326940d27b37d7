//! How messages write a status that a task or a place is to have: as it would stand there.

use crate::index::{Index, Place, Spot, Task};
use crate::model::carrier::Form;
use crate::profile::vocabulary::StatusIdx;

impl Index {
    /// A status that a task is to have: the mark, where it stands in check boxes only.
    pub fn written(&self, task: &Task, to: StatusIdx) -> String {
        let mark = mark(self.statuses(task), to);
        let marker = || &self.vocabulary_of(task).get(to).marker;
        mark.unwrap_or_else(|| self.profile_of(task).markers.write(marker()))
    }

    /// The same of a place.
    pub fn written_at(&self, place: Place, to: StatusIdx) -> String {
        let marker = || &self.vocabulary_at(place).get(to).marker;
        let mark = mark(self.spots(place), to);
        mark.unwrap_or_else(|| self.profile_at(place).markers.write(marker()))
    }
}

/// The mark of a status where all that says one are check boxes, as the first of them has it.
fn mark<'a>(spots: impl Iterator<Item = Spot<'a>>, to: StatusIdx) -> Option<String> {
    let mut first = None;
    for spot in spots {
        if !spot.occurrence.carrier.is_coarse() {
            return None;
        }
        first = first.or(Some(spot));
    }
    let spot = first?;
    let (text, vocabulary) = (&spot.document.text, spot.vocabulary());
    let style = &spot.document.profile.markers;
    let all = &spot.document.facts.occurrences;
    let form = Form { text, occurrence: spot.occurrence, vocabulary, style, all };
    let def = vocabulary.get(to);
    let known = def.boxes.first()?;
    let carrier = spot.occurrence.carrier;
    let written = form.respelled(def, None).ok().and_then(|edits| edits.into_iter().next());
    let is_mark = |mark: &String| def.boxes.contains(mark);
    let mark = written.map(|edit| edit.insert).filter(is_mark);
    Some(carrier.shown(mark.as_ref().unwrap_or(known)))
}
