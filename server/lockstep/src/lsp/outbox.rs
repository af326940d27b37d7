//! What the client is told unasked, in order. To put something in never waits.

use tokio::sync::mpsc;
use tower_lsp::Client;
use tower_lsp::ls_types::MessageType;

type Queued = (MessageType, String);

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
        let _ = self.0.send((kind, message.into()));
    }
}

impl Delivery {
    /// Delivers to the client, which is initialized by now, until the outbox is dropped.
    pub(crate) async fn run(mut self, client: Client) {
        while let Some((kind, message)) = self.0.recv().await {
            client.show_message(kind, message).await;
        }
    }
}
