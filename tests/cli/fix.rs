//! `lockstep fix`: what it shows, what it asks, and whom it tells of a slip.

use super::support::{Place, answer, lockstep};
use crate::support::git::{git, is_installed};

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";

/// Task 7 is planned in one file, and researched in the other.
fn place() -> Place {
    Place::new(&[
        (TODO, "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n"),
        (
            STATE,
            "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"researched\" }\n  ]\n}\n",
        ),
    ])
}

#[test]
fn off_a_terminal_the_plan_is_shown_and_nothing_is_written_without_yes() {
    let place = place();
    let before = place.tree();
    let shown = place.run(&["fix"]);
    assert_eq!(shown.exit, 1, "{shown:?}");
    for says in [
        "-    { \"project_number\"",
        "7  task: researched -> planned  state.json",
        "nothing written",
        "`--yes`",
    ] {
        assert!(shown.out.contains(says), "{says}: {shown:?}");
    }
    let json = place.run(&["fix", "--format", "json"]);
    assert_eq!(json.exit, 1, "{json:?}");
    let report: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(report["results"][0]["outcome"], "would_apply");
    assert_eq!((&report["dry_run"], &report["transaction"]), (&true.into(), &().into()));
    assert_eq!(place.run(&["fix", "--dry-run"]).exit, 0);
    assert_eq!(place.tree(), before);
    assert_eq!(place.run(&["fix", "--yes"]).exit, 0);
    assert!(place.read(STATE).contains("\"planned\""));
    let again = place.run(&["fix"]);
    assert_eq!(again.exit, 0, "nothing is left to ask for: {again:?}");
}

#[test]
fn a_preference_that_names_no_place_is_told_before_anything_is_written() {
    let place = place();
    let before = place.tree();
    for (prefer, says) in [
        ("sate.json", "did you mean state.json"),
        ("specs/sate.json", "did you mean specs/state.json"),
        ("./specs/sate.json", "did you mean specs/state.json"),
        ("completed", "task 7 has no place that says completed"),
        ("implementing", "it is planned in specs/TODO.md, researched in specs/state.json"),
    ] {
        for ids in [&["7"][..], &[]] {
            let answer = place.run(&[&["fix", "--yes", "--prefer", prefer], ids].concat());
            assert_eq!(answer.exit, 2, "{prefer}: {answer:?}");
            assert!(answer.err.contains(says), "{prefer}: {answer:?}");
            assert_eq!(place.tree(), before, "{prefer}");
        }
    }
}

#[test]
fn a_preferred_file_is_named_from_the_folder_one_is_in_or_from_the_root() {
    let absolute = |place: &Place| place.path().join(STATE).display().to_string();
    for (folder, prefer) in [
        ("", "./specs/state.json"),
        ("", "specs/../specs/state.json"),
        ("", "state.json"),
        ("specs", "state.json"),
        ("specs", "./state.json"),
        ("specs", "specs/state.json"),
        ("specs", "/absolute"),
    ] {
        let place = place();
        let prefer = if prefer == "/absolute" { absolute(&place) } else { prefer.to_owned() };
        std::fs::create_dir(place.path().join(".git")).expect("a repository");
        let mut command = lockstep(&place.path().join(folder));
        let answer = answer(command.args(["fix", "7", "--yes", "--prefer", &prefer]));
        assert_eq!(answer.exit, 0, "{folder} {prefer}: {answer:?}");
        assert!(place.read(TODO).contains("[RESEARCHED]"), "{folder} {prefer}: {answer:?}");
    }
}

#[test]
fn tasks_that_a_preference_says_nothing_of_are_left() {
    let place = place();
    let todo = format!("{}\n### 8. Docs\n- **Status**: [PLANNED]\n", place.read(TODO));
    place.write(TODO, todo.as_bytes());
    let eight =
        "{ \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"revised\" }\n  ]";
    let state = place.read(STATE).replace("}\n  ]", &format!("}},\n    {eight}"));
    place.write(STATE, state.as_bytes());
    let answer = place.run(&["fix", "--yes", "--prefer", "researched", "--format", "json"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let report: serde_json::Value = serde_json::from_str(&answer.out).expect("JSON");
    let told = |task: &str| {
        let results = report["results"].as_array().expect("results");
        results.iter().find(|it| it["task"] == task).expect("a result").clone()
    };
    assert_eq!(told("7")["outcome"], "applied");
    assert_eq!(told("8")["outcome"], "refused");
    assert!(place.read(STATE).contains("\"revised\""), "{}", place.read(STATE));
    assert!(place.read(TODO).contains("7. Login\n- **Status**: [RESEARCHED]"));
}

/// On a terminal of its own, which `script` makes.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_nothing_is_written_before_it_is_agreed_to() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let place = place();
    let before = place.tree();
    let ask = |reply: &str| {
        let typed = format!("{} fix", env!("CARGO_BIN_EXE_lockstep"));
        let mut child = Command::new("script")
            .args(["-qec", &typed, "/dev/null"])
            .current_dir(place.path())
            .env("LOCKSTEP_NO_DAEMON", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`script` runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(reply.as_bytes()).expect("a terminal");
        drop(stdin);
        let output = child.wait_with_output().expect("an end");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("Write these changes? [y/N]"), "{said}");
        output.status.code()
    };
    for reply in ["n\n", "\n", "yess\n"] {
        assert_eq!(ask(reply), Some(1), "{reply:?}");
        assert_eq!(place.tree(), before, "{reply:?}");
    }
    assert_eq!(ask("y\n"), Some(0));
    assert!(place.read(STATE).contains("\"planned\""));
}

#[test]
fn a_file_that_was_checked_out_empty_keeps_nobody_from_having_nothing_to_fix() {
    let place = Place::new(&[("TODO.md", "- [ ] A\n  - [x] a\n"), ("docs/TODO.md", "")]);
    let answer = place.run(&["fix", "--yes"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
}

#[test]
fn what_is_fixed_of_no_task_is_said_in_words() {
    let place = place();
    let todo = place.read(TODO);
    let counted = format!("---\nnext_project_number: 7\n---\n{todo}");
    place.write(TODO, counted.as_bytes());
    let shown = place.run(&["fix", "--rule", "stale-counter", "--dry-run"]);
    assert!(shown.out.contains("\nspecs/TODO.md  fixed\n"), "{shown:?}");
}

#[test]
fn a_file_that_a_checkout_has_just_written_empty_keeps_nobody_waiting() {
    let plan = "# Plan\n**Status**: In progress\n\n## Phase 1: Index [COMPLETED]\n";
    let place = Place::new(&[("PLAN.md", plan), ("TODO.md", "")]);
    if !is_installed() {
        return;
    }
    let git = |arguments: &[&str]| git(&place.path(), arguments);
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    // Somebody empties it again.
    place.write("TODO.md", b"");
    let refused = place.run(&["fix", "--yes"]);
    assert!(refused.exit == 3 && refused.err.contains("just emptied"), "{refused:?}");
    git(&["add", "."]);
    let fixed = place.run(&["fix", "--yes"]);
    assert_eq!(fixed.exit, 0, "{fixed:?}");
    assert!(place.read("PLAN.md").contains("**Status**: Completed"));
}
