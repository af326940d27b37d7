//! No files see each other in a circle, but a parent with its own children.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{Module, graph};
use crate::support::repository::root;

type Graph = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn no_files_see_each_other_in_a_circle() {
    let mut faults = Vec::new();
    for krate in ["analysis", "fixture", "lockstep", "store"] {
        let graph = graph(&root().join("server").join(krate).join("src"));
        for circle in circles(&graph, &graph.keys().cloned().collect()) {
            faults.push(format!("{krate}: {}", ties(&graph, &circle)));
        }
    }
    assert!(faults.is_empty(), "lift what these share, or lower it:\n{}", faults.join("\n"));
}

#[test]
fn a_parent_may_see_its_children_and_they_may_see_it() {
    let found = |edges: &[(&str, &str)]| {
        let module = |name: &str| name.split('/').map(str::to_owned).collect::<Module>();
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry(module(from)).or_default().insert(module(to));
            graph.entry(module(to)).or_default();
        }
        circles(&graph, &graph.keys().cloned().collect()).len()
    };
    assert_eq!(found(&[("a", "a/b"), ("a/b", "a"), ("a/b", "a/c"), ("a/c", "a")]), 0);
    assert_eq!(found(&[("a", "b"), ("b", "a")]), 1);
    assert_eq!(found(&[("a/b", "a/c"), ("a/c", "a/b"), ("a", "a/b"), ("a/b", "a")]), 1);
    assert_eq!(found(&[("a", "a/b"), ("a/b", "c"), ("c", "a")]), 1);
    assert_eq!(found(&[("a", "b"), ("b", "c"), ("a", "c")]), 0);
}

/// The sets of modules that see each other, of those in `among`, without what a parent and those
/// below it see of each other.
fn circles(graph: &Graph, among: &BTreeSet<Module>) -> Vec<BTreeSet<Module>> {
    let mut found = Vec::new();
    let mut left = among.clone();
    while let Some(module) = left.pop_first() {
        let reached = reached(graph, among, &module);
        let circle: BTreeSet<Module> = reached
            .iter()
            .filter(|other| self::reached(graph, among, other).contains(&module))
            .cloned()
            .collect();
        left.retain(|other| !circle.contains(other));
        if circle.len() < 2 {
            continue;
        }
        let parent = circle.iter().find(|it| circle.iter().all(|other| other.starts_with(it)));
        match parent {
            Some(parent) => {
                let mut below = circle.clone();
                below.remove(parent);
                found.extend(circles(graph, &below));
            }
            None => found.push(circle),
        }
    }
    found
}

/// What is seen from a module, straight or through others of those in `among`.
fn reached(graph: &Graph, among: &BTreeSet<Module>, from: &Module) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for seen in graph[module].iter().filter(|seen| among.contains(*seen)) {
            if reached.insert(seen.clone()) {
                next.push(seen);
            }
        }
    }
    reached
}

fn ties(graph: &Graph, circle: &BTreeSet<Module>) -> String {
    let ties = circle.iter().flat_map(|module| {
        let seen = graph[module].iter().filter(|seen| circle.contains(*seen));
        seen.map(|seen| format!("{} -> {}", module.join("/"), seen.join("/")))
    });
    ties.collect::<Vec<_>>().join(", ")
}
