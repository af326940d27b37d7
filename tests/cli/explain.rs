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
    assert!(answer.err.starts_with("error: there is no rule `rollup-stale`\nhelp: "));
}
