//! Why a task has its status, for statuses that need a reason.

use crate::index::{Index, Task};
use crate::model::{Document, Field, FieldRole};

/// What stands in the place of a reason until somebody gives one. It never counts as a reason.
pub const PLACEHOLDER: &str = "(fill in the reason)";

/// A reason as it is written: in one line, since what began another line of a document would be a field
/// or a heading, and without characters that no reader sees.
pub(crate) fn in_one_line(reason: &str) -> String {
    let shown = |c: &char| !c.is_control() && !is_invisible(*c);
    let words =
        reason.split_whitespace().map(|word| word.chars().filter(shown).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Characters that change the direction of what follows, or take no room.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether any place gives a reason.
pub(crate) fn has_reason(index: &Index, task: &Task) -> bool {
    fields(index, task).any(|(_, document, field)| !is_placeholder(document, field))
}

/// Where a reason is still to be given, with the number of the document.
pub(crate) fn placeholders<'a>(
    index: &'a Index,
    task: &'a Task,
) -> impl Iterator<Item = (usize, &'a Document, &'a Field)> {
    fields(index, task).filter(|(_, document, field)| is_placeholder(document, field))
}

fn fields<'a>(
    index: &'a Index,
    task: &'a Task,
) -> impl Iterator<Item = (usize, &'a Document, &'a Field)> {
    task.places.iter().flat_map(|place| {
        let document = &*index.docs[place.doc];
        let fields = document.facts.fields_of(place.entity);
        let reasons = fields.filter(|field| field.role == FieldRole::Reason);
        reasons.map(move |field| (place.doc, document, field))
    })
}

fn is_placeholder(document: &Document, field: &Field) -> bool {
    field.value.of(&document.text).trim_matches(['"', ' ', '\t']) == PLACEHOLDER
}

#[cfg(test)]
mod tests {
    use super::PLACEHOLDER;
    use crate::change::{Intent, Mode, Refusal, RefusalKind, Subject};
    use crate::profile::EntityKind;
    use crate::profile::id::TaskId;
    use crate::testing::{AT, set_with};

    const OPEN: &str = r#"
//- /specs/TODO.md
  ### 7. Add login
  - **Status**: [BLOCKED]
  - **Blocking Reason**: (fill in the reason)
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "status": "blocked", "blocked_reason": "(fill in the reason)" }
    ]
  }
"#;

    fn blocked(fixture: &str, reason: Option<&str>) -> Result<String, Refusal> {
        set_with(fixture, |analysis| Intent {
            subject: Subject::Task(TaskId::new("7")),
            to: analysis.profile.vocabulary(EntityKind::Task).by_id("blocked").expect("known"),
            reason: reason.map(str::to_owned),
            at: AT.to_owned(),
            mode: Mode::Transition,
        })
    }

    #[test]
    fn a_reason_takes_the_place_of_each_placeholder_and_of_nothing_else() {
        let after = blocked(OPEN, Some("no designer")).expect("it is set");
        assert_eq!(after.trim(), OPEN.replace(PLACEHOLDER, "no designer").trim());
    }

    #[test]
    fn a_reason_of_several_lines_is_one_line() {
        let reason =
            super::in_one_line("x\n- **Status**: [COMPLETED]\r\n\u{1b}[31m\u{202e} y\u{200b}");
        assert_eq!(reason, "x - **Status**: [COMPLETED] [31m y");
    }

    #[test]
    fn a_placeholder_does_for_no_status_that_needs_a_reason() {
        for fixture in [OPEN.to_owned(), OPEN.replace("BLOCKED", "PLANNED")] {
            let refusal = blocked(&fixture, None).expect_err("it is refused");
            assert_eq!(refusal.kind, RefusalKind::ReasonMissing, "{refusal}");
        }
    }
}
