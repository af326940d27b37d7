//! Every text that speaks of what is named at a place.

use crate::analysis::Analysis;
use crate::mentions::{self, Reference, ReferenceKind};

/// Every text that speaks of what is named at `offset` of a file: the places of a task with what each
/// says, what depends on it, links to it. `declaration` says whether the place whose word counts is
/// among them.
pub fn references(
    analysis: &Analysis,
    path: &str,
    offset: usize,
    declaration: bool,
) -> Vec<Reference> {
    let Some((doc, _)) = analysis.index.document(path) else { return Vec::new() };
    let Some(mention) = mentions::at(analysis, doc, offset) else { return Vec::new() };
    let mut found = mentions::references(analysis, &mention.named);
    found.retain(|it| declaration || it.kind != ReferenceKind::Declaration);
    found
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::references;
    use crate::testing::{at_cursor, place};

    const LOGIN: &str = r#"
//- /specs/TODO.md
  - **7** [PLANNED] — Add login

  ### 7. Add login
  - **Status**: [PLANNED]
  - **Plan**: [plan](007_add_login/plans/implementation-001.md)

  ### 8. Add logout
  - **Status**: [PLANNED]
  - **Dependencies**: 6-9, see 7
//- /specs/state.json
  { "active_projects": [
    { "project_number": 7, "project_name": "add_login", "status": "researched" },
    { "project_number": 8, "project_name": "add_logout", "status": "planned", "dependencies": [7] }
  ] }
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7
  - **Status**: [IN PROGRESS]

  See [before](implementation-000.md).
//- /specs/007_add_login/plans/implementation-000.md
  # Plan for task 7
  - **Status**: [COMPLETED]
"#;

    #[track_caller]
    fn check(fixture: &str, declaration: bool, expect: Expect) {
        let (analysis, path, offset) = at_cursor(fixture);
        let found = references(&analysis, &path, offset, declaration);
        let told = found
            .iter()
            .map(|it| format!("{:?} {}\n", it.kind, place(&analysis, it.path.as_str(), it.range)));
        expect.assert_eq(&told.collect::<String>());
    }

    #[test]
    fn every_place_dependency_and_link_is_told() {
        let at = LOGIN.replace("### 7. Add", "### 7. $0Add");
        check(
            &at,
            true,
            expect![[r#"
            Declaration specs/TODO.md:3 7. Add login
            Status specs/TODO.md:4 [PLANNED]
            Name specs/state.json:2 7
            Status specs/state.json:2 "researched"
            Name specs/TODO.md:1 7
            Status specs/TODO.md:1 [PLANNED]
            Name specs/007_add_login/plans/implementation-001.md:1 Plan for task 7
            Status specs/007_add_login/plans/implementation-001.md:2 [IN PROGRESS]
            Name specs/007_add_login/plans/implementation-000.md:1 Plan for task 7
            Status specs/007_add_login/plans/implementation-000.md:2 [COMPLETED]
            Mention specs/TODO.md:9 6-9
            Mention specs/TODO.md:9 7
            Mention specs/state.json:3 7
            Link specs/TODO.md:5 007_add_login/plans/implementation-001.md
            Link specs/007_add_login/plans/implementation-001.md:4 implementation-000.md
        "#]],
        );
        check(
            &at,
            false,
            expect![[r#"
            Status specs/TODO.md:4 [PLANNED]
            Name specs/state.json:2 7
            Status specs/state.json:2 "researched"
            Name specs/TODO.md:1 7
            Status specs/TODO.md:1 [PLANNED]
            Name specs/007_add_login/plans/implementation-001.md:1 Plan for task 7
            Status specs/007_add_login/plans/implementation-001.md:2 [IN PROGRESS]
            Name specs/007_add_login/plans/implementation-000.md:1 Plan for task 7
            Status specs/007_add_login/plans/implementation-000.md:2 [COMPLETED]
            Mention specs/TODO.md:9 6-9
            Mention specs/TODO.md:9 7
            Mention specs/state.json:3 7
            Link specs/TODO.md:5 007_add_login/plans/implementation-001.md
            Link specs/007_add_login/plans/implementation-001.md:4 implementation-000.md
        "#]],
        );
    }

    #[test]
    fn they_are_the_same_wherever_somebody_asks() {
        let told = |from: &str, to: &str| {
            let (analysis, path, offset) = at_cursor(&LOGIN.replacen(from, to, 1));
            references(&analysis, &path, offset, true)
        };
        let expected = told("### 7. Add", "### 7. $0Add");
        for (from, to) in [
            ("\"add_login\"", "\"add$0_login\""),
            ("# Plan for task 7", "# Plan$0 for task 7"),
            ("(007_add_login", "(007_add$0_login"),
            ("[7]", "[$07]"),
            ("see 7", "see $07"),
            ("[PLANNED] — Add", "[PLANNED$0] — Add"),
        ] {
            assert_eq!(told(from, to), expected, "{to}");
        }
    }

    #[test]
    fn a_part_of_something_names_it() {
        check(
            "\
//- /backlog/config.yml
  statuses: [\"To Do\", \"In Progress\", \"Done\"]
//- /backlog/tasks/task-1-log-in.md
  ---
  id: task-1
  title: Log in
  status: To$0 Do
  ---
//- /backlog/tasks/task-1.1-draw-it.md
  ---
  id: task-1.1
  title: Draw it
  status: To Do
  parent_task_id: task-1
  dependencies:
    - task-1
  ---
",
            true,
            expect![[r#"
                Status backlog/tasks/task-1-log-in.md:4 To Do
                Name backlog/tasks/task-1-log-in.md:2 1
                Mention backlog/tasks/task-1.1-draw-it.md:7 1
                Mention backlog/tasks/task-1.1-draw-it.md:5 task-1
            "#]],
        );
    }

    #[test]
    fn links_are_found_after_they_have_changed() {
        let text = LOGIN.replace("### 7. Add", "### 7. $0Add");
        let (analysis, path, offset) = at_cursor(&text);
        let links = |analysis: &crate::Analysis| {
            let found = references(analysis, &path, offset, true);
            found.iter().filter(|it| format!("{:?}", it.kind) == "Link").count()
        };
        assert_eq!(links(&analysis), 2);
        let (_, document) = analysis.index.document(&path).expect("the file is there");
        let edited = |from: &str, to: &str| {
            let texts = [(document.path.clone(), Some(document.text.replace(from, to).into()))];
            analysis.with_texts(&texts.into())
        };
        assert_eq!(links(&edited("implementation-001.md)", "implementation-003.md)")), 1);
        assert_eq!(links(&edited("see 7", "see 7 and 5")), 2);
        let another = "- **Note**: [plan](007_add_login/plans/implementation-001.md)\n- **Plan**";
        assert_eq!(links(&edited("- **Plan**", another)), 3);
    }
}
