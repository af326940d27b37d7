//! Some children suffice.

use crate::profile::roll_up::RollUp;
use crate::profile::strategies::{ChildCounts, Strategy, Threshold, parts};

/// Some children suffice.
#[derive(Debug)]
pub(super) struct BestEffort;

impl Strategy for BestEffort {
    fn name(&self) -> &'static str {
        "best_effort"
    }

    fn summary(&self) -> &'static str {
        "Done when as many parts are done as the threshold says, a number or a percentage rounded \
         up, 1 without one (partial, where there is such a status, while not all are done); failed \
         when all have ended below it."
    }

    fn rolled(&self, children: &ChildCounts, threshold: Threshold) -> RollUp {
        let all = children.all();
        match children {
            _ if all == 0 => RollUp::Silent,
            it if it.done == all => RollUp::Done,
            it if it.done >= threshold.of(all) => RollUp::Partial,
            it if it.have_ended() => RollUp::Failed,
            it => it.under_way(),
        }
    }

    fn decided(&self, children: &ChildCounts, threshold: Threshold) -> Option<String> {
        let all = children.all();
        let is_decided = all > 0 && children.done >= threshold.of(all);
        is_decided.then(|| {
            let are = if children.done == 1 { "is done" } else { "are done" };
            format!("{}, which is enough", parts(children.done, are))
        })
    }

    fn goes_on(&self) -> bool {
        true
    }
}
