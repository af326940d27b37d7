//! Several editors on one workspace: each sees its own unsaved text and everybody's saved one.

use lockstep::hub::Hub;
use lockstep::workspace::commit::{CommitAction, CommitRequest};
use lockstep::workspace::order::{Deed, Done, Order};
use serde_json::json;

use crate::support::client::able;
use crate::support::editor::Editor;
use crate::support::git;
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";
const PLAN: &str = "specs/007_login/plans/implementation-001.md";

#[tokio::test]
async fn what_one_editor_types_is_another_s_only_once_it_is_saved() {
    let sandbox = workspaces::login();
    let hub = Hub::start();
    let mut writer = Editor::join(&hub, &sandbox, "Writer", able()).await;
    let mut reader = Editor::join(&hub, &sandbox, "Reader", able()).await;
    reader.finding(STATE, "drift").await;
    writer.open(STATE).await;
    writer.finding(STATE, "drift").await;
    let agreed = sandbox.read(STATE).replace("researched", "planned");
    writer.write(STATE, &agreed).await;
    writer.no_finding(STATE, "drift").await;

    let message = "this is `planned` in Writer, unsaved";
    reader.finding_of(STATE, "other-editor", message).await;
    reader.finding(STATE, "drift").await;
    writer.save(STATE).await;
    reader.no_finding(STATE, "drift").await;
    reader.no_finding(STATE, "other-editor").await;
}

#[tokio::test]
async fn who_shows_an_old_text_is_told_when_another_saves() {
    let sandbox = workspaces::login();
    let hub = Hub::start();
    let mut writer = Editor::join(&hub, &sandbox, "Helix", able()).await;
    let mut reader = Editor::join(&hub, &sandbox, "Helix", able()).await;
    reader.open(TODO).await;
    writer.open(TODO).await;
    let changed = sandbox.read(TODO).replace("[PLANNED]", "[IMPLEMENTING]");
    writer.write(TODO, &changed).await;
    let message = "this is [IMPLEMENTING] in another Helix, unsaved";
    reader.finding_of(TODO, "other-editor", message).await;
    reader.write(TODO, &format!("{}\nMore.\n", sandbox.read(TODO))).await;
    let message = "the file has unsaved changes here and in another Helix; whoever saves last";
    reader.finding_of(TODO, "other-editor", message).await;
    writer.save(TODO).await;
    let message = "the file and this text have changed apart; saving would undo what is on disk";
    reader.finding_of(TODO, "stale-buffer", message).await;
    reader.no_finding(TODO, "other-editor").await;
}

#[tokio::test]
async fn what_an_editor_held_that_has_left_is_nobody_s() {
    let sandbox = workspaces::login();
    let hub = Hub::start();
    let mut stays = Editor::join(&hub, &sandbox, "Stays", able()).await;
    let mut leaves = Editor::join(&hub, &sandbox, "Leaves", able()).await;
    leaves.open(TODO).await;
    let changed = sandbox.read(TODO).replace("[PLANNED]", "[IMPLEMENTING]");
    leaves.write(TODO, &changed).await;
    stays.finding(TODO, "other-editor").await;
    assert_eq!(leaves.client.leave().await, 0);
    stays.no_finding(TODO, "other-editor").await;
}

#[tokio::test]
async fn a_commit_to_disk_is_seen_by_every_editor() {
    let sandbox = workspaces::login();
    let hub = Hub::start();
    let mut one = Editor::join(&hub, &sandbox, "One", able()).await;
    let mut two = Editor::join(&hub, &sandbox, "Two", able()).await;
    two.finding(STATE, "drift").await;
    let argument = json!({"task": 7, "status": "implementing", "commit": "disk"});
    one.run("lockstep.setStatus", argument).await.expect("it is committed");
    one.no_finding(STATE, "drift").await;
    two.no_finding(STATE, "drift").await;
    let list = two.client.request("lockstep/tasks", json!({})).await.expect("tasks");
    assert_eq!(list["tasks"][0]["status"], "implementing", "{list:#}");
}

#[tokio::test]
async fn each_editor_has_positions_in_its_own_encoding() {
    let sandbox = workspaces::workspace("//- /TODO.md\n  - ü🦊 [ ] Mop\n  - [ ] Sweep\n");
    let hub = Hub::start();
    for (encoding, end) in [("utf-8", 9), ("utf-16", 6), ("utf-32", 5)] {
        let mut capabilities = able();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut editor = Editor::join(&hub, &sandbox, encoding, capabilities).await;
        editor.open("TODO.md").await;
        assert_eq!(editor.meet().await["tasks"].as_array().map(Vec::len), Some(1));
        let at = |character| json!({"line": 0, "character": character});
        let changes = json!([{"range": {"start": at(2), "end": at(end)}, "text": ""}]);
        editor.client.change(&sandbox.join("TODO.md"), 2, changes).await;
        let tasks = editor.meet().await;
        assert_eq!(tasks["tasks"][0]["title"], "Mop", "{encoding}: {tasks:#}");
    }
}

