//! What is told of a workspace, by whoever and in whatever order things happen.

use std::fs;
use std::path::Path;

use lockstep_fixture::{Fixture, Sandbox};

use super::*;
use crate::workspace::commit::{CommitAction, CommitRequest, Terms};

const NOW: &str = "2026-01-02T03:04:05Z";
const TODO: &str = "specs/TODO.md";

fn sandbox() -> Sandbox {
    Sandbox::new(&Fixture::new(
        r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]

  ### 8. Add logout
  - **Status**: [NOT STARTED]
  - **Dependencies**: 7
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "project_name": "add_login", "status": "planned" },
      { "project_number": 8, "project_name": "add_logout", "status": "not_started" }
    ]
  }
"#,
    ))
}

/// Somebody who watches.
struct Watcher {
    workspace: LocalWorkspace,
    ledger: Ledger,
}

impl Watcher {
    fn new(sandbox: &Sandbox) -> Watcher {
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let ledger = Ledger::new(&workspace);
        Watcher { workspace, ledger }
    }

    /// What it is told after it has read the files again.
    fn told(&mut self) -> Vec<String> {
        self.workspace.rescan();
        let followed = self.ledger.follow(&mut self.workspace, NOW);
        assert!(!followed.again, "nobody is at work");
        lines(&followed.events)
    }
}

fn lines(events: &[Arc<EventReport>]) -> Vec<String> {
    let line = |event: &Arc<EventReport>| {
        let said = |it: &Option<String>| it.clone().unwrap_or_default();
        let origin = if event.transaction.is_some() { "committed" } else { &event.origin };
        let (task, to) = (said(&event.task), said(&event.to));
        format!("{} {} {task} {to} {origin}", event.seq, event.kind)
    };
    events.iter().map(line).collect()
}

/// Changes a status in every file, without Lockstep.
fn edit(sandbox: &Sandbox, from: (&str, &str), to: (&str, &str)) {
    let todo = sandbox.read(TODO).replacen(from.0, to.0, 1);
    sandbox.write(TODO, todo);
    let state = sandbox.read("specs/state.json").replacen(from.1, to.1, 1);
    sandbox.write("specs/state.json", state);
}

fn set(sandbox: &Sandbox, task: &str, status: &str) {
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let action = CommitAction::Set {
        tasks: vec![task.to_owned()],
        status: status.to_owned(),
        phase: None,
        from: None,
        reason: Some("because".to_owned()),
        to_fill_in: false,
        tick: false,
        stay: false,
        force: true,
        atomic: false,
    };
    let request = CommitRequest { at: NOW.to_owned(), action };
    let report = commit::commit(&mut workspace, &request, &Terms::of("ann".to_owned()));
    assert!(report.expect("it is committed").transaction.is_some());
}

const IMPLEMENTING: (&str, &str) = ("[IMPLEMENTING]", "\"implementing\"");
const PLANNED: (&str, &str) = ("[PLANNED]", "\"planned\"");
const REVISED: (&str, &str) = ("[REVISED]", "\"revised\"");

#[test]
fn what_has_no_history_has_no_number_and_begins_none() {
    let sandbox = sandbox();
    let mut watcher = Watcher::new(&sandbox);
    assert_eq!(watcher.told(), [""; 0]);
    edit(&sandbox, PLANNED, IMPLEMENTING);
    assert_eq!(watcher.told(), ["0 task.started 7 implementing observed"]);
    assert_eq!(watcher.told(), [""; 0]);
    assert!(!sandbox.join(".lockstep").exists());
    assert_eq!(lines(&watcher.ledger.since(0)), [""; 0]);
}

#[test]
fn a_transaction_is_told_once_with_what_follows_from_it() {
    let sandbox = sandbox();
    let mut watcher = Watcher::new(&sandbox);
    edit(&sandbox, PLANNED, IMPLEMENTING);
    watcher.told();
    set(&sandbox, "7", "completed");
    let told = ["1 task.completed 7 completed committed", "2 task.ready 8 not_started committed"];
    assert_eq!(watcher.told(), told);
    assert_eq!(watcher.told(), [""; 0]);
    set(&sandbox, "8", "abandoned");
    assert_eq!(watcher.told(), ["3 task.abandoned 8 abandoned committed"]);
    let later = Watcher::new(&sandbox);
    assert_eq!(lines(&later.ledger.since(0))[..2], told, "the same under the same numbers");
}

#[test]
fn whoever_comes_later_is_told_the_same_under_the_same_numbers() {
    let sandbox = sandbox();
    let mut first = Watcher::new(&sandbox);
    set(&sandbox, "7", "implementing");
    let mut told = first.told();
    edit(&sandbox, IMPLEMENTING, REVISED);
    told.extend(first.told());
    set(&sandbox, "7", "completed");
    told.extend(first.told());
    assert_eq!(told[1], "2 task.changed 7 revised observed");
    let mut second = Watcher::new(&sandbox);
    assert_eq!(second.told(), [""; 0]);
    assert_eq!(lines(&second.ledger.since(0)), told);
    second.ledger.recent.clear();
    assert_eq!(lines(&second.ledger.since(1)), told[1..]);
}

#[test]
fn what_happened_while_nobody_watched_is_told_once() {
    let sandbox = sandbox();
    set(&sandbox, "7", "implementing");
    let mut first = Watcher::new(&sandbox);
    assert_eq!(first.told(), [""; 0]);
    drop(first);
    edit(&sandbox, IMPLEMENTING, REVISED);
    set(&sandbox, "8", "abandoned");
    let mut second = Watcher::new(&sandbox);
    assert_eq!(second.told(), ["3 task.changed 7 revised observed"]);
    let all = lines(&second.ledger.since(0));
    assert_eq!(all[1], "2 task.abandoned 8 abandoned committed");
    assert_eq!(Watcher::new(&sandbox).told(), [""; 0]);
}

