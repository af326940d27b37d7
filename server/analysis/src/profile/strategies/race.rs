//! The first child that is done wins.

use crate::profile::roll_up::RollUp;
use crate::profile::strategies::{ChildCounts, Strategy, Threshold, parts};

/// The first child that is done wins.
#[derive(Debug)]
pub(super) struct Race;

impl Strategy for Race {
    fn name(&self) -> &'static str {
        "race"
    }

    fn summary(&self) -> &'static str {
        "Done at the first part that is done, after which no other may begin; failed when all have \
         ended without one."
    }

    fn rolled(&self, children: &ChildCounts, _: Threshold) -> RollUp {
        match children {
            it if it.done > 0 => RollUp::Done,
            it if it.have_ended() => RollUp::Failed,
            it => it.under_way(),
        }
    }

    fn decided(&self, children: &ChildCounts, _: Threshold) -> Option<String> {
        let are = if children.done == 1 { "is done" } else { "are done" };
        (children.done > 0).then(|| format!("{}, which is enough", parts(children.done, are)))
    }
}
