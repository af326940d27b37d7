//! `lockstep init`: one file, or nothing.

use super::support::Place;

#[test]
fn the_detected_profile_is_written_and_nothing_else() {
    let place = Place::new(&[("TODO.md", "- [ ] one\n")]);
    let mut before = place.tree();
    let answer = place.run(&["init"]);
    let path = place.path().join("lockstep.toml");
    assert_eq!(answer.exit, 0);
    assert_eq!(
        answer.out,
        format!("wrote {}\nprofile checklist; here it reads 1 document, 1 task\n", path.display())
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
    let answer = place.run(&["init"]);
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
        assert_eq!(place.run(&["init", "--profile", profile]).exit, 0);
        let text = place.read("lockstep.toml");
        severities.iter().for_each(|it| assert!(text.contains(it), "{it}: {text}"));
    }
}
