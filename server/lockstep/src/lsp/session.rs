//! One client's connection, as its handlers see it: they put events in, and read snapshots.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use dashmap::DashMap;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::request::ApplyWorkspaceEdit;
use tower_lsp::ls_types::{ApplyWorkspaceEditParams, MessageType, WorkspaceEdit};

use crate::lsp::client::ClientFeatures;
use crate::lsp::error::refused;
use crate::lsp::outbox::{Delivery, Outbox};
use crate::lsp::publish;
use crate::lsp::snapshot::Snapshot;
use crate::lsp::state::{Event, Numbered, State};
use crate::lsp::uri::DocumentKey;

/// How long a client may take to answer an edit, with the user's help.
const EDIT_ANSWER: Duration = Duration::from_secs(60);

/// How long the texts of an edit may take to arrive, once the client has applied it.
const EDIT_OBSERVED: Duration = Duration::from_secs(10);

/// One client's connection.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    features: OnceLock<ClientFeatures>,
    outbox: Outbox,
    /// How many events there were, and where they go: together, so that their order is one.
    events: Mutex<(u64, Sender<Numbered>)>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    /// The texts that edits in flight will make.
    expected: Arc<DashMap<DocumentKey, Arc<str>>>,
    /// What runs for the session besides handlers; ends with it.
    tasks: Mutex<JoinSet<()>>,
    /// What waits for the client to be initialized.
    delivery: Mutex<Option<Delivery>>,
}

/// What a request is answered from.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The session.
    pub(crate) session: Arc<Session>,
    /// What it sees now.
    pub(crate) snapshot: Arc<Snapshot>,
}

impl Context {
    /// What the client can do.
    pub(crate) fn features(&self) -> &ClientFeatures {
        self.session.features()
    }
}

/// A change that is on its way to the client.
#[derive(Debug)]
pub(crate) struct SentEdit {
    /// What a menu of undo calls it.
    pub(crate) label: String,
    /// The edit.
    pub(crate) edit: WorkspaceEdit,
    /// The texts that it makes.
    pub(crate) after: Vec<(DocumentKey, Arc<str>)>,
}

impl Session {
    /// A session before `initialize`, whose owner of texts runs already.
    pub(crate) fn new(client: Client) -> Session {
        let (events, taken) = mpsc::channel();
        let (published, snapshots) = watch::channel(Arc::default());
        let (outbox, delivery) = Outbox::new();
        let state = State::new(events.clone(), published, outbox.clone());
        let owner = std::thread::Builder::new().name("lockstep-state".to_owned());
        if let Err(error) = owner.spawn(move || state.run(&taken)) {
            tracing::error!(%error, "there is no thread for the session");
        }
        Session {
            client,
            features: OnceLock::new(),
            outbox,
            events: Mutex::new((0, events)),
            snapshots,
            expected: Arc::default(),
            tasks: Mutex::default(),
            delivery: Mutex::new(Some(delivery)),
        }
    }

    /// What the client can do; little before `initialize`.
    pub(crate) fn features(&self) -> &ClientFeatures {
        self.features.get_or_init(|| ClientFeatures::new(&Default::default()))
    }

    /// Keeps what the client can do. Only the first call counts.
    pub(crate) fn set_features(&self, features: ClientFeatures) {
        let _ = self.features.set(features);
    }

    /// Hands an event on. Returns at once; reads that begin later see what it does.
    pub(crate) fn send(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.0 += 1;
        let numbered = Numbered { number: Some(events.0), event };
        if events.1.send(numbered).is_err() {
            tracing::error!("the session has no owner of its texts");
        }
    }

    /// Answers from a snapshot that has taken in every event sent before this is first polled.
    /// `work` runs on a thread of its own, may block, and may panic.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Session>,
        work: impl FnOnce(&Context) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ticket = self.events.lock().unwrap_or_else(PoisonError::into_inner).0;
        let session = self.clone();
        let mut snapshots = self.snapshots.clone();
        let snapshot = match snapshots.wait_for(|snapshot| snapshot.applied >= ticket).await {
            Ok(snapshot) => snapshot.clone(),
            Err(_) => return Err(Error::internal_error()),
        };
        let context = Context { session, snapshot };
        match tokio::task::spawn_blocking(move || work(&context)).await {
            Ok(answer) => answer,
            // The connection answers panics of handlers, and logs them.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::internal_error()),
        }
    }

    /// Starts what talks to the client unasked. To be called once the client is initialized.
    pub(crate) fn begin(&self) {
        let delivery = self.delivery.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(delivery) = delivery else { return };
        self.spawn(delivery.run(self.client.clone()));
        let features = self.features().clone();
        if features.progress {
            self.spawn(publish::show_progress(self.client.clone(), self.snapshots.clone()));
        }
        self.spawn(publish::publish(self.client.clone(), features, self.snapshots.clone()));
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, kind: MessageType, message: impl Into<String>) {
        self.outbox.show(kind, message);
    }

    /// Sends an edit, and does not wait for what becomes of it.
    pub(crate) fn apply(&self, sent: SentEdit) -> Result<()> {
        if !self.features().applies_edits {
            return Err(refused("this editor does not apply edits that a server sends"));
        }
        let (client, outbox) = (self.client.clone(), self.outbox.clone());
        let (expected, snapshots) = (self.expected.clone(), self.snapshots.clone());
        for (key, text) in &sent.after {
            expected.insert(key.clone(), text.clone());
        }
        self.spawn(async move {
            let SentEdit { label, edit, after } = sent;
            let params = ApplyWorkspaceEditParams { label: Some(label), edit };
            let answer = client.send_request::<ApplyWorkspaceEdit>(params);
            match tokio::time::timeout(EDIT_ANSWER, answer).await {
                Ok(Ok(answer)) if !answer.applied => {
                    let reason = answer.failure_reason.unwrap_or_default();
                    tracing::warn!(%reason, "the client did not apply an edit");
                    let message = format!("The editor did not make the change. {reason}");
                    outbox.show(MessageType::ERROR, message.trim_end());
                }
                // What the client says of itself is no proof: its texts are.
                Ok(Ok(_)) => observe(snapshots, &after).await,
                Ok(Err(error)) => tracing::warn!(%error, "the client cannot apply an edit"),
                Err(_) => tracing::debug!("the client does not say what became of an edit"),
            }
            for (key, text) in &after {
                expected.remove_if(key, |_, latest| Arc::ptr_eq(latest, text));
            }
        });
        Ok(())
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        // The owner holds a sender itself, for its watchers, and so must be told.
        let _ = events.1.send(Numbered { number: None, event: Event::Stop });
    }
}

/// Waits until each file has had the text that was expected.
async fn observe(mut snapshots: watch::Receiver<Arc<Snapshot>>, after: &[(DocumentKey, Arc<str>)]) {
    let mut missing: Vec<&(DocumentKey, Arc<str>)> = after.iter().collect();
    let seen = snapshots.wait_for(|snapshot| {
        missing.retain(|(key, text)| snapshot.text(key).as_deref() != Some(&**text));
        missing.is_empty()
    });
    if tokio::time::timeout(EDIT_OBSERVED, seen).await.is_err() {
        let files: Vec<_> = missing.iter().map(|(key, _)| key.path().display()).collect();
        let files: Vec<String> = files.iter().map(ToString::to_string).collect();
        tracing::debug!(?files, "an edit was not seen to arrive");
    }
}
