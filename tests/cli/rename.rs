//! `lockstep rename`: what is on disk then, and how it comes back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::support::{Place, answer};

const TODO: &str = "specs/TODO.md";
const NOTES: &str = "specs/007_login/reports/research-001.md";

fn place() -> Place {
    Place::new(&[
        (
            TODO,
            "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n- **Plan**: [plan](007_login/plans/implementation-001.md)\n\n### 8. Docs\n- **Status**: [PLANNED]\n- **Dependencies**: 7\n",
        ),
        (
            "specs/state.json",
            "{ \"active_projects\": [\n  { \"project_number\": 7, \"project_name\": \"login\", \"status\": \"planned\" },\n  { \"project_number\": 8, \"project_name\": \"docs\", \"status\": \"planned\", \"dependencies\": [7] }\n] }\n",
        ),
        ("specs/007_login/plans/implementation-001.md", "# Plan\n- **Status**: [NOT STARTED]\n"),
        (NOTES, "# Findings\r\nSee [all](../../TODO.md).\r\n"),
        ("README.md", "See [the findings](specs/007_login/reports/research-001.md).\n"),
    ])
}

/// Every file and folder but those of the store.
fn tree(place: &Place) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut tree = place.tree();
    tree.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".lockstep"));
    tree
}

#[test]
fn a_task_gets_another_id_with_its_folder_and_comes_back_byte_for_byte() {
    let place = place();
    let before = tree(&place);
    let shown = place.run(&["rename", "7", "--id", "12", "--dry-run"]);
    assert!(shown.out.contains("+### 12. Login"), "{shown:?}");
    assert_eq!(tree(&place), before);

    let report = place.json(&["rename", "7", "--id", "12", "--format", "json"]);
    let result = &report["results"][0];
    assert_eq!((&result["from"], &result["to"]), (&"7".into(), &"12".into()), "{report}");
    assert!(place.read(TODO).contains("- **Dependencies**: 12\n"));
    assert!(place.read("README.md").contains("(specs/012_login/reports/research-001.md)"));
    let moved = place.read("specs/012_login/reports/research-001.md");
    assert_eq!(moved, "# Findings\r\nSee [all](../../TODO.md).\r\n");
    assert!(!place.path().join("specs/007_login").exists());
    let log = place.run(&["log"]);
    assert!(log.out.contains("rename 7 to 12"), "{log:?}");
    place.run(&["undo"]);
    assert_eq!(tree(&place), before);
}

#[test]
fn a_title_and_the_slug_change_together_and_a_taken_id_is_refused() {
    let place = place();
    place.run(&["rename", "7", "--title", "Sign in", "--slug", "sign_in"]);
    assert!(place.read(TODO).contains("### 7. Sign in\n"));
    assert!(place.read("specs/state.json").contains("\"project_name\": \"sign_in\""));
    assert!(place.path().join("specs/007_sign_in/plans/implementation-001.md").exists());

    let before = tree(&place);
    let refused = place.run(&["rename", "7", "--id", "8"]);
    let told = "error: the id 8 is taken by `Docs`\nhelp: choose one that is free\n";
    assert_eq!((refused.exit, &*refused.err), (1, told));
    let nothing = place.run(&["rename", "7"]);
    assert!(nothing.err.contains("a new name is missing"), "{nothing:?}");
    assert_eq!(tree(&place), before);
}

#[test]
fn links_mean_what_is_there_by_the_letter_and_what_cannot_be_read_is_told() {
    let place = place();
    let link = "[p](specs/007_login/reports/research-001.md)\n";
    // Not read at all, and another file than the one that moves.
    place.write("sub/specs/007_login/reports/research-001.md", b"Another.\n");
    place.write("sub/README.md", link.as_bytes());
    place.write("docs/README.md", link.as_bytes());
    let odd = [link.as_bytes(), b"\xe9\n"].concat();
    place.write("docs/odd.md", &odd);
    let told = place.run(&["rename", "7", "--id", "12"]);
    assert_eq!(told.exit, 0, "{told:?}");
    assert!(told.err.contains("docs/odd.md cannot be read as UTF-8"), "{told:?}");
    assert_eq!(place.read("sub/README.md"), link);
    assert_eq!(place.read("docs/README.md"), link.replace("007_", "012_"));
}

#[test]
fn a_folder_whose_name_cannot_be_looked_at_is_no_name_that_is_taken() {
    let place = place();
    let long = "x".repeat(300);
    let refused = place.run(&["rename", "7", "--slug", &long]);
    assert!(refused.err.contains("is too long for a file"), "{refused:?}");
}

#[test]
fn of_two_tasks_with_one_id_the_one_that_is_named_by_its_line_gets_another() {
    let todo = "# Tasks\n\n### 7. Login\n- **Status**: [PLANNED]\n\n### 7. Docs\n- **Status**: [PLANNED]\n";
    let place = Place::new(&[(TODO, todo), ("specs/state.json", "{ \"active_projects\": [] }\n")]);
    let refused = place.run(&["rename", "7", "--id", "8"]);
    assert!(refused.err.contains("--at FILE:LINE"), "{refused:?}");
    assert_eq!(place.read(TODO), todo);
    // The file is called as it is where the command is given.
    for (folder, at, number) in [(".", "specs/TODO.md:6", "8"), ("specs", "TODO.md:3", "9")] {
        let mut command = place.command(&["rename", "7", "--id", number, "--at", at]);
        answer(command.current_dir(place.path().join(folder)));
    }
    let after = todo.replace("7. Docs", "8. Docs").replace("7. Login", "9. Login");
    assert_eq!(place.read(TODO), after);
}
