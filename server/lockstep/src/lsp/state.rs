//! The one owner of a session's workspaces and open documents. It lives on a thread of its own,
//! takes events in order, and publishes a snapshot after each batch of them.

mod roots;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lockstep_store::watcher::Hint;
use tokio::sync::watch;
use tower_lsp::ls_types::{MessageType, TextDocumentContentChangeEvent, Uri};

use crate::lsp::changes::{Changes, Handed};
use crate::lsp::outbox::Outbox;
use crate::lsp::overlay::{Overlay, PositionEncoding};
use crate::lsp::snapshot::{Folder, Snapshot, home};
use crate::lsp::state::roots::Root;
use crate::lsp::uri::{DocumentKey, UriTable};
use crate::workspace::local::Aliases;

/// How many events are taken before a snapshot is due, so that a client which never pauses is
/// answered.
const BATCH: usize = 256;

/// What happens to a session.
#[derive(Debug)]
pub(crate) enum Event {
    /// The client has said what it can do and which folders it works in.
    Start { encoding: PositionEncoding, roots: Vec<Uri> },
    /// The client has opened a document.
    Open { uri: Uri, text: String, version: i32, language: String },
    /// The client has changed an open document.
    Change { uri: Uri, changes: Vec<TextDocumentContentChangeEvent>, version: i32 },
    /// The client has closed a document.
    Close { uri: Uri },
    /// The client has saved a document.
    Saved { uri: Uri },
    /// A change goes to the client.
    Handed(Handed),
    /// The server has written these files below a root.
    Written { root: PathBuf, paths: Vec<String> },
    /// These files may have changed on disk, says the client.
    Touched { uris: Vec<Uri> },
    /// The client works in other folders now.
    Folders { added: Vec<Uri>, removed: Vec<Uri> },
    /// Something below a root may have changed on disk.
    Disk { root: PathBuf, hint: Hint },
    /// The session is over.
    Stop,
}

/// An event, with its number where the client has caused it.
#[derive(Debug)]
pub(crate) struct Numbered {
    /// Its place among the client's events, from 1.
    pub(crate) number: Option<u64>,
    /// The event.
    pub(crate) event: Event,
}

/// The owner.
#[derive(Debug)]
pub(crate) struct State {
    encoding: PositionEncoding,
    roots: Vec<Root>,
    /// What the client has open, by its own spelling: a file with two names is open twice, and its
    /// text is that which was changed last.
    overlays: HashMap<Uri, Overlay>,
    /// Whether the client has said which folders it works in.
    has_folders: bool,
    uris: UriTable,
    applied: u64,
    /// Documents whose overlay is not yet what the workspace has.
    unsettled: BTreeSet<DocumentKey>,
    /// What the client was asked to make.
    changes: Changes,
    /// Documents of which the user has been told that they are out of step.
    out_of_sync: HashSet<Uri>,
    snapshots: watch::Sender<Arc<Snapshot>>,
    outbox: Outbox,
    /// For the watchers.
    events: Sender<Numbered>,
}

impl State {
    /// A session without folders. `events` is the other end of what [`State::run`] gets.
    pub(crate) fn new(
        events: Sender<Numbered>,
        snapshots: watch::Sender<Arc<Snapshot>>,
        outbox: Outbox,
    ) -> State {
        State {
            encoding: PositionEncoding::Utf16,
            roots: Vec::new(),
            overlays: HashMap::new(),
            has_folders: false,
            uris: UriTable::default(),
            applied: 0,
            unsettled: BTreeSet::new(),
            changes: Changes::default(),
            out_of_sync: HashSet::new(),
            snapshots,
            outbox,
            events,
        }
    }

