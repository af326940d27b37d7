//! Mends everything in the file that has one certain fix.

use crate::actions::{Action, ActionKind, At, Choice, Offer, mendable};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::{self, FixOperation, Operation, Planner, Refused, gone};
use crate::rules::RULES;

/// How many findings tell for all of a rule.
const SOME: usize = 3;

/// The action.
pub static ACTION: Action = Action {
    id: "fix-all",
    kind: ActionKind::SourceFixAll,
    doc: include_str!("fix_all.md"),
    offers,
    plan,
};

fn offers(at: &At<'_>) -> Vec<Offer> {
    // A few findings of each rule tell for all of them.
    let mut some = RULES.iter().flat_map(|rule| at.analysis.fixable(at.doc, rule.id).take(SOME));
    if !some.any(|diagnostic| mendable(at.analysis, &diagnostic)) {
        return Vec::new();
    }
    let title = "Fix all Lockstep findings in this file".to_owned();
    let choice = Choice::new(&ACTION, at, at.range, &title);
    vec![Offer { title, preferred: false, mends: None, choice }]
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let fix = FixOperation { file: Some(&choice.path), ..FixOperation::default() };
    let plan = operation::plan_with(analysis, &Operation::FixOperation(fix), at, planner)?;
    if plan.mended == 0 { Err(gone("nothing left to fix here")) } else { Ok(plan.change) }
}
