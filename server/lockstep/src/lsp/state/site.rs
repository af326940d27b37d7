//! The workspaces as they are on disk, each read and watched once for all sessions.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use lockstep_analysis::index::Index;
use lockstep_store::watcher::{Hint, PathWatcher, Watcher};

use crate::lsp::commands;
use crate::lsp::state::{Event, groups};
use crate::lsp::watch::Pending;
use crate::workspace::events::EventReport;
use crate::workspace::ledger::Ledger;
use crate::workspace::local::LocalWorkspace;

/// How long a workspace is kept that no session works in: editors come back.
const LINGER: Duration = Duration::from_secs(300);

/// How soon the ledger looks again while somebody is at work.
const AGAIN: Duration = Duration::from_millis(50);

/// One workspace as it is on disk.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) workspace: LocalWorkspace,
    pub(crate) pending: Pending,
    /// Why some changes by other programs are seen late or never.
    pub(crate) trouble: Option<String>,
    /// What happens in it.
    pub(super) ledger: Ledger,
    /// When the ledger is to look at it, if nothing changes before.
    look: Option<Instant>,
    /// The other worktrees of its repository.
    pub(super) worktrees: groups::Known,
    /// Whether a doubt is over: a session may have read what was left out, and the files say what they
    /// said before.
    is_certain_again: bool,
    /// What the sessions have taken over.
    told: Arc<Index>,
    /// Since when no session works in it.
    unused: Option<Instant>,
    /// Tells of changes on disk for as long as the site is there.
    _watcher: Option<Watcher>,
}

/// A site that has been read.
#[derive(Debug)]
pub(crate) struct Opened {
    workspace: LocalWorkspace,
    ledger: Ledger,
    watcher: io::Result<Watcher>,
}

impl Site {
    fn new(Opened { workspace, ledger, watcher }: Opened) -> Site {
        let trouble = watcher.as_ref().err().map(|error| {
            format!(
                "Lockstep cannot watch the folder, and will not see what other programs change: \
                 {error}"
            )
        });
        Site {
            ledger,
            look: Some(Instant::now()),
            worktrees: groups::Known::default(),
            is_certain_again: false,
            told: workspace.analysis().index.clone(),
            workspace,
            pending: Pending::default(),
            trouble,
            unused: None,
            _watcher: watcher.ok(),
        }
    }

    /// Reads these files again, at once. Those that look half-written are read a little later.
    pub(crate) fn refresh<'p>(&mut self, paths: impl IntoIterator<Item = &'p str>) {
        let paths: BTreeSet<String> = paths.into_iter().map(str::to_owned).collect();
        let doubtful = self.workspace.refresh_whole(paths.iter().map(String::as_str));
        self.is_certain_again |= self.pending.doubt(Some(&paths), doubtful, Instant::now());
    }

    /// Reads what has changed on disk, as far as it is due.
    pub(crate) fn read_pending(&mut self, now: Instant) {
        let Some(due) = self.pending.take(now) else { return };
        let root = self.workspace.folder().display().to_string();
        let _span = tracing::info_span!("index", root).entered();
        self.workspace.refresh(due.settled.iter().map(String::as_str));
        let is_all = due.rescan || due.paths.iter().any(|path| self.is_folder(path));
        let doubtful = match is_all {
            true => self.workspace.rescan_whole(),
            false => self.workspace.refresh_whole(due.paths.iter().map(String::as_str)),
        };
        let is_over = self.pending.doubt((!is_all).then_some(&due.paths), doubtful, now);
        self.is_certain_again |= is_over || !due.settled.is_empty();
        // Somebody may have changed something and back, which the history tells of.
        self.look.get_or_insert(now);
    }

    /// Whether the path is a folder, or was one that held documents.
    fn is_folder(&self, path: &str) -> bool {
        let docs = &self.workspace.analysis().index.docs;
        let below = |doc: &str| doc.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        self.workspace.folder().join(path).is_dir()
            || docs.iter().any(|doc| below(doc.path.as_str()))
    }

    /// Has the ledger look at what is new. The files may be read again by that.
    fn follow(&mut self, now: Instant) -> Vec<Arc<EventReport>> {
        let followed = self.ledger.follow(&mut self.workspace, &commands::now());
        let is_news = !Arc::ptr_eq(&self.workspace.analysis().index, &self.told);
        self.look = match (followed.again, is_news) {
            (true, _) => Some(now + AGAIN),
            (false, true) => Some(now),
            (false, false) => None,
        };
        followed.events
    }

    /// When something is to be done but to look for worktrees, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        let forgotten = self.unused.map(|at| at + LINGER);
        [self.pending.next(), self.look, forgotten].into_iter().flatten().min()
    }

    /// Whether something is new since this was last asked.
    fn take_news(&mut self) -> bool {
        let now = &self.workspace.analysis().index;
        let is_new = std::mem::take(&mut self.is_certain_again) || !Arc::ptr_eq(now, &self.told);
        self.told = now.clone();
        is_new
    }
}

