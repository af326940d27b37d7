//! Where what is named at a place stands: the other places of a task, the task of a plan or phase, what
//! a task depends on, the file of a link.

use crate::analysis::Analysis;
use crate::index::{Index, Place, Task};
use crate::mentions::{self, Mention, Named};
use crate::model::FilePath;
use crate::profile::EntityKind;
use crate::text::TextRange;

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The file.
    pub path: FilePath,
    /// All of it; the start of a file that is no task.
    pub range: TextRange,
    /// Its name, within the range.
    pub name: TextRange,
}

/// Where something stands that is named at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The text that names it.
    pub origin: TextRange,
    /// Where it stands, the most trusted first.
    pub goals: Vec<Goal>,
}

/// Where what is named at `offset` of a file stands besides there: an entry leads to its record, its
/// plan and its file, each of these to the others. What stands nowhere else leads to the files that its
/// own line links to, or else to itself.
pub fn definition(analysis: &Analysis, path: &str, offset: usize) -> Option<Definition> {
    lead(analysis, path, offset, others)
}

/// The one place whose word counts, of what is named at `offset` of a file.
pub fn declaration(analysis: &Analysis, path: &str, offset: usize) -> Option<Definition> {
    lead(analysis, path, offset, |_, task, _| {
        let first = task.places.first().or(task.plans.first()).or(task.past.first());
        first.copied().into_iter().collect()
    })
}

/// Which places of a task are told to somebody who is at one of them, or elsewhere.
type Places = fn(&Index, &Task, Option<Place>) -> Vec<Place>;

fn lead(analysis: &Analysis, path: &str, offset: usize, places: Places) -> Option<Definition> {
    let index = &analysis.index;
    let (doc, _) = index.document(path)?;
    let Mention { range, named, own } = mentions::at(analysis, doc, offset)?;
    let task = |task: &Task| -> Vec<Goal> {
        places(index, task, own).into_iter().map(|place| goal(index, place)).collect()
    };
    let mut goals = match &named {
        Named::Task(id) => index.tasks.get(id).map(|it| task(it)).unwrap_or_default(),
        Named::File(path) => vec![file_goal(index, path)],
        // A phase leads to its task.
        Named::Part(place) if index.entity(*place).kind == EntityKind::Phase => {
            let mut goals = index.task_at(*place).map(task).unwrap_or_default();
            goals.retain(|goal| goal.path.as_str() != path);
            goals
        }
        Named::Part(_) => Vec::new(),
    };
    if let (true, Some(own)) = (goals.is_empty(), own) {
        goals.extend(linked(analysis, own));
        if goals.is_empty() {
            goals.push(goal(index, own));
        }
    }
    (!goals.is_empty()).then_some(Definition { origin: range, goals })
}

/// The places of a task other than the one that is looked from: entries and records, its newest plan.
fn others(index: &Index, task: &Task, own: Option<Place>) -> Vec<Place> {
    let live = task.places.iter().chain(task.plans.first());
    let mut places: Vec<Place> = live.copied().collect();
    if places.is_empty() {
        places.clone_from(&task.past);
    }
    let is_told = |place: &Place| Some(*place) != own && !index.entity(*place).mention;
    places.retain(is_told);
    places
}

/// The files that the line links to on which an entity has its name.
fn linked(analysis: &Analysis, place: Place) -> Vec<Goal> {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    let start = index.entity(place).name.start as usize;
    let links = document.links_in(document.lines.line_range(document.lines.line_col(start).line));
    let files = links.filter_map(|link| mentions::file(analysis, document, &link.target));
    files.map(|path| file_goal(index, &path)).collect()
}

fn goal(index: &Index, place: Place) -> Goal {
    let entity = index.entity(place);
    let is_inside = entity.range.contains_range(entity.name);
    let start = TextRange::empty(entity.range.start as usize);
    let name = if is_inside { entity.name } else { start };
    Goal { path: index.docs[place.doc].path.clone(), range: entity.range, name }
}

/// A file: at the name of the task that it is of.
fn file_goal(index: &Index, path: &str) -> Goal {
    let start = || Goal {
        path: FilePath::new(path),
        range: TextRange::default(),
        name: TextRange::default(),
    };
    mentions::task_of_file(index, path).map_or_else(start, |(_, place)| goal(index, place))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{Definition, declaration, definition};
    use crate::analysis::Analysis;
    use crate::testing::{at_cursor, place};

    const LOGIN: &str = r#"
//- /specs/TODO.md
  - **7** [PLANNED] — Add login

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](007_add_login/plans/implementation-001.md)

  Prose about 8.

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Dependencies**: 7
  - **Report**: [report](008_add_logout/report.md), [lost](008_add_logout/lost.md)
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned" },
    { "project_number": 8, "project_name": "add_logout", "status": "planned", "dependencies": [7] }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]

  ### Phase 1: Store [COMPLETED]
  - [ ] Choose it
//- /specs/008_add_logout/report.md
  # Report
