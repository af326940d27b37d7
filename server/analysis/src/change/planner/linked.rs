//! Boxes of other lists that are about a task: they are tasks of their own there, and follow nothing.

use std::sync::Arc;

use crate::change::planner::PlanDraft;
use crate::change::{Mode, validate};
use crate::index::{DocIdx, Place, Spot, Task};
use crate::model::Link;
use crate::profile::EntityKind;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::snapshot::Resolved;

impl PlanDraft<'_> {
    /// Tells of boxes in files of other profiles that are called as the task, link to its file and say
    /// whether it is finished otherwise than it is to be.
    pub(super) fn note_linked_boxes(&mut self, task: &Task, to: StatusIdx) {
        let index = &self.analysis.index;
        let Some(first) = task.places.first().filter(|_| self.intent.mode != Mode::Align) else {
            return;
        };
        let own = &index.docs[first.doc].profile;
        if index.docs.iter().all(|document| Arc::ptr_eq(&document.profile, own)) {
            return;
        }
        let name = self.analysis.name_of(&task.id);
        let is_done = index.vocabulary_of(task).get(to).category == Category::Done;
        let mut told = Vec::new();
        for place in task.places.iter().filter(|place| index.is_document(**place)) {
            for (doc, link) in index.links_named(index.docs[place.doc].path.as_str()) {
                let Some(at) = self.box_of(doc, link, &name, place.doc) else { continue };
                let Some(spot) = index.spots(at).find(|it| it.occurrence.carrier.is_coarse())
                else {
                    continue;
                };
                if says_done(&spot) != Some(is_done) {
                    let place = validate::location(spot.document, spot.occurrence.reading.range);
                    told.push(format!(
                        "{} at {place} is a box for {name}, and stays",
                        spot.shown()
                    ));
                }
            }
        }
        self.notes.extend(told);
    }

    /// The box whose words begin with the name of a task, in a link to its file.
    fn box_of(&self, doc: DocIdx, link: &Link, name: &str, file: DocIdx) -> Option<Place> {
        let index = &self.analysis.index;
        let (document, of) = (&index.docs[doc], &index.docs[file]);
        if Arc::ptr_eq(&document.profile, &of.profile) || document.facts.history {
            return None;
        }
        // A link is one of the section around a box that has no id of its own.
        let around = document.facts.entities.around(link.range);
        let around = around.filter(|(_, it)| it.range.contains_range(link.range));
        let place = Place { doc, entity: around.map(|(at, _)| at).max()? };
        let entity = index.entity(place);
        let is_box = matches!(entity.kind, EntityKind::Item | EntityKind::Task);
        let head = entity.title.get(..name.len()).unwrap_or_default();
        let behind = entity.title.get(name.len()..).unwrap_or_default();
        let is_called = head.eq_ignore_ascii_case(name)
            && !behind.starts_with(|c: char| c.is_alphanumeric() || c == '-');
        let leads = self.analysis.resolve(document, &link.target);
        let is_there = leads == Resolved::Present(of.path.to_string());
        (is_box && is_called && is_there).then_some(place)
    }
}

fn says_done(spot: &Spot<'_>) -> Option<bool> {
    Some(spot.vocabulary().get(spot.status()?).category == Category::Done)
}

#[cfg(test)]
mod tests {
    use crate::change::{Intent, Mode, Subject, plan};
    use crate::testing::{AT, analysis};

    #[test]
    fn a_box_in_another_list_that_links_to_the_file_of_a_task_is_told() {
        let notes = |line: &str, to: &str| {
            let text = format!(
                "//- /tickets/T060_tea.md\n  # Tea\n\n  **Status:** Open\n//- /ROADMAP.md\n  # All\n\n  {line}\n"
            );
            let (analysis, _) = analysis(&text);
            let task = analysis.index.spelled("T060")[0];
            let to = analysis.index.vocabulary_of(task).by_id(to).expect("a status");
            let (subject, at) = (Subject::Task(task.id.clone()), AT.to_owned());
            let intent = Intent { subject, to, reason: None, at, mode: Mode::Transition };
            let planned = plan(&analysis, &intent).expect("it is planned");
            planned.notes
        };
        let line = "- [ ] [T060](tickets/T060_tea.md) Tea";
        assert_eq!(notes(line, "done"), ["[ ] at ROADMAP.md:3:4 is a box for T060, and stays"]);
        assert_eq!(notes(line, "in_progress"), [""; 0]);
        for line in [
            "- [x] [T060](tickets/T060_tea.md) Tea",
            "- [ ] Taste it, as [T060](tickets/T060_tea.md) says",
            "- [ ] [T060](T060_tee.md)",
        ] {
            assert_eq!(notes(line, "done"), [""; 0], "{line}");
        }
    }
}
