//! What a person is told who has to decide: commands that do it.

use super::{FixOperation, Operation, Plan, Whose, Wish, is_status, plan};
use crate::analysis::Analysis;
use crate::testing::{AT, analysis};

fn parts(whole: &str, statuses: &[&str]) -> String {
    let part = |(at, status): (usize, &&str)| {
        format!("{{ \"id\": {}, \"title\": \"Part\", \"status\": \"{status}\" }}", at + 1)
    };
    let parts: Vec<String> = statuses.iter().enumerate().map(part).collect();
    format!(
        "//- /.taskmaster/tasks/tasks.json\n  {{ \"master\": {{ \"tasks\": [{{ \"id\": 1, \"title\": \
         \"Tea\", \"status\": \"{whole}\", \"subtasks\": [{}] }}] }} }}\n",
        parts.join(", ")
    )
}

fn remedy(state: &Analysis, rule: &str) -> String {
    let fix = FixOperation { rule: Some(rule), ..FixOperation::default() };
    let plan = plan(state, &Operation::FixOperation(fix), AT).expect("an operation");
    assert!(plan.change.is_empty(), "{}", plan.change.diff());
    plan.results[0].remedy.clone().expect("a remedy")
}

fn set(state: &Analysis, command: &str) -> Plan {
    let words: Vec<&str> = command.strip_prefix("lockstep set ").expect("set").split(' ').collect();
    let (status, ids) = words.split_last().expect("words");
    let whose = ids.iter().map(|id| Whose::Task(id)).collect();
    let wish = Wish { status, ..Wish::default() };
    plan(state, &Operation::Set { whose, wish, atomic: false }, AT).expect("an operation")
}

/// The findings that are left after each command in a remedy, one command instead of the other.
fn after_each(state: &Analysis, remedy: &str) -> Vec<usize> {
    let commands = remedy.split('`').skip(1).step_by(2);
    commands.map(|command| set(state, command).after.diagnostics().len()).collect()
}

#[test]
fn where_nothing_is_begun_of_what_is_finished_both_ways_are_told() {
    let (state, _) = analysis(&parts("done", &["pending", "pending"]));
    let told = state.diagnostics()[0].message.clone();
    assert_eq!(
        told,
        "task 1 says `done`, but none of its parts is begun; finish them, or set it to pending"
    );
    let remedy = remedy(&state, "stale-rollup");
    assert_eq!(
        remedy,
        "finish them: `lockstep set 1.1 1.2 done`; or open it again: `lockstep set 1 pending`"
    );
    assert_eq!(after_each(&state, &remedy), [0, 0]);
}

#[test]
fn open_parts_of_what_is_finished_are_named() {
    for (statuses, ends) in [
        (vec!["done", "pending"], "; not finished: 1.2"),
        (vec!["done", "pending", "pending", "pending"], "; not finished: 1.2, 1.3, 1.4"),
        (
            vec!["done", "pending", "pending", "pending", "pending", "pending"],
            "; not finished: 1.2, 1.3, 1.4 and 2 more",
        ),
    ] {
        let (state, _) = analysis(&parts("done", &statuses));
        let told = &state.diagnostics()[0].message;
        assert!(told.ends_with(ends), "{told}");
    }
}

#[test]
fn who_finds_a_ticket_in_the_wrong_folder_is_told_what_works() {
    let ticket = "//- /tickets/closed/T-001-log-in.md\n  # T-001: Log in\n\n  **Status:** Open\n";
    let (state, _) = analysis(ticket);
    let remedy = remedy(&state, "misplaced-file");
    let expected = "where the folder is right, `lockstep set T-001 done`; where the text is, move the file \
                    to another folder";
    assert_eq!(remedy, expected);
    assert_eq!(after_each(&state, &remedy), [0]);
}

#[test]
fn where_folders_are_declared_a_command_moves_the_file() {
    let (state, _) = analysis(
        "//- /docs/pending/high/login/login-index.md\n  # Login\n\n  ## Task Overview\n  - **Status**: \
         In Progress\n",
    );
    let remedy = remedy(&state, "misplaced-file");
    assert!(remedy.ends_with("where the text is, `lockstep set login in_progress`"), "{remedy}");
}

