//! Which mark a check box gets, where a status has several or the format knows none.

use super::super::{Intent, Mode, Subject, plan, strange_mark};
use crate::profile::id::TaskId;
use crate::testing::set;
use crate::testing::{AT, analysis, result};

const LIST: &str = "//- /TODO.md\n  - [ ] Log in\n";

/// The list after its task was begun or finished, and what is told with it.
#[track_caller]
fn begun(fixture: &str, status: &str) -> (String, Vec<String>) {
    let (analysis, _) = analysis(fixture);
    let (_, document) = analysis.index.document("TODO.md").expect("the document");
    let to = document.profile.task_vocabularies().next().and_then(|it| it.by_id(status));
    let to = to.expect("a status");
    let subject = Subject::Task(TaskId::new("log-in"));
    let (at, mode) = (AT.to_owned(), Mode::Transition);
    let plan = plan(&analysis, &Intent { subject, to, reason: None, at, mode }).expect("it may");
    let place = analysis.index.tasks.get(&TaskId::new("log-in")).expect("the task").places[0];
    assert_eq!(strange_mark(&analysis, place, to).into_iter().collect::<Vec<_>>(), plan.notes);
    (result(&plan.change).lines().nth(1).unwrap_or_default().trim().to_owned(), plan.notes)
}

#[test]
fn the_mark_that_other_files_use_is_written() {
    for (other, line) in [
        ("- [~] Log out", "- [~] Log in"),
        ("- [~] Log out\n  - [/] Sign out\n  - [~] Sign in", "- [~] Log in"),
        ("- [/] Log out", "- [/] Log in"),
    ] {
        let fixture = format!("{LIST}//- /docs/TODO.md\n  {other}\n");
        assert_eq!(begun(&fixture, "in_progress"), (line.to_owned(), Vec::new()), "{other}");
    }
    // Its own file is nearer.
    let own = format!("{LIST}  - [/] Sign out\n//- /docs/TODO.md\n  - [~] Log out\n");
    assert_eq!(begun(&own, "in_progress"), ("- [/] Log in".to_owned(), Vec::new()));
    let capital = format!("{LIST}//- /docs/TODO.md\n  - [X] Log out\n");
    assert_eq!(begun(&capital, "done"), ("- [X] Log in".to_owned(), Vec::new()));
}

#[test]
fn a_mark_that_no_box_has_and_the_format_does_not_know_is_told_of() {
    let note = "no other box has `[/]`; what knows only `[ ]` and `[x]` shows it as text";
    let fixture = format!("{LIST}//- /docs/TODO.md\n  - [x] Log out\n");
    assert_eq!(begun(&fixture, "in_progress"), ("- [/] Log in".to_owned(), vec![note.to_owned()]));
    assert_eq!(begun(&fixture, "done"), ("- [x] Log in".to_owned(), Vec::new()));
}

#[test]
fn a_mark_for_what_is_under_way_is_read_in_a_road_map_and_written_where_it_has_one() {
    let road = |own: &str, other: &str| {
        format!(
            "//- /.planning/ROADMAP.md
  - [{own}] **Phase 1: Draw** - draw it
  - [{other}] **Phase 2: Print** - print it

  ### Phase 1: Draw
  **Status**: {}
",
            if own == "x" { "Complete" } else { "Not started" }
        )
    };
    let set = |own, other, to| crate::testing::set(&road(own, other), "1", to).expect("it is set");
    assert!(set(" ", "~", "in_progress").contains("- [~] **Phase 1: Draw**"));
    assert!(set("x", "~", "in_progress").contains("- [~] **Phase 1: Draw**"));
    assert!(set("x", " ", "in_progress").contains("- [ ] **Phase 1: Draw**"));
    assert!(set(" ", " ", "in_progress").contains("- [ ] **Phase 1: Draw**"));
    let (analysis, _) = analysis(&road(" ", "~"));
    let phase = analysis.index.tasks.get(&TaskId::new("2")).expect("a phase");
    let status =
        analysis.index.status(phase).map(|it| &*analysis.index.vocabulary_of(phase).get(it).id);
    assert_eq!(status, Some("in_progress"));
}

#[test]
fn a_sign_in_a_box_says_that_it_is_done_and_is_written_where_others_are() {
    for (path, id, name) in [
        ("TODO.md", "draw-it", "Draw it"),
        ("specs/1-a/tasks.md", "T001", "T001 Draw it"),
        (".kiro/specs/a/tasks.md", "1", "1. Draw it"),
    ] {
        for tick in ["✅", "✔", "✔️", "☑", "√"] {
            let fixture =
                format!("//- /{path}\n  - [{tick}] {name}\n  - [ ] T002 2. 2.1 Print it\n");
            let (analysis, _) = crate::testing::analysis(&fixture);
            let found: Vec<String> =
                analysis.diagnostics().iter().map(|it| it.message.clone()).collect();
            assert_eq!(found, [""; 0], "{path}: {tick}");
            let after = set(&fixture, id, status_of_open(path)).expect("it is planned");
            assert!(after.contains(&format!("- [ ] {name}")), "{after}");
        }
    }
    let beside = "//- /TODO.md\n  - [✅] Draw it\n  - [ ] Print it\n";
    let after = set(beside, "print-it", "done").expect("it is planned");
    assert!(after.contains("- [✅] Print it"), "{after}");
}

fn status_of_open(path: &str) -> &'static str {
    match path {
        "TODO.md" => "todo",
        _ if path.starts_with(".kiro") => "not_started",
        _ => "open",
    }
}
