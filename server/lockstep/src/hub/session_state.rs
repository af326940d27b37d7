//! One session as the owner of the texts sees it: what it has open, and its view of each workspace.

mod folders;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use lockstep_analysis::Analysis;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::profile::Severity;
use lockstep_analysis::snapshot::editing::OtherEditor;
use lockstep_analysis::text::line_index::PositionEncoding;
use lockstep_analysis::text::merge::same_texts;
use lockstep_analysis::text::shared_text::SharedText;
use lockstep_store::watcher::Hint;
use tokio::sync::watch;

use crate::hub::arrivals::Arrivals;
use crate::hub::client_event::ClientEvent;
use crate::hub::outbox::{Missed, Outbox};
use crate::hub::overlay::{Overlay, TextChange};
use crate::hub::reading_times::{ReadingTimes, TimeUp};
use crate::hub::sent_changes::{Patience, SentChanges};
use crate::hub::session_state::folders::SessionFolder;
use crate::hub::shared_workspaces::SharedWorkspaces;
use crate::hub::snapshot::{Folder, OpenDocument, SessionSnapshot, home, key};
use crate::hub::uri::{DocumentKey, DocumentUri, UriTable};
use crate::workspace::local::{Aliases, LocalWorkspace, Unsaved};

/// A path, and the text that stands in for its file from now on.
type NewOverlay = (String, Option<SharedText>);

/// Somebody wants to know which events a client has missed.
#[derive(Debug)]
struct AsksMissed {
    /// The event in each workspace that the client was told last.
    latest: BTreeMap<PathBuf, u64>,
    is_answered: bool,
}

/// One session.
#[derive(Debug)]
pub(crate) struct SessionState {
    /// What the daemon calls it.
    guest: u64,
    /// What the editor calls itself.
    name: String,
    encoding: PositionEncoding,
    roots: Vec<SessionFolder>,
    /// What the client has open, by its own spelling: a file with two names is open twice, and its
    /// text is that which was changed last.
    overlays: HashMap<DocumentUri, Overlay>,
    /// Whether the client has said which folders it works in.
    pub(super) has_folders: bool,
    pub(super) uris: UriTable,
    applied: u64,
    /// Documents whose overlay is not yet what the workspace has.
    pub(super) unsettled: BTreeSet<DocumentKey>,
    /// Whether files may belong to other folders than before.
    pub(super) is_rehomed: bool,
    /// Which opening was the last of each document that is open.
    openings: HashMap<DocumentKey, u64>,
    n_openings: u64,
    /// Documents that the client has opened since: what the workspace has of them it has closed.
    opened: BTreeSet<DocumentKey>,
    /// What was read of documents, as far as the workspaces do not know it yet.
    read: BTreeMap<DocumentKey, SharedText>,
    /// What the client was asked to make.
    changes: SentChanges,
    arrivals: Arrivals,
    /// How long the client is waited for.
    patience: Patience,
    /// Whether to fix all is to bring places into agreement, too.
    fixes_drift: bool,
    /// When something is to be said of what is open.
    times: ReadingTimes,
    /// Workspaces in which there is something new on disk that is not taken over yet.
    postponed: BTreeSet<PathBuf>,
    /// Whether the client has read a part of that already.
    is_ahead: bool,
    /// Documents of which the user has been told that they are out of step.
    out_of_sync: HashSet<DocumentUri>,
    /// What it has that is not saved, by file.
    unsaved: BTreeMap<DocumentKey, Unsaved>,
    /// Whether there is something that the last snapshot does not have.
    pub(super) is_fresh: bool,
    /// Whether everything was read at some time that there was to be read.
    is_whole: bool,
    /// Whether it wants to know what it has missed.
    asks: Option<AsksMissed>,
    snapshots: watch::Sender<Arc<SessionSnapshot>>,
    pub(super) outbox: Outbox,
}

