//! Mends one finding: every fix that its rule offers.

use crate::actions::{Action, ActionKind, At, Choice, Offer, gone};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::Refused;
use crate::rules::{self, Diagnostic};

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

fn plan(analysis: &Analysis, choice: &Choice, at: &str) -> Result<SourceChange, Refused> {
    let same = |d: &&Diagnostic| {
        Some(d.rule) == choice.rule.as_deref()
            && d.path.as_str() == choice.path
            && d.task.as_ref().map(ToString::to_string) == choice.task
    };
    let in_file = analysis.diagnostics_in(&choice.path);
    let mut found: Vec<&Diagnostic> = in_file.iter().filter(same).collect();
    // The text may have moved since: the nearest finding of the same kind is the one meant.
    found.sort_by_key(|d| d.range.start.abs_diff(choice.range.start));
    let fixes = found.into_iter().flat_map(|d| rules::fixes(analysis, d, at));
    let fix = fixes.into_iter().find(|fix| fix.title == choice.title);
    fix.map(|fix| fix.change)
        .ok_or_else(|| gone("this finding is fixed already, or the text has changed"))
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
