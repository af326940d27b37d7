//! `fix`, `archive` and `batch` in all worktrees of a repository.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::support::Answer;
use super::worktrees::{MIRROR, Repository};

const TODO: &str = "\
# Tasks

### 7. Login
- **Status**: [COMPLETED]
- **Completed**: 2026-01-05

### 8. Docs
- **Status**: [NOT STARTED]

### 9. Logo
- **Status**: [PLANNED]
";

const STATE: &str = "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"completed\", \"completed\": \"2026-01-05\" },\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"not_started\" },\n    { \"project_number\": 9, \"project_name\": \"logo\", \"status\": \"planned\" }\n  ]\n}\n";

const REPORT: &str = "# Findings\r\nNo file of tasks.\r\n";

fn repository() -> Option<Repository> {
    let files = [
        ("specs/TODO.md", TODO),
        ("specs/state.json", STATE),
        ("specs/007_login/plans/implementation-001.md", "# Plan\n- **Status**: [COMPLETED]\n"),
        ("specs/007_login/reports/research-001.md", REPORT),
    ];
    Repository::with(MIRROR, &files)
}

const WORKTREES: [&str; 2] = ["first", "second"];

/// Texts by path.
type Tree = BTreeMap<PathBuf, String>;

/// The files of the tasks of both worktrees, by worktree.
fn trees(repository: &Repository) -> [Tree; 2] {
    let all = repository.place.tree();
    WORKTREES.map(|worktree| {
        let folder = repository.root(worktree).join("specs");
        let own = all.iter().filter_map(|(path, bytes)| {
            let path = path.canonicalize().expect("a path");
            let text = String::from_utf8_lossy(bytes.as_deref()?).into_owned();
            Some((path.strip_prefix(&folder).ok()?.to_owned(), text))
        });
        own.collect()
    })
}

/// The newest transaction in both histories, which is one, and nothing is unfinished.
#[track_caller]
fn transaction(repository: &Repository) -> String {
    let [first, second] = WORKTREES.map(|worktree| {
        let tx = repository.root(worktree).join(".lockstep/tx");
        assert_eq!(std::fs::read_dir(tx).expect("a folder").count(), 0);
        let log = repository.json(worktree, &["log", "--format", "json"]);
        log["operations"][0]["id"].as_str().expect("a transaction").to_owned()
    });
    assert_eq!(first, second, "one transaction");
    first
}

fn outcomes(results: &Value) -> Vec<(&str, &str)> {
    let results = results.as_array().expect("results").iter();
    results
        .map(|it| (it["task"].as_str().expect("a task"), it["outcome"].as_str().expect("a word")))
        .collect()
}

#[track_caller]
fn undone_in_both(repository: &Repository, before: &[Tree; 2]) {
    let undone = repository.run("second", &["undo"]);
    assert_eq!(undone.exit, 0, "{undone:?}");
    assert_eq!(&trees(repository), before);
}

#[track_caller]
fn refused_in_all(answer: &Answer, says: &str) {
    assert_eq!(answer.exit, 1, "{answer:?}");
    for says in [says, "nothing was changed in any"] {
        assert!(answer.err.contains(says), "`{says}` is said: {answer:?}");
    }
}

#[test]
fn a_finished_task_is_put_away_in_all_worktrees_and_comes_back() {
    let Some(repository) = repository() else { return };
    let before = trees(&repository);
    let report = repository.json("first", &["archive", "--format", "json"]);
    assert_eq!(outcomes(&report["results"]), [("7", "applied")]);
    assert_eq!(outcomes(&report["worktrees"][0]["results"]), [("7", "applied")]);
    assert_eq!(report["transaction"], transaction(&repository));
    let [first, second] = trees(&repository);
    let moved = PathBuf::from("archive/007_login/reports/research-001.md");
    assert_eq!(first.get(&moved).map(String::as_str), Some(REPORT));
    assert!(!first.keys().any(|path| path.starts_with("007_login")), "{:?}", first.keys());
    assert_eq!(second, first);
    undone_in_both(&repository, &before);
}

#[test]
fn a_task_that_is_not_finished_in_another_worktree_is_put_away_in_none() {
    let Some(repository) = repository() else { return };
    for (path, from, to) in [
        ("TODO.md", "[COMPLETED]\n- **Completed**: 2026-01-05", "[PLANNED]"),
        ("state.json", "\"completed\", \"completed\": \"2026-01-05\"", "\"planned\""),
        ("007_login/plans/implementation-001.md", "[COMPLETED]", "[NOT STARTED]"),
    ] {
        let path = format!("second/work/specs/{path}");
        let text = repository.place.read(&path).replace(from, to);
        repository.place.write(&path, text.as_bytes());
    }
    let before = trees(&repository);
    let refused = repository.run("first", &["archive"]);
    refused_in_all(&refused, "in worktree second, task 7 is refused: task 7 is planned");
    assert_eq!(trees(&repository), before);
}

