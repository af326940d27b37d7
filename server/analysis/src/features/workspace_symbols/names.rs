//! What is compared with what somebody types, kept from one search to the next: of each task its names,
//! and the letters in them, by which most tasks are passed over. After a change only the tasks are looked
//! at that may be other.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::features::workspace_symbols::{
    Candidate, Class, SymbolFound, SymbolOf, TypedWords, best, candidates, status,
};
use crate::index::{DocIdx, Index, Place, Task};
use crate::profile::id::TaskId;
use crate::profile::vocabulary::normalise;

/// The names of all tasks of a workspace, and of the documents that belong to them.
#[derive(Debug)]
pub struct SymbolNames {
    analysis: Analysis,
    /// In order of the tasks.
    tasks: Vec<TaskNames>,
}

/// The names of one task and its documents.
#[derive(Debug)]
struct TaskNames {
    /// What stands in its id and in the names.
    letters: Letters,
    /// What stands in the names of statuses that they have, and of what these mean.
    said: Letters,
    all: Box<[SymbolName]>,
}

#[derive(Debug)]
struct SymbolName {
    place: Place,
    what: SymbolOf,
    class: Class,
    title: Box<str>,
}

impl SymbolNames {
    /// Those of a workspace.
    pub fn new(analysis: &Analysis) -> SymbolNames {
        let tasks = analysis.index.tasks.values().map(|task| TaskNames::new(analysis, task));
        SymbolNames { tasks: tasks.collect(), analysis: analysis.clone() }
    }

    /// Lets these be the names of another state of the workspace.
    pub fn update(&mut self, now: &Analysis) {
        let Some(other) = self.other_in(now) else {
            *self = SymbolNames::new(now);
            return;
        };
        for id in other {
            let tasks = &now.index.tasks;
            if let Some((at, task)) = tasks.position(&id).zip(tasks.get(&id)) {
                self.tasks[at] = TaskNames::new(now, task);
            }
        }
        self.analysis = now.clone();
    }

    /// At most `limit` of them that fit all words of `query`, the best first. An empty query fits all.
    pub fn find(&self, query: &str, limit: usize) -> Vec<SymbolFound> {
        let query = normalise(query);
        let wanted = TypedWords::new(&self.analysis, &query);
        let words: Vec<(Letters, bool)> = (wanted.words.iter())
            .map(|(word, names_status)| (Letters::of(word.trim_start_matches('#')), *names_status))
            .collect();
        let may_fit = |names: &TaskNames| {
            let mut words = words.iter();
            words.all(|(word, names_status)| {
                names.letters.hold(*word) || (*names_status && names.said.hold(*word))
            })
        };
        let all = self.analysis.index.tasks.values().zip(&self.tasks);
        let near = all.filter(|(_, names)| may_fit(names)).flat_map(|(task, names)| {
            names.all.iter().map(move |name| {
                let SymbolName { place, what, class, title } = name;
                Candidate { task, place: *place, what: *what, title, class: *class }
            })
        });
        best(&self.analysis, near, &wanted, limit)
    }

    /// The tasks that may have other names; `None` where that may be all.
    fn other_in(&self, now: &Analysis) -> Option<BTreeSet<TaskId>> {
        let (before, index) = (&self.analysis.index, &now.index);
        let is_alike = self.analysis.instances.is_same(&now.instances)
            && Arc::ptr_eq(&self.analysis.config, &now.config)
            && index.docs.len() == before.docs.len()
            && index.tasks.are_called_as(&before.tasks);
        if !is_alike {
            return None;
        }
        let mut other = index.tasks_other_than(before);
        let tasks = other.iter().filter_map(|id| index.tasks.get(id));
        let places = tasks.flat_map(|task| task.places.iter().chain(&task.plans).chain(&task.past));
        let docs: BTreeSet<DocIdx> = places.map(|place| place.doc).collect();
        let replaced =
            docs.into_iter().filter(|doc| index.is_superseded(*doc) != before.is_superseded(*doc));
        for doc in replaced {
            other.extend(tasks_in(index, doc, |_| true));
        }
        // A task is the whole of its file or not, by what stands around it.
        for doc in index.docs.other_than(&before.docs) {
            let is_whole = |place| index.is_document(place) || before.is_document(place);
            other.extend(tasks_in(index, doc, is_whole));
        }
        Some(other)
    }
}

