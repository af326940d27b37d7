//! Worktrees of one repository: each shared knows what the others say, and is told of new ones.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lockstep_analysis::profile::config::WorktreeSettings;
use lockstep_analysis::snapshot::worktrees::Worktree;
use lockstep_store::seen::Looked;

use crate::hub::shared_workspaces::{SharedWorkspace, SharedWorkspaces};
use crate::workspace::worktrees::{self, Member};

/// How soon a worktree is noticed that was not there before, where nobody tells of it.
const LOOK: Duration = Duration::from_secs(2);

/// How long after word of a change the look at it is: a worktree is made in several steps.
const PAUSE: Duration = Duration::from_millis(100);

/// The group of a shared.
#[derive(Debug, Default)]
pub(super) struct WorktreeGroup {
    /// The others, by name.
    group: Vec<Member>,
    /// By which settings the group was looked for, and what that hangs on.
    looked: Option<(WorktreeSettings, Looked)>,
    /// When to look again.
    next: Next,
    /// Whether a change of what was looked at is told.
    is_watched: bool,
    /// Whether what the others say is to be taken in again.
    is_new: bool,
}

/// When to look for the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Next {
    /// As soon as the shared is used.
    #[default]
    Used,
    /// Then.
    At(Instant),
    /// When a change is told; what is not, is looked at when something else happens after then.
    Told(Instant),
}

impl WorktreeGroup {
    /// When to look again, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        match self.next {
            Next::At(at) => Some(at),
            Next::Used | Next::Told(_) => None,
        }
    }

    /// Has a look wait no longer for word of a change than until then.
    fn look_at(&mut self, at: Instant) {
        if matches!(self.next, Next::Told(_)) {
            self.next = Next::At(at);
        }
    }

    /// Whether it is time to look.
    fn is_due(&self, settings: &WorktreeSettings, now: Instant) -> bool {
        match self.next {
            Next::Used => true,
            Next::At(at) => at <= now,
            Next::Told(at) => {
                at <= now || !self.looked.as_ref().is_some_and(|(by, _)| by == settings)
            }
        }
    }

    /// Whether a look would find the group as it is.
    fn holds(&self, settings: &WorktreeSettings) -> bool {
        let same = self.looked.as_ref().filter(|(by, _)| by == settings);
        same.is_some_and(|(_, looked)| looked.holds())
    }
}

impl SharedWorkspaces {
    /// Looks which worktrees there are beside the workspaces that are used, and begins to read them.
    pub(in crate::hub) fn regroup(&mut self, is_used: impl Fn(&Path) -> bool, now: Instant) {
        let mut others = Vec::new();
        let (workspaces, watcher) = self.watched_workspaces();
        for (root, shared) in workspaces {
            let known = &mut shared.worktrees;
            if !is_used(root) {
                if std::mem::take(&mut known.next) != Next::Used {
                    watcher.leave(root);
                }
                continue;
            }
            let settings = &shared.local.analysis().config.worktrees;
            if !known.is_due(settings, now) {
                continue;
            }
            let is_as_before = known.next != Next::Used && known.holds(settings);
            let next = now + LOOK;
            known.next =
                if is_as_before && known.is_watched { Next::Told(next) } else { Next::At(next) };
            if !is_as_before {
                let paths = worktrees::inputs(root, settings);
                known.is_watched = watcher.watch(root, worktrees::watched(root, &paths));
                // What happens from here on is told, as far as these are all.
                let looked = Looked::at(worktrees::inputs(root, settings));
                known.is_watched &= looked.paths().eq(&paths);
                if known.is_watched {
                    known.next = Next::Told(next);
                }
                let group = worktrees::group(root, settings).unwrap_or_else(|error| {
                    tracing::warn!(%error, root = %root.display(), "cannot read the worktrees");
                    known.next = Next::At(next);
                    known.group.clone()
                });
                known.looked = Some((settings.clone(), looked));
                known.is_new |= known.group != group;
                known.group = group;
            }
            others.extend(known.group.iter().map(|other| other.root.clone()));
        }
        others.iter().for_each(|root| self.open(root));
    }

    /// Notes that other worktrees may be there than before.
    pub(in crate::hub) fn doubt_group(&mut self, root: &Path, now: Instant) {
        if let Some(shared) = self.get_mut(root) {
            shared.worktrees.look_at(now + PAUSE);
        }
    }

    /// Has the others of its group try again to read a shared, which could not be read.
    pub(super) fn retry_group(&mut self, root: &Path, now: Instant) {
        for (_, shared) in self.open_workspaces() {
            if shared.worktrees.group.iter().any(|other| other.root == root) {
                shared.worktrees.look_at(now + LOOK);
            }
        }
    }

    /// Has the others of its group take in a shared that has just been read.
    pub(super) fn tell_group(&mut self, root: &Path) {
        for (_, shared) in self.open_workspaces() {
            let others = &shared.worktrees.group;
            shared.worktrees.is_new |= others.iter().any(|other| other.root == root);
        }
    }

    /// Lets each shared know what the other worktrees say, of which there is news. Returns the workspaces
    /// for which that is new.
    pub(in crate::hub) fn share_worktrees(&mut self, news: &[PathBuf]) -> Vec<PathBuf> {
        let concerned = |shared: &SharedWorkspace| {
            let others = &shared.worktrees.group;
            shared.worktrees.is_new || others.iter().any(|other| news.contains(&other.root))
        };
        let roots: Vec<PathBuf> = self
            .open_workspaces()
            .filter(|(_, shared)| concerned(shared))
            .map(|(root, _)| root.to_owned())
            .collect();
        roots.into_iter().filter(|root| self.take_in_worktrees(root)).collect()
    }

    /// Takes in what the other worktrees say; whether that is new.
    fn take_in_worktrees(&mut self, root: &Path) -> bool {
        let Some(shared) = self.get_mut(root) else { return false };
        shared.worktrees.is_new = false;
        let (group, profile) =
            (shared.worktrees.group.clone(), shared.local.analysis().profile.id.clone());
        let mut worktrees = Vec::new();
        for other in group {
            let Some(there) = self.get_mut(&other.root) else { continue };
            let analysis = there.local.analysis();
            if analysis.profile.id == profile {
                worktrees.push(Worktree::new(other.name, analysis));
            }
        }
        match self.get_mut(root) {
            Some(shared) if *shared.local.analysis().worktrees != worktrees => {
                shared.local.set_worktrees(worktrees);
                true
            }
            _ => false,
        }
    }

    /// Whether a shared and the other worktrees of its group have been read, as far as they can be.
    pub(in crate::hub) fn is_whole(&self, root: &Path) -> bool {
        let shared = self.known().find(|(known, _)| *known == root);
        shared.is_none_or(|(_, shared)| {
            let mut others = shared.worktrees.group.iter();
            shared.worktrees.next != Next::Used && !others.any(|other| self.is_opening(&other.root))
        })
    }

    /// Whether a shared that is used has this one in its group.
    pub(super) fn groups(&self, root: &Path, is_used: impl Fn(&Path) -> bool) -> bool {
        self.known().any(|(used, shared)| {
            let others = &shared.worktrees.group;
            is_used(used) && others.iter().any(|other| other.root == root)
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
