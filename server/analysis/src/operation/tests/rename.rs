//! Other names for tasks.

mod followed;
mod told_twice;

use std::collections::BTreeMap;

use expect_test::expect_file;

use crate::analysis::{Analysis, AnalysisHost, Change};
use crate::change::SourceChange;
use crate::change::moving::goes;
use crate::index::{Place, Task};
use crate::operation::{
    NewName, Operation, Plan, Planner, Refused, RenamedPart, Whose, plan_one, plan_with, renamable,
};
use crate::profile::id::TaskId;
use crate::snapshot::Existence;
use crate::testing::{
    AT, analysis, at_cursor, examples, findings_by_rule, new_findings, normal, result,
    silent_examples,
};

const LOGIN: &str = r#"
//- /specs/TODO.md
  ---
  next_project_number: 10
  ---
  - **7** [PLANNED] — Add login

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](007_add_login/plans/implementation-001.md)

  Prose about task 7.

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Dependencies**: 7, 9

  ### 9. Write docs
  - **Status**: [NOT STARTED]
//- /specs/state.json
  { "next_project_number": 10, "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned" },
    { "project_number": 8, "project_name": "add_logout", "status": "planned", "dependencies": [7] },
    { "project_number": 9, "project_name": "Write docs", "status": "not_started" }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Implementation Plan: Add login
  - **Task**: 7 - Add login
  - **Status**: [NOT STARTED]
  - [the list](../../TODO.md)
//- /specs/007_add_login/state.json
  { "project_number": 7, "project_name": "add_login", "status": "planned" }
"#;

type Planned = Result<(SourceChange, String), Refused>;

/// Files of fixtures may go anywhere.
pub(super) fn planned(fixture: &str, whose: &str, to: NewName<'_>) -> Planned {
    let (analysis, _) = analysis(fixture);
    let movable = |from: &str, _: &str| {
        let paths = analysis.index.docs.iter().map(|it| it.path.to_string());
        Ok(paths.filter(|path| path.starts_with(from)).collect())
    };
    let planner = Planner { movable: &movable, ..Planner::STILL };
    let operation = Operation::Rename { whose: Whose::Task(whose), to };
    let (change, outcome) = plan_one(&analysis, &operation, AT, planner)?;
    Ok((change, outcome.and_then(|it| it.reason).unwrap_or_default()))
}

#[track_caller]
fn check(fixture: &str, whose: &str, to: NewName<'_>, after: &str) {
    let (change, _) = planned(fixture, whose, to).expect("it is planned");
    assert_eq!(result(&change), normal(after));
}

#[track_caller]
fn refusal(fixture: &str, whose: &str, to: NewName<'_>) -> String {
    planned(fixture, whose, to).map(|(change, _)| result(&change)).expect_err("refused").to_string()
}

fn title(title: &str) -> NewName<'_> {
    NewName { title: Some(title), ..NewName::default() }
}

pub(super) fn id(id: &str) -> NewName<'_> {
    NewName { id: Some(id), ..NewName::default() }
}

fn slug(slug: &str) -> NewName<'_> {
    NewName { slug: Some(slug), ..NewName::default() }
}

#[test]
fn what_is_history_alone_is_not_renamed() {
    let archived = LOGIN.to_owned()
        + "//- /specs/archive/TODO.md\n  ### 6. Old\n  - **Status**: [COMPLETED]\n";
    let why =
        "6 stands in specs/archive/TODO.md, which is history and is not edited; change it by hand";
    assert_eq!(refusal(&archived, "6", title("New")), why);
    assert_eq!(refusal(&archived, "6", id("60")), why);
    let pointed = archived.replace("### 6. Old", "### 6. O$0ld");
    assert_eq!(found(&pointed), why.split(';').next().unwrap_or_default());
}

