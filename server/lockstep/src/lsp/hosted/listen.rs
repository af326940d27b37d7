//! Somebody who wants to know what happens in a workspace.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, BufReader};

use crate::daemon::Guest;
use crate::daemon::handshake::tell;
use crate::hub::Hub;
use crate::hub::subscribers::{Notice, Subscription};
use crate::lsp::connection::Restraint;
use crate::lsp::hosted::hear_at_once;
use crate::metrics::Metrics;

/// Serves one listener until it leaves, does not read, or the daemon ends.
pub(super) async fn serve(hub: Hub, metrics: Arc<Metrics>, guest: Guest) {
    serve_for(hub, &metrics, guest, Restraint::default().age).await;
}

/// As [`serve`]. `patience` is how long it may take nothing of what is told.
async fn serve_for(hub: Hub, metrics: &Metrics, guest: Guest, patience: Duration) {
    let (mut input, mut output) = (BufReader::new(guest.input), guest.output);
    let mut ending = guest.ending;
    let subscription: Subscription = match hear_at_once(&mut input, &mut ending).await {
        Ok(subscription) => subscription,
        Err(error) => {
            tracing::warn!(%error, "cannot read a subscription");
            return;
        }
    };
    let mut told = hub.subscribe(subscription);
    // Returns whether it is dropped. Where it does not read, the hub tells it no more.
    let telling = async {
        while let Some(event) = told.recv().await {
            metrics.add_events(u64::from(matches!(event, Notice::Event(_))));
            match tokio::time::timeout(patience, tell(&mut output, &event)).await {
                Ok(Ok(())) if matches!(event, Notice::Refused(_)) => return false,
                Ok(Ok(())) => {}
                Ok(Err(_)) => return false,
                Err(_) => return true,
            }
        }
        true
    };
    let is_dropped = tokio::select! {
        is_dropped = telling => is_dropped,
        // It says nothing more, and so has left.
        _ = input.read_u8() => false,
        _ = ending.wait_for(Option::is_some) => false,
    };
    if is_dropped {
        tracing::warn!("dropped a listener that does not read");
        metrics.add_dropped();
    }
}

#[cfg(test)]
mod tests {
    use lockstep_fixture::{Fixture, Sandbox};
    use tokio::io::duplex;
    use tokio::sync::watch;

    use super::*;
    use crate::daemon::handshake::{Hello, Want};

    /// Far longer than anything here takes.
    const DEADLINE: Duration = Duration::from_secs(20);

    /// Serves somebody who listens, and to whom so many bytes can be told that are not read. Returns
    /// how many were dropped once it is over.
    async fn dropped(unread: usize, root: &str, leaves: bool) -> u64 {
        let sandbox = Sandbox::new(&Fixture::new("//- /TODO.md\n  - [ ] Sweep\n"));
        let (mut said, input) = duplex(4096);
        let (mut heard, output) = duplex(unread);
        let (_tell, ending) = watch::channel(None);
        let hello = Hello::new(Want::Listen);
        let (input, output) = (Box::new(input), Box::new(output));
        let guest = Guest { session: 1, hello, input, output, ending };
        let subscription = Subscription { root: sandbox.join(root), since: None };
        tell(&mut said, &subscription).await.expect("it is taken");
        let metrics = Metrics::default();
        let patience = if leaves { DEADLINE } else { Duration::from_millis(1) };
        let serving = serve_for(Hub::start(), &metrics, guest, patience);
        let leaving = async {
            if leaves {
                heard.read_u8().await.expect("it is told");
                drop(said);
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = tokio::time::timeout(DEADLINE, serving) => ended.expect("it ends"),
            () = leaving => {}
        }
        metrics.dropped()
    }

    #[tokio::test]
    async fn a_listener_that_does_not_read_is_dropped_and_one_that_leaves_is_not() {
        assert_eq!(dropped(4, "", false).await, 1);
        assert_eq!(dropped(4096, "", true).await, 0);
        assert_eq!(dropped(4096, "nowhere", false).await, 0);
    }
}
