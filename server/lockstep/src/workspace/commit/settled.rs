//! A change is planned on files that nobody is in the middle of saving, and committed only while all
//! that was read is as it was. A file that is empty, half written or away for a moment does not hold
//! the task, so it would not be among those that are changed, and be compared by nobody.

use std::time::{Duration, Instant};

use lockstep_store::path::RelPath;
use lockstep_store::vfs::Vfs as _;
use lockstep_store::vfs::real::RealVfs;

use crate::workspace::commit::{CommitError, Request};
use crate::workspace::local::{CONFIG, Doubt, LocalWorkspace};

/// How long somebody who is saving is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// How soon to look again.
const AGAIN: Duration = Duration::from_millis(5);

/// What a look at a workspace came to.
#[derive(Debug)]
#[must_use = "somebody may still be saving"]
pub(super) enum Look {
    /// Nobody seems to be saving.
    Settled,
    /// Somebody seems to be, and did not end.
    Unsettled(Doubt),
}

impl Look {
    /// Refuses what would change files, or say that they need no change, while somebody is saving.
    pub(super) fn settled(&self) -> Result<(), CommitError> {
        match self {
            Look::Settled => Ok(()),
            Look::Unsettled(doubt) => Err(CommitError::Conflict(format!(
                "{doubt}; what it says of the task cannot be told, so nothing was changed; try again when it is saved"
            ))),
        }
    }
}

/// Reads what was written to since the last look, and waits a while for whoever is saving what a
/// request may be about.
pub(super) fn look(workspace: &mut LocalWorkspace, request: &Request) -> Look {
    let tasks = request.action.tasks();
    let (before, began) = (workspace.analysis().clone(), Instant::now());
    workspace.rescan_written();
    let mut doubts = workspace.doubts(&before, &tasks);
    if doubts.is_empty() {
        return Look::Settled;
    }
    loop {
        if began.elapsed() >= PATIENCE {
            let lasting = doubts.into_iter().find(|doubt| !doubt.passes());
            return lasting.map_or(Look::Settled, Look::Unsettled);
        }
        RealVfs.wait(AGAIN);
        workspace.rescan_written();
        doubts = workspace.doubts(&before, &tasks);
        if doubts.is_empty() {
            // What was not there may decide how all is read.
            workspace.reconfigure();
            doubts = workspace.doubts(&before, &tasks);
            if doubts.is_empty() {
                return Look::Settled;
            }
        }
    }
}

/// What is not as these workspaces have read it, by now.
pub(super) fn changed<'w>(
    mut workspaces: impl Iterator<Item = &'w LocalWorkspace>,
) -> Option<RelPath> {
    let path = workspaces.find_map(LocalWorkspace::changed)?;
    RelPath::new(&path).or_else(|_| RelPath::new(CONFIG)).ok()
}