#[test]
fn what_stays_and_still_says_the_old_id_is_told() {
    let prose = LOGIN
        .replace("Prose about task 7.", "Prose about task 7, and `specs/007_add_login/` there.");
    let prose = prose.replace("# Implementation Plan: Add login", "# Plan: 7 logins (Task #7)");
    let (change, notes) = planned(&prose, "7", id("10")).expect("it is planned");
    assert_eq!(
        notes,
        "specs/007_add_login is now specs/010_add_login; text still says 7 at specs/TODO.md:10; \
         text still says 007_add_login at specs/TODO.md:10"
    );
    assert!(result(&change).contains("# Plan: 7 logins (Task #10)"), "{}", result(&change));
}

#[test]
fn a_title_changes_in_every_place_that_holds_it() {
    check(
        LOGIN,
        "9",
        title("Write \"the\" docs"),
        r#"
//- /specs/TODO.md
  ---
  next_project_number: 10
  ---
  - **7** [PLANNED] — Add login

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](007_add_login/plans/implementation-001.md)

  Prose about task 7.

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Dependencies**: 7, 9

  ### 9. Write "the" docs
  - **Status**: [NOT STARTED]
//- /specs/state.json
  { "next_project_number": 10, "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned" },
    { "project_number": 8, "project_name": "add_logout", "status": "planned", "dependencies": [7] },
    { "project_number": 9, "project_name": "Write \"the\" docs", "status": "not_started" }
  ] }
"#,
    );
    let (change, _) = planned(LOGIN, "7", title("Add a login")).expect("it is planned");
    let todo = result(&change);
    assert!(todo.contains("[PLANNED] — Add a login\n") && todo.contains("### 7. Add a login\n"));
    assert!(!todo.contains("state.json"), "a slug is no title: {todo}");
}

#[test]
fn an_id_changes_where_it_stands_and_is_named_and_files_go_along() {
    let (change, notes) = planned(LOGIN, "7", id("10")).expect("it is planned");
    assert_eq!(
        notes,
        "specs/007_add_login is now specs/010_add_login; text still says 7 at specs/TODO.md:10"
    );
    assert_eq!(
        result(&change),
        normal(
            r#"
//- /specs/007_add_login/plans/implementation-001.md deleted
//- /specs/007_add_login/state.json deleted
//- /specs/010_add_login/plans/implementation-001.md
  # Implementation Plan: Add login
  - **Task**: 10 - Add login
  - **Status**: [NOT STARTED]
  - [the list](../../TODO.md)
//- /specs/010_add_login/state.json
  { "project_number": 10, "project_name": "add_login", "status": "planned" }
//- /specs/TODO.md
  ---
  next_project_number: 11
  ---
  - **10** [PLANNED] — Add login

  ### 10. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](010_add_login/plans/implementation-001.md)

  Prose about task 7.

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Dependencies**: 10, 9

  ### 9. Write docs
  - **Status**: [NOT STARTED]
//- /specs/state.json
  { "next_project_number": 11, "active_projects": [
    { "project_number": 10, "project_name": "add_login", "status": "planned" },
    { "project_number": 8, "project_name": "add_logout", "status": "planned", "dependencies": [10] },
    { "project_number": 9, "project_name": "Write docs", "status": "not_started" }
  ] }
"#
        )
    );
}

