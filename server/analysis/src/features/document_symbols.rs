//! The outline of a document: its tasks, plans, phases and boxes, as they stand in each other.

use std::fmt::Write;

use crate::analysis::Analysis;
use crate::index::{Index, Place, Spot};
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
    let index = &analysis.index;
    let Some((doc, document)) = index.document(path) else { return Vec::new() };
    let entities = &document.facts.entities;
    // Which entry each entity is, or else is in.
    let mut entry: Vec<Option<usize>> = Vec::with_capacity(entities.len());
    let mut places = Vec::with_capacity(entities.len());
    let mut symbols = Vec::with_capacity(entities.len());
    for (entity, fact) in entities.iter().enumerate() {
        let parent = fact.parent.and_then(|parent| entry.get(parent).copied().flatten());
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
    let mut counts = vec![Parts::default(); symbols.len()];
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
struct Parts {
    closed: u32,
    all: u32,
}

impl Parts {
    fn add(&mut self, category: Option<Category>) {
        self.closed += u32::from(category.is_some_and(Category::is_closed));
        self.all += 1;
    }
}

/// The phases of the plan of the task that stands at a place.
fn of_plan(index: &Index, place: Place) -> Parts {
    let mut parts = Parts::default();
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
    use expect_test::{Expect, expect};

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
        expect![[r##"
            opencode: specs/007_search/plans/plan-001.md
            plan "Plan" in_progress 0/1
              phase "Phase 1: Index" not_started
            opencode: specs/TODO.md
            task "7 Search" implementing 0/1
            opencode: specs/state.json
            task "7 search" planned 0/1
            conductor: conductor/tracks.md
            task "login_20260102 Let people log in" completed 1/1
            task "logout_20260103 Let people log out" new 0/1
            conductor: conductor/tracks/login_20260102/metadata.json
            task "login_20260102 Let people log in" in_progress 1/1
            conductor: conductor/tracks/login_20260102/plan.md
            plan "Plan" completed 1/1
              phase "Phase 1: Form" completed 1/1
                item "Task: Draw it [1a2b3c4]" completed
            conductor: conductor/tracks/logout_20260103/plan.md
            plan "Plan" in_progress 0/1
              phase "Phase 1: Button" in_progress 1/2
                item "Task: Draw it [2b3c4d5]" completed
                item "Task: Conductor - User Manual Verification 'Phase 1: Button'" new
            gsd: .planning/REQUIREMENTS.md
            task "AUTH-01 People can log in" complete
            task "AUTH-02 People can log out" pending
            task "AUTH-01" pending
            task "AUTH-02" in_progress
            gsd: .planning/ROADMAP.md
            task "1 Log in - with a form" complete
            task "2 Log out - with a button" not_started
            task "01-01 PLAN.md -- Draw it" complete
            task "01-02 PLAN.md -- Test it" not_started
            task "02-01 PLAN.md -- Draw it" complete
            task "1" complete
            task "2" in_progress
            gsd: .planning/phases/01-log-in/01-02-SUMMARY.md
            task "01-02" complete
            bmad: docs/1-1-log-in.md
            task "1-1 Log in" review 1/1
              item "Draw it" done
            bmad: docs/sprint-status.yaml
            task "epic-1" done
            task "1-1" done
            task "1-2" review
            task "epic-1-retrospective" optional
            task "epic-2" backlog
            task "2-1" backlog
            openspec: openspec/changes/add-search/tasks.md
            task "add-search" active 1/2
              item "1.1 Build it" done
              item "1.2 Query it" open
            openspec: openspec/changes/archive/2026-01-02-add-login/tasks.md
            task "2026-01-02-add-login" archived 1/2
              item "1.1 Draw it" done
              item "1.2 Test it" open
            kiro: .kiro/specs/login/tasks.md
            task "1 Set up the form" not_started 1/1
              task "1.1 Draw it" completed
            task "2 Call the server" completed
            task "2.1 Send the form" completed
            task "2.2 Show errors" not_started
            spec-kit: specs/012-login/tasks.md
            task "T001 Create the folder" done
            task "T002 [P] [US1] Draw the form (depends on T001, T009)" open
            task "T003 [US1] Test it" done 0/1
              item "On a small screen" open
            task "T001 Write the guide" done
            compozy: tasks/daemon/_tasks.md
            task "1 Start \\| stop it" completed
            task "2 Write the store" pending
            compozy: tasks/daemon/task_01.md
            task "1 Start and stop it" completed 1/2
              item "1.1 Start" completed
              item "1.2 Stop" pending
            compozy: tasks/daemon/task_02.md
            task "2" in_progress
            backlog: backlog/completed/task-2.1-index.md
            task "2.1 Index" done
            backlog: backlog/tasks/task-1-log-in.md
            task "1 Log in" done 1/2
              item "#1 It works" done
              item "#2 It is tested" to_do
            backlog: backlog/tasks/task-2-search.md
            task "2 Search" to_do
            roadmap: docs/roadmap/pending/high/login/login-implementation.md
            task "login Login" in_progress
            roadmap: docs/roadmap/pending/high/login/login-index.md
            task "login Login - Master Index" completed 1/2
              task "login-phase-1" completed
              task "login-phase-2" pending
            roadmap: docs/roadmap/pending/high/login/login-phase-1.md
            task "login-phase-1 Phase 1: Draw it" completed
            roadmap: docs/roadmap/pending/high/login/login-phase-2.md
            task "login-phase-2 Phase 2: Test it" completed
            minsky: process/tasks.md
            task "7 Add login" done
            task "8 Add logout" todo
            minsky: process/tasks/007-add-login.md
            task "7 Task 007: Add login" todo
            minsky: process/tasks/009-add-search.md
            task "9 Task 009: Add search"
            taskmaster: .taskmaster/tasks/task_002.txt
            task "2 Task ID: 2" pending
            taskmaster: .taskmaster/tasks/tasks.json
            task "1 Log in" pending 2/2
              task "1.1 Draw it" done
              task "1.2 Test it" done
            task "2 Log out" done
            task "later:1 Search" deferred
            checklist: PLAN.md
            task "Plan" done 0/1
              phase "Phase 1: Index" in_progress
            checklist: TODO.md
            task "Search" done 0/1
              item "Index" todo
            task "3 Log in" in_progress
        "##]]
        .assert_eq(&out);
    }
}
