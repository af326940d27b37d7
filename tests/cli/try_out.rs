//! `lockstep try`: the demonstration, and how editors are opened.

use std::path::Path;

use lockstep::cli::r#try::sample;

use super::support::{Answer, Place, answer};
#[cfg(unix)]
use crate::support::program;

fn attempt(place: &Place, arguments: &[&str]) -> Answer {
    answer(place.command(arguments).env("TMPDIR", place.path()).env("PATH", ""))
}

fn workspace(answer: &Answer) -> &Path {
    let line = answer.out.lines().next().expect("a line");
    Path::new(line.strip_prefix("sample: ").expect("the sample's folder"))
}

#[test]
fn without_an_editor_the_server_is_shown_at_work() {
    let place = Place::new(&[]);
    let answer = attempt(&place, &["try"]);
    assert_eq!((answer.exit, answer.err.as_str()), (0, ""), "{}", answer.out);
    for part in [
        "warning[drift]: task 7 is `planned` here",
        "warning[drift]: the plan of task 7 is [NOT STARTED] here",
        "-> Set task 7 to [IMPLEMENTING] everywhere",
        "--- a/specs/state.json",
        "-      \"status\": \"planned\",\n+      \"status\": \"implementing\",",
        "no drift; 2 other findings remain",
        "vim.lsp.enable('lockstep')",
        "\nWhat to do next, in a repository of yours:\n  lockstep check ",
    ] {
        assert!(answer.out.contains(part), "{part}\n{}", answer.out);
    }
    let record = workspace(&answer).join("specs/007_login/state.json");
    let record = std::fs::read_to_string(record).expect("the sample is kept");
    assert!(record.contains("\"implementing\""), "{record}");
}

#[test]
fn an_editor_that_is_not_there_is_answered_with_what_to_install() {
    let place = Place::new(&[]);
    for editor in ["neovim", "nvim", "helix", "emacs", "code", "vscode"] {
        let answer = attempt(&place, &["try", "--editor", editor]);
        assert_eq!(answer.exit, 2);
        assert!(answer.err.contains("is not on PATH\nhelp: install "), "{}", answer.err);
    }
    assert_eq!(place.tree().len(), 1, "nothing written");
}

/// A program in the place of VS Code, which notes how it was called.
#[cfg(unix)]
#[test]
fn vs_code_gets_the_extension_that_lies_beside_the_program() {
    let place = Place::new(&[]);
    let bin = place.path().join("bin");
    let program = bin.join("lockstep");
    std::fs::create_dir(&bin).expect("a folder");
    program::script(&bin.join("code"), "#!/bin/sh\necho \"in $PWD: $*\"\n");
    program::copied(&program);
    let attempt = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program);
        command.args(arguments).current_dir(place.path()).stdin(std::process::Stdio::null());
        answer(command.env("TMPDIR", place.path()).env("PATH", &bin))
    };

    let without = attempt(&["try", "--editor", "code"]);
    assert_eq!((without.exit, without.out.as_str()), (2, ""));
    assert!(without.err.contains("no extension for VS Code lies beside"), "{}", without.err);
    assert!(without.err.contains("help: put `lockstep-*.vsix` there"), "{}", without.err);

    place.write("bin/lockstep-linux-x64.vsix", b"a package");
    let with = attempt(&["try", "--editor", "vscode"]);
    assert_eq!((with.exit, with.err.as_str()), (0, ""), "{}", with.out);
    let root = workspace(&with);
    let private = root.parent().expect("a folder").join("editor/code");
    let called: Vec<&str> = with.out.lines().filter(|line| line.starts_with("in ")).collect();
    let folders = format!(
        "in {}: --user-data-dir {private}/data --extensions-dir {private}/extensions",
        root.display(),
        private = private.display(),
    );
    let package = bin.join("lockstep-linux-x64.vsix");
    let install = format!("{folders} --install-extension {} --force", package.display());
    let open = format!("{folders} --new-window --wait . specs/TODO.md specs/state.json");
    assert_eq!(called, [install, open]);
    for file in ["data/User/settings.json", "data/Machine/settings.json"] {
        let settings = std::fs::read_to_string(private.join(file)).expect("settings");
        let settings: serde_json::Value = serde_json::from_str(&settings).expect("JSON");
        assert_eq!(settings["lockstep.server.path"], program.to_string_lossy().as_ref());
    }
}

/// A program in the place of an editor, which notes how it was called.
#[cfg(unix)]
#[test]
fn an_editor_gets_settings_of_its_own_and_the_two_files_that_disagree() {
    for (editor, program, settings) in [
        ("neovim", "nvim", "init.lua"),
        ("helix", "hx", "config/helix/languages.toml"),
        ("emacs", "emacs", "init.el"),
    ] {
        let place = Place::new(&[]);
        let script =
            "#!/bin/sh\necho \"in $PWD\"\necho \"config $XDG_CONFIG_HOME\"\necho \"args $*\"\n";
        let bin = place.path().join("bin");
        std::fs::create_dir(&bin).expect("a folder");
        program::script(&bin.join(program), script);
        let mut command = place.command(&["try", "--editor", editor]);
        let answer = answer(command.env("TMPDIR", place.path()).env("PATH", bin));
        assert_eq!((answer.exit, answer.err.as_str()), (0, ""), "{}", answer.out);
        let root = workspace(&answer);
        let private = root.parent().expect("a folder").join("editor");
        assert!(answer.out.contains(&format!("in {}\n", root.display())), "{}", answer.out);
        let config = format!("config {}\n", private.join("config").display());
        assert!(answer.out.contains(&config), "{}", answer.out);
        assert!(answer.out.contains(" specs/TODO.md specs/state.json\n"), "{}", answer.out);
        assert!(answer.out.contains("\nWhat to do next"), "{}", answer.out);
        let settings = std::fs::read_to_string(private.join(settings)).expect("settings");
        assert!(settings.contains(env!("CARGO_BIN_EXE_lockstep")), "{settings}");
        assert!(!settings.contains("SERVER"), "{settings}");
    }
}

#[test]
fn every_task_document_of_the_sample_has_a_finding() {
    let report = Place::sample().json(&["check", "--format", "json"]);
    for (path, _) in sample::FILES.iter().filter(|(path, _)| *path != "specs/TODO.md") {
        let found = report["diagnostics"].as_array().expect("findings");
        let is_task = !path.ends_with(".toml");
        assert_eq!(found.iter().any(|found| found["path"] == *path), is_task, "{path}");
    }
}

#[test]
fn what_the_sample_says_to_try_leaves_no_new_warning() {
    let place = Place::sample();
    let n_warnings = || {
        let report: serde_json::Value =
            serde_json::from_str(&place.run(&["check", "--format", "json"]).out).expect("JSON");
        report["summary"]["warning"].as_u64().expect("a number")
    };
    let before = n_warnings();
    assert_eq!(place.run(&["fix", "7", "--yes"]).exit, 0);
    let drift = n_warnings();
    assert!(drift < before);
    assert_eq!(place.run(&["fix", "8", "--yes"]).exit, 0);
    let unknown = n_warnings();
    assert!(unknown < drift);
    assert!(place.read("specs/TODO.md").contains("`:LockstepSet 8 planning`"));
    assert_eq!(place.run(&["set", "8", "planning"]).exit, 0);
    assert_eq!(n_warnings(), unknown);
}