#[test]
fn a_slug_changes_in_paths_and_in_records_that_are_called_by_it() {
    let to = NewName { title: Some("Sign in"), slug: Some("sign_in"), id: None };
    let (change, _) = planned(LOGIN, "7", to).expect("it is planned");
    let text = result(&change);
    for line in [
        "### 7. Sign in\n",
        "[PLANNED] — Sign in\n",
        "[plan](007_sign_in/plans/implementation-001.md)",
        "\"project_name\": \"sign_in\"",
        "//- /specs/007_sign_in/state.json\n",
        "//- /specs/007_add_login/state.json deleted\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}

#[test]
fn what_is_not_certain_is_refused_with_a_reason_and_a_remedy() {
    let archived = LOGIN.to_owned()
        + "//- /specs/archive/TODO.md\n  ### 12. Old\n  - **Status**: [COMPLETED]\n  ### 9. Write docs\n  - **Status**: [COMPLETED]\n";
    let listed = LOGIN.replace("Dependencies**: 7, 9", "Dependencies**: 6-9");
    let broken = LOGIN.replace("\"not_started\" }\n  ] }", "\"not_started\" }\n  ");
    let link = "  - **Plan**: [plan](007_add_login/plans/implementation-001.md)\n";
    let unlinked = LOGIN.replace(link, "").replace("\"add_login\"", "\"Add login\"");
    for (fixture, to, why) in [
        (LOGIN, id("8"), "the id 8 is taken by `Add logout`; choose one that is free"),
        (&archived, id("12"), "the id 12 is taken by `Old`; choose one that is free"),
        (LOGIN, id("x"), "`x` is no id like 7; write it in the same form"),
        (
            LOGIN,
            title(" "),
            "a title is one line with at least one letter or digit; give another title",
        ),
        (
            LOGIN,
            title("*"),
            "a title is one line with at least one letter or digit; give another title",
        ),
        (LOGIN, slug("x."), "`x.` is no name of a folder; write letters, digits, `_` and `-`"),
        (
            LOGIN,
            slug(&"x".repeat(300)),
            "a name of 304 bytes is too long for a file; choose one so short that the whole name has \
             at most 255 bytes",
        ),
        (
            LOGIN,
            title("Add login [COMPLETED]"),
            "specs/TODO.md:6:5 does not take the title `Add login [COMPLETED]`; change the title \
             there by hand, or choose another",
        ),
        (
            &listed,
            id("10"),
            "specs/TODO.md:14:21 names 7 as one of a range; write the range as a list of ids first",
        ),
        (
            &unlinked,
            title("Sign in"),
            "the change cannot be verified: task 7 would no longer go with \
             specs/007_add_login/state.json; rename its folder too, \
             `lockstep rename 7 --slug sign_in --title \"Sign in\"`; nothing was written",
        ),
    ] {
        assert_eq!(refusal(fixture, "7", to), why);
    }
    assert!(refusal(&broken, "7", id("10")).starts_with("specs/state.json cannot be read in full"));
    let why = refusal(&archived, "9", id("10"));
    assert!(why.starts_with("9 stands in specs/archive/TODO.md, which is history"), "{why}");
}

/// The name that is found at the cursor, or why there is none.
fn found(fixture: &str) -> String {
    let (analysis, path, offset) = at_cursor(fixture);
    match renamable(&analysis, &path, offset) {
        Ok(found) => {
            let (text, _) = analysis.source(&path).expect("a file");
            format!("{:?} {} `{}`", found.part, found.text, found.range.of(text))
        }
        Err(refused) => refused.message,
    }
}

#[test]
fn what_is_renamed_is_what_the_cursor_is_on() {
    for (old, new, expected) in [
        ("### 7. Add", "### $07. Add", "Id 7 `7`"),
        ("### 7. Add", "### 7. A$0dd", "Title Add login `Add login`"),
        ("[PLANNED] — Add login", "[PLANNED] — Add$0 login", "Title Add login `Add login`"),
        ("**7** [", "**7$0** [", "Id 7 `7`"),
        ("Dependencies**: 7,", "Dependencies**: $07,", "Id 7 `7`"),
        ("\"project_number\": 7,", "\"project_number\": $07,", "Id 7 `7`"),
        (
            "\"add_login\", \"status\": \"planned\" },",
            "\"add$0_login\", \"status\": \"planned\" },",
            "Slug add_login `add_login`",
        ),
        ("\"Write docs\"", "\"Write $0docs\"", "Title Write docs `Write docs`"),
        (
            "Plan: Add login",
            "Plan: A$0dd login",
            "Title Implementation Plan: Add login `Implementation Plan: Add login`",
        ),
        ("about task 7", "about task $07", "no title and no id of a task stands here"),
        (
            "[plan](007_",
            "[plan](0$007_",
            "this is a link to specs/007_add_login/plans/implementation-001.md",
        ),
        (
            "### 7. Add login\n  - **Status**: [PL",
            "### 7. Add login\n  - **Status**: [P$0L",
            "neither a title nor an id of a task stands here",
        ),
    ] {
        assert!(LOGIN.contains(old), "{old}");
        assert_eq!(found(&LOGIN.replacen(old, new, 1)), expected, "{new}");
    }
}

const TWINS: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 7. Write $0docs
  - **Status**: [NOT STARTED]
//- /specs/state.json
  { "next_project_number": 9, "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned" }
  ] }
