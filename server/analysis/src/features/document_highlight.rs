//! What speaks in one file of what is named at a place in it.

use crate::analysis::Analysis;
use crate::mentions::{self, Reference};

/// Every text in a file that speaks of what is named at `offset` of it, in order.
pub fn document_highlight(analysis: &Analysis, path: &str, offset: usize) -> Vec<Reference> {
    let Some((doc, _)) = analysis.index.document(path) else { return Vec::new() };
    let Some(mention) = mentions::at(analysis, doc, offset) else { return Vec::new() };
    let mut found = mentions::references(analysis, &mention.named);
    found.retain(|it| it.path.as_str() == path);
    found.sort_by_key(|it| it.range);
    found
}

#[cfg(test)]
mod tests {
    use super::document_highlight;
    use crate::testing::{at_cursor, place};

    fn told(fixture: &str) -> Vec<String> {
        let (analysis, path, offset) = at_cursor(fixture);
        let found = document_highlight(&analysis, &path, offset);
        found
            .iter()
            .map(|it| format!("{:?} {}", it.kind, place(&analysis, &path, it.range)))
            .collect()
    }

    #[test]
    fn what_speaks_of_a_task_in_its_file_is_told_in_order() {
        let fixture = r#"
//- /specs/TODO.md
  - **7** [PLANNED] — Add login
  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Dependencies**: $07, 9
  ### 7. Add login
  - **Status**: [IMPLEMENTING]
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "project_name": "add_login", "status": "planned" }] }
"#;
        assert_eq!(
            told(fixture),
            [
                "Name specs/TODO.md:1 7",
                "Status specs/TODO.md:1 [PLANNED]",
                "Mention specs/TODO.md:4 7",
                "Declaration specs/TODO.md:5 7. Add login",
                "Status specs/TODO.md:6 [IMPLEMENTING]",
            ]
        );
        let record = fixture.replace("$07", "7").replace("\"planned\"", "\"pla$0nned\"");
        assert_eq!(
            told(&record),
            ["Name specs/state.json:1 7", "Status specs/state.json:1 \"planned\""]
        );
    }

    #[test]
    fn a_box_is_told_of_alone() {
        let fixture = "//- /PLAN.md\n  - [ ] Draw it\n    - [x] Measure$0 it\n  - [x] Measure it\n";
        assert_eq!(told(fixture), ["Status PLAN.md:2 x", "Declaration PLAN.md:2 Measure it"]);
    }
}
