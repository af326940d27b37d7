//! `lockstep archive`: what is put away on disk, and how it comes back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;

use super::support::Place;

const TODO: &str = "specs/TODO.md";
const STATE: &str = "specs/state.json";

/// Two finished tasks, one of them with a folder, and one that goes on.
fn place() -> Place {
    Place::new(&[
        (
            TODO,
            "# Tasks\n\n### 7. Login\n- **Status**: [COMPLETED]\n- **Completed**: 2026-01-05\n\n---\n\n### 8. Docs\n- **Status**: [PLANNED]\n- **Plan**: [that of login](007_login/plans/implementation-001.md)\n\n---\n\n### 9. Logo\n- **Status**: [ABANDONED]\n- **Abandonment Reason**: too dear\n",
        ),
        (
            STATE,
            "{\n  \"active_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"completed\" },\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"planned\" },\n    { \"project_number\": 9, \"project_name\": \"logo\", \"status\": \"abandoned\", \"abandonment_reason\": \"too dear\" }\n  ]\n}\n",
        ),
        (
            "specs/007_login/state.json",
            "{\n  \"project_number\": 7,\n  \"status\": \"completed\"\n}\n",
        ),
        ("specs/007_login/plans/implementation-001.md", "# Plan\n- **Status**: [COMPLETED]\n"),
        ("specs/007_login/reports/research-001.md", "# Findings\r\nNo file of tasks.\r\n"),
    ])
}

/// Every file and folder but those of the store.
fn tree(place: &Place) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut tree = place.tree();
    tree.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".lockstep"));
    tree
}

fn outcomes(report: &Value) -> Vec<(&str, &str)> {
    let results = report["results"].as_array().expect("results");
    let results = results.iter();
    results
        .map(|it| (it["task"].as_str().expect("a task"), it["outcome"].as_str().expect("a word")))
        .collect()
}

#[test]
fn what_is_finished_is_put_away_and_comes_back_byte_for_byte() {
    let place = place();
    let (before, findings) = (tree(&place), place.run(&["check"]).out);
    let report = place.json(&["archive", "--format", "json"]);
    assert_eq!(outcomes(&report), [("7", "applied"), ("9", "applied")]);
    assert_eq!(report["results"][0]["from"], "completed");
    assert_eq!(report["results"][0]["to"], "archived");

    assert!(!place.path().join("specs/007_login").exists(), "no empty folder stays");
    let report = place.read("specs/archive/007_login/reports/research-001.md");
    assert_eq!(report, "# Findings\r\nNo file of tasks.\r\n");
    assert_eq!(
        place.read(TODO),
        "# Tasks\n\n### 8. Docs\n- **Status**: [PLANNED]\n- **Plan**: [that of login](archive/007_login/plans/implementation-001.md)\n\n---\n"
    );
    assert_eq!(
        place.read(STATE),
        "{\n  \"active_projects\": [\n    { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"planned\" }\n  ],\n  \"completed_projects\": [\n    { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"completed\" },\n    { \"project_number\": 9, \"project_name\": \"logo\", \"status\": \"abandoned\", \"abandonment_reason\": \"too dear\" }\n  ]\n}\n"
    );
    let check = place.run(&["check"]);
    assert_eq!((check.exit, check.out), (0, findings));
    assert!(place.run(&["show", "7"]).out.contains("completed"));
    let list = place.json(&["list", "--category", "done", "--format", "json"]);
    assert_eq!(list["tasks"][0]["id"], "7");

    let put_away = tree(&place);
    let again = place.run(&["archive"]);
    assert_eq!((again.exit, again.out.as_str()), (0, "no finished tasks to archive\n"));
    let again = place.json(&["archive", "7", "--format", "json"]);
    assert_eq!(outcomes(&again), [("7", "unchanged")]);
    assert_eq!(tree(&place), put_away);

    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(tree(&place), before);
}

