//! Edits that the server sends of its own accord: one after the other, each on the text that the
//! one before has made.
//!
//! A second edit planned while the first is on its way would be planned on text that is gone by the
//! time it arrives, and most editors apply it all the same. So an edit waits for its turn, and is
//! planned again where the text has changed meanwhile.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use lockstep_analysis::profile::Severity;
use lockstep_store::loader;
use tokio::sync::{mpsc, watch};
use tower_lsp::Client;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::request::ApplyWorkspaceEdit;
use tower_lsp::ls_types::{ApplyWorkspaceEditParams, WorkspaceEdit};

use crate::hub::arrivals::Arrivals;
use crate::hub::client_event::ClientEvent;
use crate::hub::outbox::Outbox;
use crate::hub::sent_changes::SentChange;
use crate::hub::snapshot::SessionSnapshot;
use crate::hub::uri::DocumentKey;
use crate::lsp::error::refused;
use crate::lsp::session::{Session, SessionContext};

/// How long a client may take to answer, with the user's help.
const ANSWER: Duration = Duration::from_secs(60);

/// An edit as it goes to the client.
#[derive(Debug)]
pub(crate) struct Edit {
    /// What a menu of undo calls it.
    pub(crate) label: String,
    /// The edit.
    pub(crate) edit: WorkspaceEdit,
    /// The texts that it makes.
    pub(crate) after: Vec<(DocumentKey, Arc<str>)>,
    /// The files that it changes and that the client has to read first.
    pub(crate) unopened: Vec<Unopened>,
    /// What is followed until it is saved or undone.
    pub(crate) handed: Vec<SentChange>,
}

/// A file that an edit changes and the client has not open: it is on disk what it was planned on,
/// or the edit does not fit what the client reads.
#[derive(Debug)]
pub(crate) struct Unopened {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// The file in it.
    pub(crate) path: String,
    /// What it was planned on.
    pub(crate) before: Arc<str>,
}

/// The files that are not what was planned on, by workspace.
pub(crate) fn outdated(unopened: &[Unopened]) -> BTreeMap<PathBuf, Vec<String>> {
    let mut outdated: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for Unopened { root, path, before } in unopened {
        let now = loader::read(root, path);
        if now.is_ok_and(|now| now.is_exact() && *now.text != **before) {
            outdated.entry(root.clone()).or_default().push(path.clone());
        }
    }
    outdated
}

/// How often an edit is planned again because somebody writes to its files.
const ROUNDS: usize = 5;

/// Plans an edit; `None` where there is nothing to change.
pub(crate) type PlanEdit = Arc<dyn Fn(&SessionContext) -> Result<Option<Edit>> + Send + Sync>;

/// An edit that waits for its turn.
pub(crate) struct QueuedEdit {
    /// The edit.
    pub(crate) edit: Edit,
    /// The texts it was planned on.
    pub(crate) planned_on: Arc<SessionSnapshot>,
    /// Plans it again.
    pub(crate) plan: PlanEdit,
}

impl fmt::Debug for QueuedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedEdit").field("edit", &self.edit).finish_non_exhaustive()
    }
}

/// What sends edits.
#[derive(Debug)]
pub(crate) struct EditSender {
    pub(crate) client: Client,
    pub(crate) session: Weak<Session>,
    pub(crate) outbox: Outbox,
    pub(crate) snapshots: watch::Receiver<Arc<SessionSnapshot>>,
    pub(crate) arrivals: Arrivals,
}

impl EditSender {
    /// Sends what is queued, until nothing more can be.
    pub(crate) async fn run(mut self, mut queue: mpsc::UnboundedReceiver<QueuedEdit>) {
        while let Some(queued) = queue.recv().await {
            match self.fresh(queued).await {
                Ok(Some(edit)) => self.send(edit).await,
                Ok(None) => {
                    self.outbox
                        .show(Severity::Info, "Lockstep: the files have this status already");
                }
                Err(error) => self.outbox.show(Severity::Error, &*error.message),
            }
        }
    }

    /// The edit on the newest text.
    async fn fresh(&self, queued: QueuedEdit) -> Result<Option<Edit>> {
        let QueuedEdit { edit, planned_on, plan } = queued;
        let Some(session) = self.session.upgrade() else { return Ok(None) };
        let again = plan.clone();
        let newest =
            move |context: &SessionContext| match Arc::ptr_eq(&context.snapshot, &planned_on) {
                true => Ok(Some(edit)),
                false => again(context),
            };
        let mut edit = session.read(newest).await?;
        for _ in 0..ROUNDS {
            let outdated = edit.as_ref().map(|edit| outdated(&edit.unopened)).unwrap_or_default();
            if outdated.is_empty() {
                return Ok(edit);
            }
            for (root, paths) in outdated {
                session.send(ClientEvent::Written { root, paths });
            }
            let plan = plan.clone();
            edit = session.read(move |context| plan(context)).await?;
        }
        Err(refused("another change writes to the files; try again when it is done"))
    }

    async fn send(&mut self, Edit { label, edit, after, handed, .. }: Edit) {
        let Some(session) = self.session.upgrade() else { return };
        session.hand(handed);
        let patience = session.settings().patience.arrival;
        drop(session);
        self.arrivals.expect(after);
        let params = ApplyWorkspaceEditParams { label: Some(label), edit };
        let answer = self.client.send_request::<ApplyWorkspaceEdit>(params);
        match tokio::time::timeout(ANSWER, answer).await {
            // What the client says of itself is no proof: its texts are.
            Ok(Ok(answer)) if answer.applied => self.observe(patience).await,
            Ok(Ok(answer)) => {
                let reason = answer.failure_reason.unwrap_or_default();
                tracing::info!(%reason, "the client did not apply an edit");
                let message = format!("The editor did not make the change. {reason}");
                self.outbox.show(Severity::Error, message.trim_end());
            }
            Ok(Err(error)) => tracing::warn!(%error, "the client cannot apply an edit"),
            Err(_) => tracing::debug!("the client does not say what became of an edit"),
        }
    }

    /// Waits until each file has had the text that is expected. A client that makes something else of
    /// it, as one that formats, is waited for no longer than this.
    async fn observe(&mut self, patience: Duration) {
        let arrivals = &self.arrivals;
        let seen = self.snapshots.wait_for(|snapshot| {
            arrivals.see_all(snapshot);
            arrivals.is_complete()
        });
        if tokio::time::timeout(patience, seen).await.is_err() {
            tracing::debug!(?arrivals, "an edit was not seen to arrive");
        }
    }
}
