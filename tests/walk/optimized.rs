//! The release build says what the build says that all other tests are about. A compiler may translate
//! optimised code wrongly: rustc 1.95 did so with a recursive function that laid one table of TOML over
//! another, and only the release build read a `lockstep.toml` that extends a profile wrongly.

use std::path::{Path, PathBuf};
use std::process::Command;

use lockstep::daemon::address::OFF_VARIABLE;
use lockstep_analysis::profile::builtin::SOURCES;

use super::Files;
use super::transitions::examples;

/// Names the release build. `tests/run` builds it and sets this; whoever runs the tests alone may have
/// an old one.
const VARIABLE: &str = "LOCKSTEP_RELEASE";

/// Each example of each profile as it is, and with a `lockstep.toml` that extends the profile.
fn workspaces() -> Vec<Files> {
    let mut all = Vec::new();
    for source in SOURCES {
        for files in examples(source.page) {
            let status = "[[vocabulary.task]]\nid = \"later\"\ncategory = \"open\"\n";
            let settings = format!("extends = \"{}\"\n{status}", source.id);
            let mut extended = files.clone();
            extended.entry("lockstep.toml".into()).or_insert(settings);
            all.extend([files, extended]);
        }
    }
    all
}

fn says(program: &Path, folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(program);
    command.args(arguments).args(["--format", "json"]).current_dir(folder).env(OFF_VARIABLE, "1");
    let output = command.output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_release_build_says_the_same() {
    let Some(release) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        assert!(std::env::var_os("CI").is_none(), "{VARIABLE} is not set: run tests/run");
        eprintln!("skipped: {VARIABLE} names no release build; tests/run makes one");
        return;
    };
    let own = Path::new(env!("CARGO_BIN_EXE_lockstep"));
    let all = workspaces();
    assert!(all.len() > 40, "{}", all.len());
    for files in all {
        let sandbox = tempfile::tempdir().expect("a folder");
        for (path, text) in &files {
            let file = sandbox.path().join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
            std::fs::write(file, text).expect("a file");
        }
        for arguments in [&["check"][..], &["list"], &["fix", "--dry-run"]] {
            let expected = says(own, sandbox.path(), arguments);
            assert_eq!(says(&release, sandbox.path(), arguments), expected, "{files:#?}");
        }
    }
}
