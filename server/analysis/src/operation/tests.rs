//! What operations come to.

use super::*;
use crate::analysis::{AnalysisHost, Change};
use crate::change::reason::PLACEHOLDER;
use crate::model::{Content, FilePath};
use crate::profile::config;
use crate::rules;
use crate::snapshot::{CONFIG, Unread};
use crate::testing::{AT, analysis};

mod add;
mod archive;
mod by_hand;
mod decisions;
mod flow;
mod follows;
mod listed;
mod note;
mod relations;
mod rename;
mod toggle;
mod types;

const TASKS: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 12. Add logout
  - **Status**: [NOT STARTED]
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "status": "researched" },
    { "project_number": 12, "status": "not_started" }
  ] }
"#;

fn tasks(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn set(ids: &[&'static str], wish: Wish<'_>) -> Result<Plan, Refused> {
    let (analysis, _) = analysis(TASKS);
    let whose = ids.iter().map(|id| Whose::Task(id)).collect();
    plan(&analysis, &Operation::Set { whose, wish, atomic: false }, AT)
}

fn fix(fix: FixOperation<'_>) -> Result<Plan, Refused> {
    let (analysis, _) = analysis(TASKS);
    plan(&analysis, &Operation::FixOperation(fix), AT)
}

fn codes(plan: &Plan) -> Vec<Option<&'static str>> {
    plan.results.iter().map(|result| result.code.map(Code::name)).collect()
}

#[test]
fn each_refusal_has_a_code_and_a_remedy() {
    let wish = |status| Wish { status, ..Wish::default() };
    for (id, wish, code, remedy) in [
        ("7", wish("completed"), "not-allowed", "revising, implementing, blocked"),
        ("7", wish("blocked"), "needs-reason", "add `--reason \"why\"`; it is written"),
        ("17", wish("blocked"), "unknown-task", "near ids: 12, 7"),
        (
            "7",
            Wish { expect: Some("revised"), ..wish("implementing") },
            "not-expected",
            "another process has changed it; look at the task again",
        ),
        (
            "7",
            Wish { force: true, ..wish("completed") },
            "needs-reason",
            "add `--reason \"why\"`; it is recorded",
        ),
        (
            "7",
            Wish { force: true, reason: Some(PLACEHOLDER), ..wish("completed") },
            "needs-reason",
            "add `--reason \"why\"`",
        ),
        (
            "7",
            Wish { reason: Some(" (fill in the reason)"), ..wish("blocked") },
            "needs-reason",
            "add `--reason \"why\"`",
        ),
    ] {
        let plan = set(&[id], wish).expect("an operation");
        let [result] = &plan.results[..] else { panic!("{:?}", plan.results) };
        assert_eq!(result.code.map(Code::name), Some(code), "{result:?}");
        assert!(result.remedy.as_deref().is_some_and(|it| it.contains(remedy)), "{result:?}");
        assert!(plan.change.is_empty(), "{result:?}");
    }
}

#[test]
fn of_two_phases_with_one_number_none_is_taken() {
    let (analysis, _) = analysis(
        r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [IMPLEMENTING]
//- /specs/007_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]
  ### Phase 2: Show the form [NOT STARTED]
  ### Phase 2: Check the password [NOT STARTED]
"#,
    );
    let wish = Wish { status: "in_progress", ..Wish::default() };
    let of = |whose| {
        let operation = Operation::Set { whose: vec![whose], wish, atomic: false };
        plan(&analysis, &operation, AT).expect("an operation")
    };
    let refused = of(Whose::Phase("7", "2")).results.remove(0);
    assert_eq!(refused.code, Some(Code::Ambiguous), "{refused:?}");
    let remedy = refused.remedy.expect("a remedy");
    let names = remedy.trim_start_matches("name one: ").split(", ");
    for (name, changed) in names.zip(["form [IN PROGRESS]", "password [IN PROGRESS]"]) {
        let done = of(Whose::Task(name));
        let texts: String = done.texts.values().flatten().map(|text| &**text).collect();
        assert_eq!(texts.matches("IN PROGRESS]").count(), 2, "the plan and one: {texts}");
        assert!(texts.contains(changed), "{name}: {texts}");
    }
}

#[test]
fn the_words_of_a_box_are_answered_with_its_name() {
    let (analysis, _) = analysis("//- /TODO.md\n  - [ ] feed the cat\n    - [ ] clean the bowl\n");
    for word in ["clean-the-bowl", "clean the bowl", "feed-the-cat/clean-the-bowl"] {
        assert_eq!(near_ids(&analysis, word), ["TODO.md#feed-the-cat/clean-the-bowl"], "{word}");
    }
    assert_eq!(near_ids(&analysis, "feed-a-cat"), ["feed-the-cat"]);
}

#[test]
fn a_status_among_the_tasks_is_told_before_anything_is_planned() {
    let wish = Wish { status: "implementing", ..Wish::default() };
    let refused = set(&["7", "planned", "12"], wish).expect_err("it is no operation");
    assert_eq!(refused.code, Code::Usage);
    assert!(refused.message.starts_with("`planned` is a status, not a task"), "{refused}");
    let refused = set(&["7"], Wish { status: "flying", ..Wish::default() });
    assert_eq!(refused.expect_err("it is no status").code, Code::UnknownStatus);
}

#[test]
fn a_preference_that_names_no_place_mends_nothing_towards_another() {
    let seven = tasks(&["7"]);
    for (prefer, says) in [
        ("sate.json", "did you mean state.json?"),
        ("specs/TODO.m", "did you mean specs/TODO.md?"),
        ("completed", "it is planned in specs/TODO.md, researched in specs/state.json"),
        ("nowhere/at-all.toml", "name a file that holds the task"),
    ] {
        let prefer = Some(prefer);
        let refused = fix(FixOperation { tasks: &seven, prefer, ..FixOperation::default() });
        let refused = refused.expect_err("it names nothing");
        assert_eq!(refused.code, Code::Usage, "{prefer:?}");
        assert!(refused.remedy.contains(says), "{prefer:?}: {refused}");
    }
}

#[test]
fn a_fix_fills_in_no_reason() {
    let (analysis, _) = analysis(
        "\
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [BLOCKED]
  - **Blocking Reason**: (fill in the reason)
//- /specs/state.json
  { \"active_projects\": [{ \"project_number\": 7, \"status\": \"planned\" }] }
",
    );
    let fix = FixOperation { prefer: Some("blocked"), ..FixOperation::default() };
    let plan = plan(&analysis, &Operation::FixOperation(fix), AT).expect("a plan");
    let after: Vec<_> = plan.change.after().into_values().flatten().collect();
    assert!(after.len() == 1 && after[0].contains("\"blocked\""), "{after:?}");
    assert!(!after[0].contains("reason"), "{after:?}");
}

#[test]
fn a_preference_is_a_status_or_a_file_by_its_path_or_end() {
    let seven = tasks(&["7"]);
    for prefer in ["state.json", "./specs/state.json", "specs/state.json", "[RESEARCHED]"] {
        let prefer = Some(prefer);
        let plan =
            fix(FixOperation { tasks: &seven, prefer, ..FixOperation::default() }).expect("a plan");
        assert_eq!(plan.results[0].to, "researched", "{prefer:?}");
        assert_eq!(plan.change.files().len(), 1, "{prefer:?}");
    }
}

#[test]
fn of_all_or_none_the_rest_is_refused_with_one() {
    let (analysis, _) = analysis(TASKS);
    let whose = vec![Whose::Task("7"), Whose::Task("99")];
    let wish = Wish { status: "implementing", ..Wish::default() };
    let plan = plan(&analysis, &Operation::Set { whose, wish, atomic: true }, AT).expect("a plan");
    assert_eq!(codes(&plan), [Some("not-allowed"), Some("unknown-task")]);
    assert!(plan.change.is_empty() && plan.texts.is_empty());
}

#[test]
fn a_task_that_can_only_stand_in_a_file_that_is_cut_is_unreadable_and_no_other_is() {
    let cut = "\
//- /specs/TODO.md
  # Tasks
//- /specs/state.json
  { \"active_projects\": [{ \"project_number\": 7, \"status\": \"plan
";
    let refused = |id| set_part(cut, id, "planning").expect_err("refused");
    assert_eq!(refused("007").code, Code::Unreadable);
    assert!(refused("7").message.contains("specs/state.json:1:"), "{}", refused("7"));
    assert_eq!(refused("8").code, Code::UnknownTask);
}

/// The code of a refusal where a file or a folder cannot be read.
fn code_beside(files: &[(&str, Option<&str>)], folders: &[&str], id: &str) -> Code {
    let config = files.iter().find(|(path, _)| *path == CONFIG).and_then(|(_, text)| *text);
    let config = config::parse(config.unwrap_or_default(), &rules::ids());
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    let instances = config.instances().unwrap_or_else(|| config.detected(&paths, &|_| None));
    let mut host = AnalysisHost::new(instances, config);
    let content = |text: &Option<&str>| match text {
        Some(text) => (*text).into(),
        None => Content::unreadable("this is not UTF-8".to_owned()),
    };
    let files = files.iter().map(|(path, text)| (FilePath::new(path), Some(content(text))));
    let unread = |path: &&str| Unread { path: FilePath::new(path), reason: "so it is".to_owned() };
    let unread = Some(folders.iter().map(unread).collect());
    host.apply_change(Change { files: files.collect(), unread, ..Change::default() });
    unknown_task(&host.analysis(), id).code
}

#[test]
fn a_task_is_unreadable_only_where_what_cannot_be_read_could_hold_it() {
    let todo = Some("# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n");
    let state =
        Some("{ \"active_projects\": [{ \"project_number\": 7, \"status\": \"planned\" }] }");
    let opencode = (CONFIG, Some("profile = \"opencode\"\n"));
    let (ledger, records) = ("specs/TODO.md", "specs/state.json");
    let (plan, boxes) = ("docs/PLAN.md", "docs/TODO.md");
    let own = "[[role]]\nid = \"own\"\nfiles = [\"tasks/*.md\"]\nformat = \"markdown\"\n\
               [[role.section]]\nkind = \"task\"\nheading = '^(?<id>[0-9]+)\\. (?<title>.+)$'\n";
    let mine = ("tasks/a.md", Some("# 1. Paint\n"));
    let (may, not) = (Code::Unreadable, Code::UnknownTask);
    for (files, folders, id, expected) in [
        (&[opencode, (ledger, None), (records, state)][..], &[][..], "9", may),
        (&[opencode, (ledger, None), (records, state)], &[], "lgin", not),
        (&[opencode, (ledger, todo), (records, None)], &[], "lgin", may),
        (&[(boxes, None), (plan, Some("# Plan\n- [ ] a\n"))], &[], "write-a-test", may),
        (&[(boxes, None), (plan, Some("# Plan\n- [ ] a\n"))], &[], "PLAN.md#phase-2", not),
        (&[(boxes, Some("- [ ] a\n")), (plan, None)], &[], "PLAN.md#phase-2", may),
        (&[(boxes, Some("- [ ] a\n")), (plan, None)], &[], "docs/PLAN.md:3#phase-2", may),
        (&[(boxes, Some("- [ ] a\n")), (plan, None)], &[], "#7", may),
        (&[(boxes, Some("- [ ] a\n")), (plan, None)], &[], "write-a-test", may),
        (&[(boxes, Some("- [ ] a\n")), (plan, None)], &[], "write a test", not),
        (&[(boxes, Some("- [ ] a\n")), (plan, None)], &[], "plan", may),
        (&[(CONFIG, Some(own)), mine], &["vendor"], "2", not),
        (&[(CONFIG, Some(own)), mine], &["tasks"], "2", may),
        (&[(CONFIG, Some(own)), mine], &["tasks"], "glue", not),
        (&[(CONFIG, Some(own)), mine], &["vendor", CONFIG], "glue", may),
        (&[opencode, (ledger, todo), (records, state)], &["specs/old"], "9", may),
    ] {
        let code = code_beside(files, folders, id);
        assert_eq!(code, expected, "{id} beside {folders:?} of {files:?}");
    }
}

const PLAN: &str = "\
//- /docs/PLAN.md
  # Plan

  ## Phase 1: Store
  - [ ] Choose a store
    - [ ] Write it down, in as many words as it takes

  ## Phase 2: Form [NOT STARTED]
  - [ ] Draw it
  - [ ] Choose a store
";

/// The text of the plan with one status set, or why not.
fn set_part(fixture: &str, name: &str, status: &str) -> Result<String, Refused> {
    let (analysis, _) = analysis(fixture);
    let wish = Wish { status, ..Wish::default() };
    let operation = Operation::Set { whose: vec![Whose::Task(name)], wish, atomic: false };
    plan_one(&analysis, &operation, AT, Planner::STILL)
        .map(|(change, _)| crate::testing::result(&change))
}

#[test]
fn phases_and_boxes_have_names_that_stay_when_lines_are_added_above() {
    let more = PLAN.replace("  # Plan\n", "  # Plan\n\n  - [ ] Begin\n\n  ## Phase 0: Ask\n");
    for (name, line, status) in [
        ("docs/PLAN.md#phase-2", "Phase 2: Form [NOT STARTED]", "done"),
        ("PLAN.md#phase-2/choose-a-store", "  - [ ] Choose a store\n", "done"),
        ("PLAN.md#Draw-it", "- [ ] Draw it", "done"),
        ("PLAN.md#write-it-down-in-as-many", "- [ ] Write it", "done"),
        ("PLAN.md#write-it-down-in-as-many-words-as-it-takes", "- [ ] Write it", "done"),
        ("PLAN.md#choose-a-store/write-it-down-in-as-many", "- [ ] Write it", "done"),
    ] {
        for fixture in [PLAN, &more] {
            let at = fixture.rfind(line).expect("a line");
            let changed = line.replace("[ ]", "[x]").replace("NOT STARTED", "COMPLETED");
            let expected = format!("{}{changed}{}", &fixture[..at], &fixture[at + line.len()..]);
            assert_eq!(set_part(fixture, name, status), Ok(expected), "{name}");
        }
    }
}

#[test]
fn a_name_that_means_several_or_none_is_refused() {
    let several = set_part(PLAN, "PLAN.md#choose-a-store", "done").expect_err("ambiguous");
    assert_eq!(several.code, Code::Ambiguous);
    assert_eq!(
        several.to_string(),
        "`PLAN.md#choose-a-store` means 2 phases or boxes; name one: \
         docs/PLAN.md#phase-1/choose-a-store (line 4), docs/PLAN.md#phase-2/choose-a-store (line 9)"
    );
    for name in ["choose-a-store", "#draw-it", "LAN.md#draw-it", "PLAN.md#draw", "PLAN.md#phase-3"]
    {
        let none = set_part(PLAN, name, "done").expect_err("unknown");
        assert_eq!(none.code, Code::UnknownTask, "{none}");
    }
}

#[test]
fn a_phase_that_is_named_carries_its_task_with_it() {
    let fixture = format!(
        "{}//- /specs/007_add_login/plans/implementation-001.md\n  # Plan\n  - **Status**: \
         [IN PROGRESS]\n\n  ### Phase 1: Store [IN PROGRESS]\n  - [ ] Choose it\n",
        TASKS.replace("[PLANNED]", "[IMPLEMENTING]").replace("researched", "implementing")
    );
    let after =
        set_part(&fixture, "implementation-001.md#phase-1", "completed").expect("it is set");
    assert!(after.contains("**Status**: [COMPLETED]\n  - **Completed**"), "{after}");
    let after = set_part(&fixture, "implementation-001.md#choose-it", "done").expect("it is set");
    assert!(after.contains("- [x] Choose it") && !after.contains("TODO.md"), "{after}");
    let (analysis, _) = analysis(&fixture);
    let name = "implementation-001.md#7/phase-1/choose-it";
    let Ok(Meant::Part(place)) = meant(&analysis, name) else { panic!("one box") };
    assert_eq!(
        analysis.index.part_name(place),
        "specs/007_add_login/plans/implementation-001.md#phase-1/choose-it"
    );
}

const TWINS: &str = "\
//- /TODO.md
  - [ ] Write a test
  - [ ] Sweep
    - [ ] Under the bed
  - [ ] Write a test
    - [ ] Under the bed
    - [ ] Under the bed
  - [ ] Phase 2
  - [ ] **12** Paint
//- /old/TODO.md
  - [ ] Sweep
  - [ ] **12** Glue
";

#[test]
fn what_only_its_order_tells_from_others_is_named_by_its_file_or_line() {
    for (name, remedy) in [
        ("write-a-test", "TODO.md:1#write-a-test (line 1), TODO.md:4#write-a-test (line 4)"),
        ("write-a-test-2", "TODO.md:1#write-a-test (line 1), TODO.md:4#write-a-test (line 4)"),
        (
            "TODO.md#write-a-test",
            "TODO.md:1#write-a-test (line 1), TODO.md:4#write-a-test (line 4)",
        ),
        ("sweep", "TODO.md#sweep (line 2), old/TODO.md#sweep (line 1)"),
        ("#12", "TODO.md#12 (line 8), old/TODO.md#12 (line 2)"),
        (
            "TODO.md#write-a-test/under-the-bed",
            "TODO.md:5#write-a-test/under-the-bed (line 5), TODO.md:6#write-a-test/under-the-bed (line 6)",
        ),
    ] {
        let refused = set_part(TWINS, name, "done").expect_err("ambiguous");
        assert_eq!(refused.code, Code::Ambiguous, "{name}");
        assert_eq!(refused.remedy, format!("name one: {remedy}"), "{name}");
        let (analysis, _) = analysis(TWINS);
        let tasks = tasks(&[name]);
        let fix = plan(
            &analysis,
            &Operation::FixOperation(FixOperation { tasks: &tasks, ..FixOperation::default() }),
            AT,
        );
        assert_eq!(codes(&fix.expect("an operation")), [Some("ambiguous")], "{name}");
    }
    for (name, file, line) in [
        ("TODO.md:4#write-a-test", "/TODO.md", 4),
        ("TODO.md#sweep", "/TODO.md", 2),
        ("old/TODO.md#sweep", "old/TODO.md", 1),
        ("old/TODO.md#12", "old/TODO.md", 2),
        ("TODO.md:6#under-the-bed", "/TODO.md", 6),
        ("phase-2", "/TODO.md", 7),
    ] {
        let after = set_part(TWINS, name, "done").unwrap_or_else(|why| panic!("{name}: {why}"));
        let (header, text) = after.split_once('\n').expect("a header");
        let changed = text.lines().position(|line| line.contains("[x]")).map(|at| at + 1);
        assert!(header.ends_with(file) && changed == Some(line), "{name}: {after}");
    }
    // What is refused is called so too.
    let done = TWINS.replace("[ ] Write a test", "[x] Write a test");
    for name in ["TODO.md:4#write-a-test", "TODO.md:1#write-a-test"] {
        let refused = set_part(&done, name, "blocked").expect_err("done is final");
        assert!(refused.message.contains(&format!("task {name} ")), "{refused:?}");
    }
    // A line where another one stands by now.
    let moved = TWINS.replacen("TODO.md\n", "TODO.md\n\n", 1);
    let refused = set_part(&moved, "TODO.md:4#write-a-test", "done").expect_err("none there");
    assert_eq!(refused.code, Code::UnknownTask);
}

/// Ids that hold in their file only, one of them twice, and one that an archive has too.
const LOCAL: &str = "\
//- /TODO.md
  - [ ] **T7** Paint
  - [ ] **T7** Glue
  - [ ] Sweep
    - [ ] Under the bed
  - [ ] Under the bed
//- /archive/TODO.md
  - [x] Sweep
//- /old/TODO.md
  - [ ] **T7** Saw
  - [ ] Under the bed
";

#[test]
fn the_name_of_a_task_means_it_and_no_other() {
    for fixture in [TWINS, LOCAL] {
        let (analysis, _) = analysis(fixture);
        for task in analysis.index.tasks.values() {
            let named = task_meant(&analysis, &analysis.name_of(&task.id)).map(|it| it.id.clone());
            assert_eq!(named, Ok(task.id.clone()));
        }
        for place in analysis.index.parts_in("TODO.md") {
            let name = analysis.index.part_name(place);
            let meant = meant(&analysis, &name);
            assert!(matches!(meant, Ok(Meant::Part(it)) if it == place), "{name}: {meant:?}");
        }
    }
    let (analysis, _) = analysis(LOCAL);
    let shown: Vec<String> =
        crate::task_view::all(&analysis).into_iter().map(|task| task.id).collect();
    let own = ["TODO.md:1#T7", "TODO.md:2#T7", "archive/TODO.md#sweep", "old/TODO.md#T7"];
    let others = ["old/TODO.md#under-the-bed", "sweep", "TODO.md#under-the-bed"];
    assert_eq!(shown, [&own[..], &others].concat());
}

#[test]
fn what_the_profile_or_the_files_do_not_allow_is_one_code_for_programs() {
    const RECORD: &str = "//- /specs/state.json\n  { \"active_projects\": [";
    let entry = |more: &str| format!("//- /specs/TODO.md\n  ### 7. Add login\n{more}{RECORD}");
    let artifact = "{ \"project_number\": 7, \"status\": \"researching\", \"artifacts\": \
                    [\"specs/007_a/reports/research-001.md\"] }] }\n";
    let researching = "  - **Status**: [RESEARCHING]\n";
    let started = "  - **Status**: [IMPLEMENTING]\n  - **Started**: 2999-01-01\n";
    for (fixture, status, code) in [
        (entry(researching) + artifact, "researched", "not-allowed"),
        (entry(started) + "] }\n", "completed", "not-allowed"),
        (
            format!("//- /specs/archive/TODO.md\n  ### 7. Old\n{researching}{RECORD}] }}\n"),
            "researched",
            "not-allowed",
        ),
        ("//- /TODO.md\n  - [/] 7\n".to_owned(), "failed", "not-allowed"),
    ] {
        let refused = set_part(&fixture, "7", status).expect_err("it is refused");
        assert_eq!(refused.code.name(), code, "{refused}");
    }
}

/// Tasks that only plans name, in folders that hold no record.
fn plans_alone() -> String {
    let plan = |id: u32| {
        format!(
            "//- /specs/00{id}_a/plans/implementation-001.md\n  # Plan\n  - **Status**: [NOT STARTED]\n"
        )
    };
    let tasks =
        "//- /specs/TODO.md\n  # Tasks\n//- /specs/state.json\n  { \"active_projects\": [] }\n";
    format!("{tasks}{}{}", plan(4), plan(5))
}

#[test]
fn a_task_that_only_a_plan_names_has_the_status_that_is_shown_of_it() {
    let (analysis, _) = analysis(&plans_alone());
    let shown = crate::task_view::all(&analysis);
    assert_eq!(shown[0].status.as_deref(), Some("not_started"));
    let set = |expect| {
        let wish = Wish { status: "planned", expect: Some(expect), ..Wish::default() };
        let operation = Operation::Set { whose: vec![Whose::Task("4")], wish, atomic: false };
        plan(&analysis, &operation, AT).expect("an operation").results.remove(0)
    };
    let done = set("not_started");
    assert_eq!((done.verdict, done.from.as_deref()), (Verdict::Applied, Some("not_started")));
    assert_eq!(set("planned").code, Some(Code::NotExpected));
}

#[test]
fn a_task_that_is_listed_is_not_unknown_though_its_status_has_no_place() {
    let third = plans_alone().replace("_a/", "_b/").replace("/specs/00", "/specs/01");
    let third = third.split_once("//- /specs/014").expect("a plan").1;
    let fixture = format!("{}//- /specs/014{third}", plans_alone());
    let refused = set_part(&fixture, "4", "planned").expect_err("there is no place");
    assert_eq!(refused.code, Code::NotAllowed, "{refused}");
    assert!(refused.message.contains("no file has an entry or a record of task 4"), "{refused}");
}

const TWO_KINDS: &str = r##"
//- /lockstep.toml
  [[use]]
  profile = "opencode"
  root = "apps"

  [[use]]
  profile = "checklist"
  root = "notes"

//- /apps/specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Add logout
  - **Status**: [PLANNED]
//- /apps/specs/state.json
  { "active_projects": [
    { "project_number": 7, "status": "planned" },
    { "project_number": 8, "status": "planned" }
  ] }
//- /notes/TODO.md
  - [x] **7.** Buy a cake
  - [ ] **9.** Eat it
//- /other/TODO.md
  - [ ] **7.** Sing
//- /apps/notes/PLAN.md
  - [ ] **7.** A list that no profile of its folder knows
"##;

#[test]
fn conventions_beside_each_other_do_not_see_each_other() {
    let (analysis, _) = analysis(TWO_KINDS);
    assert!(analysis.diagnostics().is_empty(), "{:#?}", analysis.diagnostics());
    let mut names: Vec<String> =
        analysis.index.tasks.keys().map(|id| analysis.name_of(id)).collect();
    names.sort();
    assert_eq!(names, ["8", "9", "apps/7", "notes/TODO.md#7", "other/TODO.md#7"]);
    for name in &names {
        let meant = task_meant(&analysis, name).expect("a task");
        assert_eq!(analysis.name_of(&meant.id), *name);
    }
    let path = |name: &str| {
        let task = task_meant(&analysis, name).expect("a task");
        analysis.index.docs[task.places[0].doc].path.to_string()
    };
    assert_eq!(path("notes/TODO.md#7"), "notes/TODO.md");
    assert_eq!(path("other/TODO.md#7"), "other/TODO.md");
    assert_eq!(path("APPS/7"), "apps/specs/TODO.md");
}

#[test]
fn an_id_that_several_trees_have_is_refused_and_the_tasks_are_named() {
    let (analysis, _) = analysis(TWO_KINDS);
    let refused = task_meant(&analysis, "7").expect_err("it means three");
    assert_eq!(refused.code, Code::Ambiguous);
    assert_eq!(
        refused.to_string(),
        "`7` means 3 tasks; name one: other/TODO.md#7 (other/TODO.md), \
         apps/7 (apps/specs/TODO.md), notes/TODO.md#7 (notes/TODO.md)"
    );
    let set = |id: &str, status: &str| {
        let wish = Wish { status, ..Wish::default() };
        let operation = Operation::Set { whose: vec![Whose::Task(id)], wish, atomic: false };
        plan(&analysis, &operation, AT).map(|plan| {
            let refused = plan.results[0].code;
            (refused, plan.texts.keys().map(ToString::to_string).collect::<Vec<_>>())
        })
    };
    assert_eq!(set("7", "implementing"), Ok((Some(Code::Ambiguous), vec![])));
    let files = ["apps/specs/TODO.md", "apps/specs/state.json"].map(str::to_owned);
    assert_eq!(set("apps/7", "implementing"), Ok((None, files.to_vec())));
    assert_eq!(set("9", "done"), Ok((None, vec!["notes/TODO.md".to_owned()])));
}
