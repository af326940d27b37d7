//! Mends everything in the file that has one certain fix. Which of places that disagree is right is
//! somebody's decision, and left out unless the client's user has set otherwise.

use crate::actions::{Action, ActionKind, At, Choice, Offer, mendable};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::{self, FixOperation, Operation, Planner, Refused, gone};
use crate::rules::{RULES, drift};

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
    let without = left_out(at.analysis);
    let rules = RULES.iter().filter(|rule| Some(rule.id) != without);
    let mut some = rules.flat_map(|rule| at.analysis.fixable(at.doc, rule.id).take(SOME));
    if !some.any(|diagnostic| mendable(at.analysis, &diagnostic)) {
        return Vec::new();
    }
    let title = "Fix all Lockstep findings in this file".to_owned();
    let choice = Choice::new(&ACTION, at, at.range, &title);
    vec![Offer { title, preferred: false, mends: None, choice }]
}

/// The rule of which nothing is mended.
fn left_out(analysis: &Analysis) -> Option<&'static str> {
    (!analysis.editing.fixes_drift).then_some(drift::RULE.id)
}

fn plan(
    analysis: &Analysis,
    choice: &Choice,
    at: &str,
    planner: Planner<'_>,
) -> Result<SourceChange, Refused> {
    let (file, without) = (Some(choice.path.as_str()), left_out(analysis));
    let fix = FixOperation { file, without, ..FixOperation::default() };
    let plan = operation::plan_with(analysis, &Operation::FixOperation(fix), at, planner)?;
    if plan.mended == 0 { Err(gone("nothing left to fix here")) } else { Ok(plan.change) }
}
