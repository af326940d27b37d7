//! One client's connection, as its handlers see it: they send events, and read snapshots.

pub(crate) mod edit_queue;
mod pulling;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use lockstep_analysis::features::workspace_symbols::SymbolNames;
use lockstep_analysis::profile::Severity;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, Result};

use crate::hub::Hub;
use crate::hub::arrivals::Arrivals;
use crate::hub::client_event::ClientEvent;
use crate::hub::message::{Message, SessionId};
use crate::hub::outbox::{Delivery, Outbox};
use crate::hub::sent_changes::SentChange;
use crate::hub::session_state::SessionState;
use crate::hub::snapshot::SessionSnapshot;
use crate::lsp::client::ClientFeatures;
use crate::lsp::delivery::deliver;
use crate::lsp::error::refused;
use crate::lsp::lenses::Lenses;
use crate::lsp::outlines::Outlines;
use crate::lsp::outstanding::{OneOutstanding, Outstanding};
use crate::lsp::publication::Publication;
use crate::lsp::publish;
use crate::lsp::publish::pulled::PulledFindings;
use crate::lsp::refresh;
use crate::lsp::rows;
use crate::lsp::session::edit_queue::{EditSender, QueuedEdit};
use crate::lsp::settings::Settings;

/// How many pages a client is asked to read again.
const PAGES: usize = 16;

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    publications: mpsc::Sender<Publication>,
    features: OnceLock<ClientFeatures>,
    settings: Mutex<Settings>,
    /// How many changes have a name.
    n_changes: AtomicU64,
    outbox: Outbox,
    hub: Hub,
    id: SessionId,
    /// How many events there were: locked while one is sent, so that their order is one.
    n_events: Mutex<u64>,
    snapshots: watch::Receiver<Arc<SessionSnapshot>>,
    /// The oldest of what the client shows beside texts, as far as it does.
    shown: watch::Sender<Option<Arc<SessionSnapshot>>>,
    /// How many events those findings are about that the client was told last, once everything is
    /// read.
    told: watch::Sender<u64>,
    /// Edits that wait to be sent.
    edits: UnboundedSender<(QueuedEdit, OneOutstanding)>,
    /// Those of them that are still to be sent.
    unsent: Outstanding,
    arrivals: Arrivals,
    /// Whether the client waits for what it has missed.
    asks_missed: AtomicBool,
    /// What a client knows that asks for findings.
    pulled: Mutex<PulledFindings>,
    /// The outlines that the client was given last.
    outlines: Mutex<Outlines>,
    /// The lenses that the client was given last.
    lenses: Mutex<Lenses>,
    /// What it has searched last, by workspace.
    names: Mutex<BTreeMap<PathBuf, SymbolNames>>,
    /// Pages that are no files, as the client has opened them last.
    pages: Arc<Mutex<Vec<String>>>,
    /// How many questions for what is new in the workspace wait for it.
    n_waiting: AtomicUsize,
    /// What runs for the session besides handlers; ends with it.
    tasks: Mutex<JoinSet<()>>,
    /// What waits for the client to be initialized.
    unasked: Mutex<Option<Unasked>>,
}

/// What a request is answered from.
#[derive(Clone, Debug)]
pub(crate) struct SessionContext {
    /// The session.
    pub(crate) session: Arc<Session>,
    /// What it sees now.
    pub(crate) snapshot: Arc<SessionSnapshot>,
}

impl SessionContext {
    /// What the client can do.
    pub(crate) fn features(&self) -> &ClientFeatures {
        self.session.features()
    }

    /// Takes note that the client shows beside a text what is answered from here.
    pub(crate) fn is_shown(&self) {
        self.session.shown.send_if_modified(|shown| {
            let is_older = shown.as_ref().is_none_or(|known| self.snapshot.number < known.number);
            if is_older {
                *shown = Some(self.snapshot.clone());
            }
            is_older
        });
    }
}

