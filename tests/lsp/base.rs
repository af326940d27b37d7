//! Statuses against the commit that is checked out.

use lockstep::daemon::address::OFF_VARIABLE;
use serde_json::json;

use crate::support::editor::Editor;
use crate::support::git::{git, is_installed};
use crate::support::workspaces;

const TODO: &str = "specs/TODO.md";
const RULE: &str = "invalid-transition";

fn text(status: &str) -> String {
    format!("# Tasks\n\n### 7. Add login\n- **Status**: [{status}]\n")
}

#[tokio::test]
async fn what_cannot_follow_what_is_committed_is_told_until_it_is_committed_or_meant() {
    if !is_installed() {
        return;
    }
    let sandbox = workspaces::workspace("//- /specs/state.json\n  { \"active_projects\": [] }\n");
    sandbox.write(TODO, text("COMPLETED"));
    let root = sandbox.path().to_owned();
    git(&root, &["init", "--quiet", "--initial-branch=main"]);
    git(&root, &["add", "specs"]);
    git(&root, &["commit", "--quiet", "--message=first"]);
    let mut editor = Editor::start(&sandbox).await;
    editor.open(TODO).await;
    editor.write(TODO, &text("PLANNED")).await;
    let message = "task 7 has gone from completed (at HEAD) to planned: completed is final";
    editor.finding_of(TODO, RULE, message).await;

    editor.save(TODO).await;
    git(&root, &["commit", "--quiet", "--all", "--message=second"]);
    editor.no_finding(TODO, RULE).await;
    editor.write(TODO, &text("COMPLETED")).await;
    editor.save(TODO).await;
    git(&root, &["commit", "--quiet", "--all", "--message=third"]);
    editor.write(TODO, &text("RESEARCHED")).await;
    let message = "task 7 has gone from completed (at HEAD) to researched: completed is final";
    editor.finding_of(TODO, RULE, message).await;
    editor.write(TODO, &text("COMPLETED")).await;
    editor.no_finding(TODO, RULE).await;
}

#[tokio::test]
async fn what_is_set_by_force_is_meant() {
    if !is_installed() {
        return;
    }
    let sandbox = workspaces::workspace("//- /specs/state.json\n  { \"active_projects\": [] }\n");
    sandbox.write(TODO, text("COMPLETED"));
    let root = sandbox.path().to_owned();
    git(&root, &["init", "--quiet", "--initial-branch=main"]);
    git(&root, &["add", "specs"]);
    git(&root, &["commit", "--quiet", "--message=first"]);
    let mut editor = Editor::start_with(&sandbox, json!({"commit": "disk"})).await;
    sandbox.write(TODO, text("PLANNED"));
    editor.finding(TODO, RULE).await;
    sandbox.write(TODO, text("COMPLETED"));
    editor.no_finding(TODO, RULE).await;
    set_by_force(&root);
    // What is noticed later tells that this has been noticed.
    sandbox.write("specs/state.json", "{ \"active_projects\": [ }\n");
    editor.finding("specs/state.json", "malformed-file").await;
    editor.no_finding(TODO, RULE).await;
}

fn set_by_force(root: &std::path::Path) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.current_dir(root).env(OFF_VARIABLE, "1");
    command.args(["set", "7", "planned", "--force", "--reason", "it was not finished"]);
    assert!(command.output().expect("it runs").status.success());
}