#[tokio::test]
async fn a_second_editor_may_open_a_folder_in_a_folder() {
    let sandbox =
        workspaces::workspace("//- /TODO.md\n  - [ ] Sweep\n//- /inner/TODO.md\n  - [?] Mop\n");
    let hub = Hub::start();
    let mut outer = Editor::join(&hub, &sandbox, "Outer", able()).await;
    outer.finding("inner/TODO.md", "unknown-status").await;
    let mut inner = Editor::join_at(&hub, &sandbox, &sandbox.join("inner"), "Inner").await;
    inner.finding("inner/TODO.md", "unknown-status").await;
    inner.open("inner/TODO.md").await;
    inner.write("inner/TODO.md", "- [ ] Mop\n").await;
    inner.no_finding("inner/TODO.md", "unknown-status").await;
    outer.finding("inner/TODO.md", "other-editor").await;
    inner.save("inner/TODO.md").await;
    outer.no_finding("inner/TODO.md", "unknown-status").await;
    outer.no_finding("inner/TODO.md", "other-editor").await;
}

#[tokio::test]
async fn what_happens_is_told_to_every_editor_once() {
    let sandbox = workspaces::login();
    let hub = Hub::start();
    let mut one = Editor::join(&hub, &sandbox, "One", able()).await;
    let mut two = Editor::join(&hub, &sandbox, "Two", able()).await;
    two.finding(STATE, "drift").await;
    one.finding(STATE, "drift").await;
    let argument = json!({"task": 7, "status": "implementing", "commit": "disk"});
    let answer = one.run("lockstep.setStatus", argument).await.expect("it is committed");
    let mut told = Vec::new();
    for editor in [&mut one, &mut two] {
        let mut events = Vec::new();
        while !events.iter().any(|event: &serde_json::Value| event["kind"] == "counter.changed") {
            events.push(editor.client.notified("lockstep/event").await);
        }
        assert_eq!(events[0]["kind"], "task.started", "{events:#?}");
        assert_eq!(events[0]["from"], "planned");
        assert_eq!(events[0]["transaction"], answer["transaction"]);
        let numbers: Vec<_> = events.iter().map(|event| event["seq"].as_u64()).collect();
        assert!(numbers.is_sorted() && numbers[0] == Some(1), "{numbers:?}");
        told.push(events);
    }
    assert_eq!(told[0], told[1]);
    two.open(TODO).await;
    let reverted = sandbox.read(TODO).replace("[IMPLEMENTING]", "[PLANNED]");
    two.write(TODO, &reverted).await;
    two.save(TODO).await;
    let event = one.client.notified("lockstep/event").await;
    assert_eq!((&event["kind"], &event["origin"]), (&json!("task.changed"), &json!("observed")));
    assert_eq!(event["seq"], told[0].len() as u64 + 1);
}

#[tokio::test]
async fn a_worktree_that_comes_later_is_known_and_followed() {
    if !git::is_installed() {
        return;
    }
    let (sandbox, elsewhere) = (workspaces::login(), workspaces::workspace(""));
    let hub = Hub::start();
    let mut editor = Editor::join(&hub, &sandbox, "Ed", able()).await;
    editor.finding(STATE, "drift").await;
    let second = elsewhere.join("second");
    git::repository_with_worktree(sandbox.path(), &second);
    let todo = sandbox.read(TODO);
    let changed = todo.replace("[PLANNED]", "[IMPLEMENTING]");
    std::fs::write(second.join(TODO), changed).expect("it can be written");
    let message = "task 7 is implementing in second";
    editor.finding_of(TODO, "worktree-drift", message).await;
    let hover = editor.hover(TODO, "[PLANNED]").await;
    assert!(hover.contains("second"), "{hover}");
    std::fs::write(second.join(TODO), todo).expect("it can be written");
    editor.no_finding(TODO, "worktree-drift").await;
}

