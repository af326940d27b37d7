//! The links of a file to plans, artifacts and other files.

use crate::analysis::Analysis;
use crate::mentions;
use crate::profile::EntityKind;
use crate::task_view;
use crate::text::TextRange;

/// A link to a file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentLink {
    /// The path in the text.
    pub range: TextRange,
    /// The file, from the workspace's folder.
    pub target: String,
}

/// The links of the file at `path` that lead to a file, in the order of the text. A link to a folder is
/// none, for no editor shows one as a text.
pub fn document_links(analysis: &Analysis, path: &str) -> Vec<DocumentLink> {
    let Some((_, document)) = analysis.index.document(path) else { return Vec::new() };
    let links = document.facts.links.iter().filter(|link| !link.target.ends_with('/'));
    let mut found: Vec<DocumentLink> = links
        .filter_map(|link| {
            let target = mentions::file(analysis, document, &link.target)?;
            Some(DocumentLink { range: link.range, target })
        })
        .collect();
    found.sort_by_key(|link| link.range);
    found
}

/// What a link to the file at `path` leads to, in words: whose file it is and how that stands.
pub fn tooltip(analysis: &Analysis, path: &str) -> String {
    let index = &analysis.index;
    let Some((task, place)) = mentions::task_of_file(index, path) else { return path.to_owned() };
    let entity = index.entity(place);
    let what = match entity.kind {
        EntityKind::Plan => "plan of task",
        _ => "task",
    };
    let status = index.status_at(place).map(|status| &index.vocabulary_at(place).get(status).id);
    let view = task_view::view(analysis, task);
    let mut out = format!("{path}: {what} {} {}", view.id, view.title);
    if let Some(status) = status {
        out.push_str(&format!(", {status}"));
    }
    let phases = view.phases.iter().filter(|_| task.plans.first() == Some(&place));
    let all = phases.clone().count();
    if all > 0 {
        let closed = phases.filter(|it| it.category.is_some_and(|it| it.is_closed())).count();
        out.push_str(&format!(", {closed} of {all} phases finished"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{document_links, tooltip};
    use crate::testing::analysis;

    #[test]
    fn links_to_what_is_there_are_told_with_what_they_lead_to() {
        let (analysis, _) = analysis(
            r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](007_add_login/plans/implementation-001.md#phase-1), [lost](lost.md)
  - **Notes**: [notes](../notes.md), [folder](007_add_login/), [web](https://example.com/a.md)
//- /notes.md
  # Notes
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "planned",
      "artifacts": ["specs/007_add_login/plans/implementation-001.md"] }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]

  ### Phase 1: Store [COMPLETED]
  ### Phase 2: Form [IN PROGRESS]
"#,
        );
        let links = |path: &str| {
            let (_, document) = analysis.index.document(path).expect("the file is there");
            let found = document_links(&analysis, path).into_iter();
            let told = found.map(|it| {
                let tooltip = tooltip(&analysis, &it.target);
                format!("{} -> {tooltip}", it.range.of(&document.text))
            });
            told.collect::<Vec<_>>()
        };
        let plan = "specs/007_add_login/plans/implementation-001.md: plan of task 7 Add login, \
                    in_progress, 1 of 2 phases finished";
        let told = |from: &str| format!("{from} -> {plan}");
        let path = "007_add_login/plans/implementation-001.md";
        let linked = told(&format!("{path}#phase-1"));
        assert_eq!(links("specs/TODO.md"), [linked, "../notes.md -> notes.md".to_owned()]);
        assert_eq!(links("specs/state.json"), [told(&format!("specs/{path}"))]);
    }
}
