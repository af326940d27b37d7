//! What a status needs before a task can have it.

use crate::change::{reason, validate};
use crate::index::Task;
use crate::profile::vocabulary::StatusIdx;
use crate::snapshot::Snapshot;

/// Something that a status needs and a task lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Why it has the status.
    Reason,
    /// A file that it links to, with something in it.
    Artifact,
}

impl Need {
    /// Its name, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Need::Reason => "reason",
            Need::Artifact => "artifact",
        }
    }
}

/// What the task lacks for a status.
pub fn needs(analysis: &Snapshot, task: &Task, to: StatusIdx) -> Vec<Need> {
    let def = analysis.index.vocabulary_of(task).get(to);
    let lacks_reason = def.reason.is_some() && !reason::has_reason(&analysis.index, task);
    let lacks_artifact = validate::artifacts(analysis, task, to).is_err();
    let reason = lacks_reason.then_some(Need::Reason);
    reason.into_iter().chain(lacks_artifact.then_some(Need::Artifact)).collect()
}
