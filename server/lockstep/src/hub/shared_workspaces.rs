//! The workspaces as they are on disk, each read and watched once for all sessions.

mod bases;
mod groups;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lockstep_analysis::index::Index;
use lockstep_store::transaction;
use lockstep_store::watcher::{Hint, PathWatcher, Watcher};

use crate::hub::pending::Pending;
use crate::workspace::base::HeadBase;
use crate::workspace::clock;
use crate::workspace::commit;
use crate::workspace::ledger::{Followed, Ledger};
use crate::workspace::local::LocalWorkspace;

/// How long a workspace is kept that no session works in: editors come back.
const LINGER: Duration = Duration::from_secs(300);

/// For so long a transaction is waited for before its files are read.
const TRANSACTION: Duration = Duration::from_secs(2);

/// How soon the ledger looks again while somebody is at work.
const AGAIN: Duration = Duration::from_millis(50);

/// What happens to a workspace.
#[derive(Debug)]
pub(crate) enum WorkspaceEvent {
    /// A folder has been read, or cannot be.
    Opened { root: PathBuf, opened: Box<io::Result<Opened>> },
    /// Something below a root may have changed on disk.
    Disk { root: PathBuf, hint: Hint },
    /// Other worktrees may be there beside a root than before.
    Group { root: PathBuf },
    /// Another commit may be checked out than before.
    Head { root: PathBuf },
    /// How tasks stood at the commit that is checked out has been read, or cannot be.
    Based { root: PathBuf, base: Box<Result<Option<HeadBase>, String>> },
}

/// Takes what happens to workspaces; never waits.
pub(super) type OnWorkspaceEvent = Arc<dyn Fn(WorkspaceEvent) + Send + Sync>;

/// One workspace as it is on disk.
#[derive(Debug)]
pub(crate) struct SharedWorkspace {
    pub(crate) local: LocalWorkspace,
    pub(crate) pending: Pending,
    /// Why some changes by other programs are seen late or never.
    pub(crate) trouble: Option<String>,
    /// What happens in it.
    pub(super) ledger: Ledger,
    /// When the ledger is to look at it, if nothing changes before.
    look: Option<Instant>,
    /// The other worktrees of its repository.
    worktrees: groups::WorktreeGroup,
    /// The commit that is checked out.
    head: bases::CheckedOut,
    /// Whether a doubt is over: a session may have read what was left out, and the files say what they
    /// said before.
    is_certain_again: bool,
    /// What the sessions have taken over.
    told: Arc<Index>,
    /// Since when a transaction is under way.
    transaction: Option<Instant>,
    /// Since when no session works in it.
    unused: Option<Instant>,
    /// Tells of changes on disk for as long as the workspace is held.
    _watcher: Option<Watcher>,
}

/// A workspace that has been read.
#[derive(Debug)]
pub(crate) struct Opened {
    workspace: LocalWorkspace,
    ledger: Ledger,
    watcher: io::Result<Watcher>,
}

impl SharedWorkspace {
    fn new(Opened { workspace, ledger, watcher }: Opened) -> SharedWorkspace {
        let trouble = watcher.as_ref().err().map(|error| {
            format!(
                "Lockstep cannot watch the folder, and will not see what other programs change: \
                 {error}"
            )
        });
        SharedWorkspace {
            ledger,
            look: Some(Instant::now()),
            worktrees: groups::WorktreeGroup::default(),
            head: bases::CheckedOut::default(),
            is_certain_again: false,
            told: workspace.analysis().index.clone(),
            local: workspace,
            pending: Pending::default(),
            trouble,
            transaction: None,
            unused: None,
            _watcher: watcher.ok(),
        }
    }

