//! The real VS Code workbench, with the extension installed as a user would.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use lockstep::daemon::address::OFF_VARIABLE;

use crate::support::repository::{read, root};

/// How many journeys there are: one that is not listed in `main.js` is missed.
fn journeys() -> usize {
    let folder = root().join("tests/editors/vscode/journeys");
    let files = std::fs::read_dir(folder).expect("the journeys").flatten();
    files.filter(|file| read(&file.path()).contains("\nexport const title = ")).count()
}

/// What a variable names, or what lies below `target`, if it is there.
fn provided(variable: &str, below: &str, provider: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.or_else(|| Some(root().join("target").join(below)));
    let found = found.filter(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{variable} is not there: run {provider}");
        eprintln!("skipped: {variable} is not there; {provider} provides it");
    }
    found
}

/// The workbench that `tests/editors/install-vscode` provides.
fn tools() -> Option<PathBuf> {
    provided("LOCKSTEP_VSCODE", "tools/vscode", "tests/editors/install-vscode")
}

/// Runs a file of tests with the workbench's Node; returns what it prints, which tells of no failure.
fn run(tools: &Path, arguments: &[&str], environment: &[(&str, &Path)]) -> String {
    let (file, options) = arguments.split_first().expect("a file");
    let output = Command::new(tools.join("node"))
        .args(["--test-reporter=tap"])
        .arg(root().join("tests/editors/vscode").join(file))
        .args(options)
        .envs(environment.iter().copied())
        .env("LOCKSTEP_VSCODE", tools)
        .env_remove(OFF_VARIABLE)
        .output()
        .expect("the tests begin");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}\n{errors}");
    text
}

fn passed(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("ok ")).count()
}

/// Without a workbench or the extension this says so and passes, but not where nothing may be
/// skipped.
#[test]
fn every_journey_through_the_real_vs_code_arrives() {
    let package = "editors/vscode/package --out target/lockstep.vsix";
    let extension = provided("LOCKSTEP_VSIX", "lockstep.vsix", package);
    let (Some(tools), Some(extension)) = (tools(), extension) else { return };
    let walk = |lane| run(&tools, &["main.js", lane], &[("LOCKSTEP_VSIX", &extension)]);
    let together = thread::scope(|scope| {
        let lanes = ["first", "second"].map(|lane| scope.spawn(move || walk(lane)));
        lanes.map(|lane| lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let text = together.concat() + &walk("alone");
    assert_eq!(passed(&text), journeys(), "{text}");
    // What was measured.
    for line in text.lines().filter(|line| line.starts_with("# ")) {
        println!("{line}");
    }
}

#[test]
fn the_board_does_in_a_real_browser_what_it_should() {
    let packages = root().join("editors/vscode/node_modules/esbuild");
    if !packages.exists() {
        assert!(std::env::var_os("CI").is_none(), "run npm ci in editors/vscode");
        eprintln!(
            "skipped: the packages that build the board are missing; npm ci in editors/vscode"
        );
        return;
    }
    let Some(tools) = tools() else { return };
    let text = run(&tools, &["board/board.test.js"], &[]);
    assert!(passed(&text) >= 20, "{text}");
}
