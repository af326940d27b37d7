//! Whether a task may begin, and what it waits for.

use std::collections::BTreeSet;

use crate::index::{Index, Place, Task};
use crate::model::FieldRole;
use crate::profile::flow::TaskKind;
use crate::profile::id::TaskId;
use crate::profile::vocabulary::{Category, StatusIdx};

/// Why a task that is open should not begin yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocker {
    /// A task that it depends on is not finished.
    Unfinished(TaskId),
    /// It depends on a task that does not exist.
    Unknown(TaskId),
    /// The task that it is a part of is dropped, or waits itself.
    Above(TaskId),
    /// The parts of its parent are done in order, and this one comes before it.
    Before(TaskId),
    /// The task that it is a part of is decided without it.
    Decided(TaskId),
    /// It waits for a signal of this name.
    Signal(String),
    /// What it depends on is told in words that name no task. Only a person knows what they mean.
    Words(String),
}

impl Index {
    /// Whether it matters what a task waits for: it is open, and somebody can begin it; or it is of the
    /// kind that waits, and does so. What a file says is done, by being there, nobody is to do again.
    pub fn may_be_next(&self, task: &Task) -> bool {
        let keeps = self.profile_of(task).keeps_progress;
        if self.said_by_file(task).is_some_and(|(_, said)| keeps && self.closes(task, said)) {
            return false;
        }
        match self.category(task) {
            Some(Category::Open) => {
                self.kind(task) != TaskKind::Aggregate || self.children(task).next().is_none()
            }
            Some(Category::Waiting) => self.kind(task) == TaskKind::Wait,
            _ => false,
        }
    }

    fn closes(&self, task: &Task, status: StatusIdx) -> bool {
        self.vocabulary_of(task).get(status).category.is_closed()
    }

