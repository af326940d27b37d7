//! The first failure is that of the whole.

use crate::profile::roll_up::RollUp;
use crate::profile::strategies::wait_all::WaitAll;
use crate::profile::strategies::{ChildCounts, Strategy, Threshold, parts};

/// The first failure is that of the whole.
#[derive(Debug)]
pub(super) struct FailFast;

impl Strategy for FailFast {
    fn name(&self) -> &'static str {
        "fail_fast"
    }

    fn summary(&self) -> &'static str {
        "Failed at the first part that failed, after which no other may begin; else as `wait_all`."
    }

    fn rolled(&self, children: &ChildCounts, threshold: Threshold) -> RollUp {
        match children.failed {
            0 => WaitAll.rolled(children, threshold),
            _ => RollUp::Failed,
        }
    }

    fn decided(&self, children: &ChildCounts, _: Threshold) -> Option<String> {
        (children.failed > 0).then(|| parts(children.failed, "failed"))
    }
}
