//! Findings for a client that asks for them, and when it is asked to ask again.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};

use tokio::sync::watch;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, Result};

use crate::hub::uri::DocumentUri;
use crate::lsp::error::refused;
use crate::lsp::publish;
use crate::lsp::publish::pulled::PulledFindings;
use crate::lsp::session::Session;

/// A question that waits for its answer, until it is dropped.
struct OpenQuestion(Arc<Session>);

impl OpenQuestion {
    fn new(session: &Arc<Session>) -> OpenQuestion {
        session.n_waiting.fetch_add(1, Ordering::Relaxed);
        OpenQuestion(session.clone())
    }
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        self.0.n_waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Session {
    /// What the newest findings are for a client that asks for them. May take a while.
    pub(crate) fn pulled<T>(&self, with: impl FnOnce(&mut PulledFindings) -> T) -> Result<T> {
        if !self.features().pulls {
            return Err(refused(
                "this client is told of diagnostics unasked; set `diagnostics` to \"pull\" at its start",
            ));
        }
        let mut findings = self.pulled.lock().unwrap_or_else(PoisonError::into_inner);
        // Only now, so that they are never looked at in another order than they came.
        let snapshot = self.snapshots.borrow().clone();
        if !snapshot.is_ahead {
            findings.look_at(&snapshot, self.features());
        }
        Ok(with(&mut findings))
    }

    /// Waits until there are findings that a client with these results does not know.
    pub(crate) async fn until_news(
        self: &Arc<Session>,
        results: Vec<(DocumentUri, String)>,
    ) -> Result<()> {
        let ticket = *self.n_events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshots = self.snapshots.clone();
        let ended = |_| Error::internal_error();
        snapshots.wait_for(|snapshot| snapshot.applied >= ticket).await.map_err(ended)?;
        let _open = OpenQuestion::new(self);
        let results = Arc::new(results);
        loop {
            snapshots.mark_unchanged();
            let (session, results) = (self.clone(), results.clone());
            let look = move || {
                session.pulled(|findings| {
                    let known = findings.known_results(&results);
                    findings.has_news(&known)
                })
            };
            match tokio::task::spawn_blocking(look).await {
                Ok(Ok(false)) => snapshots.changed().await.map_err(ended)?,
                Ok(has_news) => return has_news.map(drop),
                Err(_) => return Err(Error::internal_error()),
            }
        }
    }
}

/// Asks the client to ask again, whenever it must, until there are no more snapshots.
pub(super) async fn refresh(session: Weak<Session>, client: Client, told: watch::Sender<u64>) {
    let Some(mut snapshots) = session.upgrade().map(|session| session.snapshots.clone()) else {
        return;
    };
    snapshots.mark_changed();
    while snapshots.changed().await.is_ok() {
        publish::until_quiet(&mut snapshots).await;
        let Some(session) = session.upgrade() else { return };
        let (applied, is_whole, is_ahead) = {
            let snapshot = snapshots.borrow_and_update();
            (snapshot.applied, snapshot.is_whole, snapshot.is_ahead)
        };
        if is_ahead {
            continue;
        }
        let look = move || {
            let is_awaited = session.n_waiting.load(Ordering::Relaxed) > 0;
            session.features().refreshes_diagnostics
                && session.pulled(|findings| findings.must_refresh(is_awaited)) == Ok(true)
        };
        let must = tokio::task::spawn_blocking(look).await.unwrap_or(false);
        if is_whole {
            told.send_replace(applied);
        }
        if must && let Err(error) = client.workspace_diagnostic_refresh().await {
            tracing::debug!(%error, "the client does not ask again");
        }
    }
}
