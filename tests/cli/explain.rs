//! `lockstep explain`: pages.

use lockstep::cli::COMMANDS;
use lockstep_analysis::rules::RULES;

use super::support::Place;

#[test]
fn a_page_is_printed_with_examples_that_people_read() {
    let place = Place::new(&[]);
    for rule in RULES {
        let page = place.run(&["explain", rule.id]).out;
        let title = rule.doc.lines().next();
        assert_eq!(page.lines().next(), title);
        assert_eq!(page.matches("```text").count(), rule.doc.matches("```fixture").count());
        for raw in ["```fixture", "$0", "//-", "\n//"] {
            assert!(!page.contains(raw), "{raw:?} in {page}");
        }
    }
}

/// Where the links of a page lead.
fn links(page: &str) -> Vec<String> {
    // In an example it is a link of the example.
    let prose: String = page.split("```").step_by(2).collect();
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets.map(|(target, _)| target.to_owned()).collect()
}

#[test]
fn no_link_of_what_an_installed_program_prints_leads_into_a_source_tree() {
    let place = Place::new(&[]);
    let listed = place.run(&["explain"]).out;
    let topics = listed.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name);
    let mut pages: Vec<String> = topics
        .filter(|name| !matches!(*name, "" | "Other" | "Profiles:" | "schema"))
        .map(|name| place.run(&["explain", name]).out)
        .collect();
    pages.extend(COMMANDS.iter().map(|it| place.run(&[it.name, "--help"]).out));
    assert!(pages.len() > RULES.len() + COMMANDS.len());
    for page in &pages {
        let title = page.lines().next();
        for link in links(page) {
            let heading = link.strip_prefix('#').map(|name| name.replace('-', " "));
            let is_here = heading.is_some_and(|name| page.to_lowercase().contains(&name));
            assert!(link.starts_with("https://") || is_here, "{title:?}: {link}");
        }
    }
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let answer = Place::new(&[]).run(&["explain", "rollup-stale"]);
    assert_eq!(answer.exit, 2);
    assert!(answer.err.starts_with("error: no rule, profile or topic `rollup-stale`\nhelp: "));
}

#[test]
fn references_are_printed_without_what_only_holds_beside_the_sources() {
    let place = Place::new(&[]);
    let listed = place.run(&["explain"]).out;
    let (_, topics) = listed.split_once("\nOther topics:\n").expect("topics");
    for topic in topics.lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name) {
        let page = place.run(&["explain", topic]).out;
        assert!(page.starts_with(['#', '{']), "{topic}: {page}");
        let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        assert!(targets.into_iter().all(|to| !to.contains(".md#")), "{topic}");
        assert!(!page.contains("server/docs"), "{topic}");
    }
    assert_eq!(
        place.run(&["explain", "shcema"]).err.lines().last(),
        Some("help: did you mean `schema`?")
    );
}