"#;

#[test]
fn of_two_tasks_with_one_id_the_one_that_is_pointed_at_gets_another() {
    let (analysis, path, offset) = at_cursor(TWINS);
    let found = renamable(&analysis, &path, offset).expect("a title");
    let to = NewName { id: Some("8"), ..NewName::default() };
    let operation = Operation::Rename { whose: Whose::Place(found.place), to };
    let (change, _) = plan_one(&analysis, &operation, AT, Planner::STILL).expect("it is planned");
    assert_eq!(
        result(&change),
        normal(
            "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Write docs
  - **Status**: [NOT STARTED]
"
        )
    );
    let why = refusal(&TWINS.replace("$0", ""), "7", to);
    assert_eq!(
        why,
        "the id 7 means several tasks: specs/TODO.md:1, specs/TODO.md:4; say which by \
         `--at FILE:LINE`, or rename it in an editor, at its place"
    );
    let (twins, _) = crate::testing::analysis(&TWINS.replace("$0", ""));
    let by_line = |task: &str, at: &str| {
        let operation = Operation::Rename { whose: Whose::Twin(task, at), to };
        plan_one(&twins, &operation, AT, Planner::STILL).map(|(change, _)| result(&change))
    };
    assert_eq!(by_line("7", "specs/TODO.md:4"), Ok(result(&change)));
    for (task, at, why) in [
        ("7", "specs/TODO.md:5", "no task has its name at specs/TODO.md:5"),
        ("7", "specs/TODO.md", "`specs/TODO.md` is no FILE:LINE"),
        ("7", "specs/none.md:4", "no task has its name at specs/none.md:4"),
        ("6", "specs/TODO.md:4", "at specs/TODO.md:4 stands task 7, not 6"),
    ] {
        assert_eq!(by_line(task, at).map_err(|it| it.message), Err(why.to_owned()));
    }
    // Also where both are called the same: `duplicate-task` asks for just that.
    let same = TWINS.replace("$0", "").replace("Write docs", "Add login");
    let (same, _) = crate::testing::analysis(&same);
    let whose = Whose::Twin("7", "specs/TODO.md:4");
    let operation = Operation::Rename { whose, to };
    let (change, _) = plan_one(&same, &operation, AT, Planner::STILL).expect("it is planned");
    let entries = "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n\n  ### 8. Add login\n  - **Status**: [NOT STARTED]\n";
    assert_eq!(result(&change), normal(entries));
    let other = TWINS.replace("\"add_login\"", "\"add_search\"");
    let (analysis, path, offset) = at_cursor(&other);
    let place = renamable(&analysis, &path, offset).expect("a title").place;
    let operation = Operation::Rename { whose: Whose::Place(place), to };
    let why = plan_one(&analysis, &operation, AT, Planner::STILL).expect_err("refused");
    assert_eq!(
        why.to_string(),
        "nobody knows which task 7 of several specs/state.json is of; change that file by hand first"
    );
}

fn rename(analysis: &Analysis, place: Place, to: NewName<'_>) -> Result<Plan, Refused> {
    let movable = |from: &str, _: &str| {
        let paths = analysis.index.docs.iter().map(|it| it.path.to_string());
        Ok(paths.filter(|path| path.starts_with(from)).collect())
    };
    let planner = Planner { movable: &movable, ..Planner::STILL };
    plan_with(analysis, &Operation::Rename { whose: Whose::Place(place), to }, AT, planner)
}

