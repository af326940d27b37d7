//! `lockstep explain`: pages.

use lockstep_analysis::rules::RULES;

use super::support::Place;

#[test]
fn a_page_is_printed_as_it_is_where_there_is_no_terminal() {
    let place = Place::new(&[]);
    for rule in RULES {
        assert_eq!(place.run(&["explain", rule.id]).out, rule.doc);
    }
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let answer = Place::new(&[]).run(&["explain", "rollup-stale"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.starts_with("error: no rule or topic `rollup-stale`\nhelp: "));
}

#[test]
fn references_are_printed_without_what_only_holds_beside_the_sources() {
    let place = Place::new(&[]);
    let listed = place.run(&["explain"]).out;
    let (_, topics) = listed.split_once("\nOther topics:\n").expect("topics");
    for topic in topics.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name) {
        let page = place.run(&["explain", topic]).out;
        assert!(page.starts_with(['#', '{']), "{topic}: {page}");
        assert!(!page.contains(".md#") && !page.contains("server/docs"), "{topic}");
    }
    assert_eq!(
        place.run(&["explain", "shcema"]).err.lines().last(),
        Some("help: did you mean `schema`?")
    );
}
