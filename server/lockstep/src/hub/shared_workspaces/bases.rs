//! How tasks stood at the commit that is checked out: read beside everything else, and again when
//! that may be another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use lockstep_store::seen::Looked;
use lockstep_store::worktrees;

use crate::hub::shared_workspaces::{
    SharedWorkspace, SharedWorkspaces, WorkspaceEvent, WorkspaceState,
};
use crate::workspace::base::{self, BaseNews, HeadBase};
use crate::workspace::commit;

/// How long after word of a change the look at it is: a commit is made in several steps.
const PAUSE: Duration = Duration::from_millis(100);

/// How soon another commit is noticed where nobody tells of it.
const LOOK: Duration = Duration::from_secs(2);

/// The commit that is checked out in a workspace.
#[derive(Debug, Default)]
pub(super) struct CheckedOut {
    /// What it hangs on, as it was before the commit was read last.
    looked: Option<Looked>,
    /// When to look whether it is another.
    due: Option<Instant>,
    /// Whether it is being read.
    is_reading: bool,
    /// Whether a change of it is told.
    is_watched: bool,
    /// The operation of the history that was the newest when it was asked what explains a status.
    newest: Option<String>,
    /// Whether the sessions have to be told of it.
    is_new: bool,
}

impl CheckedOut {
    /// When to look again, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.filter(|_| !self.is_reading)
    }

    /// Whether it is another since this was last asked.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.is_new)
    }

    pub(super) fn has_news(&self) -> bool {
        self.is_new
    }

    fn is_due(&self, now: Instant) -> bool {
        !self.is_reading && (self.looked.is_none() || self.due.is_some_and(|due| due <= now))
    }
}

impl SharedWorkspaces {
    /// Begins to read what has been committed in the workspaces that are used, where that may be
    /// something else. [`WorkspaceEvent::Based`] says when it is done.
    pub(in crate::hub) fn read_heads(&mut self, is_used: impl Fn(&Path) -> bool, now: Instant) {
        let SharedWorkspaces { workspaces, heads, tell, .. } = self;
        for (root, state) in workspaces {
            let WorkspaceState::Open(shared) = state else { continue };
            if !is_used(root) {
                if shared.head.looked.take().is_some() {
                    heads.leave(root);
                }
                continue;
            }
            if !shared.head.is_due(now) {
                continue;
            }
            let head = &mut shared.head;
            head.due = (!head.is_watched).then_some(now + LOOK);
            if head.looked.as_ref().is_some_and(Looked::holds) {
                continue;
            }
            let inputs = worktrees::head_inputs(root).unwrap_or_default();
            head.is_watched = heads.watch(root, inputs.clone());
            head.due = (!head.is_watched).then_some(now + LOOK);
            head.looked = Some(Looked::at(inputs.clone()));
            if inputs.is_empty() {
                continue;
            }
            let (mut workspace, tell, root) = (shared.local.clone(), tell.clone(), root.clone());
            let reader = std::thread::Builder::new().name("lockstep-head".to_owned());
            let spawned = reader.spawn(move || {
                let read = catch_unwind(AssertUnwindSafe(|| base::at_head(&mut workspace)));
                let base =
                    Box::new(read.unwrap_or_else(|_| Err("a panic, see the log".to_owned())));
                tell(WorkspaceEvent::Based { root, base });
            });
            shared.head.is_reading = spawned.is_ok();
        }
    }

    /// Notes that another commit may be checked out than before.
    pub(in crate::hub) fn doubt_head(&mut self, root: &Path, now: Instant) {
        if let Some(shared) = self.get_mut(root) {
            shared.head.due = Some(now + PAUSE);
        }
    }

    /// Takes in how tasks stood.
    pub(in crate::hub) fn based(&mut self, root: &Path, base: Result<Option<HeadBase>, String>) {
        let Some(shared) = self.get_mut(root) else { return };
        shared.head.is_reading = false;
        match base {
            Ok(head) => {
                let (base, newest) = head.map(|it| (it.base, it.newest)).unzip();
                shared.head.newest = newest.flatten();
                if *shared.local.analysis().base != base {
                    shared.local.set_base(base);
                    shared.head.is_new = true;
                }
                shared.explain();
            }
            Err(error) => {
                tracing::debug!(%error, root = %root.display(), "cannot read what is committed");
            }
        }
    }
}

impl SharedWorkspace {
    /// Has the history tell what lines were before the newest changes.
    pub(super) fn recall(&mut self) {
        self.head.is_new |= commit::recall(&mut self.local);
    }

    /// Has the history tell what it has not been asked for yet: what somebody sets by force is meant.
    pub(super) fn explain(&mut self) {
        let (root, newest) = (self.local.folder(), self.head.newest.as_deref());
        let before = self.local.analysis().base.clone();
        let Some(base) = &*before else { return };
        let Some(BaseNews { newest, explained }) = base::news(root, base, newest) else { return };
        self.head.newest = Some(newest);
        if let Some(explained) = explained.filter(|explained| explained != base) {
            self.local.set_base(Some(explained));
            self.head.is_new = true;
        }
    }
}
