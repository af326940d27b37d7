//! What an outbox holds, on its way to the client.

use lockstep_analysis::profile::Severity;
use tower_lsp::Client;
use tower_lsp::ls_types::MessageType;
use tower_lsp::ls_types::notification::Notification;

use crate::hub::outbox::{ClientNotice, Delivery, Missed};
use crate::lsp::methods;
use crate::workspace::events::EventReport;

/// Something has happened.
pub(crate) enum LockstepEvent {}

impl Notification for LockstepEvent {
    type Params = EventReport;
    const METHOD: &'static str = methods::EVENT;
}

impl Notification for Missed {
    type Params = Missed;
    const METHOD: &'static str = methods::MISSED;
}

/// Delivers to the client, which is initialized by now, until the outbox is dropped.
pub(crate) async fn deliver(mut delivery: Delivery, client: Client) {
    while let Some(queued) = delivery.next().await {
        match queued {
            ClientNotice::Message(severity, message) => {
                client.show_message(kind(severity), message).await;
            }
            ClientNotice::Event(event) => {
                let event = EventReport::clone(&event);
                client.send_notification::<LockstepEvent>(event).await;
            }
            ClientNotice::Missed(missed) => client.send_notification::<Missed>(missed).await,
            // Whoever waits may be gone.
            ClientNotice::Reached(reached) => drop(reached.send(())),
        }
    }
}

fn kind(severity: Severity) -> MessageType {
    match severity {
        Severity::Error => MessageType::ERROR,
        Severity::Warning => MessageType::WARNING,
        Severity::Info => MessageType::INFO,
    }
}