#[test]
fn of_two_that_watch_one_adds_to_the_history_and_both_tell() {
    let sandbox = sandbox();
    set(&sandbox, "7", "implementing");
    let (mut one, mut two) = (Watcher::new(&sandbox), Watcher::new(&sandbox));
    assert_eq!((one.told(), two.told()), (Vec::new(), Vec::new()));
    edit(&sandbox, IMPLEMENTING, REVISED);
    let told = ["2 task.changed 7 revised observed"];
    assert_eq!(one.told(), told);
    assert_eq!(two.told(), told);
}

#[test]
fn what_was_read_before_a_transaction_does_not_take_it_back() {
    let sandbox = sandbox();
    set(&sandbox, "7", "implementing");
    let mut watcher = Watcher::new(&sandbox);
    watcher.told();
    set(&sandbox, "7", "completed");
    // The files are not read again before the history is.
    let followed = watcher.ledger.follow(&mut watcher.workspace, NOW);
    let told = ["2 task.completed 7 completed committed", "3 task.ready 8 not_started committed"];
    assert_eq!(lines(&followed.events), told);
    assert_eq!(watcher.told(), [""; 0]);
}

#[test]
fn while_somebody_is_at_work_nothing_is_added() {
    let sandbox = sandbox();
    set(&sandbox, "7", "implementing");
    let mut watcher = Watcher::new(&sandbox);
    watcher.told();
    let store = commit::open_store(sandbox.path()).expect("a store");
    let locked = commit::begin(&[&store], Duration::ZERO, &Interim::log).expect("a lock");
    edit(&sandbox, IMPLEMENTING, REVISED);
    watcher.workspace.rescan();
    let followed = watcher.ledger.follow(&mut watcher.workspace, NOW);
    assert!(followed.again && followed.events.is_empty());
    drop(locked);
    assert_eq!(watcher.told(), ["2 task.changed 7 revised observed"]);
}

#[test]
fn an_undo_is_told_with_what_it_takes_back() {
    let sandbox = sandbox();
    let mut watcher = Watcher::new(&sandbox);
    set(&sandbox, "7", "implementing");
    watcher.told();
    let mut workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
    let undone = commit::reverse(&mut workspace, None, NOW, &Terms::of("ann".to_owned()));
    let undone = undone.expect("it is undone").reversed;
    let followed = watcher.told();
    let expected = ["2 transaction.undone   committed", "3 task.changed 7 planned committed"];
    assert_eq!(followed, expected);
    let event = &watcher.ledger.since(1)[0];
    assert_eq!(event.from.as_deref(), Some(undone.as_str()));
}

#[test]
fn a_history_that_is_cleared_away_is_not_begun_again_by_looking() {
    let sandbox = sandbox();
    let mut watcher = Watcher::new(&sandbox);
    set(&sandbox, "7", "implementing");
    watcher.told();
    std::fs::remove_dir_all(sandbox.join(".lockstep")).expect("it can be removed");
    edit(&sandbox, IMPLEMENTING, REVISED);
    assert_eq!(watcher.told(), ["0 task.changed 7 revised observed"]);
    assert!(!sandbox.join(".lockstep").exists());
    set(&sandbox, "7", "completed");
    let told = ["1 task.completed 7 completed committed", "2 task.ready 8 not_started committed"];
    assert_eq!(watcher.told(), told);
    assert_eq!(Watcher::new(&sandbox).ledger.seq(), 2);
}

#[test]
fn a_history_that_stands_in_the_place_of_another_is_told_from_its_begin() {
    let sandbox = sandbox();
    let mut watcher = Watcher::new(&sandbox);
    for status in ["implementing", "partial", "implementing"] {
        set(&sandbox, "7", status);
    }
    assert_eq!(watcher.told().len(), 3);
    // As `git clean` does it, unnoticed until there is another one.
    std::fs::remove_dir_all(sandbox.join(".lockstep")).expect("it can be removed");
    set(&sandbox, "8", "abandoned");
    assert_eq!(watcher.told(), ["1 task.abandoned 8 abandoned committed"]);
    assert_eq!(lines(&watcher.ledger.since(0)).len(), 1);
}

#[test]
fn what_was_written_late_to_a_replaced_file_is_told_by_whoever_notices() {
    let sandbox = sandbox();
    set(&sandbox, "7", "implementing");
    let mut watcher = Watcher::new(&sandbox);
    watcher.told();
    // As if the change were made an hour ago, and a program had still written to the file.
    let retained = sandbox.join(".lockstep/graveyard");
    let entry = |folder: &Path| fs::read_dir(folder).expect("a folder").flatten().next();
    let now = entry(&retained).expect("a minute").path();
    let minute: u64 = now.file_name().and_then(|it| it.to_str()?.parse().ok()).expect("a number");
    let then = retained.join((minute - 60).to_string());
    fs::rename(now, &then).expect("renamed");
    fs::write(entry(&then).expect("a slot").path(), "late").expect("written");
    edit(&sandbox, IMPLEMENTING, REVISED);
    watcher.workspace.rescan();
    let followed = watcher.ledger.follow(&mut watcher.workspace, NOW);
    let [warning] = &followed.warnings[..] else { panic!("{followed:?}") };
    assert!(warning.contains("after a transaction had replaced it"), "{warning}");
    assert_eq!(followed.events.len(), 1, "and nothing is kept from being told");
}
