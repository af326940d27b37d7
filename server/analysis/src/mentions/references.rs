//! Every text that speaks of a task, part or file.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::index::{DocIdx, Index, Place, Task};
use crate::mentions::{Named, depended_on, file, parent_named, task_of_file, told_of};
use crate::model::FilePath;
use crate::profile::id::TaskId;
use crate::text::TextRange;

/// How a text speaks of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// It is its name, at the place whose word counts.
    Declaration,
    /// It is its name, at another place.
    Name,
    /// It says its status.
    Status,
    /// Another task depends on it, or is part of it.
    Mention,
    /// It is a link to a file of it.
    Link,
}

/// A text that speaks of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The file.
    pub path: FilePath,
    /// The text.
    pub range: TextRange,
    /// How it speaks of it.
    pub kind: ReferenceKind,
}

/// Every text that speaks of what is named: its places, the most trusted first, then what depends on
/// it and links to it.
pub fn references(analysis: &Analysis, named: &Named) -> Vec<Reference> {
    let index = &analysis.index;
    let mut found = Gathering { index, seen: BTreeSet::new(), all: Vec::new() };
    match named {
        Named::Part(place) => {
            found.place(*place, true);
            if index.is_document(*place) {
                found.links(analysis, index.docs[place.doc].path.as_str());
            }
        }
        Named::Task(id) => found.task(analysis, id),
        Named::File(path) => match task_of_file(index, path) {
            Some((task, _)) => found.task(analysis, &task.id),
            None => found.links(analysis, path),
        },
    }
    found.all
}

struct Gathering<'a> {
    index: &'a Index,
    seen: BTreeSet<(DocIdx, TextRange)>,
    all: Vec<Reference>,
}

impl Gathering<'_> {
    fn add(&mut self, doc: DocIdx, range: TextRange, kind: ReferenceKind) {
        if self.seen.insert((doc, range)) {
            let path = self.index.docs[doc].path.clone();
            self.all.push(Reference { path, range, kind });
        }
    }

    fn place(&mut self, place: Place, is_first: bool) {
        let entity = self.index.entity(place);
        let name = if is_first { ReferenceKind::Declaration } else { ReferenceKind::Name };
        if !entity.name.is_empty() {
            self.add(place.doc, entity.name, name);
        }
        let said: Vec<TextRange> =
            self.index.spots(place).map(|spot| spot.occurrence.reading.range).collect();
        for range in said {
            self.add(place.doc, range, ReferenceKind::Status);
        }
        for range in told_of(&self.index.docs[place.doc], place) {
            self.add(place.doc, range, ReferenceKind::Name);
        }
    }

    fn task(&mut self, analysis: &Analysis, id: &TaskId) {
        let index = self.index;
        let Some(task) = index.tasks.get(id) else { return };
        let places = || task.places.iter().chain(&task.plans).chain(&task.past);
        for (at, place) in places().enumerate() {
            self.place(*place, at == 0);
        }
        self.others(task);
        for place in places().filter(|place| index.is_document(**place)) {
            self.links(analysis, index.docs[place.doc].path.as_str());
        }
    }

    /// The tasks that wait for it, and those that are part of it.
    fn others(&mut self, task: &Task) {
        let index = self.index;
        let dependents = index.dependents(task);
        let dependents = dependents.iter().filter_map(|id| index.tasks.get(id));
        for place in dependents.flat_map(|dependent| &dependent.places) {
            for (_, range) in depended_on(index, *place).iter().filter(|(id, _)| *id == task.id) {
                self.add(place.doc, *range, ReferenceKind::Mention);
            }
        }
        for place in index.children(task).flat_map(|child| &child.places) {
            if let Some((_, range)) = parent_named(index, *place).filter(|(id, _)| *id == task.id) {
                self.add(place.doc, range, ReferenceKind::Mention);
            }
        }
    }

    fn links(&mut self, analysis: &Analysis, path: &str) {
        for (doc, link) in self.index.links_named(path) {
            if file(analysis, &self.index.docs[doc], &link.target).as_deref() == Some(path) {
                self.add(doc, link.range, ReferenceKind::Link);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ReferenceKind, references};
    use crate::mentions::{self, Named};
    use crate::testing::at_cursor;

    #[test]
    fn a_plan_that_says_of_which_task_it_is_names_that_task() {
        let (analysis, path, offset) = at_cursor(
            "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n//- /specs/007_add_login/plans/implementation-001.md\n  # Implementation Plan: Add login\n  - **Task**: $07 - Add login\n  - **Status**: [NOT STARTED]\n",
        );
        let (doc, document) = analysis.index.document(&path).expect("the plan");
        let mention = mentions::at(&analysis, doc, offset).expect("the task");
        assert_eq!(mention.range.of(&document.text), "7");
        let Named::Task(id) = &mention.named else { panic!("{mention:?}") };
        assert_eq!(id.as_str(), "7");
        let all = references(&analysis, &mention.named);
        let mut own = all.iter().filter(|it| it.range == mention.range);
        assert_eq!(own.next().map(|it| it.kind), Some(ReferenceKind::Name));
    }
}