impl SessionState {
    /// A session without folders.
    pub(crate) fn new(
        guest: u64,
        snapshots: watch::Sender<Arc<SessionSnapshot>>,
        outbox: Outbox,
        arrivals: Arrivals,
    ) -> SessionState {
        SessionState {
            guest,
            name: String::new(),
            encoding: PositionEncoding::Utf16,
            roots: Vec::new(),
            overlays: HashMap::new(),
            has_folders: false,
            uris: UriTable::default(),
            applied: 0,
            unsettled: BTreeSet::new(),
            is_rehomed: false,
            openings: HashMap::new(),
            n_openings: 0,
            opened: BTreeSet::new(),
            read: BTreeMap::new(),
            changes: SentChanges::default(),
            arrivals,
            patience: Patience::default(),
            fixes_drift: false,
            times: ReadingTimes::default(),
            postponed: BTreeSet::new(),
            is_ahead: false,
            out_of_sync: HashSet::new(),
            unsaved: BTreeMap::new(),
            is_fresh: false,
            is_whole: false,
            asks: None,
            snapshots,
            outbox,
        }
    }

    /// Takes note that the event with this number is taken in, or cannot be.
    pub(super) fn did(&mut self, number: u64) {
        self.applied = number;
        self.is_fresh = true;
    }

    pub(super) fn take(&mut self, event: ClientEvent, workspaces: &mut SharedWorkspaces) {
        match event {
            ClientEvent::Start { name, encoding, roots } => {
                (self.name, self.encoding) = (name, encoding);
                self.change_roots(roots, &[], workspaces);
            }
            ClientEvent::Configured { patience, fixes_drift } => {
                (self.patience, self.fixes_drift) = (patience, fixes_drift);
            }
            ClientEvent::Open { uri, text, version, language } => {
                self.open(uri, Overlay::open(&text, version, language), workspaces);
            }
            ClientEvent::WasRead { uri, text } => {
                let key = self.uris.key(&uri).filter(|key| self.uris.is_open(key));
                self.read.extend(key.map(|key| (key, text.into())));
            }
            ClientEvent::Change { uri, changes, version } => self.change(&uri, &changes, version),
            ClientEvent::Close { uri } => self.close(&uri, workspaces),
            ClientEvent::Saved { uri } => self.saved(uri, workspaces),
            ClientEvent::Sent(change, patience) => {
                self.changes.add(change, patience, Instant::now())
            }
            ClientEvent::Written { root, paths } => {
                if let Some(workspace) = workspaces.get_mut(&root) {
                    workspace.refresh(paths.iter().map(String::as_str));
                }
            }
            ClientEvent::Touched { uris } => self.touch(&uris, workspaces),
            ClientEvent::Renamed { uris } => self.renamed(&uris, workspaces),
            ClientEvent::Folders { added, removed } => {
                self.change_roots(added, &removed, workspaces)
            }
            ClientEvent::WasTold { latest } => {
                self.asks = Some(AsksMissed { latest, is_answered: false });
                self.roots.iter_mut().for_each(|root| root.is_caught_up = false);
            }
        }
    }

    /// Tells what it has missed, once everything is read that it works in, and later of the folders
    /// that have come.
    pub(super) fn catch_up(&mut self, workspaces: &SharedWorkspaces) {
        let Some(asks) = &mut self.asks else { return };
        if asks.is_answered && self.roots.iter().all(|root| root.is_caught_up) {
            return;
        }
        let mut missed = Missed { latest: BTreeMap::new(), events: Vec::new() };
        for root in self.roots.iter().filter(|root| !root.is_caught_up) {
            let Some(ledger) = workspaces.ledger(root.path()) else { return };
            missed.latest.insert(root.path().to_owned(), ledger.seq());
            let since = asks.latest.get(root.path());
            missed.events.extend(since.into_iter().flat_map(|seq| ledger.since(*seq)));
        }
        // Whoever leaves a folder and comes back has missed nothing.
        *asks = AsksMissed { latest: BTreeMap::new(), is_answered: true };
        self.roots.iter_mut().for_each(|root| root.is_caught_up = true);
        self.outbox.catch_up(missed);
    }