#[test]
fn links_in_reports_follow_what_moves_and_lead_back_from_it() {
    let place = place();
    let inside = "specs/007_login/reports/research-001.md";
    let (moved, outside) = ("specs/archive/007_login/reports/research-001.md", "docs/why.md");
    let text = "# Findings\r\nOf [all](../../TODO.md), for [the plan](../plans/implementation-001.md); ![it](../../../docs/it.png)\r\n";
    let mended =
        text.replace("../../TODO", "../../../TODO").replace("../../../docs", "../../../../docs");
    place.write(inside, text.as_bytes());
    let why = "See [there](../specs/007_login/reports/research-001.md#one), not `[there](../specs/007_login)`.\n";
    place.write(outside, why.as_bytes());
    let old = "[there](../../007_login/plans/implementation-001.md)\n";
    place.write("specs/archive/001_old/reports/r.md", old.as_bytes());
    place.write("notes.txt", b"[there](specs/007_login/plans/implementation-001.md)\n");
    let before = tree(&place);

    let shown = place.run(&["archive", "7", "--dry-run"]);
    for says in ["+Of [all](../../../TODO.md)", "+See [there](../specs/archive/007_login/"] {
        assert!(shown.out.contains(says), "`{says}` is shown: {}", shown.out);
    }
    assert_eq!(tree(&place), before);
    let report = place.json(&["archive", "7", "--format", "json"]);
    let files = report["results"][0]["files"].as_array().expect("files");
    for path in [inside, moved, outside] {
        assert!(files.iter().any(|file| file == path), "{path}: {files:?}");
    }
    assert_eq!(place.read(moved), mended);
    assert_eq!(place.read(outside), why.replacen("specs/007", "specs/archive/007", 1));
    assert_eq!(place.read("specs/archive/001_old/reports/r.md"), old, "history stays");
    assert!(place.read("notes.txt").starts_with("[there](specs/007"), "it is no Markdown");
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(tree(&place), before);
}

#[test]
#[cfg(unix)]
fn what_is_put_away_keeps_its_permissions_there_and_back() {
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    // One of them is no file of tasks.
    let files = [("state.json", 0o640), ("reports/research-001.md", 0o600)];
    let path = |folder: &str, name: &str| place.path().join("specs").join(folder).join(name);
    for (name, mode) in files {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path("007_login", name), permissions).expect("permissions");
    }
    let check = |folder: &str, arguments: &[&str]| {
        assert_eq!(place.run(arguments).exit, 0);
        for (name, mode) in files {
            let found = std::fs::metadata(path(folder, name)).expect("the file").permissions();
            assert_eq!(found.mode() & 0o7777, mode, "{name} after {arguments:?}");
        }
    };
    check("archive/007_login", &["archive"]);
    check("007_login", &["undo"]);
    let log = place.json(&["log", "--format", "json"]);
    let undo = log["operations"][0]["id"].as_str().expect("a transaction");
    check("archive/007_login", &["undo", undo]);
}

