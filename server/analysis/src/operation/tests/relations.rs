//! Tasks that are part of others.

use super::{Operation, Plan, Refused, Whose, Wish, plan, rename};
use crate::analysis::mending::fix_all;
use crate::testing::{AT, analysis};

const PROFILE: &str = r#"
//- /lockstep.toml
  [markers]
  bare = true

  [fields]
  status = ["Status"]
  parent = ["Epic"]

  [[vocabulary.task]]
  id = "todo"
  category = "open"
  next = ["doing", "done"]

  [[vocabulary.task]]
  id = "doing"
  category = "active"
  next = ["done"]

  [[vocabulary.task]]
  id = "done"
  category = "done"
  next = ["doing"]

  [[type]]
  id = "epic"

  [[relation]]
  parent = "epic"
  by = "BY"
  roll_up = "MODE"

  [[role]]
  id = "epics"
  files = ["epics.md"]

  [[role.section]]
  kind = "task"
  type = "epic"
  heading = '^(?<id>E[0-9]+): (?<title>.+)$'

  [[role]]
  id = "stories"
  files = ["E*/*.md", "stories/*.md"]
  path = '(?:^|/)(?<parent>E[0-9]+)/[^/]+$'

  [[role.section]]
  kind = "task"
  heading = '^(?<id>[0-9]+-[0-9]+): (?<title>.+)$'
"#;

fn board(by: &str, mode: &str, epic: &str, stories: [&str; 3]) -> String {
    let profile = PROFILE.replace("\"MODE\"", &format!("\"{mode}\""));
    let by = match by {
        "id" => "by = \"id\"\n  pattern = '^(?<n>[0-9]+)-'\n  parent_id = \"E{n}\"".to_owned(),
        by => format!("by = \"{by}\""),
    };
    let profile = profile.replace("by = \"BY\"", &by);
    let [one, two, other] = stories;
    let field = if by.contains("field") { "\n  - **Epic**: E1" } else { "" };
    format!(
        "{profile}//- /epics.md
  ## E1: Accounts
  - **Status**: {epic}

  ## E2: Search
  - **Status**: todo
//- /E1/stories.md
  ## 1-1: Login
  - **Status**: {one}{field}

  ## 1-2: Logout
  - **Status**: {two}{field}
//- /E2/stories.md
  ## 2-1: Index
  - **Status**: {other}
"
    )
}

fn found(fixture: &str) -> Vec<String> {
    let (analysis, _) = analysis(fixture);
    let told = analysis.diagnostics().iter().map(|it| format!("{}: {}", it.rule, it.message));
    told.collect()
}

fn set(fixture: &str, id: &str, status: &'static str) -> Result<Plan, Refused> {
    let (analysis, _) = analysis(fixture);
    let wish = Wish { status, ..Wish::default() };
    plan(&analysis, &Operation::Set { whose: vec![Whose::Task(id)], wish, atomic: false }, AT)
}

#[test]
fn a_part_names_its_whole_by_its_id_its_path_or_a_field() {
    for by in ["id", "path", "field"] {
        let board = board(by, "propose", "todo", ["done", "doing", "todo"]);
        let expected = "stale-rollup: epic E1 says `todo`, but 2 of its 2 parts are begun or \
                        finished; it should say [doing]";
        assert_eq!(found(&board), [expected], "{by}");
    }
    for by in ["id", "path", "field"] {
        for stories in [["todo", "todo", "todo"], ["todo", "what", "todo"]] {
            let found = found(&board(by, "propose", "todo", stories));
            assert!(!found.iter().any(|it| it.starts_with("stale")), "{by}: {found:?}");
        }
    }
}

#[test]
fn a_whole_follows_its_parts_and_one_that_is_finished_is_somebodys_decision() {
    let stale = board("id", "propose", "todo", ["done", "done", "todo"]);
    assert!(found(&stale)[0].ends_with("all its parts are finished; it should say [done]"));
    let (state, _) = analysis(&stale);
    let (change, n) = fix_all(&state, AT, &|_| true);
    assert_eq!(n, 1);
    assert!(state.with_texts(&change.after()).diagnostics().is_empty());
    let early = board("id", "propose", "done", ["done", "todo", "todo"]);
    assert!(found(&early)[0].contains("1 of its 2 parts is not finished"), "{:?}", found(&early));
    let (state, _) = analysis(&early);
    let (change, n) = fix_all(&state, AT, &|_| true);
    assert!(change.is_empty() && n == 0);
}

