//! The outline of a document: its tasks, plans, phases and boxes, as they stand in each other.

use std::fmt::Write;
use std::ops::Range;

use crate::analysis::Analysis;
use crate::analysis::changed::{ChangedEntities, changed_entities};
use crate::index::{DocIdx, Index, Place, Spot};
use crate::model::EntityIdx;
use crate::profile::EntityKind;
use crate::profile::vocabulary::Category;
use crate::text::TextRange;

/// An entry of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What it is called, with its id or number.
    pub name: String,
    /// Its status as this place has it, and how many of its parts are finished.
    pub detail: String,
    /// What it is.
    pub kind: EntityKind,
    /// What its status means, where that is known.
    pub category: Option<Category>,
    /// All that belongs to it.
    pub range: TextRange,
    /// Where its name stands, within the range.
    pub name_range: TextRange,
    /// The entry around it, by its index among all; it stands before.
    pub parent: Option<usize>,
}

/// The outline of the file at `path`, in the order of the text. What only mentions a task is left out.
pub fn document_symbols(analysis: &Analysis, path: &str) -> Vec<Symbol> {
    let Some((doc, document)) = analysis.index.document(path) else { return Vec::new() };
    symbols_of(analysis, doc, 0..document.facts.entities.len())
}

/// The entities of a document that make up a part of its outline: what nothing is around, with all that
/// is in it, so that the parts in order are the outline.
pub fn outline_parts(analysis: &Analysis, doc: DocIdx) -> Vec<Range<EntityIdx>> {
    let mut parts: Vec<Range<EntityIdx>> = Vec::new();
    for (entity, fact) in analysis.index.docs[doc].facts.entities.iter().enumerate() {
        match fact.parent {
            None => parts.push(entity..entity + 1),
            // Behind another part there may be more of one before.
            Some(parent) => {
                while parts.last().is_some_and(|part| parent < part.start) {
                    parts.pop();
                }
                if let Some(part) = parts.last_mut() {
                    part.end = entity + 1;
                }
            }
        }
    }
    parts
}

/// The outline of some of the entities of a document, in which all those around them are.
pub fn symbols_of(analysis: &Analysis, doc: DocIdx, own: Range<EntityIdx>) -> Vec<Symbol> {
    let index = &analysis.index;
    let entities = &index.docs[doc].facts.entities;
    // Which entry each entity is, or else is in.
    let mut entry: Vec<Option<usize>> = Vec::with_capacity(own.len());
    let mut places = Vec::with_capacity(own.len());
    let mut symbols = Vec::with_capacity(own.len());
    for entity in own.clone() {
        let fact = &entities[entity];
        let parent = fact.parent.and_then(|parent| parent.checked_sub(own.start));
        let parent = parent.and_then(|parent| entry.get(parent).copied().flatten());
        if fact.mention {
            entry.push(parent);
            continue;
        }
        entry.push(Some(symbols.len()));
        let place = Place { doc, entity };
        places.push(place);
        symbols.push(symbol(index, place, parent));
    }
    count_parts(index, &mut symbols, &places);
    symbols
}

/// What the outline of a document shows otherwise than `before`; `None` where that may be anything.
pub fn outline_change(
    analysis: &Analysis,
    before: &Analysis,
    path: &str,
) -> Option<ChangedEntities> {
    let tasks = analysis.index.tasks_other_than(&before.index);
    changed_entities(analysis, before, path, &tasks)
}