/// What a command would have the hub do in a workspace: an error, or whether it is done.
fn block(hub: &Hub, root: &std::path::Path) -> Result<bool, String> {
    let action = CommitAction::Set {
        tasks: vec!["7".to_owned()],
        status: "blocked".to_owned(),
        phase: None,
        from: None,
        reason: Some("it rains".to_owned()),
        to_fill_in: false,
        tick: false,
        stay: false,
        force: true,
        atomic: false,
    };
    done(hub, root, action)
}

fn done(hub: &Hub, root: &std::path::Path, action: CommitAction) -> Result<bool, String> {
    let request = CommitRequest { at: "2026-01-02T03:04:05Z".to_owned(), action };
    let order = Order::new(root, "somebody".to_owned(), Deed::CarryOut(request));
    match hub.carry_out(&order, &|_| {}).map_err(|error| error.to_string())? {
        Done::CarriedOut(report) => Ok(report.transaction.is_some()),
        done => panic!("{done:?}"),
    }
}

#[tokio::test]
async fn what_somebody_types_in_another_worktree_is_not_changed_below_them() {
    if !git::is_installed() {
        return;
    }
    let sandbox = workspaces::login();
    sandbox.write("lockstep.toml", "[worktrees]\nmode = \"mirror\"\n");
    let (first, second) = (sandbox.path(), workspaces::workspace(""));
    git::repository_with_worktree(first, &second.join("second"));
    let root = second.join("second");
    let (there, hub) = ("second/specs/TODO.md", Hub::start());
    let mut here = Editor::join(&hub, &sandbox, "Here", able()).await;
    here.meet().await;
    let mut other = Editor::join_at(&hub, &second, &root, "Elsewhere").await;
    other.open(there).await;
    // Whoever only has it open has nothing to lose. What is mirrored is a change on disk.
    let begun = json!({"task": 7, "status": "implementing"});
    let report = here.run("lockstep.setStatus", begun).await.expect("a report");
    assert!(report["transaction"].is_string(), "{report:#}");
    assert!(second.read(there).contains("[IMPLEMENTING]"));

    let text = format!("{}\nMore.\n", second.read(there));
    other.write(there, &text).await;
    other.meet().await;
    let (todo, known) = (sandbox.read(TODO), second.read(there));
    let words = "specs/TODO.md has unsaved changes in Elsewhere";
    let partial = json!({"task": 7, "status": "partial", "commit": "disk"});
    let report = here.run("lockstep.setStatus", partial).await.expect("a report");
    let reason = report["results"][0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("in worktree second") && reason.contains(words), "{report:#}");
    let refused = block(&hub, first).expect_err("it is refused");
    assert!(refused.contains(words), "{refused}");
    let refused = here.run("lockstep.undo", json!({})).await.expect_err("it is refused");
    assert!(refused["message"].as_str().is_some_and(|it| it.contains(words)), "{refused}");
    assert_eq!((sandbox.read(TODO), second.read(there)), (todo, known));
    // A change that is made where they work they are told of, as ever.
    assert_eq!(block(&hub, &root), Ok(true));
    let message = "the file and this text have changed apart; saving would undo what is on disk";
    other.finding_of(there, "stale-buffer", message).await;

    // Once it is saved, nothing is in the way.
    other.write(there, &second.read(there)).await;
    other.save(there).await;
    other.meet().await;
    let begun = json!({"task": 7, "status": "implementing", "commit": "disk"});
    let report = here.run("lockstep.setStatus", begun).await.expect("a report");
    assert!(report["transaction"].is_string(), "{report:#}");
    assert!(second.read(there).contains("[IMPLEMENTING]"));
}

#[tokio::test]
async fn a_file_is_not_moved_away_below_what_somebody_types_in_it() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    let mut editor = Editor::join(&hub, &sandbox, "Here", able()).await;
    editor.open(PLAN).await;
    let rename = |id: &str| CommitAction::Rename {
        at_place: None,
        task: "7".to_owned(),
        title: None,
        id: Some(id.to_owned()),
        slug: None,
    };
    editor.write(PLAN, &format!("{}\nMore.\n", sandbox.read(PLAN))).await;
    editor.meet().await;
    let refused = done(&hub, sandbox.path(), rename("12")).expect_err("it is refused");
    let words = format!("{PLAN} has unsaved changes in Here");
    assert!(refused.contains(&words), "{refused}");
    assert!(sandbox.join(PLAN).exists());
    // Its texts may change: those are merged.
    assert_eq!(block(&hub, sandbox.path()), Ok(true));
    editor.save(PLAN).await;
    editor.meet().await;
    assert_eq!(done(&hub, sandbox.path(), rename("12")), Ok(true));
    assert!(!sandbox.join(PLAN).exists());
}