    /// What keeps a task from beginning; nothing where it may begin.
    pub fn blockers(&self, task: &Task) -> Vec<Blocker> {
        let mut found = Vec::new();
        for id in self.waits_for(task) {
            match self.tasks.contains_key(&id) {
                true => found.push(Blocker::Unfinished(id)),
                false if task.places.iter().any(|at| self.could_be_task(*at, &task.id, &id)) => {
                    found.push(Blocker::Unknown(id));
                }
                false => {}
            }
        }
        let above = self.parents(task).map(|(_, parent)| parent);
        let above = above.filter(|parent| {
            matches!(self.category(parent), Some(Category::Dropped | Category::Waiting))
        });
        found.extend(above.map(|parent| Blocker::Above(parent.id.clone())));
        found.extend(self.awaited_above(task).into_iter().map(Blocker::Unfinished));
        found.extend(self.before_in_order(task).into_iter().map(Blocker::Before));
        found.extend(self.decided_above(task).into_iter().map(Blocker::Decided));
        let (awaited, signals) = self.awaited(task);
        found.extend(awaited.into_iter().map(Blocker::Unfinished));
        found.extend(signals.into_iter().map(Blocker::Signal));
        found.extend(task.places.iter().flat_map(|place| self.words_at(task, *place)));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What the task waits for that it is a part of, as long as that is not begun: nor are its parts then.
    fn awaited_above(&self, task: &Task) -> Vec<TaskId> {
        let mut above: Vec<&Task> = self.parents(task).map(|(_, parent)| parent).collect();
        let (mut seen, mut awaited) = (BTreeSet::new(), Vec::new());
        while let Some(whole) = above.pop() {
            if self.category(whole) != Some(Category::Open) || !seen.insert(&whole.id) {
                continue;
            }
            let mut before = self.waits_for(whole);
            before.retain(|id| {
                let before = self.tasks.get(id).filter(|before| before.id != task.id);
                before.is_some_and(|before| !self.is_part_of(before, &whole.id))
            });
            awaited.extend(before);
            above.extend(self.parents(whole).map(|(_, parent)| parent));
        }
        awaited
    }

    /// The tasks that it depends on and that were given up, which counts as met.
    pub fn dropped_before(&self, task: &Task) -> Vec<TaskId> {
        let mut depends = self.depends(task);
        depends.retain(|id| {
            let before = self.tasks.get(id);
            before.and_then(|before| self.category(before)) == Some(Category::Dropped)
        });
        depends
    }

    /// Whether what a place depends on has the form of the ids of tasks there. Where tasks have
    /// names a number is that of something else: a phase, or a step beside them.
    pub fn could_be_task(&self, place: Place, id: &TaskId, missing: &TaskId) -> bool {
        let is_number = |id: &TaskId| {
            let own = id.as_str().rsplit([':', '/']).next().unwrap_or_default();
            own.starts_with(|c: char| c.is_ascii_digit())
        };
        !self.profile_at(place).ids.local
            && !self.entity(place).derived_id
            && is_number(id) == is_number(missing)
    }

    /// What a place says that it depends on, where that names no task.
    fn words_at(&self, task: &Task, place: Place) -> Vec<Blocker> {
        let document = &self.docs[place.doc];
        let names_task = self
            .depends_at(place)
            .any(|id| self.tasks.contains_key(&id) || self.could_be_task(place, &task.id, &id));
        if names_task {
            return Vec::new();
        }
        let fields = document.facts.fields_of(place.entity);
        let fields = fields.filter(|field| field.role == FieldRole::Dependencies);
        let values = fields.map(|field| field.value.of(&document.text).trim());
        values.filter(|value| is_said(value)).map(|it| Blocker::Words(it.to_owned())).collect()
    }
}

/// Whether a text says that there is something.
fn is_said(value: &str) -> bool {
    let plain = value.trim_matches(|c: char| !c.is_alphanumeric());
    let none = ["none", "n/a", "na", "no", "nothing", "nil", "null", "keine"];
    // `None (can start immediately)`: what follows explains it.
    let first = plain.split(|c: char| !c.is_alphanumeric() && c != '/').next().unwrap_or_default();
    !plain.is_empty() && !none.iter().any(|word| first.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::analysis;

    fn told(text: &str) -> Vec<String> {
        let (analysis, _) = analysis(text);
        let index = &analysis.index;
        let word = |it: &Blocker| match it {
            Blocker::Unfinished(id) => format!("unfinished {id}"),
            Blocker::Unknown(id) => format!("unknown {id}"),
            Blocker::Above(id) => format!("above {id}"),
            Blocker::Words(text) => format!("words {text}"),
            Blocker::Before(id) => format!("before {id}"),
            Blocker::Decided(id) => format!("decided {id}"),
            Blocker::Signal(name) => format!("signal {name}"),
        };
        let all = |task: &Task| index.blockers(task).iter().map(word).collect::<Vec<_>>();
        let told = |task: &Task| format!("{}: {}", task.id, all(task).join(", "));
        index.tasks.values().map(|task| told(task)).collect()
    }

    #[test]
    fn a_box_waits_for_the_ids_and_words_in_its_text_and_not_for_prose() {
        assert_eq!(
            told(
                "\
//- /specs/001-login/tasks.md
  - [x] T001 First
  - [ ] T002 Second (after T001)
  - [ ] T003 Third (depends on T001-T002)
  - [ ] T004 Fourth (depends on: all tests)
  - [ ] T005 Fifth (requires a real machine)
"
            ),
            ["T001: ", "T002: ", "T003: unfinished T002", "T004: words all tests", "T005: "]
        );
    }

    #[test]
    fn a_part_does_not_wait_for_what_it_is_part_of() {
        assert_eq!(
            told(
                "\
//- /backlog/config.yml
  project_name: x
//- /backlog/tasks/task-1-whole.md
  ---
  id: TASK-1
  status: To Do
  ---
//- /backlog/tasks/task-1.1-part.md
  ---
  id: TASK-1.1
  status: To Do
  parent_task_id: TASK-1
  dependencies: [TASK-1, TASK-2]
  ---
//- /backlog/tasks/task-2-other.md
  ---
  id: TASK-2
  status: To Do
  ---
"
            ),
            ["1: ", "1.1: unfinished 2", "2: "]
        );
    }

    #[test]
    fn a_part_waits_for_what_its_whole_waits_for_until_that_is_begun() {
        let tasks = |status: &str| {
            format!(
                "\
//- /backlog/config.yml
  project_name: x
//- /backlog/tasks/task-1-whole.md
  ---
  id: TASK-1
  status: {status}
  dependencies: [TASK-2, TASK-1.1]
  ---
//- /backlog/tasks/task-1.1-part.md
  ---
  id: TASK-1.1
  status: To Do
  parent_task_id: TASK-1
  ---
//- /backlog/tasks/task-1.1.1-part.md
  ---
  id: TASK-1.1.1
  status: To Do
  parent_task_id: TASK-1.1
  ---
//- /backlog/tasks/task-2-other.md
  ---
  id: TASK-2
  status: To Do
  ---
"
            )
        };
        let waiting = ["1: unfinished 1.1, unfinished 2", "1.1: unfinished 2"];
        let told_of = told(&tasks("To Do"));
        assert_eq!(told_of[..2], waiting);
        assert_eq!(told_of[2..], ["1.1.1: unfinished 2", "2: "]);
        assert_eq!(told(&tasks("In Progress"))[1..], ["1.1: ", "1.1.1: ", "2: "]);
    }

    const PHASES: &str = "\
//- /.planning/ROADMAP.md
  - [ ] **Phase 1: One**
  - [ ] **Phase 2: Two**
  - [ ] **Phase 2.1: Between**
  - [ ] **Phase 3: Three**
  - [ ] **Phase 4: Four**
  - [ ] **Phase 5: Five**
  - [ ] **Phase 6: Six**
  - [ ] **Phase 7: Seven**
  - [ ] **Phase 8: Eight**

  ### Phase 1: One
  **Depends on**: Nothing (first phase)
  Plans:
  - [ ] 01-01-PLAN.md - Draw it
  - [ ] 01-02-PLAN.md - Test it
  - [ ] 01-03-PLAN.md - Paint it
  - [ ] 01-04-PLAN.md - Sell it

  ### Phase 2: Two
  **Depends on**: Phase 1 (ends Phase 3, 4 and v2.5)

  ### Phase 2.1: Between
  **Depends on:** Phase 02, Phase 9

  ### Phase 3: Three
  **Dependencies:** Phase 1, 2 and 2.1 — for 4, 5 tables

  ### Phase 4: Four
  **Depends on**: Phases 1-3 (all of it)

  ### Phase 5: Five
  **Depends on**: Milestone 1, Phase 2

  ### Phase 6: Six
  **Depends on**: Phase 01-02

  ### Phase 7: Seven
  **Depends on**: All previous phases

  ### Phase 8: Eight
  **Depends on**: 01-02
//- /.planning/phases/01-one/01-01-PLAN.md
  ---
  phase: 01-one
  depends_on: []
  type: composite
  must: [
  ---
//- /.planning/phases/01-one/01-02-PLAN.md
  ---
  depends_on: [01-01]
  ---
//- /.planning/phases/01-one/01-03-PLAN.md
  ---
  depends_on: [\"01-01-PLAN\", 01-02-PLAN.md, 01-02x]
  ---
//- /.planning/phases/01-one/01-04-PLAN.md
  ---
  depends_on:
    - 01
  ---
";

    #[test]
    fn a_phase_waits_for_phases_and_a_plan_for_plans_and_neither_for_numbers_in_prose() {
        assert_eq!(
            told(PHASES),
            [
                "1: ",
                "01-01: ",
                "01-02: unfinished 01-01",
                "01-03: unfinished 01-01, unfinished 01-02",
                "01-04: words 01",
                "2: unfinished 1",
                "2.1: unfinished 2, unknown 9",
                "3: unfinished 1, unfinished 2, unfinished 2.1",
                "4: unfinished 1, unfinished 2, unfinished 3",
                "5: words Milestone 1, Phase 2",
                "6: words Phase 01-02",
                "7: words All previous phases",
                "8: unfinished 01-02",
            ]
        );
    }

    #[test]
    fn a_task_waits_for_what_is_unfinished_unknown_or_told_in_words() {
        assert_eq!(
            told(
                "\
//- /specs/TODO.md
  # Tasks

  ### 1. First
  - **Status**: [COMPLETED]

  ### 2. Second
  - **Status**: [PLANNED]
  - **Dependencies**: 1

  ### 3. Third
  - **Status**: [PLANNED]
  - **Dependencies**: 2, 99

  ### 4. Fourth
  - **Status**: [PLANNED]
  - **Dependencies**: All tasks

  ### 5. Fifth
  - **Status**: [PLANNED]
  - **Dependencies**: None (can start at once)

  ### 6. Sixth
  - **Status**: [ABANDONED]

  ### 7. Seventh
  - **Status**: [PLANNED]
  - **Dependencies**: 6
//- /specs/state.json
  { \"active_projects\": [] }
"
            ),
            [
                "1: ",
                "2: ",
                "3: unfinished 2, unknown 99",
                "4: words All tasks",
                "5: ",
                "6: ",
                "7: ",
            ]
        );
    }
}
