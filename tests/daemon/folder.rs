//! Folders in which no daemon can be met, or only with care.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use serde_json::json;

use crate::crash::mounts::Mounted;
use crate::support::daemon::Meeting;
use crate::support::workspaces;

/// Whether this process may do everything; if not, says so.
fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("skipped: only root can make such a folder");
    }
    root
}

/// An editor here is served all the same, and told once that it is alone, for this reason.
async fn is_served_alone(meeting: &Meeting, reason: &str) {
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    let shown = editor.notified("window/showMessage").await;
    let said = shown["message"].as_str().expect("a message");
    assert!(said.starts_with("Lockstep serves this editor alone"), "{said}");
    assert!(said.contains(reason), "{said}");
    let state = sandbox.join("specs/state.json");
    editor.diagnostics_until(&state, |found| !found.is_empty()).await;
    assert_eq!(editor.n_notified("window/showMessage"), 0);
    assert!(meeting.daemons().is_empty());
    assert_eq!(editor.leave().await, 0);
}

/// An editor here is served by the daemon.
async fn is_served_by_the_daemon(meeting: &Meeting) {
    let sandbox = workspaces::login();
    let mut editor = meeting.editor_in(sandbox.path()).await;
    let state = sandbox.join("specs/state.json");
    editor.diagnostics_until(&state, |found| !found.is_empty()).await;
    assert_eq!(editor.n_notified("window/showMessage"), 0);
    assert_eq!(meeting.daemons().len(), 1);
    assert_eq!(editor.leave().await, 0);
}

fn make(folder: &Path, mode: u32) {
    fs::create_dir(folder).expect("a folder");
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[tokio::test]
async fn a_folder_that_others_can_write_to_is_not_used() {
    let meeting = Meeting::new();
    make(meeting.folder(), 0o770);
    is_served_alone(&meeting, "other users may write to it (mode 770)").await;
}

#[tokio::test]
async fn a_folder_of_somebody_else_is_not_used() {
    if !is_root() {
        return;
    }
    let meeting = Meeting::new();
    make(meeting.folder(), 0o700);
    chown(meeting.folder(), Some(65534), None).expect("root may");
    is_served_alone(&meeting, "it belongs to another user (id 65534)").await;
}

#[tokio::test]
async fn a_link_to_a_folder_is_not_used() {
    let meeting = Meeting::new();
    let elsewhere = tempfile::tempdir().expect("a folder");
    symlink(elsewhere.path(), meeting.folder()).expect("a link");
    is_served_alone(&meeting, "it is not a folder").await;
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_not_used() {
    let meeting = Meeting::below(&"long".repeat(30));
    is_served_alone(&meeting, "is too long for a socket").await;
    assert!(!meeting.folder().exists());
}

#[tokio::test]
async fn a_path_with_anything_in_it_is_used() {
    is_served_by_the_daemon(&Meeting::below("a b [x] é 日本 'q' $HOME")).await;
}

#[tokio::test]
async fn where_no_file_can_be_made_an_editor_is_served_alone() {
    if !is_root() {
        return;
    }
    let meeting = Meeting::new();
    let mounted = Mounted::tmpfs("nr_inodes=1,mode=700", meeting.folder()).expect("mounted");
    is_served_alone(&meeting, "No space left on device").await;
    drop(mounted);
}

#[tokio::test]
async fn where_no_byte_can_be_written_there_is_a_daemon_without_a_log() {
    if !is_root() {
        return;
    }
    let meeting = Meeting::new();
    let mounted = Mounted::tmpfs("size=16k,mode=700", meeting.folder()).expect("mounted");
    let full = fs::write(meeting.folder().join("filler"), [0; 1 << 16]);
    full.expect_err("there is no room");
    is_served_by_the_daemon(&meeting).await;
    assert_eq!(meeting.ask("stop").1, 0);
    drop(mounted);
}

#[tokio::test]
async fn workspaces_with_anything_in_their_paths_are_served_in_the_spelling_of_the_editor() {
    let meeting = Meeting::new();
    let sandbox = workspaces::login();
    let odd = sandbox.join("a b [x] é");
    fs::create_dir(&odd).expect("a folder");
    fs::rename(sandbox.join("specs"), odd.join("specs")).expect("a move");
    let link = sandbox.join("link é");
    symlink(&odd, &link).expect("a link");
    for root in [&odd, &link] {
        let mut editor = meeting.editor_in(root).await;
        let state = root.join("specs/state.json");
        editor.diagnostics_until(&state, |found| !found.is_empty()).await;
        let list = editor.request("lockstep/tasks", json!({})).await.expect("tasks");
        assert_eq!(list["tasks"].as_array().map(Vec::len), Some(2), "{list:#}");
        assert_eq!(editor.leave().await, 0);
    }
    assert_eq!(meeting.daemons().len(), 1);
}