fn texts(analysis: &Analysis) -> BTreeMap<String, String> {
    let docs = analysis.index.docs.iter();
    docs.map(|it| (it.path.to_string(), it.text.to_string())).collect()
}

/// An id that nobody has or names, as wide as the old one, which may be written with zeros.
fn free(analysis: &Analysis, place: Place, id: &TaskId) -> String {
    let Some(number) = id.number() else { return format!("{id}9") };
    let index = &analysis.index;
    let is_free = |number: &u64| {
        let id = index.id_in(place.doc, &TaskId::new(&number.to_string()));
        let names = |task: &Task| task.id == id || index.depends(task).contains(&id);
        !index.tasks.values().any(|task| names(task))
    };
    let mut numbers = if number < 10 { 1..10 } else { 10..100 };
    numbers.find(is_free).expect("one is free").to_string()
}

/// The same with what is known of linked files and folders: that those without a text are not there.
fn looked_up(analysis: &Analysis) -> Analysis {
    let mut host = AnalysisHost::new(analysis.instances.clone(), (*analysis.config).clone());
    let docs = analysis.index.docs.iter();
    let files = docs.map(|it| (it.path.clone(), Some(it.content()))).collect();
    host.apply_change(Change { files, ..Change::default() });
    let unknown = host.analysis().unknown_paths().into_iter();
    let holds = |path: &str| analysis.index.docs.iter().any(|it| goes(it.path.as_str(), path));
    let look_up = |path: String| match holds(&path) {
        true => (path, Existence::Present),
        false => (path, Existence::Absent),
    };
    let known = unknown.map(look_up).collect();
    host.apply_change(Change { known, ..Change::default() });
    host.analysis()
}

/// Renames everything in a workspace, each by itself, and back; tells which files change.
fn rename_all(profile: &str, before: &Analysis, out: &mut String) {
    let index = &before.index;
    let was = findings_by_rule(before);
    for task in index.tasks.values() {
        let Some(place) = task.places.first().copied() else { continue };
        let old_id = index.entity(place).id.clone().expect("it is a task");
        let new_id = free(before, place, &old_id);
        let old = index.title(task).to_owned();
        let longer = format!("{old} again");
        for (part, to, back) in
            [("id", id(&new_id), id(old_id.as_str())), ("title", title(&longer), title(&old))]
        {
            *out += &format!("{profile} {} {part}: ", task.id);
            match rename(before, place, to) {
                Ok(plan) => {
                    let new = new_findings(&was, &plan.after);
                    assert!(new.is_empty(), "{out}new findings of {new:?}");
                    let path = &index.docs[place.doc].path;
                    let path = plan.moves.get(path).unwrap_or(path);
                    let (doc, _) = plan.after.index.document(path.as_str()).expect("a file");
                    let after = looked_up(&plan.after);
                    let again = rename(&after, Place { doc, entity: place.entity }, back);
                    let again = again.unwrap_or_else(|why| panic!("{out}back: {why}"));
                    assert_eq!(texts(&again.after), texts(before), "{out}");
                    *out += &plan.results[0].files.join(", ");
                }
                Err(refused) => {
                    assert!(!refused.remedy.is_empty(), "{out}");
                    *out += &format!("refused: {}", refused.message);
                }
            }
            out.push('\n');
        }
    }
}

#[test]
fn in_every_profile_a_rename_finds_nothing_new_and_the_old_name_brings_everything_back() {
    let mut out = String::new();
    for (profile, before) in examples() {
        rename_all(profile, &before, &mut out);
    }
    expect_file!["rename.txt"].assert_eq(&out);
    for (profile, before) in silent_examples() {
        rename_all(profile, &before, &mut String::new());
    }
}

