//! The workspaces as they are on disk, each read and watched once for all sessions.

use std::collections::BTreeMap;
use std::io;
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
        let doubtful = self.workspace.refresh_whole(paths);
        self.pending.doubt(doubtful, Instant::now());
    }

    /// Reads what has changed on disk, as far as it is due.
    pub(crate) fn read_pending(&mut self, now: Instant) {
        let Some(due) = self.pending.take(now) else { return };
        let root = self.workspace.folder().display().to_string();
        let _span = tracing::info_span!("index", root).entered();
        self.workspace.refresh(due.settled.iter().map(String::as_str));
        let doubtful = if due.rescan || due.paths.iter().any(|path| self.is_folder(path)) {
            self.workspace.rescan_whole()
        } else {
            self.workspace.refresh_whole(due.paths.iter().map(String::as_str))
        };
        self.pending.doubt(doubtful, now);
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
        let is_new = !Arc::ptr_eq(now, &self.told);
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
    /// It is being read, and this has changed since that began.
    Opening(Pending),
    Open(Box<Site>),
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
            Some(Place::Opening(pending)) => pending,
            None => return,
        };
        pending.add(root, hint, Instant::now());
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
        self.sites.insert(root.to_owned(), Place::Opening(Pending::default()));
        let (events, root) = (self.events.clone(), root.to_owned());
        // A large folder takes a while, and other sessions do not wait for it.
        let reader = std::thread::Builder::new().name("lockstep-open".to_owned());
        let (path, failed) = (root.clone(), self.events.clone());
        let spawned = reader.spawn(move || {
            // The watcher starts before the files are read: what happens in between counts.
            let _span = tracing::info_span!("index", root = %path.display()).entered();
            let watcher = watch(&path, events.clone());
            let site = LocalWorkspace::open(&path).map(|workspace| {
                let ledger = Ledger::new(&workspace);
                Opened { workspace, ledger, watcher }
            });
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
                if let Some(Place::Opening(pending)) = self.sites.remove(root) {
                    site.pending = pending;
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

#[cfg(test)]
mod tests {
    use lockstep_fixture::{Fixture, Sandbox};
    use tokio::sync::watch;
    use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

    use super::*;
    use crate::lsp::arrivals::Arrivals;
    use crate::lsp::outbox::Outbox;
    use crate::lsp::overlay::PositionEncoding;
    use crate::lsp::snapshot::Snapshot;
    use crate::lsp::state::member::{Deed, Member};
    use crate::lsp::uri;

    const RECORD: &str = "specs/state.json";

    /// Far longer than events must pause or a text may stay half-written.
    const LATER: Duration = Duration::from_secs(1);

    #[test]
    fn a_half_written_file_neither_empties_the_index_nor_shows_an_error() {
        let sandbox = Sandbox::new(&Fixture::new(
            r#"
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  {"active_projects": [{"project_number": 7, "project_name": "login", "status": "planned"}]}
"#,
        ));
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let watcher = Err(io::Error::other("nothing is watched here"));
        let ledger = Ledger::new(&workspace);
        let mut site = Site::new(Opened { workspace, ledger, watcher });
        let whole = sandbox.read(RECORD);
        let mut now = Instant::now();
        let changed = || Hint::Paths(vec![sandbox.join(RECORD)]);

        for half in ["", &whole[..whole.len() / 2]] {
            let before = site.workspace.analysis().diagnostics().to_vec();
            sandbox.write(RECORD, half);
            site.pending.add(sandbox.path(), changed(), now);
            now += LATER;
            site.read_pending(now);
            assert!(site.workspace.analysis().task("7").is_some(), "{half:?}");
            assert_eq!(site.workspace.analysis().diagnostics(), before, "{half:?}");
            sandbox.write(RECORD, whole.replace("planned", "revised"));
            now += LATER;
            site.read_pending(now);
            let list = site.workspace.analysis().index.document(RECORD);
            assert!(list.is_some_and(|(_, doc)| doc.text.contains("revised")), "{half:?}");
            sandbox.write(RECORD, &whole);
            site.workspace.refresh([RECORD]);
        }
    }

    /// A session in a folder that nothing watches.
    struct Seat {
        sites: Sites,
        member: Member,
        snapshots: watch::Receiver<Arc<Snapshot>>,
    }

    /// What a session has of a file: its text, and where it is open, what is on disk and what was read.
    type Had = (Option<String>, Option<[Option<String>; 2]>);

    impl Seat {
        fn start(root: &Path) -> Seat {
            let mut sites = Sites::new(std::sync::mpsc::channel().0);
            let workspace = LocalWorkspace::open(root).expect("a workspace");
            let ledger = Ledger::new(&workspace);
            let watcher = Err(io::Error::other("nothing is watched here"));
            sites.opened(root, Ok(Opened { workspace, ledger, watcher })).expect("it is read");
            let (published, snapshots) = watch::channel(Arc::default());
            let member = Member::new(0, published, Outbox::new().0, Arrivals::default());
            let mut seat = Seat { sites, member, snapshots };
            let (name, roots) = ("Ed".to_owned(), vec![uri::to_uri(root)]);
            let start = Deed::Start { name, encoding: PositionEncoding::Utf16, roots };
            seat.had("", [start]);
            seat
        }

        /// What it has of a file once these deeds are done, all in one batch.
        fn had(&mut self, path: &str, deeds: impl IntoIterator<Item = Deed>) -> Had {
            deeds.into_iter().for_each(|deed| self.member.take(deed, &mut self.sites));
            self.member.did(1);
            for root in self.sites.settle(Instant::now()) {
                self.member.adopt(&root, &mut self.sites);
            }
            self.member.settle(&mut self.sites);
            self.member.publish(Instant::now(), &mut Vec::new());
            let analysis = self.snapshots.borrow().folders[0].analysis.clone();
            let here = analysis.index.document(path).map(|(_, it)| it.text.to_string());
            let open = analysis.editing.open.values().next();
            let disk =
                open.map(|it| [&it.text, &it.read].map(|it| it.as_deref().map(str::to_owned)));
            (here, disk)
        }
    }

    fn open(uri: Uri, text: &str) -> Deed {
        Deed::Open { uri, text: text.to_owned(), version: 1, language: "x".to_owned() }
    }

    #[test]
    fn a_session_sees_nothing_of_a_file_that_is_emptied_to_be_written_again() {
        const PATH: &str = "a/TODO.md";
        let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
        let root = sandbox.path().canonicalize().expect("a folder");
        let mut seat = Seat::start(&root);
        let (uri, text) = (|| uri::to_uri(&root.join(PATH)), sandbox.read(PATH));
        sandbox.write(PATH, "");
        let (here, disk) = (Some(text.clone()), Some([Some(text.clone()), Some(text.clone())]));
        assert_eq!(seat.had(PATH, [open(uri(), &text)]), (here.clone(), disk.clone()));
        assert_eq!(seat.had(PATH, [Deed::Saved { uri: uri() }]), (here.clone(), disk));
        assert_eq!(seat.had(PATH, [Deed::Close { uri: uri() }]), (here, None));
    }

    #[test]
    fn a_file_that_is_closed_and_opened_at_once_is_read_again_and_not_changed() {
        let sandbox = Sandbox::new(&Fixture::new(
            r#"
//- /specs/TODO.md
  # TODO
//- /specs/state.json
  {"active_projects": [{"project_number": 7, "project_name": "login", "status": "planned"}]}
"#,
        ));
        let root = sandbox.path().canonicalize().expect("a folder");
        let mut seat = Seat::start(&root);
        let (uri, text) = (|| uri::to_uri(&root.join(RECORD)), sandbox.read(RECORD));
        seat.had(RECORD, [open(uri(), &text)]);
        // It looks as if somebody were writing it, and is looked at a little later.
        let broken = text.replace("}]}", "}]");
        sandbox.write(RECORD, &broken);
        let again = [Deed::Close { uri: uri() }, open(uri(), &broken)];
        let (here, disk) = seat.had(RECORD, again);
        assert_eq!(here.as_deref(), Some(&*broken));
        assert_eq!(disk, Some([Some(broken.clone()), Some(broken.clone())]));
        // Neither is what was saved in between what was read then.
        let whole = TextDocumentContentChangeEvent {
            range: None,
            range_length: None,
            text: text.replace("planned", "revised"),
        };
        let again = [
            Deed::Change { uri: uri(), changes: vec![whole], version: 2 },
            Deed::Saved { uri: uri() },
            Deed::Close { uri: uri() },
            open(uri(), &text),
        ];
        let (here, disk) = seat.had(RECORD, again);
        assert_eq!((here, disk), (Some(text), Some([Some(broken.clone()), Some(broken)])));
    }

    #[test]
    fn what_is_saved_counts_and_not_what_was_read_before() {
        const PATH: &str = "a/TODO.md";
        let (before, saved, after) = ("- [ ] Sweep\n", "- [x] Sweep\n", "- [ ] Sweep up\n");
        let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep up\n"));
        let root = sandbox.path().canonicalize().expect("a folder");
        let uri = || uri::to_uri(&root.join(PATH));
        let was_read = || Deed::WasRead { uri: uri(), text: before.to_owned() };
        // What a front replays, and what its editor says next, in one batch or another.
        for batches in [
            vec![vec![open(uri(), saved), was_read(), Deed::Saved { uri: uri() }]],
            vec![vec![open(uri(), saved)], vec![was_read(), Deed::Saved { uri: uri() }]],
            vec![vec![open(uri(), saved), was_read()], vec![Deed::Saved { uri: uri() }]],
        ] {
            let mut seat = Seat::start(&root);
            let had: Vec<Had> = batches.into_iter().map(|deeds| seat.had(PATH, deeds)).collect();
            let disk = had.last().and_then(|(_, disk)| disk.clone());
            assert_eq!(disk, Some([Some(after.to_owned()), Some(saved.to_owned())]));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_open_by_another_name_too_keeps_what_was_read() {
        const PATH: &str = "a/TODO.md";
        let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [ ] Sweep\n"));
        let root = sandbox.path().canonicalize().expect("a folder");
        std::os::unix::fs::symlink(root.join("a"), root.join("b")).expect("a link");
        let mut seat = Seat::start(&root);
        let text = sandbox.read(PATH);
        seat.had(PATH, [open(uri::to_uri(&root.join(PATH)), &text)]);
        sandbox.write(PATH, "- [x] Sweep\n");
        let typed = open(uri::to_uri(&root.join("b/TODO.md")), "- [ ] Sweep up\n");
        let (_, disk) = seat.had(PATH, [typed]);
        assert_eq!(disk, Some([Some("- [x] Sweep\n".to_owned()), Some(text)]));
    }
}