fn symbol(index: &Index, place: Place, parent: Option<usize>) -> Symbol {
    let fact = index.entity(place);
    let vocabulary = index.vocabulary_at(place);
    let def = index.status_at(place).map(|status| vocabulary.get(status));
    let unknown = || index.spots(place).next().map(|spot: Spot<'_>| spot.shown());
    let name_range = match fact.range.contains_range(fact.name) {
        true => fact.name,
        false => TextRange::empty(fact.range.start as usize),
    };
    Symbol {
        name: name(index, place),
        detail: def.map(|def| def.id.clone()).or_else(unknown).unwrap_or_default(),
        kind: fact.kind,
        category: def.map(|def| def.category),
        range: fact.range,
        name_range,
        parent,
    }
}

/// What an entry is called.
fn name(index: &Index, place: Place) -> String {
    let fact = index.entity(place);
    let title = &*fact.title;
    let own = match (fact.kind, &fact.number, &fact.id) {
        (EntityKind::Phase, Some(number), _) => return numbered("Phase", number, title),
        (EntityKind::Plan, _, Some(id)) if title.is_empty() => {
            return numbered("Plan", id.as_str(), "");
        }
        (EntityKind::Task, _, Some(id)) if !fact.derived_id => id.as_str(),
        _ => "",
    };
    match (own, title) {
        // An outline must not hold a name that is empty.
        ("", "") => fact.kind.name().to_owned(),
        (own, title) if own == title => own.to_owned(),
        ("", title) => title.to_owned(),
        (own, "") => own.to_owned(),
        (own, title) => format!("{own} {title}"),
    }
}

fn numbered(what: &str, number: &str, title: &str) -> String {
    if title.is_empty() { format!("{what} {number}") } else { format!("{what} {number}: {title}") }
}

/// Adds to each entry how many of the entries right below it are finished; to a task without any, how
/// many phases of its plan.
fn count_parts(index: &Index, symbols: &mut [Symbol], places: &[Place]) {
    let mut counts = vec![PartCounts::default(); symbols.len()];
    for symbol in symbols.iter() {
        if let Some(parent) = symbol.parent {
            counts[parent].add(symbol.category);
        }
    }
    for ((symbol, mut parts), place) in symbols.iter_mut().zip(counts).zip(places) {
        if parts.all == 0 && symbol.kind == EntityKind::Task {
            parts = of_plan(index, *place);
        }
        if parts.all > 0 {
            let gap = if symbol.detail.is_empty() { "" } else { " " };
            let _ = write!(symbol.detail, "{gap}{}/{}", parts.closed, parts.all);
        }
    }
}

/// How many parts there are, and are finished.
#[derive(Clone, Copy, Debug, Default)]
struct PartCounts {
    closed: u32,
    all: u32,
}

impl PartCounts {
    fn add(&mut self, category: Option<Category>) {
        self.closed += u32::from(category.is_some_and(Category::is_closed));
        self.all += 1;
    }
}

/// The phases of the plan of the task that stands at a place.
fn of_plan(index: &Index, place: Place) -> PartCounts {
    let mut parts = PartCounts::default();
    let Some(task) = index.task_at(place).filter(|task| !task.plans.is_empty()) else {
        return parts;
    };
    for phase in index.phases(task) {
        let vocabulary = index.vocabulary_at(phase);
        parts.add(index.status_at(phase).map(|status| vocabulary.get(status).category));
    }
    parts
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect, expect_file};

    use super::document_symbols;
    use crate::analysis::Analysis;
    use crate::testing::{analysis, examples};

    fn outline(analysis: &Analysis, path: &str) -> String {
        let symbols = document_symbols(analysis, path);
        let depth = |mut at: usize| {
            let mut depth = 0;
            while let Some(parent) = symbols[at].parent {
                assert!(parent < at, "what is around others comes first");
                (at, depth) = (parent, depth + 1);
            }
            depth
        };
        let line = |at: usize| {
            let symbol = &symbols[at];
            assert!(symbol.range.contains_range(symbol.name_range) && !symbol.name.is_empty());
            let (indent, kind) = ("  ".repeat(depth(at)), symbol.kind.name());
            format!("{indent}{kind} {:?} {}", symbol.name, symbol.detail).trim_end().to_owned()
                + "\n"
        };
        (0..symbols.len()).map(line).collect()
    }

    #[track_caller]
    fn check(fixture: &str, path: &str, expect: Expect) {
        expect.assert_eq(&outline(&analysis(fixture).0, path));
    }

    #[test]
    fn plans_hold_phases_and_these_their_boxes() {
        check(
            "\
//- /specs/TODO.md
  - **7** [PLANNED] — Add login

  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]

  ### Phase 1: Store [COMPLETED]
  - [x] Choose it
    - [ ] Ask
  ### Phase 2: Form [IN PROGRES]
//- /specs/state.json
  { \"active_projects\": [] }
",
            "specs/007_add_login/plans/implementation-001.md",
            expect![[r#"
                plan "Plan for task 7" in_progress 1/2
                  phase "Phase 1: Store" completed 1/1
                    item "Choose it" done 0/1
                      item "Ask" open
                  phase "Phase 2: Form" [IN PROGRES]
            "#]],
        );
    }

    #[test]
    fn every_profile_has_an_outline_of_every_file() {
        let mut out = String::new();
        for (profile, analysis) in examples() {
            for document in analysis.index.docs.iter() {
                let path = document.path.as_str();
                out += &format!("{profile}: {path}\n{}", outline(&analysis, path));
            }
        }
        expect_file!["document_symbols/outlines.txt"].assert_eq(&out);
    }
}