/// What begins once the client is initialized.
#[derive(Debug)]
struct Unasked {
    delivery: Delivery,
    edits: UnboundedReceiver<(QueuedEdit, OneOutstanding)>,
}

impl Session {
    /// A session before `initialize`, which the hub knows.
    pub(crate) fn new(
        hub: Hub,
        client: Client,
        publications: mpsc::Sender<Publication>,
        unsent: Outstanding,
    ) -> Session {
        let (published, snapshots) = watch::channel(Arc::default());
        let (outbox, delivery) = Outbox::new();
        let (edits, queued) = unbounded_channel();
        let id = hub.name_session();
        let arrivals = Arrivals::default();
        let state = SessionState::new(hub.guest(), published, outbox.clone(), arrivals.clone());
        hub.send(Message::Joined { session: id, state: Box::new(state) });
        Session {
            client,
            publications,
            features: OnceLock::new(),
            settings: Mutex::default(),
            n_changes: AtomicU64::new(0),
            outbox,
            hub,
            id,
            n_events: Mutex::new(0),
            snapshots,
            shown: watch::Sender::default(),
            told: watch::Sender::new(0),
            edits,
            unsent,
            arrivals,
            asks_missed: AtomicBool::new(false),
            pulled: Mutex::default(),
            outlines: Mutex::default(),
            lenses: Mutex::default(),
            names: Mutex::default(),
            pages: Arc::default(),
            n_waiting: AtomicUsize::new(0),
            tasks: Mutex::default(),
            unasked: Mutex::new(Some(Unasked { delivery, edits: queued })),
        }
    }

    /// What it shares with other sessions.
    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// What the client can do; little before `initialize`.
    pub(crate) fn features(&self) -> &ClientFeatures {
        self.features.get_or_init(|| ClientFeatures::new(&Default::default()))
    }

    /// Keeps what the client can do. Only the first call counts.
    pub(crate) fn set_features(&self, features: ClientFeatures) {
        let _ = self.features.set(features);
    }