#[test]
fn a_change_of_a_part_changes_its_whole_where_the_profile_says_so() {
    let texts = |mode: &str| {
        let board = board("path", mode, "todo", ["done", "todo", "todo"]);
        let board = board.replace("Status**: done", "Status**: todo");
        let planned = set(&board, "1-1", "doing").expect("it is planned");
        let note = planned.results[0].reason.clone().unwrap_or_default();
        (planned.change.after().into_keys().map(|it| it.to_string()).collect::<Vec<_>>(), note)
    };
    assert_eq!(
        texts("apply"),
        (vec!["E1/stories.md".to_owned(), "epics.md".to_owned()], "".into())
    );
    let note = "E1 is todo; as its parts say, it should be doing: `lockstep set E1 doing`";
    assert_eq!(texts("propose"), (vec!["E1/stories.md".to_owned()], note.into()));
    assert_eq!(texts("off"), (vec!["E1/stories.md".to_owned()], "".into()));
}

#[test]
fn what_parts_may_say_can_be_given_for_each_status() {
    let lenient = |epic, stories| {
        let board = board("id", "propose", epic, stories);
        let agreement = "roll_up = \"propose\"\n\n  [relation.agreement]\n  todo = [\"open\"]\n  \
                         doing = [\"open\", \"active\", \"done\"]\n  done = [\"done\"]";
        found(&board.replace("roll_up = \"propose\"", agreement))
    };
    assert_eq!(lenient("doing", ["done", "done", "todo"]), [""; 0], "whoever reviews takes time");
    assert_eq!(lenient("doing", ["todo", "todo", "todo"]), [""; 0]);
    assert_eq!(lenient("todo", ["done", "done", "todo"]).len(), 1);
    assert!(
        lenient("done", ["todo", "todo", "todo"])[0].contains("finish them, or set it to [todo]")
    );
}

#[test]
fn who_finishes_a_whole_over_open_parts_is_told_which() {
    let note = |stories| {
        let board = board("id", "propose", "doing", stories);
        let planned = set(&board, "E1", "done").expect("it is planned");
        planned.results[0].reason.clone().unwrap_or_default()
    };
    assert_eq!(
        note(["done", "todo", "todo"]),
        "1 part of task E1 is still open: 1-2; `lockstep set 1-2 done`"
    );
    assert_eq!(
        note(["doing", "todo", "todo"]),
        "2 parts of task E1 are still open: 1-1, 1-2; `lockstep set 1-1 1-2 done`"
    );
    assert_eq!(note(["done", "done", "todo"]), "");
}

#[test]
fn parts_that_are_not_of_one_mind_themselves_advise_nothing() {
    let plans = |summary: &str| {
        format!(
            "//- /.planning/ROADMAP.md\n  - [x] **Phase 1: Tea**\n\n  ### Phase 1: Tea\n  Plans:\n  \
             - [ ] 01-01-PLAN.md -- Boil\n  - [ ] 01-02-PLAN.md -- Pour\n{summary}"
        )
    };
    let note = |text: &str| {
        let planned = set(text, "01-02", "complete").expect("it is planned");
        planned.results[0].reason.clone().unwrap_or_default()
    };
    assert!(note(&plans("")).contains("it should be in_progress"), "{}", note(&plans("")));
    let summary = "//- /.planning/phases/01-tea/01-01-SUMMARY.md\n  # Boiled\n";
    assert_eq!(note(&plans(summary)), "");
}

#[test]
fn what_only_tells_of_a_whole_names_it_by_its_new_id() {
    let road = "//- /.planning/ROADMAP.md\n  - [ ] **Phase 1: Draw**\n";
    let requirement = "//- /.planning/REQUIREMENTS.md\n  | Requirement | Phase | Status |\n  |---|---|---|\n  | MAP-01 | Phase 1 | Pending |\n";
    let (change, _) =
        rename::planned(&format!("{road}{requirement}"), "1", rename::id("5")).expect("it may be");
    let renamed = crate::testing::result(&change);
    assert!(renamed.contains("| MAP-01 | Phase 5 | Pending |"), "{renamed}");
}