#[test]
fn who_begins_something_too_early_is_told() {
    let list = |first: &str, second: &str| {
        format!(
            "//- /.taskmaster/tasks/tasks.json\n  {{ \"master\": {{ \"tasks\": [{{ \"id\": 1, \"title\": \
             \"Boil\", \"status\": \"{first}\" }}, {{ \"id\": 2, \"title\": \"Pour\", \"status\": \
             \"{second}\", \"dependencies\": [1] }}] }} }}\n"
        )
    };
    let note = |list: String, command: &str| {
        let (state, _) = analysis(&list);
        set(&state, command).results[0].reason.clone().unwrap_or_default()
    };
    let early = "it depends on 1, which is pending";
    assert_eq!(note(list("pending", "pending"), "lockstep set 2 in-progress"), early);
    assert_eq!(note(list("done", "pending"), "lockstep set 2 in-progress"), "");
    // It was so before.
    assert_eq!(note(list("pending", "in-progress"), "lockstep set 2 done"), "");
    // Those that a command finishes together do not wait for each other.
    assert_eq!(note(list("pending", "pending"), "lockstep set 2 1 done"), "");
    let reopened = "2, which is done, depends on it";
    assert_eq!(note(list("done", "done"), "lockstep set 1 pending"), reopened);
}

#[test]
fn links_that_nobody_asked_for_are_no_surprise() {
    let list = |status: &str| {
        let (state, _) = analysis(&format!(
            "//- /tickets/T-001-log-in.md\n  # T-001: Log in\n\n  **Status:** {status}\n\n  As [told](told.md).\n"
        ));
        set(&state, "lockstep set T-001 in_progress").results[0].reason.clone().unwrap_or_default()
    };
    let told = "a link of it leads to no file, which `check` tells of tasks that are not finished";
    assert_eq!(list("Done"), told);
    assert_eq!(list("Open"), "");
}

#[test]
fn a_word_is_a_status_where_a_task_may_have_it() {
    let (analysis, _) = analysis("//- /.kiro/specs/tea/tasks.md\n  - [ ] 1. Boil\n");
    assert_eq!(is_status(&analysis, "Completed"), Ok(()));
    // Plain lists know it, and there is none here.
    let refused = is_status(&analysis, "wip").expect_err("no task can have it");
    assert!(refused.remedy.starts_with("known: not_started"), "{refused}");
    let refused = is_status(&analysis, "complted").expect_err("nobody knows it");
    assert!(refused.remedy.starts_with("did you mean `completed`? known: "), "{refused}");
}

#[test]
fn who_finishes_a_task_is_told_of_its_open_boxes() {
    let note = |boxes: &str, from: &str, to: &str| {
        let (state, _) = analysis(&format!(
            "//- /tickets/T-001-log-in.md\n  # T-001: Log in\n\n  **Status:** {from}\n\n  ## Tasks\n{boxes}"
        ));
        let command = format!("lockstep set T-001 {to}");
        set(&state, &command).results[0].reason.clone().unwrap_or_default()
    };
    let (open, ticked) = ("  - [ ] Draw it\n", "  - [x] Try it\n");
    assert_eq!(note(&format!("{open}{ticked}"), "Open", "done"), "one of its boxes is still open");
    assert_eq!(note(&open.repeat(2), "In Progress", "done"), "2 of its boxes are still open");
    assert_eq!(note(ticked, "Open", "done"), "");
    assert_eq!(note(open, "Open", "in_progress"), "");
}

/// Three stories of an epic that its tracker says are done: of one boxes are open, and beside another is
/// written that something is left.
const EPIC: &str = "
//- /docs/sprint-artifacts/sprint-status.yaml
  development_status:
    epic-1: done
    1-1-draw: done
    1-2-pour: done # the cups are still missing
    1-3-drink: done
