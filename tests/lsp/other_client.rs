//! The server before a client that another team has made.

use std::path::PathBuf;
use std::process::Command;

use lockstep::daemon::address::FOLDER_VARIABLE;

use crate::support::daemon::Meeting;
use crate::support::repository::root;
use crate::support::workspaces;

/// Whose capabilities the client has.
const CLIENTS: [&str; 3] = ["neovim@v0.11.0", "visual_studio_code@v1.65.2", "emacs@v29.1"];

/// The folder that `tests/conformance/install-pytest-lsp` provides. Without it the test says so and
/// passes, but not where nothing may be skipped.
fn pytest_lsp() -> Option<PathBuf> {
    let folder = root().join("target/tools/pytest-lsp");
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        let install = "tests/conformance/install-pytest-lsp";
        assert!(std::env::var_os("CI").is_none(), "no pytest-lsp: run {install}");
        eprintln!("skipped: no pytest-lsp; {install} provides it");
    }
    found
}

#[test]
fn another_team_s_client_finds_nothing_that_the_protocol_forbids() {
    let Some(modules) = pytest_lsp() else { return };
    for client in CLIENTS {
        let sandbox = workspaces::login();
        let meeting = Meeting::new();
        let output = Command::new("python3")
            .arg(root().join("tests/conformance/session.py"))
            .arg(env!("CARGO_BIN_EXE_lockstep"))
            .arg(sandbox.path())
            .arg(client)
            .env("PYTHONPATH", &modules)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env(FOLDER_VARIABLE, meeting.folder())
            .output()
            .expect("Python starts");
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{client}: {text}\n{errors}");
        assert_eq!(text.matches("ok - ").count(), 11, "{client}: {text}");
    }
}