/// The sites, by canonical root.
#[derive(Debug)]
pub(crate) struct Sites {
    sites: BTreeMap<PathBuf, Place>,
    /// Tells of changes on which it hangs which other worktrees there are.
    paths: PathWatcher,
    /// For the watchers, and for what is being read.
    events: Sender<Event>,
}

#[derive(Debug)]
enum Place {
    Opening(Opening),
    Open(Box<Site>),
}

/// A site that is being read.
#[derive(Debug, Default)]
struct Opening {
    /// What has changed since that began.
    pending: Pending,
    /// Why some changes are seen late.
    trouble: Option<String>,
}

impl Sites {
    pub(super) fn new(events: Sender<Event>) -> Sites {
        let told = events.clone();
        let paths = PathWatcher::new(move |root| {
            // Nobody may be left to be told.
            let _ = told.send(Event::Group { root: root.to_owned() });
        });
        Sites { sites: BTreeMap::new(), paths, events }
    }

    /// The site at `root`, if it is read by now.
    pub(crate) fn get_mut(&mut self, root: &Path) -> Option<&mut Site> {
        match self.sites.get_mut(root)? {
            Place::Open(site) => Some(site),
            Place::Opening(_) => None,
        }
    }

    /// Notes that something may have changed on disk.
    pub(crate) fn hint(&mut self, root: &Path, hint: Hint) {
        let pending = match self.sites.get_mut(root) {
            Some(Place::Open(site)) => &mut site.pending,
            Some(Place::Opening(opening)) => &mut opening.pending,
            None => return,
        };
        pending.add(root, hint, Instant::now());
    }

    /// Notes why some changes below a root are seen late. Returns whether it is read by now, so that
    /// sessions know of it and are to be told.
    pub(super) fn limit(&mut self, root: &Path, trouble: String) -> bool {
        match self.sites.get_mut(root) {
            Some(Place::Open(site)) => {
                site.trouble = Some(trouble);
                true
            }
            Some(Place::Opening(opening)) => {
                opening.trouble = Some(trouble);
                false
            }
            None => false,
        }
    }

    /// Whether the site at `root` is being read.
    pub(super) fn is_opening(&self, root: &Path) -> bool {
        matches!(self.sites.get(root), Some(Place::Opening(_)))
    }

    /// The events of the site at `root`, if it is read by now.
    pub(super) fn ledger(&self, root: &Path) -> Option<&Ledger> {
        Some(&self.sites.get(root)?.site()?.ledger)
    }

    /// The sites that are read by now.
    pub(super) fn open_sites(&mut self) -> impl Iterator<Item = (&Path, &mut Site)> {
        self.watched_sites().0
    }

    /// As [`Sites::open_sites`], with what watches which worktrees there are.
    pub(super) fn watched_sites(
        &mut self,
    ) -> (impl Iterator<Item = (&Path, &mut Site)>, &mut PathWatcher) {
        let open = self.sites.iter_mut().filter_map(|(root, place)| match place {
            Place::Open(site) => Some((root.as_path(), &mut **site)),
            Place::Opening(_) => None,
        });
        (open, &mut self.paths)
    }

