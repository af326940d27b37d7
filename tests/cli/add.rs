//! `lockstep add` and `note`: what is on disk then, and how it comes back.

use serde_json::json;

use super::support::{Place, answer};

#[test]
fn a_task_is_added_everywhere_begun_and_taken_back_byte_for_byte() {
    let place = Place::sample();
    let before = place.tree();
    let shown = place.run(&["add", "Paint it", "--after", "9", "--dry-run"]);
    assert!(shown.out.contains("Paint it\n+- **Status**: [NOT STARTED]\n"), "{shown:?}");
    assert_eq!(place.tree(), before, "only shown");
    let known = place.json(&["check", "--format", "json"]);
    let added = place.json(&["add", "Paint it", "--after", "9", "--format", "json"]);
    let result = &added["results"][0];
    assert_eq!(
        (&result["outcome"], &result["from"], &result["to"]),
        (&json!("applied"), &json!(null), &json!("not_started")),
        "{added:#}"
    );
    assert_eq!(result["files"], json!(["specs/TODO.md", "specs/state.json"]));
    let found = place.json(&["check", "--format", "json"]);
    assert_eq!(
        found["diagnostics"].as_array().map(Vec::len),
        known["diagnostics"].as_array().map(Vec::len)
    );
    let (task, rev) =
        (result["task"].as_str().expect("an id"), result["rev"].as_str().expect("a rev"));
    let begun = place.json(&["set", task, "implementing", "--expect", rev, "--format", "json"]);
    assert_eq!(begun["results"][0]["outcome"], "applied", "{begun:#}");
    let again = place.json(&["add", "Paint it", "--after", "9", "--format", "json"]);
    assert_eq!(again["error"]["code"], "not-allowed", "{again:#}");
    assert!(place.run(&["log"]).out.contains("add `Paint it`"));
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(place.run(&["undo"]).exit, 0);
    let mut after = place.tree();
    after.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".lockstep"));
    assert_eq!(after, before);
}

#[test]
fn many_who_add_at_once_get_ids_of_their_own() {
    let place = Place::new(&[
        ("specs/TODO.md", "---\nnext_project_number: 1\n---\n# TODO\n"),
        ("specs/state.json", "{\n  \"next_project_number\": 1,\n  \"active_projects\": []\n}\n"),
    ]);
    std::thread::scope(|scope| {
        for at in 0..8 {
            let place = &place;
            scope.spawn(move || {
                let added = place.run(&["add", &format!("Part {at}")]);
                assert_eq!(added.exit, 0, "{added:?}");
            });
        }
    });
    let list = place.json(&["list", "--format", "json"]);
    let ids = list["tasks"].as_array().expect("tasks").iter().map(|task| task["id"].clone());
    let expected: Vec<_> = (1..=8).map(|id| json!(id.to_string())).collect();
    assert_eq!(ids.collect::<Vec<_>>(), expected);
    assert!(place.read("specs/state.json").contains("\"next_project_number\": 9"));
    assert_eq!(place.run(&["check"]).exit, 0);
}

#[test]
fn what_cannot_be_added_is_told_with_what_to_do() {
    let place = Place::new(&[("TODO.md", "## Now\n- [ ] a\n\n## Later\n- [ ] b\n")]);
    let refused = place.run(&["add", "c"]);
    assert_eq!(refused.exit, 2, "{refused:?}");
    assert!(
        refused.err.contains("stand in 2 sections") && refused.err.contains("--after"),
        "{}",
        refused.err
    );
    assert_eq!(place.run(&["add", "c", "--after", "a"]).exit, 0);
    assert_eq!(place.read("TODO.md"), "## Now\n- [ ] a\n- [ ] c\n\n## Later\n- [ ] b\n");
    assert_eq!(place.run(&["add"]).exit, 2);
    let empty = Place::new(&[("notes.txt", "x")]);
    let none = empty.run(&["add", "c"]);
    assert_eq!(none.exit, 1);
    assert!(none.err.contains("there is no file that new tasks stand in"), "{}", none.err);
}

#[test]
fn a_note_is_written_by_who_holds_the_task_and_taken_back() {
    let spec = "# Task 007: Add login\n\n## Status\n\nTODO\n\n## Work Log\n\n- 2026-01-01: begun\n";
    let place = Place::new(&[
        ("process/tasks.md", "- [ ] Add login [#007](process/tasks/007-login.md)\n"),
        ("process/tasks/007-login.md", spec),
    ]);
    let claimed = place.json(&["claim", "7", "--holder", "ann", "--format", "json"]);
    let token = claimed["token"].as_str().expect("a token");
    let held = place.json(&["note", "7", "drawn", "--format", "json"]);
    assert_eq!(held["error"]["code"], "held", "{held:#}");
    let noted = place.run(&["note", "7", "drawn", "--at", "2026-01-02", "--claim", token]);
    assert_eq!(noted.exit, 0, "{noted:?}");
    assert!(noted.out.starts_with("7  todo: noted  1 file\n"), "{}", noted.out);
    assert_eq!(place.read("process/tasks/007-login.md"), format!("{spec}- 2026-01-02: drawn\n"));
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(place.read("process/tasks/007-login.md"), spec);
}

#[test]
fn a_file_is_named_as_it_is_called_where_the_command_is_given() {
    let todo = "# Tasks\n- [ ] Draw it\n";
    let files = [("docs/TODO.md", todo), ("TODO.md", todo)];
    for (folder, name, changed) in [
        ("docs", "TODO.md", "docs/TODO.md"),
        ("docs", "../TODO.md", "TODO.md"),
        (".", "docs/TODO.md", "docs/TODO.md"),
    ] {
        let place = Place::new(&files);
        place.write("lockstep.toml", b"profile = \"checklist\"\n");
        let mut command = place.command(&["add", "Ship it", "--in", name]);
        let added = answer(command.current_dir(place.path().join(folder)));
        assert_eq!(added.exit, 0, "{added:?}");
        for (path, before) in files {
            let after = if path == changed {
                format!("{before}- [ ] Ship it\n")
            } else {
                before.to_owned()
            };
            assert_eq!(place.read(path), after, "{name} in {folder}");
        }
    }
}
