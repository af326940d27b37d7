//! `lockstep set` where folders say a status: files go along, and come back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::support::Place;

const INDEX: &str = "docs/pending/high/api/login/login-index.md";
const MOVED: &str = "docs/completed/2026-q3/api/login";

fn place() -> Place {
    Place::new(&[
        (
            INDEX,
            "# Login\n\n## Overview\n- **Status**: Pending\n\nSee [all](../../../../README.md).\n",
        ),
        ("docs/pending/high/api/login/notes.md", "Draft, after [its index](login-index.md).\n"),
        ("docs/README.md", "# All\n\n- [Login](pending/high/api/login/login-index.md)\n"),
    ])
}

/// Every file and folder but those of the store.
fn tree(place: &Place) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut tree = place.tree();
    tree.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".lockstep"));
    tree
}

const FORCED: [&str; 9] = [
    "set",
    "login",
    "completed",
    "--force",
    "--reason",
    "it was small",
    "--at",
    "2026-08-09",
    "--format=json",
];

#[test]
fn the_folder_goes_with_the_status_and_comes_back_byte_for_byte() {
    let place = place();
    let before = tree(&place);
    let report = place.json(&FORCED);
    assert_eq!(report["results"][0]["outcome"], "applied", "{report}");
    let note = format!("docs/pending/high/api/login is now {MOVED}");
    assert_eq!(report["results"][0]["reason"], note.as_str());
    let files = report["results"][0]["files"].as_array().map_or(0, Vec::len);
    assert_eq!(files, 5, "two files from two places, and the one with a link: {report}");

    assert!(!place.path().join("docs/pending").exists(), "no empty folder stays");
    let index = place.read(&format!("{MOVED}/login-index.md"));
    assert_eq!(
        index,
        "# Login\n\n## Overview\n- **Status**: Completed\n\nSee [all](../../../../README.md).\n"
    );
    let notes = place.read(&format!("{MOVED}/notes.md"));
    assert_eq!(notes, "Draft, after [its index](login-index.md).\n");
    let readme = place.read("docs/README.md");
    assert_eq!(readme, "# All\n\n- [Login](completed/2026-q3/api/login/login-index.md)\n");
    let check = place.run(&["check"]);
    assert_eq!(check.exit, 0, "{}", check.out);

    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(tree(&place), before);
}

#[test]
fn the_status_that_a_task_has_moves_what_is_misplaced() {
    let place = place();
    place.write(INDEX, b"# Login\n\n- **Status**: In Progress\n");
    let check = place.run(&["check"]);
    assert!(check.out.contains("misplaced-file"), "{}", check.out);
    let report = place.json(&["set", "login", "in-progress", "--format=json"]);
    assert_eq!(report["results"][0]["outcome"], "applied", "{report}");
    let index = place.read("docs/in-progress/high/api/login/login-index.md");
    assert_eq!(index, "# Login\n\n- **Status**: In Progress\n");
    let again = place.json(&["set", "login", "in-progress", "--format=json"]);
    assert_eq!(again["results"][0]["outcome"], "unchanged", "{again}");
}

#[test]
fn what_cannot_be_moved_is_refused_and_stays_if_that_is_wanted() {
    for (path, why) in [
        ("docs/pending/high/api/login/shape.png", "shape.png is no Markdown and no JSON"),
        ("docs/completed/2026-q3/api/login/old.md", "exists already"),
    ] {
        let place = place();
        place.write(path, b"bytes\n");
        let before = tree(&place);
        let run = place.run(&FORCED);
        let report: Value = serde_json::from_str(&run.out).expect("a report");
        let result = &report["results"][0];
        assert_eq!((run.exit, &result["code"]), (1, &Value::from("not-allowed")), "{report}");
        assert!(result["reason"].as_str().unwrap_or_default().contains(why), "{report}");
        assert!(result["remedy"].as_str().unwrap_or_default().contains("--stay"), "{report}");
        assert_eq!(tree(&place), before);

        let stay: Vec<&str> = FORCED.iter().copied().chain(["--stay"]).collect();
        let report = place.json(&stay);
        assert_eq!(report["results"][0]["outcome"], "applied", "{report}");
        assert!(place.read(INDEX).contains("Completed"));
    }
}

#[test]
fn one_that_is_refused_keeps_all_folders_where_they_are() {
    let place = place();
    let other = "docs/pending/high/api/logout/logout-index.md";
    place.write(other, b"# Logout\n\n- **Status**: Pending\n");
    place.write("docs/pending/high/api/logout/shape.png", b"bytes\n");
    let before = tree(&place);
    let run = place.run(&["set", "login", "logout", "in-progress", "--atomic"]);
    assert_eq!(run.exit, 1, "{}", run.out);
    assert_eq!(tree(&place), before);
}
