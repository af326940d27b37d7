//! Mends every finding of one rule in the file.

use crate::actions::{Action, ActionKind, At, Choice, Offer, mendable};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::{self, FixOperation, Operation, Planner, Refused, gone};
use crate::rules::Diagnostic;

/// The action.
pub static ACTION: Action = Action {
    id: "fix-rule-in-file",
    kind: ActionKind::QuickFix,
    doc: include_str!("fix_rule_in_file.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    let path = &at.analysis.index.docs[at.doc].path;
    let is_own = |d: &Diagnostic| d.fixable && d.path == *path;
    let mut out: Vec<Offer> = Vec::new();
    for diagnostic in at.here.iter().filter(|d| is_own(d) && d.range.intersects(at.lines)) {
        let title = format!("Fix all `{}` findings in this file", diagnostic.rule);
        let is_offered = out.iter().any(|offer| offer.title == title);
        // The findings of one rule are mended alike, so that one tells for all: an offer must not
        // cost as much as what it offers.
        if is_offered || !mendable(at.analysis, diagnostic) {
            continue;
        }
        if at.analysis.fixable(at.doc, diagnostic.rule).filter(is_own).nth(1).is_none() {
            continue;
        }
        let mut choice = Choice::new(&ACTION, at, diagnostic.range, &title);
        choice.rule = Some(diagnostic.rule.to_owned());
        let mends = Some((diagnostic.rule, diagnostic.range));
        out.push(Offer { title, preferred: false, mends, choice });
    }
    out
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let (file, rule) = (Some(choice.path.as_str()), choice.rule.as_deref());
    let fix = FixOperation { file, rule, only_there: true, ..FixOperation::default() };
    let plan = operation::plan_with(analysis, &Operation::FixOperation(fix), at, planner)?;
    if plan.mended == 0 { Err(gone("nothing left to fix here")) } else { Ok(plan.change) }
}

#[cfg(test)]
mod tests {
    use super::ACTION;
    use crate::actions::fix_all;
    use crate::testing::check_no_action;

    #[test]
    fn what_is_a_matter_of_opinion_is_not_offered_at_large() {
        let plan = "\
//- /specs/007_add_login/plans/implementation-001.md
  # Plan for task 7

  ### Phase 1: Store $0[IN PROGRESS]
  - [x] Choose

  ### Phase 2: Form [IN PROGRESS]
  - [x] Draw
";
        check_no_action(ACTION.id, plan);
        check_no_action(fix_all::ACTION.id, plan);
    }
}