    /// Takes note of a page that the client has opened: nobody tells when it is closed.
    pub(crate) fn opens_page(&self, uri: &str) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|known| known != uri);
        pages.push(uri.to_owned());
        if pages.len() > PAGES {
            pages.remove(0);
        }
    }

    /// Looks at the outlines that the client was given last.
    pub(crate) fn outlines<T>(&self, with: impl FnOnce(&mut Outlines) -> T) -> T {
        with(&mut self.outlines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the lenses that the client was given last.
    pub(crate) fn lenses<T>(&self, with: impl FnOnce(&mut Lenses) -> T) -> T {
        with(&mut self.lenses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at what the client has searched last.
    pub(crate) fn names<T>(
        &self,
        with: impl FnOnce(&mut BTreeMap<PathBuf, SymbolNames>) -> T,
    ) -> T {
        with(&mut self.names.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the client has set.
    pub(crate) fn settings(&self) -> Settings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what the client sets, and tells of what makes no sense.
    pub(crate) fn configure(&self, value: &serde_json::Value) {
        let (settings, trouble) = Settings::read(value);
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner) = settings;
        let Settings { patience, fixes_drift, .. } = settings;
        self.send(ClientEvent::Configured { patience, fixes_drift });
        if let Some(trouble) = trouble {
            self.show(Severity::Warning, format!("Lockstep: {trouble}"));
        }
    }

    /// A name for a change that the client is asked to make.
    pub(crate) fn name_change(&self) -> String {
        format!("edit-{}", self.n_changes.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Follows changes that go to the client now.
    pub(crate) fn hand(&self, changes: impl IntoIterator<Item = SentChange>) {
        let patience = self.settings().patience;
        for change in changes {
            self.send(ClientEvent::Sent(change, patience));
        }
    }

    /// Tells the client what it has missed since these events, and of no findings before it is
    /// initialized and that is told.
    pub(crate) fn catch_up(&self, latest: BTreeMap<PathBuf, u64>) {
        self.asks_missed.store(true, Ordering::Relaxed);
        self.send(ClientEvent::WasTold { latest });
    }

    /// Hands an event on. Returns at once; reads that begin later see what it does.
    pub(crate) fn send(&self, event: ClientEvent) {
        let mut number = self.n_events.lock().unwrap_or_else(PoisonError::into_inner);
        *number += 1;
        self.hub.send(Message::Client { session: self.id, number: *number, event });
    }

    /// Answers from a snapshot that has taken in every event sent before this is first polled.
    /// `work` runs on a thread of its own, may block, and may panic.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Session>,
        work: impl FnOnce(&SessionContext) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ticket = *self.n_events.lock().unwrap_or_else(PoisonError::into_inner);
        let session = self.clone();
        let mut snapshots = self.snapshots.clone();
        let snapshot = match snapshots.wait_for(|snapshot| snapshot.applied >= ticket).await {
            Ok(snapshot) => snapshot.clone(),
            Err(_) => return Err(Error::internal_error()),
        };
        if self.asks_missed.load(Ordering::Relaxed) {
            // It is in the outbox as soon as there is a snapshot that knows that it is asked for.
            self.outbox.until_told().await;
            self.asks_missed.store(false, Ordering::Relaxed);
        }
        let context = SessionContext { session, snapshot };
        let span = tracing::Span::current();
        let work = move || span.in_scope(|| work(&context));
        match tokio::task::spawn_blocking(work).await {
            Ok(answer) => answer,
            // The connection answers panics of handlers, and logs them.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::internal_error()),
        }
    }

    /// Waits until the client has been told the findings of all that it has said before this is first
    /// polled.
    pub(crate) async fn until_told(&self) -> Result<()> {
        let ticket = *self.n_events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told = self.told.subscribe();
        let done = told.wait_for(|told| *told >= ticket).await;
        done.map(drop).map_err(|_| Error::internal_error())
    }

    /// Starts what talks to the client unasked. To be called once the client is initialized.
    pub(crate) fn begin(self: &Arc<Session>) {
        let unasked = self.unasked.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Unasked { delivery, edits }) = unasked else { return };
        let (features, snapshots) = (self.features().clone(), self.snapshots.clone());
        self.spawn(deliver(delivery, self.client.clone()));
        if features.progress {
            self.spawn(publish::show_progress(self.client.clone(), snapshots.clone()));
        }
        let sender = EditSender {
            client: self.client.clone(),
            session: Arc::downgrade(self),
            outbox: self.outbox.clone(),
            snapshots: snapshots.clone(),
            arrivals: self.arrivals.clone(),
        };
        self.spawn(sender.run(edits));
        if features.rows {
            self.spawn(rows::tell(self.client.clone(), snapshots.clone()));
        }
        if refresh::is_wanted(&features) {
            let (client, known) = (self.client.clone(), features.clone());
            let (shown, pages) = (self.shown.clone(), self.pages.clone());
            self.spawn(refresh::refresh(client, known, snapshots.clone(), shown, pages));
        }
        let n_events = *self.n_events.lock().unwrap_or_else(PoisonError::into_inner);
        let (outbox, told) = (self.outbox.clone(), self.told.clone());
        if features.pulls {
            return self.spawn(pulling::refresh(Arc::downgrade(self), self.client.clone(), told));
        }
        let publications = self.publications.clone();
        self.spawn(publish::publish(publications, features, snapshots, outbox, n_events, told));
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, severity: Severity, message: impl Into<String>) {
        self.outbox.show(severity, message);
    }

    /// Queues an edit, and does not wait for what becomes of it. Whoever ends the session waits for that.
    pub(crate) fn apply(&self, edit: QueuedEdit) -> Result<()> {
        if !self.features().applies_edits {
            return Err(refused("this editor does not apply edits from a server"));
        }
        self.edits.send((edit, self.unsent.begin())).map_err(|_| Error::internal_error())
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.hub.send(Message::Left { session: self.id });
    }
}
