//! A link to a file that is not there, or that holds nothing.

use std::collections::BTreeSet;

use crate::index::{Place, Task};
use crate::model::Link;
use crate::profile::{EntityKind, Format, Severity};
use crate::rules::{Check, Finding, Findings, Rule, is_judged};
use crate::snapshot::{Resolved, Snapshot};
use crate::text::TextRange;

/// The rule.
pub static RULE: Rule = Rule {
    id: "missing-artifact",
    severity: Severity::Warning,
    summary: "a task links to a file that does not exist or is empty",
    doc: include_str!("missing_artifact.md"),
    checks: &[Check::Entity(check)],
    fix: None,
};

fn check(analysis: &Snapshot, place: Place, findings: &mut Findings<'_>) {
    for (range, message) in found(analysis, place) {
        let mut finding = Finding::new(place.doc, range, message).place(place);
        finding.task = analysis.index.task_at(place).map(|task| task.id.clone());
        findings.push(finding);
    }
}

/// How many links of a task lead to nothing, of which the rule tells.
pub(crate) fn count(analysis: &Snapshot, task: &Task) -> usize {
    let is_off = super::severity(analysis, analysis.index.profile_of(task), &RULE).is_none();
    let places = task.places.iter().chain(&task.plans).collect::<BTreeSet<_>>();
    let places = places.into_iter().filter(|_| !is_off);
    places.map(|place| found(analysis, *place).len()).sum()
}

/// The links at a place that lead to nothing, and what is wrong with each.
fn found(analysis: &Snapshot, place: Place) -> Vec<(TextRange, String)> {
    let index = &analysis.index;
    let document = &index.docs[place.doc];
    if document.facts.links.is_empty() {
        return Vec::new();
    }
    let mut links = document.facts.links_of(place.entity).peekable();
    if links.peek().is_none() || !is_judged(analysis, place.doc) {
        return Vec::new();
    }
    let Some(task) = index.task_at(place) else { return Vec::new() };
    if !task.places.contains(&place) && !task.plans.contains(&place) {
        return Vec::new();
    }
    // A finished record's files may have been put away with it.
    if !index.is_live(task) || is_closed(analysis, place) {
        return Vec::new();
    }
    let json = document.role().format != Format::Markdown;
    let is_told = |link: &&Link| {
        (!json || leads_into_folder(analysis, place, &link.target)) && names_one(&link.target)
    };
    let message = |link: &Link| match analysis.resolve(document, &link.target) {
        Resolved::Absent => Some(format!("`{}` does not exist", link.target)),
        Resolved::Empty(_) => Some(format!("`{}` is empty", link.target)),
        Resolved::Present(_) | Resolved::Unknown => None,
    };
    links.filter(is_told).filter_map(|link| Some((link.range, message(link)?))).collect()
}

fn is_closed(analysis: &Snapshot, place: Place) -> bool {
    let status = analysis.index.status_at(place);
    let vocabulary = analysis.index.vocabulary_at(place);
    status.is_some_and(|s| vocabulary.get(s).category.is_closed())
}

/// Whether a link leads to one folder or file that people write, rather than to a line of a file, to a
/// source file that the work is to make or to change, or to whatever has a name of this form.
fn names_one(target: &str) -> bool {
    // A pattern is no name, and neither is a regular expression.
    if target.contains(['*', '<', '{', '[', '^', '|', '"', '\'', '\\']) || target.contains("YYYY") {
        return false;
    }
    let name = target.rsplit('/').next().unwrap_or(target);
    let kinds =
        ["md", "markdown", "mdx", "txt", "json", "yaml", "yml", "rst", "adoc", "org", "pdf"];
    match name.trim_start_matches('.').rsplit_once('.') {
        Some((_, kind)) => kinds.iter().any(|own| own.eq_ignore_ascii_case(kind)),
        None => true,
    }
}

/// Whether a path in a record names a file among the tasks' own, rather than a source file that
/// the work was to change.
fn leads_into_folder(analysis: &Snapshot, place: Place, target: &str) -> bool {
    let facts = &analysis.index.docs[place.doc].facts;
    let entity = &facts.entities[place.entity];
    if facts.captures.folder.is_some() {
        return !target.starts_with('.')
            || target.contains("/plans/")
            || target.contains("/reports/");
    }
    entity.kind == EntityKind::Task
        && entity.id.as_ref().is_some_and(|id| {
            target.split('/').any(|part| {
                let digits = part.split('_').next().unwrap_or_default();
                part.contains('_')
                    && analysis.index.profile_at(place).ids.parse(digits).as_ref() == Some(id)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check_rule;

    #[test]
    fn a_record_links_to_files_of_its_own_folder_only() {
        check_rule(
            &RULE,
            r#"
//- /specs/TODO.md
  # Tasks
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "status": "planned", "artifacts": [
        { "path": "specs/007_add_login/plans/implementation-001.md" },
        { "path": "specs/007_add_login/plans/implementation-002.md" },
//                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[missing-artifact]: implementation-002.md` does not exist
        { "path": "src/login.rs" }
      ] }
    ]
  }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
"#,
        );
    }
}