#[test]
fn in_front_matter_a_title_and_an_id_are_renamed_where_they_stand() {
    let (_, backlog) = examples().find(|(profile, _)| *profile == "backlog").expect("a profile");
    let path = "backlog/tasks/task-1-log-in.md";
    let at = |words: &str| {
        let (_, document) = backlog.index.document(path).expect("a file");
        let offset = document.text.as_str().find(words).expect("the words") + words.len();
        let found = renamable(&backlog, path, offset).map(|it| (it.part, it.text));
        found.map_err(|why| why.message)
    };
    assert_eq!(at("title: Lo"), Ok((RenamedPart::Title, "Log in".to_owned())));
    assert_eq!(at("id: TASK-1"), Ok((RenamedPart::Id, "1".to_owned())));
    assert_eq!(at("stat"), Err("neither a title nor an id of a task stands here".to_owned()));
}

const PARTS: &str = r#"
//- /backlog/config.yml
  statuses: ["To Do", "In Progress", "Done"]
//- /backlog/tasks/task-7-search.md
  ---
  id: TASK-7
  title: Search
  status: To Do
  ---
//- /backlog/tasks/task-7.1-index.md
  ---
  id: TASK-7.1
  title: Index
  status: To Do
  parent_task_id: TASK-7
  ---
//- /backlog/tasks/task-9-docs.md
  ---
  id: TASK-9
  title: Docs
  status: To Do
  dependencies: [TASK-7.1]
  ---
"#;

#[test]
fn parts_whose_ids_begin_with_that_of_the_task_are_numbered_with_it() {
    let to = NewName { id: Some("TASK-12"), ..NewName::default() };
    check(
        PARTS,
        "7",
        to,
        "\
//- /backlog/tasks/task-12-search.md
  ---
  id: TASK-12
  title: Search
  status: To Do
  ---
//- /backlog/tasks/task-12.1-index.md
  ---
  id: TASK-12.1
  title: Index
  status: To Do
  parent_task_id: TASK-12
  ---
//- /backlog/tasks/task-7-search.md deleted
//- /backlog/tasks/task-7.1-index.md deleted
//- /backlog/tasks/task-9-docs.md
  ---
  id: TASK-9
  title: Docs
  status: To Do
  dependencies: [TASK-12.1]
  ---
",
    );
    let taken = PARTS.replace("/task-9-docs", "/task-12.1-docs").replace("TASK-9", "TASK-12.1");
    let taken = taken.replace("  dependencies: [TASK-7.1]\n", "");
    let why = refusal(&taken, "7", to);
    assert!(why.starts_with("its part 7.1 cannot become TASK-12.1: the id 12.1 is taken"), "{why}");
}

#[test]
fn a_title_of_yaml_that_is_more_than_its_words_is_not_renamed() {
    for head in ["title: &t Search", "title: !!str Search", "title: Search\n  title: Search"] {
        let why = refusal(&PARTS.replacen("title: Search", head, 1), "7", title("Find"));
        assert!(why.contains("does not take the title `Find`"), "{head}: {why}");
    }
}

#[test]
fn what_only_looks_like_the_id_among_dependencies_stays() {
    for said in ["Task 2.7", "7.1", "v1.7", "PR #7", "https://a.example/issues/7"] {
        let fixture = LOGIN.replace("Dependencies**: 7, 9", &format!("Dependencies**: 9, {said}"));
        let (change, _) = planned(&fixture, "7", id("10")).expect("it is planned");
        let after = result(&change);
        assert!(after.contains(&format!("Dependencies**: 9, {said}\n")), "{after}");
    }
    let range = LOGIN.replace("Dependencies**: 7, 9", "Dependencies**: 7-8");
    assert!(refusal(&range, "7", id("10")).contains("names 7 as one of a range"));
}

#[test]
fn a_task_behind_what_is_never_closed_is_not_renamed() {
    let fixture = LOGIN.replacen("  ### 9. ", "  ```\n\n  ### 9. ", 1);
    let why = refusal(&fixture, "9", title("Three"));
    assert!(why.contains("this code fence is never closed"), "{why}");
    assert!(planned(&fixture, "7", title("Three")).is_ok(), "it stands before");
}
