//! Somebody who wants to know what happens in a workspace.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, BufReader};

use crate::daemon::Guest;
use crate::daemon::handshake::tell;
use crate::daemon::metrics::Metrics;
use crate::lsp::hosted::hear_at_once;
use crate::lsp::hub::{Hub, Told};

/// In what somebody is interested.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interest {
    /// The workspace's folder, canonical.
    pub root: PathBuf,
    /// The number of the last event that is known, where those after it are wanted.
    pub since: Option<u64>,
}

/// Serves one listener until it leaves, does not read, or the daemon ends.
pub(super) async fn serve(hub: Hub, metrics: Arc<Metrics>, guest: Guest) {
    let (mut input, mut output) = (BufReader::new(guest.input), guest.output);
    let mut ending = guest.ending;
    let interest: Interest = match hear_at_once(&mut input, &mut ending).await {
        Ok(interest) => interest,
        Err(error) => {
            tracing::warn!(%error, "an interest is not heard");
            return;
        }
    };
    let mut told = hub.listen(interest.root, interest.since);
    let telling = async {
        while let Some(event) = told.recv().await {
            metrics.add_events(u64::from(matches!(event, Told::Event(_))));
            if tell(&mut output, &event).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = telling => {}
        // It says nothing more, and so has left.
        _ = input.read_u8() => {}
        _ = ending.wait_for(Option::is_some) => {}
    }
}
