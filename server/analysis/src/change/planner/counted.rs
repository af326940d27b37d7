//! Numbers that follow a change: counters of a file, and figures beside what the changed tasks are part of.

use std::collections::BTreeMap;

use super::PlanDraft;
use crate::change::validate;
use crate::index::counters::of_type;
use crate::index::figures::{PartsFigure, endless_figures, figures_of, finished_parts, furthest};
use crate::index::former::Former;
use crate::index::{DocIdx, Index, Task, shares};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusIdx};
use crate::profile::{Counter, CounterValue};
use crate::text::text_edit::TextEdit;

/// How the status of a task is told by its places.
type Telling = fn(&Index, &Task) -> Option<StatusIdx>;

impl PlanDraft<'_> {
    /// What may have been counted: what the trusted places say, and what those say that are furthest.
    fn tellings() -> [Telling; 2] {
        [|index, task| index.status(task), furthest]
    }

    /// The status that a task is to have, else what `telling` says.
    fn told(&self, telling: Telling, task: &Task) -> Option<StatusIdx> {
        let present = || telling(&self.analysis.index, task);
        self.tasks.get(&task.id).copied().or_else(present)
    }

    /// Counters of the types of the changed tasks stay right where they were.
    pub(super) fn type_counters(&self, by_doc: &mut BTreeMap<DocIdx, Vec<TextEdit>>) {
        let index = &self.analysis.index;
        let changed: Vec<&Task> =
            self.tasks.keys().filter_map(|id| index.tasks.get(id)).map(|task| &**task).collect();
        for (doc, document) in index.counting() {
            for fact in &document.facts.counters {
                let counter = &document.profile.counters[fact.counter];
                let CounterValue::OfType { task_type, .. } = &counter.equals else { continue };
                if !changed.iter().any(|task| task.task_type == *task_type) {
                    continue;
                }
                // One of all may count such as were finished before.
                let ways = [index.former(doc), Former::default()];
                let ways = ways.iter().flat_map(|it| Self::tellings().map(|telling| (it, telling)));
                let becomes = ways.into_iter().find_map(|(former, telling)| {
                    let count = |status: &dyn Fn(&Task) -> Option<StatusIdx>| {
                        of_type(index, doc, counter, status, former)
                    };
                    // One of all may count such as are not written yet.
                    let (was, others) = count(&|task| telling(index, task))?;
                    let (is, _) = count(&|task| self.told(telling, task))?;
                    let unlisted = self.unlisted(doc, counter, telling);
                    // Whether it counts what is known by its parts alone, it tells itself.
                    let more = [unlisted, 0].into_iter().find(|n| fact.value == Some(was + n));
                    more.filter(|_| others.is_ge()).map(|more| is + more)
                });
                if let Some(is) = becomes.filter(|is| fact.value != Some(*is)) {
                    let edit = TextEdit { range: fact.range, insert: is.to_string() };
                    by_doc.entry(doc).or_default().push(edit);
                }
            }
            if let Some(edits) = by_doc.get_mut(&doc) {
                let was = |number| self.recalled_number(document, number);
                edits.extend(shares::follow(document, edits, &was));
            }
        }
    }

    /// How many of a counted type are known by their parts alone, each of which is finished.
    fn unlisted(&self, doc: DocIdx, counter: &Counter, telling: Telling) -> i64 {
        let index = &self.analysis.index;
        let CounterValue::OfType { task_type, categories, .. } = &counter.equals else { return 0 };
        if !categories.contains(&Category::Done) {
            return 0;
        }
        let is_done = |part: &&Task| {
            let said = telling(index, part);
            said.is_some_and(|it| index.vocabulary_of(part).get(it).category == Category::Done)
        };
        let wholes = index.unlisted(doc, *task_type);
        let done = wholes.values().filter(|parts| parts.iter().all(&is_done));
        i64::try_from(done.count()).unwrap_or_default()
    }

    /// Figures of what the changed tasks are part of stay right where they were, and one beside a task that
    /// ends says all its parts where all are finished; what they may say besides is told.
    pub(super) fn figures(&mut self, by_doc: &mut BTreeMap<DocIdx, Vec<TextEdit>>) {
        let index = &self.analysis.index;
        let changed = self.tasks.keys().filter_map(|id| index.tasks.get(id));
        let parents = changed.flat_map(|task| index.parents(task));
        let mut wholes: BTreeMap<&TaskId, &Task> =
            parents.map(|(_, parent)| (&parent.id, parent)).collect();
        let ended = self.tasks.keys().filter_map(|id| index.tasks.get(id));
        wholes.extend(ended.filter(|task| self.finishes(task)).map(|task| (&task.id, &**task)));
        for whole in wholes.into_values() {
            for (place, figure) in figures_of(index, whole) {
                let all = self.all_of(whole);
                let edit = match (self.becomes(whole, figure), all) {
                    // Who has ended it knows its parts, and the figure is older than some of them.
                    (_, Some(all)) if figure.done < all && figure.total < all => {
                        Some(TextEdit { range: figure.both, insert: format!("{all}/{all}") })
                    }
                    (Some(done), _) if done != figure.done => {
                        Some(TextEdit { range: figure.range, insert: done.to_string() })
                    }
                    (None, Some(all)) if figure.total == all && figure.done != all => {
                        Some(TextEdit { range: figure.range, insert: all.to_string() })
                    }
                    _ => None,
                };
                by_doc.entry(place.doc).or_default().extend(edit);
            }
            for (place, range) in endless_figures(index, whole) {
                let edit = self.all_of(whole).map(|all| format!("{all}/{all}"));
                let edit = edit.map(|insert| TextEdit { range, insert });
                by_doc.entry(place.doc).or_default().extend(edit);
            }
        }
        self.note_figures();
        self.note_shared_rows();
    }

    /// Tells which rows of several tasks, which no change edits, the change contradicts.
    fn note_shared_rows(&mut self) {
        let index = &self.analysis.index;
        let mut notes = Vec::new();
        for (doc, row) in index.shared_rows() {
            let is_own = |id| self.tasks.contains_key(&index.id_in(doc, id));
            let before = index.against_row(doc, row, &|task| index.status(task));
            if !row.ids.iter().any(is_own) || !before.is_empty() {
                continue;
            }
            if !index.against_row(doc, row, &|task| self.task_status(task)).is_empty() {
                let document = &index.docs[doc];
                let [name, said] = [row.name, row.range].map(|it| it.of(&document.text).trim());
                let at = validate::location(document, row.range);
                notes.push(format!("{said} at {at} is said of {name} and stays"));
            }
        }
        self.notes.extend(notes);
    }

    /// How many parts a figure counts as finished after the change; `None` where it is not known to have
    /// been right. It may count parts that are not written yet, too.
    pub(super) fn becomes(&self, parent: &Task, figure: PartsFigure) -> Option<u64> {
        let index = &self.analysis.index;
        Self::tellings().into_iter().find_map(|telling| {
            let (was, total) = finished_parts(index, parent, &|part| telling(index, part));
            let (done, _) = finished_parts(index, parent, &|part| self.told(telling, part));
            (figure.done == was && figure.total >= total).then_some(done)
        })
    }

    /// Whether the change finishes a task, or a place of it that was behind the others.
    fn finishes(&self, task: &Task) -> bool {
        let index = &self.analysis.index;
        let is_done = |said| index.vocabulary_of(task).get(said).category == Category::Done;
        let is_behind =
            || index.statuses(task).any(|it| it.status().is_some_and(|it| !is_done(it)));
        self.tasks.get(&task.id).is_some_and(|to| is_done(*to))
            && (!index.status(task).is_some_and(is_done) || is_behind())
    }

    /// How many parts a task has that ends, where each of them is finished.
    fn all_of(&self, task: &Task) -> Option<u64> {
        let (done, total) =
            finished_parts(&self.analysis.index, task, &|part| self.task_status(part));
        (self.finishes(task) && done == total && total > 0).then_some(total)
    }

    /// Tells which figures are left that count too few parts as finished beside what the change says,
    /// where nothing else finds that.
    fn note_figures(&mut self) {
        let index = &self.analysis.index;
        let mut notes: Vec<String> = Vec::new();
        let changed = || self.tasks.keys().filter_map(|id| index.tasks.get(id));
        let parents = changed().flat_map(|task| index.parents(task).map(|(_, parent)| parent));
        let mut all: BTreeMap<&TaskId, &Task> = parents.map(|task| (&task.id, task)).collect();
        all.extend(changed().map(|task| (&task.id, &**task)));
        for task in all.into_values() {
            let (was, total) = finished_parts(index, task, &|part| index.status(part));
            let (done, _) = finished_parts(index, task, &|part| self.task_status(part));
            let ends = self.finishes(task);
            for (place, figure) in figures_of(index, task) {
                let now = self.becomes(task, figure).unwrap_or(figure.done);
                let is_ended = self.all_of(task).is_some_and(|all| figure.total < all);
                let is_left = ends && now < figure.total || was != done && now != done;
                let is_left = is_left && !is_ended;
                if figure.total != total && is_left {
                    let at = validate::location(&index.docs[place.doc], figure.range);
                    let name = self.analysis.name_of(&task.id);
                    let said = format!("{now}/{}", figure.total);
                    notes.push(format!(
                        "{said} at {at} counts other parts of {name} than are known"
                    ));
                }
            }
        }
        self.notes.extend(notes);
    }
}