//- /docs/sprint-artifacts/1-1-draw.md
  # Story 1.1: Draw

  Status: ready-for-dev

  ## Tasks / Subtasks

  - [ ] A pot
  - [ ] A cup
//- /docs/sprint-artifacts/1-2-pour.md
  # Story 1.2: Pour

  Status: ready-for-dev
//- /docs/sprint-artifacts/1-3-drink.md
  # Story 1.3: Drink

  Status: ready-for-dev
";

#[test]
fn a_doubt_beside_a_status_is_why_it_decides_nothing() {
    let (state, _) = analysis(EPIC);
    let done = plan(&state, &Operation::FixOperation(FixOperation::default()), AT).expect("it");
    let files: Vec<String> = done.change.files().into_iter().map(ToString::to_string).collect();
    assert_eq!(files, ["docs/sprint-artifacts/1-3-drink.md"]);
    let told = |task: &str| {
        let of = done.results.iter().find(|it| it.task == task).expect("a result");
        of.remedy.clone().unwrap_or_default()
    };
    assert_eq!(
        told("1-2"),
        "`the cups are still missing` beside the status may tell that work is left; say which is right: \
         `--prefer STATUS` or `--prefer PATH`"
    );
    assert!(told("1-1").ends_with("this task is finished, but 2 of its 2 boxes are open"));
}

#[test]
fn a_status_is_written_in_the_word_that_was_typed_where_nothing_beside_it_tells_another() {
    let ticket = |id: &str, status: &str| {
        format!(
            "//- /.tickets/{id}.md\n  ---\n  id: {id}\n  status: {status}\n  ---\n  # Draw {id}\n"
        )
    };
    let (first, second) = (ticket("ab-x1y2", "open"), ticket("ab-qwer", "open"));
    let after = |fixture: &str, command: &str| {
        let (state, _) = analysis(fixture);
        set(&state, command).change.diff()
    };
    let both = format!("{first}{second}");
    assert!(after(&both, "lockstep set ab-x1y2 closed").contains("+status: closed"));
    assert!(after(&both, "lockstep set ab-qwer closed").contains("+status: closed"));
    assert!(after(&both, "lockstep set ab-x1y2 done").contains("+status: done"));
    // What the tickets beside it say comes first.
    let beside = format!("{first}{}", ticket("ab-qwer", "done"));
    assert!(after(&beside, "lockstep set ab-x1y2 closed").contains("+status: done"));
    let capitals = first.replace("status: open", "status: Open");
    assert!(after(&capitals, "lockstep set ab-x1y2 closed").contains("+status: Closed"));
}

#[test]
fn the_command_that_finishes_parts_finishes_all_that_are_named() {
    let (state, _) = analysis(&parts("pending", &["pending"; 8]));
    let told = set(&state, "lockstep set 1 done").results[0].reason.clone().expect("told");
    assert!(
        told.contains("1.5 and 3 more; `lockstep set 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 done`"),
        "{told}"
    );
    let (state, _) = analysis(&parts("pending", &["pending"; 31]));
    let told = set(&state, "lockstep set 1 done").results[0].reason.clone().expect("told");
    assert!(told.ends_with(" 1.30 done` for the first 30"), "{told}");
}

#[test]
fn a_task_is_meant_by_its_id_in_any_case_where_one_is_called_so() {
    let list = |keys: &[&str]| {
        let keys: String = keys.iter().map(|key| format!("    {key}: backlog\n")).collect();
        analysis(&format!("//- /docs/sprint-status.yaml\n  development_status:\n{keys}")).0
    };
    let one = set(&list(&["td-1-4a-cups", "1-1-boil"]), "lockstep set TD-1-4A in-progress");
    assert!(one.change.diff().contains("+  td-1-4a-cups: in-progress"), "{}", one.change.diff());
    let two = set(&list(&["td-1-4a-cups", "TD-1-4a-pots"]), "lockstep set TD-1-4A in-progress");
    assert!(two.change.is_empty(), "{}", two.change.diff());
}
