//! Makes a part for each item of a collection.

use crate::actions::{Action, ActionKind, At, Choice, Offer};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::change::children::takes_parts;
use crate::index::Place;
use crate::operation::{self, Operation, Planner, Refused, gone};

/// The action.
pub static ACTION: Action = Action {
    id: "make-parts",
    kind: ActionKind::Refactor,
    doc: include_str!("make_parts.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    let index = &at.analysis.index;
    let document = &index.docs[at.doc];
    let found = document.entity_at(at.range.start as usize).filter(|_| !document.facts.history);
    let task = found.and_then(|entity| index.task_at(Place { doc: at.doc, entity }));
    let Some(task) = task else { return Vec::new() };
    let missing = index.missing_items(task);
    if missing.is_empty() || !takes_parts(at.analysis, task, &missing) {
        return Vec::new();
    }
    let what = match missing.len() {
        1 => "a part".to_owned(),
        n => format!("{n} parts"),
    };
    let title = format!("Make {what} of task {}: {}", index.called(task), missing.join(", "));
    let mut choice = Choice::new(&ACTION, at, at.range, &title);
    choice.task = Some(task.id.to_string());
    vec![Offer { title, preferred: false, mends: None, choice }]
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let task = choice.task.as_deref().ok_or_else(|| gone("no task is named"))?;
    Ok(operation::plan_with(analysis, &Operation::MakeParts(task), at, planner)?.change)
}

#[cfg(test)]
mod tests {
    use super::ACTION;
    use crate::testing::{check_action, check_no_action};

    #[test]
    fn parts_that_are_there_stay_and_numbers_go_on() {
        check_action(
            ACTION.id,
            "\
//- /.kiro/specs/search/tasks.md
  - [ ] 1. Plan it
  - [ ] 2. Trans$0late
    - Type: collection
    - Items: French, German, Dutch
    - [x] 2.1 French
    - [ ] 2.4 German
  - [ ] 3. Ship it
",
            "Make a part of task 2: Dutch",
            "\
//- /.kiro/specs/search/tasks.md
  - [ ] 1. Plan it
  - [ ] 2. Translate
    - Type: collection
    - Items: French, German, Dutch
    - [x] 2.1 French
    - [ ] 2.4 German
    - [ ] 2.5 Dutch
  - [ ] 3. Ship it
",
        );
    }

    #[test]
    fn a_record_gets_records_in_its_list_of_parts() {
        let text = |parts: &str, at: &str| {
            format!(
                r#"
//- /.taskmaster/tasks/tasks.json
  {{
    "master": {{
      "tasks": [
        {{
          "id": 3,
          "title": "Trans{at}late",
          "status": "pending",
          "type": "collection",
          "items": "French, German, Dutch",
          "subtasks": [{parts}]
        }}
      ]
    }}
  }}
"#
            )
        };
        let one = r#"
            { "id": 4, "title": "German", "status": "done" }"#;
        let more = r#",
            { "id": 5, "title": "French", "status": "pending" },
            { "id": 6, "title": "Dutch", "status": "pending" }"#;
        let end = "\n          ";
        let title = "Make 2 parts of task 3: French, Dutch";
        let before = text(&format!("{one}{end}"), "$0");
        check_action(ACTION.id, &before, title, &text(&format!("{one}{more}{end}"), ""));
        let all = r#" { "id": 1, "title": "French", "status": "pending" }, { "id": 2, "title": "German", "status": "pending" }, { "id": 3, "title": "Dutch", "status": "pending" } "#;
        check_action(ACTION.id, &text("", "$0"), "Make 3 parts", &text(all, ""));
    }

    #[test]
    fn nothing_is_made_twice_or_where_no_collection_is() {
        for (kind, items) in [("collection", "French"), ("parallel", "French, German")] {
            check_no_action(
                ACTION.id,
                &format!(
                    "\
//- /.kiro/specs/search/tasks.md
  - [ ] 2. Trans$0late
    - Type: {kind}
    - Items: {items}
    - [x] 2.1 French
"
                ),
            );
        }
    }
}