    /// Reads these files again, at once. Those that look half-written are read a little later.
    pub(crate) fn refresh<'p>(&mut self, paths: impl IntoIterator<Item = &'p str>) {
        let paths: BTreeSet<String> = paths.into_iter().map(str::to_owned).collect();
        let doubtful = self.local.refresh_whole(paths.iter().map(String::as_str));
        self.is_certain_again |= self.pending.doubt(Some(&paths), doubtful, Instant::now());
        // What was done may be in the history alone.
        self.look.get_or_insert(Instant::now());
    }

    /// Reads what is elsewhere now, at once: files, or all where folders have gone. What is not there any
    /// more is not about to be written again.
    pub(crate) fn renamed(&mut self, paths: &[String]) {
        match paths.iter().any(|path| self.is_folder(path)) {
            true => self.local.rescan(),
            false => self.local.refresh(paths.iter().map(String::as_str)),
        }
    }

    /// Reads what has changed on disk, as far as it is due.
    pub(crate) fn read_pending(&mut self, now: Instant) {
        if self.pending.is_due(now) && self.is_being_changed(now) {
            self.pending.put_off(now);
        }
        let Some(due) = self.pending.take(now) else { return };
        let root = self.local.folder().display().to_string();
        let _span = tracing::info_span!("index", root).entered();
        self.local.refresh(due.settled.iter().map(String::as_str));
        let is_all = due.rescan || due.paths.iter().any(|path| self.is_folder(path));
        let doubtful = match is_all {
            true => self.local.rescan_whole(),
            false => self.local.refresh_whole(due.paths.iter().map(String::as_str)),
        };
        let is_over = self.pending.doubt((!is_all).then_some(&due.paths), doubtful, now);
        self.is_certain_again |= is_over || !due.settled.is_empty();
        // Somebody may have changed something and back, which the history tells of.
        self.look.get_or_insert(now);
    }

    /// Whether a transaction is about to be done, so that its files are exchanged in part. One that was left
    /// by a process that has ended is waited for once.
    fn is_being_changed(&mut self, now: Instant) -> bool {
        if !transaction::is_under_way(self.local.folder()) {
            self.transaction = None;
            return false;
        }
        now < *self.transaction.get_or_insert(now) + TRANSACTION
    }

    /// Whether the path is a folder, or was one that held documents.
    fn is_folder(&self, path: &str) -> bool {
        let docs = &self.local.analysis().index.docs;
        let below = |doc: &str| doc.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        self.local.folder().join(path).is_dir() || docs.iter().any(|doc| below(doc.path.as_str()))
    }

    /// Has the ledger look at what is new. The files may be read again by that.
    fn follow(&mut self, now: Instant) -> Followed {
        let followed = self.ledger.follow(&mut self.local, &clock::now());
        if !followed.events.is_empty() {
            self.explain();
            self.recall();
        }
        let is_news =
            self.head.has_news() || !Arc::ptr_eq(&self.local.analysis().index, &self.told);
        self.look = match (followed.again, is_news) {
            (true, _) => Some(now + AGAIN),
            (false, true) => Some(now),
            (false, false) => None,
        };
        followed
    }

    /// When something is to be done but to look for worktrees, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        let forgotten = self.unused.map(|at| at + LINGER);
        [self.pending.next(), self.look, forgotten].into_iter().flatten().min()
    }

    /// Whether something is new since this was last asked.
    fn take_news(&mut self) -> bool {
        let now = &self.local.analysis().index;
        let is_certain_again = std::mem::take(&mut self.is_certain_again);
        let is_new = self.head.take_news() || is_certain_again || !Arc::ptr_eq(now, &self.told);
        self.told = now.clone();
        is_new
    }
}

/// The workspaces, by canonical root.
pub(crate) struct SharedWorkspaces {
    workspaces: BTreeMap<PathBuf, WorkspaceState>,
    /// Tells of changes on which it hangs which other worktrees there are.
    paths: PathWatcher,
    /// Tells of changes on which it hangs which commit is checked out.
    heads: PathWatcher,
    /// For the watchers, and for what is being read.
    tell: OnWorkspaceEvent,
}

#[derive(Debug)]
enum WorkspaceState {
    Opening(Opening),
    Open(Box<SharedWorkspace>),
}

/// One that is being read.
#[derive(Debug, Default)]
struct Opening {
    /// What has changed since that began.
    pending: Pending,
    /// Why some changes are seen late.
    trouble: Option<String>,
}

