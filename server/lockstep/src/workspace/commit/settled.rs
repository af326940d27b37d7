//! A change is planned on files that nobody is in the middle of saving, and committed only while all
//! that was read is as it was. A file that is empty, half written or away for a moment does not hold
//! the task, so it would not be among those that are changed, and be compared by nobody.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lockstep_analysis::Analysis;
use lockstep_store::history::RecordedOperation;
use lockstep_store::path::RelPath;
use lockstep_store::stamp::ContentStamp;
use lockstep_store::vfs::Vfs as _;
use lockstep_store::vfs::real::RealVfs;

use crate::workspace::commit::CommitError;
use crate::workspace::local::{CONFIG, Doubt, LocalWorkspace, Why};

/// How long somebody who is saving is waited for.
const PATIENCE: Duration = Duration::from_millis(1250);

/// How soon to look again.
const AGAIN: Duration = Duration::from_millis(5);

/// What a look at a workspace came to.
#[derive(Debug)]
#[must_use = "another program may still be saving"]
pub(super) enum Look {
    /// Nobody seems to be saving.
    Settled,
    /// Somebody seems to be, and did not end.
    Unsettled(Vec<Doubt>),
}

impl Look {
    /// Refuses what would change files, or say that they need no change, while somebody is saving one
    /// that may say something of these tasks; of all where none are named.
    pub(super) fn settled(
        &self,
        workspace: &LocalWorkspace,
        tasks: Option<&BTreeSet<String>>,
    ) -> Result<(), CommitError> {
        let Look::Unsettled(doubts) = self else { return Ok(()) };
        let may_hold = |doubt: &Doubt, task: &String| workspace.may_hold(&doubt.path, task);
        let concerns = |doubt: &&Doubt| {
            tasks.is_none_or(|tasks| tasks.iter().any(|task| may_hold(doubt, task)))
        };
        match doubts.iter().find(concerns) {
            None => Ok(()),
            Some(doubt) => Err(CommitError::Conflict(format!(
                "{doubt}; the status in it is not certain, so nothing was changed; try again when it is saved"
            ))),
        }
    }
}

/// What something that is to be committed may be about.
#[derive(Clone, Debug, Default)]
pub(super) struct Concern<'c> {
    /// These tasks; all where none are named.
    pub(super) tasks: BTreeSet<String>,
    /// What is to be undone. How it left a file is how that is meant to be.
    pub(super) left_by: Option<&'c RecordedOperation>,
}

impl Concern<'_> {
    fn doubts(&self, workspace: &LocalWorkspace, before: &Analysis) -> Vec<Doubt> {
        let tasks: Vec<&str> = self.tasks.iter().map(String::as_str).collect();
        let mut doubts = workspace.doubts(before, &tasks);
        let index = &workspace.analysis().index;
        let is_left = |doubt: &Doubt| {
            let mut files = self.left_by.iter().flat_map(|operation| &operation.files);
            let post = files.find(|file| file.path == doubt.path)?.post.as_ref()?;
            let (_, document) = index.document(&doubt.path)?;
            Some(ContentStamp::of(document.text.as_bytes()).hex() == *post)
        };
        doubts.retain(|doubt| doubt.why == Why::Open || is_left(doubt) != Some(true));
        doubts
    }
}

/// Reads what was written to since the last look, and waits a while for whoever is saving what
/// something may be about.
pub(super) fn look(workspace: &mut LocalWorkspace, concern: &Concern<'_>) -> Look {
    let (before, began) = (workspace.analysis().clone(), Instant::now());
    workspace.rescan_written(&concern.tasks);
    let mut doubts = concern.doubts(workspace, &before);
    if doubts.is_empty() {
        return Look::Settled;
    }
    loop {
        if began.elapsed() >= PATIENCE {
            doubts.retain(|doubt| !doubt.passes());
            return Look::Unsettled(doubts);
        }
        RealVfs.wait(AGAIN);
        workspace.rescan_written(&concern.tasks);
        doubts = concern.doubts(workspace, &before);
        if doubts.is_empty() {
            // What was not there may decide how all is read.
            workspace.reconfigure();
            doubts = concern.doubts(workspace, &before);
            if doubts.is_empty() {
                return Look::Settled;
            }
        }
    }
}

/// What is not as these workspaces have read it, by now, each with the tasks that the change of it is
/// about, all where none are named, and the files that somebody else compares.
pub(super) fn changed<'w>(
    mut workspaces: impl Iterator<
        Item = (&'w LocalWorkspace, &'w BTreeSet<String>, &'w BTreeSet<&'w str>),
    >,
) -> Option<RelPath> {
    let path = workspaces.find_map(|(workspace, tasks, ours)| workspace.changed(tasks, ours))?;
    RelPath::new(&path).or_else(|_| RelPath::new(CONFIG)).ok()
}
