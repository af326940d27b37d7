//! Mends everything in the file that has one certain fix.

use std::collections::BTreeMap;

use crate::actions::{Action, ActionKind, At, Choice, Offer, gone, mendable};
use crate::analysis::Analysis;
use crate::change::SourceChange;
use crate::operation::{self, Fix, Operation, Refused, touches};

/// The action.
pub static ACTION: Action = Action {
    id: "fix-all",
    kind: ActionKind::SourceFixAll,
    doc: include_str!("fix_all.md"),
    offers,
    plan,
};

/// Findings of one rule that are tried before the rule is taken to have no certain fix here.
const TRIED: usize = 3;

fn offers(at: &At<'_>) -> Vec<Offer> {
    let path = &at.analysis.index.docs[at.doc].path;
    // A few findings of each rule tell for all of them.
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut telling = at.analysis.diagnostics().iter().filter(|d| {
        d.fixable && touches(d, path.as_str()) && {
            let times = tried.entry(d.rule).or_insert(0);
            *times += 1;
            *times <= TRIED
        }
    });
    if !telling.any(|d| mendable(at.analysis, d)) {
        return Vec::new();
    }
    let title = "Fix all Lockstep findings in this file".to_owned();
    let choice = Choice::new(&ACTION, at, at.range, &title);
    vec![Offer { title, preferred: false, mends: None, choice }]
}

fn plan(analysis: &Analysis, choice: &Choice, at: &str) -> Result<SourceChange, Refused> {
    let fix = Fix { file: Some(&choice.path), ..Fix::default() };
    let plan = operation::plan(analysis, &Operation::Fix(fix), at)?;
    if plan.mended == 0 { Err(gone("nothing is left to mend here")) } else { Ok(plan.change) }
}
