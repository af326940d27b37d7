//! `lockstep profiles`: which one is in use, and its text.

use lockstep_analysis::profile::builtin;

use super::support::Place;

#[test]
fn the_profile_in_use_is_marked() {
    let marked = |place: &Place| -> String {
        let out = place.run(&["profiles"]).out;
        let line = out.lines().find_map(|line| line.strip_prefix("* ")).expect("a mark");
        line.split(' ').next().expect("a name").to_owned()
    };
    assert_eq!(marked(&Place::sample()), "opencode");
    assert_eq!(marked(&Place::new(&[("TODO.md", "- [ ] one\n")])), "checklist");
}

#[test]
fn a_profile_is_printed_as_it_is() {
    let place = Place::new(&[]);
    for source in builtin::SOURCES {
        assert_eq!(place.run(&["profiles", source.id]).out, source.toml);
    }
    let answer = place.run(&["profiles", "opncode"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.ends_with("help: did you mean `opencode`?\n"), "{}", answer.err);
}

#[test]
fn files_of_other_endings_change_and_are_undone() {
    let tracker = "development_status:\n  epic-1: in-progress\n  1-1-log-in: done # so far\n";
    let text = "# Task ID: 1\n# Status: pending\n";
    let place = Place::new(&[
        ("docs/sprint-status.yaml", tracker),
        ("docs/1-1-log-in.md", "# Story 1.1: Log in\n\nStatus: done\n"),
        (".taskmaster/tasks/tasks.json", "{\"tasks\": [{\"id\": 1, \"status\": \"pending\"}]}\n"),
        (".taskmaster/tasks/task_001.txt", text),
    ]);
    assert_eq!(place.run(&["set", "1-1", "in-progress"]).exit, 0);
    assert_eq!(place.read("docs/sprint-status.yaml"), tracker.replace("done #", "in-progress #"));
    assert_eq!(place.run(&["set", "1", "in-progress"]).exit, 0);
    assert_eq!(
        place.read(".taskmaster/tasks/task_001.txt"),
        text.replace("pending", "in-progress")
    );
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(place.run(&["undo"]).exit, 0);
    assert_eq!(place.read("docs/sprint-status.yaml"), tracker);
    assert_eq!(place.read(".taskmaster/tasks/task_001.txt"), text);
}