impl SharedWorkspaces {
    pub(super) fn new(tell: OnWorkspaceEvent) -> SharedWorkspaces {
        let told = tell.clone();
        let paths =
            PathWatcher::new(move |root| told(WorkspaceEvent::Group { root: root.to_owned() }));
        let told = tell.clone();
        let heads =
            PathWatcher::new(move |root| told(WorkspaceEvent::Head { root: root.to_owned() }));
        SharedWorkspaces { workspaces: BTreeMap::new(), paths, heads, tell }
    }

    /// The shared at `root`, if it is read by now.
    pub(crate) fn get_mut(&mut self, root: &Path) -> Option<&mut SharedWorkspace> {
        match self.workspaces.get_mut(root)? {
            WorkspaceState::Open(shared) => Some(shared),
            WorkspaceState::Opening(_) => None,
        }
    }

    /// Notes that something may have changed on disk.
    pub(crate) fn hint(&mut self, root: &Path, hint: Hint) {
        let pending = match self.workspaces.get_mut(root) {
            Some(WorkspaceState::Open(shared)) => &mut shared.pending,
            Some(WorkspaceState::Opening(opening)) => &mut opening.pending,
            None => return,
        };
        pending.add(root, hint, Instant::now());
    }

    /// Notes why some changes below a root are seen late. Returns whether it is read by now, so that
    /// sessions know of it and are to be told.
    pub(super) fn limit(&mut self, root: &Path, trouble: String) -> bool {
        match self.workspaces.get_mut(root) {
            Some(WorkspaceState::Open(shared)) => {
                shared.trouble = Some(trouble);
                true
            }
            Some(WorkspaceState::Opening(opening)) => {
                opening.trouble = Some(trouble);
                false
            }
            None => false,
        }
    }

    /// Whether the shared at `root` is being read.
    pub(super) fn is_opening(&self, root: &Path) -> bool {
        matches!(self.workspaces.get(root), Some(WorkspaceState::Opening(_)))
    }

    /// The events of the shared at `root`, if it is read by now.
    pub(super) fn ledger(&self, root: &Path) -> Option<&Ledger> {
        Some(&self.workspaces.get(root)?.shared()?.ledger)
    }

    /// What is on disk at `root`, if it is read by now.
    pub(super) fn index(&self, root: &Path) -> Option<&Index> {
        Some(&self.workspaces.get(root)?.shared()?.local.analysis().index)
    }

    /// The workspaces that are read by now.
    pub(super) fn open_workspaces(
        &mut self,
    ) -> impl Iterator<Item = (&Path, &mut SharedWorkspace)> {
        self.watched_workspaces().0
    }

    /// As [`SharedWorkspaces::open_workspaces`], with what watches which worktrees there are.
    pub(super) fn watched_workspaces(
        &mut self,
    ) -> (impl Iterator<Item = (&Path, &mut SharedWorkspace)>, &mut PathWatcher) {
        let open = self.workspaces.iter_mut().filter_map(|(root, state)| match state {
            WorkspaceState::Open(shared) => Some((root.as_path(), &mut **shared)),
            WorkspaceState::Opening(_) => None,
        });
        (open, &mut self.paths)
    }

    /// As [`SharedWorkspaces::open_workspaces`], to look at.
    pub(super) fn known(&self) -> impl Iterator<Item = (&Path, &SharedWorkspace)> {
        self.workspaces.iter().filter_map(|(root, state)| Some((root.as_path(), state.shared()?)))
    }

