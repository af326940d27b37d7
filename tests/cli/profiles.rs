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