    fn open(&mut self, uri: DocumentUri, overlay: Overlay, workspaces: &mut SharedWorkspaces) {
        let was_open = self.uris.key(&uri).is_some_and(|key| self.uris.is_open(&key));
        let Some(key) = self.uris.open(uri.clone()) else { return };
        if !self.has_folders && self.home(&key).is_none() {
            self.add_root_of(key.path(), workspaces);
        }
        // The editor may have read a text that the watcher has not told of yet.
        self.look_at(&key, workspaces);
        self.out_of_sync.remove(&uri);
        self.arrivals.see(&key, overlay.rope());
        self.overlays.insert(uri, overlay);
        self.n_openings += 1;
        self.openings.insert(key.clone(), self.n_openings);
        if !was_open {
            self.read.remove(&key);
            self.opened.insert(key.clone());
        }
        self.unsettled.insert(key);
    }

    fn change(&mut self, uri: &DocumentUri, changes: &[TextChange], version: i32) {
        let Some(key) = self.uris.key(uri) else { return };
        self.uris.prefer(uri);
        let opened = self.uris.open_spelling(&key).cloned();
        let overlay = opened.and_then(|uri| Some((self.overlays.get_mut(&uri)?, uri)));
        let Some((overlay, uri)) = overlay else {
            tracing::warn!(uri = uri.as_str(), "a document was changed that is not open");
            return;
        };
        match overlay.apply(changes, version, self.encoding) {
            Ok(()) => {
                if changes.iter().any(|change| change.range.is_none()) {
                    self.out_of_sync.remove(&uri);
                }
                self.arrivals.see(&key, overlay.rope());
                self.unsettled.insert(key);
            }
            Err(error) => {
                tracing::warn!(uri = uri.as_str(), %error, "the text of a document differs from that of the client");
                if self.out_of_sync.insert(uri) {
                    let name = key.path().display();
                    let message = format!(
                        "Lockstep does not know the text of {name} any more: please reopen it"
                    );
                    self.outbox.show(Severity::Warning, message);
                }
            }
        }
    }

    fn close(&mut self, uri: &DocumentUri, workspaces: &mut SharedWorkspaces) {
        let Some(key) = self.uris.close(uri) else { return };
        self.look_at(&key, workspaces);
        self.overlays.remove(uri);
        self.out_of_sync.remove(uri);
        if !self.uris.is_open(&key) {
            self.openings.remove(&key);
        }
        self.unsettled.insert(key);
    }

    /// What the client has written is what it had a moment ago, whatever it types next.
    fn saved(&mut self, uri: DocumentUri, workspaces: &mut SharedWorkspaces) {
        let Some(key) = self.uris.key(&uri) else { return };
        let home = self.home(&key);
        let opened = self.uris.open_spelling(&key).and_then(|uri| self.overlays.get_mut(uri));
        if let (Some(overlay), Some((root, path))) = (opened, home) {
            let view = &mut self.roots[root].view;
            let disk = view.as_ref().and_then(|view| view.on_disk(&path));
            let is_there = |text: &SharedText| disk.as_ref().is_none_or(|it| same_texts(it, text));
            let text = overlay.written(is_there);
            // One that does not know the text yet is told later, and of nothing that was read before.
            self.read.remove(&key);
            if view.is_none() || self.unsettled.contains(&key) {
                self.read.insert(key.clone(), text.clone());
            }
            if let Some(view) = view {
                view.wrote(&path, text);
                self.changes.hear_saved(view.folder(), &path);
            }
        }
        self.look_at(&key, workspaces);
    }

    /// Reads a file again that may be another on disk.
    fn look_at(&self, key: &DocumentKey, workspaces: &mut SharedWorkspaces) {
        let Some((root, path)) = self.home(key) else { return };
        if let Some(workspace) = workspaces.get_mut(self.roots[root].path()) {
            workspace.refresh([path.as_str()]);
        }
    }

