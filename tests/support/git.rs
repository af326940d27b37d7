//! Repositories of git, made by git.

use std::path::Path;
use std::process::Command;

/// Whether git can be run; where not, says that the test is left out.
pub fn is_installed() -> bool {
    let installed = Command::new("git").arg("--version").output().is_ok();
    if !installed {
        println!("skipped: git is not installed");
    }
    installed
}

/// Runs git in `folder`.
#[track_caller]
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=somebody", "-c", "user.email=somebody@localhost"]);
    let output = command.args(arguments).current_dir(folder).output().expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
}

/// Makes a repository of `folder`, with everything in it committed, and a worktree of it at
/// `second`.
#[track_caller]
pub fn repository_with_worktree(folder: &Path, second: &Path) {
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "Tasks"]);
    let second = second.to_str().expect("UTF-8");
    git(folder, &["worktree", "add", "--quiet", "-b", "second", second]);
}