    /// Takes events until the session is over.
    pub(crate) fn run(mut self, events: &Receiver<Numbered>) {
        loop {
            let pending = self.roots.iter().filter_map(|root| root.pending.next());
            let wait = pending.chain(self.changes.next()).min();
            let wait =
                wait.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()));
            let mut next = match events.recv_timeout(wait) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            for _ in 0..BATCH {
                let Some(event) = next.take().or_else(|| events.try_recv().ok()) else { break };
                if self.take(event).is_break() {
                    return;
                }
            }
            self.settle();
        }
    }

    fn take(&mut self, Numbered { number, event }: Numbered) -> ControlFlow<()> {
        if matches!(event, Event::Stop) {
            return ControlFlow::Break(());
        }
        self.guarded(|state| state.handle(event));
        // Also where it went wrong: whoever waits for it would wait for ever.
        self.applied = number.unwrap_or(self.applied);
        ControlFlow::Continue(())
    }

    /// Keeps the owner alive whatever a single event does to it.
    fn guarded(&mut self, step: impl FnOnce(&mut State)) {
        if catch_unwind(AssertUnwindSafe(|| step(self))).is_err() {
            tracing::error!("an event could not be taken in; the panic is above");
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Start { encoding, roots } => {
                self.encoding = encoding;
                self.change_roots(roots, &[]);
            }
            Event::Open { uri, text, version, language } => {
                self.open(uri, Overlay::open(&text, version, language));
            }
            Event::Change { uri, changes, version } => self.change(&uri, &changes, version),
            Event::Close { uri } => self.close(&uri),
            Event::Saved { uri } => self.saved(uri),
            Event::Handed(change) => self.changes.add(change, Instant::now()),
            Event::Written { root, paths } => {
                if let Some(known) = self.roots.iter_mut().find(|known| known.path() == root) {
                    known.workspace.refresh(paths.iter().map(String::as_str));
                }
            }
            Event::Touched { uris } => self.touch(&uris),
            Event::Folders { added, removed } => self.change_roots(added, &removed),
            Event::Disk { hint: Hint::Limited(reason), .. } => self.watches_little(&reason),
            Event::Disk { root, hint } => {
                if let Some(known) = self.roots.iter_mut().find(|known| known.path() == root) {
                    known.pending.add(&root, hint, Instant::now());
                }
            }
            Event::Stop => {}
        }
    }

    fn open(&mut self, uri: Uri, overlay: Overlay) {
        let Some(key) = self.uris.open(uri.clone()) else { return };
        if !self.has_folders && self.home(&key).is_none() {
            self.add_root_of(key.path());
        }
        self.out_of_sync.remove(&uri);
        self.overlays.insert(uri, overlay);
        self.unsettled.insert(key);
    }

    fn change(&mut self, uri: &Uri, changes: &[TextDocumentContentChangeEvent], version: i32) {
        let Some(key) = self.uris.key(uri) else { return };
        self.uris.prefer(uri);
        let opened = self.uris.open_spelling(&key).cloned();
        let overlay = opened.and_then(|uri| Some((self.overlays.get_mut(&uri)?, uri)));
        let Some((overlay, uri)) = overlay else {
            tracing::warn!(uri = uri.as_str(), "a document changes that is not open");
            return;
        };
        match overlay.apply(changes, version, self.encoding) {
            Ok(()) => {
                if changes.iter().any(|change| change.range.is_none()) {
                    self.out_of_sync.remove(&uri);
                }
                self.unsettled.insert(key);
            }
            Err(error) => {
                tracing::warn!(uri = uri.as_str(), %error, "a document is out of step");
                if self.out_of_sync.insert(uri) {
                    let name = key.path().display();
                    let message = format!("Lockstep has lost step with {name}: please reopen it");
                    self.outbox.show(MessageType::WARNING, message);
                }
            }
        }
    }

    fn close(&mut self, uri: &Uri) {
        let Some(key) = self.uris.close(uri) else { return };
        self.overlays.remove(uri);
        self.out_of_sync.remove(uri);
        self.unsettled.insert(key);
    }

    /// What the client has written is what it has at this moment, whatever it types next.
    fn saved(&mut self, uri: Uri) {
        let Some(key) = self.uris.key(&uri) else { return };
        let text = self.overlay(&key).map(|overlay| Arc::from(overlay.text()));
        match (text, self.home(&key)) {
            (Some(text), Some((root, path))) => self.roots[root].workspace.wrote(&path, text),
            _ => self.touch(&[uri]),
        }
    }

    fn touch(&mut self, uris: &[Uri]) {
        for key in uris.iter().filter_map(|uri| self.uris.key(uri)) {
            let Some((root, path)) = self.home(&key) else { continue };
            let root = &mut self.roots[root];
            let folder = root.path().to_owned();
            let hint = Hint::Paths(vec![folder.join(path)]);
            root.pending.add(&folder, hint, Instant::now());
        }
    }

    /// The root that a file belongs to, and the path it has there.
    fn home(&self, key: &DocumentKey) -> Option<(usize, String)> {
        fn parts<'a>((_, root): &'a (usize, &Root)) -> (&'a Path, &'a Aliases) {
            (root.path(), root.workspace.aliases())
        }
        let ((root, _), path) = home(self.roots.iter().enumerate(), parts, key.path())?;
        Some((root, path))
    }

    /// What the client has of a file that is open.
    fn overlay(&self, key: &DocumentKey) -> Option<&Overlay> {
        self.overlays.get(self.uris.open_spelling(key)?)
    }

    /// Brings the workspaces up to date and publishes what has come of it.
    fn settle(&mut self) {
        self.guarded(|state| {
            state.settle_overlays();
            let now = Instant::now();
            for root in &mut state.roots {
                root.read_pending(now);
                let analysis = root.workspace.analysis();
                let changes = state.changes.judge(root.path(), analysis, now);
                root.workspace.set_changes(changes);
            }
        });
        let folder = |root: &Root| Folder {
            root: root.path().to_owned(),
            analysis: root.workspace.analysis().clone(),
            aliases: root.workspace.aliases().clone(),
        };
        let open = self.uris.open_files();
        let versions = open.filter_map(|key| Some((key.clone(), self.overlay(key)?.version())));
        self.snapshots.send_replace(Arc::new(Snapshot {
            applied: self.applied,
            folders: self.roots.iter().map(folder).collect(),
            open: Arc::new(versions.collect()),
            uris: Arc::new(self.uris.clone()),
        }));
    }

    fn settle_overlays(&mut self) {
        let mut by_root: Vec<Vec<(String, Option<Arc<str>>)>> = vec![Vec::new(); self.roots.len()];
        for key in std::mem::take(&mut self.unsettled) {
            let Some((root, path)) = self.home(&key) else { continue };
            let text = self.overlay(&key).map(|overlay| Arc::from(overlay.text()));
            by_root[root].push((path, text));
        }
        for (root, overlays) in self.roots.iter_mut().zip(by_root) {
            if !overlays.is_empty() {
                root.workspace.set_overlays(overlays);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use lockstep_fixture::{Fixture, Sandbox};
    use tower_lsp::ls_types::TextDocumentContentChangeEvent;

    use super::*;
    use crate::lsp::uri;

    #[test]
    fn events_that_wait_are_taken_in_together() {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
        let (events, taken) = mpsc::channel();
        let (published, mut snapshots) = watch::channel(Arc::default());
        let state = State::new(events.clone(), published, Outbox::new().0);
        let document = || uri::to_uri(&sandbox.join("TODO.md"));
        let whole =
            |text: String| TextDocumentContentChangeEvent { range: None, range_length: None, text };
        let mut all = vec![
            Event::Start {
                encoding: PositionEncoding::Utf16,
                roots: vec![uri::to_uri(sandbox.path())],
            },
            Event::Open { uri: document(), text: String::new(), version: 0, language: "x".into() },
        ];
        all.extend((1..100).map(|version| Event::Change {
            uri: document(),
            changes: vec![whole(format!("- [ ] Sweep {version} times\n"))],
            version,
        }));
        let n_events = all.len() as u64;
        for (number, event) in (1..).zip(all) {
            events.send(Numbered { number: Some(number), event }).expect("it is there");
        }
        let owner = std::thread::spawn(move || state.run(&taken));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(snapshots.changed()).expect("a snapshot");
        let first = snapshots.borrow().clone();
        assert_eq!(first.applied, n_events, "none was published in between");
        let task = first.folders[0].analysis.index.tasks.values().next().expect("a task");
        assert_eq!(first.folders[0].analysis.index.title(task), "Sweep 99 times");
        events.send(Numbered { number: None, event: Event::Stop }).expect("it is there");
        owner.join().expect("it ends");
    }
}