/// The tasks of the first entities of a document, as long as `is_meant` says so.
fn tasks_in(index: &Index, doc: DocIdx, is_meant: impl Fn(Place) -> bool) -> Vec<TaskId> {
    let places = (0..index.docs[doc].facts.entities.len()).map(|entity| Place { doc, entity });
    let places = places.take_while(|place| is_meant(*place));
    places.filter_map(|place| Some(index.task_at(place)?.id.clone())).collect()
}

impl TaskNames {
    fn new(analysis: &Analysis, task: &Task) -> TaskNames {
        let (mut letters, mut said) = (Letters::of(task.id.as_str()), Letters::default());
        let name = |it: Candidate<'_>| {
            letters = letters.and(Letters::of(it.title));
            if let Some(def) = status(analysis, task, it.place, it.what) {
                said = said.and(Letters::of(&def.id)).and(Letters::of(def.category.name()));
            }
            SymbolName { place: it.place, what: it.what, class: it.class, title: it.title.into() }
        };
        let all = candidates(analysis, task).map(name).collect();
        TaskNames { letters, said, all }
    }
}

/// Which letters stand in a text, in capitals or not. Some count as one.
#[derive(Clone, Copy, Debug, Default)]
struct Letters(u64);

impl Letters {
    fn of(text: &str) -> Letters {
        let letters = text.chars().flat_map(|c| std::iter::once(c).chain(c.to_lowercase()));
        let bits = letters.map(|c| match c {
            'a'..='z' => u32::from(c) - u32::from('a'),
            'A'..='Z' => u32::from(c) - u32::from('A'),
            '0'..='9' => 26 + u32::from(c) - u32::from('0'),
            c if c.is_ascii() => 36 + u32::from(c) % 27,
            _ => 63,
        });
        Letters(bits.fold(0, |all, bit| all | 1 << bit))
    }

    fn and(self, other: Letters) -> Letters {
        Letters(self.0 | other.0)
    }

    fn hold(self, other: Letters) -> bool {
        other.0 & !self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing;
    use crate::testing::random::{WORKSPACES, edit, edited};

    /// What is found where nothing is kept, and nothing passed over.
    fn anew(analysis: &Analysis, query: &str, limit: usize) -> Vec<SymbolFound> {
        let query = normalise(query);
        let tasks = analysis.index.tasks.values();
        let all = tasks.flat_map(|task| candidates(analysis, task));
        best(analysis, all, &TypedWords::new(analysis, &query), limit)
    }

    const QUERIES: [&str; 14] = [
        "",
        "7",
        "#7",
        "log",
        "add login",
        "ALGN",
        "plan",
        "completed",
        "pl",
        "open",
        "E1",
        "implementation plan",
        "\u{e4}",
        "xq",
    ];

    proptest! {
        #[test]
        fn what_is_kept_finds_what_is_found_anew(
            workspace in 0..WORKSPACES.len(),
            steps in prop::collection::vec((0..8usize, edit()), 0..8),
            typed in "[a-z\u{c4}\u{e4}\u{212a}#_ ]{0,4}",
        ) {
            let (mut now, _) = testing::analysis(WORKSPACES[workspace]);
            let mut kept = SymbolNames::new(&now);
            for (file, edit) in &steps {
                let document = now.index.docs[file % now.index.docs.len()].clone();
                now = now.with_text(&document.path, edited(&document.text, edit, &[]).into());
                kept.update(&now);
                for query in QUERIES.into_iter().chain([&*typed]) {
                    for limit in [3, 99] {
                        prop_assert_eq!(kept.find(query, limit), anew(&now, query, limit));
                    }
                }
            }
        }
    }
}