    fn touch(&self, uris: &[DocumentUri], workspaces: &mut SharedWorkspaces) {
        for key in uris.iter().filter_map(|uri| self.uris.key(uri)) {
            let Some((root, path)) = self.home(&key) else { continue };
            let folder = self.roots[root].path();
            workspaces.hint(folder, Hint::Paths(vec![folder.join(path)]));
        }
    }

    fn renamed(&self, uris: &[DocumentUri], workspaces: &mut SharedWorkspaces) {
        let mut by_root: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (root, path) in uris.iter().filter_map(|uri| self.home(&self.uris.key(uri)?)) {
            by_root.entry(root).or_default().push(path);
        }
        for (root, paths) in by_root {
            if let Some(workspace) = workspaces.get_mut(self.roots[root].path()) {
                workspace.renamed(&paths);
            }
        }
    }

    /// The root that a file belongs to, and the path it has there.
    pub(super) fn home(&self, key: &DocumentKey) -> Option<(usize, String)> {
        fn parts<'a>((_, root): &'a (usize, &SessionFolder)) -> (&'a Path, &'a Aliases) {
            (root.path(), root.aliases())
        }
        let ((root, _), path) = home(self.roots.iter().enumerate(), parts, key.path())?;
        Some((root, path))
    }

    /// What the client has of a file that is open.
    fn overlay(&self, key: &DocumentKey) -> Option<&Overlay> {
        self.overlays.get(self.uris.open_spelling(key)?)
    }

    /// What is open and no file of tasks, with its text.
    pub(super) fn bystanders(&self) -> impl Iterator<Item = (&DocumentKey, &SharedText)> {
        self.uris.open_files().filter_map(|key| {
            let (root, path) = self.home(key)?;
            let view = self.roots[root].view.as_ref()?;
            let is_known = view.analysis().index.document(&path).is_some();
            Some((key, self.overlay(key)?.text())).filter(|_| !is_known)
        })
    }

    /// What the daemon calls it, and how many documents it has open.
    pub(super) fn n_open(&self) -> (u64, usize) {
        (self.guest, self.overlays.len())
    }

    /// When something is to be judged, if nothing else happens.
    pub(super) fn next(&self) -> Option<Instant> {
        [self.changes.next(), self.times.next()].into_iter().flatten().min()
    }

    /// When others are to look again whether it is still about to save something.
    pub(super) fn next_saving(&self, now: Instant) -> Option<Instant> {
        self.changes.next_saving(now)
    }

    /// Reads the files again that it should have saved by now.
    pub(super) fn look_at_overdue(&mut self, workspaces: &mut SharedWorkspaces, now: Instant) {
        for (root, paths) in self.changes.take_overdue(now) {
            if let Some(workspace) = workspaces.get_mut(&root) {
                workspace.refresh(paths.iter().map(FilePath::as_str));
            }
        }
    }

    /// The workspaces in which it saves a change, one file after the other.
    pub(super) fn saving(&mut self, workspaces: &SharedWorkspaces, now: Instant) -> Vec<PathBuf> {
        let views = self.roots.iter().filter_map(|root| Some((root.path(), root.view.as_ref()?)));
        let saving = views.filter(|(root, view)| {
            let disk = workspaces.index(root);
            self.changes.is_saving(view.folder(), view.analysis(), disk, now)
        });
        saving.map(|(_, view)| view.folder().to_owned()).collect()
    }

    /// Takes over what is new on disk below these roots, but not what another session is about to save:
    /// that is taken over as one.
    pub(super) fn adopt_settled(
        &mut self,
        news: &[PathBuf],
        is_being_saved: impl Fn(&Path) -> bool,
        workspaces: &mut SharedWorkspaces,
    ) {
        self.postponed.extend(news.iter().cloned());
        let (later, now) =
            std::mem::take(&mut self.postponed).into_iter().partition(|it| is_being_saved(it));
        self.postponed = later;
        let now: BTreeSet<PathBuf> = now;
        now.iter().for_each(|root| self.adopt(root, workspaces));
    }

    /// Says what it is time to say of open texts, to their views.
    fn keep_time(&mut self, now: Instant) {
        let mut open = HashSet::new();
        for root in &mut self.roots {
            let Some(view) = &mut root.view else { continue };
            let (folder, aliases) = (view.folder().to_owned(), view.aliases().clone());
            let mut due = Vec::new();
            for (path, state) in view.open_texts() {
                let key = key(&folder, &aliases, path);
                let said = self.times.see(&key, state, self.patience.reread, now);
                due.extend(said.map(|said| (path.to_owned(), said)));
                open.insert(key);
            }
            self.is_fresh |= !due.is_empty();
            for (path, said) in due {
                match said {
                    TimeUp::Late => view.set_late(&path),
                    TimeUp::NotJustTyped => view.forget_typed(&path),
                }
            }
            view.set_fixes_drift(self.fixes_drift);
        }
        self.times.retain(|key| open.contains(key));
    }

    /// Takes over what is new on disk below `root`.
    pub(super) fn adopt(&mut self, root: &Path, workspaces: &mut SharedWorkspaces) {
        let known = self.roots.iter_mut().find(|known| known.path() == root);
        if let Some(known) = known.filter(|known| known.view.is_some())
            && let Some(workspace) = workspaces.get_mut(root)
        {
            let before = known.aliases().clone();
            known.adopt(&workspace.local);
            self.is_fresh = true;
            if *known.aliases() != before {
                self.is_rehomed = true;
                self.unsettled.extend(self.uris.open_files().cloned());
            }
        }
    }

    /// Brings the views up to date with what is open.
    pub(super) fn settle(&mut self, workspaces: &mut SharedWorkspaces) {
        let mut by_root: Vec<Vec<NewOverlay>> = vec![Vec::new(); self.roots.len()];
        let opened = std::mem::take(&mut self.opened);
        let unsettled = std::mem::take(&mut self.unsettled);
        for key in &unsettled {
            let Some((root, path)) = self.home(key) else { continue };
            let text = self.overlay(key).map(|overlay| overlay.text().clone());
            let view = self.roots[root].view.as_ref();
            if opened.contains(key) && view.is_some_and(|view| view.has_overlay(&path)) {
                // It was closed and opened again, and not changed.
                by_root[root].push((path.clone(), None));
            }
            by_root[root].push((path, text));
        }
        if std::mem::take(&mut self.is_rehomed) {
            self.lift_strangers(&mut by_root);
        }
        for (root, overlays) in self.roots.iter_mut().zip(by_root) {
            let path = root.path().to_owned();
            let Some(view) = root.view.as_mut().filter(|_| !overlays.is_empty()) else { continue };
            match workspaces.get_mut(&path) {
                Some(workspace) => view.set_overlays_over(&workspace.local, overlays),
                None => view.set_overlays(overlays),
            }
            self.is_fresh = true;
        }
        let postponed = |root: &&SessionFolder| self.postponed.contains(root.path());
        self.is_ahead = self
            .roots
            .iter()
            .filter(postponed)
            .any(|root| workspaces.index(root.path()).is_some_and(|disk| root.is_ahead(disk)));
        unsettled.iter().for_each(|key| self.share_text(key));
        for (key, text) in std::mem::take(&mut self.read) {
            let Some((root, path)) = self.home(&key) else { continue };
            match &mut self.roots[root].view {
                Some(view) => view.was_read(&path, text),
                None => drop(self.read.insert(key, text)),
            }
        }
        if self.is_fresh {
            let views = self.roots.iter().filter_map(|root| root.view.as_ref());
            let unsaved = views.flat_map(|view| {
                let aliases = view.aliases();
                view.unsaved().map(move |(path, text)| (key(view.folder(), aliases, path), text))
            });
            self.unsaved = unsaved.collect();
        }
    }

    /// Has what is open be one in memory with what was read of it.
    fn share_text(&mut self, key: &DocumentKey) {
        let Some((root, path)) = self.home(key) else { return };
        let Some(view) = &self.roots[root].view else { return };
        let document = view.analysis().index.document(&path);
        let opened = self.uris.open_spelling(key).and_then(|uri| self.overlays.get_mut(uri));
        if let Some(((_, document), overlay)) = document.zip(opened) {
            overlay.share(&document.text);
        }
    }

    /// Has views leave texts of files that belong to others by now, or to none.
    fn lift_strangers(&self, by_root: &mut [Vec<NewOverlay>]) {
        let homes: HashSet<_> = self.uris.open_files().filter_map(|key| self.home(key)).collect();
        for (at, root) in self.roots.iter().enumerate() {
            let overlaid = root.view.iter().flat_map(LocalWorkspace::overlaid);
            let strangers = overlaid.filter(|path| !homes.contains(&(at, (*path).to_owned())));
            by_root[at].extend(strangers.map(|path| (path.to_owned(), None)));
        }
    }

    /// Takes note whether more is to be read of what it works in.
    pub(super) fn await_others(&mut self, workspaces: &SharedWorkspaces) {
        let is_whole = self.roots.iter().all(|root| workspaces.is_whole(root.path()));
        self.is_fresh |= is_whole && !self.is_whole;
        self.is_whole |= is_whole;
    }

    /// What it has that is not saved, and what the editor calls itself.
    pub(super) fn unsaved(&self) -> (&str, &BTreeMap<DocumentKey, Unsaved>) {
        (&self.name, &self.unsaved)
    }

    /// Takes in what other sessions have that is not saved.
    pub(super) fn see_others(&mut self, others: &BTreeMap<DocumentKey, Vec<OtherEditor>>) {
        let mut by_root = vec![BTreeMap::new(); self.roots.len()];
        for (key, others) in others {
            if let Some((root, path)) = self.home(key) {
                by_root[root].insert(FilePath::new(&path), others.clone());
            }
        }
        for (root, others) in self.roots.iter_mut().zip(by_root) {
            if let Some(view) = &mut root.view {
                self.is_fresh |= view.set_others(others);
            }
        }
    }

    /// Looks at what has become of changes, and publishes what has come of everything. What is the same
    /// as for another session is `shared` with it.
    pub(super) fn publish(&mut self, now: Instant, shared: &mut Vec<Analysis>) {
        // Nobody would ever judge one of a folder that is gone.
        let roots = &self.roots;
        self.changes.forget(|root| roots.iter().any(|known| known.path() == root));
        let is_due = self.next().is_some_and(|next| next <= now);
        if !self.is_fresh && !is_due {
            return;
        }
        self.keep_time(now);
        for root in &mut self.roots {
            // A session that waits for a folder sees all of its folders or none.
            let Some(view) = &mut root.view else { return };
            let changes = self.changes.told(view.folder(), view.analysis(), now);
            view.set_changes(changes);
            view.share(shared);
        }
        self.is_fresh = false;
        let views = self.roots.iter().filter_map(|root| root.view.as_ref());
        let folders = views.map(|view| Folder {
            root: view.folder().to_owned(),
            analysis: view.analysis().clone(),
            aliases: view.aliases().clone(),
            held: Arc::new(view.held()),
        });
        let open = self.uris.open_files().filter_map(|key| {
            let overlay = self.overlay(key)?;
            let (text, version) = (overlay.text().clone(), overlay.version());
            let opening = self.openings.get(key).copied().unwrap_or_default();
            Some((key.clone(), OpenDocument { text, version, opening }))
        });
        let number = self.snapshots.borrow().number + 1;
        self.snapshots.send_replace(Arc::new(SessionSnapshot {
            applied: self.applied,
            number,
            is_whole: self.is_whole,
            is_ahead: self.is_ahead,
            folders: folders.collect(),
            open: Arc::new(open.collect()),
            uris: Arc::new(self.uris.clone()),
        }));
    }
}
