//! What is read of one document, a line for each fact.

use expect_test::Expect;

use crate::profile::EntityKind;
use crate::testing::analysis;

/// Compares what is read of the document at `path`.
#[track_caller]
pub(crate) fn check_facts(fixture: &str, path: &str, expect: Expect) {
    let (analysis, _) = analysis(fixture);
    let (_, document) = analysis.index.document(path).expect("the document has a role");
    let mut out = String::new();
    for (entity, it) in document.facts.entities.iter().enumerate() {
        let kind = match it.kind {
            EntityKind::Task => "task",
            EntityKind::Plan => "plan",
            EntityKind::Phase => "phase",
            EntityKind::Item => "item",
        };
        let id = it.id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let number = it.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
        let depends: Vec<&str> = it.depends.iter().map(|id| id.as_str()).collect();
        out.push_str(&format!("{kind}{id}{number} {:?}", &*it.title));
        if let Some(parent) = it.parent {
            out.push_str(&format!(" in {:?}", &*document.facts.entities[parent].title));
        }
        if !depends.is_empty() {
            out.push_str(&format!(" after {}", depends.join(", ")));
        }
        out.push('\n');
        let statuses = document.facts.occurrences.iter().filter(|it| it.entity == entity);
        for occurrence in statuses {
            let known = occurrence
                .reading
                .status
                .map(|status| document.profile.vocabulary_of(it.what()).get(status).id.clone());
            let known = known.unwrap_or_else(|| "unknown".to_owned());
            out.push_str(&format!("  {} {known}\n", document.shown(occurrence)));
        }
        for field in document.facts.fields.iter().filter(|field| field.entity == entity) {
            out.push_str(&format!("  field {:?}\n", field.value.of(&document.text)));
        }
    }
    for link in document.facts.links.iter() {
        out.push_str(&format!("link {}\n", link.target));
    }
    for problem in document.facts.problems.iter() {
        out.push_str(&format!("problem: {}\n", problem.message));
    }
    expect.assert_eq(&out);
}
