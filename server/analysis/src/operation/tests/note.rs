//! Notes.

use crate::operation::{Code, Operation, Planner, Refused, plan_one};
use crate::testing::{AT, analysis, normal, result};

fn noted(fixture: &str, task: &str, text: &str) -> Result<String, Refused> {
    let (analysis, _) = analysis(fixture);
    let note = Operation::Note { task, text };
    plan_one(&analysis, &note, AT, Planner::STILL).map(|(change, _)| result(&change))
}

/// A task of a convention with a log of work, which says this.
fn spec(log: &str) -> String {
    let log: String = log.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "//- /process/tasks.md\n  - [+] Add login [#007](process/tasks/007-login.md)\n//- /process/tasks/007-login.md\n  # Task 007: Add login\n\n  ## Status\n\n  IN-PROGRESS\n\n{log}"
    )
}

#[track_caller]
fn check(before: &str, after: &str) {
    let changed = noted(&spec(before), "7", "[x] the *form* | 8. done").expect("it is planned");
    let all = normal(&spec(after));
    let own = all.find("//- /process/tasks/007").expect("the file");
    assert_eq!(changed, all[own..]);
}

#[test]
fn a_note_stands_where_the_newest_stands_and_as_it_does() {
    let note = "2026-01-02: [x] the *form* | 8. done";
    let tail = "\n## Later\n\n- more\n";
    check(
        &format!("## Work Log\n\n- 2026-01-01: begun\n- by hand\n  with more\n{tail}"),
        &format!("## Work Log\n\n- 2026-01-01: begun\n- by hand\n  with more\n- {note}\n{tail}"),
    );
    check(
        &format!("### Work log\n* **2026-01-01** two\n* **2025-12-31** one\n{tail}"),
        &format!("### Work log\n- {note}\n* **2026-01-01** two\n* **2025-12-31** one\n{tail}")
            .replace("- 2026", "* 2026"),
    );
    check(
        "## Work Log\n\n1. 2026-01-01: begun\n",
        &format!("## Work Log\n\n1. 2026-01-01: begun\n2. {note}\n"),
    );
    check(&format!("## Work Log\n{tail}"), &format!("## Work Log\n\n- {note}\n{tail}"));
    let quoted = "## Work Log\n\n- 2026-01-01: begun\n";
    check(
        &format!("{quoted}\n> - what he said\n"),
        &format!("{quoted}- {note}\n\n> - what he said\n"),
    );
    check("## Notes\n", &format!("## Notes\n\n## Work Log\n\n- {note}\n"));
}

#[test]
fn what_has_no_certain_place_is_refused() {
    let refused = |log: &str| noted(&spec(log), "7", "x").expect_err("refused").to_string();
    assert!(refused("## Work Log\n\n## Work Log\n").contains("it has 2 sections for them"));
    let table = "## Work Log\n\n| Day | What |\n|---|---|\n| 2026-01-01 | begun |\n";
    assert!(refused(table).contains("its section for them holds no list"));
    let no_file = spec("").replacen("  - [+]", "  - [ ] Log out [#8](x.md)\n  - [+]", 1);
    let message = noted(&no_file, "8", "x").expect_err("refused").to_string();
    assert!(message.contains("task 8 has no file that notes stand in"), "{message}");
    for text in ["", "  ", "a\nb"] {
        let why = noted(&spec(""), "7", text).expect_err("refused");
        assert_eq!((why.code, why.message.as_str()), (Code::Usage, "a note is one line of text"));
    }
    let todo = "//- /TODO.md\n  - [ ] Ship it\n";
    let message = noted(todo, "ship-it", "x").expect_err("refused").to_string();
    assert!(message.starts_with("profile `checklist` has no place for notes; write"), "{message}");
    let tool = "//- /backlog/tasks/task-1-log-in.md\n  ---\n  id: TASK-1\n  status: To Do\n  ---\n";
    let message = noted(tool, "1", "x").expect_err("refused").to_string();
    assert!(message.contains("run `backlog task edit ID --append-notes TEXT`"), "{message}");
}

#[test]
fn a_story_must_have_the_section() {
    let story = |log: &str| {
        format!(
            "//- /docs/sprint-status.yaml\n  development_status:\n    1-1-log-in: review\n//- /docs/1-1-log-in.md\n  # Story 1.1: Log in\n\n  Status: review\n{log}"
        )
    };
    let message = noted(&story(""), "1-1", "x").expect_err("refused").to_string();
    assert!(message.contains("has no place for notes: it has no section for them"), "{message}");
    let log = "\n  ### Change Log\n  - 2026-01-01: begun\n";
    let changed = noted(&story(log), "1-1", "drawn").expect("it is planned");
    assert!(changed.ends_with("  - 2026-01-01: begun\n  - 2026-01-02: drawn\n"), "{changed}");
}
