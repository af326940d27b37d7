//! Every child counts.

use crate::profile::roll_up::RollUp;
use crate::profile::strategies::{ChildCounts, Strategy, Threshold};

/// Every child counts.
#[derive(Debug)]
pub(super) struct WaitAll;

impl Strategy for WaitAll {
    fn name(&self) -> &'static str {
        "wait_all"
    }

    fn summary(&self) -> &'static str {
        "Done when every part is done or dropped, and one at least is done; dropped when all are \
         dropped; failed when a part failed and no other is under way."
    }

    fn rolled(&self, children: &ChildCounts, _: Threshold) -> RollUp {
        let left = children.active + children.open + children.silent + children.failed;
        match children {
            it if it.done > 0 && left == 0 => RollUp::Done,
            it if it.dropped > 0 && left == 0 => RollUp::Dropped,
            it if it.failed > 0 && it.active + it.silent == 0 => RollUp::Failed,
            it => it.under_way(),
        }
    }

    fn goes_on(&self) -> bool {
        true
    }
}