#[test]
fn a_dry_run_shows_the_moves_and_leaves_no_trace() {
    let place = place();
    let before = place.tree();
    let answer = place.run(&["archive", "7", "--dry-run"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.contains(
        "rename specs/007_login/reports/research-001.md\n    to specs/archive/007_login/reports/research-001.md\n"
    ), "{}", answer.out);
    assert!(answer.out.contains("\n-### 7. Login\n"), "{}", answer.out);
    assert!(!answer.out.contains("+# Plan"), "what moves unchanged is not shown: {}", answer.out);
    assert_eq!(place.tree(), before);
}

#[test]
fn of_several_tasks_those_that_are_not_finished_stay() {
    let place = place();
    let answer = place.run(&["archive", "8", "9", "99"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    for says in ["8  refused: task 8 is planned", "9  abandoned -> archived  2 files", "no task 99"]
    {
        assert!(answer.out.contains(says), "`{says}` is said: {}", answer.out);
    }
    assert!(place.read(TODO).contains("### 7.") && !place.read(TODO).contains("### 9."));
}

#[test]
fn a_day_leaves_what_was_finished_on_it_or_does_not_say_when() {
    let place = place();
    let before = place.tree();
    let answer = place.run(&["archive", "--done-before", "2026-01-05"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(answer.out.contains("7  completed: unchanged; it was finished on 2026-01-05 or later"));
    assert!(answer.out.contains("9  abandoned: unchanged; it has no date"));
    assert_eq!(place.tree(), before);
    for no_day in ["soon", "2026-02-30", "10000-01-01", "-000001-01-01"] {
        let refused = place.run(&["archive", &format!("--done-before={no_day}")]);
        assert!(refused.exit == 2 && refused.err.contains("is not a day"), "{refused:?}");
    }
    let last = place.json(&["archive", "--done-before=9999-12-31", "--dry-run", "--format=json"]);
    assert_eq!(outcomes(&last), [("7", "would_apply"), ("9", "unchanged")]);
    let answer = place.json(&["archive", "--done-before", "2026-01-06", "--format", "json"]);
    assert_eq!(outcomes(&answer), [("7", "applied"), ("9", "unchanged")]);
}

#[test]
fn a_folder_with_other_files_stays_and_the_answer_says_so() {
    let place = place();
    place.write("specs/007_login/run.sh", b"#!/bin/sh\n");
    let answer = place.run(&["archive", "7"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert!(
        answer.out.contains(
            "specs/007_login is not moved: specs/007_login/run.sh is no Markdown and no JSON"
        ),
        "{answer:?}"
    );
    assert!(place.path().join("specs/007_login/plans/implementation-001.md").exists());
    assert!(place.read(STATE).contains("\"completed_projects\""));
    assert!(place.read(TODO).contains("(007_login/plans"), "its links stay as they are");
}

#[test]
fn a_place_in_the_archive_that_is_taken_is_not_written_over() {
    let place = place();
    place.write("specs/archive/007_login/notes.md", b"of another task\n");
    let answer = place.run(&["archive"]);
    assert_eq!(answer.exit, 0);
    let says = "specs/007_login is not moved: specs/archive/007_login exists already";
    assert!(answer.out.contains(says), "{answer:?}");
    assert!(place.path().join("specs/007_login/state.json").exists());
    assert_eq!(place.read("specs/archive/007_login/notes.md"), "of another task\n");
}

#[test]
fn without_an_archive_in_the_profile_nothing_is_done() {
    let place = Place::new(&[("TODO.md", "# Chores\n\n- [x] Wash the car\n- [ ] Buy milk\n")]);
    let before = place.tree();
    let answer = place.run(&["archive"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.err.contains("name a file in lockstep.toml"), "{}", answer.err);
    assert_eq!(place.tree(), before);

    place.write(
        "lockstep.toml",
        b"extends = \"checklist\"\n[archive]\nentries = \"archive/TODO.md\"\n",
    );
    assert_eq!(place.run(&["archive"]).exit, 0);
    assert_eq!(place.read("TODO.md"), "# Chores\n\n- [ ] Buy milk\n");
    assert_eq!(place.read("archive/TODO.md"), "# Archive\n\n- [x] Wash the car\n");
    assert!(place.run(&["show", "wash-the-car"]).out.contains("Wash the car"));
}

#[test]
fn a_kill_at_any_instant_leaves_everything_where_it_was_or_put_away() {
    let place = place();
    let before = tree(&place);
    let began = Instant::now();
    assert_eq!(place.run(&["archive"]).exit, 0);
    let whole = began.elapsed();
    let put_away = tree(&place);
    assert_eq!(place.run(&["undo"]).exit, 0);
    let rounds = if std::env::var_os("LOCKSTEP_FULL").is_some() { 2_000 } else { 20 };
    let mut killed = 0;
    for round in 0..rounds {
        let mut child = place
            .command(&["archive", "--format", "json"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the binary runs");
        let after = whole * (round % 20) / 20;
        let began = Instant::now();
        while began.elapsed() < after && child.try_wait().expect("a child").is_none() {
            std::hint::spin_loop();
        }
        // It may have ended by itself.
        let _ = child.kill();
        killed += u32::from(!child.wait().expect("a child").success());
        let recovered = place.run(&["recover"]);
        let found = tree(&place);
        let now = files(&found);
        let all_or_none = now == files(&before) || now == files(&put_away);
        assert!(all_or_none, "round {round}: {recovered:?} {:?}", now.keys());
        if now == files(&put_away) {
            assert_eq!(place.run(&["undo"]).exit, 0, "round {round}");
        }
    }
    assert!(killed * 4 > rounds, "{killed} of {rounds} runs were killed");
}

/// A tree without its folders: a kill may leave one without files.
fn files(tree: &BTreeMap<PathBuf, Option<Vec<u8>>>) -> BTreeMap<&PathBuf, &Vec<u8>> {
    tree.iter().filter_map(|(path, bytes)| Some((path, bytes.as_ref()?))).collect()
}