    /// Begins to read the shared at `root`, unless that is done or under way. [`WorkspaceEvent::Opened`] says
    /// when it is done.
    pub(crate) fn open(&mut self, root: &Path) {
        if self.workspaces.contains_key(root) {
            return;
        }
        self.workspaces.insert(root.to_owned(), WorkspaceState::Opening(Opening::default()));
        let (tell, root) = (self.tell.clone(), root.to_owned());
        // A large folder takes a while, and other sessions do not wait for it.
        let reader = std::thread::Builder::new().name("lockstep-open".to_owned());
        let (path, failed) = (root.clone(), self.tell.clone());
        let spawned = reader.spawn(move || {
            // The watcher starts before the files are read: what happens in between counts.
            let _span = tracing::info_span!("index", root = %path.display()).entered();
            let watcher = watch(&path, tell.clone());
            let read = || {
                let mut workspace = LocalWorkspace::open_watched(&path)?;
                commit::recall(&mut workspace);
                // Whoever opens a folder is told what is found in it.
                workspace.judge();
                Ok((Ledger::new(&workspace), workspace))
            };
            // Whoever waits for the folder would wait for ever.
            let read = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
                let path = path.display();
                Err(io::Error::other(format!("{path} cannot be read: a panic, see the log")))
            });
            let opened = read.map(|(ledger, workspace)| Opened { workspace, ledger, watcher });
            tell(WorkspaceEvent::Opened { root: path, opened: Box::new(opened) });
        });
        if let Err(error) = spawned {
            failed(WorkspaceEvent::Opened { root, opened: Box::new(Err(error)) });
        }
    }

    /// Takes in what has been read.
    pub(super) fn opened(&mut self, root: &Path, opened: io::Result<Opened>) -> io::Result<()> {
        match opened {
            Ok(opened) => {
                let mut shared = SharedWorkspace::new(opened);
                if let Some(WorkspaceState::Opening(Opening { pending, trouble })) =
                    self.workspaces.remove(root)
                {
                    shared.pending = pending;
                    shared.trouble = shared.trouble.or(trouble);
                }
                self.workspaces.insert(root.to_owned(), WorkspaceState::Open(Box::new(shared)));
                self.tell_group(root);
            }
            Err(error) => {
                self.workspaces.remove(root);
                self.retry_group(root, Instant::now());
                return Err(error);
            }
        }
        Ok(())
    }

    /// When something is to be read or forgotten, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        let open = self.workspaces.values().filter_map(WorkspaceState::shared);
        let next =
            |shared: &SharedWorkspace| [shared.next(), shared.worktrees.next(), shared.head.next()];
        open.flat_map(next).flatten().min()
    }

    /// Reads what is due, and returns the roots of what is new.
    pub(super) fn settle(&mut self, now: Instant) -> Vec<PathBuf> {
        let mut news = Vec::new();
        for (root, state) in &mut self.workspaces {
            let WorkspaceState::Open(shared) = state else { continue };
            shared.read_pending(now);
            if shared.take_news() {
                // What is told already needs no other look.
                shared.explain();
                shared.head.take_news();
                news.push(root.clone());
            }
        }
        news
    }

    /// What has happened in the workspaces of which something is new or a look is due.
    pub(super) fn follow(&mut self, news: &[PathBuf], now: Instant) -> Vec<(PathBuf, Followed)> {
        let mut happened = Vec::new();
        for (root, state) in &mut self.workspaces {
            let WorkspaceState::Open(shared) = state else { continue };
            let is_due = shared.look.is_some_and(|look| look <= now) || news.contains(root);
            if is_due {
                happened.push((root.clone(), shared.follow(now)));
            }
        }
        happened
    }

    /// Forgets what nobody has used for long.
    pub(super) fn forget(&mut self, is_used: impl Fn(&Path) -> bool, now: Instant) {
        let grouped: Vec<PathBuf> = self
            .known()
            .map(|(root, _)| root)
            .filter(|root| self.groups(root, &is_used))
            .map(Path::to_owned)
            .collect();
        self.workspaces.retain(|root, state| {
            let WorkspaceState::Open(shared) = state else { return true };
            shared.unused = match is_used(root) || grouped.contains(root) {
                true => None,
                false => shared.unused.or(Some(now)),
            };
            shared.unused.is_none_or(|since| now < since + LINGER)
        });
    }
}

impl WorkspaceState {
    fn shared(&self) -> Option<&SharedWorkspace> {
        match self {
            WorkspaceState::Open(shared) => Some(shared),
            WorkspaceState::Opening(_) => None,
        }
    }
}

fn watch(root: &Path, tell: OnWorkspaceEvent) -> io::Result<Watcher> {
    let path = root.to_owned();
    Watcher::start(root, move |hint: Hint| {
        tell(WorkspaceEvent::Disk { root: path.clone(), hint });
    })
}
