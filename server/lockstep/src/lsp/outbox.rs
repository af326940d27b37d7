//! What the client is told unasked, in order. To put something in never waits.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tower_lsp::Client;
use tower_lsp::ls_types::MessageType;
use tower_lsp::ls_types::notification::Notification;

use crate::workspace::events::EventReport;

#[derive(Debug)]
enum Queued {
    Message(MessageType, String),
    Event(Arc<EventReport>),
    Missed(Missed),
    Reached(oneshot::Sender<()>),
}

/// `lockstep/event`: something has happened.
pub(crate) enum LockstepEvent {}

impl Notification for LockstepEvent {
    type Params = EventReport;
    const METHOD: &'static str = "lockstep/event";
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

impl Notification for Missed {
    type Params = Missed;
    const METHOD: &'static str = "lockstep/missed";
}

/// Takes messages for the client.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(mpsc::UnboundedSender<Queued>);

/// The other end of an outbox.
#[derive(Debug)]
pub(crate) struct Delivery(mpsc::UnboundedReceiver<Queued>);

impl Outbox {
    /// An empty outbox.
    pub(crate) fn new() -> (Outbox, Delivery) {
        let (sender, queued) = mpsc::unbounded_channel();
        (Outbox(sender), Delivery(queued))
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, kind: MessageType, message: impl Into<String>) {
        // No one is left to read it once the delivery has stopped.
        let _ = self.0.send(Queued::Message(kind, message.into()));
    }

    /// Tells of an event.
    pub(crate) fn tell(&self, event: Arc<EventReport>) {
        // As above.
        let _ = self.0.send(Queued::Event(event));
    }

    /// Tells what was missed.
    pub(crate) fn catch_up(&self, missed: Missed) {
        // As above.
        let _ = self.0.send(Queued::Missed(missed));
    }

    /// Waits until everything that is in it has been handed to the client.
    pub(crate) async fn until_told(&self) {
        let (reached, told) = oneshot::channel();
        // As above; then nobody waits for an answer.
        let _ = self.0.send(Queued::Reached(reached));
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
                Queued::Reached(reached) => return Some((n_messages, reached)),
                _ => n_messages += 1,
            }
        }
    }

    /// Delivers to the client, which is initialized by now, until the outbox is dropped.
    pub(crate) async fn run(mut self, client: Client) {
        while let Some(queued) = self.0.recv().await {
            match queued {
                Queued::Message(kind, message) => client.show_message(kind, message).await,
                Queued::Event(event) => {
                    let event = EventReport::clone(&event);
                    client.send_notification::<LockstepEvent>(event).await;
                }
                Queued::Missed(missed) => client.send_notification::<Missed>(missed).await,
                // Whoever waits may be gone.
                Queued::Reached(reached) => drop(reached.send(())),
            }
        }
    }
}
