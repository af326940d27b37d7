//! Mends one finding: every fix that its rule offers.

use crate::actions::{Action, ActionKind, At, Choice, Offer};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::{self, Operation, Planner, Refused};
use crate::rules;

/// The action.
pub static ACTION: Action = Action {
    id: "fix-finding",
    kind: ActionKind::QuickFix,
    doc: include_str!("fix_finding.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    let mut out = Vec::new();
    // A finding about two places is mended from either.
    for diagnostic in at.here.iter().filter(|d| d.fixable) {
        for (title, preferred) in rules::offered(at.analysis, diagnostic) {
            let mut choice = Choice::new(&ACTION, at, diagnostic.range, &title);
            choice.path = diagnostic.path.as_str().to_owned();
            choice.rule = Some(diagnostic.rule.to_owned());
            choice.task = diagnostic.task.as_ref().map(ToString::to_string);
            let offer = Offer {
                title,
                preferred,
                mends: Some((diagnostic.rule, diagnostic.range)),
                choice,
            };
            if !out.iter().any(|other: &Offer| other.title == offer.title) {
                out.push(offer);
            }
        }
    }
    out
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let (finding, task) = (choice.finding(), choice.task.as_deref());
    let fix = Operation::FixFinding { finding, task, title: &choice.title };
    Ok(operation::plan_with(analysis, &fix, at, planner)?.change)
}

#[cfg(test)]
mod tests {
    use super::ACTION;
    use crate::testing::check_action;

    #[test]
    fn the_other_side_may_be_taken_from_either_side() {
        let records = r#"
//- /specs/state.json
  { "active_projects": [{ "project_number": 7, "status": "planned" }] }
"#;
        let before =
            format!("//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [REVISED]$0{records}");
        check_action(
            ACTION.id,
            &before,
            "Set task 7 to [PLANNED] everywhere (as in specs/state.json)",
            "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n",
        );
        let before = before.replace("$0", "").replace("\"planned\"", "\"pla$0nned\"");
        check_action(
            ACTION.id,
            &before,
            "Set task 7 to [PLANNED] everywhere",
            "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n",
        );
    }

    #[test]
    fn the_start_of_a_line_offers_what_mends_the_line() {
        check_action(
            ACTION.id,
            "//- /specs/TODO.md\n  ### 7. Add login\n  $0- **Status**: [PLANED]\n",
            "Change [PLANED] to [PLANNED]",
            "//- /specs/TODO.md\n  ### 7. Add login\n  - **Status**: [PLANNED]\n",
        );
    }
}