    /// As [`Sites::open_sites`], to look at.
    pub(super) fn known(&self) -> impl Iterator<Item = (&Path, &Site)> {
        self.sites.iter().filter_map(|(root, place)| Some((root.as_path(), place.site()?)))
    }

    /// Begins to read the site at `root`, unless that is done or under way. [`Event::Opened`] says
    /// when it is done.
    pub(crate) fn open(&mut self, root: &Path) {
        if self.sites.contains_key(root) {
            return;
        }
        self.sites.insert(root.to_owned(), Place::Opening(Opening::default()));
        let (events, root) = (self.events.clone(), root.to_owned());
        // A large folder takes a while, and other sessions do not wait for it.
        let reader = std::thread::Builder::new().name("lockstep-open".to_owned());
        let (path, failed) = (root.clone(), self.events.clone());
        let spawned = reader.spawn(move || {
            // The watcher starts before the files are read: what happens in between counts.
            let _span = tracing::info_span!("index", root = %path.display()).entered();
            let watcher = watch(&path, events.clone());
            let read = || {
                LocalWorkspace::open(&path).map(|workspace| (Ledger::new(&workspace), workspace))
            };
            // Whoever waits for the folder would wait for ever.
            let read = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
                let path = path.display();
                Err(io::Error::other(format!("{path} cannot be read: a panic, see the log")))
            });
            let site = read.map(|(ledger, workspace)| Opened { workspace, ledger, watcher });
            // Nobody may be left to be told.
            let _ = events.send(Event::Opened { root: path, site: Box::new(site) });
        });
        if let Err(error) = spawned {
            let _ = failed.send(Event::Opened { root, site: Box::new(Err(error)) });
        }
    }

    /// Takes in what has been read.
    pub(super) fn opened(&mut self, root: &Path, site: io::Result<Opened>) -> io::Result<()> {
        match site {
            Ok(opened) => {
                let mut site = Site::new(opened);
                if let Some(Place::Opening(Opening { pending, trouble })) = self.sites.remove(root)
                {
                    site.pending = pending;
                    site.trouble = site.trouble.or(trouble);
                }
                self.sites.insert(root.to_owned(), Place::Open(Box::new(site)));
                self.tell_group(root);
            }
            Err(error) => {
                self.sites.remove(root);
                self.retry_group(root, Instant::now());
                return Err(error);
            }
        }
        Ok(())
    }

    /// When something is to be read or forgotten, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        let open = self.sites.values().filter_map(Place::site);
        open.flat_map(|site| [site.next(), site.worktrees.next()]).flatten().min()
    }

    /// Reads what is due, and returns the roots of what is new.
    pub(super) fn settle(&mut self, now: Instant) -> Vec<PathBuf> {
        let mut news = Vec::new();
        for (root, place) in &mut self.sites {
            let Place::Open(site) = place else { continue };
            site.read_pending(now);
            if site.take_news() {
                news.push(root.clone());
            }
        }
        news
    }

    /// What has happened in the sites of which something is new or a look is due.
    pub(super) fn follow(
        &mut self,
        news: &[PathBuf],
        now: Instant,
    ) -> Vec<(PathBuf, Vec<Arc<EventReport>>)> {
        let mut happened = Vec::new();
        for (root, place) in &mut self.sites {
            let Place::Open(site) = place else { continue };
            let is_due = site.look.is_some_and(|look| look <= now) || news.contains(root);
            if is_due {
                happened.push((root.clone(), site.follow(now)));
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
        self.sites.retain(|root, place| {
            let Place::Open(site) = place else { return true };
            site.unused = match is_used(root) || grouped.contains(root) {
                true => None,
                false => site.unused.or(Some(now)),
            };
            site.unused.is_none_or(|since| now < since + LINGER)
        });
    }
}

impl Place {
    fn site(&self) -> Option<&Site> {
        match self {
            Place::Open(site) => Some(site),
            Place::Opening(_) => None,
        }
    }
}

fn watch(root: &Path, events: Sender<Event>) -> io::Result<Watcher> {
    let path = root.to_owned();
    Watcher::start(root, move |hint: Hint| {
        // Nobody may be left to be told.
        let _ = events.send(Event::Disk { root: path.clone(), hint });
    })
}
