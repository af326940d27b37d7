//! What the client is told unasked, in order. To put something in never waits.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use lockstep_analysis::profile::Severity;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::workspace::events::EventReport;

/// What the client is told.
#[derive(Debug)]
pub(crate) enum ClientNotice {
    /// A message to the user.
    Message(Severity, String),
    /// Something has happened.
    Event(Arc<EventReport>),
    /// What it has missed.
    Missed(Missed),
    /// Nothing: somebody waits until all before has been handed on.
    Reached(oneshot::Sender<()>),
}

/// `lockstep/missed`, which answers `lockstep/latest`: whoever hands messages on to an editor is told
/// what the editor has not been. What is told before is in it too, and what comes later is not. So is
/// the number of a workspace that comes later.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Missed {
    /// The number of the latest event of each workspace.
    pub(crate) latest: BTreeMap<PathBuf, u64>,
    /// What the editor has not been told, in order.
    pub(crate) events: Vec<Arc<EventReport>>,
}

/// Takes messages for the client.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(mpsc::UnboundedSender<ClientNotice>);

/// The other end of an outbox.
#[derive(Debug)]
pub(crate) struct Delivery(mpsc::UnboundedReceiver<ClientNotice>);

impl Outbox {
    /// An empty outbox.
    pub(crate) fn new() -> (Outbox, Delivery) {
        let (sender, queued) = mpsc::unbounded_channel();
        (Outbox(sender), Delivery(queued))
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, severity: Severity, message: impl Into<String>) {
        // No one is left to read it once the delivery has stopped.
        let _ = self.0.send(ClientNotice::Message(severity, message.into()));
    }

    /// Tells of an event.
    pub(crate) fn tell(&self, event: Arc<EventReport>) {
        // As above.
        let _ = self.0.send(ClientNotice::Event(event));
    }

    /// Tells what was missed.
    pub(crate) fn catch_up(&self, missed: Missed) {
        // As above.
        let _ = self.0.send(ClientNotice::Missed(missed));
    }

    /// Waits until everything that is in it has been handed to the client.
    pub(crate) async fn until_told(&self) {
        let (reached, told) = oneshot::channel();
        // As above; then nobody waits for an answer.
        let _ = self.0.send(ClientNotice::Reached(reached));
        let _ = told.await;
    }
}

impl Delivery {
    /// Hands on no more than what is in it until somebody waits for that; returns how many messages
    /// that were. `None` where the outbox is dropped first.
    #[cfg(test)]
    pub(crate) async fn until_awaited(&mut self) -> Option<(usize, oneshot::Sender<()>)> {
        let mut n_messages = 0;
        loop {
            match self.0.recv().await? {
                ClientNotice::Reached(reached) => return Some((n_messages, reached)),
                _ => n_messages += 1,
            }
        }
    }

    /// The next thing to tell; `None` once the outbox is dropped and empty.
    pub(crate) async fn next(&mut self) -> Option<ClientNotice> {
        self.0.recv().await
    }
}
