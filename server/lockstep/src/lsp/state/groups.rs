//! Worktrees of one repository: each site knows what the others say, and is told of new ones.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lockstep_analysis::analysis::worktrees::Worktree;
use lockstep_analysis::profile::config::Worktrees;
use lockstep_store::loader::looked::Looked;

use crate::lsp::state::site::{Site, Sites};
use crate::workspace::worktrees::{self, Group};

/// How soon a worktree is noticed that was not there before.
const LOOK: Duration = Duration::from_secs(2);

/// The group of a site.
#[derive(Debug, Default)]
pub(super) struct Known {
    group: Group,
    /// By which settings the group was looked for, and what that hangs on.
    looked: Option<(Worktrees, Looked)>,
    /// When to look again; never before the first look.
    next: Option<Instant>,
    /// Whether what the others say is to be taken in again.
    is_new: bool,
}

impl Known {
    /// When to look again, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Whether a look would find the group as it is.
    fn holds(&self, settings: &Worktrees) -> bool {
        let same = self.looked.as_ref().filter(|(by, _)| by == settings);
        same.is_some_and(|(_, looked)| looked.holds())
    }
}

impl Sites {
    /// Looks which worktrees there are beside the sites that are used, and begins to read them.
    pub(super) fn regroup(&mut self, is_used: impl Fn(&Path) -> bool, now: Instant) {
        let mut others = Vec::new();
        for (root, site) in self.open_sites() {
            if !is_used(root) {
                site.worktrees.next = None;
                continue;
            }
            if site.worktrees.next.is_some_and(|next| next > now) {
                continue;
            }
            site.worktrees.next = Some(now + LOOK);
            let settings = &site.workspace.analysis().config.worktrees;
            if !site.worktrees.holds(settings) {
                let looked = worktrees::looked(root, settings);
                let group = worktrees::group(root, settings);
                site.worktrees.looked = Some((settings.clone(), looked));
                site.worktrees.is_new |= site.worktrees.group != group;
                site.worktrees.group = group;
            }
            others.extend(site.worktrees.group.others.iter().map(|other| other.root.clone()));
        }
        others.iter().for_each(|root| self.open(root));
    }

    /// Whether nothing is due but looks at worktrees, and those find what they found before. The next
    /// ones are put off then.
    pub(super) fn rest(&mut self, now: Instant) -> bool {
        let is_due = |at: Instant| at <= now;
        for (_, site) in self.open_sites() {
            let settings = &site.workspace.analysis().config.worktrees;
            let is_looked_at = site.worktrees.next.is_some_and(is_due);
            if site.next().is_some_and(is_due) || is_looked_at && !site.worktrees.holds(settings) {
                return false;
            }
        }
        for (_, site) in self.open_sites() {
            let next = &mut site.worktrees.next;
            *next = next.map(|at| if is_due(at) { now + LOOK } else { at });
        }
        true
    }

    /// Has the others of its group take in a site that has just been read.
    pub(super) fn tell_group(&mut self, root: &Path) {
        for (_, site) in self.open_sites() {
            let others = &site.worktrees.group.others;
            site.worktrees.is_new |= others.iter().any(|other| other.root == root);
        }
    }

    /// Lets each site know what the other worktrees say, of which there is news. Returns the sites
    /// for which that is new.
    pub(super) fn share_worktrees(&mut self, news: &[PathBuf]) -> Vec<PathBuf> {
        let concerned = |site: &Site| {
            let others = &site.worktrees.group.others;
            site.worktrees.is_new || others.iter().any(|other| news.contains(&other.root))
        };
        let roots: Vec<PathBuf> = self
            .open_sites()
            .filter(|(_, site)| concerned(site))
            .map(|(root, _)| root.to_owned())
            .collect();
        roots.into_iter().filter(|root| self.take_in_worktrees(root)).collect()
    }

    /// Takes in what the other worktrees say; whether that is new.
    fn take_in_worktrees(&mut self, root: &Path) -> bool {
        let Some(site) = self.get_mut(root) else { return false };
        site.worktrees.is_new = false;
        let (group, profile) =
            (site.worktrees.group.clone(), site.workspace.analysis().profile.id.clone());
        let mut worktrees = Vec::new();
        for other in group.others {
            let Some(there) = self.get_mut(&other.root) else { continue };
            let analysis = there.workspace.analysis();
            if analysis.profile.id == profile {
                worktrees.push(Worktree::new(other.name, analysis));
            }
        }
        match self.get_mut(root) {
            Some(site) if *site.workspace.analysis().worktrees != worktrees => {
                site.workspace.set_worktrees(worktrees);
                true
            }
            _ => false,
        }
    }

    /// Whether a site and the other worktrees of its group have been read, as far as they can be.
    pub(super) fn is_whole(&self, root: &Path) -> bool {
        let site = self.known().find(|(known, _)| *known == root);
        site.is_none_or(|(_, site)| {
            let mut others = site.worktrees.group.others.iter();
            site.worktrees.next.is_some() && !others.any(|other| self.is_opening(&other.root))
        })
    }

    /// Whether a site that is used has this one in its group.
    pub(super) fn groups(&self, root: &Path, is_used: impl Fn(&Path) -> bool) -> bool {
        self.known().any(|(used, site)| {
            let others = &site.worktrees.group.others;
            is_used(used) && others.iter().any(|other| other.root == root)
        })
    }
}
