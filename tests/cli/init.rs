//! `lockstep init`: one file, or nothing.

use super::support::Place;

#[test]
fn the_detected_profile_is_written_and_nothing_else() {
    let place = Place::new(&[("TODO.md", "- [ ] one\n")]);
    let mut before = place.tree();
    let answer = place.run(&["init", "--write"]);
    let path = place.path().join("lockstep.toml");
    assert_eq!(answer.exit, 0);
    assert_eq!(
        answer.out,
        format!(
            "profile checklist in .: 1 document, 1 task\n  ledger            1 file\nwrote {}\n",
            path.display()
        )
    );
    assert!(place.read("lockstep.toml").contains("\nprofile = \"checklist\"\n"));
    assert_eq!(place.run(&["check"]).exit, 0);
    let mut after = place.tree();
    after.retain(|path, _| !path.ends_with("lockstep.toml"));
    before.retain(|path, _| !path.ends_with("lockstep.toml"));
    assert_eq!(after, before);
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let place = Place::sample();
    let before = place.tree();
    let answer = place.run(&["init", "--write"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("lockstep.toml exists already"), "{}", answer.err);
    assert_eq!(place.tree(), before);
}

#[test]
fn an_unknown_profile_writes_nothing() {
    let place = Place::new(&[]);
    let answer = place.run(&["init", "--profile", "opencodes"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.contains("did you mean `opencode`?"), "{}", answer.err);
    assert!(!place.path().join("lockstep.toml").exists());
}

#[test]
fn the_severities_are_those_that_hold_without_the_file() {
    let place = Place::sample();
    for (profile, severities) in [
        ("opencode", ["unchecked-work = \"info\"", "missing-reason = \"warning\""]),
        ("checklist", ["unchecked-work = \"warning\"", "missing-reason = \"off\""]),
    ] {
        let path = place.path().join("lockstep.toml");
        std::fs::remove_file(&path).expect("a file");
        assert_eq!(place.run(&["init", "--write", "--profile", profile]).exit, 0);
        let text = place.read("lockstep.toml");
        severities.iter().for_each(|it| assert!(text.contains(it), "{it}: {text}"));
    }
}

#[test]
fn each_profile_is_told_of_and_words_that_none_knows_and_nothing_is_written() {
    let place = Place::new(&[
        (
            "specs/TODO.md",
            "### 7. Login\n- **Status**: [IMPLEMENTING]\n\n### 8. Logout\n- **Status**: [COMPLETTED]\n",
        ),
        ("specs/state.json", "{ \"active_projects\": [] }"),
        (
            "backlog/tasks/task-1 - Draw.md",
            "---\nid: task-1\ntitle: Draw\nstatus: Waiting for ink\n---\n",
        ),
    ]);
    let before = place.tree();
    let out = place.run(&["init"]).out;
    for told in [
        "profile opencode in .: 2 documents, 2 tasks\n",
        "profile backlog in backlog: 1 document, 1 task\n",
        "  COMPLETTED  1 time, first in specs/TODO.md:5; did you mean completed?\n",
        "  Waiting for ink  1 time, first in backlog/tasks/task-1 - Draw.md:4\n",
        "nothing written; `lockstep init --write` writes lockstep.toml\n",
    ] {
        assert!(out.contains(told), "{told}: {out}");
    }
    assert_eq!(place.tree(), before);
    assert_eq!(place.run(&["init", "--write"]).exit, 0);
    let text = place.read("lockstep.toml");
    assert!(text.contains("# [[use]]\n# profile = \"backlog\"\n# root = \"backlog\"\n"), "{text}");
    assert!(!place.run(&["check"]).out.contains("lockstep.toml"));
}
