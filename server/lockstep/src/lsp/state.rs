//! The one owner of a session's workspaces and open documents. It lives on a thread of its own,
//! takes events in order, and publishes a snapshot after each batch of them.

mod roots;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use lockstep_store::loader;
use lockstep_store::watcher::Hint;
use tokio::sync::watch;
use tower_lsp::ls_types::{MessageType, TextDocumentContentChangeEvent, Uri};

use crate::lsp::outbox::Outbox;
use crate::lsp::overlay::{Overlay, PositionEncoding};
use crate::lsp::snapshot::{Folder, Snapshot, innermost};
use crate::lsp::state::roots::Root;
use crate::lsp::uri::{DocumentKey, UriTable};

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
    overlays: HashMap<DocumentKey, Overlay>,
    uris: UriTable,
    applied: u64,
    /// Documents whose overlay is not yet what the workspace has.
    unsettled: BTreeSet<DocumentKey>,
    /// Documents of which the user has been told that they are out of step.
    out_of_sync: HashSet<DocumentKey>,
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
            uris: UriTable::default(),
            applied: 0,
            unsettled: BTreeSet::new(),
            out_of_sync: HashSet::new(),
            snapshots,
            outbox,
            events,
        }
    }

    /// Takes events until the session is over.
    pub(crate) fn run(mut self, events: &Receiver<Numbered>) {
        loop {
            let wait = self.roots.iter().filter_map(|root| root.pending.next()).min();
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
            Event::Touched { uris } => self.touch(&uris),
            Event::Folders { added, removed } => self.change_roots(added, &removed),
            Event::Disk { root, hint } => {
                if let Some(known) = self.roots.iter_mut().find(|known| known.path() == root) {
                    known.pending.add(&root, hint, Instant::now());
                }
            }
            Event::Stop => {}
        }
    }

    fn open(&mut self, uri: Uri, overlay: Overlay) {
        let Some(key) = self.uris.open(uri) else { return };
        if self.roots.is_empty() {
            self.add_root_of(key.path());
        }
        self.out_of_sync.remove(&key);
        self.overlays.insert(key.clone(), overlay);
        self.unsettled.insert(key);
    }

    fn change(&mut self, uri: &Uri, changes: &[TextDocumentContentChangeEvent], version: i32) {
        let Some(key) = self.uris.key(uri) else { return };
        let Some(overlay) = self.overlays.get_mut(&key) else {
            tracing::warn!(uri = uri.as_str(), "a document changes that is not open");
            return;
        };
        match overlay.apply(changes, version, self.encoding) {
            Ok(()) => {
                if changes.iter().any(|change| change.range.is_none()) {
                    self.out_of_sync.remove(&key);
                }
                self.unsettled.insert(key);
            }
            Err(error) => {
                tracing::warn!(uri = uri.as_str(), %error, "a document is out of step");
                if self.out_of_sync.insert(key.clone()) {
                    let name = key.path().display();
                    let message = format!("Lockstep has lost step with {name}: please reopen it");
                    self.outbox.show(MessageType::WARNING, message);
                }
            }
        }
    }

    fn close(&mut self, uri: &Uri) {
        let Some(key) = self.uris.close(uri) else { return };
        if !self.uris.is_open(&key) {
            self.overlays.remove(&key);
            self.out_of_sync.remove(&key);
            self.unsettled.insert(key);
        }
    }

    fn touch(&mut self, uris: &[Uri]) {
        for key in uris.iter().filter_map(|uri| self.uris.key(uri)) {
            let path = key.path();
            let root = innermost(self.roots.iter_mut(), |root| root.path(), path);
            if let Some(root) = root {
                let folder = root.path().to_owned();
                root.pending.add(&folder, Hint::Paths(vec![path.to_owned()]), Instant::now());
            }
        }
    }

    /// Brings the workspaces up to date and publishes what has come of it.
    fn settle(&mut self) {
        self.guarded(|state| {
            state.settle_overlays();
            for root in &mut state.roots {
                root.read_pending(Instant::now());
            }
        });
        let folder = |root: &Root| Folder {
            root: root.path().to_owned(),
            analysis: root.workspace.analysis().clone(),
        };
        let versions = self.overlays.iter().map(|(key, open)| (key.clone(), open.version()));
        self.snapshots.send_replace(Arc::new(Snapshot {
            applied: self.applied,
            folders: self.roots.iter().map(folder).collect(),
            open: Arc::new(versions.collect()),
            uris: Arc::new(self.uris.clone()),
        }));
    }

    fn settle_overlays(&mut self) {
        let unsettled = std::mem::take(&mut self.unsettled);
        let home = |key: &DocumentKey| innermost(self.roots.iter(), |root| root.path(), key.path());
        let homes: Vec<Option<PathBuf>> =
            unsettled.iter().map(|key| home(key).map(|root| root.path().to_owned())).collect();
        for root in &mut self.roots {
            let here = unsettled
                .iter()
                .zip(&homes)
                .filter(|(_, home)| home.as_deref().is_some_and(|home| home == root.path()));
            let overlays: Vec<_> = here
                .filter_map(|(key, _)| {
                    let text = self.overlays.get(key).map(|overlay| Arc::from(overlay.text()));
                    Some((loader::relative(root.path(), key.path())?, text))
                })
                .collect();
            if !overlays.is_empty() {
                root.workspace.set_overlays(overlays);
            }
        }
    }
}