"#;

    type Lead = fn(&Analysis, &str, usize) -> Option<Definition>;

    #[track_caller]
    fn check_lead(lead: Lead, at: &str, expect: Expect) {
        let cursor = at.replace('¦', "$0");
        let fixture = LOGIN.replacen(&at.replace('¦', ""), &cursor, 1);
        let (analysis, path, offset) = at_cursor(&fixture);
        let found = lead(&analysis, &path, offset);
        let told = found.map(|found| {
            let (_, document) = analysis.index.document(&path).expect("the file is there");
            let goals = found.goals.iter().map(|it| place(&analysis, it.path.as_str(), it.name));
            let goals: Vec<String> = goals.collect();
            format!("{} -> {}", found.origin.of(&document.text), goals.join(", "))
        });
        expect.assert_eq(&told.unwrap_or_default());
    }

    #[test]
    fn an_entry_leads_to_its_record_and_its_plan() {
        check_lead(
            definition,
            "### 7. Add ¦login",
            expect![
                "7. Add login -> specs/state.json:2 7, specs/007_add_login/plans/implementation-001.md:1 Plan for task 7"
            ],
        );
        check_lead(
            definition,
            "[PLAN¦NED] — Add",
            expect![
                "[PLANNED] -> specs/TODO.md:3 7. Add login, specs/state.json:2 7, specs/007_add_login/plans/implementation-001.md:1 Plan for task 7"
            ],
        );
    }

    #[test]
    fn a_record_and_a_plan_lead_back() {
        check_lead(
            definition,
            "\"add_lo¦gin\"",
            expect![
                "7 -> specs/TODO.md:3 7. Add login, specs/007_add_login/plans/implementation-001.md:1 Plan for task 7"
            ],
        );
        check_lead(
            definition,
            "# Plan for¦ task 7",
            expect!["Plan for task 7 -> specs/TODO.md:3 7. Add login, specs/state.json:2 7"],
        );
        check_lead(
            definition,
            "### Phase 1: ¦Store",
            expect![
                "Phase 1: Store [COMPLETED] -> specs/TODO.md:3 7. Add login, specs/state.json:2 7"
            ],
        );
    }

    #[test]
    fn a_dependency_leads_to_its_task_and_a_link_to_its_file() {
        check_lead(
            definition,
            "**Dependencies**: ¦7",
            expect![
                "7 -> specs/TODO.md:3 7. Add login, specs/state.json:2 7, specs/007_add_login/plans/implementation-001.md:1 Plan for task 7"
            ],
        );
        check_lead(
            definition,
            "\"dependencies\": [7¦]",
            expect![
                "7 -> specs/TODO.md:3 7. Add login, specs/state.json:2 7, specs/007_add_login/plans/implementation-001.md:1 Plan for task 7"
            ],
        );
        check_lead(
            definition,
            "(007_add_¦login",
            expect![
                "007_add_login/plans/implementation-001.md -> specs/007_add_login/plans/implementation-001.md:1 Plan for task 7"
            ],
        );
        check_lead(
            definition,
            "(008_add_logout/re¦port.md)",
            expect!["008_add_logout/report.md -> specs/008_add_logout/report.md"],
        );
        check_lead(definition, "(008_add_logout/lo¦st.md)", expect![[""]]);
    }

    #[test]
    fn what_stands_nowhere_else_leads_to_itself_and_prose_nowhere() {
        check_lead(
            definition,
            "[ ] Choose ¦it",
            expect!["Choose it -> specs/007_add_login/plans/implementation-001.md:5 Choose it"],
        );
        check_lead(definition, "Prose about ¦8", expect![[""]]);
    }

    #[test]
    fn the_declaration_is_the_place_whose_word_counts() {
        check_lead(declaration, "\"add_lo¦gin\"", expect!["7 -> specs/TODO.md:3 7. Add login"]);
        check_lead(
            declaration,
            "### 7. Add ¦login",
            expect!["7. Add login -> specs/TODO.md:3 7. Add login"],
        );
        check_lead(
            declaration,
            "# Plan for¦ task 7",
            expect!["Plan for task 7 -> specs/TODO.md:3 7. Add login"],
        );
        check_lead(
            declaration,
            "\"dependencies\": [7¦]",
            expect!["7 -> specs/TODO.md:3 7. Add login"],
        );
    }

    #[test]
    fn a_story_leads_to_its_tracker_and_a_box_to_the_file_that_it_links_to() {
        let at = |fixture: &str| {
            let (analysis, path, offset) = at_cursor(fixture);
            let goals = definition(&analysis, &path, offset).map(|found| found.goals);
            let goals = goals.unwrap_or_default().into_iter();
            goals.map(|it| place(&analysis, it.path.as_str(), it.name)).collect::<Vec<_>>()
        };
        let story = "\
//- /docs/sprint-status.yaml
  development_status:
    epic-1: in-progress
    1-1-log-in: done
//- /docs/1-1-log-in.md
  # Story 1.1: Log$0 in

  Status: done
";
        assert_eq!(at(story), ["docs/sprint-status.yaml:3 1-1-log-in"]);
        let list =
            "//- /TODO.md\n  - [ ] Write $0[the plan](PLAN.md)\n//- /PLAN.md\n  - [ ] First\n";
        assert_eq!(at(list), ["PLAN.md:1"]);
    }
}
