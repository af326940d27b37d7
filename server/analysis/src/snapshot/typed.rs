//! Statuses that the user of an editor has typed, and has not saved or has saved just now. They are a
//! statement of what is meant, whichever place a profile trusts first.

use std::collections::BTreeSet;

use crate::index::{DocIdx, Place, Spot, Task};
use crate::model::{EntityIdx, FilePath};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::Snapshot;
use crate::text::TextRange;
use crate::text::diff;

/// More than this is not compared line by line. In bytes.
const LONG: usize = 64 * 1024;

impl Snapshot {
    /// What was typed into a document.
    fn typed_in(&self, doc: DocIdx) -> Vec<TextRange> {
        let document = &self.index.docs[doc];
        let open = self.editing.open.get(&document.path);
        let Some(before) = open.and_then(|open| open.typed_on.as_ref()) else { return Vec::new() };
        let Some(at) = before.difference(&document.text) else { return Vec::new() };
        let all = TextRange::new(at.start, at.new_end);
        if at.new_end - at.start > LONG || at.old_end - at.start > LONG {
            return vec![all];
        }
        let (old, new) = (before.copy(at.start..at.old_end), document.text.copy(all.bytes()));
        let mut moved = 0;
        let edits = diff::edits(&old, &new);
        let range = |edit: &crate::text::text_edit::TextEdit| {
            let start = (at.start + edit.range.start as usize).saturating_add_signed(moved);
            let (gone, come) = (edit.range.len(), edit.insert.len());
            moved += isize::try_from(come).unwrap_or(0) - isize::try_from(gone).unwrap_or(0);
            TextRange::new(start, start + come)
        };
        edits.iter().map(range).collect()
    }

    /// The statuses of a task that were typed and are known, each once.
    pub(crate) fn typed_statuses(&self, task: &Task) -> Vec<StatusIdx> {
        let mut found = Vec::new();
        for spot in self.index.statuses(task) {
            let is_new = |status: &StatusIdx| !found.contains(status);
            found.extend(spot.status().filter(is_new).filter(|_| self.is_typed(&spot)));
        }
        found
    }

    /// Whether what stands in a range of a file was typed.
    pub(crate) fn is_typed_at(&self, path: &str, range: TextRange) -> bool {
        let doc = self.index.document(path).map(|(doc, _)| doc);
        doc.is_some_and(|doc| self.typed_in(doc).iter().any(|typed| is_inside(*typed, range)))
    }

    /// Whether a status was typed.
    pub(crate) fn is_typed(&self, spot: &Spot<'_>) -> bool {
        let range = spot.occurrence.reading.range;
        self.typed_in(spot.place.doc).iter().any(|typed| is_inside(*typed, range))
    }
}

/// Whether a change is in a range, rather than beside it.
fn is_inside(change: TextRange, range: TextRange) -> bool {
    change.start < range.end && range.start < change.end.max(change.start + 1)
}

/// All statuses that were typed, as they are to stay.
#[derive(Debug, Default)]
pub(crate) struct TypedStatuses(Vec<TypedStatus>);

#[derive(Debug)]
struct TypedStatus {
    path: FilePath,
    entity: EntityIdx,
    /// How many entities stand in the file.
    n_entities: usize,
    task: TaskId,
    status: StatusIdx,
}

impl TypedStatuses {
    /// Those of an editor.
    pub(crate) fn of(analysis: &Snapshot) -> TypedStatuses {
        let index = &analysis.index;
        let mut all = Vec::new();
        for path in analysis.editing.open.keys() {
            let Some((doc, document)) = index.document(path.as_str()) else { continue };
            let typed = analysis.typed_in(doc);
            if typed.is_empty() {
                continue;
            }
            for occurrence in document.facts.occurrences.iter() {
                let reading = &occurrence.reading;
                let place = Place { doc, entity: occurrence.entity };
                let is_typed = || typed.iter().any(|it| is_inside(*it, reading.range));
                if let Some(status) = reading.status.filter(|_| is_typed())
                    && let Some(task) = index.task_at(place)
                {
                    all.push(TypedStatus {
                        path: path.clone(),
                        entity: occurrence.entity,
                        n_entities: document.facts.entities.len(),
                        task: task.id.clone(),
                        status,
                    });
                }
            }
        }
        TypedStatuses(all)
    }

    /// The tasks of which one of them is another in `after`.
    pub(crate) fn overwritten(&self, after: &Snapshot) -> BTreeSet<TaskId> {
        let index = &after.index;
        let stays = |it: &&TypedStatus| {
            let Some((doc, document)) = index.document(it.path.as_str()) else { return false };
            let says = |spot: Spot<'_>| spot.status() == Some(it.status);
            if document.facts.entities.len() == it.n_entities {
                return index.spots(Place { doc, entity: it.entity }).any(says);
            }
            let task = index.tasks.get(&it.task);
            task.is_some_and(|task| {
                index.statuses(task).filter(|spot| spot.place.doc == doc).any(says)
            })
        };
        self.0.iter().filter(|it| !stays(it)).map(|it| it.task.clone()).collect()
    }
}