#[test]
fn a_folder_that_must_stay_in_another_worktree_stays_there_alone() {
    let Some(repository) = repository() else { return };
    repository.place.write("second/work/specs/007_login/run.sh", b"#!/bin/sh\n");
    let report = repository.json("first", &["archive", "7", "--format", "json"]);
    let there = &report["worktrees"][0]["results"][0];
    assert_eq!(there["outcome"], "applied");
    let reason = there["reason"].as_str().expect("a note");
    assert!(reason.contains("specs/007_login is not moved"), "{reason}");
    assert!(!repository.root("first").join("specs/007_login").exists());
    assert!(repository.root("second").join("specs/007_login/run.sh").exists());
    assert_eq!(repository.texts("second"), repository.texts("first"));
}

/// In both worktrees `state.json` has gone on and `TODO.md` has not.
fn drift(repository: &Repository) {
    for worktree in WORKTREES {
        let text = STATE.replace("\"planned\"", "\"implementing\"");
        repository.place.write(&format!("{worktree}/work/specs/state.json"), text.as_bytes());
    }
}

#[test]
fn what_drifts_is_brought_into_step_in_all_worktrees_and_taken_back() {
    let Some(repository) = repository() else { return };
    drift(&repository);
    let before = trees(&repository);
    let report = repository
        .json("first", &["fix", "9", "--yes", "--prefer", "state.json", "--format", "json"]);
    assert_eq!(outcomes(&report["results"]), [("9", "applied")]);
    assert_eq!(outcomes(&report["worktrees"][0]["results"]), [("9", "applied")]);
    assert_eq!(report["transaction"], transaction(&repository));
    for worktree in WORKTREES {
        assert!(repository.texts(worktree)[0].contains("[IMPLEMENTING]"), "{worktree}");
        assert_eq!(repository.run(worktree, &["check"]).exit, 0, "{worktree}");
    }
    undone_in_both(&repository, &before);
}

#[test]
fn what_drifts_in_another_worktree_only_is_left_alone_by_a_fix_here() {
    let Some(repository) = repository() else { return };
    drift(&repository);
    let text = STATE.replace("\"not_started\"", "\"planned\"");
    repository.place.write("second/work/specs/state.json", text.as_bytes());
    let [_, second] = trees(&repository);
    let fixed = repository.run("first", &["fix", "--yes"]);
    assert_eq!(fixed.exit, 0, "{fixed:?}");
    assert!(!fixed.out.contains("no task"), "{fixed:?}");
    assert_eq!(repository.run("first", &["check"]).exit, 0);
    assert_eq!(trees(&repository)[1], second);
}

#[test]
fn a_finding_of_no_task_is_not_told_of_as_one_that_another_worktree_lacks() {
    let Some(repository) = repository() else { return };
    let front = "---\ntask_counts:\n  active: 17\n---\n";
    repository.place.write("first/work/specs/TODO.md", format!("{front}{TODO}").as_bytes());
    let [_, second] = trees(&repository);
    let fixed = repository.json("first", &["fix", "--yes", "--format", "json"]);
    assert_eq!(outcomes(&fixed["results"]), [("", "applied")]);
    assert_eq!(fixed["worktrees"][0]["missing"], json!([]));
    assert_eq!(trees(&repository)[1], second);
}

#[test]
fn what_a_list_says_is_done_in_all_worktrees_but_for_what_is_refused_here() {
    let Some(repository) = repository() else { return };
    let list = "8 researching\n8 completed\n9 implementing\n9 flying\n7 planned\n";
    repository.place.write("first/work/list", list.as_bytes());
    let before = trees(&repository);
    let answer = repository.run("first", &["batch", "list", "--format", "json"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let report: Value = serde_json::from_str(&answer.out).expect("JSON");
    let done = [("8", "applied"), ("9", "applied")];
    let expected = [done[0], ("8", "refused"), done[1], ("9", "refused"), ("7", "refused")];
    assert_eq!(outcomes(&report["results"]), expected);
    assert_eq!(outcomes(&report["worktrees"][0]["results"]), done);
    assert_eq!(report["transaction"], transaction(&repository));
    let texts = repository.texts("first");
    assert!(texts[0].contains("[RESEARCHING]") && texts[0].contains("[IMPLEMENTING]"), "{texts:?}");
    assert_eq!(repository.texts("second"), texts);
    undone_in_both(&repository, &before);
}

#[test]
fn a_list_of_all_or_none_is_done_nowhere_where_one_worktree_refuses_a_line() {
    let Some(repository) = repository() else { return };
    repository.place.write("second/work/lockstep.toml", b"");
    assert_eq!(repository.run("second", &["set", "9", "implementing"]).exit, 0);
    assert_eq!(repository.run("second", &["set", "9", "completed"]).exit, 0);
    repository.place.write("first/work/list", b"8 researching\n9 implementing\n");
    let before = trees(&repository);
    for arguments in [&["batch", "list"][..], &["batch", "list", "--atomic"]] {
        let refused = repository.run("first", arguments);
        refused_in_all(&refused, "in worktree second, task 9 is refused: ");
        assert_eq!(trees(&repository), before);
    }
}
