//! Real editors against the real server.

mod vscode;

use std::path::{Path, PathBuf};
use std::process::Command;

use lockstep::daemon::address::{FOLDER_VARIABLE, OFF_VARIABLE};

use crate::support::daemon::Meeting;
use crate::support::repository::root;

/// The Neovim that `tests/editors/install-neovim` provides, or the one that `LOCKSTEP_NVIM` names.
/// Without one the test says so and passes, but not where nothing may be skipped.
fn neovim() -> Option<PathBuf> {
    let named = std::env::var_os("LOCKSTEP_NVIM").map(PathBuf::from);
    let installed = root().join("target/tools/neovim/nvim");
    let found = named.or_else(|| installed.is_file().then_some(installed));
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no Neovim: run tests/editors/install-neovim");
        eprintln!("skipped: no Neovim; tests/editors/install-neovim provides one");
    }
    found
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the editors' workspace").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Has a driver change a workspace of its own, and returns how often it says that all is well.
fn drive(neovim: &Path, driver: &str) -> usize {
    let sandbox = tempfile::tempdir().expect("a folder");
    let meeting = Meeting::new();
    let workspace = sandbox.path().join("a workspace [x] é");
    copy(&root().join("tests/editors/workspace"), &workspace);
    let output = Command::new(neovim)
        .args(["--headless", "--clean", "-l"])
        .arg(root().join("tests/editors").join(driver))
        .env("LOCKSTEP_BIN", env!("CARGO_BIN_EXE_lockstep"))
        .env("LOCKSTEP_WORKSPACE", &workspace)
        .env(FOLDER_VARIABLE, meeting.folder())
        .env_remove(OFF_VARIABLE)
        .env("XDG_CONFIG_HOME", sandbox.path().join("config"))
        .env("XDG_STATE_HOME", sandbox.path().join("state"))
        .env("XDG_DATA_HOME", sandbox.path().join("data"))
        .env("XDG_CACHE_HOME", sandbox.path().join("cache"))
        .current_dir(sandbox.path())
        .output()
        .expect("Neovim starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}\n{errors}");
    assert_eq!(text.matches("not ok").count(), 0, "{text}");
    // What was measured.
    for line in text.lines().filter(|line| line.starts_with('#')) {
        println!("{line}");
    }
    text.matches("ok - ").count()
}

/// The Emacs with Eglot that `LOCKSTEP_EMACS` names, or the one on `PATH`: `tests/editors/install-emacs`
/// provides one. Without one the test says so and passes, but not where nothing may be skipped.
fn emacs() -> Option<PathBuf> {
    let program = std::env::var_os("LOCKSTEP_EMACS").unwrap_or_else(|| "emacs".into());
    let asked = Command::new(&program)
        .args(["-q", "--batch", "-f", "package-initialize", "--eval", "(require 'eglot)"])
        .output();
    let found = asked.is_ok_and(|output| output.status.success());
    if !found {
        assert!(std::env::var_os("CI").is_none(), "no Emacs: run tests/editors/install-emacs");
        eprintln!("skipped: no Emacs with Eglot; tests/editors/install-emacs provides one");
    }
    found.then(|| program.into())
}

#[test]
fn emacs_sets_and_toggles_statuses_and_goes_to_tasks() {
    let Some(emacs) = emacs() else { return };
    let sandbox = tempfile::tempdir().expect("a folder");
    let meeting = Meeting::new();
    let workspace = sandbox.path().join("workspace");
    copy(&root().join("tests/editors/workspace"), &workspace);
    let output = Command::new(emacs)
        .args(["-q", "--batch", "-f", "package-initialize", "-l"])
        .arg(root().join("tests/editors/emacs.el"))
        .env("HOME", sandbox.path())
        .env("LOCKSTEP_BIN", env!("CARGO_BIN_EXE_lockstep"))
        .env("LOCKSTEP_WORKSPACE", &workspace)
        .env(FOLDER_VARIABLE, meeting.folder())
        .env_remove(OFF_VARIABLE)
        .output()
        .expect("Emacs starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}\n{errors}");
    assert_eq!((text.matches("not ok").count(), text.matches("ok - ").count()), (0, 5), "{text}");
}

#[test]
fn neovim_shows_changes_and_undoes_a_status_in_four_files() {
    let Some(neovim) = neovim() else { return };
    assert!(drive(&neovim, "neovim.lua") >= 35);
}

#[test]
fn neovim_completes_by_key() {
    let Some(neovim) = neovim() else { return };
    assert!(drive(&neovim, "keys.lua") >= 6);
}

#[test]
fn two_neovims_see_each_other_s_changes_and_keep_their_own() {
    let Some(neovim) = neovim() else { return };
    assert!(drive(&neovim, "two.lua") >= 13);
}

#[test]
fn neovim_moves_the_files_of_a_task_with_its_status() {
    let Some(neovim) = neovim() else { return };
    assert!(drive(&neovim, "moves.lua") >= 7);
}
